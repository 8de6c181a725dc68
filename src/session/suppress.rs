//! What comments, the configuration and the lists of other scanners allow, with the values that the stages of
//! [`crate::filter`] need.

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
    filter::{self, Acceptance, Entry, Folders, Look, Marked, Rules},
    finding::Report,
    git,
    rule::{Confidence, RuleSet},
};

/// The list of gitleaks, at the root of a repository.
const GITLEAKS: &str = ".gitleaksignore";

/// The words of the comments that count in this run.
pub(super) fn words(session: &Session) -> &'static [&'static str] {
    if session.trusts_comments { filter::words(trusts_foreign(session)) } else { &[] }
}

/// Whether what people wrote for other scanners counts, too.
pub(super) fn trusts_foreign(session: &Session) -> bool {
    let of_file = session.settings.config.as_ref().and_then(|config| config.trust_foreign_markers.as_ref());
    session.trusts_comments && (session.options.trust_foreign_markers || of_file.is_some_and(|at| at.value))
}

/// Takes all that is allowed out of the findings, and what may stay unread out of what was not read. `looked_for` is how
/// sure a key had to be to be looked for at all.
///
/// # Errors
/// When a list cannot be read.
pub(super) fn apply(
    session: &Session,
    report: &mut Report,
    marked: &[Marked],
    coverage: &Coverage,
    looked_for: Confidence,
) -> Result<()> {
    let today = Day::today();
    let is_all_looked_for = looked_for <= MIN_CONFIDENCE;
    let rules = KnownRules(session.settings.rule_set());
    filter::comments(report, marked, &rules, is_all_looked_for, today);
    let tree = if coverage.subject.is_some() { &coverage.base } else { &session.root };
    let folders = |patterns: &Path| Folders {
        patterns: patterns.to_owned(),
        files: coverage.base.clone(),
        tree: tree.clone(),
    };
    if trusts_foreign(session) {
        let file = session.root.join(GITLEAKS);
        let list = match git::plain::read(&file) {
            Ok(list) => String::from_utf8_lossy(&list).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        filter::gitleaks(report, &filter::parse_gitleaks(&list), GITLEAKS, &folders(&session.root));
    }
    if let Some(config) = &session.settings.config {
        let look = if is_all_looked_for { coverage.look(config) } else { Look::Part };
        let folders = folders(&config.base);
        filter::entries(report, &entries(config), &folders, look, today);
        filter::unread(report, &acceptances(config), &folders, look, today);
    }
    Ok(())
}

fn entries<'c>(config: &'c Config) -> Vec<Entry<'c>> {
    let entry = |allow: &'c Allow| Entry {
        place: &allow.place.file,
        line: allow.place.line,
        rules: &allow.rules,
        paths: &allow.paths,
        fingerprints: allow.fingerprints.iter().map(|at| (at.value.as_str(), at.place.line)).collect(),
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

impl Rules for KnownRules {
    fn has(&self, id: &str) -> bool {
        or_builtin(self.0.as_ref()).get(id).is_some()
    }

    fn unknown(&self, id: &str) -> String {
        find_rule(or_builtin(self.0.as_ref()), id).err().map_or_else(String::new, |error| error.to_string())
    }
}
