//! Strings that are concatenated in the source: `"sk-proj-" + "…"`, `'a' . 'b'`, adjacent literals, continued
//! lines. A variable between the pieces ends the token, since its value is not known.

use super::unit::is_key_byte;

/// The name of a split string in a report.
pub(super) const NAME: &str = "split";

/// Operators between two literals, longest first: `+` in most languages, `.` in PHP and Perl, `..` in Lua,
/// `&` in Basic, `||` in SQL, `~` in Twig, `<>` in Elixir, `++` in Haskell, `^` in OCaml, `*` in Julia, `<<` in C++, `//`
/// in Fortran, and methods.
const OPERATORS: &[&str] = &[
    ").append(",
    ".append(",
    ").concat(",
    ".concat(",
    "..",
    "||",
    "<>",
    "<<",
    "++",
    "//",
    "+",
    ".",
    "&",
    "~",
    "^",
    "*",
];

/// The maximum length of the white space in a seam, in bytes.
const WIDEST: usize = 200;

/// The length of a seam at the start of `text`: a closing quote, an optional operator, an opening quote, and
/// then more of the string; or a backslash that continues a line.
pub(super) fn seam(text: &[u8]) -> Option<usize> {
    let rest = continued_line(text).or_else(|| adjacent_literals(text))?;
    let goes_on = rest.first().is_some_and(|byte| is_key_byte(*byte)) && !begins_a_key(rest);
    goes_on.then_some(text.len() - rest.len())
}

/// A literal inside a template: `${"` opens it, and `"}` closes it.
pub(super) fn inner_seam(text: &[u8], opened: &mut bool) -> Option<usize> {
    if let [b'$', b'{', b'"' | b'\'' | b'`', next, ..] = text
        && is_key_byte(*next)
    {
        *opened = true;
        return Some(3);
    }
    if let [b'"' | b'\'' | b'`', b'}', ..] = text
        && *opened
    {
        *opened = false;
        return Some(2);
    }
    None
}

fn continued_line(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"\\")?;
    let rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n"))?;
    Some(rest.trim_ascii_start())
}

fn adjacent_literals(text: &[u8]) -> Option<&[u8]> {
    let rest = space(quote(text)?);
    let operator = OPERATORS.iter().find_map(|operator| rest.strip_prefix(operator.as_bytes()));
    let rest = space(operator.unwrap_or(rest));
    // Literal prefixes, as in Python.
    let prefix = rest.iter().take(2).take_while(|byte| b"rRbBfFuUL@$N".contains(byte)).count();
    quote(&rest[prefix..]).or_else(|| quote(rest))
}

/// The text after a quote, which may itself be escaped inside another string.
fn quote(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    let [b'"' | b'\'' | b'`', rest @ ..] = text else { return None };
    Some(rest)
}

/// Skips white space, continued lines, also those of PowerShell and Basic, and line feeds written as `\n`.
fn space(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while text.len() - rest.len() < WIDEST {
        rest = match rest {
            [b' ' | b'\t' | b'\r' | b'\n', after @ ..] | [b'\\', b'n' | b'\n', after @ ..] => after,
            [b'`' | b'_', b'\r' | b'\n', ..] if rest.len() < text.len() => &rest[1..],
            _ => break,
        };
    }
    rest
}

/// Two keys one below the other are not a split string.
pub(super) fn begins_a_key(text: &[u8]) -> bool {
    [&b"sk-"[..], b"sk_", b"rk_"].iter().any(|prefix| text.starts_with(prefix))
}
