//! `[[allow]]` entries of a configuration: they allow keys by rule, path, fingerprint or value.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use ignore::gitignore::Gitignore;

use super::{
    look::ReadExtent,
    paths::{PathRoots, Patterns, compiled},
    values,
};
use crate::{
    cold::ColdSort,
    day::Day,
    finding::{Finding, Occurrence, Report, Suppression, SuppressionKind, Unused},
};

/// One entry. Its criteria combine with AND; several rules, paths, fingerprints or values combine with OR.
#[derive(Clone, Debug)]
pub(crate) struct AllowEntry<'c> {
    /// The configuration file, as it is shown.
    pub place: &'c str,
    /// Its line, 1-based.
    pub line: u64,
    /// Rules; empty means any.
    pub rules: &'c [String],
    /// Patterns as in `.gitignore`; empty means any path.
    pub paths: &'c [String],
    /// Fingerprints, each with its line; empty means any key.
    pub fingerprints: Vec<(&'c str, u64)>,
    /// Patterns for the key itself, each with its line; empty means any key.
    pub values: Vec<(&'c str, u64)>,
    /// Why the keys are allowed.
    pub reason: Option<&'c str>,
    /// The last day it is in force.
    pub until: Option<Day>,
}

/// Suppresses what the entries allow, and lists the entries that do nothing, as far as `look` can tell.
pub(crate) fn apply(
    report: &mut Report,
    entries: &[AllowEntry<'_>],
    directories: &PathRoots,
    look: ReadExtent,
    today: Day,
) {
    let is_over = |entry: &AllowEntry<'_>| entry.until.is_some_and(|last| last < today);
    let mut used = Used::default();
    if !report.findings.is_empty() && !entries.is_empty() {
        let index = AllowIndex::new(entries, &is_over);
        report.suppress(|finding, place| index.allows(finding, place, directories, &mut used));
    }
    for (number, entry) in entries.iter().enumerate() {
        if is_over(entry) {
            report.unused.push(over(entry));
        } else if look != ReadExtent::Part {
            useless(entry, number, &used, look, &mut report.unused);
        }
    }
    report.unused.cold_sort();
}

/// What was used: entries, and the paths, fingerprints and values of each by index.
#[derive(Default)]
struct Used {
    paths: BTreeSet<(usize, usize)>,
    fingerprints: BTreeSet<(usize, usize)>,
    values: BTreeSet<(usize, usize)>,
}

/// Patterns or fingerprints, as pairs of an entry and an index in it.
type Items = Arc<Vec<(usize, usize)>>;

struct AllowIndex<'e> {
    entries: &'e [AllowEntry<'e>],
    /// The entries that name a fingerprint, with its index in each.
    by_fingerprint: HashMap<&'e str, Vec<(usize, usize)>>,
    /// The entries that name values.
    by_value: Vec<usize>,
    patterns: Patterns<'e>,
    /// The entry of each pattern, and its index there.
    owners: Vec<(usize, usize)>,
    /// Entries with exceptions such as `!tests/real/**`. The last matching pattern wins.
    with_exceptions: Vec<(usize, Option<Gitignore>)>,
    /// A cache of what matches a path.
    known: RefCell<HashMap<Arc<str>, Items>>,
}

