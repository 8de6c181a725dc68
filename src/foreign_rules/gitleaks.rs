//! gitleaks and betterleaks. See `config/config.go`, `config/rule.go` and `config/allowlist.go` of gitleaks.

use std::sync::Arc;

use memchr::memmem;
use toml::de::DeTable;

use super::{
    dialect::from_go,
    draft::{RuleDraft, expression},
    model::{ExtendedRules, ForeignRules, RuleFileError, RuleTool},
};
use crate::{
    bytes::line_of,
    loose_toml::{LooseTable, LooseValue, TABLES},
    rule::{Allowlist, AllowlistTarget, Confidence, Expression, WordSet},
};

/// gitleaks follows `extend` so often.
const MOST_EXTENDED: usize = 2;

/// What a table may hold that has no effect on what is found.
const OF_FILE: &[&str] = &[
    "title",
    "description",
    "extend",
    "rules",
    "allowlist",
    "allowlists",
    "minversion",
    "betterleaksminversion",
    "prefilter",
    "filter",
];
const OF_RULE: &[&str] = &[
    "id",
    "description",
    "path",
    "regex",
    "secretgroup",
    "entropy",
    "keywords",
    "tags",
    "allowlist",
    "allowlists",
    "required",
    "skipreport",
    "filter",
    "validate",
    "specificity",
];
const OF_ALLOWLIST: &[&str] =
    &["description", "condition", "commits", "paths", "regextarget", "regexes", "stopwords", "targetrules"];

/// A rule as it is written, before what it extends is known.
struct RawRule {
    file: Arc<str>,
    line: u64,
    id: String,
    description: Option<String>,
    regex: Option<String>,
    path: Option<String>,
    group: Option<f64>,
    entropy: Option<f64>,
    keywords: Vec<String>,
    allowlists: Vec<Arc<Allowlist>>,
    is_part: bool,
}

/// A file as it is written.
#[derive(Default)]
struct RawRules {
    rules: Vec<RawRule>,
    /// Allowlists for every rule, and those for some of them.
    allowlists: Vec<Arc<Allowlist>>,
    targeted: Vec<(Vec<String>, Arc<Allowlist>)>,
}

pub(super) fn read(
    shown: &Arc<str>,
    text: &str,
    beside: &dyn Fn(&str) -> anyhow::Result<ExtendedRules>,
) -> Result<ForeignRules, RuleFileError> {
    let mut rules = ForeignRules::of(RuleTool::Gitleaks);
    let raw = of_file(shown, text, beside, 0, &mut rules)?;
    for (ids, allowlist) in &raw.targeted {
        for id in ids.iter().filter(|id| raw.rules.iter().all(|rule| rule.id != **id)) {
            let what = format!("targetRules `{id}`");
            rules.leave_out(&allowlist.file, allowlist.line, what, "there is no such rule in this file");
        }
    }
    for rule in raw.rules {
        let of_rule = raw.targeted.iter().filter(|(ids, _)| ids.contains(&rule.id)).map(|(_, one)| one);
        let allowlists = rule.allowlists.iter().chain(of_rule).chain(&raw.allowlists).cloned().collect();
        finish(RawRule { allowlists, ..rule }, &mut rules);
    }
    Ok(rules)
}

