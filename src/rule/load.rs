//! Reading rules: the built-in ones, embedded by `build.rs`.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::{
    families::Families,
    known::{KNOWN_VALUE, KnownValues, known_value_rule},
    model::{Guidance, Rule, Severity},
    shape::Shape,
};

/// The literals to search for, known before any rule is parsed.
pub(crate) mod literals {
    include!(concat!(env!("OUT_DIR"), "/anchors.rs"));
}

/// The examples of a built-in rule, which are embedded apart from it.
#[derive(Deserialize)]
struct Examples {
    id: String,
    examples: Vec<Shape>,
    counter_examples: Vec<Shape>,
}

impl Rule {
    /// Texts in which the rule must find a key, and texts that look like such a key and are none. Those of built-in rules
    /// are parsed at the first call.
    ///
    /// # Panics
    /// Never in a tested build: the embedded text is the one the tests parse.
    #[must_use]
    pub fn examples(&self) -> (&[Shape], &[Shape]) {
        static BUILTIN: OnceLock<Vec<Examples>> = OnceLock::new();
        if self.place.is_some() {
            return (&self.examples, &self.counter_examples);
        }
        let all = BUILTIN.get_or_init(|| {
            let text = include_str!(concat!(env!("OUT_DIR"), "/examples.json"));
            serde_json::from_str(text).expect("the embedded examples parse")
        });
        let own = all.iter().find(|examples| examples.id == self.id);
        own.map_or((&[], &[]), |own| (&own.examples, &own.counter_examples))
    }
}

impl Rule {
    /// What to do with a leaked key, as far as it is known. That of a built-in rule is read at the first call, and that of
    /// no other rule with it: most runs need none, and most others that of one rule.
    ///
    /// # Panics
    /// Never in a tested build: the embedded text is the one the tests parse.
    #[must_use]
    pub fn guidance(&self) -> Option<&Guidance> {
        if self.place.is_some() {
            return self.own_guidance.as_ref();
        }
        let read = || {
            let all = include_str!(concat!(env!("OUT_DIR"), "/guidance.txt"));
            let mut lines = all.lines().filter_map(|line| line.split_once('\t'));
            let (_, json) = lines.find(|(ids, _)| ids.split(' ').any(|id| id == self.id))?;
            Some(serde_json::from_str(json).expect("the embedded guidance parses"))
        };
        self.builtin_guidance.get_or_init(read).as_deref()
    }
}

/// All rules of a run.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    /// What is looked for beside them.
    known: Option<Arc<KnownValues>>,
}

impl RuleSet {
    /// The built-in rules, parsed at the first call.
    ///
    /// # Panics
    /// Never in a tested build: the embedded text is the one the tests parse.
    pub fn builtin() -> &'static RuleSet {
        static BUILTIN: OnceLock<RuleSet> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let text = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
            let rules: Vec<Rule> = serde_json::from_str(text).expect("the embedded rules parse");
            Self { rules: rules.into_iter().map(|rule| Arc::new(rule.complete())).collect(), known: None }
        })
    }

    /// The number of the built-in rules of these families, without parsing them.
    #[must_use]
    pub(crate) fn builtin_count(families: Families) -> usize {
        literals::RULES[families.index()]
    }

    /// The built-in rules and those of a configuration, some of them of another severity than they say.
    #[must_use]
    pub fn with(
        own: impl IntoIterator<Item = Arc<Rule>>,
        severity: impl Fn(&Rule) -> Option<Severity>,
    ) -> Self {
        let regraded = |rule: Arc<Rule>| match severity(&rule) {
            Some(severity) if severity != rule.severity => Arc::new(Rule { severity, ..Rule::clone(&rule) }),
            _ => rule,
        };
        let rules = Self::builtin().rules.iter().cloned().chain(own).map(regraded);
        Self { rules: rules.collect(), known: None }
    }

    /// These rules, and values that are looked for as they are.
    pub(crate) fn knowing(self, known: Option<Arc<KnownValues>>) -> Self {
        Self { known, ..self }
    }

    /// The values that are looked for as they are, if there are any.
    pub(crate) fn known(&self) -> Option<&Arc<KnownValues>> {
        self.known.as_ref()
    }

    /// The rules that are not built in.
    pub fn own(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.iter().filter(|rule| rule.place.is_some())
    }

    /// Every rule, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.iter()
    }

    /// The rule with this id. That of values that are looked for as they are is in no list.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        let rule = self.rules.iter().find(|rule| rule.id == id);
        rule.or_else(|| (id == KNOWN_VALUE).then(known_value_rule))
    }
}
