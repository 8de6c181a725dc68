//! A repository with keys, the plan for it, and what became of it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::{Run, Sandbox};

/// Where `.ci/run` installs what the script needs.
fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/git-filter-repo/bin")
}

/// A command that finds those tools, and skanner nowhere.
fn with_tools(sandbox: &Sandbox, program: &str) -> Command {
    let mut path = tools().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = sandbox.command(program);
    command.env("PATH", path);
    command
}

/// Whether a tool is there, which it must be in CI.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should know what they did not test")]
pub(crate) fn has(program: &str) -> bool {
    let sandbox = Sandbox::new();
    let mut command = with_tools(&sandbox, "sh");
    let is_there = Run::of(command.args(["-c", "command -v \"$1\" >/dev/null", "sh", program])).code == 0;
    assert!(is_there || std::env::var_os("CI").is_none(), "{program} is not installed, as .ci/run does");
    if !is_there {
        eprintln!("skipped: {program} is not installed; .ci/run installs it");
    }
    is_there
}

pub(crate) fn run_with_tools(sandbox: &Sandbox, program: &str, arguments: &[&str]) -> Run {
    Run::of(with_tools(sandbox, program).args(arguments))
}

pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("README", "a program\n");
    commit(&sandbox, "begin");
    sandbox
}

pub(crate) fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", message]);
}

/// The plan of a repository.
pub(crate) struct Planned {
    pub(crate) sandbox: Sandbox,
    /// Everything that skanner and the script said.
    pub(crate) said: String,
}

/// Audits the repository with a plan, which must find keys.
pub(crate) fn planned(sandbox: Sandbox, arguments: &[&str]) -> Planned {
    let run = sandbox.skanner(&[&["audit", "--plan", "../plan"], arguments].concat());
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("the plan is in "), "{run:?}");
    let said = run.stdout + &run.stderr;
    Planned { sandbox, said }
}

impl Planned {
    pub(crate) fn file(&self, name: &str) -> String {
        String::from_utf8(fs::read(self.sandbox.path("../plan").join(name)).unwrap()).unwrap()
    }

    pub(crate) fn edits(&self) -> Value {
        serde_json::from_str(&self.file("edits.json")).unwrap()
    }

    /// Runs the script, and returns how that went.
    pub(crate) fn clean_up(&mut self) -> Run {
        let run = run_with_tools(&self.sandbox, "sh", &["../plan/cleanup.sh", "."]);
        self.said += &run.stdout;
        self.said += &run.stderr;
        run
    }

    /// The paths of the files that are removed.
    pub(crate) fn stripped(&self) -> Vec<String> {
        let ids = self.file("strip-blobs.txt");
        let mut paths: Vec<String> = Vec::new();
        for id in ids.lines() {
            let all = self.sandbox.git("", &["rev-list", "--objects", "--all"]);
            let line = all.lines().find(|line| line.starts_with(id)).unwrap_or(id).to_owned();
            paths.push(line.split_once(' ').map_or(line.clone(), |(_, path)| path.to_owned()));
        }
        paths.sort();
        paths
    }

    pub(crate) fn git_clean(&self, arguments: &[&str]) -> String {
        self.sandbox.git("../plan/work/clean.git", arguments)
    }

    /// A file of the new HEAD.
    pub(crate) fn clean_file(&self, path: &str) -> Vec<u8> {
        let mut command = self.sandbox.command("git");
        let spec = format!("HEAD:{path}");
        let clean = self.sandbox.path("../plan/work/clean.git");
        let output = command.current_dir(clean).args(["cat-file", "blob", &spec]).output().unwrap();
        assert!(output.status.success(), "{path}: {output:?}");
        output.stdout
    }

    /// No key is anywhere but in the files that are said to hold them.
    #[track_caller]
    pub(crate) fn assert_secret(&self, keys: &[String]) {
        let mut others = vec![("what was printed".to_owned(), self.said.clone().into_bytes())];
        for name in ["README.md", "cleanup.sh", "edits.py"] {
            others.push((name.to_owned(), self.file(name).into_bytes()));
        }
        if self.sandbox.path("../plan/work").exists() {
            for (path, content) in self.sandbox.snapshot("../plan/work") {
                others.push((path.display().to_string(), content));
            }
            let clean = self.sandbox.path("../plan/work/clean.git");
            let mut command = self.sandbox.command("git");
            command.current_dir(clean).args(["cat-file", "--batch", "--batch-all-objects"]);
            others.push(("the objects".to_owned(), command.output().unwrap().stdout));
        }
        for (name, content) in others {
            for key in keys {
                for part in [&key[10..40], &key[key.len() - 40..key.len() - 10]] {
                    let is_there = content.windows(part.len()).any(|window| window == part.as_bytes());
                    assert!(!is_there, "{name} holds a key");
                }
            }
        }
    }

    /// What was not planned to change has not: the same commits, with the same files and dates.
    #[track_caller]
    pub(crate) fn assert_same_otherwise(&self, is_changed: &dyn Fn(&str) -> bool) {
        let map: BTreeMap<String, String> = fs::read_to_string(self.sandbox.path("../plan/work/commit-map"))
            .unwrap()
            .lines()
            .skip(1)
            .map(|line| line.split_once(' ').map(|(old, new)| (old.to_owned(), new.to_owned())).unwrap())
            .collect();
        let edits = self.edits();
        let mut touched: Vec<&str> = edits["edit"].as_object().unwrap().keys().map(String::as_str).collect();
        touched.extend(edits["replace"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()));
        let stripped = self.file("strip-blobs.txt");
        touched.extend(stripped.lines());
        let format = "--format=%H%x00%P%x00%ad%x00%cd%x00%ae%x00%ce";
        let revisions = ["--branches", "--tags", "--glob=refs/stash", "--date=raw"];
        let log = |run: &dyn Fn(&[&str]) -> String| {
            let text = run(&[&["log", format], &revisions[..]].concat());
            let rows = text.lines().map(|line| line.split('\0').map(str::to_owned).collect::<Vec<_>>());
            rows.map(|row| (row[0].clone(), row)).collect::<BTreeMap<_, _>>()
        };
        let old = log(&|arguments| self.sandbox.git("", arguments));
        let new = log(&|arguments| self.git_clean(arguments));
        assert_eq!(old.len(), new.len(), "commits");
        for (id, row) in &old {
            let new_row = &new[&map[id]];
            let parents = row[1].split_whitespace().map(|id| map[id].as_str()).collect::<Vec<_>>().join(" ");
            assert_eq!(parents, new_row[1], "parents of {id}");
            assert_eq!(row[2..], new_row[2..], "dates of {id}");
            let list = |text: String| {
                let rows = text.split('\0').filter_map(|line| line.split_once('\t'));
                rows.map(|(entry, path)| (path.to_owned(), entry.to_owned())).collect::<BTreeMap<_, _>>()
            };
            let files = list(self.sandbox.git("", &["ls-tree", "-r", "-z", id]));
            let new_files = list(self.git_clean(&["ls-tree", "-r", "-z", &map[id]]));
            for (path, entry) in &files {
                let blob = entry.split(' ').nth(2).unwrap();
                if !touched.contains(&blob) && !is_changed(path) {
                    assert_eq!(new_files.get(path), Some(entry), "{path} in {id}");
                }
            }
            let is_stripped = |entry: &&String| stripped.lines().any(|id| entry.ends_with(id));
            let lost = files.values().filter(is_stripped).count();
            assert_eq!(files.len() - lost, new_files.len(), "files of {id}");
        }
    }
}
