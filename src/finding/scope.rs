//! Which secrets a run looked for. A clean verdict says nothing about any others.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::{Families, Family};

/// A family of secrets that the rules cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchedFamily {
    /// Its name on the command line and in reports.
    pub id: Cow<'static, str>,
    /// What belongs to it.
    pub description: Cow<'static, str>,
}

/// A file of variables whose values were looked for as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValueSource {
    /// The file, or `the environment`.
    pub from: String,
    /// The number of variables whose values were looked for.
    pub looked_for: u64,
    /// The variables whose values were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOutValue>,
    /// Whether the configuration names the file, and there is none; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

/// A variable whose value was not looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOutValue {
    /// Its name.
    pub name: String,
    /// The reason, such as `too short`.
    pub why: String,
}

impl ValueSource {
    /// What was looked for, as in `3 values of .env`.
    #[must_use]
    pub(crate) fn in_words(&self) -> String {
        format!("{} value{} of {}", self.looked_for, if self.looked_for == 1 { "" } else { "s" }, self.from)
    }

    /// What was looked for, and what not, and why: at most so many of these.
    #[must_use]
    pub(crate) fn note(&self, most: usize) -> String {
        if self.missing {
            return format!("{} does not exist here, so no value of it is looked for", self.from);
        }
        let are = |count: u64| if count == 1 { "is" } else { "are" };
        let mut text = format!("{} {} looked for", self.in_words(), are(self.looked_for));
        if !self.left_out.is_empty() {
            text.push_str(&format!(
                "; {} {} left out: ",
                self.left_out.len(),
                are(self.left_out.len() as u64)
            ));
            text.push_str(&self.left_out_in_words(most));
        }
        text
    }

    /// The variables whose values were not looked for, at most so many, as in `PORT (too short)`.
    #[must_use]
    pub(crate) fn left_out_in_words(&self, most: usize) -> String {
        let named = self.left_out.iter().take(most).map(|one| format!("{} ({})", one.name, one.why));
        let mut named: Vec<_> = named.collect();
        if let Some(more) = self.left_out.len().checked_sub(most).filter(|more| *more > 0) {
            named.push(format!("and {more} more (-v lists them)"));
        }
        named.join(", ")
    }
}

/// Which secrets a run looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookedFor {
    /// The families of secrets.
    pub families: Vec<SearchedFamily>,
    /// The number of rules, including custom ones.
    pub rules: u64,
    /// Whether secrets of other families were looked for, such as cloud credentials, private keys or
    /// passwords. They never are.
    pub other_secrets: bool,
    /// The values that were looked for as they are, because of `--values-from` or its like; absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueSource>,
}

impl LookedFor {
    /// What a number of rules of these families looks for.
    #[must_use]
    pub(crate) fn new(families: Families, rules: u64) -> Self {
        let families = families.iter().map(|family| SearchedFamily {
            id: Cow::Borrowed(family.name()),
            description: Cow::Borrowed(match family {
                Family::Sk => {
                    "API keys of OpenAI, Anthropic, Stripe and others that begin with sk-, sk_, rk_ and the like"
                }
                Family::Ai => {
                    "API keys of Hugging Face, xAI, Gemini and other AI services that begin with something else"
                }
            }),
        });
        Self { families: families.collect(), rules, other_secrets: false, values: Vec::new() }
    }

    /// What two runs looked for together. What only one of them looked for was not looked for everywhere.
    pub(crate) fn merge(&mut self, other: Self) {
        self.families.retain(|family| other.families.contains(family));
        // Nothing was looked for where nothing could be read.
        self.rules = if self.rules.min(other.rules) == 0 {
            self.rules.max(other.rules)
        } else {
            self.rules.min(other.rules)
        };
        self.other_secrets &= other.other_secrets;
        self.values.retain(|values| other.values.contains(values));
    }

    /// The families, as in `keys of the sk- family and of AI services`.
    #[must_use]
    pub(crate) fn in_words(&self) -> String {
        let values = self.values.iter().filter(|values| values.looked_for > 0).map(ValueSource::in_words);
        std::iter::once(self.joined_by("and")).chain(values).collect::<Vec<_>>().join(", and for ")
    }

    /// The families after `no`, as in `keys of the sk- family or of AI services`.
    #[must_use]
    pub(crate) fn in_words_after_no(&self) -> String {
        self.joined_by("or")
    }

    fn joined_by(&self, word: &str) -> String {
        let name = |family: &SearchedFamily| {
            if family.id == Family::Ai.name() {
                "of AI services".to_owned()
            } else {
                format!("of the {}- family", family.id)
            }
        };
        let names: Vec<_> = self.families.iter().map(name).collect();
        format!("keys {}", names.join(&format!(" {word} ")))
    }
}

impl Default for LookedFor {
    fn default() -> Self {
        Self::new(Families::ALL, 0)
    }
}
