//! `scan --range` of random ranges.

use super::{
    case::{Case, Fault, Said, campaign},
    changes::{Brought, brought, keys_of, keys_of_tree, rows},
    repository::{Kind, Repository},
    storage,
};

/// What the commits of a range bring, as git tells it; `None` if it cannot.
pub(crate) fn expected(case: &mut Case, revisions: &[&str]) -> Option<Brought> {
    let planted = case.planted.clone();
    let mut arguments = vec!["rev-list", "--parents"];
    arguments.extend(revisions);
    let listed = case.try_git("", &arguments, b"");
    if !listed.is_success() {
        return None;
    }
    let mut all = Brought::default();
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let mut names = line.split(' ');
        let commit = names.next().unwrap();
        let mut before = std::collections::BTreeSet::new();
        for parent in names {
            before.extend(keys_of_tree(case, &planted, parent)?);
        }
        let raw =
            ["diff-tree", "-r", "-c", "--root", "--no-commit-id", "--no-renames", "-z", "--raw", commit];
        let raw = case.try_git("", &raw, b"");
        if !raw.is_success() {
            return None;
        }
        let rows = rows(&String::from_utf8_lossy(&raw.stdout));
        let one = brought(case, &planted, &rows, &before)?;
        all.must.extend(one.must);
        all.may.extend(one.may);
        let text = keys_of(case, &planted, commit)?;
        all.must.extend(text.iter().cloned());
        all.may.extend(text);
    }
    Some(all)
}

/// What must be there is, and nothing that may not be.
pub(crate) fn judge(case: &mut Case, said: &Said, expected: &Brought) {
    // What is named as unread is no false clean, but there is nothing that cannot be read: see below.
    for key in expected.must.difference(&said.keys).filter(|_| said.code != 2) {
        let place = case.planted.iter().find(|one| one.key == *key).unwrap().place.clone();
        case.fault(Fault::FalseClean, format!("{place}: {key} is missing in {}", said.all()));
    }
    case.count("keys found", expected.must.len() as u64);
    for key in said.keys.difference(&expected.may) {
        case.fault(Fault::FalseAlarm, format!("{key} is not new: {}", said.all()));
    }
    if said.code == 2 {
        case.fault(Fault::Unread, said.all());
    } else if (said.code == 1) == said.keys.is_empty() {
        case.fault(Fault::FalseAlarm, format!("the exit code is wrong: {}", said.all()));
    }
}

fn range(case: &mut Case) {
    let repository = Repository::random(case, Kind { commits: (5, 25), is_any: true });
    storage::change(case, &repository);
    for _ in 0..2 {
        let (a, b) = (repository.any_commit(case), repository.any_commit(case));
        let (said, git) = match case.below(5) {
            0 => {
                let bases = case.try_git("", &["merge-base", "--all", &a, &b], b"");
                if !bases.is_success() {
                    // There is nothing to begin with, and it is said.
                    let said = case.skanner(&["scan", "--range", &format!("{a}...{b}")], &[]);
                    case.count("ranges without a merge base", 1);
                    if said.code == 0 && !said.keys.is_empty() {
                        case.fault(Fault::FalseClean, said.all());
                    }
                    continue;
                }
                let bases = String::from_utf8_lossy(&bases.stdout).into_owned();
                let git: Vec<String> =
                    [b.as_str(), "--not"].into_iter().chain(bases.lines()).map(str::to_owned).collect();
                (format!("{a}...{b}"), git)
            }
            1 => ("--all --not ".to_owned() + &a, vec!["--all".to_owned(), "--not".to_owned(), a]),
            2 => (b.clone(), vec![b]),
            3 => (format!("{b} ^{a}"), vec![b, format!("^{a}")]),
            _ => (format!("{a}..{b}"), vec![format!("{a}..{b}")]),
        };
        let git: Vec<&str> = git.iter().map(String::as_str).collect();
        let expected = expected(case, &git);
        let said = case.skanner(&["scan", &format!("--range={said}")], &[]);
        case.count("ranges", 1);
        if let Some(expected) = expected {
            judge(case, &said, &expected);
        } else if said.code != 2 {
            // Repacking may have dropped a commit that nothing reaches.
            case.fault(Fault::FalseClean, format!("git cannot read this range: {}", said.all()));
        }
    }
}

#[test]
fn every_key_that_a_range_brings_is_found() {
    campaign("ranges", 8, 500, range);
}
