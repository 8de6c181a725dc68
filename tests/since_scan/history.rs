//! `scan --history --since-scan`: whatever happens to a repository between two scans, nothing is missed.
use std::fs;

use super::{Change, commit, is_carried, scan, scan_with, scanned, state, whole};
use crate::support::{Run, Sandbox, openai_key};

/// What happens to a pack.
type Damage = fn(&std::path::Path);

/// What happens to the text of a state.
type Rewrite = fn(&str) -> String;

/// What happens between two scans, and whether there is nothing new to tell of.
const CHANGES: &[(&str, Change, bool)] = &[
    ("nothing", |_| {}, true),
    (
        "a commit without a key, loose",
        |sandbox| {
            sandbox.write("new.txt", "new\n");
            commit(sandbox, "new");
        },
        true,
    ),
    (
        "a commit without a key, in a second pack",
        |sandbox| {
            sandbox.write("new.txt", "new\n");
            commit(sandbox, "new");
            sandbox.git(".", &["repack", "-q", "-d"]);
        },
        true,
    ),
    (
        "a commit with a key, loose",
        |sandbox| {
            sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(77)));
            commit(sandbox, "new");
        },
        false,
    ),
    (
        "a commit with a key, in a second pack",
        |sandbox| {
            sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(77)));
            commit(sandbox, "new");
            sandbox.git(".", &["repack", "-q", "-d"]);
        },
        false,
    ),
    (
        "a key in a message",
        |sandbox| {
            sandbox.write("new.txt", "new\n");
            commit(sandbox, &format!("use {}", openai_key(77)));
        },
        false,
    ),
    (
        "a key in the name of a file",
        |sandbox| {
            sandbox.write(openai_key(77), "new\n");
            commit(sandbox, "new");
        },
        false,
    ),
    (
        "a key that nothing refers to",
        |sandbox| {
            let file = sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(77)));
            sandbox.git(".", &["hash-object", "-w", file.to_str().unwrap()]);
            fs::remove_file(file).unwrap();
        },
        false,
    ),
    (
        "a key in git's own files",
        |sandbox| {
            sandbox.git(".", &["config", "x.y", &openai_key(77)]);
        },
        false,
    ),
    (
        "everything in one pack that is written anew",
        |sandbox| drop(sandbox.git(".", &["gc", "-q", "--prune=now"])),
        true,
    ),
    (
        "everything in one new pack, with a key",
        |sandbox| {
            sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(77)));
            commit(sandbox, "new");
            sandbox.git(".", &["gc", "-q"]);
        },
        false,
    ),
    (
        "a suppressed key",
        |sandbox| {
            sandbox.write("new.env", format!("A={} # skanner:allow: a test\n", openai_key(77)));
            commit(sandbox, "new");
        },
        false,
    ),
];

#[test]
fn a_report_has_what_a_whole_scan_finds() {
    for keys in [vec![], vec![openai_key(1), openai_key(2)]] {
        for (what, change, is_nothing_new) in CHANGES {
            let sandbox = scanned(&keys);
            change(&sandbox);
            let run = scan(&sandbox);
            assert_eq!(is_carried(&run), *is_nothing_new, "{what}: {}", run.stderr);
            let (mut found, mut all) = (run.report().json["findings"].clone(), whole(&sandbox));
            if is_carried(&run) {
                // What is said of how a known key came and went is as of the state.
                let findings = [&mut found, &mut all].into_iter().flat_map(|all| all.as_array_mut().unwrap());
                findings.for_each(|finding| drop(finding.as_object_mut().unwrap().remove("history")));
            }
            assert_eq!(found, all, "{what}");
            assert_eq!(run.code, i32::from(!run.report().json["findings"].as_array().unwrap().is_empty()));
            // And so has the next one.
            let again = scan(&sandbox);
            assert_eq!(again.report().json["findings"], run.report().json["findings"], "{what}, once more");
        }
    }
}

