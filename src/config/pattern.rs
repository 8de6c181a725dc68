//! Patterns as in `.gitignore`.

use ignore::gitignore::GitignoreBuilder;

/// Checks that git and the library read a pattern the same way.
///
/// # Errors
/// Why it matches nothing, or not what it seems to match.
pub(super) fn check(text: &str) -> Result<(), String> {
    let why = if text.trim().is_empty() || text.starts_with('#') {
        "it matches nothing".to_owned()
    } else if let Some(why) = never(text) {
        why
    } else if !text.contains(['[', ']', '{', '}', '\\']) {
        // Nothing else can be wrong. Asking the library takes longer than everything else, and there may be thousands
        // of patterns.
        return Ok(());
    } else {
        match GitignoreBuilder::new("").add_line(None, text) {
            Ok(_) => return Ok(()),
            Err(error) => plain(error),
        }
    };
    Err(format!("`{text}` is not a valid .gitignore-style pattern, such as \"tests/**\" or \"*.env\": {why}"))
}

/// Why a pattern matches no path, even though the library accepts it.
fn never(text: &str) -> Option<String> {
    let body = text.trim_end();
    let body = body.strip_prefix('!').unwrap_or(body);
    let body = body.strip_prefix('/').unwrap_or(body);
    let body = body.strip_suffix('/').unwrap_or(body);
    if body.is_empty() {
        return Some("it matches nothing".to_owned());
    }
    if body.split('/').any(|part| part == "..") {
        return Some(
            "paths are relative to the directory of the configuration and cannot leave it".to_owned(),
        );
    }
    if body.split('/').any(|part| part.is_empty() || part == ".") {
        let plain: Vec<_> = body.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let start = if text.starts_with("./") && plain.len() == 1 { "/" } else { "" };
        return Some(format!(
            "a path cannot contain an empty part or `.`; write \"{start}{}\"",
            plain.join("/")
        ));
    }
    has_open_bracket(body).then(|| "a `[` has no matching `]`; for a literal `[`, write '\\['".to_owned())
}

/// Whether a class such as `[a-z]` is unclosed. The library then reads it as text, and git matches nothing.
fn has_open_bracket(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '[']) {
        let mut inner = rest[at + 1..].chars();
        if rest.as_bytes()[at] == b'\\' {
            inner.next();
            rest = inner.as_str();
            continue;
        }
        let class = inner.as_str();
        let class = class.strip_prefix(['!', '^']).unwrap_or(class);
        // A bracket at the beginning is one of the characters.
        let class = class.strip_prefix(']').unwrap_or(class);
        let Some(end) = class.find(']') else { return true };
        rest = &class[end + 1..];
    }
    false
}

/// The library's message, without the pattern that it repeats.
fn plain(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithPath { err, .. } => plain(*err),
        ignore::Error::Partial(errors) => errors.into_iter().map(plain).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
