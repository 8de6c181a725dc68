//! What `.gitignore` excludes, compared with git itself on random trees. `SKANNER_CAMPAIGN=full` makes a thousand of
//! them.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    time::{Duration, Instant},
};

use fastrand::Rng;
use support::{Report, Sandbox, openai_key};

const NAMES: &[&[u8]] = &[
    b"a",
    b"b",
    b"ab",
    b"A",
    b"x.env",
    b"x[.env",
    b"y.log",
    b"5",
    b":]",
    b"{a,b}",
    b"a,b",
    b"\xc2\xa0",
    b"a\xc2\xa0",
    b"\xc3\xa9",
    b"\xff",
    b"#x",
    b"!x",
    b"a\\b",
    b"a ",
    b" a",
    b"a\t",
    b"a\x0c",
    b"a\x0b",
    b"a\r",
    b"-",
    b"]",
    b"^",
    b"[a]",
    b"\xe2\x80\x83b",
    b"*",
    b"a.b.c",
];

const FOLDERS: &[&[u8]] = &[b"a", b"b", b"build", b"d[e", b"x.env", b"C", b"a b", b"\xfe"];

/// Pieces of patterns that git reads in a way of its own.
const PIECES: &[&[u8]] = &[
    b"*",
    b"**",
    b"***",
    b"**/",
    b"/**",
    b"/**/",
    b"?",
    b"/",
    b"[a-c]",
    b"[!a]",
    b"[^a]",
    b"[[:digit:]]",
    b"[[:digit:]",
    b"[[:upper:]]",
    b"[[:no:]]",
    b"[[:]",
    b"[a",
    b"[]a]",
    b"[]-a]",
    b"[a-]",
    b"[\\]]",
    b"[!-a]",
    b"[/]",
    b"[a/]",
    b"[x-\\z]",
    b"\\",
    b"\\*",
    b"\\a",
    b"\\/",
    b"{",
    b"}",
    b",",
    b"*.{log,env}",
    b"!",
    b"#",
    b"\\#",
    b"\\!",
    b"$",
    b" ",
    b"\\ ",
    b"\t",
    b"\x0b",
    b"\x0c",
    b"\r",
    b"\xc2\xa0",
    b"\xe2\x80\x83",
    b"\xff",
    b"\0",
    b"*.env",
    b"*a",
    b"A",
];

struct Tree {
    sandbox: Sandbox,
    files: Vec<Vec<u8>>,
    folders: BTreeSet<Vec<u8>>,
}

fn pick<'a>(rng: &mut Rng, from: &[&'a [u8]]) -> &'a [u8] {
    from[rng.usize(..from.len())]
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// A pattern that is likely to match: a path with some of it replaced.
fn derived(rng: &mut Rng, files: &[Vec<u8>]) -> Vec<u8> {
    let file = &files[rng.usize(..files.len())];
    let mut names: Vec<Vec<u8>> = file.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect();
    names.drain(..rng.usize(..names.len()));
    names.truncate(rng.usize(1..=names.len()));
    for name in &mut names {
        let at = rng.usize(..name.len());
        match rng.u8(..12) {
            0 => *name = b"*".to_vec(),
            1 => *name = b"**".to_vec(),
            2 => drop(name.splice(at..=at, *b"?")),
            3 => drop(name.splice(at.., *b"*")),
            4 => drop(name.splice(..at, *b"*")),
            5 => drop(name.splice(..at, *b"**")),
            6 => drop(name.splice(at..=at, pick(rng, PIECES).to_vec())),
            7 => drop(name.splice(at..at, *b"\\")),
            _ => {}
        }
    }
    names.join(&b'/')
}

fn line(rng: &mut Rng, files: &[Vec<u8>]) -> Vec<u8> {
    let mut line = Vec::new();
    if rng.u8(..4) == 0 {
        line.push(b'!');
    }
    if rng.u8(..4) == 0 {
        line.push(b'/');
    }
    if rng.u8(..3) > 0 {
        line.extend(derived(rng, files));
    } else {
        (0..rng.usize(1..4)).for_each(|_| line.extend(pick(rng, PIECES)));
    }
    if rng.u8(..4) == 0 {
        line.push(b'/');
    }
    if rng.u8(..4) == 0 {
        line.extend(pick(rng, PIECES));
    }
    line.extend([&b"\n"[..], b"\r\n", b" \n", b"\r\r\n", b"\n\n"][rng.usize(..16).saturating_sub(11)]);
    line
}

