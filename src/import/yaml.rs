//! The part of YAML that configurations of ggshield consist of: mappings and lists in blocks, lists in one line, and
//! texts, plain or in quotes, also across lines. Everything else is refused, so that nothing is misread.
//!
//! There is no YAML crate among our dependencies, and the one that everybody used is no longer maintained.

use super::refusal::ListRefusal;

/// Values are nested at most this deep.
const DEEPEST: usize = 16;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum YamlNode {
    /// Nothing: `key:`, `null` or `~`.
    Nothing,
    /// A text, a number or a word.
    Text(String),
    /// A list, each element with its line.
    List(Vec<(u64, YamlNode)>),
    /// A mapping in the order of the text, each key with its line.
    Map(Vec<(u64, String, YamlNode)>),
}

/// A line that is neither empty nor a comment.
struct YamlLine<'t> {
    number: u64,
    indent: usize,
    text: &'t str,
}

/// Parses a document.
///
/// # Errors
/// When it is not YAML, or uses more of it than is understood here. The error quotes nothing of it.
pub(super) fn parse(text: &str) -> Result<YamlNode, ListRefusal> {
    let mut lines = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let body = line.trim_start_matches(' ');
        if body.trim().is_empty() || body.starts_with('#') {
            continue;
        }
        if body.starts_with('\t') {
            return Err(ListRefusal::at(number, "a tab cannot indent a line in YAML"));
        }
        let indent = line.len() - body.len();
        let is_mark = |mark: &str| indent == 0 && body.trim_end() == mark;
        match () {
            () if is_mark("---") && lines.is_empty() => {}
            () if is_mark("...") => break,
            () if is_mark("---") => return Err(ListRefusal::at(number, "there is a second document")),
            () => lines.push(YamlLine { number, indent, text: body.trim_end() }),
        }
    }
    let mut parser = YamlParser { lines, at: 0 };
    let Some(first) = parser.lines.first().map(|line| line.indent) else { return Ok(YamlNode::Nothing) };
    let node = parser.block(first, 0)?;
    match parser.lines.get(parser.at) {
        None => Ok(node),
        Some(line) => Err(ListRefusal::at(line.number, "the line is not indented as those before it")),
    }
}

struct YamlParser<'t> {
    lines: Vec<YamlLine<'t>>,
    at: usize,
}

