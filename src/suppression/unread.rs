//! Inputs that are known to be unreadable, such as a damaged archive in a test.
//!
//! An entry accepts only what its pattern names. No wildcard matches paths in the `.git` directory, nor
//! inputs without a path. An input that does not exist is never accepted, since then a mistyped path would
//! pass as clean.

use super::{
    look::ReadExtent,
    paths::{PathRoots, compiled},
};
use crate::{
    cold::ColdSort,
    day::Day,
    finding::{AcceptedInput, NotScanned, Report, Suppression, SuppressionKind, Unused},
};

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance {
    /// The file of the entry, as it is shown.
    pub place: String,
    /// Its line, 1-based.
    pub line: u64,
    /// A pattern as in `.gitignore`, or the name of an input without a path, such as `object 0123…`.
    pub path: String,
    /// Why it is accepted.
    pub reason: Option<String>,
    /// The last day it is in force.
    pub until: Option<Day>,
}

/// Removes what the entries accept, and lists the entries that do nothing, as far as `look` can tell.
pub(crate) fn apply(
    report: &mut Report,
    entries: &[Acceptance],
    directories: &PathRoots,
    look: ReadExtent,
    today: Day,
) {
    let mut used = vec![false; entries.len()];
    let is_over = |entry: &Acceptance| entry.until.is_some_and(|last| last < today);
    let compiled: Vec<_> = match report.not_scanned.is_empty() {
        true => Vec::new(),
        false => entries.iter().map(|entry| compiled([entry.path.as_str()])).collect(),
    };
    let accepted = &mut report.accepted;
    report.not_scanned.retain(|input| {
        let names = InputNames::of(input, directories);
        let mut first = None;
        for (number, pattern) in compiled.iter().enumerate().filter(|(number, _)| !is_over(&entries[*number]))
        {
            let pattern = pattern.as_ref();
            let matches = |path: &str| {
                let path = path.trim_start_matches('/');
                !path.is_empty()
                    && pattern.is_some_and(|one| one.matched_path_or_any_parents(path, false).is_ignore())
            };
            if names.are_named_by(&entries[number].path, &matches) {
                used[number] = true;
                first = first.or(Some(number));
            }
        }
        let Some(number) = first else { return true };
        accepted.push(AcceptedInput { input: input.clone(), by: suppression(&entries[number]) });
        false
    });
    for (entry, _) in entries.iter().zip(&used).filter(|(_, is_used)| !**is_used) {
        let why = match entry.until.filter(|_| is_over(entry)) {
            Some(last) => format!("it was valid until {last}"),
            None if look == ReadExtent::Part => continue,
            None => format!("everything it names could be read, or {}", look.nothing_matches("it")),
        };
        let what = format!("accept-unread path = \"{}\"", entry.path);
        report.unused.push(Unused { place: entry.place.clone(), line: Some(entry.line), what, why });
    }
    report.unused.cold_sort();
}

/// The names that an input can be accepted by.
struct InputNames {
    /// Names that must be equal.
    exact: Vec<String>,
    /// Names that a pattern may match, too.
    paths: Vec<String>,
}

impl InputNames {
    fn of(input: &NotScanned, directories: &PathRoots) -> Self {
        let mut names = Self { exact: Vec::new(), paths: Vec::new() };
        if input.is_nothing {
            return names;
        }
        let file = input.file.as_deref().unwrap_or(&input.what);
        if is_name(file) {
            names.exact.push(file.to_owned());
            return names;
        }
        let Some(path) = directories.of_file(file) else { return names };
        if path.is_empty() {
            // The directory of the patterns itself, such as a bare repository.
            names.exact.push(".".to_owned());
        } else if path.split('/').any(|part| part == ".git") {
            names.exact.push(path);
        } else {
            let inner = input.file.as_ref().and_then(|file| input.what.strip_prefix(file.as_str()));
            names.paths.extend(inner.map(|inner| format!("{path}{inner}")));
            names.paths.push(path);
        }
        names
    }

    fn are_named_by(&self, text: &str, matches: &dyn Fn(&str) -> bool) -> bool {
        let plain = text.trim_matches('/');
        self.exact.iter().any(|name| name == plain) || self.paths.iter().any(|path| matches(path))
    }
}

/// Whether this is not a path, but the name of an input without one.
fn is_name(what: &str) -> bool {
    const NAMES: [&str; 6] =
        ["further objects", "what is staged", "HEAD", "the root folder", "a folder", "standard input"];
    let is_object = ["object ", "commit "].iter().any(|kind| {
        what.strip_prefix(kind)
            .is_some_and(|id| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    is_object || NAMES.contains(&what) || what.starts_with("the root directory (commit ")
}

fn suppression(entry: &Acceptance) -> Suppression {
    Suppression {
        kind: SuppressionKind::Config,
        place: entry.place.clone(),
        line: Some(entry.line),
        rule: None,
        reason: entry.reason.clone(),
        until: entry.until.map(|day| day.to_string()),
    }
}
