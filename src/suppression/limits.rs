//! What an organization's policy lets others suppress: which kinds of suppressions count, and for which keys.

use ignore::gitignore::Gitignore;

use super::paths::{PathRoots, compiled};
use crate::{
    day::Day,
    finding::{Finding, Occurrence, Suppression, SuppressionKind},
    rule::Severity,
};

/// Which suppressions must have a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RequiredReason {
    /// None.
    Nowhere,
    /// Comments and entries of the configuration.
    #[default]
    Usual,
    /// Entries of the baseline and suppressions for other scanners as well.
    Everywhere,
}

/// The kinds of suppressions that count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AllowedKinds {
    /// Comments such as `skanner:allow`.
    pub comment: bool,
    /// Entries of a baseline.
    pub baseline: bool,
    /// `[[allow]]` entries of a configuration.
    pub entry: bool,
    /// Comments and lists for other scanners.
    pub foreign: bool,
    /// `accept-unread` entries of a configuration.
    pub unread: bool,
}

/// What others may suppress.
#[derive(Clone, Debug)]
pub(crate) struct AllowLimits {
    /// The kinds that count.
    pub kinds: AllowedKinds,
    /// Which of them need a reason.
    pub reason: RequiredReason,
    /// The number of days from today within which each must end.
    pub days: Option<i64>,
    /// The only rules whose keys may be allowed; any if it is absent.
    pub rules: Option<Vec<String>>,
    /// The severity above which no key may be allowed.
    pub max_severity: Option<Severity>,
    /// Patterns of the only paths in which keys may be allowed, as they are written; any if it is absent.
    pub paths: Option<Vec<String>>,
}

/// A limit that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// The setting of the policy.
    pub limit: &'static str,
    /// Why the suppression does not count.
    pub why: String,
}

fn exceeded(limit: &'static str, why: impl Into<String>) -> Option<Exceeded> {
    Some(Exceeded { limit, why: why.into() })
}

/// Whether a reason says anything: a letter or digit that can be seen, and not only the comment for another scanner.
fn says_why(reason: &str) -> bool {
    // Letters that nobody sees.
    const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    let is_seen = |one: char| one.is_alphanumeric() && !FILLERS.contains(&one);
    let words =
        reason.split_whitespace().filter(|word| !word.contains(":allow") && !word.contains(":ignore"));
    words.flat_map(str::chars).any(is_seen)
}

impl AllowLimits {
    /// Why a suppression does not count, whatever it suppresses. `until` is its last day.
    pub(crate) fn of_kind(
        &self,
        kind: SuppressionKind,
        reason: Option<&str>,
        until: Option<Day>,
        today: Day,
    ) -> Option<Exceeded> {
        let (is_allowed, what) = match kind {
            SuppressionKind::Inline => (self.kinds.comment, "comments"),
            SuppressionKind::Baseline => (self.kinds.baseline, "entries of a baseline"),
            SuppressionKind::Foreign | SuppressionKind::ForeignList => {
                (self.kinds.foreign, "comments and lists for other scanners")
            }
            SuppressionKind::Config | SuppressionKind::Fingerprint => (self.kinds.entry, "[[allow]] entries"),
        };
        if !is_allowed {
            return exceeded("policy.allow-by", format!("{what} do not count"));
        }
        // Tools write baselines and comments for other scanners, and have no reason to give.
        let is_written =
            matches!(kind, SuppressionKind::Inline | SuppressionKind::Config | SuppressionKind::Fingerprint);
        self.of_words(is_written, reason, until, today)
    }

    /// Why an `accept-unread` entry does not count.
    pub(crate) fn of_unread(&self, reason: Option<&str>, until: Option<Day>, today: Day) -> Option<Exceeded> {
        if !self.kinds.unread {
            return exceeded("policy.allow-by", "accept-unread entries do not count");
        }
        self.of_words(true, reason, until, today)
    }

    fn of_words(
        &self,
        is_written: bool,
        reason: Option<&str>,
        until: Option<Day>,
        today: Day,
    ) -> Option<Exceeded> {
        let needs_reason = match self.reason {
            RequiredReason::Nowhere => false,
            RequiredReason::Usual => is_written,
            RequiredReason::Everywhere => true,
        };
        if needs_reason && !reason.is_some_and(says_why) {
            return exceeded("policy.require-reason", "no reason is given");
        }
        let latest = Day::of_number(today.number() + self.days?);
        match until {
            Some(until) if until <= latest => None,
            Some(until) => exceeded(
                "policy.latest-until",
                format!("{until} is after {latest}, the last day that may be named"),
            ),
            None => {
                exceeded("policy.latest-until", format!("no last day is named; it may be {latest} at most"))
            }
        }
    }

    /// The judge of places, whose patterns are compiled once.
    pub(crate) fn places(&self) -> PlaceLimits<'_> {
        let patterns = self.paths.as_ref().map(|paths| compiled(paths.iter().map(String::as_str)));
        PlaceLimits { limits: self, patterns }
    }
}

/// Which keys may be allowed, and where.
pub(crate) struct PlaceLimits<'l> {
    limits: &'l AllowLimits,
    /// What the paths must match, if that is limited. What cannot be compiled matches nothing.
    patterns: Option<Option<Gitignore>>,
}

impl PlaceLimits<'_> {
    /// Why nothing may allow a key in an occurrence. `severity` is how bad it is where it stands.
    pub(crate) fn of_place(
        &self,
        finding: &Finding,
        place: &Occurrence,
        severity: Severity,
        roots: &PathRoots,
    ) -> Option<Exceeded> {
        let limits = self.limits;
        if let Some(most) = limits.max_severity.filter(|most| severity > *most) {
            return exceeded("policy.max-severity", format!("the severity {severity} is above {most}"));
        }
        let is_named = |rules: &Vec<String>| rules.contains(&finding.rule.id);
        if limits.rules.as_ref().is_some_and(|rules| !is_named(rules)) {
            let why = format!("keys of the rule {} may not be allowed", finding.rule.id);
            return exceeded("policy.rules", why);
        }
        let inner = |path: &String| place.archive.as_ref().map(|archive| format!("{path}!{archive}"));
        self.of_path(roots.of(place).filter(|_| !place.path.is_empty()), &inner)
    }

    /// Why an input may not stay unread.
    pub(crate) fn of_file(&self, file: &str, roots: &PathRoots) -> Option<Exceeded> {
        self.of_path(roots.of_file(file), &|_| None)
    }

    fn of_path(&self, path: Option<String>, inner: &dyn Fn(&String) -> Option<String>) -> Option<Exceeded> {
        let patterns = self.patterns.as_ref()?;
        let is_match = |path: &str| {
            let path = path.trim_start_matches('/');
            let patterns = patterns.as_ref().filter(|_| !path.is_empty());
            patterns.is_some_and(|one| one.matched_path_or_any_parents(path, false).is_ignore())
        };
        if path.iter().any(|path| is_match(path) || inner(path).is_some_and(|inner| is_match(&inner))) {
            return None;
        }
        exceeded("policy.paths", "nothing may be allowed in this place")
    }
}

/// Why a suppression does not count, by what is recorded of it.
pub(crate) fn of_suppression(limits: &AllowLimits, by: &Suppression, today: Day) -> Option<Exceeded> {
    let until = by.until.as_deref().and_then(Day::parse);
    limits.of_kind(by.kind, by.reason.as_deref(), until, today)
}
