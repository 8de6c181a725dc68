//! Whether a `[remedy]` says what it knows, what it does not know, and where it has that from.

use toml::{Table, Value};

/// What people ask of a leaked key, beside where to revoke it.
const FACTS: [&str; 5] = ["usage", "breaks", "limits", "leaked", "rotate"];

/// Checks that each fact is either told or among those that are `unknown`, and that there are sources. Both lists are for those who
/// edit the file, so the program does not get them.
pub(crate) fn evidence(remedy: &mut Table) -> Result<(), String> {
    let unknown = texts(remedy.remove("unknown"), "unknown")?;
    let sources = texts(remedy.remove("sources"), "sources")?;
    if let Some(other) = unknown.iter().find(|one| !FACTS.contains(&one.as_str())) {
        return Err(format!("lists {other:?} as unknown, which is none of {FACTS:?}"));
    }
    for fact in FACTS {
        let is_told = remedy.contains_key(fact) || fact == "usage" && remedy.contains_key("usage_url");
        match (is_told, unknown.iter().filter(|one| *one == fact).count()) {
            (true, 0) | (false, 1) => {}
            (true, _) => return Err(format!("tells `{fact}` and lists it as unknown")),
            (false, 0) => {
                return Err(format!("does not tell `{fact}`; list it in `unknown` if no document does"));
            }
            (false, _) => return Err(format!("lists `{fact}` as unknown twice")),
        }
    }
    if !remedy.contains_key("github") {
        return Err("does not say whom GitHub tells, as `github`".to_owned());
    }
    // A page is its own source.
    let is_page = remedy.contains_key("usage_url") && !remedy.contains_key("usage");
    if sources.is_empty() && unknown.len() + usize::from(is_page) < FACTS.len() {
        return Err("has facts, but no `sources`".to_owned());
    }
    match sources
        .iter()
        .find(|source| !source.starts_with("https://") || source.contains(char::is_whitespace))
    {
        Some(source) => Err(format!("has the source {source:?}, which is no address")),
        None => Ok(()),
    }
}

fn texts(list: Option<Value>, key: &str) -> Result<Vec<String>, String> {
    list.map_or(Ok(Vec::new()), Value::try_into).map_err(|error| format!("has a bad `{key}`: {error}"))
}