fn of_file(
    file: &Arc<str>,
    text: &str,
    beside: &dyn Fn(&str) -> anyhow::Result<ExtendedRules>,
    depth: usize,
    out: &mut ForeignRules,
) -> Result<RawRules, RuleFileError> {
    let root = DeTable::parse(text).map_err(|error| {
        // The parser's own words may quote the text.
        RuleFileError::at(
            line_of(text.as_bytes(), error.span().map_or(0, |span| span.start)),
            "not valid TOML",
        )
    })?;
    let root = LooseTable { text, entries: root.get_ref(), at: 0 };
    if TABLES.iter().all(|key| root.get(key).is_none()) {
        return Err(RuleFileError::whole(
            "there are no [[rules]], so this is no configuration of gitleaks or betterleaks",
        ));
    }
    let mut reading = FileReading { file, out };
    let mut raw = RawRules::default();
    reading.name_others(&root, OF_FILE, "");
    for key in ["prefilter", "filter"] {
        if let Some(value) = root.get(key) {
            let why =
                "it is an expression of betterleaks, which is not understood: more is found than with it";
            reading.leave_out(value.line(), format!("{key} of the file"), why);
        }
    }
    for key in ["allowlist", "allowlists"] {
        for value in root.get(key).into_iter().flat_map(LooseValue::elements) {
            let Some(table) = value.table() else {
                return Err(RuleFileError::at(value.line(), format!("`{key}` must be a table")));
            };
            let targets = table.texts("targetrules").map_err(bad)?;
            let Some(allowlist) = reading.allowlist(&table).map_err(bad)? else { continue };
            match targets.is_empty() {
                true => raw.allowlists.push(allowlist),
                false => raw.targeted.push((targets.into_iter().map(|(id, _)| id).collect(), allowlist)),
            }
        }
    }
    for value in root.get("rules").into_iter().flat_map(LooseValue::elements) {
        let Some(table) = value.table() else {
            return Err(RuleFileError::at(value.line(), "`rules` must be tables, each under [[rules]]"));
        };
        let Some(rule) = reading.rule(&table).map_err(bad)? else { continue };
        if let Some(at) = raw.rules.iter().position(|other| other.id == rule.id) {
            let other = std::mem::replace(&mut raw.rules[at], rule);
            let what = format!("rule `{}`", other.id);
            reading.leave_out(other.line, what, "there is another rule of this name below, which counts");
            continue;
        }
        raw.rules.push(rule);
    }
    if let Some(extend) = root.get("extend") {
        let Some(table) = extend.table() else {
            return Err(RuleFileError::at(extend.line(), "`extend` must be a table"));
        };
        reading.extend(&table, &mut raw, beside, depth)?;
    }
    Ok(raw)
}

/// A value of another type than it should have.
fn bad((line, why): (u64, String)) -> RuleFileError {
    RuleFileError::at(line, why)
}

struct FileReading<'a> {
    file: &'a Arc<str>,
    out: &'a mut ForeignRules,
}

