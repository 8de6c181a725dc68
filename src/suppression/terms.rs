//! What rules say about the place of a key: for which paths they are, and what the allowlists of other scanners let pass
//! there.

use std::sync::Arc;

use super::paths::PathRoots;
use crate::{
    finding::{Occurrence, Report, Suppression, SuppressionKind},
    rule::{Allowlist, Expression, PlaceTerms},
};

/// Drops what is not in a place that its rule is for, and suppresses what an allowlist lets pass there. `is_asked` is told the
/// file of each allowlist, as it is shown.
pub(crate) fn apply(report: &mut Report, directories: &PathRoots, is_asked: &dyn Fn(&str) -> bool) {
    let has_terms = |place: &Occurrence| !place.terms.is_empty();
    if !report.findings.iter().any(|finding| finding.occurrences.iter().any(has_terms)) {
        return;
    }
    report.findings.retain_mut(|finding| {
        finding.occurrences.retain(|place| is_of_rule(place, directories));
        !finding.occurrences.is_empty()
    });
    report.suppress(|_, place| allowed(place, directories, is_asked));
}

/// Whether a rule that matches there is for such a path. That of a file was known before; what git stores has several.
fn is_of_rule(place: &Occurrence, directories: &PathRoots) -> bool {
    if place.terms.is_empty() || place.object.is_none() {
        return true;
    }
    let paths = paths(place, directories);
    place.terms.iter().any(|terms| is_for(terms, &paths))
}

/// Whether a rule is for one of the paths of a place.
fn is_for(terms: &PlaceTerms, paths: &[String]) -> bool {
    let matches = |regex: &Arc<Expression>| paths.iter().any(|path| regex.is_match(path.as_bytes()));
    paths.is_empty() || terms.path.as_ref().is_none_or(matches)
}

/// What suppresses a key: an allowlist of each of the rules that find it there.
fn allowed(
    place: &Occurrence,
    directories: &PathRoots,
    is_asked: &dyn Fn(&str) -> bool,
) -> Option<Suppression> {
    if place.terms.is_empty() {
        return None;
    }
    let paths = paths(place, directories);
    let commit = place.commit.map(|commit| commit.to_string());
    let allows = |list: &&Arc<Allowlist>| is_asked(&list.file) && list.allows_at(&paths, commit.as_deref());
    let finding_it = place.terms.iter().filter(|terms| is_for(terms, &paths));
    let lists: Option<Vec<&Arc<Allowlist>>> =
        finding_it.map(|terms| terms.allowlists.iter().find(allows)).collect();
    let list = *lists?.first()?;
    Some(Suppression {
        kind: SuppressionKind::Config,
        place: list.file.to_string(),
        line: Some(list.line),
        rule: Some(place.rule.id.clone()),
        reason: list.reason.clone(),
        until: None,
    })
}

/// The path of a place, and that of the file in it if it is an archive. A message has none.
fn paths(place: &Occurrence, directories: &PathRoots) -> Vec<String> {
    if place.path.is_empty() {
        return Vec::new();
    }
    let path = directories.of(place).unwrap_or_else(|| place.path.to_string());
    let inner = place.archive.as_ref().map(|archive| format!("{path}!{archive}"));
    std::iter::once(path).chain(inner).collect()
}
