//! Whoever owns the repository may write anything into it. A scan that passes over what is known must still say what one of
//! everything says: the same keys, and the same exit code.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{Change, commit, is_carried, scan, scanned, state};
use crate::support::{Sandbox, openai_key};

fn secret() -> String {
    format!("OPENAI_API_KEY={}\n", openai_key(5))
}

fn packs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().map(|file| file.unwrap().path());
    let mut packs: Vec<_> = files.filter(|file| file.extension() == Some(OsStr::new("pack"))).collect();
    packs.sort();
    packs
}

/// Changes a file, and sets its time back.
fn rewrite(path: &Path, bytes: &[u8]) {
    let time = fs::metadata(path).unwrap().modified().unwrap();
    let mut permissions = fs::metadata(path).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    fs::set_permissions(path, permissions).unwrap();
    fs::write(path, bytes).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn loose(sandbox: &Sandbox, id: &str) -> PathBuf {
    let id = id.trim();
    sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
}

/// A key that is only in the history, and in a baseline.
fn baselined(sandbox: &Sandbox) {
    sandbox.write("k.env", secret());
    commit(sandbox, "key");
    sandbox.git(".", &["rm", "-q", "k.env"]);
    sandbox.git(".", &["commit", "-q", "-m", "gone"]);
    let run = sandbox.skanner(&["baseline", "create", "--history"]);
    assert_eq!(run.code, 0, "{run:?}");
}

/// What there is at one time, and what somebody makes of it until the next.
const CASES: &[(&str, Change, Change)] = &[
    (
        "the checksum of a pack was wrong, and another pack has it",
        |sandbox| {
            // The pack is whole but for its checksum, which a pack with a key will have.
            let own = fs::read(&packs(sandbox)[0]).unwrap();
            let index = packs(sandbox)[0].with_extension("idx");
            let index_bytes = fs::read(&index).unwrap();
            let other = [&own[..own.len() - 20], &[7; 20]].concat();
            let at = index_bytes.len() - 40;
            let forged = [&index_bytes[..at], &[7; 20], &index_bytes[at + 20..]].concat();
            rewrite(&packs(sandbox)[0], &other);
            rewrite(&index, &forged);
        },
        |_| {},
    ),
    (
        "a pack is overwritten and has the same size, time and ending",
        |sandbox| {
            sandbox.git(".", &["config", "pack.compression", "0"]);
            sandbox.write("plain.txt", "#".repeat(secret().len()));
            commit(sandbox, "plain");
            sandbox.git(".", &["repack", "-q", "-a", "-d", "-F"]);
        },
        |sandbox| {
            let pack = &packs(sandbox)[0];
            let mut bytes = fs::read(pack).unwrap();
            let plain = "#".repeat(secret().len());
            let at = bytes.windows(plain.len()).position(|window| window == plain.as_bytes()).unwrap();
            bytes[at..at + plain.len()].copy_from_slice(secret().as_bytes());
            rewrite(pack, &bytes);
        },
    ),
    (
        "a loose object is overwritten and has the same size and time",
        |sandbox| {
            sandbox.git(".", &["config", "core.compression", "0"]);
            sandbox.write("plain.txt", "#".repeat(secret().len()));
            commit(sandbox, "plain");
        },
        |sandbox| {
            let file = loose(sandbox, &sandbox.git(".", &["rev-parse", "HEAD:plain.txt"]));
            let mut bytes = fs::read(&file).unwrap();
            let plain = "#".repeat(secret().len());
            let at = bytes.windows(plain.len()).position(|window| window == plain.as_bytes()).unwrap();
            bytes[at..at + plain.len()].copy_from_slice(secret().as_bytes());
            rewrite(&file, &bytes);
        },
    ),
    (
        "names of packs that are not UTF-8",
        |sandbox| {
            let pack = packs(sandbox).remove(0);
            for extension in ["pack", "idx"] {
                let name = [b"pack-\xff.", extension.as_bytes()].concat();
                let new = pack.with_file_name(OsStr::from_bytes(&name));
                fs::rename(pack.with_extension(extension), new).unwrap();
            }
        },
        |sandbox| {
            sandbox.write("b.env", secret());
            commit(sandbox, "new");
            sandbox.git(".", &["repack", "-q", "-d"]);
            let is_new = |pack: &PathBuf| !pack.as_os_str().as_bytes().contains(&0xff);
            let pack = packs(sandbox).into_iter().find(is_new).unwrap();
            for extension in ["pack", "idx"] {
                let name = [b"pack-\xfe.", extension.as_bytes()].concat();
                let new = pack.with_file_name(OsStr::from_bytes(&name));
                fs::rename(pack.with_extension(extension), new).unwrap();
            }
        },
    ),
    (
        "junk in a loose file beside a known pack",
        |_| {},
        |sandbox| {
            let file = loose(sandbox, &sandbox.git(".", &["rev-parse", "HEAD:notes.txt"]));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "junk").unwrap();
        },
    ),
    (
        "another object in a loose file beside a known pack",
        |_| {},
        |sandbox| {
            let file = loose(sandbox, &sandbox.git(".", &["rev-parse", "HEAD:notes.txt"]));
            let other = sandbox.write("b.env", secret());
            let other = sandbox.git(".", &["hash-object", "-w", other.to_str().unwrap()]);
            fs::remove_file(sandbox.path("b.env")).unwrap();
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::rename(loose(sandbox, &other), file).unwrap();
        },
    ),
    (
        "a shallow clone that no longer says so",
        |sandbox| {
            let head = sandbox.git(".", &["rev-parse", "HEAD"]);
            fs::write(sandbox.path(".git/shallow"), head).unwrap();
        },
        |sandbox| fs::remove_file(sandbox.path(".git/shallow")).unwrap(),
    ),
    (
        "a missing object comes back",
        |sandbox| {
            sandbox.write("lost.txt", "lost\n");
            commit(sandbox, "lost");
            let file = loose(sandbox, &sandbox.git(".", &["rev-parse", "HEAD:lost.txt"]));
            fs::rename(file, sandbox.tree().parent().unwrap().join("kept")).unwrap();
        },
        |sandbox| {
            let file = loose(sandbox, &sandbox.git(".", &["rev-parse", "HEAD:lost.txt"]));
            fs::rename(sandbox.tree().parent().unwrap().join("kept"), file).unwrap();
        },
    ),
    (
        "content of Git LFS arrives in a store outside",
        |sandbox| {
            let name = "0".repeat(62) + "11";
            let size = secret().len();
            sandbox.write(
                "large",
                format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {size}\n"),
            );
            commit(sandbox, "large");
            let store = sandbox.tree().parent().unwrap().join("store");
            sandbox.git(".", &["config", "lfs.storage", store.to_str().unwrap()]);
        },
        |sandbox| {
            let name = "0".repeat(62) + "11";
            let directory = sandbox.tree().parent().unwrap().join("store/objects/00/00");
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join(name), secret()).unwrap();
        },
    ),
    (
        "another repository in the same place",
        |sandbox| {
            sandbox.write("b.env", secret());
            commit(sandbox, "key");
            sandbox.git(".", &["gc", "-q"]);
        },
        |sandbox| {
            fs::remove_dir_all(sandbox.path(".git")).unwrap();
            fs::remove_file(sandbox.path("b.env")).unwrap();
            sandbox.git(".", &["init", "-q", "-b", "main"]);
            sandbox.write("other.txt", "other\n");
            commit(sandbox, "other");
        },
    ),
    ("a key that a baseline knows of the past is there again", baselined, |sandbox| {
        drop(sandbox.git(".", &["revert", "--no-edit", "HEAD"]))
    }),
    ("a commit with a key that a baseline knows of the past is checked out", baselined, |sandbox| {
        drop(sandbox.git(".", &["update-ref", "--no-deref", "HEAD", "HEAD~1"]))
    }),
    (
        "a list allows a key in a commit, and another commit is checked out",
        |sandbox| {
            sandbox.write("skanner.toml", "trust-foreign-markers = true\n");
            sandbox.write("f.txt", secret());
            commit(sandbox, "c0");
            let first = sandbox.git(".", &["rev-parse", "HEAD"]);
            sandbox.git(".", &["mv", "f.txt", "g.txt"]);
            sandbox.git(".", &["commit", "-q", "-m", "c1"]);
            let second = sandbox.git(".", &["rev-parse", "HEAD"]);
            sandbox.git(".", &["commit", "-q", "--allow-empty", "-m", "c2"]);
            sandbox.git(".", &["rm", "-q", "g.txt"]);
            sandbox.git(".", &["commit", "-q", "-m", "c3"]);
            let line = |commit: &str, file| format!("{}:{file}:openai-project-key:1\n", commit.trim());
            sandbox.write(".gitleaksignore", [line(&first, "f.txt"), line(&second, "g.txt")].concat());
        },
        |sandbox| drop(sandbox.git(".", &["update-ref", "--no-deref", "HEAD", "HEAD~1"])),
    ),
    (
        "an object that was accepted as unread can be read",
        |sandbox| {
            let file = sandbox.write("kept", secret());
            let id = sandbox.git(".", &["hash-object", file.to_str().unwrap()]);
            let object = loose(sandbox, &id);
            fs::create_dir_all(object.parent().unwrap()).unwrap();
            fs::write(object, "junk").unwrap();
            let accept = format!("accept-unread = [{{ path = \"object {}\", reason = \"x\" }}]\n", id.trim());
            sandbox.write("skanner.toml", accept);
        },
        |sandbox| {
            let file = sandbox.path("kept");
            let object = loose(sandbox, &sandbox.git(".", &["hash-object", file.to_str().unwrap()]));
            fs::remove_file(object).unwrap();
            sandbox.git(".", &["hash-object", "-w", file.to_str().unwrap()]);
        },
    ),
    (
        "an older commit has the same tree",
        |sandbox| {
            sandbox.write("b.env", secret());
            commit(sandbox, "key");
            let head = sandbox.git(".", &["rev-parse", "HEAD"]);
            let list = format!("{}:b.env:openai-project-key:1\n", head.trim());
            sandbox.write(".gitleaksignore", list);
            sandbox.write("skanner.toml", "trust-foreign-markers = true\n");
        },
        |sandbox| {
            let mut command = sandbox.command("git");
            command.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
            command.args(["commit-tree", "-m", "older", "HEAD^{tree}"]);
            command
                .env("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z")
                .env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z");
            let older = crate::support::Run::of(&mut command).stdout;
            sandbox.git(".", &["update-ref", "refs/heads/older", older.trim()]);
        },
    ),
];

