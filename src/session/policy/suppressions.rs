//! Suppressions under a policy. Its own entries always count. What others suppress counts within its limits, and a key
//! that they would suppress beyond these is a finding that says so.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;

use crate::{
    blob::ObjectId,
    cold::ColdSort,
    config::{Config, Policy},
    day::Day,
    finding::{
        AcceptedInput, AppliedPolicy, Finding, Occurrence, Refused, Report, Suppressed, Suppression,
        SuppressionKind,
    },
    rule::{Confidence, Severity},
    session::{
        coverage::Coverage,
        entries::{acceptances, entries, entry},
        settings::Session,
        suppress,
    },
    suppression::{self, AllowLimits, Exceeded, LocatedComment, PathRoots, PlaceLimits, ReadExtent},
};

/// Identifies an occurrence of a key: its fingerprint, path, line, column and object.
type OccurrenceKey = (String, String, u64, u64, Option<ObjectId>);

/// What is known before anything of the repository is suppressed.
pub(in crate::session) struct Tried {
    /// What would suppress an occurrence if the policy had no limits.
    by_key: HashMap<OccurrenceKey, Suppression>,
    /// What the policy itself suppresses and accepts.
    own: (Vec<Suppressed>, Vec<AcceptedInput>),
    limits: AllowLimits,
    roots: PathRoots,
    today: Day,
}

fn key(finding: &Finding, place: &Occurrence) -> OccurrenceKey {
    let path = place.full_path().into_owned();
    (finding.fingerprint.clone(), path, place.span.line, place.span.column, place.object)
}

/// Suppresses what the policy allows, and takes away the comments that do not count. `None` without a policy.
///
/// # Errors
/// When a list of suppressions cannot be read.
pub(in crate::session) fn begin(
    session: &Session,
    report: &mut Report,
    marked: &[LocatedComment],
    coverage: &Coverage,
    looked_for: Confidence,
) -> Result<Option<Tried>> {
    let Some(policy) = &session.settings.policy else { return Ok(None) };
    let (limits, today) = (policy.limits(), Day::today());
    let roots = suppress::roots(session, coverage, &policy.config.base);
    // It is for many repositories, so most of its entries match nothing in one of them.
    let look = ReadExtent::Part;
    // Allowlists of the organization's rules are its own as well.
    let is_own = |file: &str| policy.config.rule_files.iter().any(|own| *own.file == *file);
    suppression::terms(report, &roots, &is_own);
    suppression::entries(report, &entries(&policy.config), &roots, look, today);
    suppression::unread(report, &acceptances(&policy.config), &roots, look, today);
    let own = (std::mem::take(&mut report.suppressed), std::mem::take(&mut report.accepted));
    let mut copy = Report {
        findings: report.findings.clone(),
        base: coverage.base.clone(),
        subject: coverage.subject.clone(),
        ..Report::default()
    };
    let whole = policy.whole.as_ref().or(session.settings.config.as_ref());
    let is_foreign = policy.is_foreign_refused || suppress::trusts_foreign(session);
    suppress::apply_with(session, whole, is_foreign, &mut copy, (marked, coverage, looked_for))?;
    let mut by_key = HashMap::new();
    for Suppressed { finding, by } in copy.suppressed {
        by_key.extend(finding.occurrences.iter().map(|place| (key(&finding, place), by.clone())));
    }
    for place in report.findings.iter_mut().flat_map(|finding| &mut finding.occurrences) {
        place.markers.retain(|marker| {
            let until = marker.until.as_deref().and_then(Day::parse);
            limits.of_kind(marker.kind, marker.reason.as_deref(), until, today).is_none()
        });
    }
    Ok(Some(Tried { by_key, own, limits, roots, today }))
}

/// Makes findings again of what the repository suppressed beyond the limits, and adds what the policy suppresses.
pub(in crate::session) fn settle(tried: Option<&mut Tried>, report: &mut Report) {
    let Some(tried) = tried else { return };
    tried.restore(report, |_| true);
    let places = tried.limits.places();
    let (roots, not_scanned) = (&tried.roots, &mut report.not_scanned);
    report.accepted.retain(|one| {
        let file = one.input.file.as_ref().unwrap_or(&one.input.what);
        let is_kept = places.of_file(file, roots).is_none();
        if !is_kept {
            not_scanned.push(one.input.clone());
        }
        is_kept
    });
    drop(places);
    report.not_scanned.cold_sort();
    let (suppressed, accepted) = std::mem::take(&mut tried.own);
    report.accepted.extend(accepted);
    report.accepted.cold_sort();
    report.add_suppressed(suppressed);
}

