//! Everything a configuration may contain, defined once: what is read, the keys named in messages, and the schema for
//! editors.

use std::{path::PathBuf, sync::Arc};

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::json;
use toml::{Spanned, de::DeString};

use super::{
    expression::{OF_EXPRESSIONS, OF_SHAPES},
    fields::{Element, Field, Finish, FromToml, Keys, choices, object, read_tables},
    limits::{AllowedKind, DayCount, PathPatterns, ReasonRule},
    own::OwnRules,
    place::{ConfigPosition, Positioned},
    reader::{TomlTable, Value, quoted},
    rule_file::RuleFile,
    text::{
        ExtendedFile, FileBelow, KeyPattern, OneFingerprint, Pattern, Reason, RuleFileName, RuleIds,
        RuleOrRules, ValueFile,
    },
};
use crate::{
    cold::ColdSort,
    day::Day,
    finding::FailOn,
    rule::{Confidence, Family, Rule, Severity, word_schema, words},
};

words! {
    /// What an entry of the baseline stands for.
    #[derive(Default)]
    pub enum Scope {
        /// The secret in one file: in another one it is a finding.
        #[default]
        File = "file",
        /// The secret, wherever it is.
        Secret = "secret",
    }
}
word_schema!(Scope);
choices!(Scope);

/// Defines the types, without how they are read.
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
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
            $($($(#[doc = $more_doc])+ pub $more: $more_type,)+)?
        }
    )+};
}

/// Defines the tables, as `rule_tables` does for those of a rule.
macro_rules! tables {
    ($($tables:tt)+) => {
        types! { $($tables)+ }
        read_tables! { $($tables)+ }
    };
}

