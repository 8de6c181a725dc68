//! Input that is broken, endless, or made to hurt: no panic, no hang, no wrong "clean".
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    io::{Seek, SeekFrom, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
        net::UnixListener,
        process::CommandExt,
    },
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use rustix::fs::{CWD, FileType, Mode};
use support::{Run, Sandbox, openai_key};

#[test]
fn a_missing_path_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "x");
    sandbox.scan(&["a.txt", "no/such"]).assert_not_scanned(&["no/such: no such file or directory"]);
    symlink("nowhere", sandbox.path("broken")).unwrap();
    sandbox.scan(&["broken"]).assert_not_scanned(&["broken: is a broken link"]);
    symlink("loop", sandbox.path("loop")).unwrap();
    sandbox.scan(&["loop"]).assert_not_scanned(&["loop: "]);
    sandbox.scan(&["a.txt/below"]).assert_not_scanned(&["a.txt/below: "]);
}

#[test]
fn what_was_found_is_reported_beside_what_was_not_read() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", openai_key(1));
    let report = sandbox.scan(&["a.txt", "missing"]);
    assert_eq!(report.paths(), ["a.txt"]);
    report.assert_not_scanned(&["missing"]);
    assert_eq!(sandbox.skanner(&["scan", "--exit-zero", "a.txt", "missing"]).code, 2);
}

/// Permissions mean nothing to root, so this one runs as nobody where it can.
#[test]
fn what_may_not_be_read_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("open.txt", openai_key(1));
    for (path, mode) in [("locked.txt", 0o000), ("folder/inner.txt", 0o644)] {
        fs::set_permissions(sandbox.write(path, "x"), Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(sandbox.path("folder"), Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(sandbox.path(".."), Permissions::from_mode(0o755)).unwrap();
    let binary = sandbox.path("../skanner");
    fs::copy(env!("CARGO_BIN_EXE_skanner"), &binary).unwrap();
    let mut command = sandbox.command(&binary);
    command.args(["scan", "--format", "json"]);
    if rustix::process::getuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let report = Run::of(&mut command).report();
    fs::set_permissions(sandbox.path("folder"), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(report.paths(), ["open.txt"]);
    report.assert_not_scanned(&["folder: permission denied", "locked.txt: permission denied"]);
}

#[test]
fn an_empty_tree_is_not_clean() {
    let sandbox = Sandbox::new();
    sandbox.scan(&[]).assert_not_scanned(&["contains no files to read"]);
    fs::create_dir_all(sandbox.path("a/b/c")).unwrap();
    sandbox.scan(&["a"]).assert_not_scanned(&["a: contains no files to read"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".git/info/exclude", "*\n");
    sandbox.write("ignored.txt", "x");
    sandbox.scan(&[]).assert_not_scanned(&["--no-ignore"]);
    // An empty file has been read to its end.
    sandbox.write("empty", "");
    sandbox.scan(&["empty"]).assert_clean();
}

#[test]
fn empty_standard_input_is_not_clean() {
    let sandbox = Sandbox::new();
    sandbox.scan(&["-"]).assert_not_scanned(&["standard input: was empty"]);
}

#[test]
fn fifos_sockets_and_devices_are_named_and_nobody_waits() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "x");
    rustix::fs::mknodat(CWD, sandbox.path("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let _socket = UnixListener::bind(sandbox.path("socket")).unwrap();
    // No repository can contain them, so a tree that does is clean; whoever names one wants to read it.
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, &report.json["not_read"]["special"]), (0, &serde_json::json!(2)));
    sandbox.scan(&["fifo"]).assert_not_scanned(&["fifo: is a FIFO"]);
    sandbox.scan(&["/dev/zero"]).assert_not_scanned(&["/dev/zero: is a device"]);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_named() {
    let sandbox = Sandbox::new();
    // Opens like any file, and gives an error instead of bytes.
    sandbox.scan(&["/proc/self/mem"]).assert_not_scanned(&["/proc/self/mem: "]);
}

#[test]
fn a_file_that_keeps_growing_ends_somewhere() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("log", vec![b'x'; 1 << 20]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&path).unwrap();
            let block = vec![b'y'; 8 << 20];
            // More than is followed, in case the reader is slow to begin.
            for _ in 0..64 {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                file.write_all(&block).unwrap();
            }
        });
        let report = sandbox.scan(&[]);
        stop.store(true, Ordering::Relaxed);
        assert!(report.code == 0 || report.not_scanned()[0].contains("growing"), "{report:?}");
    });
}

