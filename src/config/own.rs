//! `[[rule]]`: rules of one's own, in the form of `rules/*.toml`. They are held to what the engine relies on, and to what
//! keeps a scan fast whatever stands here.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    At,
    parse::{CONFIDENCES, SEVERITIES},
    table::{Reader, Table, Value},
};
use crate::{
    report::visible,
    rule::{ContextWord, Edges, Form, Part, Rule, RuleSet, Shape},
};

/// The keys of `[[rule]]`: those of a rule in `rules/*.toml`, and those of such a file's head.
pub(super) const RULE_KEYS: [&str; 14] = [
    "id",
    "issuer",
    "title",
    "opens",
    "severity",
    "shared",
    "names",
    "hosts",
    "words",
    "revoke_url",
    "steps",
    "examples",
    "counter_examples",
    "form",
];

/// The keys of `[[rule.form]]`.
pub(super) const FORM_KEYS: [&str; 6] =
    ["shapes", "confidence", "with_evidence", "needs_evidence", "edges", "why"];

pub(super) const EDGES: [(&str, Edges); 3] =
    [("strict", Edges::Strict), ("word", Edges::Word), ("open", Edges::Open)];

/// What the search needs of a shape's beginning, in bytes.
const LEAST_PREFIX: usize = 3;

/// Changes are looked at so far round them that a key may begin at most this long before its anchor, in bytes; escapes are
/// undone from about as far before a separator on. See `scan/change.rs` and `decode/escape/`.
const LONGEST_PREFIX: usize = 64;

/// Engine and windows rely on keys being a good deal shorter than [`crate::blob::WINDOW`], in bytes.
const LONGEST_SHAPE: usize = 512;

/// Examples hold a key and what stands round it, in bytes.
const LONGEST_EXAMPLE: usize = 64 << 10;

/// In how many ways a shape may be laid over a text; each may have to be tried wherever it begins.
const MOST_WAYS: usize = 4096;

/// More rules than this are a sign of another mistake, and would make the tables of the search large.
const MOST_RULES: usize = 256;

/// The same for the shapes of all of them.
const MOST_SHAPES: usize = 256;

pub(super) fn rules(reader: &Reader<'_>, entries: &[&Value<'_>]) -> Vec<At<Arc<Rule>>> {
    if let Some(one_more) = entries.get(MOST_RULES) {
        reader.problem(one_more.span(), format!("there are more than {MOST_RULES} rules"));
        return Vec::new();
    }
    let mut ids: BTreeMap<String, u64> = BTreeMap::new();
    let mut shapes = 0;
    let mut rules = Vec::new();
    for entry in entries {
        let Some(table) = reader.table("[[rule]]", &RULE_KEYS, entry) else { continue };
        let Some(rule) = rule(&table) else { continue };
        shapes += rule.forms.iter().map(|form| form.shapes.len()).sum::<usize>();
        if shapes > MOST_SHAPES {
            reader.problem(table.span(), format!("there are more than {MOST_SHAPES} shapes"));
            break;
        }
        let id = table.get("id").map_or_else(|| table.span(), Value::span);
        if RuleSet::builtin().get(&rule.id).is_some() {
            reader.problem(
                id,
                format!(
                    "`{}` is a built-in rule; give yours another id, or re-grade that one in [severity]",
                    rule.id
                ),
            );
            continue;
        }
        let place = table.place();
        if let Some(line) = ids.insert(rule.id.clone(), place.line) {
            reader.problem(id, format!("there is a rule `{}` in line {line} already", rule.id));
            continue;
        }
        rules.push(At { value: Arc::new(rule), place });
    }
    rules
}

