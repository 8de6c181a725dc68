//! The JSON Schema of `skanner.toml`, by which editors complete and check. The types here say what may stand in the file;
//! `tests/config/schema.rs` holds them to what is read.
#![allow(dead_code, reason = "these types are only looked at by their derived schema")]

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::rule::{Confidence, RuleSet, Severity};

/// The configuration of skanner: which keys are findings in this repository. All of it is optional.
#[derive(JsonSchema)]
#[schemars(title = "skanner configuration", rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    /// How sure a finding must be to be reported; `likely` if it is absent. What a raised level leaves out is counted.
    min_confidence: Option<Confidence>,
    /// Report only findings of these rules.
    rules: Option<RuleIds>,
    /// Do not report findings of these rules; the closing line counts them.
    exclude_rules: Option<RuleIds>,
    /// Another severity for a rule, by its id.
    severity: Option<BTreeMap<String, Severity>>,
    /// Inputs that cannot be read, such as archives that are damaged on purpose, and may stay so.
    #[schemars(length(min = 1))]
    accept_unread: Option<Vec<AcceptUnread>>,
    /// Whether comments and lists for other scanners count as well: `gitleaks:allow`, `betterleaks:allow`,
    /// `trufflehog:ignore`, `pragma: allowlist secret`, `.gitleaksignore`.
    trust_foreign_markers: Option<bool>,
    /// The list of known findings.
    baseline: Option<Baseline>,
    /// Keys that are no findings.
    allow: Option<Vec<Allow>>,
    /// A rule of your own.
    rule: Option<Vec<Rule>>,
}

/// An input that may stay unread.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct AcceptUnread {
    /// A pattern as in `.gitignore`, from the folder of this file.
    #[schemars(length(min = 1))]
    path: String,
    /// Why that is fine.
    #[schemars(length(min = 1))]
    reason: Option<String>,
    /// The last day that it counts, in UTC.
    until: Option<Day>,
}

/// Where the list of known findings is, and what its entries stand for.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
struct Baseline {
    /// The file, below the folder of this one; `.skanner-baseline` if it is absent.
    #[schemars(length(min = 1))]
    file: Option<String>,
    /// What an entry stands for.
    scope: Option<Scope>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Scope {
    /// The secret in one file: in another one it is a finding.
    File,
    /// The secret, wherever it is.
    Secret,
}

/// Keys that are no findings. All that it names must agree; of several paths or fingerprints, one is enough.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields, extend("anyOf" = [{ "required": ["paths"] }, { "required": ["fingerprints"] }]))]
struct Allow {
    /// The rule, or several, that it is for; all of them if it is absent.
    rule: Option<OneOrMoreRules>,
    /// Patterns as in `.gitignore`, from the folder of this file.
    #[schemars(length(min = 1))]
    paths: Option<Vec<String>>,
    /// Fingerprints, as reports have them.
    #[schemars(length(min = 1), inner(regex(pattern = "^[0-9a-f]{32}$")))]
    fingerprints: Option<Vec<String>>,
    /// Why that is fine.
    #[schemars(length(min = 1))]
    reason: Option<String>,
    /// The last day that it counts, in UTC.
    until: Option<Day>,
}

/// A rule of your own, in the form of the built-in ones.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Rule {
    /// Its name in reports and options.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]*$"))]
    id: String,
    /// Who issues the keys.
    #[schemars(length(min = 1))]
    issuer: String,
    /// What the key is, in a few words, without a full stop.
    #[schemars(length(min = 1))]
    title: String,
    /// What a stranger can do with the key, one sentence.
    #[schemars(length(min = 1))]
    opens: String,
    /// How bad a leak is.
    severity: Severity,
    /// Whether it stands for a shape of several issuers.
    shared: Option<bool>,
    /// Environment variables and settings that hold such keys.
    names: Option<Vec<String>>,
    /// Hosts such keys are sent to.
    hosts: Option<Vec<String>>,
    /// Other texts that point at the issuer.
    words: Option<Vec<String>>,
    /// Where to revoke a key.
    #[schemars(regex(pattern = "^https://"))]
    revoke_url: Option<String>,
    /// What to do beside revoking, one sentence each.
    steps: Option<Vec<String>>,
    /// Texts, written as shapes, in which the rule must find a key.
    #[schemars(length(min = 1))]
    examples: Vec<String>,
    /// Texts, written as shapes, that look like such a key and are none.
    #[schemars(length(min = 1))]
    counter_examples: Vec<String>,
    /// How the key is written.
    #[schemars(length(min = 1))]
    form: Vec<Form>,
}

/// One way the key is written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Form {
    /// Shapes such as `acme-{A:32}`, any of which may fit; each begins with three literal characters or more.
    #[schemars(length(min = 1), inner(regex(pattern = "^[ -~]*$")))]
    shapes: Vec<String>,
    /// What a match is worth by itself.
    confidence: Confidence,
    /// What a match is worth with a name, host or word of the issuer near it.
    with_evidence: Option<Confidence>,
    /// Whether a match counts only with a name, host or word of the issuer near it.
    needs_evidence: Option<bool>,
    /// What may stand beside the key.
    edges: Option<Edges>,
    /// What convinces, as the end of "because it has …".
    #[schemars(length(min = 1))]
    why: String,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Edges {
    /// No letter, digit, `_` or `-` on either side.
    Strict,
    /// No letter or digit on either side.
    Word,
    /// Anything on the left, no letter or digit on the right.
    Open,
}

/// Any id, with the built-in ones for editors to offer.
fn rule_id() -> Schema {
    let built_in: Vec<&str> = RuleSet::builtin().iter().map(|rule| rule.id.as_str()).collect();
    json_schema!({
        "type": "string",
        "pattern": "^[a-z][a-z0-9-]*$",
        "anyOf": [{ "enum": built_in }, {}],
    })
}

macro_rules! inline {
    ($($(#[$about:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$about])*
        struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}
inline! {
    /// Several rules.
    RuleIds => json_schema!({ "type": "array", "items": rule_id(), "minItems": 1, "uniqueItems": true });
    /// A rule, or several.
    OneOrMoreRules => json_schema!({ "anyOf": [rule_id(), { "type": "array", "items": rule_id(), "minItems": 1 }] });
    /// A day of TOML, which validators take for a text.
    Day => json_schema!({
        "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    });
}

/// TOML has no null: what is optional is absent.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(without_null),
        Value::Object(fields) => {
            fields.values_mut().for_each(without_null);
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = &mut types[..] {
                    let one = one.take();
                    fields.insert("type".to_owned(), one);
                }
            }
            let is_null = |one: &Value| *one == json!({ "type": "null" });
            if let Some(Value::Array(any)) = fields.get_mut("anyOf")
                && any.iter().any(is_null)
            {
                any.retain(|one| !is_null(one));
                // Beside a reference, draft 07 ignores all else.
                if let [Value::Object(one)] = &mut any[..] {
                    let all = std::mem::take(one);
                    fields.remove("anyOf");
                    fields.insert("allOf".to_owned(), json!([all]));
                }
            }
        }
        _ => {}
    }
}

/// The JSON Schema of the configuration file.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<File>().into();
    without_null(&mut schema);
    schema
}
