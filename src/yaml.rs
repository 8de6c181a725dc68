//! YAML with the lines that its parts begin on: the lists of ggshield and the rules of Kingfisher are written in it.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// Values are nested at most this deep.
const DEEPEST: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum YamlNode {
    /// Nothing: `key:`, `null` or `~`.
    Nothing,
    /// A text, a number or a word.
    Text(String),
    /// A list, each element with its line.
    List(Vec<(u64, YamlNode)>),
    /// A mapping in the order of the text, each key with its line.
    Map(Vec<(u64, String, YamlNode)>),
}

/// What is wrong with a text, and where. It quotes nothing of it, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// The line, 1-based.
    pub line: u64,
    /// What is wrong.
    pub why: String,
}

/// What is wrong with `- *.md`, and with aliases.
const STAR: &str = "a text that begins with `*` must be in quotes, and aliases are not understood";

/// A list or mapping that is not at its end.
enum OpenNode {
    List(u64, Vec<(u64, YamlNode)>),
    /// The last key waits for its value.
    Map(u64, Vec<(u64, String, YamlNode)>, Option<(u64, String)>),
}

/// Parses a document.
///
/// # Errors
/// When it is not YAML, has several documents, aliases or keys that are no texts, or has a key twice.
pub(crate) fn parse(text: &str) -> Result<YamlNode, YamlError> {
    let fail = |line: u64, why: &str| Err(YamlError { line, why: why.to_owned() });
    let mut open: Vec<OpenNode> = Vec::new();
    let mut root = None;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let line = error.marker().line().max(1) as u64;
            let why = if has_star(text, line) { STAR } else { "not valid YAML" };
            YamlError { line, why: why.to_owned() }
        })?;
        let line = line(&span);
        let done = match event {
            Event::DocumentStart(_) if root.is_some() => return fail(line, "there is a second document"),
            Event::Alias(_) => {
                return fail(line, STAR);
            }
            Event::Scalar(text, style, ..) => {
                let is_nothing =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                if let Some(OpenNode::Map(_, entries, key @ None)) = open.last_mut() {
                    if entries.iter().any(|(_, other, _)| *other == text) {
                        return fail(line, "the key is there twice");
                    }
                    *key = Some((line, text.into_owned()));
                    continue;
                }
                Some((line, if is_nothing { YamlNode::Nothing } else { YamlNode::Text(text.into_owned()) }))
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if matches!(open.last(), Some(OpenNode::Map(_, _, None))) {
                    return fail(line, "a key must be a text");
                }
                if open.len() == DEEPEST {
                    return fail(line, "values are nested too deep");
                }
                open.push(match event {
                    Event::SequenceStart(..) => OpenNode::List(line, Vec::new()),
                    _ => OpenNode::Map(line, Vec::new(), None),
                });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|node| match node {
                OpenNode::List(line, elements) => (line, YamlNode::List(elements)),
                OpenNode::Map(line, entries, _) => (line, YamlNode::Map(entries)),
            }),
            _ => None,
        };
        let Some((line, node)) = done else { continue };
        match open.last_mut() {
            None => root = Some(node),
            Some(OpenNode::List(_, elements)) => elements.push((line, node)),
            Some(OpenNode::Map(_, entries, key)) => {
                if let Some((line, key)) = key.take() {
                    entries.push((line, key, node));
                }
            }
        }
    }
    Ok(root.unwrap_or(YamlNode::Nothing))
}

/// Whether a value on a line begins with `*`.
fn has_star(text: &str, line: u64) -> bool {
    let line = text.lines().nth((line - 1) as usize).unwrap_or_default();
    line.contains("- *") || line.contains(": *")
}

fn line(span: &Span) -> u64 {
    span.start.line().max(1) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> YamlNode {
        YamlNode::Text(text.to_owned())
    }

    #[test]
    fn parts_have_the_lines_that_they_begin_on() {
        let document = "---\nsecret: # why\n  ignored_matches:\n  - match: aa\n    name: 'Generic - a b: c and on\n      and ''on'''\n  - match: bb\n    name: OpenAI API Key\n      - .env\n  ignored_paths:\n  - tests/**/*\n  - '*.md' # all\n  - \"a\\tb\"\n  flow: [a, 'b,c', {d: e}]\n  empty: []\n  none:\n  block: |\n    (?x)\n      a # b\n    c\nversion: 2\n";
        let YamlNode::Map(root) = parse(document).unwrap() else { panic!() };
        assert_eq!((root.len(), root[1].0, &root[1].2), (2, 21, &text("2")));
        let YamlNode::Map(secret) = &root[0].2 else { panic!() };
        let YamlNode::List(matches) = &secret[0].2 else { panic!() };
        assert_eq!(
            matches[0].1,
            YamlNode::Map(vec![
                (4, "match".to_owned(), text("aa")),
                (5, "name".to_owned(), text("Generic - a b: c and on and 'on'")),
            ])
        );
        assert_eq!(matches[1].0, 7);
        assert_eq!(
            secret[1].2,
            YamlNode::List(vec![(11, text("tests/**/*")), (12, text("*.md")), (13, text("a\tb"))])
        );
        let YamlNode::List(flow) = &secret[2].2 else { panic!() };
        assert_eq!((flow.len(), &flow[1]), (3, &(14, text("b,c"))));
        assert_eq!((&secret[3].2, &secret[4].2), (&YamlNode::List(vec![]), &YamlNode::Nothing));
        assert_eq!(secret[5].2, text("(?x)\n  a # b\nc\n"));
    }

    #[test]
    fn the_rest_is_refused_with_its_line() {
        for (document, line) in [
            ("a: 1\nb: *x\n", 2),
            ("a: &x 1\nb: *x\n", 2),
            ("a: 1\n---\nb: 1\n", 2),
            ("a: 1\na: 2\n", 2),
            ("a: 'b' c\n", 1),
            ("a: b: c\n", 1),
            ("? [a]\n: b\n", 1),
            ("a: [b, [c]\n", 2),
        ] {
            assert_eq!(parse(document).map_err(|error| error.line), Err(line), "{document}");
        }
        assert_eq!(parse(&"[".repeat(100)).unwrap_err().why, "values are nested too deep");
        assert_eq!(parse(""), Ok(YamlNode::Nothing));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in any::<String>(), more in "[-a:'\"\\[\\]#*,{}|> \n\\\\]{0,60}") {
            let _ = (parse(&text), parse(&more));
        }
    }
}