fn ignore_file(rng: &mut Rng, files: &[Vec<u8>]) -> Vec<u8> {
    let mut text = Vec::new();
    if rng.u8(..8) == 0 {
        text.extend(b"\xef\xbb\xbf");
    }
    (0..rng.usize(1..6)).for_each(|_| text.extend(line(rng, files)));
    if rng.u8(..4) == 0 {
        text.pop();
    }
    text
}

impl Tree {
    fn random(rng: &mut Rng) -> Self {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        let mut folders = BTreeSet::from([Vec::new()]);
        for _ in 0..rng.usize(1..6) {
            let parent = folders.iter().nth(rng.usize(..folders.len())).unwrap().clone();
            let folder = [parent, pick(rng, FOLDERS).to_vec(), b"/".to_vec()].concat();
            fs::create_dir_all(sandbox.path(path(&folder))).unwrap();
            folders.insert(folder);
        }
        let mut files = Vec::new();
        for seed in 0..rng.u64(4..14) {
            let folder = folders.iter().nth(rng.usize(..folders.len())).unwrap();
            let file = [folder.as_slice(), pick(rng, NAMES)].concat();
            if !sandbox.path(path(&file)).exists() {
                fs::write(sandbox.path(path(&file)), format!("KEY={}\n", openai_key(seed))).unwrap();
                files.push(file);
            }
        }
        let folds = rng.u8(..5) == 0;
        if folds {
            sandbox.git("", &["config", "core.ignoreCase", "true"]);
        }
        for folder in &folders {
            if folder.is_empty() || rng.bool() {
                let text = ignore_file(rng, &files);
                fs::write(sandbox.path(path(folder)).join(".gitignore"), text).unwrap();
            }
        }
        if rng.bool() {
            fs::write(sandbox.path(".git/info/exclude"), ignore_file(rng, &files)).unwrap();
        }
        if !folds && rng.u8(..3) == 0 {
            let tracked = &files[rng.usize(..files.len())];
            let added = sandbox
                .command("git")
                .args(["--literal-pathspecs", "add", "-f", "--"])
                .arg(path(tracked))
                .status()
                .unwrap();
            assert!(added.success());
        }
        Self { sandbox, files, folders }
    }

