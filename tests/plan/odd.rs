//! Places that few repositories have.

use std::{fs, os::unix::fs::symlink};

use sha2::{Digest, Sha256};

use crate::{
    harness::{Planned, commit, has, planned, repository},
    support::{Run, Sandbox, openai_key},
};

/// A commit with these variables.
fn commit_as(sandbox: &Sandbox, variables: &[(&str, &str)], arguments: &[&str]) {
    let mut command = sandbox.command("git");
    for (name, value) in
        [("AUTHOR_NAME", "A"), ("AUTHOR_EMAIL", "a@b"), ("COMMITTER_NAME", "A"), ("COMMITTER_EMAIL", "a@b")]
    {
        command.env(format!("GIT_{name}"), value);
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    let run = Run::of(command.args(arguments));
    assert_eq!(run.code, 0, "{run:?}");
}

/// A Git LFS pointer, whose content is stored.
fn lfs(sandbox: &Sandbox, content: &str) -> String {
    let id: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    sandbox.write(format!(".git/lfs/objects/{}/{}/{id}", &id[..2], &id[2..4]), content);
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {}\n", content.len())
}

fn fill(sandbox: &Sandbox, key: &dyn Fn(u64) -> String) {
    let empty = ["commit", "-q", "--allow-empty", "-m", "by a key"];
    commit_as(sandbox, &[("GIT_COMMITTER_NAME", &key(0)), ("GIT_COMMITTER_EMAIL", "x@example.org")], &empty);
    commit_as(sandbox, &[("GIT_AUTHOR_EMAIL", &format!("{}@example.org", key(1)))], &empty);
    commit_as(sandbox, &[("GIT_COMMITTER_NAME", &key(2))], &["tag", "-a", "tagger", "-m", "by a key"]);
    // Tags of tags, of files and of directories, and refs of no kind.
    sandbox.git("", &["tag", "-a", "inner", "-m", &key(3)]);
    sandbox.git("", &["tag", "-a", "outer", "-m", &format!("outer {}", key(4)), "inner"]);
    let path = sandbox.write("../blob", key(5));
    let blob = sandbox.git("", &["hash-object", "-w", path.to_str().unwrap()]);
    sandbox.git("", &["tag", "a-blob", blob.trim()]);
    sandbox.git("", &["tag", "-a", &format!("blob-{}", key(6)), "-m", &key(7), blob.trim()]);
    sandbox.git("", &["update-ref", "refs/other/blob", blob.trim()]);
    sandbox.write("tree/a.txt", key(8));
    sandbox.write(format!("tree/{}.txt", key(9)), "a name");
    sandbox.git("", &["add", "-A"]);
    let tree = sandbox.git("", &["write-tree"]);
    sandbox.git("", &["tag", "a-tree", tree.trim()]);
    sandbox.git("", &["rm", "-q", "-r", "-f", "tree"]);
    // Names that need quotes, with keys and beside keys.
    sandbox.write("a \"quoted\" \n\t`name`.txt", key(10));
    sandbox.write(format!("\" {} \n.txt", key(11)), "a name");
    sandbox.write("ü/é.txt", key(12));
    sandbox.write(format!("percent-{}.txt", key(13).replace('-', "%2D")), "a name");
    commit(sandbox, "names");
}

fn fill_history(sandbox: &Sandbox, key: &dyn Fn(u64) -> String) {
    // A large file, a link that is a directory's name, a changed mode.
    let lines = "a line of text\n".repeat(40_000);
    sandbox.write("large.txt", format!("{lines}{}\n{lines}", key(14)));
    symlink(format!("../{}", key(15)), sandbox.path("link")).unwrap();
    commit(sandbox, "large");
    // Several roots, and a merge of many.
    for (number, name) in (16..).zip(["a", "b"]) {
        sandbox.git("", &["checkout", "-q", "--orphan", name]);
        sandbox.write(format!("{name}.txt"), key(number));
        commit(sandbox, name);
    }
    sandbox.git("", &["checkout", "-q", "main"]);
    let merge = ["merge", "-q", "--allow-unrelated-histories", "-m", "many", "a", "b"];
    let mut command = sandbox.command("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@b"]).args(merge);
    // Git does not merge unrelated histories by three.
    if Run::of(&mut command).code != 0 {
        sandbox.git("", &["reset", "-q", "--hard"]);
        sandbox.git("", &["merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "one", "a"]);
    }
    // Git LFS.
    sandbox.write("key.bin", lfs(sandbox, &key(18)));
    sandbox.write("clean.bin", lfs(sandbox, "clean"));
    // A message that is no UTF-8.
    sandbox.git("", &["config", "i18n.commitEncoding", "latin1"]);
    let message = sandbox.write("../message", [b"caf\xe9 ", key(19).as_bytes()].concat());
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-q", "-F", message.to_str().unwrap()]);
    sandbox.git("", &["update-ref", "refs/pull/7/head", "HEAD"]);
    // Something stands in for a commit with a key.
    sandbox.write("replaced.txt", key(20));
    commit(sandbox, "replaced");
    let old = sandbox.git("", &["rev-parse", "HEAD"]);
    sandbox.write("replaced.txt", "clean");
    sandbox.git("", &["commit", "-q", "-a", "--amend", "-m", "replacement"]);
    let new = sandbox.git("", &["rev-parse", "HEAD"]);
    sandbox.git("", &["reset", "-q", "--hard", old.trim()]);
    sandbox.git("", &["replace", old.trim(), new.trim()]);
    // What is checked out is a branch with a key in its name.
    sandbox.git("", &["checkout", "-q", "-b", &format!("topic/{}/x", key(21))]);
    sandbox.git(
        "",
        &["notes", "--ref", "review", "add", "-m", &format!("token: {}", key(22).replace('-', "%2D"))],
    );
}

#[test]
fn odd_places_are_cleaned_too() {
    if !has("git-filter-repo") {
        return;
    }
    let key = |number: u64| openai_key(300 + number);
    let sandbox = repository();
    fill(&sandbox, &key);
    fill_history(&sandbox, &key);
    let keys: Vec<String> = (0..23).map(key).collect();
    let mut planned = planned(sandbox, &[]);
    planned.assert_secret(&keys);
    let run = planned.clean_up();
    assert_eq!(run.code, 0, "{run:?}");
    planned.assert_secret(&keys);
    planned.git_clean(&["fsck", "--strict", "--full"]);
    assert_refs(&planned);
    let pulls = fs::read_to_string(planned.sandbox.path("../plan/work/changed-pull-requests")).unwrap();
    assert_eq!(pulls, "refs/pull/7/head\n");
    assert_eq!(planned.stripped(), ["key.bin"]);
    let names = planned.git_clean(&["ls-tree", "-r", "-z", "--name-only", "HEAD"]);
    assert!(names.contains("a \"quoted\" \n\t`name`.txt") && names.contains("clean.bin"), "{names}");
    // Nobody can write a line of the list.
    let guide = planned.file("README.md");
    let line = guide.lines().find(|line| line.contains("quoted")).unwrap();
    assert!(line.starts_with("- [ ] `a \"quoted\" ") && line.contains("'name'.txt`, line 1"), "{line}");
}

fn assert_refs(planned: &Planned) {
    let refs = planned.git_clean(&["for-each-ref", "--format=%(refname) %(objecttype) %(*objecttype)"]);
    for (name, kinds) in [
        ("refs/tags/outer", "tag tag"),
        ("refs/tags/a-blob", "blob "),
        ("refs/other/blob", "blob "),
        ("refs/tags/a-tree", "tree "),
        ("refs/notes/review", "commit "),
    ] {
        assert!(refs.contains(&format!("{name} {kinds}")), "{name} {kinds}: {refs}");
    }
    assert!(refs.contains("refs/tags/blob-REMOVED-BY-SKANNER-"), "{refs}");
    let head = planned.git_clean(&["symbolic-ref", "HEAD"]);
    assert!(head.starts_with("refs/heads/topic/REMOVED-BY-SKANNER-"), "{head}");
    assert!(refs.contains(head.trim()), "{refs}");
}

#[test]
fn what_cannot_be_rewritten_is_refused() {
    if !has("git-filter-repo") {
        return;
    }
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "a key");
    sandbox.git(
        "",
        &["clone", "-q", "--depth=1", &format!("file://{}", sandbox.tree().display()), "../shallow"],
    );
    let mut planned = planned(sandbox, &[]);
    let run = crate::harness::run_with_tools(&planned.sandbox, "sh", &["../plan/cleanup.sh", "../shallow"]);
    assert!(run.code == 2 && run.stderr.contains("is a shallow clone"), "{run:?}");
    assert!(!planned.sandbox.path("../plan/work").exists());
    let run = planned.sandbox.skanner(&["audit", "../shallow", "--allow-shallow", "--plan", "../other-plan"]);
    assert!(run.code == 2 && run.stderr.contains("this is a shallow clone"), "{run:?}");
    // Without its inputs, the script does nothing.
    fs::remove_file(planned.sandbox.path("../plan/edits.json")).unwrap();
    let run = planned.clean_up();
    assert!(run.code == 2 && run.stderr.contains("edits.json is missing"), "{run:?}");
    assert!(!planned.sandbox.path("../plan/work").exists());
}
