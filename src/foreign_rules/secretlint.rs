//! secretlint: the patterns of its rule `@secretlint/secretlint-rule-pattern`. Its other rules are programs.

use std::sync::Arc;

use globset::GlobBuilder;
use serde_json::Value;

use super::{
    dialect::from_javascript,
    draft::{RuleDraft, expression},
    model::{ForeignRules, RuleFileError, RuleTool},
};
use crate::{
    bytes::line_of,
    rule::{Confidence, Expression},
};

/// The rule that has patterns.
const PATTERN: &str = "@secretlint/secretlint-rule-pattern";

pub(super) fn read(shown: &Arc<str>, text: &str) -> Result<ForeignRules, RuleFileError> {
    let root: Value = serde_json::from_str(text)
        .map_err(|error| RuleFileError::at(error.line() as u64, "not valid JSON"))?;
    let Some(rules) = root.get("rules").and_then(Value::as_array) else {
        return Err(RuleFileError::whole(
            "there is no array `rules`, so this is no configuration of secretlint",
        ));
    };
    let mut out = ForeignRules::of(RuleTool::Secretlint);
    let mut lines = TextLines { text, at: 0 };
    for rule in rules {
        let id = rule.get("id").and_then(Value::as_str).unwrap_or_default();
        let line = lines.next(id);
        if id != PATTERN {
            out.unused += 1;
            let why = "it is a program; skanner's own rules may know the keys that it is for";
            out.leave_out(shown, line, format!("rule `{id}`"), why);
            continue;
        }
        let patterns = rule.pointer("/options/patterns").and_then(Value::as_array);
        for pattern in patterns.into_iter().flatten() {
            add(shown, pattern, &mut lines, &mut out);
        }
        if rule
            .pointer("/options/allows")
            .is_some_and(|allows| allows.as_array().is_none_or(|all| !all.is_empty()))
        {
            out.leave_out(shown, line, "allows", "it is not taken over: see `values` of [[allow]]");
        }
    }
    Ok(out)
}

fn add(file: &Arc<str>, pattern: &Value, lines: &mut TextLines<'_>, out: &mut ForeignRules) {
    let text = |key: &str| pattern.get(key).and_then(Value::as_str);
    let texts = |key: &str| {
        pattern.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    };
    let name = text("name").unwrap_or_default();
    let line = lines.next(name);
    let mut refuse = |why: String| {
        out.unused += 1;
        out.leave_out(file, line, format!("pattern `{name}`"), why);
    };
    let path = match paths(texts("filePathGlobs")) {
        Ok(path) => path,
        Err(why) => return refuse(why),
    };
    let sources: Vec<&str> = text("pattern").into_iter().chain(texts("patterns")).collect();
    if sources.is_empty() {
        return refuse("it is for names of files, and skanner looks for keys in them".to_owned());
    }
    for (source, number) in sources.iter().zip(1..) {
        let id = if sources.len() == 1 { name.to_owned() } else { format!("{name} {number}") };
        let Some(regex) = from_javascript(source) else {
            out.unused += 1;
            out.leave_out(
                file,
                line,
                format!("pattern `{id}`"),
                "the flags of its expression are not understood",
            );
            continue;
        };
        out.add(RuleDraft {
            tool: RuleTool::Secretlint,
            file: file.clone(),
            line,
            id,
            title: name.to_owned(),
            regex,
            group: None,
            keywords: Vec::new(),
            entropy: 0.0,
            path: path.clone(),
            allowlists: Vec::new(),
            confidence: Confidence::Likely,
            examples: Vec::new(),
            counter_examples: Vec::new(),
        });
    }
}

/// An expression for the paths that some globs match; nothing if there are none.
fn paths<'g>(globs: impl Iterator<Item = &'g str>) -> Result<Option<Arc<Expression>>, String> {
    let mut expressions = Vec::new();
    for glob in globs {
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        let glob = built.map_err(|error| format!("one of its globs is not understood: {}", error.kind()))?;
        // The crate writes it for its own bytes: `(?-u)^…$`.
        expressions.push(format!("(?:{})", glob.regex().trim_start_matches("(?-u)")));
    }
    if expressions.is_empty() {
        return Ok(None);
    }
    expression(&expressions.join("|")).map(|path| Some(Arc::new(path)))
}

/// Finds the lines of texts that come one after another in a file.
struct TextLines<'t> {
    text: &'t str,
    at: usize,
}

impl TextLines<'_> {
    /// The line of the next place of a text, or of the last one that was found.
    fn next(&mut self, wanted: &str) -> u64 {
        if let Some(found) = self.text[self.at..].find(wanted).filter(|_| !wanted.is_empty()) {
            self.at += found + wanted.len();
        }
        line_of(self.text.as_bytes(), self.at)
    }
}
