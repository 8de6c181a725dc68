//! A rule of another scanner on its way to becoming one of ours.

use std::sync::Arc;

use super::model::{ForeignRule, ForeignRules, RuleTool};
use crate::rule::{
    Allowlist, Clip, Confidence, Expression, ExpressionError, Form, Keyword, LONGEST_KEYWORD, MOST_COMPILED,
    MOST_EXPRESSIONS, Rule, RuleSet, SHORTEST_KEYWORD, Severity, Shape, WordSet,
};

/// The maximum length of a title, in characters.
const LONGEST_TITLE: usize = 100;

/// A rule as its file has it.
pub(super) struct RuleDraft {
    pub(super) tool: RuleTool,
    pub(super) file: Arc<str>,
    /// 1-based.
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) title: String,
    /// The expression, in our notation.
    pub(super) regex: String,
    /// The number of the group that is the key, from 1.
    pub(super) group: Option<usize>,
    /// Literals, one of which stands in the file.
    pub(super) keywords: Vec<String>,
    /// The key must have more entropy than this, in bits for each byte.
    pub(super) entropy: f64,
    /// An expression for its paths.
    pub(super) path: Option<Arc<Expression>>,
    pub(super) allowlists: Vec<Arc<Allowlist>>,
    pub(super) confidence: Confidence,
    pub(super) examples: Vec<String>,
    pub(super) counter_examples: Vec<String>,
}

/// Parses an expression in our notation. Unicode is switched on where it is needed.
pub(super) fn expression(source: &str) -> Result<Expression, String> {
    let parse = |source: &str| Expression::with_clip(source, Clip::Cut);
    let parsed = parse(source).or_else(|error| parse(&format!("(?u){source}")).map_err(|_| error));
    parsed.map_err(|ExpressionError { what, .. }| format!("its regular expression is not understood: {what}"))
}

impl RuleDraft {
    /// The rule; or why there is none.
    pub(super) fn finish(self) -> Result<Rule, String> {
        let mut regex = expression(&self.regex)?;
        regex
            .check_lengths()
            .map_err(|why| format!("its regular expression cannot be searched for: {why}"))?;
        if let Some(group) = self.group {
            regex = regex.with_group(group).map_err(|error| format!("the expression: {}", error.what))?;
        }
        let Keywords { keywords, searched, nearby } = keywords(&regex, &self.keywords);
        let form = Form {
            regex: Some(Arc::new(regex)),
            slow: searched.is_empty(),
            keywords,
            // More than this is asked for, and not as much.
            entropy: if self.entropy > 0.0 { self.entropy.next_up() } else { 0.0 },
            path: self.path,
            searched,
            nearby: Arc::new(WordSet::new(nearby)),
            is_foreign: true,
            allowlists: self.allowlists,
            ..Form::plain(self.confidence, format!("the form of the rule `{}` in {}", self.id, self.file))
        };
        let place = format!("{}:{}", self.file, self.line);
        let literal = |texts: Vec<String>| {
            texts.iter().filter(|text| !text.is_empty()).map(|text| Shape::literal(text)).collect()
        };
        let id = id(&self.id, self.tool);
        Ok(Rule {
            issuer: "its issuer".into(),
            impact: "The rule does not say what a stranger can do with it.".to_owned(),
            examples: literal(self.examples),
            counter_examples: literal(self.counter_examples),
            place: Some(place.into()),
            ..Rule::plain(id, title(&self.title, &self.id), Severity::High, form)
        })
    }
}

impl ForeignRules {
    /// Adds the rule of a draft, or says why there is none.
    pub(super) fn add(&mut self, draft: RuleDraft) {
        if self.rules.len() > MOST_EXPRESSIONS || self.compiled > MOST_COMPILED {
            // Whoever reads the file refuses it.
            return;
        }
        let (file, line, id) = (draft.file.clone(), draft.line, draft.id.clone());
        match draft.finish() {
            Ok(rule) if self.rules.iter().any(|other| other.rule.id == rule.id) => {
                self.unused += 1;
                self.leave_out(&file, line, format!("rule `{id}`"), "another rule has the same name");
            }
            Ok(rule) => {
                let expressions = rule.forms.iter().filter_map(|form| form.regex.as_ref());
                self.compiled += expressions.map(|regex| regex.size()).sum::<usize>();
                self.rules.push(ForeignRule { rule, file, line });
            }
            Err(why) => {
                self.unused += 1;
                self.leave_out(&file, line, format!("rule `{id}`"), why);
            }
        }
    }
}

/// How an expression and the keywords of its rule are looked for.
struct Keywords {
    /// Those that are searched for.
    keywords: Vec<String>,
    /// What to search for; nothing if the expression is tried everywhere.
    searched: Vec<Keyword>,
    /// Those that must stand near a match.
    nearby: Vec<String>,
}

/// An expression is tried at the literals that it contains; then its keywords must stand near a match, unless one is in each
/// of these literals. If there are no literals, it is tried near its keywords; and if these are too short to search for,
/// everywhere.
fn keywords(regex: &Expression, keywords: &[String]) -> Keywords {
    let lower: Vec<Vec<u8>> = keywords.iter().map(|text| text.to_ascii_lowercase().into_bytes()).collect();
    let required = regex.required();
    let contains =
        |one: &Keyword| lower.iter().any(|text| one.text.windows(text.len()).any(|part| part == &text[..]));
    let is_implied = !required.is_empty() && required.iter().all(contains);
    let is_searchable = |text: &Vec<u8>| (SHORTEST_KEYWORD..=LONGEST_KEYWORD).contains(&text.len());
    if required.is_empty() && !lower.is_empty() && lower.iter().all(is_searchable) {
        let near = lower.into_iter().map(|text| Keyword { text, before: None }).collect();
        return Keywords { keywords: keywords.to_vec(), searched: near, nearby: Vec::new() };
    }
    let nearby = if is_implied { Vec::new() } else { keywords.to_vec() };
    Keywords { keywords: Vec::new(), searched: required.to_vec(), nearby }
}

/// The name of a rule, as ours are written. A rule of our own may have it already.
fn id(id: &str, tool: RuleTool) -> String {
    let plain = |one: char| if one.is_ascii_alphanumeric() { one.to_ascii_lowercase() } else { '-' };
    let id: String = id.chars().map(plain).collect();
    let id = if id.starts_with(|first: char| first.is_ascii_lowercase()) { id } else { format!("rule-{id}") };
    if RuleSet::builtin().get(&id).is_some() { format!("{id}-{}", tool.name()) } else { id }
}

/// What the rule says about itself, in one line.
fn title(title: &str, id: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().filter(|one| !one.is_control()).take(LONGEST_TITLE).collect();
    let title = title.trim_end_matches('.').trim();
    if title.is_empty() { format!("key of the rule {id}") } else { title.to_owned() }
}
