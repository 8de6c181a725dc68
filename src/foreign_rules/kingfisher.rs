//! Kingfisher, and Nosey Parker where it is the same. See `src/rules/rule.rs` of Kingfisher.

use std::sync::Arc;

use super::{
    draft::RuleDraft,
    model::{ForeignRules, RuleFileError, RuleTool},
};
use crate::{
    rule::Confidence,
    yaml::{self, YamlNode},
};

/// What Kingfisher finds without a confidence of its own.
const CONFIDENCE: Confidence = Confidence::Likely;

pub(super) fn read(shown: &Arc<str>, text: &str) -> Result<ForeignRules, RuleFileError> {
    let root = yaml::parse(text).map_err(|error| RuleFileError::at(error.line, error.why))?;
    let none = || RuleFileError::whole("there is no list `rules`, so these are no rules of Kingfisher");
    let YamlNode::Map(root) = root else { return Err(none()) };
    let mut out = ForeignRules::of(RuleTool::Kingfisher);
    let mut rules = None;
    for (line, key, value) in root {
        match (key.as_str(), value) {
            ("rules", YamlNode::List(all)) => rules = Some(all),
            _ => out.leave_out(shown, line, format!("`{key}`"), "Kingfisher has no such key"),
        }
    }
    for (line, rule) in rules.ok_or_else(none)? {
        let YamlNode::Map(entries) = rule else {
            return Err(RuleFileError::at(line, "a rule must be a mapping, such as `- name: …`"));
        };
        add(shown, line, entries, &mut out)?;
    }
    Ok(out)
}

fn add(
    file: &Arc<str>,
    line: u64,
    entries: Vec<(u64, String, YamlNode)>,
    out: &mut ForeignRules,
) -> Result<(), RuleFileError> {
    let mut draft = RuleDraft {
        tool: RuleTool::Kingfisher,
        file: file.clone(),
        line,
        id: String::new(),
        title: String::new(),
        regex: String::new(),
        group: None,
        keywords: Vec::new(),
        entropy: 0.0,
        path: None,
        allowlists: Vec::new(),
        confidence: CONFIDENCE,
        examples: Vec::new(),
        counter_examples: Vec::new(),
    };
    let mut is_visible = true;
    let mut parts = Vec::new();
    for (line, key, value) in entries {
        let bad = |what: &str| Err(RuleFileError::at(line, format!("`{key}` of a rule must be {what}")));
        match (key.as_str(), value) {
            ("id", YamlNode::Text(text)) => draft.id = text,
            ("name", YamlNode::Text(text)) => draft.title = text,
            ("pattern", YamlNode::Text(text)) => draft.regex = text,
            ("id" | "name" | "pattern", _) => return bad("a text"),
            ("min_entropy", YamlNode::Text(text)) => match text.parse() {
                Ok(bits) => draft.entropy = bits,
                Err(_) => return bad("a number"),
            },
            ("confidence", YamlNode::Text(text)) => match text.as_str() {
                "low" => draft.confidence = Confidence::Possible,
                "medium" | "high" => draft.confidence = Confidence::Likely,
                _ => return bad("low, medium or high"),
            },
            ("visible", YamlNode::Text(text)) => is_visible = text != "false",
            ("examples", YamlNode::List(all)) => draft.examples = texts(all),
            ("negative_examples", YamlNode::List(all)) => draft.counter_examples = texts(all),
            ("categories" | "references" | "description" | "prevalidated", _) => {}
            ("validation" | "revocation", _) => {
                parts.push((line, key, "keys are not tried out: skanner opens no network connection"));
            }
            ("depends_on_rule", _) => parts.push((line, key, "what it is for, validation, is not done")),
            ("pattern_requirements", _) => {
                parts.push((
                    line,
                    key,
                    "what else a key must have is not asked for: more is found than with it",
                ));
            }
            _ => parts.push((line, key, "it is not understood")),
        }
    }
    if draft.id.trim().is_empty() {
        out.unused += 1;
        out.leave_out(file, line, "a rule", "it has no `id`");
        return Ok(());
    }
    for (line, key, why) in parts {
        let what = format!("{key} of the rule `{}`", draft.id);
        match key.as_str() {
            "validation" | "revocation" | "depends_on_rule" => out.pass_over(file, line, what, why),
            _ => out.leave_out(file, line, what, why),
        }
    }
    if !is_visible {
        out.unused += 1;
        let why = "it has `visible: false`: it only counts together with another one";
        out.leave_out(file, line, format!("rule `{}`", draft.id), why);
        return Ok(());
    }
    // Kingfisher takes the first group, whether it takes part or not.
    out.add(draft);
    Ok(())
}

fn texts(all: Vec<(u64, YamlNode)>) -> Vec<String> {
    let text = |(_, node)| match node {
        YamlNode::Text(text) => Some(text),
        _ => None,
    };
    all.into_iter().filter_map(text).collect()
}
