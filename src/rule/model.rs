//! Rules: what a key of one issuer looks like, and what to say when one is found. Plain data from `rules/*.toml` and
//! `[[rule]]`.
//!
//! What they hold is said once, in `rule_tables`. The types here are made of it, by which `build.rs` reads `rules/*.toml`
//! and the program what is embedded of them; so is what reads a `[[rule]]`, and its schema, in `config/own.rs`.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::{
    allowlist::{Allowlist, WordSet},
    expression::Expression,
    keyword::Keyword,
    shape::Shape,
    words::words,
};

words! {
    /// How bad it is when a stranger has the key.
    pub enum Severity {
        /// Money, a whole account or organization.
        Critical(3) = "critical",
        /// A paid service or somebody's data.
        High(2) = "high",
        /// Sandbox data, forged messages, limited rights.
        Medium(1) = "medium",
        /// Little to gain: an identifier, a local server, a default value.
        Low(0) = "low",
    }

    /// How sure we are that a string is a key.
    pub enum Confidence {
        /// Exact structure that chance does not produce.
        Certain(2) = "certain",
        /// The issuer's prefix and a plausible body.
        Likely(1) = "likely",
        /// A generic form in a context that speaks of keys.
        Possible(0) = "possible",
    }

    /// What a rule is about, for those who do not look for everything.
    #[derive(Default)]
    pub enum Family {
        /// Keys that begin with sk-, sk_, rk_ and the like.
        #[default]
        Sk = "sk",
        /// Keys of AI services that begin with something else.
        Ai = "ai",
    }

    /// Whom GitHub tells when it finds such a key in a public repository.
    pub enum Github {
        /// The issuer, and the owner of the repository.
        Partner = "partner",
        /// The owner of the repository only.
        Owner = "owner",
        /// Nobody: such keys are not on its list of patterns.
        Nobody = "nobody",
    }

    /// What may stand directly beside a key.
    #[derive(Default)]
    pub enum Edges {
        /// No letter, digit, `_` or `-` on either side.
        #[default]
        Strict = "strict",
        /// No letter or digit on either side.
        Word = "word",
        /// Anything on the left, no letter or digit on the right.
        Open = "open",
    }
}