tables! {
    /// The configuration of skanner: which keys are findings in this repository. All of it is optional.
    pub struct Config = "the configuration" {
        /// Another configuration file that this one adds to, from the folder of this file. What this file sets takes its place.
        "extend" => extend: Option<Positioned<String>> as Option<Positioned<ExtendedFile>> = default;
        /// Files with rules of other scanners, from the folder of this file: a `gitleaks.toml`, a `.yml` of Kingfisher, or a
        /// `.secretlintrc.json`. Their keys are looked for as well.
        "rules-from" => rules_from: Vec<Positioned<String>> as Vec<Positioned<RuleFileName>> = default;
        /// How sure a finding must be to be reported; `likely` if it is absent. What a raised level leaves out is counted.
        "min-confidence" => min_confidence: Option<Positioned<Confidence>> = default;
        /// How bad a finding must be to be reported; any severity if it is absent. What it leaves out is counted.
        "min-severity" => min_severity: Option<Positioned<Severity>> = default;
        /// How bad, and how sure, a finding must be to make the exit code 1: a severity such as `high`, or with a confidence
        /// `high,certain`; any finding if it is absent. It does not change the verdict of an audit.
        "fail-on" => fail_on: Option<Positioned<FailOn>> = default;
        /// Look only for keys of these families; all of them if it is absent.
        "families" => families: Option<Positioned<Vec<Family>>> = default;
        /// Report only findings of these rules.
        "rules" => rules: Option<Positioned<Vec<String>>> as Option<Positioned<RuleIds>> = default;
        /// Do not report findings of these rules; the closing line counts them.
        "exclude-rules" => exclude_rules: Option<Positioned<Vec<String>>> as Option<Positioned<RuleIds>> = default;
        /// The same, in addition to `exclude-rules` here or in the file that this one extends.
        "extra-exclude-rules" => extra_exclude_rules: Option<Positioned<Vec<String>>> as Option<Positioned<RuleIds>> = default;
        /// Another severity for a rule, by its id.
        "severity" => severity: Vec<Positioned<SeverityOverride>> as Regrades = default;
        /// Inputs that cannot be read, such as archives that are damaged on purpose, and may stay so.
        "accept-unread" => accept_unread: Vec<AcceptUnread> = default;
        /// Whether comments and lists for other scanners count as well: `gitleaks:allow`, `betterleaks:allow`,
        /// `trufflehog:ignore`, `pragma: allowlist secret`, `.gitleaksignore`.
        "trust-foreign-markers" => trust_foreign_markers: Option<Positioned<bool>> = default;
        /// The list of known findings.
        "baseline" => baseline: BaselineTable = default;
        /// Only in the policy of an organization: what the configuration, comments and baseline of a repository may do.
        "policy" => policy: PolicyTable = default;
        /// Files such as `.env`, below the folder of this one, whose values are looked for in everything else that is scanned.
        "values-from" => values_from: Option<Positioned<Vec<PathBuf>>> as Option<Positioned<Vec<ValueFile>>> = default;
        /// Keys that are no findings.
        "allow" => allow: Vec<Allow> = default;
        /// A rule of your own.
        "rule" => own_rules: Vec<Positioned<Arc<Rule>>> as OwnRules = default;
    } with {
        /// The file, absolute.
        file: PathBuf;
        /// The file as it may be shown.
        shown: Arc<str>;
        /// The folder that its globs and paths start from, absolute: the file's own, unless it was named from outside.
        base: PathBuf;
        /// What `rules-from` names, here and in the files that this one extends.
        rule_files: Vec<RuleFile>;
    }

    /// An input that may stay unread.
    pub struct AcceptUnread = "an entry of accept-unread" {
        /// A pattern as in `.gitignore`, from the folder of this file.
        "path" => path: String as Pattern,
            required "say what may stay unread, such as path = \"tests/data/*.zip\"";
        /// Why that is fine.
        "reason" => reason: Option<String> as Option<Reason> = default;
        /// The last day that it counts, in UTC.
        "until" => until: Option<Day> = default;
    } with {
        /// Where it begins.
        place: ConfigPosition;
    }

    /// Where the list of known findings is, and what its entries stand for.
    pub struct BaselineTable = "[baseline]" {
        /// The file, below the folder of this one; `.skanner-baseline` if it is absent.
        "file" => file: Option<Positioned<PathBuf>> as Option<Positioned<FileBelow>> = default;
        /// What an entry stands for.
        "scope" => scope: Option<Positioned<Scope>> = default;
    }

    /// What a repository may do under the policy of an organization.
    pub struct PolicyTable = "[policy]" {
        /// The kinds of suppressions that count; comments, entries of a baseline and `[[allow]]` entries if it is absent.
        "allow-by" => allow_by: Option<Vec<AllowedKind>> as Option<Vec<AllowedKind>> = default;
        /// Whether comments, `[[allow]]` and `accept-unread` entries need a reason to count; they do if it is absent.
        /// `everywhere` asks entries of a baseline and suppressions for other scanners for one as well.
        "require-reason" => require_reason: Option<ReasonRule> = default;
        /// Each suppression must name a last day, at most so many days from today, such as `90d`.
        "latest-until" => latest_until: Option<u32> as Option<DayCount> = default;
        /// The only paths in which something may be allowed: patterns as in `.gitignore`, from the root of what is scanned.
        "paths" => paths: Option<Vec<String>> as Option<PathPatterns> = default;
        /// The only rules whose keys may be allowed.
        "rules" => rules: Option<Vec<String>> as Option<RuleIds> = default;
        /// The severity above which no key may be allowed.
        "max-severity" => max_severity: Option<Severity> = default;
        /// Whether files that git ignores are read as well, as with `--no-ignore`.
        "read-ignored" => read_ignored: Option<bool> = default;
    }

    /// Keys that are no findings. All that it names must agree; of several paths, fingerprints or values, one is enough.
    pub struct Allow = "[[allow]]" {
        /// The rule, or several, that it is for; all of them if it is absent.
        "rule" => rules: Vec<String> as RuleOrRules = default;
        /// Patterns as in `.gitignore`, from the folder of this file.
        "paths" => paths: Vec<String> as Vec<Pattern> = default;
        /// Fingerprints, as reports have them.
        "fingerprints" => fingerprints: Vec<Positioned<String>> as Vec<Positioned<OneFingerprint>> = default;
        /// Keys as they are, such as those of a vendor's documentation; `*` stands for anything.
        "values" => values: Vec<Positioned<String>> as Vec<Positioned<KeyPattern>> = default;
        /// Why that is fine.
        "reason" => reason: Option<String> as Option<Reason> = default;
        /// The last day that it counts, in UTC.
        "until" => until: Option<Day> = default;
    } with {
        /// Where it begins.
        place: ConfigPosition;
    }
}

