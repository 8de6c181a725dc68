//! Reading rules: the built-in ones, embedded by `build.rs`.

use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{ContextWord, Form, Rule, Severity, Shape};

/// The literals to search for, known before any rule is parsed.
pub mod literals {
    include!(concat!(env!("OUT_DIR"), "/anchors.rs"));
}

/// One file of `rules/`: an issuer and its kinds of keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerFile {
    issuer: Arc<str>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    revoke_url: String,
    rule: Vec<RuleEntry>,
}

/// One `[[rule]]`; what it leaves out is taken from its file's head.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    title: String,
    opens: String,
    severity: Severity,
    #[serde(default)]
    shared: bool,
    names: Option<Vec<String>>,
    hosts: Option<Vec<String>>,
    words: Option<Vec<String>>,
    revoke_url: Option<String>,
    #[serde(default)]
    steps: Vec<String>,
    form: Vec<Form>,
    examples: Vec<Shape>,
    counter_examples: Vec<Shape>,
}

/// All rules of a run.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
}

impl RuleSet {
    /// The built-in rules, parsed at the first call.
    ///
    /// # Panics
    /// Never in a tested build: the embedded text is the one the tests parse.
    pub fn builtin() -> &'static RuleSet {
        static BUILTIN: OnceLock<RuleSet> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let text = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
            let files: Vec<IssuerFile> = serde_json::from_str(text).expect("the embedded rules parse");
            Self::from_files(files).expect("the embedded rules are valid")
        })
    }

    fn from_files(files: Vec<IssuerFile>) -> Result<Self> {
        let mut rules: Vec<Arc<Rule>> = Vec::new();
        for file in files {
            let head = IssuerFile { rule: Vec::new(), ..file };
            for entry in file.rule {
                let id = entry.id.clone();
                let rule = complete(&head, entry).with_context(|| format!("rule {id}"))?;
                ensure!(rules.iter().all(|other| other.id != rule.id), "rule {id} is there twice");
                rules.push(Arc::new(rule));
            }
        }
        Ok(Self { rules })
    }

    /// The built-in rules and those of a configuration, some of them of another severity than they say.
    #[must_use]
    pub fn with(
        own: impl IntoIterator<Item = Arc<Rule>>,
        severity: impl Fn(&Rule) -> Option<Severity>,
    ) -> Self {
        let regraded = |rule: Arc<Rule>| match severity(&rule) {
            Some(severity) if severity != rule.severity => Arc::new(Rule { severity, ..Rule::clone(&rule) }),
            _ => rule,
        };
        let rules = Self::builtin().rules.iter().cloned().chain(own).map(regraded);
        Self { rules: rules.collect() }
    }

    /// The rules that are not built in.
    pub fn own(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.iter().filter(|rule| rule.place.is_some())
    }

    /// Every rule, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.iter()
    }

    /// The rule with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

fn complete(head: &IssuerFile, entry: RuleEntry) -> Result<Rule> {
    ensure!(!entry.form.is_empty(), "has no form");
    ensure!(!entry.examples.is_empty(), "has no example");
    ensure!(!entry.counter_examples.is_empty(), "has no counter-example");
    let names = entry.names.unwrap_or_else(|| head.names.clone());
    let hosts = entry.hosts.unwrap_or_else(|| head.hosts.clone());
    let words = entry.words.unwrap_or_else(|| head.words.clone());
    let context = ContextWord::all(names.iter().chain(&hosts).chain(&words));
    let needs_evidence = entry.form.iter().any(|form| form.needs_evidence);
    ensure!(!needs_evidence || !context.is_empty(), "needs evidence, but names nothing to look for");
    Ok(Rule {
        id: entry.id,
        issuer: head.issuer.clone(),
        title: entry.title,
        opens: entry.opens,
        severity: entry.severity,
        shared: entry.shared,
        names,
        hosts,
        words,
        context,
        revoke_url: entry.revoke_url.unwrap_or_else(|| head.revoke_url.clone()),
        steps: entry.steps,
        forms: entry.form,
        examples: entry.examples,
        counter_examples: entry.counter_examples,
        place: None,
    })
}
