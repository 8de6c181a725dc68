//! Applies what comments, the configuration and the lists of other scanners allow. Supplies the values that the stages
//! of [`crate::suppression`] need.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};

use super::{
    coverage::Coverage,
    rules::{find_rule, or_builtin},
    settings::Session,
};
use crate::{
    config::{AcceptUnread, Allow, Config, MIN_CONFIDENCE},
    day::Day,
    finding::Report,
    regular_file,
    rule::{Confidence, Families, RuleSet},
    suppression::{self, Acceptance, AllowEntry, LocatedComment, PathRoots, ReadExtent, RuleLookup},
};

/// The list of gitleaks, at the root of a repository.
const GITLEAKS: &str = ".gitleaksignore";

/// The comment markers that count in this run.
pub(super) fn words(session: &Session) -> &'static [&'static str] {
    // On an untrusted range, all of them are noted, to say what the range itself would allow.
    let with_foreign = session.is_elsewhere() || trusts_foreign(session);
    if session.trusts_comments { suppression::words(with_foreign) } else { &[] }
}

/// Whether comments and lists for other scanners count as well.
pub(super) fn trusts_foreign(session: &Session) -> bool {
    let of_file = session.settings.config.as_ref().and_then(|config| config.trust_foreign_markers.as_ref());
    session.trusts_comments && (session.options.trust_foreign_markers || of_file.is_some_and(|at| at.value))
}

/// Moves allowed occurrences out of the findings, and accepted inputs out of what was not scanned. `looked_for` is the
/// lowest confidence that the search looked for.
///
/// # Errors
/// When a list cannot be read.
pub(super) fn apply(
    session: &Session,
    report: &mut Report,
    marked: &[LocatedComment],
    coverage: &Coverage,
    looked_for: Confidence,
) -> Result<()> {
    let today = Day::today();
    let is_all_looked_for = looked_for <= MIN_CONFIDENCE && session.settings.families() == Families::ALL;
    apply_comments(session, report, marked, is_all_looked_for);
    let tree = if coverage.subject.is_some() { &coverage.base } else { &session.root };
    let directories = |patterns: &Path| PathRoots {
        patterns: patterns.to_owned(),
        files: coverage.base.clone(),
        tree: tree.clone(),
    };
    let base = session.settings.config.as_ref().map_or(&session.root, |config| &config.base);
    suppression::terms(report, &directories(base));
    if trusts_foreign(session) {
        let file = session.root.join(GITLEAKS);
        let list = match foreign_list(session, &file) {
            Ok(list) => String::from_utf8_lossy(&list).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        suppression::gitleaks(
            report,
            &suppression::parse_gitleaks(&list),
            GITLEAKS,
            &directories(&session.root),
        );
    }
    if let Some(config) = &session.settings.config {
        let look = if is_all_looked_for { coverage.look(config) } else { ReadExtent::Part };
        let directories = directories(&config.base);
        suppression::entries(report, &entries(config), &directories, look, today);
        suppression::unread(report, &acceptances(config), &directories, look, today);
    }
    Ok(())
}

/// The list of gitleaks. On an untrusted range, the one of its base.
fn foreign_list(session: &Session, file: &Path) -> std::io::Result<Vec<u8>> {
    #[cfg(feature = "git")]
    if let Some(trust) = &session.range_trust {
        return Ok(trust.file(Path::new(GITLEAKS)).unwrap_or_default());
    }
    let _ = session;
    regular_file::read(file)
}

/// Moves occurrences that comments allow out of the findings. Nothing is said about unused comments.
#[cfg(feature = "git")]
pub(super) fn comments(session: &Session, report: &mut Report) {
    apply_comments(session, report, &[], false);
}

fn apply_comments(
    session: &Session,
    report: &mut Report,
    marked: &[LocatedComment],
    is_all_looked_for: bool,
) {
    let rules = KnownRules(session.settings.rule_set());
    suppression::comments(report, marked, &rules, is_all_looked_for, Day::today());
}

fn entries<'c>(config: &'c Config) -> Vec<AllowEntry<'c>> {
    let entry = |allow: &'c Allow| AllowEntry {
        place: &allow.place.file,
        line: allow.place.line,
        rules: &allow.rules,
        paths: &allow.paths,
        fingerprints: allow.fingerprints.iter().map(|at| (at.value.as_str(), at.place.line)).collect(),
        values: allow.values.iter().map(|at| (at.value.as_str(), at.place.line)).collect(),
        reason: allow.reason.as_deref(),
        until: allow.until,
    };
    config.allow.iter().map(entry).collect()
}

fn acceptances(config: &Config) -> Vec<Acceptance> {
    let acceptance = |accept: &AcceptUnread| Acceptance {
        place: accept.place.file.to_string(),
        line: accept.place.line,
        path: accept.path.clone(),
        reason: accept.reason.clone(),
        until: accept.until,
    };
    config.accept_unread.iter().map(acceptance).collect()
}

/// The rules that comments can name.
struct KnownRules(Option<Arc<RuleSet>>);

impl RuleLookup for KnownRules {
    fn has(&self, id: &str) -> bool {
        or_builtin(self.0.as_ref()).get(id).is_some()
    }

    fn unknown(&self, id: &str) -> String {
        find_rule(or_builtin(self.0.as_ref()), id).err().map_or_else(String::new, |error| error.to_string())
    }
}