    /// What git tracks, and what it would add.
    fn expected(&self, below: &[u8]) -> BTreeSet<String> {
        let listed = self
            .sandbox
            .command("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()
            .unwrap();
        assert!(listed.status.success());
        let names = listed.stdout.split(|byte| *byte == 0).filter(|name| name.starts_with(below));
        let names = names.filter(|name| self.files.iter().any(|file| file == name));
        names.map(shown).collect()
    }

    fn is_ignored(&self, folder: &[u8]) -> bool {
        let mut command = self.sandbox.command("git");
        command
            .args(["check-ignore", "-q", "--no-index", "--"])
            .arg(path(folder.strip_suffix(b"/").unwrap()));
        command.status().unwrap().success()
    }

    fn told(&self) -> String {
        let mut told = String::new();
        for folder in &self.folders {
            let file = self.sandbox.path(path(folder)).join(".gitignore");
            if let Ok(text) = fs::read(file) {
                told += &format!("{}.gitignore: {}\n", folder.escape_ascii(), text.escape_ascii());
            }
        }
        let excluded = fs::read(self.sandbox.path(".git/info/exclude")).unwrap_or_default();
        told + &format!("exclude: {}", excluded.escape_ascii())
    }
}

/// As paths stand in a report.
fn shown(name: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in name.utf8_chunks() {
        shown += chunk.valid();
        chunk.invalid().iter().for_each(|byte| shown += &format!("\\x{byte:02x}"));
    }
    shown
}

/// The paths of all findings, whatever is in them.
fn paths(report: &Report) -> BTreeSet<String> {
    let findings = report.json["findings"].as_array().unwrap().iter();
    let places = findings.flat_map(|finding| finding["occurrences"].as_array().unwrap());
    places.map(|place| place["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn random_trees_are_read_as_git_reads_them() {
    let count = support::cases(40, 1000);
    let first = std::env::var("SKANNER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let (mut left_out, mut read) = (0, 0);
    for seed in first..first + count {
        let rng = &mut Rng::with_seed(seed);
        let tree = Tree::random(rng);
        let found: BTreeSet<String> = paths(&tree.sandbox.scan(&["--isolated"]));
        let expected = tree.expected(b"");
        assert_eq!(found, expected, "seed {seed}\n{}", tree.told());
        read += found.len();
        left_out += tree.files.len() - found.len();
        // A folder that is named is read although it may be ignored; the rules above it count below it.
        let folder = tree.folders.iter().nth(rng.usize(..tree.folders.len())).unwrap();
        if !folder.is_empty() && !tree.is_ignored(folder) && std::str::from_utf8(folder).is_ok() {
            let folder_text = std::str::from_utf8(folder).unwrap();
            let found: BTreeSet<String> = paths(&tree.sandbox.scan(&["--isolated", folder_text]));
            assert_eq!(found, tree.expected(folder), "seed {seed}, {folder_text}\n{}", tree.told());
        }
    }
    assert!(left_out > read / 20 && read > left_out / 20, "{read} read, {left_out} left out");
}

/// A repository with a file that the pattern `*.env` would exclude, at the root and in a folder.
fn with_env_files() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    for (seed, file) in ["x.env", "sub/y.env"].iter().enumerate() {
        sandbox.write(file, openai_key(seed as u64));
    }
    sandbox
}

#[test]
fn what_is_no_plain_file_excludes_nothing() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    type Made<'a> = (&'a str, &'a dyn Fn(&Path));
    let make: [Made<'_>; 6] = [
        ("link", &|at| symlink("list", at).unwrap()),
        ("endless link", &|at| symlink("/dev/zero", at).unwrap()),
        ("directory", &|at| fs::create_dir(at).unwrap()),
        ("pipe", &|at| mknodat(CWD, at, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap()),
        ("socket", &|at| mknodat(CWD, at, FileType::Socket, Mode::RUSR | Mode::WUSR, 0).unwrap()),
        ("broken link", &|at| symlink("nothing", at).unwrap()),
    ];
    for (what, make) in make {
        for at in [".gitignore", "sub/.gitignore", ".git/info/exclude"] {
            let sandbox = with_env_files();
            sandbox.write("list", "*.env\n");
            sandbox.write("sub/list", "*.env\n");
            let _ = fs::remove_file(sandbox.path(at));
            make(&sandbox.path(at));
            let begin = Instant::now();
            let report = sandbox.scan(&["--isolated"]);
            assert!(begin.elapsed() < Duration::from_secs(5), "{what} at {at}");
            // A repository with such a file is not opened, so nobody knows what git tracks there.
            let is_trap = at == ".git/info/exclude" && !["link", "broken link"].contains(&what);
            assert_eq!(
                (report.code, report.paths()),
                (if is_trap { 2 } else { 1 }, vec!["sub/y.env".into(), "x.env".into()]),
                "{what} at {at}"
            );
        }
    }
}

#[test]
fn the_exclude_file_may_be_a_link() {
    let sandbox = with_env_files();
    sandbox.write(".git/list", "*.env\n");
    fs::remove_file(sandbox.path(".git/info/exclude")).unwrap();
    symlink("../list", sandbox.path(".git/info/exclude")).unwrap();
    assert_eq!(sandbox.scan(&["--isolated"]).paths(), [""; 0]);
}

#[test]
fn a_huge_ignore_file_excludes_nothing() {
    let sandbox = with_env_files();
    sandbox.write("sub/.gitignore", ["y.env\n".repeat(200_000), "!y.env\n".to_owned()].concat());
    sandbox.write(".gitignore", "*.env\n");
    assert_eq!(sandbox.scan(&["--isolated"]).paths(), ["sub/y.env"]);
}

#[test]
fn no_pattern_takes_long() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let folder = "a/".repeat(60);
    sandbox.write(format!("{folder}c"), openai_key(1));
    sandbox.write(format!("{folder}{}", "a".repeat(200)), openai_key(2));
    let patterns = [
        format!("{}b\n", "**/a/".repeat(30)),
        format!("/**/{}b\n", "*a".repeat(60)),
        format!("{}b\n", "*a".repeat(60)),
    ];
    sandbox.write(".gitignore", patterns.concat());
    let begin = Instant::now();
    assert_eq!(sandbox.scan(&["--isolated"]).paths().len(), 2);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn rules_above_the_repository_do_not_count() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "*.env\n");
    sandbox.write("repository/x.env", openai_key(1));
    sandbox.git("repository", &["init", "-q"]);
    assert_eq!(sandbox.scan(&["--isolated"]).paths(), ["repository/x.env"]);
    sandbox.git("", &["init", "-q"]);
    assert_eq!(sandbox.scan(&["--isolated"]).paths(), ["repository/x.env"]);
}

#[test]
fn a_tool_that_passes_files_gets_the_same_answers() {
    let sandbox = with_env_files();
    sandbox.write(".gitignore", "*.{env,log}\nsub/\n");
    let report = sandbox.scan(&["--isolated", "--force-exclude", "x.env", "sub/y.env"]);
    assert_eq!(report.paths(), ["x.env"]);
    assert_eq!(report.json["not_read"]["ignored"], 1);
}
