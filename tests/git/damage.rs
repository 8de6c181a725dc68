//! Loose objects that were cut short or hold something else, and files that are none.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::harness::*;

/// No command may take longer.
const LONGEST: Duration = Duration::from_secs(8);

/// Runs the program, and gives its exit code; `None` if it had to be stopped.
fn code(command: &mut Command) -> Option<i32> {
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code().unwrap_or(-1));
        }
        if start.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn program(sandbox: &Sandbox, arguments: &str) -> Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(arguments.split(' '));
    command
}

fn loose(sandbox: &Sandbox, revision: &str) -> PathBuf {
    let id = sandbox.git(".", &["rev-parse", revision]);
    sandbox.path(format!(".git/objects/{}/{}", &id[..2], id[2..].trim()))
}

/// Writes the start of a file, which git has made read-only.
fn cut(file: &Path, whole: &[u8], length: usize) {
    let _ = fs::remove_file(file);
    fs::write(file, &whole[..length]).unwrap();
}

#[test]
fn an_object_that_was_cut_short_is_named_at_any_length() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    commit(&sandbox, "x");
    sandbox.git(".", &["tag", "--annotate", "-m", "text", "v1"]);
    sandbox.write("y.py", line(2));
    sandbox.git(".", &["add", "--all"]);
    for (revision, commands) in [
        (":y.py", &["scan --staged", "hook pre-commit"][..]),
        ("HEAD:x.py", &["scan --range base..HEAD"]),
        ("HEAD^{tree}", &["scan --range base..HEAD", "scan --staged"]),
        (
            "HEAD",
            &["scan --range base..HEAD", "scan --range base...HEAD", "scan --range HEAD~1", "scan --staged"],
        ),
        ("base", &["scan --range base..HEAD", "scan --range HEAD^{tree} --not base"]),
        ("v1", &["scan --range base..v1", "scan --range v1^{}", "scan --range --tags"]),
    ] {
        let file = loose(&sandbox, revision);
        let whole = fs::read(&file).unwrap();
        let lengths =
            (0..whole.len()).filter(|length| length % 7 == 0 || length + 5 > whole.len() || *length < 4);
        for length in lengths {
            cut(&file, &whole, length);
            for command in commands {
                assert_eq!(code(&mut program(&sandbox, command)), Some(2), "{revision}, {length}: {command}");
            }
        }
        cut(&file, &whole, whole.len());
    }
    assert_eq!(code(&mut program(&sandbox, "scan --staged")), Some(1));
}

#[test]
fn an_object_of_other_content_than_its_name_says_is_no_proof() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "--all"]);
    let file = loose(&sandbox, ":x.py");
    fs::remove_file(&file).unwrap();
    fs::copy(loose(&sandbox, ":plain.py"), &file).unwrap();
    staged(&sandbox).assert_not_scanned(&["x.py: object"]);
    // What a pack has as well is read from there.
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    commit(&sandbox, "x");
    let file = loose(&sandbox, ":x.py");
    let whole = fs::read(&file).unwrap();
    sandbox.git(".", &["repack", "-q", "-a", "-d"]);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    cut(&file, &whole, 20);
    assert_eq!(range(&sandbox, "base..HEAD").paths(), ["x.py"]);
}

#[test]
fn dates_do_not_matter_to_what_is_new() {
    let sandbox = repository();
    let commit_at = |name: &str, year: u32| {
        sandbox.write(name, line(u64::from(year)));
        sandbox.git(".", &["add", "--all"]);
        let date = format!("{year}-01-01T00:00:00Z");
        let mut git = sandbox.command("git");
        git.args(["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", name]);
        assert_eq!(Run::of(git.env("GIT_COMMITTER_DATE", date)).code, 0);
    };
    commit_at("old.py", 2020);
    sandbox.git(".", &["branch", "topic"]);
    // This one claims to be older than all others.
    commit_at("skewed.py", 1990);
    sandbox.git(".", &["checkout", "-q", "topic"]);
    commit_at("new.py", 2015);
    for revisions in ["main..topic", "main...topic", "topic --not main", "topic ^main"] {
        assert_eq!(range(&sandbox, revisions).paths(), ["new.py"], "{revisions}");
    }
    assert_eq!(range(&sandbox, "topic..main").paths(), ["skewed.py"]);
}

const COMMANDS: &[&str] = &[
    "audit",
    "scan --staged",
    "scan --range --all",
    "scan --range base..HEAD",
    "scan --history",
    "hook pre-commit",
    "baseline check",
];

