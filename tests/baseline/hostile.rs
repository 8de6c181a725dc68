//! Baselines that are none.

use std::{fs, os::unix::fs::symlink};

use super::harness::*;

/// Nothing is said but the error: exit code 2, the file with its line, and what to do.
#[track_caller]
fn refused(sandbox: &Sandbox, expected: &str) {
    for arguments in
        [&["scan"][..], &["scan", "src"], &["audit"], &["baseline", "check"], &["baseline", "update"]]
    {
        let run = sandbox.skanner(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {} should say {expected:?}", run.stderr);
    }
}

#[test]
fn a_bad_line_is_named() {
    const FINGERPRINT: &str = "00112233445566778899aabbccddeeff";
    let cases: &[(&str, &str)] = &[
        ("x", "expected a fingerprint, a rule and a path"),
        ("{F}", "expected a fingerprint, a rule and a path"),
        ("{F} openai-project-key", "expected a fingerprint, a rule and a path"),
        ("{F} openai-project-key ", "expected a fingerprint, a rule and a path"),
        ("00 rule a.py", "is not a fingerprint"),
        ("00112233445566778899AABBCCDDEEFF rule a.py", "is not a fingerprint"),
        ("{F}0 rule a.py", "is not a fingerprint"),
        (" {F} rule a.py", "is not a fingerprint"),
        ("{F} rule <somewhere>", "the only place in `<…>` is `<history>`"),
        ("{F} rule a\\n.py", "a backslash in a path"),
        ("{F} rule a\\u{110000}", "a backslash in a path"),
        ("{F} rule a.zip!", "a path is empty"),
        ("<<<<<<< HEAD", "unresolved merge conflict"),
        ("=======", "unresolved merge conflict"),
        (">>>>>>> other", "unresolved merge conflict"),
        ("||||||| base", "unresolved merge conflict"),
        ("<<<<<<<HEAD", "expected a fingerprint"),
    ];
    for (line, expected) in cases {
        let sandbox = known(1);
        let mut text = fs::read_to_string(sandbox.path(FILE)).unwrap();
        text.push_str(&format!("\n{}\n", line.replace("{F}", FINGERPRINT)));
        sandbox.write(FILE, text);
        // Three lines of the header, an entry, an empty line.
        refused(&sandbox, &format!("{FILE}:6: "));
        refused(&sandbox, expected);
    }
}

#[test]
fn what_is_no_text_is_none() {
    for bytes in [&b"\xff\xfek\0=\0"[..], b"# a\n\x80", &[0xc3; 5000]] {
        let sandbox = known(1);
        sandbox.write(FILE, bytes);
        refused(&sandbox, FILE);
        // It can be replaced, though not by accident.
        assert_eq!(sandbox.skanner(&["baseline", "create"]).code, 2);
        create(&sandbox, &["--force"]);
        assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    }
}

#[test]
fn nothing_makes_a_scan_wait_or_follow() {
    let sandbox = known(1);
    let elsewhere = sandbox.path("../home/known");
    fs::rename(sandbox.path(FILE), &elsewhere).unwrap();
    symlink(&elsewhere, sandbox.path(FILE)).unwrap();
    refused(&sandbox, "is a symbolic link");
    assert_eq!(sandbox.skanner(&["baseline", "create", "--force"]).code, 2);
    // Who names it knows it.
    assert_eq!(counts(&sandbox.scan(&["--baseline", FILE])), (0, 1));
    for target in ["/dev/zero", "/", "loop", "/nowhere"] {
        fs::remove_file(sandbox.path(FILE)).unwrap();
        symlink(target, sandbox.path(FILE)).unwrap();
        refused(&sandbox, "is a symbolic link");
        assert_eq!(sandbox.skanner(&["scan", "--baseline", FILE]).code, 2, "{target}");
    }
    fs::remove_file(sandbox.path(FILE)).unwrap();
    fs::create_dir(sandbox.path(FILE)).unwrap();
    refused(&sandbox, "cannot read the baseline");
    fs::remove_dir(sandbox.path(FILE)).unwrap();
    let made = sandbox.command("mkfifo").arg(FILE).status().unwrap();
    assert!(made.success());
    for arguments in [&["scan", "src"][..], &["baseline", "check"], &["baseline", "create", "--force"]] {
        let run = sandbox.skanner(arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
    }
}

#[test]
fn a_huge_file_is_refused() {
    let sandbox = known(1);
    let file = fs::OpenOptions::new().write(true).open(sandbox.path(FILE)).unwrap();
    file.set_len(65 << 20).unwrap();
    let run = sandbox.skanner(&["scan", "src"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("larger than 64 MiB"), "{}", run.stderr);
}

#[test]
fn what_editors_and_merges_do_is_harmless() {
    let sandbox = known(1);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let entry = entries(&sandbox).remove(0);
    let spaced = entry.replace(' ', " \t ");
    let variants = [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r\r\n"),
        format!("\u{feff}{text}"),
        text.trim_end().to_owned(),
        format!("{text}\n\n   \n{text}{text}"),
        entry.clone(),
        format!("# kept for a reason\n{spaced}  \n{entry}\n"),
        text.lines().rev().collect::<Vec<_>>().join("\n"),
    ];
    for variant in variants {
        sandbox.write(FILE, &variant);
        let report = sandbox.scan(&[]);
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]), "{variant:?}");
        assert_eq!(sandbox.skanner(&["baseline", "check"]).code, 0, "{variant:?}");
    }
}

#[test]
fn odd_paths_come_back() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let key = openai_key(8);
    let names: &[&[u8]] = &[
        b"with space",
        b" leading",
        b"trailing ",
        b"#hash",
        b"line\nfeed",
        b"return\r",
        b"tab\t",
        b"bang!bang",
        b"<history>",
        b"back\\slash",
        b"\\u{20}",
        b"\xff\xfe not utf-8",
        b"\\xff",
        "bidi\u{202e}txt.exe".as_bytes(),
        "é汉".as_bytes(),
        b"-",
    ];
    let sandbox = repository();
    for name in names {
        sandbox.write(OsStr::from_bytes(name), &key);
    }
    create(&sandbox, &[]);
    assert_eq!(entries(&sandbox).len(), names.len());
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
    let check = || {
        let report = sandbox.scan(&[]);
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    };
    check();
    // Each of them alone, and under another name.
    for name in names {
        let path = sandbox.path(OsStr::from_bytes(name));
        fs::rename(&path, sandbox.path("elsewhere")).unwrap();
        check();
        sandbox.write("second", &key);
        assert_eq!(sandbox.scan(&[]).paths(), ["second"], "{name:?}");
        fs::remove_file(sandbox.path("second")).unwrap();
        fs::rename(sandbox.path("elsewhere"), &path).unwrap();
    }
}
