//! What the tests share: a clean environment, folders that vanish, keys made from their shapes.
#![allow(dead_code, unreachable_pub, reason = "every test binary uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use skanner::testing::rule::{Rule, RuleSet, Shape};
use tempfile::TempDir;

/// Names of files. Each is a line end, a command or the end of something to somebody.
pub const NAMES: &[&str] = &[
    "a\n::error file=b::x",
    "::stop-commands::x",
    "%0A::warning::x",
    "]]><failure",
    "a\"b&c<d>'",
    "\u{202e}txt.exe",
    "\u{1b}[31mred\u{1b}[0m",
    "a|b`c`[d](e)",
    "a,line=9,b:c",
    "tab\tand\rreturn",
    "\u{7}bell\u{9b}1m",
    "ü 汉 🦀",
];

/// How many cases a campaign has: the number that `SKANNER_CAMPAIGN` says, `full` of them if it says so, and else a few.
pub fn cases(few: u64, full: u64) -> u64 {
    match std::env::var("SKANNER_CAMPAIGN") {
        Ok(size) if size == "full" => full,
        Ok(size) => size.parse().unwrap_or(few),
        Err(_) => few,
    }
}

/// A folder for one test.
pub struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("home")).unwrap();
        fs::create_dir(dir.path().join("tree")).unwrap();
        Self { dir }
    }

    /// The folder that is scanned.
    pub fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.tree().join(relative)
    }

    /// Writes a file below the tree, with the folders it needs.
    pub fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A command in the tree with an environment that no user or CI has shaped.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.tree())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path().join("home"))
            .env("XDG_CONFIG_HOME", self.dir.path().join("home/.config"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    pub fn skanner(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(env!("CARGO_BIN_EXE_skanner")).args(arguments))
    }

    /// A scan of the tree, as JSON.
    pub fn scan(&self, arguments: &[&str]) -> Report {
        let run = self.skanner(&[&["scan", "--format", "json"], arguments].concat());
        run.report()
    }

    /// Every file in a folder below the tree, with what it holds.
    pub fn snapshot(&self, folder: &str) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
        let (mut files, mut folders) = (std::collections::BTreeMap::new(), vec![self.path(folder)]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    files.insert(path.clone(), Vec::new());
                    folders.push(path);
                } else {
                    files.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Runs git in a folder below the tree.
    pub fn git(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        command.current_dir(self.path(folder)).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]).args(arguments);
        let run = Run::of(&mut command);
        assert_eq!(run.code, 0, "git {arguments:?}: {}", run.stderr);
        run.stdout
    }

    /// A repository with a commit of these files.
    pub fn repository(&self, folder: &str, files: &[(&str, &str)]) {
        fs::create_dir_all(self.path(folder)).unwrap();
        self.git(folder, &["init", "-q"]);
        self.write(format!("{folder}/README"), "hello\n");
        for (name, content) in files {
            self.write(format!("{folder}/{name}"), content);
        }
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-qm", "one"]);
    }
}

/// A program that has run.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        // A program that a test has just written is busy while another test's child still holds it open for writing.
        let busy = |result: &std::io::Result<Output>| matches!(result, Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy);
        let mut result = command.output();
        for _ in 0..100 {
            if !busy(&result) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            result = command.output();
        }
        Self::from(result.unwrap())
    }

    pub fn report(&self) -> Report {
        let json = serde_json::from_str(&self.stdout);
        let json = json.unwrap_or_else(|error| panic!("{error}: {self:?}"));
        Report { code: self.code, json }
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A JSON report.
#[derive(Debug)]
pub struct Report {
    pub code: i32,
    pub json: Value,
}

impl Report {
    /// `path:line:column rule` of every place, in the report's order.
    pub fn places(&self) -> Vec<String> {
        let findings = self.json["findings"].as_array().unwrap();
        let places = findings.iter().flat_map(|finding| {
            finding["occurrences"].as_array().unwrap().iter().map(|place| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                format!(
                    "{}:{}:{} {}",
                    text(&place["path"]),
                    place["line"],
                    place["column"],
                    text(&finding["rule"])
                )
            })
        });
        places.collect()
    }

    /// The paths keys were found in, sorted, each once.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> =
            self.places().iter().map(|place| place.split(':').next().unwrap().to_owned()).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// `what: why` of everything that was not read.
    pub fn not_scanned(&self) -> Vec<String> {
        let inputs = self.json["not_scanned"].as_array().unwrap();
        inputs
            .iter()
            .map(|one| format!("{}: {}", one["what"].as_str().unwrap(), one["why"].as_str().unwrap()))
            .collect()
    }

    pub fn files(&self) -> u64 {
        self.json["scanned"]["files"].as_u64().unwrap()
    }

    #[track_caller]
    pub fn assert_clean(&self) {
        assert_eq!((self.code, self.places(), self.not_scanned()), (0, vec![], vec![]));
    }

    /// Something was not read: it is named with these words, the exit code is 2.
    #[track_caller]
    pub fn assert_not_scanned(&self, expected: &[&str]) {
        let found = self.not_scanned();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found:?} should say {expected:?}");
        }
        assert_eq!((self.code, &self.json["complete"]), (2, &Value::Bool(false)));
    }
}

/// A key of the shape, the same for the same seed.
pub fn key(shape: &str, seed: u64) -> String {
    Shape::parse(shape).unwrap().generate(&mut fastrand::Rng::with_seed(seed))
}

/// A key whose rule needs no context, and which no other rule has.
pub fn openai_key(seed: u64) -> String {
    key("sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A", seed)
}

pub fn rule(id: &str) -> &'static Rule {
    RuleSet::builtin().get(id).unwrap()
}
