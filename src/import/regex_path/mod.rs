//! Regular expressions for paths, as patterns of `.gitignore` that match the same files.
//!
//! Both gitleaks and detect-secrets search for the expression anywhere in a path that is relative to the root. Only what
//! can be said exactly is translated: a pattern that matches more would suppress keys that were reported before.

mod parse;

use parse::{RegexPiece, sequences};

/// The patterns that match the same files.
///
/// # Errors
/// Why there are none. It quotes nothing of the expression.
pub(super) fn patterns(regex: &str) -> Result<Vec<String>, String> {
    let sequences = sequences(regex)?;
    let mut all: Vec<String> = Vec::new();
    for sequence in sequences {
        for pattern in translated(sequence)? {
            if !all.contains(&pattern) {
                all.push(pattern);
            }
        }
    }
    // Of several patterns the last one that matches decides, so exceptions must not take away what others allow.
    if all.iter().any(|pattern| pattern.starts_with('!')) && all.len() > 2 {
        return Err("only some of its alternatives are about files of one directory alone".to_owned());
    }
    Ok(all)
}

/// The pattern for one sequence, and an exception for the directories that it would match as well.
fn translated(mut pieces: Vec<RegexPiece>) -> Result<Vec<String>, String> {
    let mut starts = RegexPiece::Anything;
    if let Some(RegexPiece::Start | RegexPiece::NameStart) = pieces.first() {
        starts = pieces.remove(0);
    }
    loop {
        match (pieces.first(), &starts) {
            (Some(RegexPiece::Anything), _) => starts = RegexPiece::Anything,
            // The expression may begin after this just as well.
            (Some(RegexPiece::InName), RegexPiece::Anything) => {}
            _ => break,
        }
        pieces.remove(0);
    }
    let mut ends = RegexPiece::Anything;
    if let Some(RegexPiece::End | RegexPiece::NameEnd) = pieces.last() {
        ends = pieces.remove(pieces.len() - 1);
    }
    loop {
        match (pieces.last(), &ends) {
            (Some(RegexPiece::Anything), _) => ends = RegexPiece::Anything,
            (Some(RegexPiece::InName), RegexPiece::Anything) => {}
            _ => break,
        }
        pieces.pop();
    }
    // Something is in every directory that holds a file.
    if let ([.., RegexPiece::Character('/'), RegexPiece::Something], RegexPiece::Anything | RegexPiece::End) =
        (&pieces[..], &ends)
    {
        pieces.pop();
        ends = RegexPiece::Anything;
    }
    if pieces.is_empty() {
        return Err("it matches every path".to_owned());
    }
    let is_wildcard = |piece: &RegexPiece| !matches!(piece, RegexPiece::Character(one) if *one != '/');
    if pieces.iter().all(is_wildcard) {
        return Err("it names no file and no directory".to_owned());
    }
    let mut body = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let is_slash =
            |at: Option<usize>| at.and_then(|at| pieces.get(at)) == Some(&RegexPiece::Character('/'));
        match piece {
            RegexPiece::Character(character) if character.is_control() => {
                return Err("it has a control character".to_owned());
            }
            RegexPiece::Character(character) => push(&mut body, *character),
            RegexPiece::Class(class) => body.push_str(class),
            // Two stars are any number of directories.
            RegexPiece::InName if at > 0 && pieces[at - 1] == RegexPiece::InName => {}
            RegexPiece::InName => body.push('*'),
            RegexPiece::OneInName => body.push('?'),
            // At least one name is between two slashes.
            RegexPiece::Anything | RegexPiece::Something
                if is_slash(at.checked_sub(1)) && is_slash(Some(at + 1)) =>
            {
                body.push_str("*/**");
            }
            RegexPiece::Anything | RegexPiece::Something => {
                return Err("its `.*` may go on in other directories".to_owned());
            }
            RegexPiece::Start | RegexPiece::End | RegexPiece::NameStart | RegexPiece::NameEnd => {
                return Err("it has an anchor in its middle".to_owned());
            }
        }
    }
    anchored(&body, &starts, &ends)
}

