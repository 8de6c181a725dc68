//! Regular expressions: the notation of rules that come from elsewhere. The syntax is that of the crate `regex`, over bytes,
//! and without Unicode unless an expression asks for it with `(?u)`.
//!
//! Parsing an expression is cheap. It is compiled when it is tried first, which most runs never do.

use std::{fmt, ops::Range, sync::OnceLock};

use regex_automata::{
    Anchored, Input,
    meta::{Config, Regex},
    util::captures::Captures,
};
use regex_syntax::{
    Parser, ParserBuilder,
    hir::{Class, ClassBytesRange, ClassUnicodeRange, Hir, HirKind, Repetition},
};
use serde::Deserialize;

use super::{keyword::Keyword, required};

/// The maximum length of a match, in bytes: a little less than the engine looks around a place.
pub(crate) const LONGEST_MATCH: usize = 7680;

/// How many times as long the longest match may be as the shortest one. After a short match, as much as a long one would
/// take may be read again.
const WIDEST: usize = 256;

/// The maximum length of an expression, in bytes.
const LONGEST_SOURCE: usize = 16 << 10;

/// The most regular expressions that are searched for.
pub(crate) const MOST_EXPRESSIONS: usize = 5000;

/// The most memory that all of them may take once they are compiled, in bytes.
pub(crate) const MOST_COMPILED: usize = 512 << 20;

/// The maximum size of a compiled expression, in bytes.
const LARGEST: usize = 1 << 20;

/// What the states of one search may take, in bytes. More is thrown away and made again.
const CACHE: usize = 2 << 20;

/// The name of the group that is the key.
const SECRET: &str = "secret";

/// Whether there are matches of any length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clip {
    /// There are none longer than [`LONGEST_MATCH`]; the notation of skanner asks for this.
    Bounded,
    /// A longer match ends at [`LONGEST_MATCH`], since other scanners have no such limit.
    Cut,
}

/// A regular expression.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Expression {
    source: String,
    clip: Clip,
    /// The number of the group that is the key, from 1, if the rule says which.
    group: Option<usize>,
    /// The number of its groups.
    group_count: usize,
    /// The minimum length of a match, and the maximum one if there is any.
    lengths: (usize, Option<usize>),
    /// What may stand before the rest of a match, and is left out of the search.
    lead: Option<Lead>,
    /// Literals of which every match contains one.
    required: Vec<Keyword>,
    /// The most line breaks in a match; `None` if there may be any number.
    lines: Option<usize>,
    /// The size of the compiled expression, in bytes, or more.
    size: usize,
    compiled: OnceLock<Option<CompiledExpression>>,
}

/// Where an expression matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionMatch {
    /// All of it.
    pub span: Range<usize>,
    /// The key in it.
    pub key: Range<usize>,
}

/// What is wrong with an expression.
#[derive(Clone, Debug)]
pub(crate) struct ExpressionError {
    /// What it is, without the expression.
    pub what: String,
    /// Where, in bytes of the expression.
    pub at: Option<Range<usize>>,
}

/// What a match begins with in rules such as `[\w.-]{0,50}?key=…`: as few bytes as possible, so that the rest decides
/// where there is a match. To search for it at every byte before the rest would make large automata.
struct Lead {
    bytes: Box<[bool; 256]>,
    /// The most bytes that it takes.
    most: usize,
}

struct CompiledExpression {
    regex: Regex,
    /// The groups of which the first one that takes part is the key.
    groups: Vec<usize>,
}

impl Expression {
    /// Parses an expression of any length.
    ///
    /// # Errors
    /// Says what is wrong with its syntax, or that it is too large.
    pub(crate) fn parse(source: &str) -> Result<Self, ExpressionError> {
        Self::with_clip(source, Clip::Bounded)
    }

