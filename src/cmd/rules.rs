//! `skanner rules`: lists the rules, and runs their examples through the engine.

use std::{fmt::Write, path::Path, sync::Arc};

use anyhow::Result;
use serde::Serialize;

use super::{
    console::{self, Console},
    foreign_rules, options, try_rule,
};
use crate::{
    blob::Content,
    cli::{ConfigArgs, FamilyArgs, ListFormat, RulesArgs, RulesCommand, SettingArgs},
    config::Settings,
    finding::Detection,
    json_text,
    report::hang,
    rule::{Confidence, Family, Rule, RuleSet, Severity, Shape},
    scan::{Engine, Scratch},
    session::{ConfigStart, Verdict, look_up, or_builtin},
};

/// How many keys are generated from each shape.
const EACH: usize = 20;

pub(super) fn run(args: &RulesArgs, console: &Console) -> Result<Verdict> {
    match &args.command {
        None => list(&args.family, &args.config, ListFormat::Text, console),
        Some(RulesCommand::List { format, family, config }) => list(family, config, *format, console),
        Some(RulesCommand::Try(args)) => try_rule::run(args, console),
        Some(RulesCommand::Test { seed, config }) => test(known(config, console)?, *seed, console),
    }
}

/// The rules in effect, if they differ from the built-in ones.
pub(super) fn known(config: &ConfigArgs, console: &Console) -> Result<Option<Arc<RuleSet>>> {
    Ok(settings(&FamilyArgs::default(), config, console)?.rule_set())
}

fn settings(family: &FamilyArgs, config: &ConfigArgs, console: &Console) -> Result<Settings> {
    let args = SettingArgs { family: family.clone(), config: config.clone(), ..SettingArgs::default() };
    let options = options::of_settings(&args)?;
    look_up(&options, ConfigStart::Path(Path::new(".")), &console.redactor)
}

/// Prints text from rules. Custom rules and their examples may contain keys.
pub(super) fn print(text: &str, has_own_rules: bool, console: &Console) -> Result<Verdict> {
    if has_own_rules { console.print(text) } else { console.print_own(text) }
}

/// A rule as shown by `skanner rules list --format json`.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    family: Family,
    issuer: &'a str,
    title: &'a str,
    impact: &'a str,
    severity: Severity,
    revoke_url: &'a str,
    names: &'a [String],
    hosts: &'a [String],
    words: &'a [String],
    forms: Vec<ListedForm<'a>>,
    examples: Vec<&'a str>,
    counter_examples: Vec<&'a str>,
    /// Where the rule is defined. Only for custom rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
}

#[derive(Serialize)]
struct ListedForm<'a> {
    shapes: Vec<&'a str>,
    /// The regular expression in place of shapes. Only of custom rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<&'a str>,
    confidence: Confidence,
    confidence_with_context: Confidence,
    requires_context: bool,
    why: &'a str,
}

impl<'a> From<&'a Rule> for Listed<'a> {
    fn from(rule: &'a Rule) -> Self {
        let sources = |shapes: &'a [Shape]| shapes.iter().map(Shape::source).collect();
        let forms = rule.forms.iter().map(|form| ListedForm {
            shapes: sources(&form.shapes),
            regex: form.regex.as_ref().map(|regex| regex.source()),
            confidence: form.confidence,
            confidence_with_context: form.confidence_with_context(),
            requires_context: form.requires_context,
            why: &form.why,
        });
        let (examples, counter_examples) = rule.examples();
        Self {
            id: &rule.id,
            family: rule.family,
            issuer: &rule.issuer,
            title: &rule.title,
            impact: &rule.impact,
            severity: rule.severity,
            revoke_url: &rule.revoke_url,
            names: &rule.names,
            hosts: &rule.hosts,
            words: &rule.words,
            forms: forms.collect(),
            examples: sources(examples),
            counter_examples: sources(counter_examples),
            place: rule.place.as_deref(),
        }
    }
}