#[test]
fn what_is_passed_over_hides_nothing() {
    for (what, before, change) in CASES {
        let sandbox = scanned(&[]);
        before(&sandbox);
        let first = scan(&sandbox);
        assert_ne!(first.stdout, "", "{what}: {}", first.stderr);
        change(&sandbox);
        for again in ["", ", once more"] {
            let (run, whole) = (scan(&sandbox), sandbox.skanner(&["scan", "--history", "--format", "json"]));
            assert_eq!(run.code, whole.code, "{what}{again}: {}{}", run.stdout, run.stderr);
            assert_eq!(run.report().json["findings"], whole.report().json["findings"], "{what}{again}");
        }
    }
}

/// A whole scan leaves out most paths that have the same file name. What it left out is looked at again when it is checked out.
#[test]
fn a_path_that_a_whole_scan_leaves_out_is_not_done() {
    let sandbox = scanned(&[]);
    sandbox.write("skanner.toml", "[[allow]]\npaths = [\"tests/**\"]\nreason = \"r\"\n");
    sandbox.write("tests/k.env", secret());
    commit(&sandbox, "allowed");
    let same = |what: &str| {
        let (run, whole) = (scan(&sandbox), sandbox.skanner(&["scan", "--history", "--format", "json"]));
        assert_eq!(run.code, whole.code, "{what}: {}{}", run.stdout, run.stderr);
        run.code
    };
    same("first");
    sandbox.git(".", &["checkout", "-q", "-b", "b"]);
    sandbox.git(".", &["mv", "tests", "src"]);
    sandbox.git(".", &["commit", "-q", "-m", "move"]);
    sandbox.git(".", &["checkout", "-q", "main"]);
    same("on another branch");
    same("on another branch, once more");
    sandbox.git(".", &["checkout", "-q", "b"]);
    assert_eq!(same("checked out"), 1);
}

