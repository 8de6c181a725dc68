//! What these tests share.

use std::collections::BTreeSet;

pub(crate) use crate::support::{Report, Run, Sandbox, key, openai_key};

/// A repository with one commit on `main`, in which nothing holds a key. `base` stays there.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox.write("plain.py", "a = 1\nb = 2\nc = 3\nd = 4\n");
    sandbox.write("deep/down/x.txt", "nothing\n");
    commit(&sandbox, "first");
    sandbox.git(".", &["branch", "base"]);
    sandbox
}

/// Commits all there is, and gives the commit's name.
pub(crate) fn commit(sandbox: &Sandbox, message: &str) -> String {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--no-verify", "--message", message]);
    head(sandbox)
}

pub(crate) fn head(sandbox: &Sandbox) -> String {
    sandbox.git(".", &["rev-parse", "HEAD"]).trim().to_owned()
}

pub(crate) fn merge(sandbox: &Sandbox, branches: &[&str]) {
    sandbox.git(".", &[&["merge", "--quiet", "--no-ff", "-m", "merge"], branches].concat());
}

pub(crate) fn staged(sandbox: &Sandbox) -> Report {
    sandbox.scan(&["--staged"])
}

pub(crate) fn range(sandbox: &Sandbox, revisions: &str) -> Report {
    sandbox.scan(&["--range", revisions])
}

/// A scan in a folder, with further variables.
pub(crate) fn scan_in(
    sandbox: &Sandbox,
    folder: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path(folder)).args(["scan", "--format", "json"]).args(arguments);
    Run::of(command.envs(variables.iter().copied()))
}

/// A line with a key.
pub(crate) fn line(seed: u64) -> String {
    format!("key = \"{}\"\n", openai_key(seed))
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

pub(crate) fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(unix)]
pub(crate) fn link(target: &str, path: &std::path::Path) {
    let _ = std::fs::remove_file(path);
    std::os::unix::fs::symlink(target, path).unwrap();
}

pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// `path commit` of every place.
pub(crate) fn places(report: &Report) -> BTreeSet<String> {
    assert_eq!(report.not_scanned(), Vec::<String>::new());
    let findings = report.json["findings"].as_array().unwrap();
    let places = findings.iter().flat_map(|one| one["occurrences"].as_array().unwrap());
    places
        .map(|place| {
            let source = place["source"].as_str().unwrap();
            let path = place["path"].as_str().unwrap();
            let path = if path.is_empty() { source } else { path };
            format!("{path} {}", place["commit"].as_str().unwrap_or("-"))
        })
        .collect()
}

pub(crate) fn set(places: &[(&str, &str)]) -> BTreeSet<String> {
    places.iter().map(|(path, commit)| format!("{path} {commit}")).collect()
}
