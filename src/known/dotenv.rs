//! The syntax of `.env`: a line `NAME=value` for each variable. Values may be quoted, and then go over several lines.

use super::variable::{Mistake, Variable};

/// Reads all variables, in order. Those without a value are left out.
///
/// # Errors
/// When a line is neither a variable nor a comment, or a quote does not end.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Variable>, Mistake> {
    let mut variables = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at += text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if at == text.len() {
            break;
        }
        if text[at] == b'#' {
            at = line_end(text, at);
            continue;
        }
        if is_bare_export(&text[at..line_end(text, at)]) {
            at = line_end(text, at);
            continue;
        }
        let (name, start) = name(text, at)?;
        // No value is longer than what is left, so that its memory is never moved.
        let mut variable = Variable::new(name, line_end(text, start) - start);
        at = value(text, start, &mut variable)?;
        if !variable.text.is_empty() {
            variables.push(variable);
        }
    }
    Ok(variables)
}

/// Whether a line only exports variables that other lines set.
fn is_bare_export(line: &[u8]) -> bool {
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ' | b'\t' | b'\r');
    line.starts_with(b"export ") && line.iter().all(is_usual)
}

/// The name of the variable at an offset, and where its value begins.
fn name(text: &[u8], at: usize) -> Result<(String, usize), Mistake> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let expected = || Mistake::at(text, at, "expected NAME=value, a comment or nothing");
    let line = &text[at..line_end(text, at)];
    let export = [&b"export "[..], b"export\t"].iter().any(|word| line.starts_with(word));
    let start = if export { 7 + line[7..].iter().take_while(|byte| is_space(byte)).count() } else { 0 };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let length = line[start..].iter().take_while(|byte| is_name(byte)).count();
    let name = &line[start..start + length];
    if name.first().is_none_or(u8::is_ascii_digit) {
        return Err(expected());
    }
    let spaces = line[start + length..].iter().take_while(|byte| is_space(byte)).count();
    let sign = start + length + spaces;
    if line.get(sign) != Some(&b'=') {
        return Err(expected());
    }
    let spaces = line[sign + 1..].iter().take_while(|byte| is_space(byte)).count();
    Ok((String::from_utf8_lossy(name).into_owned(), at + sign + 1 + spaces))
}

/// Reads a value: quoted and other parts directly beside each other. Returns where the line ends.
fn value(text: &[u8], start: usize, into: &mut Variable) -> Result<usize, Mistake> {
    let mut at = start;
    let mut is_quoted = false;
    loop {
        match text.get(at) {
            Some(quote @ (b'\'' | b'"' | b'`')) if is_quoted || at == start => {
                is_quoted = true;
                at = quoted(text, at, *quote, into)?;
            }
            Some(b' ' | b'\t') if is_quoted => {
                let end = line_end(text, at);
                let rest = text[at..end].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                return match rest {
                    None | Some(b'#') => Ok(end),
                    Some(_) => Err(Mistake::at(text, at, "something follows the closing quote")),
                };
            }
            None | Some(b'\n' | b'\r') => return Ok(line_end(text, at)),
            // As in a shell, parts beside each other are one value.
            Some(b'\\') if is_quoted => {
                at += 1;
                if let Some(byte) = text.get(at) {
                    into.text.push(*byte);
                    at += 1;
                }
            }
            Some(byte) if is_quoted => {
                into.text.push(*byte);
                at += 1;
            }
            Some(_) => {
                let end = line_end(text, at);
                let line = &text[at..end];
                let comment = (0..line.len())
                    .find(|at| line[*at] == b'#' && (*at == 0 || matches!(line[at - 1], b' ' | b'\t')));
                into.text.extend_from_slice(line[..comment.unwrap_or(line.len())].trim_ascii_end());
                return Ok(end);
            }
        }
    }
}

/// Reads a quoted part. Returns the offset behind the quote that ends it.
fn quoted(text: &[u8], start: usize, quote: u8, into: &mut Variable) -> Result<usize, Mistake> {
    let open = || Mistake::at(text, start, "the quote that begins here does not end");
    let end = closing(text, start, quote).ok_or_else(open)?;
    // A value of several lines is longer than its line.
    if into.text.capacity() < into.text.len() + end - start {
        let mut larger = Variable::new(std::mem::take(&mut into.name), into.text.len() + text.len() - start);
        larger.text.extend_from_slice(&into.text);
        *into = larger;
    }
    let mut inner = text[start + 1..end].iter().copied().peekable();
    while let Some(byte) = inner.next() {
        let escaped = if byte == b'\\' && quote == b'"' { inner.peek().copied() } else { None };
        let decoded = match escaped {
            Some(b'n') => Some(b'\n'),
            Some(b'r') => Some(b'\r'),
            Some(b't') => Some(b'\t'),
            Some(other @ (b'"' | b'\\' | b'$' | b'`' | b'\'')) => Some(other),
            _ => None,
        };
        match decoded {
            Some(decoded) => {
                into.text.push(decoded);
                inner.next();
            }
            None if byte == b'\r' && inner.peek() == Some(&b'\n') => {}
            None => into.text.push(byte),
        }
    }
    Ok(end + 1)
}

/// Where the quote is that ends a quoted part.
fn closing(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *text.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

/// Where the line ends, without its line feed or carriage return.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, Mistake> {
        let own = |one: Variable| (one.name.clone(), String::from_utf8(one.text.to_vec()).unwrap());
        Ok(parse(text.as_bytes())?.into_iter().map(own).collect())
    }

    #[test]
    fn values_are_read_as_every_reader_of_such_files_does() {
        for (text, expected) in [
            ("A=b", "b"),
            ("A = b c \n", "b c"),
            ("export A=b\r\n", "b"),
            ("\n # x\n  A=b#c # d\n", "b#c"),
            ("A='b # \"c\\n'", "b # \"c\\n"),
            ("A=\"b # \\\"c\\n\\$d\\z\" # x\r\n", "b # \"c\n$d\\z"),
            ("A=`b'c\"`", "b'c\""),
            ("A='b'\\''c'\"d\"e\n", "b'cde"),
            ("A=\"b\r\nc\nd\"\n", "b\nc\nd"),
            ("A=b'c\"d", "b'c\"d"),
            ("A=b=c==", "b=c=="),
            ("a.b-C_1=x", "x"),
            ("A=é", "é"),
        ] {
            let all = read(text).unwrap();
            assert_eq!(all.len(), 1, "{text:?}: {all:?}");
            assert_eq!(all[0].1, expected, "{text:?}");
        }
        assert_eq!(read("A=\nB=''\nC= # x\n\n#D=e\nexport A B\r\n").unwrap(), []);
        let names = |text| read(text).unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("A=1\nB='2\n3'\nexport C=4\nA=5"), ["A", "B", "C", "A"]);
        assert_eq!(names("A=1\rB='2'\r#C=3\rexport D=4\r"), ["A", "B", "D"]);
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..200_000 {
            let length = rng.usize(..24);
            let text: Vec<u8> = (0..length).map(|_| b"AB=='\"`\\ \r\n#\xc3x"[rng.usize(..14)]).collect();
            let _ = parse(&text);
            let _ = parse(&[b"A='b'", &text[..]].concat());
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line) in [
            ("A=b\nB", 2),
            ("A='b\n\nc\n", 1),
            ("\n\nA=\"b\\\"\n", 3),
            ("A=b\n=c", 2),
            ("A='b' c", 1),
            ("1A=b", 1),
            ("A: b", 1),
            ("export", 1),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text:?}");
        }
    }
}
