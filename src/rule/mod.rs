//! Rules: what the keys of an issuer look like, and what to say when one is found. Plain data from
//! `rules/*.toml`.

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

/// How bad it is if a stranger has the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Little to gain: an identifier, a local server, a default value.
    Low,
    /// Sandbox data, forged messages, or limited rights.
    Medium,
    /// A paid service, or someone's data.
    High,
    /// Money, or a whole account or organization.
    Critical,
}

/// How sure we are that a text is a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A generic form, in a context that suggests a key.
    Possible,
    /// The issuer's prefix, and a plausible body.
    Likely,
    /// A structure that does not occur by chance.
    Certain,
}

/// What may be directly next to a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edges {
    /// No letter, digit, `_` or `-` on either side.
    #[default]
    Strict,
    /// No letter or digit on either side.
    Word,
    /// Anything on the left, no letter or digit on the right. Only for a structure that proves itself.
    Open,
}

/// One way in which the keys of a rule are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The shapes, any of which may match. `docs/rules.md` explains the notation.
    pub shapes: Vec<Shape>,
    /// The confidence of a match by itself.
    pub confidence: Confidence,
    /// The confidence of a match with a name, host or word of the issuer nearby. If absent, it is
    /// `confidence`, but at least `likely`.
    pub with_evidence: Option<Confidence>,
    /// Whether a match only counts with a name, host or word of the issuer nearby.
    #[serde(default)]
    pub needs_evidence: bool,
    /// What may be directly next to it.
    #[serde(default)]
    pub edges: Edges,
    /// Why a match is a key, as the end of "because it has …".
    pub why: String,
}

impl Form {
    /// The confidence of a match with context.
    #[must_use]
    pub fn confidence_with_evidence(&self) -> Confidence {
        self.with_evidence.unwrap_or_else(|| self.confidence.max(Confidence::Likely))
    }

    /// The highest confidence that a match of this form can have.
    #[must_use]
    pub fn reach(&self) -> Confidence {
        self.confidence.max(self.confidence_with_evidence())
    }
}

/// One kind of key.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A stable id, e.g. `openai-project-key`.
    pub id: String,
    /// The company or project that issues the keys.
    pub issuer: Arc<str>,
    /// The kind of key, e.g. `OpenAI project API key`.
    pub title: String,
    /// What a stranger can do with the key, in one sentence.
    pub opens: String,
    /// How bad it is if a stranger has the key.
    pub severity: Severity,
    /// Whether the rule stands for a shape that several issuers share. It is reported when nothing says which
    /// of them it is.
    pub shared: bool,
    /// Environment variables and settings that contain such keys.
    pub names: Vec<String>,
    /// Hosts that such keys are sent to.
    pub hosts: Vec<String>,
    /// Words that point to the issuer, ignoring case.
    pub words: Vec<String>,
    /// All names, hosts and words, prepared for the search.
    pub context: Vec<ContextWord>,
    /// Where to revoke the key; empty if that depends on the installation.
    pub revoke_url: String,
    /// What to do in addition to revoking the key, one sentence each; empty for the usual steps.
    pub steps: Vec<String>,
    /// The forms, most distinctive first.
    pub forms: Vec<Form>,
    /// Texts in which this rule must find a key.
    pub examples: Vec<Shape>,
    /// Texts in which this rule must not find a key.
    pub counter_examples: Vec<Shape>,
    /// Where the rule is defined, such as `skanner.toml:12`; `None` for a built-in rule.
    pub place: Option<Arc<str>>,
}

/// A text that points to an issuer when it is near a key, ignoring case.
#[derive(Clone, Debug)]
pub struct ContextWord {
    /// The text as people write it.
    pub shown: String,
    /// The text in lowercase.
    pub lower: String,
}

impl ContextWord {
    /// Creates them from texts.
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