/// A pattern that begins and ends where the expression does.
fn anchored(body: &str, starts: &RegexPiece, ends: &RegexPiece) -> Result<Vec<String>, String> {
    let is_directory = body.ends_with('/');
    let inner = body.strip_suffix('/').unwrap_or(body);
    // What is in a directory at any depth is in one that is named.
    let inner = if is_directory { inner.strip_suffix("/**").unwrap_or(inner) } else { inner };
    let (is_below, inner) = match inner.strip_prefix('/') {
        Some(inner) if *starts == RegexPiece::Anything => (true, inner),
        Some(_) => return Err("it begins with `/`, and paths in a repository do not".to_owned()),
        None => (false, inner),
    };
    if inner.is_empty() || inner.contains("//") || inner.starts_with('/') || inner.ends_with('/') {
        return Err("it matches no path, or nearly all".to_owned());
    }
    if is_directory && *ends != RegexPiece::Anything {
        return Err("it ends with `/`, and names of files do not".to_owned());
    }
    let inner = match ends {
        RegexPiece::Anything if !is_directory => format!("{inner}*"),
        _ => inner.to_owned(),
    };
    let has_slash = inner.contains('/');
    let start = match starts {
        RegexPiece::Start => "/",
        _ if is_below => "*/**/",
        RegexPiece::NameStart if has_slash => "**/",
        RegexPiece::NameStart => "",
        _ if has_slash => "**/*",
        _ => "*",
    };
    let pattern = format!("{start}{inner}{}", if is_directory { "/" } else { "" });
    // What ends with a wildcard may be a directory.
    if *ends == RegexPiece::End && pattern.ends_with(['*', '?', ']']) {
        let whole = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        return Ok(vec![pattern, format!("!{whole}/**")]);
    }
    Ok(vec![pattern])
}

/// Appends a character that stands for itself.
pub(super) fn push(body: &mut String, character: char) {
    if matches!(character, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | '#' | ' ') {
        body.push('\\');
    }
    body.push(character);
}

#[cfg(test)]
mod tests {
    use ignore::gitignore::GitignoreBuilder;
    use proptest::prelude::*;

    use super::*;

