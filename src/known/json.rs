//! All texts of a JSON object, with the path to each as its name. `serde_json` would leave copies of them in memory.

use super::variable::{Mistake, Variable};

/// Deeper nesting is refused.
const DEEPEST: usize = 64;

/// Whether a text is to be read as JSON.
pub(super) fn is_json(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'{')
}

/// Reads all texts, in order.
///
/// # Errors
/// When it is no JSON.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Variable>, Mistake> {
    let mut parser = Parser { text, at: 0, variables: Vec::new() };
    parser.value(String::new(), 0)?;
    parser.space();
    match parser.peek() {
        None => Ok(parser.variables),
        Some(_) => Err(parser.mistake("something follows the JSON object")),
    }
}

struct Parser<'t> {
    text: &'t [u8],
    at: usize,
    variables: Vec<Variable>,
}

impl Parser<'_> {
    fn mistake(&self, what: &'static str) -> Mistake {
        Mistake::at(self.text, self.at, what)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.text[self.at..].iter().take_while(is_space).count();
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, path: String, depth: usize) -> Result<(), Mistake> {
        if depth > DEEPEST {
            return Err(self.mistake("the JSON is nested too deeply"));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(&path, depth),
            Some(b'[') => self.array(&path, depth),
            Some(b'"') => {
                let variable = self.string(path)?;
                if !variable.text.is_empty() {
                    self.variables.push(variable);
                }
                Ok(())
            }
            _ => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
                let length = self.text[self.at..].iter().take_while(is_part).count();
                let word = &self.text[self.at..self.at + length];
                let is_number = word.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
                if !is_number && !matches!(word, b"true" | b"false" | b"null") {
                    return Err(self.mistake("expected a JSON value"));
                }
                self.at += length;
                Ok(())
            }
        }
    }

    fn object(&mut self, path: &str, depth: usize) -> Result<(), Mistake> {
        self.at += 1;
        if self.takes(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.mistake("expected a name in JSON"));
            }
            let name = self.string(String::new())?;
            let name = String::from_utf8_lossy(&name.text).into_owned();
            if !self.takes(b':') {
                return Err(self.mistake("expected `:` in JSON"));
            }
            let path = if path.is_empty() { name } else { format!("{path}.{name}") };
            self.value(path, depth + 1)?;
            if self.takes(b'}') {
                return Ok(());
            }
            if !self.takes(b',') {
                return Err(self.mistake("expected `,` or `}` in JSON"));
            }
        }
    }

    fn array(&mut self, path: &str, depth: usize) -> Result<(), Mistake> {
        self.at += 1;
        if self.takes(b']') {
            return Ok(());
        }
        for index in 0.. {
            self.value(format!("{path}[{index}]"), depth + 1)?;
            if self.takes(b']') {
                break;
            }
            if !self.takes(b',') {
                return Err(self.mistake("expected `,` or `]` in JSON"));
            }
        }
        Ok(())
    }

    /// The text at the current offset.
    fn string(&mut self, name: String) -> Result<Variable, Mistake> {
        let start = self.at;
        let open = Mistake::at(self.text, start, "the JSON text that begins here does not end");
        let rest = &self.text[start + 1..];
        let mut end = 0;
        loop {
            match rest.get(end) {
                None | Some(b'\n') => return Err(open),
                Some(b'\\') => end += 2,
                Some(b'"') => break,
                Some(_) => end += 1,
            }
        }
        let mut variable = Variable::new(name, end);
        self.at += 1;
        let end = start + 1 + end;
        while self.at < end {
            let byte = self.text[self.at];
            if byte == b'\\' {
                let character = self.escaped()?;
                variable.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                variable.text.push(byte);
                self.at += 1;
            }
        }
        self.at = end + 1;
        Ok(variable)
    }

    fn escaped(&mut self) -> Result<char, Mistake> {
        let unknown = self.mistake("unknown escape in JSON");
        let kind = self.text.get(self.at + 1).copied().ok_or(unknown)?;
        self.at += 2;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit().ok_or(unknown)?;
                let is_pair = (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with(b"\\u");
                let code = if is_pair {
                    self.at += 2;
                    let second = self.unit().ok_or(unknown)?;
                    0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)
                } else {
                    first
                };
                char::from_u32(code).ok_or(unknown)?
            }
            _ => return Err(unknown),
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_are_taken_with_their_path() {
        let text = br#" {"a": "x\"\u00e9\ud83e\udd80\/", "b": {"c": ["y", 1, {"d": "z"}], "e": null}, "f": -1.5e3, "g": "" }
"#;
        let all = parse(text).unwrap();
        let all: Vec<_> =
            all.iter().map(|one| (one.name.as_str(), std::str::from_utf8(&one.text).unwrap())).collect();
        assert_eq!(all, [("a", "x\"é🦀/"), ("b.c[0]", "y"), ("b.c[2].d", "z")]);
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..200_000 {
            let length = rng.usize(..24);
            let text: Vec<u8> = (0..length).map(|_| b"{}[]\"\":,\\ud8nx1 "[rng.usize(..16)]).collect();
            let _ = parse(&text);
            let _ = parse(&[b"{\"a\":\"", &text[..]].concat());
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line) in [
            ("{\n\"a\" 1}", 2),
            ("{\"a\": \"b\n\"}", 1),
            ("{\"a\": \"\\q\"}", 1),
            ("{\"a\": 1}\n\nx", 3),
            ("{\"a\": ", 1),
            ("{\"a\": [1,]}", 1),
            ("{a: 1}", 1),
            ("{\"a\": nil}", 1),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap_err().line, line, "{text}");
        }
        let deep = "{\"a\":".repeat(100);
        assert!(parse(deep.as_bytes()).unwrap_err().what.contains("nested"));
    }
}