impl Finish for Config {}

impl Element for Family {
    const ARRAY: &'static str = "an array of families, such as [\"sk\"]";
}

impl Finish for BaselineTable {}

impl Finish for PolicyTable {}

impl Finish for AcceptUnread {
    fn finish(read: Option<Self>, table: &TomlTable<'_, '_>) -> Option<Self> {
        let read = Self { place: table.place(), ..read? };
        if let (true, Some(value)) = (read.path.starts_with('!'), table.get("path")) {
            let what = "is an exception, which matches nothing; for a name that begins with `!`, write";
            table.reader.problem(value.span(), format!("`{0}` {what} '\\{0}'", read.path));
        }
        Some(read)
    }
}

impl Element for AcceptUnread {
    const ARRAY: &'static str =
        "an array of tables, such as [{ path = \"tests/data/*.zip\", reason = \"damaged on purpose\" }]";
}

impl Finish for Allow {
    fn finish(read: Option<Self>, table: &TomlTable<'_, '_>) -> Option<Self> {
        if ["paths", "fingerprints", "values"].iter().all(|key| table.get(key).is_none()) {
            table.missing(if table.get("rule").is_some() {
                "needs `paths`, `fingerprints` or `values`; to switch a rule off everywhere, name it in `exclude-rules`"
            } else {
                "needs `paths`, `fingerprints` or `values`, or it would allow everything"
            });
            return None;
        }
        let read = Self { place: table.place(), ..read? };
        let takes_away = !read.paths.is_empty() && read.paths.iter().all(|path| path.starts_with('!'));
        if let (true, Some(value)) = (takes_away, table.get("paths")) {
            let what = "`paths` has only exceptions, which match nothing: first name what is allowed, such as \"tests/**\"";
            table.reader.problem(value.span(), what);
        }
        Some(read)
    }
}

impl Element for Allow {
    const ARRAY: &'static str = "an array of tables, each under [[allow]]";
    const MAY_BE_EMPTY: bool = true;
    const SINGLE: Option<&'static str> = Some("there may be several: write [[allow]] with two brackets");
}

/// One line of `[severity]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityOverride {
    /// The id of the rule.
    pub rule: String,
    /// Its new severity.
    pub severity: Severity,
}

/// `[severity]`, in the order of the file.
struct Regrades;

impl FromToml for Regrades {
    type Value = Vec<Positioned<SeverityOverride>>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        let reader = field.table.reader;
        let Some(entries) = value.get_ref().as_table() else {
            let names: Vec<_> = Severity::WORDS.iter().map(|(name, _)| *name).collect();
            let expected = "a table with a line for each rule, such as uuid-key = \"low\"";
            field.problem(
                value,
                format!("`severity` must be {expected}; the severities are {}", quoted(&names)),
            );
            return None;
        };
        let mut entries: Vec<_> = entries.iter().collect();
        entries.cold_sort_by_key(|(key, _)| key.span().start);
        let severity_override = |(key, value): (&Spanned<DeString<'_>>, &Value<'_>)| {
            let rule = key.get_ref().to_string();
            reader.names_rule(&rule, key.span());
            let severity = reader.word(&format!("the severity of {rule}"), Severity::WORDS, value)?;
            Some(reader.at(SeverityOverride { rule, severity }, &key.span()))
        };
        Some(entries.into_iter().filter_map(severity_override).collect())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": Severity::schema(generator) })
    }
}

/// The JSON Schema of the configuration file, which editors use for completion and validation.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Config>().to_value();
    schema["title"] = json!("skanner configuration");
    schema["definitions"]["Allow"]["anyOf"] =
        json!([{ "required": ["paths"] }, { "required": ["fingerprints"] }, { "required": ["values"] }]);
    let without =
        |keys: Vec<&str>| -> Vec<_> { keys.iter().map(|key| json!({ "required": [key] })).collect() };
    let of_shapes = OF_SHAPES.iter().map(|(key, _)| *key).collect();
    schema["definitions"]["Form"]["oneOf"] = json!([
        { "required": ["shapes"], "not": { "anyOf": without(OF_EXPRESSIONS.to_vec()) } },
        { "required": ["regex"], "not": { "anyOf": without(of_shapes) } },
    ]);
    schema
}
