//! What a commit or an index brings, by git's plumbing.

use std::collections::BTreeSet;

use super::{
    case::{Case, Planted},
    oracle::keys_in,
};

/// The keys that must be reported, and those that may be.
#[derive(Default)]
pub(crate) struct Brought {
    pub(crate) must: BTreeSet<String>,
    pub(crate) may: BTreeSet<String>,
}

/// The keys of an object. It is read once, so nothing may be planted or damaged between two questions.
pub(crate) fn keys_of(case: &mut Case, planted: &[Planted], object: &str) -> Option<BTreeSet<String>> {
    if let Some(keys) = case.known.get(object) {
        return Some(keys.clone());
    }
    let ran = case.try_git("", &["cat-file", "-p", object], b"");
    let keys = ran.is_success().then(|| keys_in(planted, &ran.stdout))?;
    case.known.insert(object.to_owned(), keys.clone());
    Some(keys)
}

/// Several blobs at once, with a header before each.
fn blobs(case: &mut Case, names: &[String]) -> Option<Vec<Vec<u8>>> {
    let ran = case.try_git("", &["cat-file", "--batch"], format!("{}\n", names.join("\n")).as_bytes());
    if !ran.is_success() {
        return None;
    }
    let (mut rest, mut found) = (&ran.stdout[..], Vec::new());
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let size = header.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        // A name that is not there has no size.
        let size = size.filter(|_| !header.ends_with("missing")).unwrap_or(usize::MAX);
        if size == usize::MAX {
            found.push(Vec::new());
            continue;
        }
        found.push(rest.get(..size)?.to_vec());
        rest = rest.get(size + 1..)?;
    }
    Some(found)
}

/// The keys of all that a tree holds, with the names in it.
pub(crate) fn keys_of_tree(case: &mut Case, planted: &[Planted], tree: &str) -> Option<BTreeSet<String>> {
    let tree = format!("{tree}^{{tree}}");
    if let Some(keys) = case.known.get(&tree) {
        return Some(keys.clone());
    }
    let ran = case.try_git("", &["ls-tree", "-r", "-z", &tree], b"");
    if !ran.is_success() {
        return None;
    }
    let listed = String::from_utf8_lossy(&ran.stdout).into_owned();
    let mut keys = keys_in(planted, listed.as_bytes());
    let names: Vec<String> = listed
        .split('\0')
        .filter(|line| line.contains(" blob "))
        .map(|line| line.split([' ', '\t']).nth(2).unwrap().to_owned())
        .collect();
    for blob in blobs(case, &names)? {
        keys.extend(keys_in(planted, &blob));
    }
    case.known.insert(tree, keys.clone());
    Some(keys)
}

/// What one line of raw output tells: the path, the old blobs and the new one.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) old: Vec<String>,
    pub(crate) new: Option<String>,
}

/// Reads what `diff-tree -c -z --raw` and `diff-index -z --raw` write.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    let (mut rows, mut parts) = (Vec::new(), text.split('\0'));
    while let Some(part) = parts.next() {
        if !part.starts_with(':') {
            continue;
        }
        let sides = part.bytes().take_while(|byte| *byte == b':').count();
        let words: Vec<&str> = part[sides..].split(' ').collect();
        let is_blob = |at: usize| words[at].starts_with("100") || words[at].starts_with("120");
        let name = |at: usize| is_blob(at).then(|| words[sides + 1 + at].to_owned());
        rows.push(Row {
            path: parts.next().unwrap_or_default().to_owned(),
            old: (0..sides).filter_map(name).collect(),
            new: name(sides),
        });
    }
    rows
}

/// What these rows bring, if what stood before had these keys.
pub(crate) fn brought(
    case: &mut Case,
    planted: &[Planted],
    rows: &[Row],
    before: &BTreeSet<String>,
) -> Option<Brought> {
    let mut all = Brought::default();
    for row in rows {
        let Some(new) = &row.new else { continue };
        let mut keys = keys_of(case, planted, new)?;
        for old in &row.old {
            keys = &keys - &keys_of(case, planted, old)?;
        }
        if row.old.is_empty() {
            keys.extend(keys_in(planted, row.path.as_bytes()));
        }
        all.may.extend(keys_in(planted, row.path.as_bytes()));
        all.must.extend(keys.difference(before).cloned());
        all.may.extend(keys);
    }
    Some(all)
}
