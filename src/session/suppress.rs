//! Applies what comments, the configuration and the lists of other scanners allow. Supplies the values that the stages
//! of [`crate::suppression`] need.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};

use super::{
    coverage::Coverage,
    entries::{acceptances, entries},
    rules::{find_rule, or_builtin},
    settings::Session,
};
use crate::{
    config::{Config, MIN_CONFIDENCE},
    day::Day,
    finding::Report,
    regular_file,
    rule::{Confidence, Families, RuleSet},
    suppression::{self, LocatedComment, PathRoots, ReadExtent, RuleLookup},
};

/// The list of gitleaks, at the root of a repository.
pub(crate) const GITLEAKS: &str = ".gitleaksignore";

/// The comment markers that count in this run.
pub(super) fn words(session: &Session) -> &'static [&'static str] {
    // On an untrusted range, all of them are noted, to say what the range itself would allow.
    // Under a policy, those for other scanners are noted to say that they do not count.
    let is_refused = session.settings.policy.as_ref().is_some_and(|policy| policy.is_foreign_refused);
    let with_foreign = session.is_elsewhere() || is_refused || trusts_foreign(session);
    if session.trusts_comments { suppression::words(with_foreign) } else { &[] }
}

/// Whether comments and lists for other scanners count as well.
pub(super) fn trusts_foreign(session: &Session) -> bool {
    let settings = &session.settings;
    let of_policy = settings.policy.as_ref().is_some_and(|policy| trusts(&policy.config));
    let of_file = || of_policy || settings.config.as_ref().is_some_and(trusts);
    session.trusts_comments && (session.options.trust_foreign_markers || of_file())
}

/// Whether a file says that comments and lists for other scanners count.
pub(super) fn trusts(config: &Config) -> bool {
    config.trust_foreign_markers.as_ref().is_some_and(|at| at.value)
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
    let config = session.settings.config.as_ref();
    apply_with(session, config, trusts_foreign(session), report, (marked, coverage, looked_for))
}

/// The same with another configuration in place of the session's own, and foreign suppressions or none.
///
/// # Errors
/// The same as those of [`apply`].
pub(super) fn apply_with(
    session: &Session,
    config: Option<&Config>,
    trusts_foreign: bool,
    report: &mut Report,
    (marked, coverage, looked_for): (&[LocatedComment], &Coverage, Confidence),
) -> Result<()> {
    let today = Day::today();
    let is_all_looked_for = looked_for <= MIN_CONFIDENCE && session.settings.families() == Families::ALL;
    apply_comments(session, report, marked, is_all_looked_for);
    let directories = |patterns: &Path| roots(session, coverage, patterns);
    let base = config.map_or(&session.root, |config| &config.base);
    suppression::terms(report, &directories(base), &|_| true);
    if trusts_foreign {
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
    if let Some(config) = config {
        let look = if is_all_looked_for { coverage.look(config) } else { ReadExtent::Part };
        let directories = directories(&config.base);
        suppression::entries(report, &entries(config), &directories, look, today);
        suppression::unread(report, &acceptances(config), &directories, look, today);
    }
    Ok(())
}

/// The directories that paths of a run start from, with patterns that start from one.
pub(super) fn roots(session: &Session, coverage: &Coverage, patterns: &Path) -> PathRoots {
    let tree = if coverage.subject.is_some() { &coverage.base } else { &session.root };
    PathRoots { patterns: patterns.to_owned(), files: coverage.base.clone(), tree: tree.clone() }
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