impl<'t> YamlParser<'t> {
    /// The mapping or list whose lines are indented by this much.
    fn block(&mut self, indent: usize, depth: usize) -> Result<YamlNode, ListRefusal> {
        let Some(line) = self.lines.get(self.at) else { return Ok(YamlNode::Nothing) };
        if depth > DEEPEST {
            return Err(ListRefusal::at(line.number, "values are nested too deep"));
        }
        if is_element(line.text) { self.list(indent, depth) } else { self.map(indent, depth) }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Result<YamlNode, ListRefusal> {
        let mut elements = Vec::new();
        while let Some(line) =
            self.lines.get(self.at).filter(|line| line.indent == indent && is_element(line.text))
        {
            let (number, rest) = (line.number, line.text[1..].trim_start());
            let inner = indent + line.text.len() - rest.len();
            let element = if rest.is_empty() || rest.starts_with('#') {
                self.at += 1;
                self.below(indent + 1, depth)?
            } else if is_element(rest) {
                return Err(ListRefusal::at(number, "a list directly in a list is not understood"));
            } else if split_key(rest).is_some() {
                self.lines[self.at] = YamlLine { number, indent: inner, text: rest };
                self.block(inner, depth + 1)?
            } else {
                self.at += 1;
                self.scalar(rest, number, indent)?
            };
            elements.push((number, element));
        }
        Ok(YamlNode::List(elements))
    }

    fn map(&mut self, indent: usize, depth: usize) -> Result<YamlNode, ListRefusal> {
        let mut entries: Vec<(u64, String, YamlNode)> = Vec::new();
        while let Some(line) = self.lines.get(self.at).filter(|line| line.indent == indent) {
            let number = line.number;
            let Some((key, rest)) = split_key(line.text) else {
                return Err(ListRefusal::at(number, "expected a key and a colon, as in `version: 2`"));
            };
            if entries.iter().any(|(_, other, _)| other == key) {
                return Err(ListRefusal::at(number, "the key is there twice"));
            }
            self.at += 1;
            let value = if rest.is_empty() || rest.starts_with('#') {
                // A list may be indented as its key is.
                let is_list = |line: &&YamlLine<'_>| line.indent == indent && is_element(line.text);
                match self.lines.get(self.at).filter(is_list) {
                    Some(_) => self.list(indent, depth + 1)?,
                    None => self.below(indent + 1, depth)?,
                }
            } else {
                self.scalar(rest, number, indent)?
            };
            entries.push((number, key.to_owned(), value));
        }
        Ok(YamlNode::Map(entries))
    }

    /// The block that is indented by at least this much, if there is one.
    fn below(&mut self, least: usize, depth: usize) -> Result<YamlNode, ListRefusal> {
        match self.lines.get(self.at).map(|line| line.indent).filter(|indent| *indent >= least) {
            Some(indent) => self.block(indent, depth + 1),
            None => Ok(YamlNode::Nothing),
        }
    }

    /// A value that begins with this text. It goes on in lines that are indented by more than `indent`.
    fn scalar(&mut self, start: &'t str, number: u64, indent: usize) -> Result<YamlNode, ListRefusal> {
        let refuse = |why: &str| Err(ListRefusal::at(number, why));
        let mut text = start.to_owned();
        match start.as_bytes()[0] {
            quote @ (b'"' | b'\'') => {
                while closing(&text, quote).is_none() {
                    match self.continuation(indent) {
                        Some(more) => {
                            text.push(' ');
                            text.push_str(more);
                        }
                        None => return refuse("a quotation mark is not closed"),
                    }
                }
                let end = closing(&text, quote).unwrap_or(text.len());
                if !is_end(&text[end..]) {
                    return refuse("there is more after a text in quotes");
                }
                let Some(text) = unquoted(&text[1..end - 1], quote) else {
                    return refuse("a text in quotes has an escape that is not understood");
                };
                Ok(YamlNode::Text(text))
            }
            b'[' => match flow_list(start, number) {
                Some(list) => Ok(list),
                None => refuse("a list in one line may only have plain texts, as in `[a, b]`"),
            },
            b'*' => refuse("a text that begins with `*` must be in quotes"),
            b'&' | b'!' | b'|' | b'>' | b'{' | b'}' | b']' | b'%' | b'@' | b'`' | b'?' | b',' => {
                refuse("anchors, tags, blocks of text and mappings in one line are not understood")
            }
            _ => {
                while !text.contains(" #")
                    && let Some(more) = self.continuation(indent)
                {
                    text.push(' ');
                    text.push_str(more);
                }
                let text = text.split(" #").next().unwrap_or_default().trim_end();
                if text.contains(": ") || text.ends_with(':') {
                    return refuse("a text with a colon must be in quotes");
                }
                Ok(if matches!(text, "null" | "~") {
                    YamlNode::Nothing
                } else {
                    YamlNode::Text(text.to_owned())
                })
            }
        }
    }

    /// The next line, if it belongs to the value before it.
    fn continuation(&mut self, indent: usize) -> Option<&'t str> {
        let line = self.lines.get(self.at).filter(|line| line.indent > indent)?;
        self.at += 1;
        Some(line.text)
    }
}

fn is_element(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// A key and what follows its colon.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = match text.as_bytes()[0] {
        quote @ (b'"' | b'\'') => {
            let end = closing(text, quote)?;
            (&text[1..end - 1], text[end..].trim_start().strip_prefix(':')?)
        }
        _ => {
            let at = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
            (&text[..at], &text[at + 1..])
        }
    };
    let is_plain = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '.');
    let is_key = !key.is_empty() && key.chars().all(is_plain) && (rest.is_empty() || rest.starts_with(' '));
    is_key.then(|| (key, rest.trim()))
}