    /// The same, and says what happens to matches that are too long.
    pub(crate) fn with_clip(source: &str, clip: Clip) -> Result<Self, ExpressionError> {
        let whole = |what: String| ExpressionError { what, at: None };
        if source.is_empty() {
            return Err(whole("it is empty".to_owned()));
        }
        if source.len() > LONGEST_SOURCE {
            return Err(whole(format!("it is longer than {LONGEST_SOURCE} bytes")));
        }
        let hir = parser().parse(source).map_err(error)?;
        let lines = most_lines(&hir);
        let (lead, hir) = without_lead(hir);
        let expression = Self {
            lines,
            lead,
            source: source.to_owned(),
            clip,
            group: None,
            group_count: hir.properties().explicit_captures_len(),
            lengths: (hir.properties().minimum_len().unwrap_or(0), hir.properties().maximum_len()),
            required: required::keywords(&hir),
            size: size(&hir),
            compiled: OnceLock::new(),
        };
        // Nearly every expression is seen to be small without compiling it.
        if expression.size > LARGEST && expression.compiled().is_none() {
            return Err(whole(format!(
                "it is too large: compiled, it takes more than {} KiB; repeat less, such as {{20}} for {{2000}}",
                LARGEST >> 10
            )));
        }
        Ok(expression)
    }

    /// The key is the group of this number, from 1.
    ///
    /// # Errors
    /// When there is no such group.
    pub(crate) fn with_group(self, group: usize) -> Result<Self, ExpressionError> {
        if group > self.group_count {
            let what = format!("it has no group {group}, but {}", self.group_count);
            return Err(ExpressionError { what, at: None });
        }
        Ok(Self { group: Some(group), ..self })
    }

    /// Whether a longer match than the engine looks at is cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.clip == Clip::Cut
    }

    /// Checks that the engine can search for it in reasonable time.
    ///
    /// # Errors
    /// Says why not, and what to do.
    pub(crate) fn check_lengths(&self) -> Result<(), String> {
        let (least, most) = self.lengths;
        if least == 0 {
            return Err("it matches the empty text; write what a key has at least".to_owned());
        }
        if self.clip == Clip::Cut {
            return Ok(());
        }
        let Some(most) = most else {
            let how = "bound it: write {1,200} for +, {0,200} for *, and {20,200} for {20,}";
            return Err(format!(
                "a match may have any length, but {LONGEST_MATCH} bytes are the most; {how}"
            ));
        };
        if most > LONGEST_MATCH {
            let how = "repeat less, such as {1,200}";
            return Err(format!("a match may have {most} bytes, but {LONGEST_MATCH} are the most; {how}"));
        }
        if most > least * WIDEST {
            let how = "repeat less, or write more of what a match has at least";
            return Err(format!(
                "a match may have {least} to {most} bytes, but the longest may be {WIDEST} times as long as the \
                 shortest; {how}"
            ));
        }
        Ok(())
    }

    /// The notation that it was parsed from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The minimum and the maximum length of a match, in bytes.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        (self.lengths.0, self.lengths.1.unwrap_or(LONGEST_MATCH).min(LONGEST_MATCH))
    }

    /// The most line breaks in a match; `None` if there may be any number.
    pub(crate) fn most_lines(&self) -> Option<usize> {
        self.lines
    }

    /// Literals of which every match contains one; empty if none were found.
    pub(crate) fn required(&self) -> &[Keyword] {
        &self.required
    }

    /// The size of the compiled expression, in bytes, or more.
    pub(crate) fn size(&self) -> usize {
        self.size.min(LARGEST)
    }

    /// Whether anything in the text matches.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.compiled().is_some_and(|compiled| compiled.regex.is_match(text))
    }

    /// The first match that lies in `range`; if there is only one place where it may begin, only there.
    pub(crate) fn find(&self, text: &[u8], range: Range<usize>, is_start: bool) -> Option<ExpressionMatch> {
        let compiled = self.compiled()?;
        let anchored = if is_start { Anchored::Yes } else { Anchored::No };
        let input = Input::new(text).range(range.clone()).anchored(anchored);
        let found = compiled.find(&input)?;
        let most = found.span.start + LONGEST_MATCH;
        if self.clip == Clip::Bounded || found.span.end < most.min(range.end) {
            return Some(found);
        }
        // Where a match is cut must not depend on the range.
        let cut = Input::new(text).range(found.span.start..most.min(text.len())).anchored(Anchored::Yes);
        compiled.find(&cut)
    }

    /// A match of [`Self::find`] with what stands before the rest of it.
    pub(crate) fn with_lead(&self, text: &[u8], found: ExpressionMatch) -> ExpressionMatch {
        let Some(lead) = &self.lead else { return found };
        let before = text[..found.span.start].iter().rev().take(lead.most);
        let length = before.take_while(|byte| lead.bytes[usize::from(**byte)]).count();
        let start = found.span.start - length;
        let key = if self.group_count == 0 { start..found.key.end } else { found.key };
        ExpressionMatch { span: start..found.span.end, key }
    }

    fn compiled(&self) -> Option<&CompiledExpression> {
        let compile = || {
            let (_, hir) = without_lead(parser().parse(&self.source).ok()?);
            let config = Config::new()
                .nfa_size_limit(Some(LARGEST))
                .onepass_size_limit(Some(LARGEST))
                .hybrid_cache_capacity(CACHE)
                .utf8_empty(false);
            let regex = Regex::builder().configure(config).build_from_hir(&hir).ok()?;
            let names = regex.group_info().pattern_names(regex_automata::PatternID::ZERO);
            let secret = names.into_iter().position(|name| name == Some(SECRET));
            let groups = match self.group.or(secret) {
                Some(secret) => vec![secret],
                None => (1..regex.group_info().group_len(regex_automata::PatternID::ZERO)).collect(),
            };
            Some(CompiledExpression { regex, groups })
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl CompiledExpression {
    fn find(&self, input: &Input<'_>) -> Option<ExpressionMatch> {
        // Most searches find nothing, so groups are looked for only where there is a match.
        let span = self.regex.search(input)?.range();
        if self.groups.is_empty() {
            return Some(ExpressionMatch { key: span.clone(), span });
        }
        let mut captures: Captures = self.regex.create_captures();
        let again = input.clone().range(span.start..input.end()).anchored(Anchored::Yes);
        self.regex.search_captures(&again, &mut captures);
        let span = captures.get_match()?.range();
        let group = |group: &usize| captures.get_group(*group).filter(|key| !key.is_empty());
        let key = self.groups.iter().find_map(group);
        Some(ExpressionMatch { key: key.map_or(span.clone(), |key| key.range()), span })
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.source).finish()
    }
}

impl TryFrom<String> for Expression {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        Self::parse(&source).map_err(|error| error.what)
    }
}

