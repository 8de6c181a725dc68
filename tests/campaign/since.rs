//! `--since-scan` between whatever may happen to a repository: it says what a scan of everything says.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{
    case::{Case, Fault, campaign},
    places,
    program::{End, run},
    repository::{Kind, Repository},
    storage,
};

/// What is found in a blob depends on its path.
const CONFIGURATION: &str = "[[allow]]\npaths = [\"tests/**\", \"d/**\"]\nreason = \"tests\"\n";

/// What a run says.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    end: End,
    keys: BTreeSet<String>,
}

fn outcome(case: &mut Case, arguments: &[&str]) -> (Outcome, bool, String) {
    let mut command = case.sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let ran = run(command.args(arguments).args(["--format", "json", "--config", "../home/skanner.toml"]));
    case.count("commands run", 1);
    case.judge(&arguments.join(" "), &ran);
    let json: Value = serde_json::from_slice(&ran.stdout).unwrap_or_default();
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    let keys = findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect();
    let said = format!("{arguments:?}: {:?}\n{}{}", ran.end, json["not_scanned"], ran.stderr);
    (Outcome { end: ran.end, keys }, json["since_scan"].is_object(), said)
}

/// Something happens.
fn change(case: &mut Case, repository: &mut Repository) {
    repository.forget_dropped(case);
    // Nobody can name the parts of a repository without a commit.
    if repository.commits.is_empty() {
        return;
    }
    match case.below(12) {
        0 | 1 => storage::change(case, repository),
        2 => places::add(case, repository),
        3 => {
            case.try_git("", &["reflog", "expire", "--expire=now", "--all"], b"");
            case.try_git("", &["gc", "-q", "--prune=now"], b"");
        }
        4 => {
            let listed = case.git(&["for-each-ref", "--format=%(refname)"]);
            let refs: Vec<String> = listed.lines().map(str::to_owned).collect();
            if !refs.is_empty() {
                let name = case.pick(&refs);
                case.try_git("", &["update-ref", "-d", &name], b"");
            }
        }
        5 => {
            let target = repository.any_commit(case);
            case.try_git("", &["update-ref", "--no-deref", "HEAD", &target], b"");
        }
        // A tree that was a part is a whole, in an older commit than any other.
        6 => {
            let target = repository.any_commit(case);
            let listed = case.try_git("", &["ls-tree", "-d", "--object-only", &target], b"");
            let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
            if let Some(tree) = listed.lines().next() {
                let commit = case.try_git("", &["commit-tree", "-m", "part", tree], b"");
                let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
                case.try_git("", &["update-ref", "refs/heads/part", &commit], b"");
            }
        }
        _ if repository.is_bare => {}
        7 | 8 => {
            let listed = case.git(&["ls-files", "-z"]);
            let files: Vec<String> =
                listed.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            if !files.is_empty() {
                let (from, directory) = (case.pick(&files), case.pick(&["tests", "src", "d/e"]));
                fs::create_dir_all(case.sandbox.path(directory)).unwrap();
                let to = format!("{directory}/moved{}.env", case.rng.u32(..4));
                case.try_git("", &["mv", "-f", &from, &to], b"");
                case.try_git("", &["commit", "-q", "-m", "move"], b"");
            }
        }
        _ => {
            let name = format!("{}/f{}.txt", case.pick(&["tests", "src", "d"]), case.rng.u32(..9));
            let content = case.content("a new file");
            case.sandbox.write(&name, content);
            case.try_git("", &["add", "-f", &name], b"");
            let message = case.words("a message");
            case.try_git("", &["commit", "-q", "-m", &message], b"");
        }
    }
}

fn since(case: &mut Case) {
    let mut repository = Repository::random(case, Kind { commits: (2, 12), is_any: true });
    case.sandbox.write("../home/skanner.toml", CONFIGURATION);
    let mode: &[&str] = if case.rng.bool() { &["scan", "--history"] } else { &["audit"] };
    for step in 0..case.rng.u32(4..9) {
        if step > 0 {
            change(case, &mut repository);
        }
        let (known, is_carried, said) = outcome(case, &[mode, &["--since-scan", "../home/state"]].concat());
        case.count("runs that passed something over", u64::from(is_carried));
        let (whole, _, of_whole) = outcome(case, mode);
        if known == whole {
            continue;
        }
        let is_missing = !known.keys.is_superset(&whole.keys);
        let is_clean = known.end == End::Code(0) || whole.end == End::Code(2);
        let fault = if is_missing || is_clean { Fault::FalseClean } else { Fault::FalseAlarm };
        case.fault(fault, format!("step {step}, {said}\nbut {of_whole}"));
    }
}

#[test]
fn what_is_passed_over_changes_nothing() {
    campaign("since", 12, 1000, since);
}