fn rule(table: &Table<'_, '_>) -> Option<Rule> {
    let id = table
        .required("id", "give it a name for reports and options, such as id = \"acme-api-key\"")
        .and_then(|value| identifier(table.reader, value));
    let issuer = required_text(table, "issuer", "say who issues the keys");
    let title = required_text(table, "title", "say in a few words what the key is");
    let opens = required_text(table, "opens", "say in a sentence what a stranger can do with the key");
    let severity = table
        .required("severity", "say how bad a leak is: critical, high, medium or low")
        .and_then(|value| table.reader.word("`severity`", &SEVERITIES, value));
    let [names, hosts, words, steps] = ["names", "hosts", "words", "steps"].map(|key| texts(table, key));
    let revoke_url = table.get("revoke_url").and_then(|value| text(table.reader, "revoke_url", value));
    if let (Some(url), Some(value)) = (&revoke_url, table.get("revoke_url"))
        && !url.starts_with("https://")
    {
        table.reader.problem(value.span(), "`revoke_url` must begin with https://");
    }
    let examples = shapes(table, "examples", "give texts in which it must find a key", example);
    let counter_examples =
        shapes(table, "counter_examples", "give texts that look like such a key and are none", example);
    let shared = table.get("shared").and_then(|value| table.reader.boolean("`shared`", value));
    let context = ContextWord::all(names.iter().chain(&hosts).chain(&words));
    let forms = forms(table, !context.is_empty());
    Some(Rule {
        id: id?,
        issuer: issuer?.into(),
        title: title?,
        opens: opens?,
        severity: severity?,
        shared: shared.unwrap_or_default(),
        names,
        hosts,
        words,
        context,
        revoke_url: revoke_url.unwrap_or_default(),
        steps,
        forms: forms?,
        examples: examples?,
        counter_examples: counter_examples?,
        place: Some(table.place().to_string().into()),
    })
}

fn forms(table: &Table<'_, '_>, has_context: bool) -> Option<Vec<Form>> {
    let value = table.required("form", "say how the key is written, under [[rule.form]]")?;
    if value.get_ref().is_table() {
        table.reader.problem(value.span(), "there may be several: write [[rule.form]] with two brackets");
        return None;
    }
    let entries = table.reader.array("`form`", "an array of tables, each under [[rule.form]]", value);
    if entries.is_empty() && value.get_ref().is_array() {
        table.missing("has no form: say how the key is written, under [[rule.form]]");
    }
    let forms: Vec<_> = entries.iter().map(|entry| form(table.reader, entry, has_context)).collect();
    forms.into_iter().collect::<Option<Vec<_>>>().filter(|forms| !forms.is_empty())
}

fn form(reader: &Reader<'_>, value: &Value<'_>, has_context: bool) -> Option<Form> {
    let table = reader.table("[[rule.form]]", &FORM_KEYS, value)?;
    let shapes =
        shapes(&table, "shapes", "say how the key is written, such as [\"acme-{A:32}\"]", searchable);
    let confidence = table
        .required("confidence", "say how sure a match is: certain, likely or possible")
        .and_then(|value| reader.word("`confidence`", &CONFIDENCES, value));
    let with_evidence =
        table.get("with_evidence").and_then(|value| reader.word("`with_evidence`", &CONFIDENCES, value));
    let needs_evidence = table.get("needs_evidence").and_then(|value| {
        let needs = reader.boolean("`needs_evidence`", value)?;
        if needs && !has_context {
            reader.problem(
                value.span(),
                "the rule needs evidence, but has no `names`, `hosts` or `words` to look for",
            );
        }
        Some(needs)
    });
    let edges = table.get("edges").and_then(|value| reader.word("`edges`", &EDGES, value));
    let why = required_text(&table, "why", "say what convinces, as the end of \"because it has …\"");
    Some(Form {
        shapes: shapes?,
        confidence: confidence?,
        with_evidence,
        needs_evidence: needs_evidence.unwrap_or_default(),
        edges: edges.unwrap_or_default(),
        why: why?,
    })
}

fn identifier(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let id = reader.string("`id`", "a name, such as \"acme-api-key\"", value)?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.bytes().all(is_plain) && id.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Some(id.to_owned());
    }
    reader.problem(
        value.span(),
        format!("`{id}` is no id of a rule: that has lower-case letters, digits and dashes, and begins with a letter"),
    );
    None
}