/// The keys of a rule, for another macro to make something of. After its documentation, each has its name in TOML, its name
/// and type here, what it must be if its type does not say so (see `config/text.rs`), and `default` if it may be absent, or
/// else what it is for.
macro_rules! rule_tables {
    ($make:ident) => {
        $make! {
            /// One way the key is written.
            pub struct Form = "[[rule.form]]" {
                /// Shapes such as `acme-{A:32}`, any of which may fit; each begins with three literal characters or more.
                "shapes" => shapes: Vec<Shape> as Vec<Searchable> = default;
                /// In place of shapes, a regular expression whose group `secret`, else its first group, else the whole match is
                /// the key.
                "regex" => regex: Option<Arc<Expression>> as Option<Searched> = default;
                /// Literals, in any case, near which the regular expression is tried; those that it contains if absent.
                "keywords" => keywords: Vec<String> as Vec<KeywordText> = default;
                /// Whether the regular expression is tried on all of every text, since it contains no literal.
                "slow" => slow: bool = default;
                /// The least entropy of the key, in bits for each character.
                "entropy" => entropy: f64 as Entropy = default;
                /// The least number of digits in the key.
                "min_digits" => min_digits: usize as Digits = default;
                /// Regular expressions; what one of them matches in is no key.
                "not" => not: Vec<Arc<Expression>> as Vec<Condition> = default;
                /// A regular expression for the paths of the files that it is for.
                "path" => path: Option<Arc<Expression>> as Option<Condition> = default;
                /// What a match is worth by itself.
                "confidence" => confidence: Confidence, required "say how sure a match is: certain, likely or possible";
                /// What a match is worth with a name, host or word of the issuer near it.
                "with_context" => with_context: Option<Confidence> = default;
                /// Whether a match counts only with a name, host or word of the issuer near it.
                "requires_context" => requires_context: bool = default;
                /// Whether a name for keys on the same line counts as context, as in `api_key = …`, whoever issues the key.
                "named" => named: bool = default;
                /// Whether a short word before the first literal belongs to the key, as in `am_sk_…`.
                "word_before" => word_before: bool = default;
                /// What may stand beside the key.
                "edges" => edges: Edges = default;
                /// The reason, as the end of "because it has …".
                "why" => why: String as Text, required "give the reason, as the end of \"because it has …\"";
            } with {
                /// What to search for, to try the regular expression near it; empty if it is tried everywhere.
                searched: Vec<Keyword>;
                /// Words, one of which must stand near a match, in any case; nothing is asked for if there are none.
                nearby: Arc<WordSet>;
                /// Whether it is a rule of another scanner, which is applied as it is: what it matches is a key even if it
                /// looks made up.
                is_foreign: bool;
                /// What such a rule lets pass.
                allowlists: Vec<Arc<Allowlist>>;
            }

            /// What to do with a leaked key, one sentence each. What is absent is not known.
            pub struct Guidance = "[rule.remedy]" {
                /// How to revoke a key: the way from `revoke_url`, or the command or menu if there is no page.
                "revoke" => revoke: String as Text = default;
                /// Where usage and billing are seen.
                "usage_url" => usage_url: String as Url = default;
                /// How to see usage: the way from `usage_url`, or the command or menu if there is no page.
                "usage" => usage: String as Text = default;
                /// What breaks when a key is revoked.
                "breaks" => breaks: String as Text = default;
                /// Whether a key can be limited, such as to a project, an address, an amount or some permissions.
                "limits" => limits: String as Text = default;
                /// Whom GitHub tells when it finds such a key in a public repository.
                "github" => github: Option<Github> = default;
                /// What the issuer does by itself with a key that has leaked.
                "leaked" => leaked: String as Text = default;
                /// How to get from one key to the next.
                "rotate" => rotate: String as Text = default;
            }

            /// One kind of key.
            pub struct Rule = "[[rule]]" {
                /// Its name in reports and options.
                "id" => id: String as Id,
                    required "give it a name for reports and options, such as id = \"acme-api-key\"";
                /// Who issues the keys.
                "issuer" => issuer: Arc<str> as SharedText, required "say who issues the keys";
                /// What the key is, in a few words, without a full stop.
                "title" => title: String as Text, required "say in a few words what the key is";
                /// What a stranger can do with the key, one sentence.
                "impact" => impact: String as Text,
                    required "say in a sentence what a stranger can do with the key";
                /// How bad a leak is.
                "severity" => severity: Severity, required "say how bad a leak is: critical, high, medium or low";
                /// The family that it belongs to, which `--family` asks for.
                "family" => family: Family = default;
                /// Whether it stands for a shape of several issuers.
                "shared" => shared: bool = default;
                /// Whether it gives way to every other rule, since it only says that a key was drawn at random.
                "fallback" => fallback: bool = default;
                /// Environment variables and settings that hold such keys.
                "names" => names: Vec<String> as Vec<Text> = default;
                /// Hosts such keys are sent to.
                "hosts" => hosts: Vec<String> as Vec<Text> = default;
                /// Other texts that point at the issuer.
                "words" => words: Vec<String> as Vec<Text> = default;
                /// Where to revoke a key.
                "revoke_url" => revoke_url: String as Url = default;
                /// What to do beside revoking, one sentence each.
                "steps" => steps: Vec<String> as Vec<Text> = default;
                /// What to do with a leaked key. For a built-in rule, see [`Rule::guidance`].
                "remedy" => own_guidance: Option<Guidance> = default;
                /// Texts, written as shapes, in which the rule must find a key.
                "examples" => examples: Vec<Shape> as Vec<Example>, required "give texts in which it must find a key";
                /// Texts, written as shapes, that look like such a key and are none.
                "counter_examples" => counter_examples: Vec<Shape> as Vec<Example>,
                    required "give texts that look like such a key but are not";
                /// How the key is written.
                "form" => forms: Vec<Form>, required "say how the key is written, under [[rule.form]]";
            } with {
                /// Names, hosts and words, as they are searched for.
                context: Vec<ContextWord>;
                /// What to do with a leaked key of a built-in rule, once somebody asked.
                builtin_guidance: OnceLock<Option<Box<Guidance>>>;
                /// Where it stands, as `skanner.toml:12`; nothing for a built-in one.
                place: Option<Arc<str>>;
                /// Whether it comes after all other rules, because whoever wrote it may not take keys from them.
                yields: bool;
            }
        }
    };
}

