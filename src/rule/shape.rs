//! Shapes: how a key is written, in a notation that both recognizes and generates keys.
//!
//! `sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A` is a literal, 74 characters of class `B`, a literal, and so on.
//! `{B:20..40}` and `{A:24|34}` allow several lengths, `{uuid4}` is a named structure, and `{{` is a brace.
//! Shapes are not regular expressions: a shape is only tried where its literal was found, needs no
//! compilation, and also generates the examples.

use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::{
    parts::{ByteClass, CLASSES, NamedPart, STRUCTURES},
    prefixes::LONG_LITERAL,
};

/// A piece of a shape.
#[derive(Clone, Debug)]
pub enum Part {
    /// Exactly these bytes.
    Literal(Vec<u8>),
    /// A run of a class, with one of these lengths; ranges are inclusive and ascending.
    Run(&'static ByteClass, Vec<(usize, usize)>),
    /// A named structure.
    Structure(&'static NamedPart),
}

/// How a key is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Shape {
    source: String,
    parts: Vec<Part>,
    lengths: (usize, usize),
}

impl Shape {
    /// Parses the notation.
    ///
    /// # Errors
    /// Says which part is unknown or not closed.
    pub fn parse(source: &str) -> Result<Self> {
        let mut parts = Vec::new();
        let mut literal = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find('{') {
            literal.extend_from_slice(&rest.as_bytes()[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('{') {
                literal.push(b'{');
                rest = after;
                continue;
            }
            let (part, after) =
                rest.split_once('}').with_context(|| format!("{source:?}: `{{` is not closed"))?;
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(parse_part(part).with_context(|| format!("{source:?}: `{{{part}}}`"))?);
            rest = after;
        }
        literal.extend_from_slice(rest.as_bytes());
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        ensure!(!parts.is_empty(), "a shape cannot be empty");
        let sum = |sum: (usize, usize), one: (usize, usize)| {
            (sum.0.saturating_add(one.0), sum.1.saturating_add(one.1))
        };
        let lengths = parts.iter().map(Part::lengths).fold((0, 0), sum);
        Ok(Self { source: source.to_owned(), parts, lengths })
    }

    /// A text that is the same each time, braces and all.
    pub(crate) fn literal(text: &str) -> Self {
        let bytes = text.as_bytes().to_vec();
        Self {
            source: text.to_owned(),
            lengths: (bytes.len(), bytes.len()),
            parts: vec![Part::Literal(bytes)],
        }
    }

    /// The notation that it was parsed from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its pieces.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The literal at its start.
    #[must_use]
    pub fn prefix(&self) -> &[u8] {
        match self.parts.first() {
            Some(Part::Literal(literal)) => literal,
            _ => b"",
        }
    }

    /// The literal to search for, and how many bytes of the shape come before it: none before the literal at its start.
    /// A shape may also begin with a run of one length and a long literal.
    #[must_use]
    pub fn anchored(&self) -> (usize, &[u8]) {
        match self.parts.as_slice() {
            [Part::Run(_, lengths), Part::Literal(literal), ..] if literal.len() >= LONG_LITERAL => {
                match lengths.as_slice() {
                    [(least, most)] if least == most => (*least, literal),
                    _ => (0, b""),
                }
            }
            _ => (0, self.prefix()),
        }
    }

    /// Its minimum and maximum length in bytes.
    #[must_use]
    pub fn lengths(&self) -> (usize, usize) {
        self.lengths
    }

    /// The number of bytes that are fixed. Of two shapes that match, the one with more is more specific.
    #[must_use]
    pub fn fixed(&self) -> usize {
        self.parts.iter().map(|part| if let Part::Literal(literal) = part { literal.len() } else { 0 }).sum()
    }

    /// Matches the shape at the start of `text`. If several lengths match, takes the longest whose end
    /// `accept` agrees to. Fills `bodies` with the ranges of everything that is not literal.
    pub fn matches(
        &self,
        text: &[u8],
        bodies: &mut Vec<Range<usize>>,
        accept: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        bodies.clear();
        match_parts(&self.parts, text, 0, bodies, &accept)
    }

    /// Generates a random text of this shape.
    pub fn generate(&self, rng: &mut fastrand::Rng) -> String {
        let mut bytes = Vec::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => bytes.extend_from_slice(literal),
                Part::Run(class, lengths) => {
                    let (least, most) = lengths[rng.usize(0..lengths.len())];
                    bytes.extend((0..rng.usize(least..=most)).map(|_| class.generate(rng)));
                }
                Part::Structure(named) => bytes.extend((named.generate)(rng)),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl TryFrom<String> for Shape {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        Self::parse(&source).map_err(|error| format!("{error:#}"))
    }
}

impl Part {
    /// Its minimum and maximum length in bytes.
    #[must_use]
    pub fn lengths(&self) -> (usize, usize) {
        match self {
            Self::Literal(literal) => (literal.len(), literal.len()),
            Self::Run(_, lengths) => (lengths[0].0, lengths[lengths.len() - 1].1),
            Self::Structure(named) => named.lengths,
        }
    }
}

fn parse_part(text: &str) -> Result<Part> {
    let (name, lengths) = text.split_once(':').unwrap_or((text, "1"));
    if let Some(named) = STRUCTURES.iter().find(|named| named.name == text) {
        return Ok(Part::Structure(named));
    }
    let Some(class) = CLASSES.iter().find(|class| class.name == name) else {
        let known: Vec<_> =
            CLASSES.iter().map(|class| class.name).chain(STRUCTURES.iter().map(|named| named.name)).collect();
        bail!("`{name}` is neither a class nor a structure; known: {}", known.join(" "));
    };
    let mut ranges = Vec::new();
    for length in lengths.split('|') {
        let (least, most) = length.split_once("..").unwrap_or((length, length));
        let least: usize = least.parse().with_context(|| format!("length `{least}` is not a number"))?;
        let most: usize = most.parse().with_context(|| format!("length `{most}` is not a number"))?;
        ensure!(least <= most, "length {least} is over {most}");
        ensure!(ranges.last().is_none_or(|(_, last)| *last < least), "lengths must ascend");
        ranges.push((least, most));
    }
    Ok(Part::Run(class, ranges))
}

fn match_parts(
    parts: &[Part],
    text: &[u8],
    at: usize,
    bodies: &mut Vec<Range<usize>>,
    accept: &impl Fn(usize) -> bool,
) -> Option<usize> {
    let Some((part, later)) = parts.split_first() else {
        return accept(at).then_some(at);
    };
    let rest = &text[at..];
    let known = bodies.len();
    let mut go_on = |length: usize| {
        bodies.truncate(known);
        bodies.push(at..at + length);
        match_parts(later, text, at + length, bodies, accept)
    };
    match part {
        Part::Literal(literal) => rest
            .starts_with(literal)
            .then(|| match_parts(later, text, at + literal.len(), bodies, accept))
            .flatten(),
        Part::Run(class, lengths) => {
            let (_, longest) = part.lengths();
            let next = match lengths.as_slice() {
                [(least, most)] => {
                    next_literal(later).map(|(before, literal)| (before, literal, *least, *most))
                }
                _ => None,
            };
            // The literal is faster to check than the run.
            if let Some((before, literal, least, most)) = next
                && least == most
                && !rest.get(most + before..).is_some_and(|rest| rest.starts_with(literal))
            {
                return None;
            }
            let run = class.run(rest, longest + 1);
            if let Some((before, literal, least, most)) = next {
                // The run can only end where the next literal tells.
                let end = rest.len().min(run.min(most) + before + literal.len());
                let within = rest.get(least + before..end)?;
                // Building a searcher takes longer than searching so short a text.
                let (first, _) = literal.split_first()?;
                return memchr::memrchr_iter(*first, within)
                    .filter(|at| within[*at..].starts_with(literal))
                    .find_map(|at| go_on(least + at));
            }
            // A range means that the length is unknown. If nothing follows, the run must then be taken
            // completely or not at all.
            let is_whole = |least: usize, most: usize, length: usize| {
                least == most || !later.is_empty() || length == run
            };
            let fitting = lengths.iter().rev().flat_map(|(least, most)| {
                (*least..=(*most).min(run)).rev().take_while(|length| is_whole(*least, *most, *length))
            });
            fitting.into_iter().find_map(&mut go_on)
        }
        Part::Structure(named) => {
            let (least, most) = named.lengths;
            let run = named.class.run(rest, most);
            // The end is faster to check than the structure.
            let may_end = |length: usize| !later.is_empty() || accept(at + length);
            let lengths = (least..=run).rev().filter(|length| may_end(*length));
            lengths.filter(|length| (named.accepts)(&rest[..*length])).find_map(&mut go_on)
        }
    }
}

/// The first literal among the parts, and how many bytes come before it, if that is known.
fn next_literal(parts: &[Part]) -> Option<(usize, &[u8])> {
    let mut before = 0;
    for part in parts {
        match part {
            Part::Literal(literal) => return Some((before, literal)),
            _ => match part.lengths() {
                (least, most) if least == most => before += least,
                _ => return None,
            },
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_what_is_wrong_with_a_shape() {
        let error = |source: &str| format!("{:#}", Shape::parse(source).expect_err("a bad shape"));
        assert!(error("sk-{B:3").contains("not closed"));
        assert!(error("sk-{Q:3}").contains("neither a class nor a structure"));
        assert!(error("sk-{B:x}").contains("`x` is not a number"));
        assert!(error("sk-{B:9..3}").contains("9 is over 3"));
        assert!(error("sk-{B:9|3}").contains("ascend"));
        assert!(error("").contains("empty"));
    }

    #[test]
    fn takes_the_longest_length_that_may_end_there() {
        let shape = Shape::parse("k{A:2|4}").expect("a shape");
        let end =
            |text: &[u8], ends: &[usize]| shape.matches(text, &mut Vec::new(), |end| ends.contains(&end));
        assert_eq!(end(b"kabcd", &[3, 5]), Some(5));
        assert_eq!(end(b"kabcd", &[3]), Some(3));
        assert_eq!(end(b"kabc", &[3, 4, 5]), Some(3));
        assert_eq!(end(b"ka", &[3]), None);
    }

    #[test]
    fn a_doubled_brace_is_a_brace() {
        let shape = Shape::parse("sk-{{48}").expect("a shape");
        assert_eq!(shape.generate(&mut fastrand::Rng::with_seed(1)), "sk-{48}");
    }

    proptest! {
        #[test]
        fn what_a_shape_generates_it_matches_whole(seed: u64, structure in 0..STRUCTURES.len(), class in 0..CLASSES.len()) {
            let source = format!("k-{{{}:3..9}}.{{{}}}", CLASSES[class].name, STRUCTURES[structure].name);
            let shape = Shape::parse(&source).expect("a shape");
            let text = shape.generate(&mut fastrand::Rng::with_seed(seed));
            let mut bodies = Vec::new();
            let end = shape.matches(text.as_bytes(), &mut bodies, |end| end == text.len());
            prop_assert_eq!(end, Some(text.len()), "{} {}", source, text);
            prop_assert_eq!(bodies.len(), 2);
        }
    }
}
