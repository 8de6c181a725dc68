//! Rules: what a key of one issuer looks like, and what to say when one is found. Plain data from `rules/*.toml`.

mod load;
mod parts;
mod prefixes;
mod shape;

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use load::{RuleSet, literals};
pub use parts::{BASE64URL, Class, Named};
pub(crate) use prefixes::minimal;
pub use shape::{Part, Shape};

/// How bad it is when a stranger has the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Little to gain: an identifier, a local server, a default value.
    Low,
    /// Sandbox data, forged messages, limited rights.
    Medium,
    /// A paid service or somebody's data.
    High,
    /// Money, a whole account or organization.
    Critical,
}

/// How sure we are that a string is a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A generic form in a context that speaks of keys.
    Possible,
    /// The issuer's prefix and a plausible body.
    Likely,
    /// Exact structure that chance does not produce.
    Certain,
}

/// What may stand directly beside a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edges {
    /// No letter, digit, `_` or `-` on either side.
    #[default]
    Strict,
    /// No letter or digit on either side.
    Word,
    /// Anything on the left, no letter or digit on the right. Only for structure that proves itself.
    Open,
}

/// One way the keys of a rule are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Any of these shapes; the notation is in `docs/rules.md`.
    pub shapes: Vec<Shape>,
    /// What a match is worth by itself.
    pub confidence: Confidence,
    /// What a match is worth when a name, host or word of the issuer stands near; `confidence` where absent, except
    /// that evidence lifts `possible` to `likely`.
    pub with_evidence: Option<Confidence>,
    /// A match counts only where a name, host or word of the issuer stands near.
    #[serde(default)]
    pub needs_evidence: bool,
    /// What may stand beside it.
    #[serde(default)]
    pub edges: Edges,
    /// What convinces us, as the end of "because it has …".
    pub why: String,
}

impl Form {
    /// The confidence of a match that has evidence near it.
    #[must_use]
    pub fn confidence_with_evidence(&self) -> Confidence {
        self.with_evidence.unwrap_or_else(|| self.confidence.max(Confidence::Likely))
    }

    /// The highest confidence any match of this form can reach.
    #[must_use]
    pub fn reach(&self) -> Confidence {
        self.confidence.max(self.confidence_with_evidence())
    }
}

/// One kind of key.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stable name, e.g. `openai-project-key`.
    pub id: String,
    /// Who issues the key.
    pub issuer: Arc<str>,
    /// What it is, e.g. `OpenAI project API key`.
    pub title: String,
    /// What the key opens, one sentence.
    pub opens: String,
    /// How bad a leak is.
    pub severity: Severity,
    /// The rule stands for a shape that several issuers share; it is reported when nothing tells which.
    pub shared: bool,
    /// Environment variables and settings that hold such keys.
    pub names: Vec<String>,
    /// Hosts such keys are sent to.
    pub hosts: Vec<String>,
    /// Words, in any case, that point at the issuer.
    pub words: Vec<String>,
    /// All of these, as they are searched for.
    pub context: Vec<ContextWord>,
    /// Where to revoke the key; empty where it depends on the installation.
    pub revoke_url: String,
    /// What to do beside revoking, one sentence each; empty for the usual steps.
    pub steps: Vec<String>,
    /// How the keys are written, most telling first.
    pub forms: Vec<Form>,
    /// Texts this rule must find a key in.
    pub examples: Vec<Shape>,
    /// Texts this rule must stay silent on.
    pub counter_examples: Vec<Shape>,
    /// Where it stands, as `skanner.toml:12`; nothing for a built-in one.
    pub place: Option<Arc<str>>,
}

/// A text that points at an issuer when it stands near a key, in any case.
#[derive(Clone, Debug)]
pub struct ContextWord {
    /// As people write it.
    pub shown: String,
    /// In lower case.
    pub lower: String,
}

impl ContextWord {
    /// Makes them of texts.
    pub(crate) fn all<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<Self> {
        texts.into_iter().map(|text| Self { shown: text.clone(), lower: text.to_ascii_lowercase() }).collect()
    }
}

macro_rules! display_as_word {
    ($($kind:ty { $($variant:ident => $word:literal),* })*) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $word),* })
            }
        }
    )*};
}
display_as_word! {
    Severity { Low => "low", Medium => "medium", High => "high", Critical => "critical" }
    Confidence { Possible => "possible", Likely => "likely", Certain => "certain" }
}
