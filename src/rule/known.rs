//! Values that are looked for as they are, since a file such as `.env` or a variable says that they are secret.

use std::{
    fmt,
    sync::{Arc, LazyLock, OnceLock},
};

use zeroize::Zeroizing;

use super::model::{Confidence, Edges, Form, Guidance, Rule, Severity};

/// The id of the rule for all of them.
pub(crate) const KNOWN_VALUE: &str = "known-value";

/// So much of a value is looked for at once, in bytes. In hex, and in UTF-16, that is less than what the engine looks at
/// around a place.
const LONGEST_PART: usize = 3584;

/// What is longer is looked for in further parts, so that none of it is shown. The last one has this many bytes at least.
const FURTHER_PART: usize = 1024;
const SHORTEST_PART: usize = 64;

/// One value. Nothing shows it: its `Debug` is its name.
pub(crate) struct KnownValue {
    /// The rule, with a title that names the value.
    pub(crate) rule: Arc<Rule>,
    /// What identifies it: where it is kept, a zero byte, and its name there.
    pub(crate) label: Arc<str>,
    /// Whether it counts only where no letter or digit is beside it, since chance may make it inside of a word.
    pub(crate) needs_edges: bool,
    text: Zeroizing<Vec<u8>>,
}

/// All values of a run, and when a rule that finds one of them, too, comes before.
#[derive(Debug, Default)]
pub(crate) struct KnownValues {
    /// The values, each of them once.
    pub(crate) values: Vec<Arc<KnownValue>>,
    /// The built-in rules whose findings would not be reported.
    pub(crate) unreported: Vec<String>,
    /// The confidence below which they would not be, either.
    pub(crate) least: Option<Confidence>,
    /// Whether they give way to every rule, since whoever named them is held to a policy.
    pub(crate) yields: bool,
}

impl KnownValue {
    /// A value by the name it has in `file`. A long one has several parts.
    pub(crate) fn parts(
        file: &str,
        name: &str,
        text: &[u8],
        needs_edges: bool,
        severity: Severity,
    ) -> impl Iterator<Item = Self> {
        let rule = Rule {
            title: format!("value of {name} from {file}"),
            names: vec![name.to_owned()],
            severity,
            forms: vec![form(format!("exactly the value of {name} in {file}"))],
            ..Rule::clone(known_value_rule())
        };
        let (rule, label): (_, Arc<str>) = (Arc::new(rule), format!("{file}\0{name}").into());
        let mut rest = text;
        std::iter::from_fn(move || {
            let is_first = rest.len() == text.len();
            let most = if is_first { LONGEST_PART } else { FURTHER_PART };
            let is_last = rest.len() <= most;
            let length = if is_last { rest.len() } else { most.min(rest.len() - SHORTEST_PART) };
            let part;
            (part, rest) = rest.split_at(length);
            let text = Zeroizing::new(part.to_vec());
            let own = Self { rule: rule.clone(), label: label.clone(), needs_edges, text };
            (length > 0).then_some(own)
        })
    }

    /// The value itself.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

impl fmt::Debug for KnownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownValue({})", self.rule.title)
    }
}

impl KnownValues {
    /// Whether a rule that knows the issuer of a value takes the place of this one: its finding is reported.
    pub(crate) fn give_way_to(&self, rule: &Rule, confidence: Confidence) -> bool {
        rule.place.is_none()
            && !rule.fallback
            && rule.id != KNOWN_VALUE
            && confidence >= self.least.unwrap_or(Confidence::Likely).max(Confidence::Likely)
            && !self.unreported.contains(&rule.id)
    }
}

/// The rule of all values, as `skanner explain` shows it.
pub(crate) fn known_value_rule() -> &'static Arc<Rule> {
    static RULE: LazyLock<Arc<Rule>> = LazyLock::new(|| {
        let text = str::to_owned;
        let guidance = Guidance {
            revoke: text("Change it where it is used: whoever read it has it."),
            usage_url: String::new(),
            usage: String::new(),
            breaks: text("Whatever reads the old value fails until it has the new one."),
            limits: String::new(),
            github: None,
            leaked: String::new(),
            rotate: String::new(),
        };
        let why = text("exactly the value of a variable in a file that --values-from names");
        let title = text("value of a variable that is named as secret");
        Arc::new(Rule {
            issuer: "whoever gave out the value".into(),
            impact: text("Anyone can do what the value is for: sign in, read a database, call a service."),
            steps: vec![text(
                "Write the new value only where the old one is kept, and the name of its variable everywhere else.",
            )],
            builtin_guidance: OnceLock::from(Some(Box::new(guidance))),
            ..Rule::plain(text(KNOWN_VALUE), title, Severity::High, form(why))
        })
    });
    &RULE
}

fn form(why: String) -> Form {
    Form { edges: Edges::Open, ..Form::plain(Confidence::Certain, why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_value() {
        let mut parts = KnownValue::parts(".env", "DB_PASSWORD", b"tr0ub4dor&3", true, Severity::High);
        let value = Arc::new(parts.next().unwrap());
        let all = KnownValues { values: vec![value.clone()], ..KnownValues::default() };
        for shown in [format!("{value:?}"), format!("{all:?}"), format!("{:?}", value.rule)] {
            assert!(shown.contains("DB_PASSWORD") && !shown.contains("tr0u") && !shown.contains("116"));
        }
        assert_eq!(&*value.label, ".env\0DB_PASSWORD");
    }

    #[test]
    fn a_long_value_has_parts() {
        for length in [8, LONGEST_PART, LONGEST_PART + 1, 5000, 5000 + FURTHER_PART, 100_000] {
            let text = vec![b'x'; length];
            let parts = KnownValue::parts(".env", "KEY", &text, false, Severity::High);
            let lengths: Vec<_> = parts.map(|part| part.text().len()).collect();
            assert_eq!(lengths.iter().sum::<usize>(), length);
            assert!(lengths.iter().all(|part| *part <= LONGEST_PART && *part >= SHORTEST_PART.min(length)));
        }
    }
}
