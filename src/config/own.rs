//! `[[rule]]`: custom rules, in the same format as `rules/*.toml`. They are checked against what the engine relies on,
//! and against limits that keep a scan fast whatever they say.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    expression::{Condition, Digits, Entropy, KeywordText, Searched},
    fields::{Element, Field, Finish, FromToml, Keys, elements, object, read_tables},
    place::Positioned,
    reader::{TomlTable, Value},
    text::{Id, SharedText, Text, Url},
};
use crate::rule::{
    Confidence, Edges, Expression, Family, Form, Github, Guidance, MOST_COMPILED, MOST_EXPRESSIONS, Part,
    Rule, RuleSet, Severity, Shape, rule_tables,
};
use schemars::{Schema, SchemaGenerator, json_schema};

rule_tables!(read_tables);

/// The shortest literal prefix that the search needs, in bytes.
const LEAST_PREFIX: usize = 3;

/// The longest text that may precede the anchor of a key, in bytes. The search around changes looks back this far, and
/// escapes are decoded from about this far before a separator. See `scan/change.rs` and `decode/escape/`.
const LONGEST_PREFIX: usize = 64;

/// The engine and its windows rely on keys being much shorter than [`crate::blob::WINDOW`], in bytes.
const LONGEST_SHAPE: usize = 512;

/// The longest example, a key with its surroundings, in bytes.
const LONGEST_EXAMPLE: usize = 64 << 10;

/// In how many ways a shape may be matched against a text. Each may have to be tried at every start.
const MOST_WAYS: usize = 4096;

/// More rules than this suggest some other mistake.
const MOST_RULES: usize = 5000;

/// More shapes would make the tables of the search large.
const MOST_SHAPES: usize = 256;

/// The most bytes of all regular expressions together.
const MOST_SOURCE: usize = 4 << 20;

/// All custom rules.
pub(super) struct OwnRules;

impl FromToml for OwnRules {
    type Value = Vec<Positioned<Arc<Rule>>>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        let entries = elements::<Rule>(field, value)?;
        if let Some(one_more) = entries.get(MOST_RULES) {
            field.problem(one_more, format!("there are more than {MOST_RULES} rules"));
            return None;
        }
        let mut ids: BTreeMap<String, u64> = BTreeMap::new();
        let mut total = Totals::default();
        let mut rules = Vec::new();
        for entry in entries {
            let Some(Positioned { value: rule, place }) = Positioned::<Rule>::read(field, entry) else {
                continue;
            };
            if let Err(what) = total.add(&rule) {
                field.problem(entry, what);
                break;
            }
            let id = &rule.id;
            let at = entry.get_ref().get("id").unwrap_or(entry);
            if RuleSet::builtin().get(id).is_some() {
                let hint =
                    "give your rule another id, or change the severity of the built-in one in [severity]";
                field.problem(at, format!("`{id}` is a built-in rule; {hint}"));
            } else if let Some(line) = ids.insert(id.clone(), place.line) {
                field.problem(at, format!("the rule `{id}` is already defined on line {line}"));
            } else {
                rules.push(Positioned { value: Arc::new(rule), place });
            }
        }
        Some(rules)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Rule>::schema(generator)
    }
}

/// What all rules have together.
#[derive(Default)]
struct Totals {
    shapes: usize,
    expressions: usize,
    source: usize,
    compiled: usize,
}

impl Totals {
    fn add(&mut self, rule: &Rule) -> Result<(), String> {
        let forms = || rule.forms.iter();
        self.shapes += forms().map(|form| form.shapes.len()).sum::<usize>();
        self.expressions += forms().filter(|form| form.regex.is_some()).count();
        let expressions = || forms().flat_map(|form| form.regex.iter().chain(&form.not).chain(&form.path));
        self.source += expressions().map(|one| one.source().len()).sum::<usize>();
        self.compiled += expressions().map(|one| Expression::size(one)).sum::<usize>();
        let limits = [
            (self.shapes, MOST_SHAPES, "shapes"),
            (self.expressions, MOST_EXPRESSIONS, "regular expressions"),
            (self.source, MOST_SOURCE, "bytes of regular expressions"),
            (self.compiled, MOST_COMPILED, "bytes that regular expressions take, compiled"),
        ];
        match limits.into_iter().find(|(count, most, _)| count > most) {
            Some((_, most, what)) => Err(format!("there are more than {most} {what}")),
            None => Ok(()),
        }
    }
}

/// Checks that rules that are not built in do not take more memory and time than a scan can afford.
///
/// # Errors
/// Says of what there is too much.
pub(crate) fn check_totals<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<(), String> {
    let mut total = Totals::default();
    let mut count = 0;
    for rule in rules {
        count += 1;
        total.add(rule)?;
    }
    if count > MOST_RULES { Err(format!("there are more than {MOST_RULES} rules")) } else { Ok(()) }
}

