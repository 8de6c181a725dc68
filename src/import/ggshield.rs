//! ggshield: `.gitguardian.yaml`, in both of its versions. See `ggshield/core/config/` and `ggshield/core/filter.py`.

use super::{
    entry::{ForeignTool, ImportedEntry, ImportedList, ImportedPaths, Judgment},
    refusal::ListRefusal,
    regex_path,
    secret_hash::SecretHash,
};
use crate::{
    bytes::hex,
    yaml::{self, YamlNode},
};

/// Keys that make a YAML file a configuration of ggshield.
pub(super) const KEYS: [&str; 9] = [
    "secret",
    "matches_ignore",
    "paths_ignore",
    "exit_zero",
    "instance",
    "max_commits_for_hook",
    "all_policies",
    "banlisted_detectors",
    "iac",
];

/// Whether a document has such keys.
pub(super) fn is_config(root: &YamlNode) -> bool {
    matches!(root, YamlNode::Map(entries) if entries.iter().any(|(_, key, _)| KEYS.contains(&&*same(key))))
}

/// Reads a configuration.
///
/// # Errors
/// When it is not YAML, uses more of it than is understood, or has values of other types.
pub(super) fn config(text: &str) -> Result<ImportedList, ListRefusal> {
    let YamlNode::Map(root) = yaml::parse(text)? else {
        return Err(ListRefusal::whole(
            "expected the keys of a configuration of ggshield, such as `version: 2`",
        ));
    };
    let version = root.iter().find(|(_, key, _)| key == "version");
    // Without one, ggshield assumes the first.
    if let Some((line, _, value)) = version
        && !matches!(value, YamlNode::Text(text) if matches!(text.as_str(), "1" | "2"))
    {
        return Err(ListRefusal::at(*line, "only the versions 1 and 2 of this configuration are known"));
    }
    let mut list = ImportedList::of(ForeignTool::Ggshield);
    for (line, key, value) in &root {
        match (&*same(key), value) {
            ("version", _) | ("secret", YamlNode::Nothing) => {}
            ("secret", YamlNode::Map(secret)) => {
                for (line, key, value) in secret {
                    add(&mut list, *line, key, value)?;
                }
            }
            ("secret", _) => return Err(ListRefusal::at(*line, "`secret` must have keys of its own")),
            _ => add(&mut list, *line, key, value)?,
        }
    }
    Ok(list)
}

/// Takes one setting over, or names it.
fn add(list: &mut ImportedList, line: u64, key: &str, value: &YamlNode) -> Result<(), ListRefusal> {
    match &*same(key) {
        "ignored_matches" | "matches_ignore" => {
            for (line, element) in elements(line, value)? {
                list.entries.push(ignored_match(*line, element)?);
            }
        }
        "ignored_paths" | "paths_ignore" => {
            for (line, element) in elements(line, value)? {
                let YamlNode::Text(glob) = element else {
                    return Err(ListRefusal::at(*line, "an ignored path must be a text"));
                };
                list.paths.push(ImportedPaths {
                    line: *line,
                    written: glob.clone(),
                    patterns: patterns(glob),
                });
            }
        }
        "ignored_detectors" | "banlisted_detectors" => {
            for (line, element) in elements(line, value)? {
                let YamlNode::Text(name) = element else {
                    return Err(ListRefusal::at(*line, "an ignored detector must be a text"));
                };
                list.leave_out(*line, format!("detector {name}"), "rules: not taken over by this version");
            }
        }
        _ => list.leave_out(line, format!("setting {key}"), "it is about ggshield alone"),
    }
    Ok(())
}

fn ignored_match(line: u64, element: &YamlNode) -> Result<ImportedEntry, ListRefusal> {
    let (mut name, mut hash) = ("", None);
    match element {
        YamlNode::Text(text) => hash = Some(text.as_str()),
        YamlNode::Map(entries) => {
            for (_, key, value) in entries {
                match (key.as_str(), value) {
                    ("match", YamlNode::Text(text)) => hash = Some(text),
                    ("name", YamlNode::Text(text)) => name = text,
                    _ => {}
                }
            }
        }
        _ => {}
    }
    let hash =
        hash.ok_or_else(|| ListRefusal::at(line, "an ignored match needs a `match`: a SHA-256 or a text"))?;
    Ok(ImportedEntry {
        line,
        path: None,
        at: None,
        commit: None,
        kind: name.to_owned(),
        secret: Some(match sha256(hash) {
            Some(bytes) => SecretHash::Ggshield(bytes),
            None => SecretHash::of(hash.as_bytes()),
        }),
        judgment: Judgment::Known,
    })
}

fn elements(line: u64, value: &YamlNode) -> Result<&[(u64, YamlNode)], ListRefusal> {
    match value {
        YamlNode::List(elements) => Ok(elements),
        YamlNode::Nothing => Ok(&[]),
        _ => Err(ListRefusal::at(line, "expected a list")),
    }
}