impl<'e> AllowIndex<'e> {
    fn new(entries: &'e [AllowEntry<'e>], is_over: &dyn Fn(&AllowEntry<'_>) -> bool) -> Self {
        let mut by_fingerprint: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
        let (mut texts, mut owners, mut with_exceptions) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_value = Vec::new();
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| !is_over(entry)) {
            for (at, (fingerprint, _)) in entry.fingerprints.iter().enumerate() {
                by_fingerprint.entry(fingerprint).or_default().push((number, at));
            }
            if !entry.values.is_empty() {
                by_value.push(number);
            }
            if entry.paths.iter().any(|path| path.starts_with('!')) {
                with_exceptions.push((number, compiled(entry.paths.iter().map(String::as_str))));
                continue;
            }
            for (at, path) in entry.paths.iter().enumerate() {
                texts.push(path.as_str());
                owners.push((number, at));
            }
        }
        let patterns = Patterns::new(texts);
        Self {
            entries,
            by_fingerprint,
            by_value,
            patterns,
            owners,
            with_exceptions,
            known: RefCell::default(),
        }
    }

    /// The first entry that allows a key in an occurrence. Marks all that do as used.
    fn allows(
        &self,
        finding: &Finding,
        place: &Occurrence,
        directories: &PathRoots,
        used: &mut Used,
    ) -> Option<Suppression> {
        let by_path = self.by_path(place, directories);
        let by_key = self.by_fingerprint.get(finding.fingerprint.as_str()).map_or(&[][..], Vec::as_slice);
        let by_value = self.by_value(finding);
        let of = |list: &[(usize, usize)], number: usize| list.iter().any(|(owner, _)| *owner == number);
        let is_rule = |entry: &AllowEntry<'_>| {
            let named = |id: &String| *id == finding.rule.id || *id == place.rule.id;
            entry.rules.is_empty() || entry.rules.iter().any(named)
        };
        let mut first: Option<(usize, Option<usize>)> = None;
        // Each entry names a path, a fingerprint or a value.
        let named = by_key.iter().chain(by_path.iter()).chain(&by_value).map(|(number, _)| *number);
        for number in named.collect::<BTreeSet<_>>() {
            let entry = &self.entries[number];
            let is_all = (entry.fingerprints.is_empty() || of(by_key, number))
                && (entry.paths.is_empty() || of(&by_path, number))
                && (entry.values.is_empty() || of(&by_value, number));
            if !is_all || !is_rule(entry) {
                continue;
            }
            let own = |list: &[(usize, usize)]| {
                list.iter().copied().filter(|(owner, _)| *owner == number).collect::<Vec<_>>()
            };
            used.fingerprints.extend(own(by_key));
            used.paths.extend(own(&by_path));
            used.values.extend(own(&by_value));
            first = first.or_else(|| Some((number, own(by_key).first().map(|(_, at)| *at))));
        }
        first.map(|(number, fingerprint)| suppression(&self.entries[number], fingerprint))
    }

    /// The patterns that match the key, by entry and index.
    fn by_value(&self, finding: &Finding) -> Vec<(usize, usize)> {
        let matching = |number: &usize| {
            let values = self.entries[*number].values.iter().enumerate();
            // What stands for a value that nothing keeps is no key.
            let secret = &finding.secret;
            let matching = values.filter(|(_, (pattern, _))| {
                secret.name().is_none() && values::matches(pattern, secret.bytes())
            });
            matching.map(|(at, _)| (*number, at)).collect::<Vec<_>>()
        };
        self.by_value.iter().flat_map(matching).collect()
    }

    /// The patterns that match the path of an occurrence, by entry and index.
    fn by_path(&self, place: &Occurrence, directories: &PathRoots) -> Items {
        let full = place.full_path();
        let key: Arc<str> = if place.object.is_some() { format!("\0{full}").into() } else { (&*full).into() };
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let mut found = Vec::new();
        if let Some(path) = directories.of(place).filter(|path| !path.is_empty()) {
            let inner = place.archive.as_ref().map(|archive| format!("{path}!{archive}"));
            for path in [Some(path), inner].iter().flatten() {
                found.extend(self.patterns.matching(path).into_iter().map(|number| self.owners[number]));
                for (number, all) in &self.with_exceptions {
                    let Some(all) = all else { continue };
                    if all.matched_path_or_any_parents(path.trim_start_matches('/'), false).is_ignore() {
                        // It does not matter which one matched: they belong together.
                        found.extend((0..self.entries[*number].paths.len()).map(|at| (*number, at)));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let found = Arc::new(found);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }
}

fn suppression(entry: &AllowEntry<'_>, fingerprint: Option<usize>) -> Suppression {
    Suppression {
        kind: if fingerprint.is_some() { SuppressionKind::Fingerprint } else { SuppressionKind::Config },
        place: entry.place.to_owned(),
        line: Some(fingerprint.map_or(entry.line, |at| entry.fingerprints[at].1)),
        rule: Some(entry.rules.join(", ")).filter(|rules| !rules.is_empty()),
        reason: entry.reason.map(str::to_owned),
        until: entry.until.map(|day| day.to_string()),
    }
}

/// A short form of an entry: its first path or fingerprint. Patterns of values are left out: see [`unused_value`].
pub(crate) fn in_short(entry: &AllowEntry<'_>) -> String {
    let some = |key: &str, values: Vec<&str>| {
        let more = if values.len() > 1 { ", …" } else { "" };
        values.first().map(|first| format!("{key} = [\"{first}\"{more}]"))
    };
    let paths = some("paths", entry.paths.iter().map(String::as_str).collect());
    let fingerprints = some("fingerprints", entry.fingerprints.iter().map(|one| one.0).collect());
    let values = Some("values = [\"…\"]".to_owned()).filter(|_| !entry.values.is_empty());
    let rules =
        Some(format!("rule = \"{}\"", entry.rules.join("\", \""))).filter(|_| !entry.rules.is_empty());
    format!(
        "[[allow]] {}",
        [rules, paths, fingerprints, values].into_iter().flatten().collect::<Vec<_>>().join(" ")
    )
}

/// A pattern of an entry by its number. It may be the start of a known value, so it is not shown.
fn unused_value(at: usize) -> String {
    format!("[[allow]] values: number {}", at + 1)
}

fn over(entry: &AllowEntry<'_>) -> Unused {
    let last = entry.until.map(|day| day.to_string()).unwrap_or_default();
    Unused {
        place: entry.place.to_owned(),
        line: Some(entry.line),
        what: in_short(entry),
        why: format!("it was valid until {last}; remove the keys, or set a later date"),
    }
}

fn useless(entry: &AllowEntry<'_>, number: usize, used: &Used, look: ReadExtent, unused: &mut Vec<Unused>) {
    let is_path_used = |at: usize| used.paths.contains(&(number, at));
    let is_key_used = |at: usize| used.fingerprints.contains(&(number, at));
    let is_value_used = |at: usize| used.values.contains(&(number, at));
    let is_any = (0..entry.paths.len()).any(is_path_used)
        || (0..entry.fingerprints.len()).any(is_key_used)
        || (0..entry.values.len()).any(is_value_used);
    let mut say = |line: u64, what: String| {
        let (place, why) = (entry.place.to_owned(), look.nothing_matches("it"));
        unused.push(Unused { place, line: Some(line), what, why });
    };
    if !is_any {
        say(entry.line, in_short(entry));
        return;
    }
    for (_, path) in entry.paths.iter().enumerate().filter(|(at, _)| !is_path_used(*at)) {
        say(entry.line, format!("[[allow]] paths = [\"{path}\"]"));
    }
    for (_, (fingerprint, line)) in entry.fingerprints.iter().enumerate().filter(|(at, _)| !is_key_used(*at))
    {
        say(*line, format!("[[allow]] fingerprints = [\"{fingerprint}\"]"));
    }
    for (at, (_, line)) in entry.values.iter().enumerate().filter(|(at, _)| !is_value_used(*at)) {
        say(*line, unused_value(at));
    }
}