#[test]
fn files_that_come_and_go_are_read_or_named() {
    let sandbox = Sandbox::new();
    sandbox.write("stays.txt", openai_key(1));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for at in 0..50 {
                    let _ = fs::write(sandbox.path(format!("{at}.tmp")), "x");
                }
                for at in 0..50 {
                    let _ = fs::remove_file(sandbox.path(format!("{at}.tmp")));
                }
            }
        });
        for _ in 0..20 {
            let report = sandbox.scan(&[]);
            assert_eq!(report.paths(), ["stays.txt"]);
            let all_named = report.not_scanned().iter().all(|one| one.contains("vanished"));
            assert!(
                all_named && report.code == if report.not_scanned().is_empty() { 1 } else { 2 },
                "{report:?}"
            );
        }
        stop.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(1));
    });
}

#[test]
fn strange_names_are_told_apart_and_steer_no_terminal() {
    let sandbox = Sandbox::new();
    for (seed, name) in
        [&b"not-utf8-\xff.txt"[..], b"line\nfeed", b"\x1b[31mred\x1b[0m", "\u{202e}txt.exe".as_bytes()]
            .into_iter()
            .enumerate()
    {
        sandbox.write(OsStr::from_bytes(name), openai_key(seed as u64));
    }
    let text = sandbox.skanner(&["scan", "--color", "never"]);
    assert_eq!(text.code, 1);
    assert!(text.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{}", text.stdout);
    assert!(!text.stdout.contains('\u{202e}'));
    assert!(text.stdout.contains("line\\u{a}feed:1:1") && text.stdout.contains("not-utf8-\\xff.txt:1:1"));
    assert_eq!(sandbox.scan(&[]).places().len(), 4);
    assert_eq!(sandbox.skanner(&["scan", "--format", "sarif"]).code, 1);
}

#[test]
fn control_characters_in_a_line_steer_no_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write("a", format!("\x1b]0;title\x07\x1b[2J \"{}\" \x1b[8m\r\n", openai_key(1)));
    let run = sandbox.skanner(&["scan", "--color", "never"]);
    assert!(run.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{}", run.stdout);
}

#[test]
fn five_gigabytes_of_nothing_and_a_key_at_the_end() {
    let sandbox = Sandbox::new();
    let mut file = File::create(sandbox.path("sparse")).unwrap();
    file.seek(SeekFrom::Start(5 << 30)).unwrap();
    writeln!(file, " {}", openai_key(1)).unwrap();
    let report = sandbox.scan(&[]);
    assert_eq!(report.places(), [format!("sparse:1:{} openai-project-key", (5_u64 << 30) + 2)]);
    assert_eq!(report.code, 1);
}

#[test]
fn one_line_of_200_megabytes() {
    let sandbox = Sandbox::new();
    let mut line = "word é, ".repeat((100 << 20) / 9).into_bytes();
    let column = String::from_utf8_lossy(&line).chars().count() + 1;
    line.extend(openai_key(1).as_bytes());
    line.extend(" tail".repeat(20 << 20).as_bytes());
    sandbox.write("line", line);
    assert_eq!(sandbox.scan(&[]).places(), [format!("line:1:{column} openai-project-key")]);
}

#[test]
fn crowds_of_anchors_and_no_key() {
    let sandbox = Sandbox::new();
    for (name, content) in [
        ("nuls", vec![0; 10 << 20]),
        ("anchors", b"sk-".repeat(1_000_000)),
        ("lines", b"sk-\n".repeat(1_000_000)),
        ("dashes", b"-sk-".repeat(1_000_000)),
        ("tasks", b"task-list sk_buff sk-SK ".repeat(300_000)),
        ("token", [b"sk-".as_slice(), &b"Ab3_".repeat(1_000_000)].concat()),
        ("markers", b"sk-T3BlbkFJ".repeat(300_000)),
    ] {
        sandbox.write(name, content);
    }
    sandbox.scan(&[]).assert_clean();
}