/// Directories that contain each other twice, thirty levels deep: more paths than anybody can read.
#[test]
fn many_paths_cost_a_whole_scan_and_no_more() {
    let sandbox = scanned(&[]);
    let tree = |lines: String| {
        let mut command = sandbox.command("git");
        command.current_dir(sandbox.tree()).arg("mktree").stdin(std::process::Stdio::piped());
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
    };
    // It is a suspect, and no key.
    let file = sandbox.write("a.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0");
    commit(&sandbox, "suspect");
    let blob = sandbox.git(".", &["hash-object", file.to_str().unwrap()]);
    assert_eq!(scan(&sandbox).code, 0);
    let mut inner = tree(format!("100644 blob {}\tb.gz\n", blob.trim()));
    for _ in 0..30 {
        inner = tree(format!("040000 tree {inner}\ta\n040000 tree {inner}\tb\n"));
    }
    let commit = sandbox.git(".", &["commit-tree", "-m", "many", &inner]);
    sandbox.git(".", &["update-ref", "refs/heads/many", commit.trim()]);
    let run = scan(&sandbox);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!is_carried(&run), "{}", run.stderr);
}

/// What the repository brings is no regular file.
#[test]
fn a_list_that_is_a_pipe_is_not_waited_for() {
    for name in [".gitleaksignore", ".skanner-baseline"] {
        let sandbox = scanned(&[]);
        rustix::fs::mknodat(
            rustix::fs::CWD,
            sandbox.path(name),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--history", "--since-scan", &state(&sandbox)]);
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut rounds = 0;
        while child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(50));
            rounds += 1;
            if rounds > 600 {
                child.kill().unwrap();
                panic!("{name} is waited for");
            }
        }
    }
}