/// Makes findings again of the entries of a baseline that do not count, and tells of everything that was refused.
pub(in crate::session) fn finish(session: &Session, tried: Option<Tried>, report: &mut Report) {
    let (Some(policy), Some(tried)) = (&session.settings.policy, tried) else { return };
    tried.restore(report, |kind| kind == SuppressionKind::Baseline);
    let places = tried.limits.places();
    let mut refused = Refusals { policy, all: policy.refused.clone(), counted: BTreeSet::new() };
    for finding in &mut report.findings {
        let bad = finding.severity();
        let mut by: Option<(Suppression, Exceeded)> = None;
        // The entry of a baseline has been noted when the key was made a finding again.
        let noted = finding.allowed_by.clone().filter(|by| by.kind == SuppressionKind::Baseline);
        for place in &finding.occurrences {
            let one = tried.by_key.get(&key(finding, place)).or(noted.as_ref());
            let Some(one) = one else { continue };
            let Some(why) = tried.refusal(&places, finding, place, bad, one) else { continue };
            refused.count(one, &why, &finding.fingerprint);
            by = by.or_else(|| Some((one.clone(), why)));
        }
        if let Some((by, why)) = by {
            finding.refused = Some(why.why);
            finding.allowed_by = Some(by);
        }
    }
    report.policy = Some(AppliedPolicy { file: policy.shown().to_owned(), inside: policy.is_inside });
    report.refused = refused.all;
    report.refused.cold_sort();
    report.refused.dedup();
}

impl Tried {
    /// Why a suppression of an occurrence does not count.
    fn refusal(
        &self,
        places: &PlaceLimits<'_>,
        finding: &Finding,
        place: &Occurrence,
        severity: Severity,
        by: &Suppression,
    ) -> Option<Exceeded> {
        let of_kind = suppression::refusal(&self.limits, by, self.today);
        of_kind.or_else(|| places.of_place(finding, place, severity, &self.roots))
    }

    /// Makes findings again of what suppressions of some kinds suppressed beyond the limits.
    fn restore(&self, report: &mut Report, is_kind: impl Fn(SuppressionKind) -> bool) {
        let places = self.limits.places();
        let mut back = Vec::new();
        let (mine, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut report.suppressed).into_iter().partition(|one| is_kind(one.by.kind));
        report.suppressed = others;
        let mut kept = Vec::new();
        for Suppressed { finding, by } in mine {
            let bad = finding.severity();
            let is_refused = |place: &Occurrence| self.refusal(&places, &finding, place, bad, &by).is_some();
            let (refused, rest): (Vec<_>, Vec<_>) = finding.occurrences.iter().cloned().partition(is_refused);
            for (list, occurrences) in [(&mut back, refused), (&mut kept, rest)] {
                if !occurrences.is_empty() {
                    let finding = Finding { occurrences, ..finding.clone() };
                    list.push(Suppressed { finding, by: by.clone() });
                }
            }
        }
        report.restore(back);
        report.add_suppressed(kept);
    }
}

/// What was refused, and how many keys are findings because of each.
struct Refusals<'p> {
    policy: &'p Policy,
    all: Vec<Refused>,
    /// Which keys have been counted for which of them.
    counted: BTreeSet<(usize, String)>,
}

impl Refusals<'_> {
    /// Notes that a suppression does not count for a key.
    fn count(&mut self, by: &Suppression, why: &Exceeded, fingerprint: &str) {
        let (line, what) = self.described(by);
        let is_same = |one: &Refused| {
            one.place == by.place && one.line == line && one.limit == why.limit && one.why == why.why
        };
        let at = self.all.iter().position(is_same).unwrap_or_else(|| {
            self.all.push(Refused {
                place: by.place.clone(),
                line,
                what,
                why: why.why.clone(),
                limit: why.limit.to_owned(),
                keys: 0,
            });
            self.all.len() - 1
        });
        // A key may stand in many places.
        if self.counted.insert((at, fingerprint.to_owned())) {
            self.all[at].keys += 1;
        }
    }

    /// The line of a suppression, and the suppression in short.
    fn described(&self, by: &Suppression) -> (Option<u64>, String) {
        let named = |word: &str| match &by.rule {
            Some(rules) => format!("{word} {rules}"),
            None => word.to_owned(),
        };
        let what = match by.kind {
            SuppressionKind::Inline => named("a comment that allows"),
            SuppressionKind::Foreign => "a comment for another scanner".to_owned(),
            SuppressionKind::ForeignList => "an entry of the list of another scanner".to_owned(),
            SuppressionKind::Baseline => "an entry of the baseline".to_owned(),
            SuppressionKind::Config | SuppressionKind::Fingerprint => {
                let config: Option<&Config> = self.policy.whole.as_ref();
                let mut all = config.into_iter().flat_map(|config| &config.allow);
                let is_meant = |line: u64| Some(line) == by.line;
                let own = all.find(|allow| {
                    *allow.place.file == *by.place
                        && (is_meant(allow.place.line)
                            || allow.fingerprints.iter().any(|at| is_meant(at.place.line)))
                });
                return match own {
                    Some(own) => (Some(own.place.line), suppression::entry_in_short(&entry(own))),
                    None => (by.line, named("[[allow]]")),
                };
            }
        };
        (by.line, what)
    }
}
