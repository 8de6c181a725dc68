//! What becomes of the paths in other scanners' lists. It needs no scan.

use std::collections::BTreeSet;

use super::{
    lists::ForeignList,
    plan::{ImportPlan, ListOutcome, NotTaken, PlannedAllow, PlannedWhat},
};
use crate::{config::Config, import::ImportedPaths};

/// Plans the entries for paths, which need no scan. `mask` makes a text safe to show.
pub(super) fn plan_paths(
    lists: &[ForeignList],
    config: Option<&Config>,
    mask: &dyn Fn(&str) -> String,
) -> ImportPlan {
    let mut plan = ImportPlan {
        lists: lists.iter().map(|_| ListOutcome::default()).collect(),
        allows: Vec::new(),
        added: Vec::new(),
        remaining: Vec::new(),
    };
    let mut known = KnownPatterns::of(config);
    for (ForeignList { shown, list, .. }, outcome) in lists.iter().zip(&mut plan.lists) {
        let mut together: Vec<String> = Vec::new();
        let reason = format!("imported from {}: {shown}", list.tool.name());
        let mut add = |paths: Vec<String>| {
            plan.allows.push(PlannedAllow {
                what: PlannedWhat::Paths(paths),
                about: "not scanned by it".to_owned(),
                reason: reason.clone(),
            });
        };
        for ImportedPaths { line, written, patterns } in &list.paths {
            let not_taken =
                |why: &str| NotTaken { line: *line, what: format!("path {written}"), why: why.to_owned() };
            match patterns {
                Err(why) => {
                    let why = format!("no pattern of .gitignore means the same: {why}");
                    outcome.not_taken.push(not_taken(&why));
                }
                Ok(patterns) if patterns.iter().any(|pattern| mask(pattern) != *pattern) => {
                    outcome.not_taken.push(not_taken("it holds a key, or characters that cannot be shown"));
                }
                Ok(patterns) if known.has(patterns) => outcome.before += 1,
                Ok(patterns) => {
                    outcome.allowed += 1;
                    known.add(patterns);
                    // An exception takes away from the others of its entry.
                    match patterns.iter().any(|pattern| pattern.starts_with('!')) {
                        true => add(patterns.clone()),
                        false => together.extend(patterns.iter().cloned()),
                    }
                }
            }
        }
        if !together.is_empty() {
            add(together);
        }
        let left_out = list.left_out.iter();
        outcome.not_taken.extend(left_out.map(|one| NotTaken {
            line: one.line,
            what: one.what.clone(),
            why: one.why.clone(),
        }));
    }
    plan
}

/// The patterns that the configuration has.
struct KnownPatterns {
    single: BTreeSet<String>,
    with_exceptions: BTreeSet<Vec<String>>,
}

impl KnownPatterns {
    fn of(config: Option<&Config>) -> Self {
        let mut known = Self { single: BTreeSet::new(), with_exceptions: BTreeSet::new() };
        let entries = config.into_iter().flat_map(|config| &config.allow);
        let is_for_all = |rules: &[String], count: usize| rules.is_empty() && count == 0;
        for entry in
            entries.filter(|one| is_for_all(&one.rules, one.fingerprints.len()) && one.until.is_none())
        {
            known.add(&entry.paths);
        }
        known
    }

    fn add(&mut self, patterns: &[String]) {
        if patterns.iter().any(|pattern| pattern.starts_with('!')) {
            self.with_exceptions.insert(patterns.to_vec());
        } else {
            self.single.extend(patterns.iter().cloned());
        }
    }

    fn has(&self, patterns: &[String]) -> bool {
        self.with_exceptions.contains(patterns)
            || patterns.iter().all(|pattern| self.single.contains(pattern))
    }
}
