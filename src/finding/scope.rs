//! Which secrets a run looked for. A clean verdict says nothing about any others.

use schemars::JsonSchema;
use serde::Serialize;

/// A family of secrets that the rules cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Family {
    /// Its name on the command line and in reports.
    pub id: &'static str,
    /// What belongs to it.
    pub description: &'static str,
}

/// The keys that begin with `sk-`, and their relatives.
const SK: Family = Family {
    id: "sk",
    description: "API keys that begin with sk-, sk_, rk_ and the like, of OpenAI, Anthropic, Stripe and others",
};

/// Which secrets a run looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LookedFor {
    /// The families of secrets.
    pub families: Vec<Family>,
    /// The number of rules, including custom ones.
    pub rules: u64,
    /// Whether secrets of other families were looked for, such as cloud credentials, private keys or
    /// passwords. They never are.
    pub other_secrets: bool,
}

impl LookedFor {
    /// What a number of rules looks for.
    #[must_use]
    pub(crate) fn new(rules: u64) -> Self {
        Self { families: vec![SK], rules, other_secrets: false }
    }

    /// The families, as in `keys of the sk- family`.
    #[must_use]
    pub(crate) fn in_words(&self) -> String {
        let names: Vec<_> = self.families.iter().map(|family| format!("{}-", family.id)).collect();
        let families = if names.len() == 1 { "family" } else { "families" };
        format!("keys of the {} {families}", names.join(" and "))
    }
}

impl Default for LookedFor {
    fn default() -> Self {
        Self::new(0)
    }
}