    fn matches(patterns: &[String], path: &str) -> bool {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern).unwrap();
        }
        builder.build().unwrap().matched_path_or_any_parents(path, false).is_ignore()
    }

    /// Whether a sequence is found in a path, by trying everything.
    fn is_found(pieces: &[RegexPiece], path: &[char]) -> bool {
        fn fits(pieces: &[RegexPiece], path: &[char], at: usize) -> bool {
            let Some((first, rest)) = pieces.split_first() else { return true };
            let here = path.get(at).copied();
            match first {
                RegexPiece::Character(own) => here == Some(*own) && fits(rest, path, at + 1),
                RegexPiece::Class(class) => {
                    here.is_some_and(|one| matches(std::slice::from_ref(class), &one.to_string()))
                        && fits(rest, path, at + 1)
                }
                RegexPiece::OneInName => here.is_some_and(|one| one != '/') && fits(rest, path, at + 1),
                RegexPiece::InName => {
                    let most = path[at..].iter().take_while(|one| **one != '/').count();
                    (0..=most).any(|count| fits(rest, path, at + count))
                }
                RegexPiece::Anything => (at..=path.len()).any(|at| fits(rest, path, at)),
                RegexPiece::Something => (at + 1..=path.len()).any(|at| fits(rest, path, at)),
                RegexPiece::Start => at == 0 && fits(rest, path, at),
                RegexPiece::End => at == path.len() && fits(rest, path, at),
                RegexPiece::NameStart => {
                    at == 0 && fits(rest, path, at) || here == Some('/') && fits(rest, path, at + 1)
                }
                RegexPiece::NameEnd => {
                    at == path.len() && fits(rest, path, at) || here == Some('/') && fits(rest, path, at + 1)
                }
            }
        }
        (0..=path.len()).any(|at| fits(pieces, path, at))
    }

    #[test]
    fn usual_expressions_have_patterns() {
        for (regex, expected) in [
            ("^vendor/", &["/vendor/"][..]),
            ("^vendor/.*", &["/vendor/"]),
            ("^vendor/.*$", &["/vendor/"]),
            ("^vendor/.+", &["/vendor/"]),
            ("(^|/)vendor/", &["vendor/"]),
            ("(?:^|/)node_modules(?:/.*)?$", &["node_modules/", "node_modules"]),
            ("(^|/)a/b/", &["**/a/b/"]),
            (r"\.md$", &["*.md"]),
            (r".*\.md$", &["*.md"]),
            (r"^docs/[^/]+\.md$", &["/docs/?*.md"]),
            (r"^a/.*/b\.txt$", &["/a/*/**/b.txt"]),
            (r"^src/config\.py$", &["/src/config.py"]),
            (r"(go\.mod|go\.sum)$", &["*go.mod", "*go.sum"]),
            ("vendor", &["*vendor*"]),
            ("vendor/", &["*vendor/"]),
            ("/vendor/", &["*/**/vendor/"]),
            ("tests/data", &["**/*tests/data*"]),
            ("[^/]*/data", &["*/**/data*"]),
            ("data/[^/]*", &["*data/"]),
            ("data/.*/", &["**/*data/*/"]),
            ("(^|/)[^/]*[^/]*/a$", &["**/*/a"]),
            (r"a\*", &[r"*a\**"]),
            (r"^tests/[^/]*$", &["/tests/*", "!/tests/*/**"]),
            (r"jpe?g$", &["*jpeg", "*jpg"]),
            (r"^a\[b", &[r"/a\[b*"]),
            (r"v\d\.txt$", &["*v[0-9].txt"]),
        ] {
            assert_eq!(patterns(regex).unwrap(), expected, "{regex}");
        }
    }

    #[test]
    fn what_cannot_be_said_exactly_is_refused() {
        for regex in [
            "(?i)readme",
            "a.b",
            "a+",
            "a{2}",
            "",
            ".*",
            "^",
            "$",
            "a(b",
            "a)b",
            "[^a]",
            "[a",
            r"\w+",
            "a$b",
            r"a.*\.md$",
            "/$",
            "^/vendor/",
            "vendor/$",
            "(a|b)(c|d)*",
            "(?<n>a)",
            r"\b",
            "a\n",
        ] {
            assert!(patterns(regex).is_err(), "{regex}: {:?}", patterns(regex));
        }
        let many = "(a|b)".repeat(20);
        assert!(patterns(&many).is_err());
        assert!(patterns(&"(".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn patterns_match_what_the_expression_finds(
            regex in r"(\^|\(\^\|/\)|\.\*)?([ab]|/|\[\^/\]\*|\[\^/\]\+|\.\*|\.\+|\(a\|b/\)|a\?|\[ab\]|\\\.){1,5}(\$|\(/\|\$\)|/|\.\*)?",
            path in "([ab.]{0,2}[ab]/){0,3}[ab.]{0,2}[ab]",
        ) {
            if let Ok(patterns) = patterns(&regex) {
                // A path that is the name of a file in the expression is not the name of a directory.
                let sequences = sequences(&regex).unwrap();
                let path_characters: Vec<char> = path.chars().collect();
                let is_in = |path: &[char]| sequences.iter().any(|pieces| is_found(pieces, path));
                let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
                let is_below_file = parents.into_iter().any(|parent| is_in(&parent.chars().collect::<Vec<_>>()));
                if !is_below_file {
                    prop_assert_eq!(matches(&patterns, &path), is_in(&path_characters), "{:?}", patterns);
                }
            }
        }

        #[test]
        fn no_expression_is_too_much(regex in any::<String>()) {
            let _ = patterns(&regex);
        }
    }
}