/// The position behind the quotation mark that closes the first one.
fn closing(text: &str, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Whether only a comment follows.
fn is_end(rest: &str) -> bool {
    rest.trim().is_empty() || rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#')
}

fn unquoted(text: &str, quote: u8) -> Option<String> {
    if quote == b'\'' {
        return Some(text.replace("''", "'"));
    }
    let mut whole = String::new();
    let mut rest = text.chars();
    while let Some(one) = rest.next() {
        whole.push(match one {
            '\\' => match rest.next()? {
                plain @ ('"' | '\\' | '/' | ' ') => plain,
                'n' => '\n',
                't' => '\t',
                kind @ ('x' | 'u') => {
                    let digits: String = rest.by_ref().take(if kind == 'x' { 2 } else { 4 }).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(whole)
}

/// A list such as `[a, 'b']`.
fn flow_list(text: &str, number: u64) -> Option<YamlNode> {
    let (inner, rest) = text.strip_prefix('[')?.rsplit_once(']')?;
    if !is_end(rest) {
        return None;
    }
    let mut elements = Vec::new();
    for part in inner.split(',').map(str::trim) {
        if part.is_empty() && inner.trim().is_empty() {
            break;
        }
        let quote = *part.as_bytes().first()?;
        let text = match quote {
            b'"' | b'\'' if closing(part, quote) == Some(part.len()) => {
                unquoted(&part[1..part.len() - 1], quote)?
            }
            _ if part.contains(['"', '\'', '[', ']', '{', '}', ':', '#', '&', '*', '!', '|']) => return None,
            _ => part.to_owned(),
        };
        elements.push((number, YamlNode::Text(text)));
    }
    Some(YamlNode::List(elements))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> YamlNode {
        YamlNode::Text(text.to_owned())
    }

    #[test]
    fn reads_what_ggshield_writes() {
        let document = "---\nsecret: # why\n  ignored_matches:\n  - match: aa\n    name: 'Generic - a b: c and on\n      and ''on'''\n  - match: bb\n    name: OpenAI API Key\n      - .env\n  ignored_paths:\n  - tests/**/*\n  - '*.md' # all\n  - \"a\\tb\"\n  flow: [a, 'b,c'  ]\n  empty: []\n  none:\nversion: 2\n";
        assert!(parse(document).is_err(), "a comma in quotes in one line is refused");
        let YamlNode::Map(root) = parse(&document.replace("b,c", "b c")).unwrap() else { panic!() };
        assert_eq!((root.len(), root[1].0, &root[1].2), (2, 17, &text("2")));
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
        assert!(format!("{:?}", matches[1]).contains("OpenAI API Key - .env"));
        assert_eq!(
            secret[1].2,
            YamlNode::List(vec![(11, text("tests/**/*")), (12, text("*.md")), (13, text("a\tb"))])
        );
        assert_eq!(secret[2].2, YamlNode::List(vec![(14, text("a")), (14, text("b c"))]));
        assert_eq!((&secret[3].2, &secret[4].2), (&YamlNode::List(vec![]), &YamlNode::Nothing));
    }

    #[test]
    fn everything_else_is_refused_with_its_line() {
        for (document, line) in [
            ("a: &x 1\n", 1),
            ("a: 1\nb: *x\n", 2),
            ("a: |\n  b\n", 1),
            ("a: {b: 1}\n", 1),
            ("a: !t 1\n", 1),
            ("a:\n  - - b\n", 2),
            ("a: 1\n---\nb: 1\n", 2),
            ("a: 1\na: 2\n", 2),
            ("a: 'b\n", 1),
            ("a: 'b' c\n", 1),
            ("a: b: c\n", 1),
            ("\ta: 1\n", 1),
            ("a: 1\n  b: 1\n", 1),
            ("just text\n", 1),
            ("a:\n    b: 1\n  c: 1\n", 3),
            ("a: \"\\q\"\n", 1),
            ("a: [b, [c]]\n", 1),
        ] {
            assert_eq!(parse(document).map_err(|error| error.line), Err(Some(line)), "{document}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in any::<String>(), more in "[-a:'\"\\[\\]#*,{} \n\\\\]{0,60}") {
            let _ = (parse(&text), parse(&more));
        }
    }
}
