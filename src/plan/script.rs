//! The files that the script reads, and the script itself.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::{
    blob::BlobPlan,
    form::{REMOVED, WrittenForm},
    planning::Plan,
};
use crate::{bytes::hex, json_text};

/// What git-filter-repo calls.
pub(super) const EDITS: &[u8] = include_bytes!("edits.py");

const CLEANUP: &str = include_str!("cleanup.sh");

/// What `edits.py` reads.
#[derive(Serialize)]
struct EditsFile {
    /// Blobs whose texts are replaced.
    replace: Vec<String>,
    /// Blobs of which bytes are replaced: from, to, and what is written there, in hex.
    edit: BTreeMap<String, Vec<(usize, usize, String)>>,
    /// What is replaced in names, in order.
    names: Vec<NameEdit>,
}

/// A key in a name.
#[derive(Serialize)]
struct NameEdit {
    /// How it is written, in hex.
    hex: String,
    /// What is written there.
    with: String,
    /// Whether it only counts where no letter or digit is beside it.
    is_short: bool,
}

/// What to do with blobs and names, as JSON.
pub(super) fn edits(plan: &Plan<'_>) -> Result<Vec<u8>> {
    let (mut replace, mut edit) = (Vec::new(), BTreeMap::new());
    for (id, blob) in &plan.blobs {
        match &blob.plan {
            BlobPlan::Replace => replace.push(id.to_string()),
            BlobPlan::Edit(edits) => {
                let edits = edits.iter().map(|one| (one.range.start, one.range.end, hex::digits(&one.with)));
                edit.insert(id.to_string(), edits.collect());
            }
            BlobPlan::Strip => {}
        }
    }
    let name = |form: &WrittenForm| NameEdit {
        hex: hex::digits(&form.bytes),
        // Two keys in names must not make one name of them.
        with: format!("{REMOVED}-{}", form.key),
        is_short: form.is_short(),
    };
    let names = plan.forms.iter().map(name).collect();
    let mut json = Vec::new();
    json_text::write_pretty(&mut json, &EditsFile { replace, edit, names })?;
    json.push(b'\n');
    Ok(json)
}

/// The script, with the program and its options filled in.
pub(super) fn cleanup(program: &[u8], options: &[Vec<u8>]) -> Vec<u8> {
    let (before, rest) = CLEANUP.split_once("@SKANNER@").unwrap_or((CLEANUP, ""));
    let (between, after) = rest.split_once("@OPTIONS@").unwrap_or((rest, ""));
    let mut script = before.as_bytes().to_vec();
    script.extend(quoted(program));
    script.extend_from_slice(between.as_bytes());
    for option in options {
        script.extend(quoted(option));
        script.push(b' ');
    }
    script.extend_from_slice(after.as_bytes());
    script
}

/// A word as the shell takes it.
pub(super) fn quoted(word: &[u8]) -> Vec<u8> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-=+,:@".contains(byte);
    if !word.is_empty() && word.iter().all(is_plain) {
        return word.to_vec();
    }
    let mut quoted = vec![b'\''];
    for byte in word {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            byte => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        for (word, expected) in
            [("/usr/bin/a", "/usr/bin/a"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")]
        {
            assert_eq!(quoted(word.as_bytes()), expected.as_bytes());
        }
    }

    #[test]
    fn the_script_has_no_gap() {
        let script = cleanup(b"/bin/skanner", &[b"--rule".to_vec(), b"a".to_vec()]);
        let script = String::from_utf8(script).unwrap_or_default();
        assert!(script.contains("skanner=${SKANNER:-/bin/skanner}\n"));
        assert!(script.contains("audit --rule a \"$clean\""));
        assert!(!script.contains("@SKANNER@") && !script.contains("@OPTIONS@"));
    }
}
