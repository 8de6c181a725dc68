//! A key that is not reported, by its rule or level, is still there.

use std::fs;

use super::harness::*;
use crate::support::key;

/// A configuration, a variable and options.
type Way = (&'static str, Option<(&'static str, &'static str)>, &'static [&'static str]);

/// What leaves the key of [`known_uuid`] out.
const WAYS: [Way; 7] = [
    ("min-confidence = \"certain\"\n", None, &[]),
    ("rules = [\"openai-project-key\"]\n", None, &[]),
    ("exclude-rules = [\"uuid-key\"]\n", None, &[]),
    ("exclude-rules = [\"uuid-key\"]\n[baseline]\nscope = \"secret\"\n", None, &[]),
    ("", None, &["--min-confidence", "certain"]),
    ("", Some(("SKANNER_MIN_CONFIDENCE", "certain")), &[]),
    ("min-confidence = \"possible\"\n", Some(("SKANNER_MIN_CONFIDENCE", "certain")), &[]),
];

fn text() -> String {
    format!("K={}\n", key("sk-{uuid4-hex}", 2))
}

/// A key that is likely, not certain, and known.
fn known_uuid() -> Sandbox {
    let sandbox = repository();
    sandbox.write("src/a.env", text());
    create(&sandbox, &[]);
    assert_eq!(places(&sandbox), ["src/a.env"]);
    sandbox
}

fn run(sandbox: &Sandbox, variable: Option<(&str, &str)>, arguments: &[&str]) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    Run::of(command.envs(variable).args(arguments))
}

#[test]
fn what_is_left_out_neither_goes_nor_is_called_gone() {
    for (configuration, variable, options) in WAYS {
        let sandbox = known_uuid();
        let before = entries(&sandbox);
        sandbox.write("skanner.toml", configuration);
        for command in ["check", "update", "check"] {
            let run = run(&sandbox, variable, &[&["baseline", command], options].concat());
            assert_eq!(run.code, 0, "{configuration} {variable:?} {command} {run:?}");
            assert!(!run.stderr.contains("removed") && !run.stdout.contains("no longer"), "{run:?}");
            assert_eq!(entries(&sandbox), before);
        }
        let report = run(&sandbox, variable, &[&["scan", "--format", "json"], options].concat()).report();
        assert_eq!((report.code, unused(&report)), (0, vec![]), "{configuration} {variable:?}");
    }
}

#[test]
fn what_is_gone_goes_all_the_same() {
    for (configuration, variable, options) in WAYS {
        let sandbox = known_uuid();
        sandbox.write("skanner.toml", configuration);
        sandbox.write("src/a.env", "");
        assert_eq!(run(&sandbox, variable, &[&["baseline", "check"], options].concat()).code, 1);
        let run = run(&sandbox, variable, &[&["baseline", "update"], options].concat());
        assert_eq!((run.code, entries(&sandbox)), (0, vec![]), "{configuration} {run:?}");
    }
}

#[test]
fn a_file_with_another_name_still_has_it() {
    for (configuration, variable, options) in WAYS {
        let sandbox = known_uuid();
        sandbox.write("skanner.toml", configuration);
        fs::rename(sandbox.path("src/a.env"), sandbox.path("src/b.env")).unwrap();
        let run = run(&sandbox, variable, &[&["baseline", "update"], options].concat());
        assert_eq!((run.code, entries(&sandbox).len()), (0, 1), "{configuration} {run:?}");
    }
}

#[test]
fn so_it_is_in_a_history() {
    for (configuration, variable, options) in WAYS {
        let sandbox = repository();
        sandbox.write("src/a.env", text());
        commit(&sandbox, "a key");
        fs::remove_file(sandbox.path("src/a.env")).unwrap();
        sandbox.write("skanner.toml", configuration);
        commit(&sandbox, "none");
        let file = sandbox.path("skanner.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, "").unwrap();
        create(&sandbox, &["--history"]);
        fs::write(&file, text).unwrap();
        assert_eq!(places(&sandbox), ["<history> src/a.env"]);
        for command in ["check", "update"] {
            let run = run(&sandbox, variable, &[&["baseline", command, "--history"], options].concat());
            assert_eq!((run.code, entries(&sandbox).len()), (0, 1), "{configuration} {run:?}");
        }
        let report = run(&sandbox, variable, &[&["audit", "--format", "json"], options].concat()).report();
        assert_eq!((report.code, unused(&report)), (0, vec![]), "{configuration} {variable:?}");
    }
}

/// A baseline of a run that has reported more than the usual ones.
#[test]
fn a_level_below_the_usual_one_is_looked_for() {
    let sandbox = repository();
    sandbox.write("a.txt", format!("{}\n", key("sk-{plain-hex32}", 1)));
    create(&sandbox, &["--min-confidence", "possible"]);
    assert_eq!(sandbox.scan(&[]).json["findings"].as_array().map(Vec::len), Some(0), "not likely");
    let before = entries(&sandbox);
    assert_eq!(before.len(), 1);
    for command in ["check", "update"] {
        let run = sandbox.skanner(&["baseline", command]);
        assert_eq!((run.code, entries(&sandbox)), (0, before.clone()), "{run:?}");
    }
    assert_eq!(unused(&sandbox.scan(&[])), [""; 0]);
}