/// Files that libgit2 or git reads, all of which may be replaced.
const FILES: &[&str] = &[
    "HEAD",
    "config",
    "config.worktree",
    "index",
    "packed-refs",
    "refs/heads/main",
    "refs/heads/other",
    "shallow",
    "commondir",
    "gitdir",
    "info/grafts",
    "info/attributes",
    "objects/info/alternates",
    "objects/info/commit-graph",
    "objects/pack/multi-pack-index",
    "objects/pack/pack-0000000000000000000000000000000000000000.idx",
    "logs/HEAD",
    "logs/refs/stash",
    "FETCH_HEAD",
    "worktrees/x/HEAD",
];

#[cfg(unix)]
fn pipe(file: &Path) {
    assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn nothing_waits_for_what_is_no_file() {
    type Replace = fn(&Path);
    let replacements: &[(&str, Replace)] = &[
        ("pipe", pipe),
        ("device", |file| link("/dev/zero", file)),
        ("directory", |file| fs::create_dir(file).unwrap()),
        ("loop", |file| link(file.file_name().unwrap().to_str().unwrap(), file)),
    ];
    let sandbox = repository();
    let template = sandbox.path(".git");
    for file in FILES {
        let path = template.join(file);
        let whole = fs::read(&path).ok();
        for (name, replace) in replacements {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let _ = fs::remove_file(&path);
            replace(&path);
            for command in COMMANDS {
                let code = code(&mut program(&sandbox, command));
                assert!(matches!(code, Some(0..=2)), "{file}, {name}: {command}: {code:?}");
                // What decides which commits there are is never taken for absent.
                let decides = ["index", "packed-refs", "refs/heads/other"].contains(file);
                if decides && *name != "directory" && command.contains("audit") {
                    assert_eq!(code, Some(2), "{file}, {name}: {command}");
                }
            }
            let _ = fs::remove_file(&path);
            let _ = fs::remove_dir(&path);
        }
        if let Some(whole) = whole {
            fs::write(&path, whole).unwrap();
        }
    }
}

#[test]
#[cfg(unix)]
fn what_a_configuration_includes_is_looked_at() {
    for target in ["pipe", "/dev/zero"] {
        let sandbox = repository();
        pipe(&sandbox.path(".git/pipe"));
        let config = fs::read_to_string(sandbox.path(".git/config")).unwrap();
        sandbox.write(".git/config", format!("{config}[include]\n\tpath = {target}\n"));
        assert_eq!(code(&mut program(&sandbox, "scan --staged")), Some(2), "{target}");
    }
}

#[test]
fn references_that_cannot_be_read_are_no_proof() {
    for (file, content) in [("heads/empty", ""), ("heads/words", "nothing\n"), ("tags/cut", "0123\n")] {
        let sandbox = repository();
        sandbox.write(format!(".git/refs/{file}"), content);
        let run = sandbox.skanner(&["scan", "--range", "--all"]);
        assert!(run.code == 2 && run.stderr.contains(file), "{file}: {run:?}");
    }
}

/// Everything below a folder, outside of what tests themselves write.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path.clone());
            }
            found.insert(path.clone(), fs::read(&path).ok());
        }
    }
    found
}

#[test]
#[cfg(unix)]
fn no_command_writes_into_what_it_reads() {
    let sandbox = repository();
    fs::create_dir_all(sandbox.path(".git/logs/refs")).unwrap();
    link("../../../../home/made", &sandbox.path(".git/logs/refs/stash"));
    let root = sandbox.path("..");
    let before = everything(&root);
    for command in COMMANDS {
        let code = code(&mut program(&sandbox, command));
        assert!(code.is_some(), "{command}");
        assert_eq!(everything(&root), before, "{command}");
    }
    let logged = repository();
    logged.write("plain.py", "changed\n");
    logged.git(".", &["stash", "-q"]);
    logged.write("plain.py", "changed again\n");
    logged.git(".", &["stash", "-q"]);
    fs::remove_dir_all(logged.path(".git/logs")).unwrap();
    let before = everything(&logged.path(".."));
    for command in COMMANDS {
        code(&mut program(&logged, command));
        assert_eq!(everything(&logged.path("..")), before, "{command}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn no_file_is_opened_for_writing() {
    if Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    let sandbox = repository();
    for command in COMMANDS {
        let log = sandbox.path("../home/strace");
        let mut strace = sandbox.command("strace");
        strace.args([
            "-f",
            "-qq",
            "-e",
            "trace=openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat",
        ]);
        strace.arg("-o").arg(&log).arg(env!("CARGO_BIN_EXE_skanner")).args(command.split(' '));
        if Run::of(&mut strace).code > 2 {
            // It may not be allowed here.
            return;
        }
        // A call that another thread interrupts is in two lines, the first of which has its arguments.
        let log = fs::read_to_string(&log).unwrap();
        for line in log.lines().filter(|line| !line.contains(" resumed>")) {
            let writes = !line.contains("openat(") || line.contains("O_WRONLY") || line.contains("O_RDWR");
            assert!(!writes || line.contains("\"/dev/") || line.contains("+++"), "{command}: {line}");
        }
    }
}