#[test]
fn only_what_is_new_is_read() {
    let sandbox = scanned(&[]);
    sandbox.write("new.txt", "new\n");
    commit(&sandbox, "new");
    let run = scan(&sandbox);
    let scanned = &run.report().json["scanned"];
    assert_eq!((scanned["blobs"].as_u64(), scanned["commits"].as_u64()), (Some(1), Some(1)));
}

/// A pack that is gone, changed or hidden behind an index is never taken for known.
#[test]
fn damage_is_seen() {
    let packs = |sandbox: &Sandbox| -> Vec<_> {
        let files = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().map(|file| file.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|extension| extension == "pack")).collect()
    };
    let damages: [(&str, Damage); 4] = [
        ("removed with its index", |pack| {
            fs::remove_file(pack).unwrap();
            fs::remove_file(pack.with_extension("idx")).unwrap();
        }),
        ("removed", |pack| fs::remove_file(pack).unwrap()),
        ("cut", |pack| {
            let bytes = fs::read(pack).unwrap();
            fs::remove_file(pack).unwrap();
            fs::write(pack, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("changed in its middle", |pack| {
            let mut bytes = fs::read(pack).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            fs::remove_file(pack).unwrap();
            fs::write(pack, bytes).unwrap();
        }),
    ];
    for (what, damage) in damages {
        let sandbox = scanned(&[]);
        damage(&packs(&sandbox)[0]);
        let run = scan(&sandbox);
        assert_eq!(run.code, 2, "{what}: {}", run.stdout);
        assert!(!is_carried(&run), "{what}");
        // What could not be read is in the state.
        assert_eq!(scan(&sandbox).code, 2, "{what}, once more");
    }
}

#[test]
fn a_state_that_does_not_fit_costs_time_only() {
    let texts: [(&str, Rewrite); 4] = [
        ("empty", |_| String::new()),
        ("cut", |text| text[..text.len() / 2].to_owned()),
        ("changed", |text| text.replacen("\"written\":\"", "\"written\":\"1", 1)),
        ("of another form", |text| text.replacen("skanner-state 1", "skanner-state 2", 1)),
    ];
    for (what, change) in texts {
        let sandbox = scanned(&[openai_key(1)]);
        let file = state(&sandbox);
        fs::write(&file, change(&fs::read_to_string(&file).unwrap())).unwrap();
        let run = scan(&sandbox);
        assert!(!is_carried(&run) && run.stderr.contains("so the whole history is read"), "{what}");
        assert_eq!(run.report().json["findings"], whole(&sandbox), "{what}");
        assert!(is_carried(&scan(&sandbox)), "{what}: a new state was written");
    }
}

#[test]
fn other_circumstances_read_all_again() {
    let changes: [(&str, Change, &[&str]); 4] = [
        (
            "a configuration",
            |sandbox| drop(sandbox.write("skanner.toml", "min-confidence = \"possible\"\n")),
            &[],
        ),
        ("a baseline", |sandbox| drop(sandbox.write(".skanner-baseline", "# nothing\n")), &[]),
        ("an option", |_| {}, &["--min-confidence", "certain"]),
        ("fewer rules", |_| {}, &["--family", "ai"]),
    ];
    for (what, change, options) in changes {
        let sandbox = scanned(&[]);
        assert!(is_carried(&scan(&sandbox)), "{what}: before");
        change(&sandbox);
        let run = scan_with(&sandbox, options);
        assert!(!is_carried(&run) && run.stderr.contains("other rules, options"), "{what}: {}", run.stderr);
    }
}

#[test]
fn a_key_signs_a_state() {
    let sandbox = scanned(&[]);
    let file = state(&sandbox);
    let signed = |key: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command
            .args(["scan", "--history", "--format", "json", "--since-scan", &file])
            .env("SKANNER_STATE_KEY", key);
        Run::of(&mut command)
    };
    assert!(!is_carried(&signed("one")), "a state without a signature is not taken for signed");
    assert!(is_carried(&signed("one")));
    assert!(!is_carried(&signed("two")));
    assert!(!is_carried(&scan(&sandbox)), "nor one that is signed for one that is not");
    let empty = signed("");
    assert_eq!(empty.code, 2);
    assert!(empty.stderr.contains("SKANNER_STATE_KEY is empty"), "{}", empty.stderr);
}

#[test]
fn a_state_in_the_repository_is_refused() {
    let sandbox = scanned(&[]);
    for place in ["scan.state", ".git/scan.state", "src/../src/scan.state"] {
        let run = sandbox.skanner(&["scan", "--history", "--since-scan", place]);
        assert_eq!(run.code, 2, "{place}");
        assert!(run.stderr.contains("in the repository that is scanned"), "{place}: {}", run.stderr);
    }
}

#[test]
fn no_state_holds_a_key() {
    let key = openai_key(1);
    let sandbox = scanned(std::slice::from_ref(&key));
    assert!(!fs::read_to_string(state(&sandbox)).unwrap().contains(&key));
    let text = sandbox.skanner(&["scan", "--history", "--since-scan", &state(&sandbox)]);
    assert!(!text.stdout.contains(&key) && !text.stderr.contains(&key));
}

#[test]
fn the_summary_does_not_say_more_than_was_read() {
    for (keys, expected) in [(vec![], "nothing new since"), (vec![openai_key(1)], "1 key known")] {
        let sandbox = scanned(&keys);
        let scan = || sandbox.skanner(&["scan", "--history", "--since-scan", &state(&sandbox)]);
        scan();
        let run = scan();
        assert!(run.stdout.contains(expected), "{}", run.stdout);
        assert_eq!(run.stdout.contains("= history: as of 2"), !keys.is_empty(), "{}", run.stdout);
        assert!(
            !run.stdout.contains("no key found") && !run.stdout.contains("safe to publish"),
            "{}",
            run.stdout
        );
    }
}

/// What is found in a blob depends on its path. The key is allowed in `tests`, and something puts the same blob elsewhere.
#[test]
fn an_old_blob_under_a_new_path_is_scanned() {
    let git = |sandbox: &Sandbox, words: &[&str]| sandbox.git(".", words).trim().to_owned();
    let moves: [(&str, Change); 8] = [
        ("nothing", |_| {}),
        ("another file", |sandbox| {
            sandbox.write("new.txt", "new\n");
            commit(sandbox, "new");
        }),
        ("the directory gets another name", |sandbox| {
            sandbox.git(".", &["mv", "tests", "src"]);
            commit(sandbox, "move");
        }),
        ("the directory is one in another one", |sandbox| {
            fs::create_dir(sandbox.path("src")).unwrap();
            sandbox.git(".", &["mv", "tests", "src/tests"]);
            commit(sandbox, "move");
        }),
        ("the file is copied", |sandbox| {
            fs::copy(sandbox.path("tests/a.env"), sandbox.path("b.env")).unwrap();
            commit(sandbox, "copy");
        }),
        ("the file is copied, in a pack", |sandbox| {
            fs::copy(sandbox.path("tests/a.env"), sandbox.path("b.env")).unwrap();
            commit(sandbox, "copy");
            sandbox.git(".", &["repack", "-q", "-d"]);
        }),
        ("another branch is checked out", |sandbox| {
            sandbox.git(".", &["symbolic-ref", "HEAD", "refs/heads/other"]);
        }),
        ("a directory becomes a root", |sandbox| {
            let root = sandbox.git(".", &["rev-parse", "HEAD:tests"]);
            let new = sandbox.git(".", &["commit-tree", "-m", "root", root.trim()]);
            sandbox.git(".", &["update-ref", "HEAD", new.trim()]);
        }),
    ];
    for (what, change) in moves {
        let sandbox = Sandbox::new();
        sandbox.git(".", &["init", "-q", "-b", "main"]);
        sandbox.write("tests/a.env", format!("OPENAI_API_KEY={}\n", openai_key(1)));
        commit(&sandbox, "a test");
        sandbox.git(".", &["branch", "other"]);
        let sandbox_config = "[[allow]]\npaths = [\"tests/**\"]\nreason = \"tests\"\n";
        sandbox.write("skanner.toml", sandbox_config);
        // The same file name in another directory, on another branch.
        sandbox.git(".", &["checkout", "-q", "other"]);
        sandbox.git(".", &["rm", "-q", "--cached", "tests/a.env"]);
        let blob = git(&sandbox, &["rev-parse", "main:tests/a.env"]);
        sandbox.git(".", &["update-index", "--add", "--cacheinfo", &format!("100644,{blob},lib/a.env")]);
        sandbox.git(".", &["commit", "-q", "-m", "another place"]);
        sandbox.git(".", &["symbolic-ref", "HEAD", "refs/heads/main"]);
        sandbox.git(".", &["reset", "-q", "--hard"]);
        sandbox.write("skanner.toml", sandbox_config);
        sandbox.git(".", &["gc", "-q"]);
        scan(&sandbox);
        change(&sandbox);
        let run = scan(&sandbox);
        assert_eq!(run.report().json["findings"], whole(&sandbox), "{what}: {}", run.stderr);
        let is_same = matches!(what, "nothing" | "another file");
        assert_eq!(is_carried(&run), is_same, "{what}: {}", run.stderr);
        // What has been looked at is not looked at again, unless it is a finding.
        let again = scan(&sandbox);
        assert_eq!(again.report().json["findings"], run.report().json["findings"], "{what}, once more");
    }
}

/// What was found and is gone is not told again.
#[test]
fn what_is_gone_is_forgotten() {
    let losses: [(&str, Change, Change); 3] = [
        (
            "in git's own files",
            |sandbox| drop(sandbox.git(".", &["config", "x.y", &openai_key(5)])),
            |sandbox| drop(sandbox.git(".", &["config", "--unset", "x.y"])),
        ),
        (
            "in a commit that is pruned",
            |sandbox| {
                sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(5)));
                commit(sandbox, "a key");
                sandbox.git(".", &["reset", "-q", "--hard", "HEAD~1"]);
            },
            |sandbox| {
                sandbox.git(".", &["reflog", "expire", "--expire=now", "--all"]);
                sandbox.git(".", &["gc", "-q", "--prune=now"]);
            },
        ),
        (
            "in the name of a branch",
            |sandbox| drop(sandbox.git(".", &["branch", &openai_key(5)])),
            |sandbox| drop(sandbox.git(".", &["branch", "-q", "-D", &openai_key(5)])),
        ),
    ];
    for (what, find, lose) in losses {
        let sandbox = scanned(&[]);
        find(&sandbox);
        let run = scan(&sandbox);
        assert_eq!(run.code, 1, "{what}: {}", run.stdout);
        lose(&sandbox);
        let run = scan(&sandbox);
        assert_eq!(run.report().json["findings"], whole(&sandbox), "{what}");
        assert_eq!(run.code, 0, "{what}: {}{}", run.stdout, run.stderr);
    }
}

/// Git sets the time of a file to now when it finds that an object it is to write is in there.
#[test]
fn another_time_is_no_other_content() {
    let sandbox = scanned(&[openai_key(1)]);
    sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(2)));
    commit(&sandbox, "loose");
    scan(&sandbox);
    let objects = sandbox.path(".git/objects");
    let mut touched = 0;
    for directory in fs::read_dir(&objects).unwrap().map(|entry| entry.unwrap().path()) {
        for file in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            fs::File::open(&file).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
            touched += 1;
        }
    }
    assert!(touched > 4);
    let run = scan(&sandbox);
    assert!(is_carried(&run), "{}", run.stderr);
    assert_eq!(run.report().json["scanned"]["blobs"].as_u64(), Some(0));
    assert_eq!(run.report().json["findings"].as_array().unwrap().len(), 2);
}
