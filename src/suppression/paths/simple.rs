//! Matches patterns that only use `*`, `?` and `**`. Compiling a pattern takes longer than comparing it with
//! a path, and most are compared with only a few.

/// Whether a pattern as in `.gitignore` matches the path of a file or one of its parent directories.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end();
    let (body, is_directory) = match pattern.strip_suffix('/') {
        Some(body) => (body, true),
        None => (pattern, false),
    };
    let is_anchored = body.contains('/');
    let body = body.strip_prefix('/').unwrap_or(body);
    let mut parts: Vec<&str> = body.split('/').collect();
    if !is_anchored {
        parts.insert(0, "**");
    }
    if body.ends_with("/**") {
        // The contents of a directory, but not the directory itself.
        parts.push("*");
    }
    let names: Vec<&str> = path.split('/').collect();
    // A directory that matches includes its contents.
    let last = if is_directory { names.len().saturating_sub(1) } else { names.len() };
    (1..=last).any(|end| all_match(&parts, &names[..end]))
}

/// Whether the components of a pattern match all names. `**` matches any number of them.
fn all_match(parts: &[&str], names: &[&str]) -> bool {
    let (mut part, mut name) = (0, 0);
    // Where to continue when the last `**` takes one more name.
    let mut again = None;
    while name < names.len() {
        match parts.get(part) {
            Some(&"**") => {
                part += 1;
                again = Some((part, name));
            }
            Some(one) if is_like(one, names[name]) => {
                part += 1;
                name += 1;
            }
            _ => {
                let Some((from, taken)) = again else { return false };
                (part, name) = (from, taken + 1);
                again = Some((from, taken + 1));
            }
        }
    }
    parts[part.min(parts.len())..].iter().all(|one| *one == "**")
}

/// Whether a name matches a pattern: `*` is any number of characters, `?` is one.
fn is_like(pattern: &str, name: &str) -> bool {
    let (mut wanted, mut given) = (pattern.chars(), name.chars());
    let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let before_given = given.clone();
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                given = before_given;
                again = Some((wanted.clone(), given.clone()));
                continue;
            }
            (Some('?'), Some(_)) => continue,
            (Some(one), Some(other)) if one == other => continue,
            _ => {}
        }
        let Some((from, mut taken)) = again.take() else { return false };
        if taken.next().is_none() {
            return false;
        }
        (wanted, given) = (from.clone(), taken.clone());
        again = Some((from, taken));
    }
}