/// The most line breaks in a match; `None` if there may be any number.
fn most_lines(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(memchr::memchr_iter(b'\n', &literal.0).count()),
        HirKind::Class(Class::Bytes(class)) => {
            let is_one = |range: &ClassBytesRange| (range.start()..=range.end()).contains(&b'\n');
            Some(usize::from(class.ranges().iter().any(is_one)))
        }
        HirKind::Class(Class::Unicode(class)) => {
            let is_one = |range: &ClassUnicodeRange| (range.start()..=range.end()).contains(&'\n');
            Some(usize::from(class.ranges().iter().any(is_one)))
        }
        HirKind::Repetition(repetition) => match (most_lines(&repetition.sub)?, repetition.max) {
            (0, _) => Some(0),
            (lines, Some(most)) => lines.checked_mul(most as usize),
            (_, None) => None,
        },
        HirKind::Capture(capture) => most_lines(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().map(most_lines).try_fold(0_usize, |sum, lines| sum.checked_add(lines?))
        }
        HirKind::Alternation(parts) => {
            parts.iter().map(most_lines).try_fold(0, |most, lines| Some(lines?.max(most)))
        }
    }
}

/// An expression without what it begins with, if that is as few of some bytes as possible, and maybe none.
fn without_lead(hir: Hir) -> (Option<Lead>, Hir) {
    let HirKind::Concat(parts) = hir.kind() else { return (None, hir) };
    let [first, rest @ ..] = &parts[..] else { return (None, hir) };
    let HirKind::Repetition(Repetition { min: 0, max: Some(most), greedy: false, sub }) = first.kind() else {
        return (None, hir);
    };
    let HirKind::Class(Class::Bytes(class)) = sub.kind() else { return (None, hir) };
    let mut bytes = Box::new([false; 256]);
    for range in class.ranges() {
        bytes[usize::from(range.start())..=usize::from(range.end())].fill(true);
    }
    // What looks at the bytes before it does not match without them.
    if rest.is_empty() || rest.iter().any(|part| !part.properties().look_set_prefix().is_empty()) {
        return (None, hir);
    }
    (Some(Lead { bytes, most: *most as usize }), Hir::concat(rest.to_vec()))
}

