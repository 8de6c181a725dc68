//! `scan --history --since-scan`: whatever happens to a repository between two scans, nothing is missed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
// skanner:allow-file unused-suppression: these are texts of tests

mod support;

use std::fs;

use support::{Run, Sandbox, openai_key};

/// A sandbox with a repository of a few commits, packed, and the state of its first scan.
fn scanned(keys: &[String]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "-q", "-b", "main"]);
    for at in 0..12 {
        sandbox.write("notes.txt", format!("line {at}\n").repeat(40));
        sandbox.write(format!("src/{at}.txt"), format!("file {at}\n"));
        commit(&sandbox, &format!("change {at}"));
    }
    for (at, key) in keys.iter().enumerate() {
        sandbox.write(format!("old{at}.env"), format!("OPENAI_API_KEY={key}\n"));
        commit(&sandbox, "a key");
    }
    sandbox.git(".", &["gc", "-q"]);
    let run = scan(&sandbox);
    assert!(run.stderr.contains("does not exist yet"), "{}", run.stderr);
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git(".", &["add", "-A"]);
    sandbox.git(".", &["commit", "-q", "-m", message]);
}

fn state(sandbox: &Sandbox) -> String {
    sandbox.tree().parent().unwrap().join("scan.state").display().to_string()
}

fn scan(sandbox: &Sandbox) -> Run {
    scan_with(sandbox, &[])
}

fn scan_with(sandbox: &Sandbox, more: &[&str]) -> Run {
    let state = state(sandbox);
    let words = [&["scan", "--history", "--format", "json", "--since-scan", &state], more].concat();
    sandbox.skanner(&words)
}

/// Whether only what is new was read.
fn is_carried(run: &Run) -> bool {
    run.report().json["since_scan"].is_object()
}

/// The findings of a scan that knows of no other.
fn whole(sandbox: &Sandbox) -> serde_json::Value {
    sandbox.skanner(&["scan", "--history", "--format", "json"]).report().json["findings"].clone()
}

type Change = fn(&Sandbox);

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
    ("everything in one new pack", |sandbox| drop(sandbox.git(".", &["gc", "-q", "--prune=now"])), true),
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
            // A pack that git wrote anew is read like a new one, with the keys that were known.
            let is_all_new = what.starts_with("everything") && !keys.is_empty();
            assert_eq!(is_carried(&run), *is_nothing_new && !is_all_new, "{what}: {}", run.stderr);
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
    let texts: [(&str, Rewrite); 5] = [
        ("no state", |_| "hello\n".to_owned()),
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
        assert!(
            !run.stdout.contains("no key found") && !run.stdout.contains("safe to publish"),
            "{}",
            run.stdout
        );
    }
}