impl FileReading<'_> {
    fn leave_out(&mut self, line: u64, what: impl Into<String>, why: impl Into<String>) {
        self.out.leave_out(self.file, line, what, why);
    }

    fn name_others(&mut self, table: &LooseTable<'_, '_>, known: &[&str], of: &str) {
        for (key, line) in table.others(known) {
            self.leave_out(line, format!("`{key}`{of}"), "gitleaks has no such key");
        }
    }

    fn rule(&mut self, table: &LooseTable<'_, '_>) -> Result<Option<RawRule>, (u64, String)> {
        let line = table.line();
        let id = table.text("id")?.unwrap_or_default();
        if id.trim().is_empty() {
            self.out.unused += 1;
            self.leave_out(line, "a rule", "it has no `id`");
            return Ok(None);
        }
        let of = format!(" of the rule `{id}`");
        self.name_others(table, OF_RULE, &of);
        let number = |key: &str| table.get(key).map(|value| value.number(key)).transpose();
        let mut allowlists = Vec::new();
        for key in ["allowlist", "allowlists"] {
            for value in table.get(key).into_iter().flat_map(LooseValue::elements) {
                let Some(table) = value.table() else {
                    return Err((value.line(), format!("`{key}`{of} must be a table")));
                };
                allowlists.extend(self.allowlist(&table)?);
            }
        }
        if let Some(value) = table.get("required") {
            let why = "other rules that must match beside it are not asked for: more is found than with it";
            self.leave_out(value.line(), format!("required{of}"), why);
        }
        if let Some(value) = table.get("validate") {
            let why = "keys are not tried out: skanner opens no network connection";
            self.out.pass_over(self.file, value.line(), format!("validate{of}"), why);
        }
        let mut entropy = number("entropy")?;
        if let Some(value) = table.get("filter") {
            let filter = value.text("filter")?;
            let (least, is_all) = of_filter(&filter);
            entropy = entropy.or(least);
            if !is_all {
                let why =
                    "it is an expression of betterleaks; of these, only the entropy of the key is understood";
                self.leave_out(value.line(), format!("filter{of}"), why);
            }
        }
        let keywords = table.texts("keywords")?.into_iter().map(|(text, _)| text);
        Ok(Some(RawRule {
            file: self.file.clone(),
            line,
            description: table.text("description")?.filter(|text| !text.is_empty()),
            regex: table.text("regex")?.filter(|text| !text.is_empty()),
            path: table.text("path")?.filter(|text| !text.is_empty()),
            group: number("secretgroup")?.filter(|group| *group >= 1.0),
            entropy: entropy.filter(|bits| *bits != 0.0),
            keywords: keywords.filter(|text| !text.is_empty()).collect(),
            allowlists,
            is_part: table.get("skipreport").is_some_and(LooseValue::is_true),
            id,
        }))
    }

    fn allowlist(&mut self, table: &LooseTable<'_, '_>) -> Result<Option<Arc<Allowlist>>, (u64, String)> {
        self.name_others(table, OF_ALLOWLIST, " of an allowlist");
        let is_all = match table.text("condition")?.unwrap_or_default().to_ascii_uppercase().as_str() {
            "AND" | "&&" => true,
            "" | "OR" | "||" => false,
            _ => return Err((table.line(), "the `condition` of an allowlist must be AND or OR".to_owned())),
        };
        let target = match table.text("regextarget")?.unwrap_or_default().as_str() {
            "" | "secret" => AllowlistTarget::Secret,
            "match" => AllowlistTarget::Match,
            "line" => AllowlistTarget::Line,
            _ => {
                let why = "the `regexTarget` of an allowlist must be secret, match or line";
                return Err((table.line(), why.to_owned()));
            }
        };
        let (regexes, all_regexes) = self.expressions(table, "regexes")?;
        let (paths, all_paths) = self.expressions(table, "paths")?;
        if is_all && !(all_regexes && all_paths) {
            // Without one of its criteria it would let more pass.
            self.leave_out(
                table.line(),
                "an allowlist",
                "its condition is AND, and one of its expressions is left out",
            );
            return Ok(None);
        }
        let texts = |key: &str| -> Result<Vec<String>, (u64, String)> {
            Ok(table.texts(key)?.into_iter().map(|(text, _)| text).filter(|text| !text.is_empty()).collect())
        };
        let commits = texts("commits")?.iter().map(|commit| commit.trim().to_ascii_lowercase()).collect();
        let allowlist = Allowlist {
            is_all,
            target,
            regexes,
            stop_words: WordSet::new(texts("stopwords")?),
            paths,
            commits,
            file: self.file.clone(),
            line: table.line(),
            reason: table.text("description")?.filter(|text| !text.trim().is_empty()),
        };
        if allowlist.is_empty() {
            self.leave_out(table.line(), "an allowlist", "it has no paths, regexes, stopwords or commits");
            return Ok(None);
        }
        Ok(Some(Arc::new(allowlist)))
    }

    /// The expressions of an array that are understood, and whether these are all.
    fn expressions(
        &mut self,
        table: &LooseTable<'_, '_>,
        key: &str,
    ) -> Result<(Vec<Expression>, bool), (u64, String)> {
        let (mut found, mut is_all) = (Vec::new(), true);
        for (source, value) in table.texts(key)? {
            match expression(&from_go(&source)) {
                Ok(expression) => found.push(expression),
                Err(why) => {
                    is_all = false;
                    self.leave_out(value.line(), format!("one of the {key} of an allowlist"), why);
                }
            }
        }
        Ok((found, is_all))
    }

    fn extend(
        &mut self,
        table: &LooseTable<'_, '_>,
        raw: &mut RawRules,
        beside: &dyn Fn(&str) -> anyhow::Result<ExtendedRules>,
        depth: usize,
    ) -> Result<(), RuleFileError> {
        self.name_others(table, &["path", "url", "usedefault", "disabledrules"], " of extend");
        let disabled = table.texts("disabledrules").map_err(bad)?;
        let uses_default = table.get("usedefault").is_some_and(LooseValue::is_true);
        if let Some(value) = table.get("usedefault").filter(|_| uses_default) {
            let why = "skanner's own rules stand in for those of gitleaks; allowlists of this file count for the rules of \
                       this file";
            self.leave_out(value.line(), "extend.useDefault", why);
        }
        if let Some(value) = table.get("url") {
            self.leave_out(value.line(), "extend.url", "nothing is fetched; save the file, and name it");
        }
        let path = table.text("path").map_err(bad)?.filter(|path| !path.is_empty());
        let Some(path) = path else {
            for (id, value) in disabled {
                let why = "it is a rule of gitleaks' own, which are not used; for one of skanner's, see exclude-rules";
                self.leave_out(value.line(), format!("disabledRules `{id}`"), why);
            }
            return Ok(());
        };
        let line = table.get("path").map_or(table.line(), LooseValue::line);
        if uses_default {
            return Err(RuleFileError::at(
                line,
                "`extend` has both `path` and `useDefault`, which gitleaks refuses",
            ));
        }
        if depth == MOST_EXTENDED {
            let why = format!("gitleaks follows no more than {MOST_EXTENDED} files from one to the next");
            self.leave_out(line, "extend.path", why);
            return Ok(());
        }
        let (file, text) =
            beside(&path).map_err(|error| RuleFileError::at(line, format!("extend.path: {error:#}")))?;
        let base = of_file(&file, &text, beside, depth + 1, self.out).map_err(|error| {
            let place = error.line.map_or_else(|| file.to_string(), |line| format!("{file}:{line}"));
            RuleFileError::at(line, format!("it extends {place}: {}", error.why))
        })?;
        for (id, value) in &disabled {
            if base.rules.iter().all(|rule| rule.id != *id) {
                self.leave_out(value.line(), format!("disabledRules `{id}`"), "there is no such rule");
            }
        }
        for rule in base.rules {
            if disabled.iter().any(|(id, _)| *id == rule.id) {
                continue;
            }
            match raw.rules.iter_mut().find(|own| own.id == rule.id) {
                None => raw.rules.push(rule),
                Some(own) => own.merge(rule),
            }
        }
        raw.allowlists.extend(base.allowlists);
        raw.targeted.extend(base.targeted);
        Ok(())
    }
}