fn parser() -> Parser {
    ParserBuilder::new().unicode(false).utf8(false).build()
}

fn error(error: regex_syntax::Error) -> ExpressionError {
    let (what, span) = match &error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(error.span())),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), Some(error.span())),
        _ => ("it cannot be read".to_owned(), None),
    };
    ExpressionError { what, at: span.map(|span| span.start.offset..span.end.offset) }
}

/// An upper bound of what the compiled expression takes, in bytes. The compiler counts the same states, each with less.
fn size(hir: &Hir) -> usize {
    const STATE: usize = 96;
    const RANGE: usize = 16;
    /// The most states that a range of characters takes in UTF-8.
    const UTF8: usize = 16;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len() * STATE,
        HirKind::Class(Class::Bytes(class)) => STATE + class.ranges().len() * RANGE,
        HirKind::Class(Class::Unicode(class)) => STATE + class.ranges().len() * UTF8 * (STATE + RANGE),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            (size(&repetition.sub) + 2 * STATE).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => size(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) => parts.iter().map(size).fold(STATE, usize::saturating_add),
        HirKind::Alternation(parts) => {
            parts.iter().map(|part| size(part).saturating_add(RANGE)).fold(2 * STATE, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_never_less_than_what_is_compiled() {
        for source in [
            "a",
            "[a-z]{1,200}",
            r"(?i)(?:key|token|secret)[\s=:]{1,20}([a-z0-9]{20,64})",
            r"(?u)\w{1,20}",
            "(a|b|c){500}",
            r"(?i)[\w.-]{0,50}?(?:acme)(?:[ \t\w.-]{0,20})['\x22\s=]{0,5}([a-z0-9=_\-]{32})(?:['\x22\s;]|\\[nr]|$)",
            "((((a{1,9}){1,9}){1,9}){1,3})",
            r"\b(x|yy|zzz|[^\x00-\x7f]){0,99}",
            "(?:a?){300}",
        ] {
            let hir = parser().parse(source).unwrap();
            let syntax = regex_automata::util::syntax::Config::new().unicode(false).utf8(false);
            for reverse in [false, true] {
                let config = regex_automata::nfa::thompson::Config::new()
                    .reverse(reverse)
                    .nfa_size_limit(Some(size(&hir) + 1024));
                let config = if reverse {
                    config.which_captures(regex_automata::nfa::thompson::WhichCaptures::None)
                } else {
                    config
                };
                let nfa = regex_automata::nfa::thompson::Compiler::new()
                    .configure(config)
                    .syntax(syntax)
                    .build(source);
                assert!(nfa.is_ok(), "{source}: {} {:?}", size(&hir), nfa.err());
            }
        }
    }

    #[test]
    fn a_longer_match_is_cut_where_it_began_and_not_where_it_was_looked_for() {
        let expression = Expression::with_clip("x[a-z]+", Clip::Cut).unwrap();
        let text = [b"..x".as_slice(), &b"a".repeat(3 * LONGEST_MATCH)].concat();
        for end in [LONGEST_MATCH + 2, LONGEST_MATCH + 50, text.len()] {
            assert_eq!(expression.find(&text, 0..end, false).unwrap().span, 2..LONGEST_MATCH + 2, "{end}");
        }
        assert!(Expression::parse("x[a-z]+").unwrap().check_lengths().is_err());
        assert!(expression.check_lengths().is_ok());
    }

    #[test]
    fn the_key_is_the_group_called_secret_or_the_first_one_or_everything() {
        let key = |source: &str, text: &str| {
            let found =
                Expression::parse(source).unwrap().find(text.as_bytes(), 0..text.len(), false).unwrap();
            text[found.key].to_owned()
        };
        assert_eq!(key("k=[a-z]{3}", "a k=xyz"), "k=xyz");
        assert_eq!(key("k=([a-z]{3})", "a k=xyz"), "xyz");
        assert_eq!(key("(k)=(?P<secret>[a-z]{3})", "a k=xyz"), "xyz");
        assert_eq!(key("k=(?:\"([a-z]{3})\"|([a-z]{3}))", "a k=xyz"), "xyz");
    }
}
