//! `audit` and `scan --history` of random repositories.

use std::{collections::BTreeSet, ffi::OsString, fs};

use super::{
    case::{Case, Fault, Said, campaign},
    oracle, places,
    repository::{Kind, Repository},
    storage,
};

/// Variables that point git elsewhere.
const VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
];

fn variables(case: &mut Case) -> Vec<(&'static str, OsString)> {
    let mut set = Vec::new();
    for _ in 0..case.rng.u32(1..4) {
        let name = case.pick(VARIABLES);
        let value = match case.below(5) {
            0 => OsString::new(),
            1 => "nowhere".into(),
            2 => case.sandbox.path("../home").into_os_string(),
            3 => "/dev/null".into(),
            _ => ".git/objects".into(),
        };
        set.push((name, value));
    }
    set
}

/// All of these keys are named, and nothing else.
fn judge(case: &mut Case, said: &Said, expected: &BTreeSet<String>, allowed: &BTreeSet<String>) {
    for key in expected.difference(&said.keys) {
        let place = case.planted.iter().find(|one| one.key == *key).unwrap().place.clone();
        // To say that something was not read is no false clean, but here everything can be read.
        let fault = if said.code == 2 { Fault::Unread } else { Fault::FalseClean };
        case.fault(fault, format!("{place}: {key} is missing in {}", said.all()));
    }
    case.count("keys found", expected.intersection(&said.keys).count() as u64);
    for key in said.keys.difference(allowed) {
        case.fault(Fault::FalseAlarm, format!("{key} is not there: {}", said.all()));
    }
    if !said.not_scanned.is_empty() || said.code == 2 {
        // What nothing reaches may have lost its parts when the rest was repacked. Git does not mind, skanner names them.
        let is_gone = |case: &mut Case, line: &String| {
            let name = line.strip_prefix("object ").and_then(|line| line.split_once(": is missing"));
            name.is_some_and(|(name, _)| !case.try_git("", &["cat-file", "-e", name], b"").is_success())
        };
        if !said.not_scanned.is_empty() && said.not_scanned.iter().all(|line| is_gone(case, line)) {
            case.count("runs that named lost parts of unreachable objects", 1);
        } else {
            case.fault(Fault::Unread, said.all());
        }
    } else if (said.code == 1) == said.keys.is_empty() {
        case.fault(Fault::FalseAlarm, format!("the exit code is wrong: {}", said.all()));
    }
}

fn history(case: &mut Case) {
    let mut repository = Repository::random(case, Kind { commits: (5, 40), is_any: true });
    if case.rng.bool() {
        storage::change(case, &repository);
        repository.forget_dropped(case);
    }
    places::add(case, &repository);
    storage::change(case, &repository);

    let mut planted = case.planted.clone();
    let (bytes, is_sound) = oracle::objects(case, "");
    assert!(is_sound, "git cannot read what it has written");
    let git = case.sandbox.path(repository.git);
    let mut stored = oracle::keys_in(&planted, &bytes);
    stored.extend(oracle::keys_in(&planted, &oracle::files(&git, &[])));
    for entry in fs::read_dir(git.join("modules")).into_iter().flatten().flatten() {
        let name = format!("{}/modules/{}", repository.git, entry.file_name().display());
        stored.extend(oracle::keys_in(&planted, &oracle::objects(case, &name).0));
    }
    let tree = case.sandbox.tree();
    let outside = if repository.is_bare {
        BTreeSet::new()
    } else {
        oracle::keys_in(&planted, &oracle::files(&tree, &[".git", "ignored"]))
    };
    let ignored = if repository.is_bare {
        BTreeSet::new()
    } else {
        oracle::keys_in(&planted, &oracle::files(&tree, &[".git"]))
    };
    planted.retain(|one| !stored.contains(&one.key) && !ignored.contains(&one.key));
    case.count("keys no longer stored", planted.len() as u64);

    let said = case.skanner(&["scan", "--history"], &[]);
    judge(case, &said, &stored, &stored);
    let published: BTreeSet<String> = stored.union(&outside).cloned().collect();
    let said = case.skanner(&["audit"], &[]);
    judge(case, &said, &published, &published);
    let all: BTreeSet<String> = stored.union(&ignored).cloned().collect();
    let with_ignored = case.skanner(&["audit", "--no-ignore"], &[]);
    judge(case, &with_ignored, &all, &all);
    let variables = variables(case);
    let elsewhere = case.skanner(&["audit"], &variables);
    let report = |said: &Said| {
        let mut json: serde_json::Value = serde_json::from_slice(&said.ran.stdout).unwrap_or_default();
        json["seconds"] = serde_json::Value::Null;
        (said.code, json)
    };
    if report(&elsewhere) != report(&said) {
        let fault = if elsewhere.keys.is_superset(&said.keys) { Fault::Unread } else { Fault::FalseClean };
        case.fault(fault, format!("these variables change the audit: {}", elsewhere.all()));
    }
}

#[test]
fn every_key_in_a_history_is_found() {
    campaign("histories", 12, 1000, history);
}
