//! What comments suppress. Each allows one key, so that a second one on the same line is still a finding. A
//! comment allows the nearest key of each rule that it names, or without names the nearest key of any rule.
//!
//! The nearest key is the last one that ends before the comment, since most comments are at the end of a
//! line, or else the first one after it. On the next line it is the first.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{RuleLookup, UNUSED};
use crate::{
    cold::{self, ColdSort},
    day::Day,
    finding::{
        AllowComment, CommentScope, Finding, Fingerprint, Occurrence, Report, Suppression, SuppressionKind,
        Unused,
    },
};

/// A comment in a text that was read, whether or not there is a key near it.
#[derive(Debug)]
pub(crate) struct LocatedComment {
    /// The path, as it is shown.
    pub place: Arc<str>,
    /// The comment.
    pub marker: Arc<AllowComment>,
}

/// Suppresses what comments allow, and lists those of `marked` that do nothing. An unused comment is listed
/// only if all keys were searched for.
pub(crate) fn apply(
    report: &mut Report,
    marked: &[LocatedComment],
    rules: &dyn RuleLookup,
    is_all_looked_for: bool,
    today: Day,
) {
    let mut unused = BTreeSet::new();
    let mut taken: HashMap<(usize, usize), Arc<AllowComment>> = HashMap::new();
    for group in groups(&report.findings) {
        let (marker, places) = (&group.marker, &group.places);
        if let Some(why) = problem(marker, rules, today) {
            let path = report.findings[places[0].0].occurrences[places[0].1].name();
            unused.insert(entry(&path, marker, marker.written(), why));
            continue;
        }
        take(&report.findings, marker, places, &mut taken);
    }
    settle(&mut report.findings, &taken);
    report.suppress(|_, place| place.markers.first().map(|marker| suppression(marker, place)));
    for finding in &mut report.findings {
        finding.occurrences.iter_mut().for_each(|place| place.markers = Vec::new());
    }
    let silent = silenced(marked);
    let talks =
        |one: &&LocatedComment| one.marker.kind == SuppressionKind::Inline && !silent.contains(&one.place);
    unused
        .extend(marked.iter().filter(talks).filter_map(|one| useless(one, rules, is_all_looked_for, today)));
    report.unused.extend(unused);
    report.unused.cold_sort();
    report.unused.dedup();
}

/// The occurrences that one comment may allow, by the index of the finding and of the occurrence in it.
struct CommentGroup {
    marker: Arc<AllowComment>,
    places: Vec<(usize, usize)>,
}

/// In the order in which comments choose: from top to bottom and left to right, those for whole files last.
fn groups(findings: &[Finding]) -> Vec<CommentGroup> {
    let mut by_marker: HashMap<*const AllowComment, CommentGroup> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        for (number, place) in finding.occurrences.iter().enumerate() {
            for marker in &place.markers {
                let new = || CommentGroup { marker: marker.clone(), places: Vec::new() };
                by_marker.entry(Arc::as_ptr(marker)).or_insert_with(new).places.push((at, number));
            }
        }
    }
    let mut groups: Vec<CommentGroup> = by_marker.into_values().collect();
    groups.cold_sort_by_key(|group| {
        let marker = &group.marker;
        (marker.scope == CommentScope::File, marker.line, marker.column, group.places[0])
    });
    groups
}

/// Chooses an occurrence for each name of the comment, or one if it has no names.
fn take(
    findings: &[Finding],
    marker: &Arc<AllowComment>,
    places: &[(usize, usize)],
    taken: &mut HashMap<(usize, usize), Arc<AllowComment>>,
) {
    let names: Vec<Option<&str>> = match marker.names.as_slice() {
        [] => vec![None],
        names => names.iter().map(|name| Some(name.as_str())).collect(),
    };
    for name in names {
        let fits = |at: &&(usize, usize)| {
            let finding = &findings[at.0];
            name.is_none_or(|name| is_named(name, finding, &finding.occurrences[at.1]))
        };
        let free: Vec<(usize, usize)> =
            places.iter().filter(|at| !taken.contains_key(at)).filter(fits).copied().collect();
        let nearest = free.iter().min_by_key(|at| distance(marker, &findings[at.0].occurrences[at.1]));
        let Some(&(nearest, _)) = nearest else { continue };
        for at in &free {
            // Several matches of the same key are one key.
            if at.0 == nearest || marker.scope == CommentScope::File {
                taken.insert(*at, marker.clone());
                marker.note_use();
            }
        }
    }
}

