//! What is not here: shallow and partial clones, missing and damaged objects.

use std::fs;

use super::harness::*;

#[test]
fn what_is_not_here_is_named_with_the_way_out() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    commit(&sandbox, "x");
    for (revisions, expected) in [
        ("nowhere..main", "there is no revision `nowhere` here; if it is on a server, `git fetch` it first"),
        ("main ^nowhere", "there is no revision `nowhere`"),
        (&"1".repeat(40), "there is no revision"),
        ("--nonsense", "`--nonsense` is not supported"),
        ("--not main", "names nothing to scan"),
        ("", "names nothing to scan"),
        ("^base..main", "is not a range"),
        ("auto", "none was found (known: GitHub Actions"),
    ] {
        let run = sandbox.skanner(&["scan", "--range", revisions]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{revisions}: {run:?}");
        assert!(run.stderr.contains(expected), "{revisions}: {run:?}");
    }
    sandbox.git(".", &["checkout", "--quiet", "--orphan", "root"]);
    commit(&sandbox, "root");
    let run = sandbox.skanner(&["scan", "--range", "main...root"]);
    assert!(run.code == 2 && run.stderr.contains("have no commit in common"), "{run:?}");
}

/// A clone of `tree` in `clone`, of which only the newest commits are there.
fn shallow(sandbox: &Sandbox, depth: &str) {
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git(".", &["clone", "--quiet", "--depth", depth, &url, "../clone"]);
}

fn in_clone(sandbox: &Sandbox, revisions: &str) -> Run {
    scan_in(sandbox, "../clone", &["--range", revisions], &[])
}

#[test]
fn a_shallow_clone_proves_nothing_beyond_its_end() {
    let sandbox = repository();
    for round in 0..4 {
        sandbox.write(format!("{round}.py"), "x\n");
        commit(&sandbox, "more");
    }
    shallow(&sandbox, "2");
    in_clone(&sandbox, "HEAD~1..HEAD").report().assert_clean();
    in_clone(&sandbox, "HEAD --not --remotes").report().assert_clean();
    in_clone(&sandbox, "HEAD").report().assert_not_scanned(&["its parents are missing"]);
    let run = in_clone(&sandbox, "HEAD~2..HEAD");
    assert!(run.code == 2 && run.stderr.contains("`fetch-depth: 0`"), "{run:?}");
    let run = in_clone(&sandbox, "base..HEAD");
    assert!(run.code == 2 && run.stderr.contains("this clone is shallow"), "{run:?}");
    // A commit on top of the clone's end.
    let clone = sandbox.path("../clone");
    fs::write(clone.join("new.py"), line(1)).unwrap();
    sandbox.git("../clone", &["add", "--all"]);
    sandbox.git("../clone", &["commit", "--quiet", "-m", "new"]);
    assert_eq!(in_clone(&sandbox, "HEAD --not --remotes").report().paths(), ["new.py"]);
    assert_eq!(in_clone(&sandbox, "@{u}..HEAD").report().paths(), ["new.py"]);
}

#[test]
fn a_partial_clone_names_what_it_lacks() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.write("y.py", "y\n");
    commit(&sandbox, "x");
    fs::remove_file(sandbox.path("x.py")).unwrap();
    commit(&sandbox, "gone");
    sandbox.git(".", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git(".", &["clone", "--quiet", "--filter=blob:none", &url, "../clone"]);
    in_clone(&sandbox, "HEAD~2..HEAD").report().assert_not_scanned(&["x.py: object"]);
    fs::remove_dir_all(sandbox.path("../clone")).unwrap();
    sandbox.git(".", &["clone", "--quiet", "--filter=tree:0", &url, "../clone"]);
    let report = in_clone(&sandbox, "HEAD~2..HEAD").report();
    assert!(
        report.code == 2 && report.not_scanned().iter().all(|one| one.contains("is missing; fetch it")),
        "{report:?}"
    );
}

#[test]
fn damage_is_named() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    let id = commit(&sandbox, "x");
    sandbox.write("y.py", line(2));
    commit(&sandbox, "y");
    let remove =
        |id: &str| fs::remove_file(sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    remove(sandbox.git(".", &["rev-parse", &format!("{id}:x.py")]).trim());
    let report = range(&sandbox, "base..main");
    report.assert_not_scanned(&["x.py: object"]);
    assert_eq!(report.paths(), ["y.py"]);
    remove(sandbox.git(".", &["rev-parse", &format!("{id}^{{tree}}")]).trim());
    assert_eq!(range(&sandbox, "base..main").code, 2);
    remove(&id);
    let run = sandbox.skanner(&["scan", "--range", "base..main"]);
    assert!(run.code == 2 && run.stderr.contains("cannot be listed"), "{run:?}");
}

#[test]
fn it_works_in_bare_repositories_worktrees_and_with_sha256() {
    for format in ["sha1", "sha256"] {
        let sandbox = Sandbox::new();
        sandbox.git(".", &["init", "--quiet", "--object-format", format]);
        commit(&sandbox, "first");
        sandbox.write("x.py", line(1));
        let id = commit(&sandbox, "x");
        assert_eq!(places(&range(&sandbox, "HEAD~1..HEAD")), set(&[("x.py", &id)]), "{format}");
        sandbox.git(".", &["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
        sandbox.git(".", &["clone", "--quiet", "--bare", ".", "../bare"]);
        for folder in ["../linked", "../bare"] {
            let run = scan_in(&sandbox, folder, &["--range", "HEAD~1..HEAD"], &[]);
            assert_eq!(places(&run.report()), set(&[("x.py", &id)]), "{format}, {folder}");
        }
    }
}