impl RawRule {
    /// What this rule does not say, the one that it extends does.
    fn merge(&mut self, base: Self) {
        self.description = self.description.take().or(base.description);
        self.regex = self.regex.take().or(base.regex);
        self.path = self.path.take().or(base.path);
        self.group = self.group.or(base.group);
        self.entropy = self.entropy.or(base.entropy);
        self.keywords.extend(base.keywords);
        self.allowlists.extend(base.allowlists);
        self.is_part |= base.is_part;
    }
}

/// Makes a rule of what was read.
fn finish(raw: RawRule, out: &mut ForeignRules) {
    let refuse = |out: &mut ForeignRules, why: &str| {
        out.unused += 1;
        out.leave_out(&raw.file, raw.line, format!("rule `{}`", raw.id), why);
    };
    let Some(regex) = &raw.regex else {
        let why = match &raw.path {
            Some(_) => "it is for names of files, and skanner looks for keys in them",
            None => "it has no `regex`: it changes a rule of gitleaks' own, which are not used",
        };
        return refuse(out, why);
    };
    if raw.is_part {
        return refuse(out, "it has `skipReport`: it only counts together with another one");
    }
    let path = match raw.path.as_ref().map(|path| expression(&from_go(path))) {
        Some(Err(why)) => return refuse(out, &format!("its `path`: {why}")),
        Some(Ok(path)) => Some(Arc::new(path)),
        None => None,
    };
    out.add(RuleDraft {
        tool: RuleTool::Gitleaks,
        regex: from_go(regex),
        group: raw.group.map(|group| group as usize),
        file: raw.file,
        line: raw.line,
        title: raw.description.unwrap_or_default(),
        id: raw.id,
        keywords: raw.keywords,
        entropy: raw.entropy.unwrap_or(0.0),
        path,
        allowlists: raw.allowlists,
        confidence: Confidence::Likely,
        examples: Vec::new(),
        counter_examples: Vec::new(),
    });
}

/// What a filter of betterleaks asks of the entropy, as in `entropy(finding["secret"]) <= 3.5`, and whether that is all it
/// says. What it holds for is no key.
fn of_filter(filter: &str) -> (Option<f64>, bool) {
    const CALL: &str = "entropy(finding[\"secret\"])";
    let (mut least, mut is_all) = (None, true);
    for part in filter.split("||") {
        let part = part.trim();
        let call = part.strip_prefix("filter.").unwrap_or(part).strip_prefix(CALL).map(str::trim_start);
        let bound = call.and_then(|rest| rest.strip_prefix("<=").or_else(|| rest.strip_prefix('<')));
        match bound.and_then(|bound| bound.trim().parse::<f64>().ok()) {
            Some(bits) => least = Some(least.map_or(bits, |other: f64| other.max(bits))),
            None => is_all = false,
        }
    }
    // `&&` binds closer than `||`.
    if memmem::find(filter.as_bytes(), b"&&").is_some() { (None, false) } else { (least, is_all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entropy_is_taken_from_a_filter_of_betterleaks() {
        for (filter, expected) in [
            ("entropy(finding[\"secret\"]) <= 3.5", (Some(3.5), true)),
            ("filter.entropy(finding[\"secret\"]) < 2.0", (Some(2.0), true)),
            (
                "entropy(finding[\"secret\"]) <= 3 || matchesAny(finding[\"secret\"], [`x`])",
                (Some(3.0), false),
            ),
            ("containsAny(finding[\"secret\"], [\"a\"])", (None, false)),
            ("entropy(finding[\"secret\"]) <= 3 && size(x) > 2", (None, false)),
        ] {
            assert_eq!(of_filter(filter), expected, "{filter}");
        }
    }
}