/// The owner of a repository does not decide what is passed over in another one.
#[test]
fn states_are_in_none_of_the_repositories() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        sandbox.repository(name, &[]);
    }
    sandbox.write("list", "a\nb\n");
    for (place, is_refused) in [("a/states", true), ("b/.git/states", true), ("states", false)] {
        let run = sandbox.skanner(&["audit", "--repositories", "list", "--since-scan", place]);
        assert_eq!(run.code, if is_refused { 2 } else { 0 }, "{place}: {}", run.stderr);
        assert_eq!(run.stderr.contains("must not decide"), is_refused, "{place}: {}", run.stderr);
        assert_eq!(sandbox.path(place).exists(), !is_refused, "{place}");
    }
}

#[test]
fn a_link_is_no_state() {
    let sandbox = scanned(&[]);
    let place = sandbox.tree().parent().unwrap().join("link.state");
    std::os::unix::fs::symlink("scan.state", &place).unwrap();
    let run = sandbox.skanner(&["scan", "--history", "--since-scan", place.to_str().unwrap()]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("this is a link"), "{}", run.stderr);
}

/// A pack with a wrong checksum is never passed over, whatever it is later.
#[test]
fn a_pack_that_is_not_what_its_checksum_says_is_read_each_time() {
    let sandbox = scanned(&[]);
    CASES[0].1(&sandbox);
    scan(&sandbox);
    let run = scan(&sandbox);
    assert!(run.report().json["scanned"]["blobs"].as_u64() > Some(12), "{}", run.stdout);
}

#[test]
fn a_state_belongs_to_no_repository_that_is_read() {
    let sandbox = scanned(&[]);
    let outside = sandbox.tree().parent().unwrap().to_owned();
    let tree = outside.join("linked");
    sandbox.git(".", &["worktree", "add", "-q", tree.to_str().unwrap()]);
    let other = outside.join("other");
    sandbox.git(".", &["init", "-q", other.to_str().unwrap()]);
    let objects = other.join(".git/objects");
    fs::write(sandbox.path(".git/objects/info/alternates"), format!("{}\n", objects.display())).unwrap();
    for place in [tree.join("a.state"), other.join("a.state"), other.join(".git/a.state")] {
        let run = sandbox.skanner(&["scan", "--history", "--since-scan", place.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{}", place.display());
        assert!(run.stderr.contains("in the repository that is scanned"), "{}", run.stderr);
        assert!(!place.exists());
    }
}

/// A state is written to a file that exists only if that is one.
#[test]
fn no_other_file_is_overwritten() {
    let sandbox = scanned(&[]);
    let file = sandbox.tree().parent().unwrap().join("notes.txt");
    for (text, is_written) in [("notes\n", false), ("{}", false), ("", true), ("skanner-state 0 old\n", true)]
    {
        fs::write(&file, text).unwrap();
        let run = sandbox.skanner(&["scan", "--history", "--since-scan", file.to_str().unwrap()]);
        assert_eq!(run.code, if is_written { 0 } else { 2 }, "{text}: {}", run.stderr);
        assert_eq!(fs::read_to_string(&file).unwrap() != text, is_written, "{text}");
        assert!(is_written || run.stderr.contains("is no state of a scan"), "{}", run.stderr);
    }
}

/// The path of a pack may hold a key.
#[test]
fn no_state_holds_a_path_with_a_key() {
    let sandbox = scanned(&[]);
    let key = openai_key(9);
    let pack = packs(&sandbox).remove(0);
    for extension in ["pack", "idx"] {
        fs::rename(pack.with_extension(extension), pack.with_file_name(format!("pack-{key}.{extension}")))
            .unwrap();
    }
    scan(&sandbox);
    let text = fs::read_to_string(state(&sandbox)).unwrap();
    assert!(!text.contains(&key));
}