/// Whether a name is the rule of the occurrence or the finding, or the fingerprint of the key.
fn is_named(name: &str, finding: &Finding, place: &Occurrence) -> bool {
    name == finding.rule.id || name == place.rule.id || name == finding.fingerprint
}

/// Orders by distance: keys before the comment first, then the nearest.
fn distance(marker: &AllowComment, place: &Occurrence) -> (bool, u64) {
    let span = &place.span;
    if marker.scope != CommentScope::Line {
        return (false, span.column);
    }
    if span.end_line == marker.line && span.end_column <= marker.column {
        return (false, marker.column - span.end_column);
    }
    if span.line == marker.line && span.column > marker.column {
        return (true, span.column - marker.column);
    }
    // Between the parts of a key.
    (false, 0)
}

/// Leaves each occurrence only the comment that took it.
fn settle(findings: &mut [Finding], taken: &HashMap<(usize, usize), Arc<AllowComment>>) {
    for (at, finding) in findings.iter_mut().enumerate() {
        for (number, place) in finding.occurrences.iter_mut().enumerate() {
            if !place.markers.is_empty() {
                place.markers = taken.get(&(at, number)).cloned().into_iter().collect();
            }
        }
    }
}

fn suppression(marker: &AllowComment, place: &Occurrence) -> Suppression {
    Suppression {
        kind: marker.kind,
        place: place.name().into_owned(),
        line: Some(marker.line),
        rule: Some(marker.names.join(", ")).filter(|names| !names.is_empty()),
        reason: marker.reason.clone(),
        until: marker.until.clone(),
    }
}

/// Why a comment is invalid, wherever it is.
fn problem(marker: &AllowComment, rules: &dyn RuleLookup, today: Day) -> Option<String> {
    if marker.problem.is_some() {
        return marker.problem.clone();
    }
    let unknown =
        |name: &&String| !(Fingerprint::parse(name).is_some() || *name == UNUSED || rules.has(name));
    if let Some(name) = marker.names.iter().find(unknown) {
        let word = &marker.word;
        return Some(format!(
            "{}; to give a reason without a rule, put a colon before it: `{word}: …`",
            rules.unknown(name)
        ));
    }
    let last = marker.until.as_deref().and_then(Day::parse)?;
    (last < today).then(|| format!("it was valid until {last}; remove the key, or set a later date"))
}

/// What is wrong with a comment in a text that was read.
fn useless(
    marked: &LocatedComment,
    rules: &dyn RuleLookup,
    is_all_looked_for: bool,
    today: Day,
) -> Option<Unused> {
    let LocatedComment { place, marker } = marked;
    // A string that contains our word may be anything, such as a program that writes comments.
    if marker.is_quoted && !marker.is_used() {
        return None;
    }
    if let Some(why) = problem(marker, rules, today) {
        return Some(entry(place, marker, marker.written(), why));
    }
    if marker.is_used() || !is_all_looked_for {
        return None;
    }
    let why = match (marker.names.is_empty(), marker.scope) {
        (true, CommentScope::File) => "there is no key in this file; remove the comment",
        (false, CommentScope::File) => "there is no such key in this file; remove the comment",
        (true, _) => "there is no key here that needs it; remove the comment",
        (false, _) => "there is no such key here that needs it; remove the comment",
    };
    Some(entry(place, marker, marker.written(), why.to_owned()))
}

fn entry(place: &str, marker: &AllowComment, what: String, why: String) -> Unused {
    let place = if place.is_empty() { "standard input" } else { place };
    Unused { place: place.to_owned(), line: Some(marker.line), what, why }
}

/// The files with `skanner:allow-file unused-suppression`, because they are about comments.
fn silenced(marked: &[LocatedComment]) -> BTreeSet<Arc<str>> {
    let silent = |one: &&LocatedComment| {
        let marker = &one.marker;
        marker.scope == CommentScope::File
            && marker.problem.is_none()
            && marker.names.iter().any(|name| name == UNUSED)
    };
    cold::set(marked.iter().filter(silent).map(|one| one.place.clone()))
}
