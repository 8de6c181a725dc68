//! Few objects with many paths, or with a great depth.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use super::harness::*;

fn object(sandbox: &Sandbox, kind: &str, content: &[u8]) -> String {
    let mut git = sandbox.command("git");
    git.args(["hash-object", "-w", "--stdin", "--literally", "-t", kind]);
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn bytes(id: &str) -> Vec<u8> {
    (0..id.len() / 2).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// A tree with these entries: mode, name, object.
fn tree(sandbox: &Sandbox, entries: &[(&str, String, &str)]) -> String {
    let mut content = Vec::new();
    for (mode, name, id) in entries {
        content.extend([mode.as_bytes(), b" ", name.as_bytes(), b"\0", &bytes(id)].concat());
    }
    object(sandbox, "tree", &content)
}

fn branch(sandbox: &Sandbox, name: &str, tree: &str, parents: &[String]) {
    let mut text = format!("tree {tree}\n");
    for parent in parents {
        let _ = writeln!(text, "parent {parent}");
    }
    text.push_str("author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n");
    let commit = object(sandbox, "commit", text.as_bytes());
    sandbox.git(".", &["update-ref", &format!("refs/heads/{name}"), &commit]);
}

/// Ten trees, each of which names the next one ten times; the last one names a blob.
fn bomb(sandbox: &Sandbox, content: &str) -> String {
    let mut next = object(sandbox, "blob", content.as_bytes());
    let mut mode = "100644";
    for _ in 0..10 {
        let entries: Vec<_> = (0..10).map(|at| (mode, format!("n{at}"), next.as_str())).collect();
        next = tree(sandbox, &entries);
        mode = "40000";
    }
    next
}

/// Generous, since many tests run at once; without a bound, this takes hours.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn ten_trees_with_ten_billion_paths_are_a_small_range() {
    let sandbox = repository();
    for (name, content) in [("clean", "nothing\n".to_owned()), ("key", line(1))] {
        branch(&sandbox, name, &bomb(&sandbox, &content), &[head(&sandbox)]);
        let start = Instant::now();
        let report = range(&sandbox, &format!("main..{name}"));
        assert!(start.elapsed() < LONGEST, "{name}");
        assert_eq!((report.code, report.not_scanned().len()), (i32::from(name == "key"), 0), "{name}");
        if name == "key" {
            let path = report.json["findings"][0]["occurrences"][0]["path"].as_str().unwrap();
            assert_eq!(path.split('/').filter(|part| part.starts_with('n')).count(), 10, "{path}");
        }
    }
    // One bomb against another one.
    let start = Instant::now();
    assert_eq!(range(&sandbox, "clean..key").code, 1);
    assert_eq!(range(&sandbox, "key..clean").code, 0);
    assert!(start.elapsed() < LONGEST);
}

#[test]
fn a_deep_tree_is_read_to_its_end() {
    const DEPTH: usize = 3000;
    let sandbox = repository();
    let blob = object(&sandbox, "blob", line(1).as_bytes());
    let mut deep = tree(&sandbox, &[("100644", "x".to_owned(), &blob)]);
    let mut input = Vec::new();
    // Objects by the thousand would take a process each.
    for _ in 0..DEPTH {
        let content = [b"40000 d\0", &bytes(&deep)[..]].concat();
        let whole = [format!("tree {}\0", content.len()).as_bytes(), &content].concat();
        let id = sha1_of(&whole);
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&whole).unwrap();
        input.push((id.clone(), packer.finish().unwrap()));
        deep = id;
    }
    for (id, packed) in input {
        sandbox.write(format!(".git/objects/{}/{}", &id[..2], &id[2..]), packed);
    }
    branch(&sandbox, "deep", &deep, &[head(&sandbox)]);
    let report = range(&sandbox, "main..deep");
    assert_eq!(report.paths(), [format!("{}x", "d/".repeat(DEPTH))]);
}

fn sha1_of(bytes: &[u8]) -> String {
    use sha1::Digest;
    sha1::Sha1::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn a_commit_may_have_many_parents() {
    let sandbox = repository();
    let blob = object(&sandbox, "blob", line(1).as_bytes());
    let tree = tree(&sandbox, &[("100644", "x".to_owned(), &blob)]);
    branch(&sandbox, "many", &tree, &vec![head(&sandbox); (1 << 16) + 1]);
    let report = range(&sandbox, "main..many");
    assert_eq!((report.code, report.paths()), (1, vec!["x".to_owned()]));
}