impl Finish for Rule {
    fn finish(read: Option<Self>, table: &TomlTable<'_, '_>) -> Option<Self> {
        let elements = |key: &str| table.get(key).and_then(|value| value.get_ref().as_array());
        if ["names", "hosts", "words"].iter().all(|key| elements(key).is_none_or(|texts| texts.is_empty())) {
            let forms = elements("form").into_iter().flat_map(|forms| forms.iter());
            let requires = forms.filter_map(|form| form.get_ref().get("requires_context"));
            for value in requires.filter(|value| value.get_ref().as_bool() == Some(true)) {
                let what = "the rule requires context, but has no `names`, `hosts` or `words` to look for";
                table.reader.problem(value.span(), what);
            }
        }
        Some(Self { place: Some(table.place().to_string().into()), ..read?.complete() })
    }
}

impl Element for Rule {
    const ARRAY: &'static str = "an array of tables, each under [[rule]]";
    const MAY_BE_EMPTY: bool = true;
    const SINGLE: Option<&'static str> = Some("there may be several: write [[rule]] with two brackets");
}

impl Finish for Guidance {}

impl Element for Form {
    const ARRAY: &'static str = "an array of tables, each under [[rule.form]]";
    const SINGLE: Option<&'static str> = Some("there may be several: write [[rule.form]] with two brackets");

    fn say_empty(field: &Field<'_, '_>, _: &Value<'_>) {
        field.table.missing(&format!("has no form: {}", field.why.unwrap_or_default()));
    }
}

/// A shape that the engine can search for.
struct Searchable;

/// A shape that generates texts.
struct Example;

macro_rules! shapes {
    ($($name:ident: $check:ident, $otherwise:ident, $items:tt;)+) => {$(
        impl FromToml for $name {
            type Value = Shape;

            fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Shape> {
                let what = format!("one of `{}`", field.key);
                let source = field.table.reader.string(&what, "a shape, such as \"acme-{A:32}\"", value)?;
                let shape = Shape::parse(source).map_err(|error| format!("{error:#}"));
                let shape = shape.or_else(|why| $otherwise(field, source).ok_or(why));
                let checked = shape.and_then(|shape| $check(&shape).map(|()| shape));
                checked.map_err(|why| field.problem(value, format!("bad shape: {why}"))).ok()
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($items)
            }
        }

        impl Element for $name {
            const ARRAY: &'static str = "an array of shapes, such as [\"acme-{A:32}\"]";
        }
    )+};
}
shapes! {
    Searchable: searchable, nothing, { "type": "string", "pattern": "^[ -~]*$" };
    Example: short, plain_text, { "type": "string" };
}

/// What is no shape is none.
fn nothing(_: &Field<'_, '_>, _: &str) -> Option<Shape> {
    None
}

/// The examples of rules with regular expressions may be texts as they are, such as JSON, whose braces are no parts.
fn plain_text(field: &Field<'_, '_>, source: &str) -> Option<Shape> {
    let forms = field.table.get("form")?.get_ref().as_array()?;
    let has = |key: &str| forms.iter().any(|form| form.get_ref().get(key).is_some());
    (has("regex") && !has("shapes") && !source.is_empty()).then(|| Shape::literal(source))
}

fn short(shape: &Shape) -> Result<(), String> {
    if shape.lengths().1 > LONGEST_EXAMPLE {
        return Err(format!("{:?} generates texts of more than {LONGEST_EXAMPLE} bytes", shape.source()));
    }
    Ok(())
}

/// Checks that the engine can search for a shape in reasonable time.
fn searchable(shape: &Shape) -> Result<(), String> {
    let source = shape.source();
    if !source.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(format!("{source:?} must be printable ASCII, as keys are"));
    }
    if shape.prefix().len() < LEAST_PREFIX {
        return Err(format!(
            "{source:?} must begin with at least {LEAST_PREFIX} literal bytes, which the search needs"
        ));
    }
    if shape.prefix().len() > LONGEST_PREFIX {
        return Err(format!(
            "{source:?} begins with more than {LONGEST_PREFIX} literal bytes; shorten this prefix"
        ));
    }
    if shape.lengths().1 > LONGEST_SHAPE {
        return Err(format!(
            "{source:?} matches keys of more than {LONGEST_SHAPE} bytes; use smaller lengths for its parts"
        ));
    }
    if ways(shape) > MOST_WAYS {
        return Err(format!(
            "{source:?} can match in more than {MOST_WAYS} ways, which would be slow; let fewer parts vary in length, or \
             end them with a literal that they cannot contain"
        ));
    }
    Ok(())
}

/// In how many ways the lengths of the parts can be chosen. A part that ends at a literal it cannot contain has only
/// one.
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