/// Types that serde reads; a key that they do not know is an error.
macro_rules! types {
    ($(
        $(#[doc = $about:literal])+
        pub struct $name:ident = $title:literal {$(
            $(#[doc = $doc:literal])+
            $key:literal => $field:ident: $type:ty $(as $kind:ty)? $(= $default:ident)? $(, required $why:literal)?;
        )+} $(with {$(
            $(#[doc = $more_doc:literal])+
            $more:ident: $more_type:ty;
        )+})?
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ #[serde(rename = $key $(, $default)?)] pub $field: $type,)+
            $($($(#[doc = $more_doc])+ #[serde(skip)] pub $more: $more_type,)+)?
        }
    )+};
}
rule_tables!(types);
pub(crate) use rule_tables;

impl Form {
    /// A form that asks for nothing and matches nothing.
    pub(crate) fn plain(confidence: Confidence, why: String) -> Self {
        Self {
            shapes: Vec::new(),
            regex: None,
            keywords: Vec::new(),
            slow: false,
            entropy: 0.0,
            min_digits: 0,
            not: Vec::new(),
            path: None,
            confidence,
            with_context: None,
            requires_context: false,
            named: false,
            word_before: false,
            edges: Edges::default(),
            why,
            searched: Vec::new(),
            nearby: Arc::default(),
            is_foreign: false,
            allowlists: Vec::new(),
        }
    }

    /// The confidence of a match that has evidence near it, which lifts `possible` to `likely` if the form says nothing.
    #[must_use]
    pub fn confidence_with_context(&self) -> Confidence {
        self.with_context.unwrap_or_else(|| self.confidence.max(Confidence::Likely))
    }

    /// The highest confidence any match of this form can reach.
    #[must_use]
    pub fn reach(&self) -> Confidence {
        self.confidence.max(self.confidence_with_context())
    }
}

impl Guidance {
    /// Every text, for those who mask keys in it.
    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let Self { revoke, usage_url, usage, breaks, limits, github: _, leaked, rotate } = self;
        [revoke, usage_url, usage, breaks, limits, leaked, rotate].into_iter()
    }
}

impl Rule {
    /// A built-in rule with one form, of which nothing else is known.
    pub(crate) fn plain(id: String, title: String, severity: Severity, form: Form) -> Self {
        Self {
            id,
            issuer: Arc::default(),
            title,
            impact: String::new(),
            severity,
            family: Family::default(),
            shared: false,
            fallback: false,
            yields: false,
            names: Vec::new(),
            hosts: Vec::new(),
            words: Vec::new(),
            revoke_url: String::new(),
            steps: Vec::new(),
            own_guidance: None,
            examples: Vec::new(),
            counter_examples: Vec::new(),
            forms: vec![form],
            context: Vec::new(),
            builtin_guidance: OnceLock::new(),
            place: None,
        }
    }

    /// What a variable for its keys is named after: the issuer, or the rule if that does not say who it is.
    pub(crate) fn named_after(&self) -> &str {
        if self.forms.iter().any(|form| form.is_foreign) { &self.id } else { &self.issuer }
    }

    /// Fills in what follows from the rest.
    pub(crate) fn complete(self) -> Self {
        let texts = self.names.iter().chain(&self.hosts).chain(&self.words);
        let context =
            texts.map(|text| ContextWord { shown: text.clone(), lower: text.to_ascii_lowercase() }).collect();
        Self { context, ..self }
    }
}

/// A text that points to an issuer when it is near a key, ignoring case.
#[derive(Clone, Debug)]
pub struct ContextWord {
    /// The text as people write it.
    pub shown: String,
    /// The text in lowercase.
    pub lower: String,
}
