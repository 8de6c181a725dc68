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
        Self { families: families.collect(), rules, other_secrets: false }
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
    }

    /// The families, as in `keys of the sk- family and of AI services`.
    #[must_use]
    pub(crate) fn in_words(&self) -> String {
        self.joined_by("and")
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