/// A text that is shown in reports: one line, and nothing that steers a terminal.
fn text(reader: &Reader<'_>, key: &str, value: &Value<'_>) -> Option<String> {
    let text = reader.string(&format!("`{key}`"), "a text in quotes", value)?;
    let problem = |message: &str| reader.problem(value.span(), format!("`{key}` {message}"));
    if text.trim().is_empty() {
        problem("is empty");
        return None;
    }
    if visible(text) != text || text.contains('\t') {
        problem("holds a control character, which does not belong in a report");
        return None;
    }
    Some(text.to_owned())
}

fn required_text(table: &Table<'_, '_>, key: &str, why: &str) -> Option<String> {
    text(table.reader, key, table.required(key, why)?)
}

fn texts(table: &Table<'_, '_>, key: &str) -> Vec<String> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let values = table.reader.array(&format!("`{key}`"), "an array of texts", value);
    values.into_iter().filter_map(|value| text(table.reader, key, value)).collect()
}

/// The shapes of a list that must not be empty. Nothing if one of them is bad.
fn shapes(
    table: &Table<'_, '_>,
    key: &'static str,
    why: &str,
    check: fn(&Shape) -> Result<(), String>,
) -> Option<Vec<Shape>> {
    let value = table.required(key, why)?;
    let reader = table.reader;
    let values = reader.array(&format!("`{key}`"), "an array of shapes, such as [\"acme-{A:32}\"]", value);
    if values.is_empty() && value.get_ref().is_array() {
        reader.problem(value.span(), format!("`{key}` is empty: {why}"));
    }
    let shape = |value: &&Value<'_>| {
        let source = reader.string(&format!("one of `{key}`"), "a shape, such as \"acme-{A:32}\"", value)?;
        let shape = Shape::parse(source).map_err(|error| format!("{error:#}"));
        let checked = shape.and_then(|shape| check(&shape).map(|()| shape));
        checked.map_err(|why| reader.problem(value.span(), format!("bad shape: {why}"))).ok()
    };
    let shapes: Vec<_> = values.iter().map(shape).collect();
    shapes.into_iter().collect::<Option<Vec<_>>>().filter(|shapes| !shapes.is_empty())
}

fn example(shape: &Shape) -> Result<(), String> {
    if shape.lengths().1 > LONGEST_EXAMPLE {
        return Err(format!("{:?} makes texts of more than {LONGEST_EXAMPLE} bytes", shape.source()));
    }
    Ok(())
}

/// Whether the engine can look for it, and does so in reasonable time.
fn searchable(shape: &Shape) -> Result<(), String> {
    let source = shape.source();
    if !source.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(format!("{source:?} must be printable ASCII, as keys are"));
    }
    if shape.prefix().len() < LEAST_PREFIX {
        return Err(format!(
            "{source:?} must begin with {LEAST_PREFIX} literal bytes or more, to be searched by"
        ));
    }
    if shape.prefix().len() > LONGEST_PREFIX {
        return Err(format!(
            "{source:?} begins with more than {LONGEST_PREFIX} literal bytes; leave some of them out"
        ));
    }
    if shape.lengths().1 > LONGEST_SHAPE {
        return Err(format!(
            "{source:?} fits keys of more than {LONGEST_SHAPE} bytes; give its parts smaller lengths"
        ));
    }
    if ways(shape) > MOST_WAYS {
        return Err(format!(
            "{source:?} fits in more than {MOST_WAYS} ways, which would be slow; let fewer parts vary in length, or end \
             them with a literal that they cannot hold"
        ));
    }
    Ok(())
}

/// In how many ways the lengths of the parts can be chosen. What a literal ends that the part cannot hold has one.
fn ways(shape: &Shape) -> usize {
    let parts = shape.parts();
    let count = |at: usize| match (&parts[at], parts.get(at + 1)) {
        (Part::Run(class, lengths), Some(Part::Literal(next)))
            if lengths.len() == 1 && !class.has(next[0]) =>
        {
            1
        }
        (Part::Run(_, lengths), _) => lengths.iter().map(|(least, most)| most - least + 1).sum(),
        (Part::Structure(named), _) => named.lengths.1 - named.lengths.0 + 1,
        (Part::Literal(_), _) => 1,
    };
    (0..parts.len()).map(count).fold(1, usize::saturating_mul)
}