/// ggshield reads keys with `-` and `_` alike.
fn same(key: &str) -> String {
    key.replace('-', "_")
}

fn sha256(digits: &str) -> Option<[u8; 32]> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> = pairs.iter().map(|pair| hex::byte(*pair)).collect();
    bytes?.try_into().ok()
}

/// Patterns as in `.gitignore` for a path as ggshield has it: see `translate_user_pattern`. It begins at any directory
/// unless it begins with `/`, a `*` is at least one character of a name, and it ends where the path does unless it ends
/// with `/`.
fn patterns(glob: &str) -> Result<Vec<String>, String> {
    let is_refused = glob.contains("***")
        || glob.match_indices("**").any(|(at, _)| {
            let (before, after) = (glob[..at].chars().next_back(), glob[at + 2..].chars().next());
            before.is_some_and(|one| one != '/') || after.is_some_and(|one| one != '/')
        });
    let inner = glob.strip_prefix('/').unwrap_or(glob);
    let body = inner.strip_suffix('/').unwrap_or(inner);
    if is_refused || body.is_empty() {
        return Err("ggshield does not accept this pattern".to_owned());
    }
    let names: Vec<&str> = body.split('/').collect();
    if names.iter().any(|name| matches!(*name, "" | "." | "..")) || glob.contains(char::is_control) {
        return Err("it matches no path".to_owned());
    }
    let last = names.len() - 1;
    let is_directory = inner.ends_with('/');
    // All files at any depth, of which the pattern of a directory says the same.
    let is_everything = names.ends_with(&["**", "*"]);
    let mut whole = String::new();
    for (at, name) in names.iter().enumerate() {
        match *name {
            // Followed by a slash, it is any number of directories, and else two names of at least one character.
            "**" if at < last || is_directory => whole.push_str("**"),
            "*" if at < last || is_directory || is_everything => whole.push('*'),
            name => name.chars().for_each(|one| match one {
                '*' => whole.push_str("?*"),
                one => regex_path::push(&mut whole, one),
            }),
        }
        if at < last {
            whole.push('/');
        }
    }
    if matches!(whole.as_str(), "**" | "**/*" | "*") {
        return Err("it matches every path".to_owned());
    }
    let start = match () {
        () if glob.starts_with('/') => "/",
        () if whole.contains('/') && !whole.starts_with("**/") => "**/",
        () => "",
    };
    let pattern = format!("{start}{whole}{}", if is_directory { "/" } else { "" });
    if !is_directory && !is_everything && pattern.ends_with('*') {
        // It is about files, and the pattern would match directories, too.
        let exception = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        return Ok(vec![pattern, format!("!{exception}/**")]);
    }
    Ok(vec![pattern])
}

#[cfg(test)]
mod tests {
    use ignore::gitignore::GitignoreBuilder;

    use super::*;

    #[test]
    fn paths_mean_what_they_mean_to_ggshield() {
        // What `re.search(translate_user_pattern(glob), path)` finds.
        for (glob, yes, no) in [
            ("tests/", &["tests/a", "x/tests/a/b"][..], &["tests", "mytests/a"][..]),
            ("/tests/", &["tests/a"], &["x/tests/a"]),
            ("a/b.txt", &["a/b.txt", "x/a/b.txt"], &["xa/b.txt", "a/b.txt.c"]),
            ("*.md", &["a.md", "x/a.md"], &[".md", "a.md.txt"]),
            ("tests/*", &["tests/a", "x/tests/a"], &["tests/a/b"]),
            ("/tests/**/*", &["tests/a", "tests/a/b"], &["x/tests/a"]),
            ("**/a.txt", &["a.txt", "x/y/a.txt"], &["ba.txt"]),
            ("a/**/b", &["a/b", "a/x/y/b"], &["ab", "a/xb"]),
            ("x[1].txt", &["x[1].txt"], &["x1.txt"]),
        ] {
            let mut builder = GitignoreBuilder::new("");
            for pattern in patterns(glob).unwrap() {
                builder.add_line(None, &pattern).unwrap();
            }
            let all = builder.build().unwrap();
            let is_match = |path: &&&str| all.matched_path_or_any_parents(**path, false).is_ignore();
            assert!(yes.iter().all(|path| is_match(&path)), "{glob}: {:?}", patterns(glob));
            assert!(!no.iter().any(|path| is_match(&path)), "{glob}: {:?}", patterns(glob));
        }
        for glob in ["", "/", "a***", "a**", "**b", "a//b", "../a", "**/", "**/*"] {
            assert!(patterns(glob).is_err(), "{glob}: {:?}", patterns(glob));
        }
    }
}
