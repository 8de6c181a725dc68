//! Every form of index, wherever it is.

use std::fs;

use super::harness::*;

/// Ways to keep the same index.
const FORMS: &[(&str, &[&[&str]])] = &[
    ("version 2", &[&["update-index", "--index-version", "2"]]),
    ("version 3", &[&["update-index", "--index-version", "3"]]),
    ("version 4", &[&["update-index", "--index-version", "4"]]),
    ("split", &[&["update-index", "--split-index"]]),
    ("split, version 4", &[&["update-index", "--index-version", "4"], &["update-index", "--split-index"]]),
    (
        "sparse",
        &[&["sparse-checkout", "init", "--cone", "--sparse-index"], &["sparse-checkout", "set", "d1"]],
    ),
    ("without checksum", &[&["config", "index.skipHash", "true"]]),
    ("with an untracked cache", &[&["update-index", "--untracked-cache"]]),
    ("without a tree cache", &[&["read-tree", "--empty"], &["add", "--all", "--sparse"]]),
];

#[test]
fn every_form_of_index_says_what_git_says() {
    for format in ["sha1", "sha256"] {
        for (name, commands) in FORMS {
            let sandbox = Sandbox::new();
            sandbox.git(".", &["init", "--quiet", "--object-format", format]);
            // Every file has a key, so that the report names all that is staged.
            let mut seeds = 1..;
            let mut write = |path: String| drop(sandbox.write(path, line(seeds.next().unwrap())));
            for folder in 0..4 {
                (0..5).for_each(|file| write(format!("d{folder}/sub/f{file}.py")));
                // Names that sort between the folder and what is in it.
                write(format!("d{folder}-x.py"));
                write(format!("d{folder}.py"));
            }
            commit(&sandbox, "first");
            for command in *commands {
                sandbox.git(".", command);
            }
            let mut random = fastrand::Rng::with_seed(7);
            for round in 0..6 {
                let folder = random.usize(..4);
                let is_outside = *name == "sparse" && folder != 1;
                match random.usize(..4) {
                    0 if !is_outside => write(format!("d{folder}/sub/f{}.py", random.usize(..7))),
                    1 if !is_outside => drop(fs::remove_file(
                        sandbox.path(format!("d{folder}/sub/f{}.py", random.usize(..5))),
                    )),
                    2 if !is_outside => write(format!("d{folder}/new{round}/a.py")),
                    _ => write(format!("d{folder}.py")),
                }
                sandbox.git(".", &["add", "--all"]);
                let git =
                    sandbox.git(".", &["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d"]);
                let mut expected: Vec<&str> = git.lines().collect();
                expected.sort_unstable();
                let report = sandbox.scan(&["--staged", "--all"]);
                assert_eq!(
                    (report.paths(), report.not_scanned()),
                    (owned(&expected), vec![]),
                    "{format}, {name}, round {round}"
                );
            }
        }
    }
}

#[test]
fn folders_outside_of_a_sparse_checkout_are_compared_as_trees() {
    let sandbox = repository();
    sandbox.write("out/of/sight.py", "x\n");
    commit(&sandbox, "second");
    sandbox.write("out/of/sight.py", line(1));
    commit(&sandbox, "key");
    sandbox.git(".", &["sparse-checkout", "init", "--cone", "--sparse-index"]);
    sandbox.git(".", &["sparse-checkout", "set", "deep"]);
    sandbox.git(".", &["reset", "--quiet", "--soft", "HEAD~1"]);
    let index = fs::read(sandbox.path(".git/index")).unwrap();
    assert!(index.windows(4).any(|window| window == b"sdir"), "the test is of a sparse index");
    assert_eq!(staged(&sandbox).paths(), ["out/of/sight.py"]);
}

#[test]
fn the_environment_says_which_repository_is_meant() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet", "repository"]);
    sandbox.write("repository/sub/x.py", line(1));
    sandbox.git("repository", &["add", "--all"]);
    sandbox.write("repository/y.py", line(2));
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    let mut add = sandbox.command("git");
    add.current_dir(sandbox.path("repository")).env("GIT_INDEX_FILE", "other").args(["add", "y.py"]);
    assert_eq!(Run::of(&mut add).code, 0);
    let scan = |folder: &str, variables: &[(&str, &str)]| {
        scan_in(&sandbox, folder, &["--staged"], variables).report()
    };
    assert_eq!(scan("repository/sub", &[]).paths(), ["sub/x.py"], "paths are from the root, as git's");
    assert_eq!(scan("repository", &[("GIT_INDEX_FILE", "other")]).paths(), ["y.py"]);
    assert_eq!(scan("repository/sub", &[("GIT_INDEX_FILE", "other")]).paths(), ["y.py"]);
    let both = [("GIT_DIR", "../repository/.git"), ("GIT_WORK_TREE", "../repository")];
    assert_eq!(scan("elsewhere", &both).paths(), ["sub/x.py"]);
    assert_eq!(scan("elsewhere", &both[..1]).paths(), ["sub/x.py"]);
    // Objects that are somewhere else.
    fs::rename(sandbox.path("repository/.git/objects"), sandbox.path("objects")).unwrap();
    fs::create_dir(sandbox.path("repository/.git/objects")).unwrap();
    assert_eq!(scan("repository", &[("GIT_OBJECT_DIRECTORY", "../objects")]).paths(), ["sub/x.py"]);
    assert_eq!(
        scan("repository", &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", "../objects")]).paths(),
        ["sub/x.py"]
    );
    assert_eq!(scan("repository", &[]).code, 2);
}