fn list(family: &FamilyArgs, config: &ConfigArgs, format: ListFormat, console: &Console) -> Result<Verdict> {
    let settings = settings(family, config, console)?;
    let own = settings.rule_set();
    // A configuration that looks for one family still has the rules of the other one.
    let is_asked = settings.families.from.is_requested();
    let is_listed = |rule: &&Arc<Rule>| !is_asked || settings.families().has(rule.family);
    let rules: Vec<_> = or_builtin(own.as_ref()).iter().filter(is_listed).collect();
    match format {
        ListFormat::Json => {
            let rules: Vec<Listed<'_>> = rules.iter().map(|rule| Listed::from(&***rule)).collect();
            print(&format!("{}\n", json_text::pretty(&rules)?), own.is_some(), console)
        }
        ListFormat::Text => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
            let mut table = String::new();
            for rule in &rules {
                let place = rule.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
                let Rule { id, family, severity, title, .. } = &***rule;
                let label = format!("{id:width$}  {family:2}  {severity:8}  ");
                for line in hang(&label, &format!("{title}{place}"), console::width()) {
                    let _ = writeln!(table, "{line}");
                }
            }
            table.push_str(&foreign_rules::not_counted(settings.rule_files()));
            print(&table, own.is_some(), console)
        }
    }
}

/// Every shape and every example must be found by its rule, and no counterexample at the default confidence.
fn test(own: Option<Arc<RuleSet>>, seed: u64, console: &Console) -> Result<Verdict> {
    let engine = Engine::with_rules(own.clone(), Confidence::Possible, Some(console.redactor.masker()));
    let rules = or_builtin(own.as_ref());
    let mut bench = RuleTester { engine, scratch: Scratch::default() };
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut failures = String::new();
    let mut count = 0;
    for rule in rules.iter() {
        let mut fail = |what: &str, shape: &Shape, found: &[Detection]| {
            let found = found
                .iter()
                .map(|one| format!("{} ({})", one.rule.id, one.confidence))
                .collect::<Vec<_>>()
                .join(", ");
            let found = if found.is_empty() { "nothing" } else { &found };
            let _ = writeln!(failures, "{}: {what} {:?}: found {found}", rule.id, shape.source());
        };
        for _ in 0..EACH {
            for (form, shape) in
                rule.forms.iter().flat_map(|form| form.shapes.iter().map(move |shape| (form, shape)))
            {
                let key = shape.generate(&mut rng);
                let name = if form.requires_context { rule.context.first() } else { None };
                let text = name.map_or_else(|| key.clone(), |name| format!("{} = \"{key}\"", name.shown));
                let found = bench.scan(&text);
                count += 1;
                if !found.iter().any(|one| {
                    is_of(one, rule) && one.confidence >= form.confidence && one.secret.reveal() == key
                }) {
                    fail("shape", shape, &found);
                }
            }
            let (examples, counter_examples) = rule.examples();
            for example in examples {
                let found = bench.scan(&example.generate(&mut rng));
                count += 1;
                if !found.iter().any(|one| is_of(one, rule)) {
                    fail("example", example, &found);
                }
            }
            for counter_example in counter_examples {
                let found = bench.scan(&counter_example.generate(&mut rng));
                count += 1;
                if found.iter().any(|one| one.rule.id == rule.id && one.confidence >= Confidence::Likely) {
                    fail("counter-example", counter_example, &found);
                }
            }
        }
    }
    if failures.is_empty() {
        console.print_own(&format!("{} rules, {count} texts, all as expected\n", rules.iter().count()))
    } else {
        print(&failures, own.is_some(), console)?;
        Ok(Verdict::Findings)
    }
}

/// Whether the detection names the rule, or a shape shared with other rules of its issuer.
fn is_of(detection: &Detection, rule: &Rule) -> bool {
    detection.rule.id == rule.id
        // Whatever else finds the key comes first.
        || rule.fallback
        || detection.candidates.iter().any(|candidate| candidate.issuer == rule.issuer)
}

struct RuleTester {
    engine: Engine,
    scratch: Scratch,
}

impl RuleTester {
    fn scan(&mut self, text: &str) -> Vec<Detection> {
        let mut found = Vec::new();
        // Reading from memory cannot fail.
        let _ = self
            .engine
            .scan(Content::Bytes(text.as_bytes()), &mut self.scratch, &mut 0, |one| found.push(one));
        found
    }
}
