//! What a repository leads to outside of its own directory: it is known, and nothing of it is shown by mistake.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{fs, os::unix::fs::symlink, path::Path};

use skanner::testing::git::outside;
use support::{Report, Sandbox};

/// A repository with one commit and no key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "a\n");
    sandbox.write("src/b.txt", "b\n");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "first"]);
    sandbox
}

fn history(sandbox: &Sandbox) -> Report {
    sandbox.scan(&["--history"])
}

#[test]
fn a_list_of_alternates_that_is_none_is_named_and_not_shown() {
    let long = "x\n".repeat(1 << 20);
    let many = format!("{}\n", ".\n".repeat(2000));
    let binary = b"\x7fELF\0\0\0private\0".to_vec();
    let cases: &[(&[u8], &str)] = &[
        (
            b"private one\nprivate two\nprivate three\n",
            "names in line 1 an object directory that cannot be read, like 2 more",
        ),
        (b"# comment\n\n/private\n", "names in line 3 an object directory that cannot be read: "),
        (b"../config\n", "cannot be read: not a directory"),
        (&binary, "names in line 1"),
        (long.as_bytes(), "is longer than any list"),
        (many.as_bytes(), "has more than 1000 lines"),
    ];
    for (content, why) in cases {
        let sandbox = repository();
        sandbox.write(".git/objects/info/alternates", content);
        let report = history(&sandbox);
        report.assert_not_scanned(&[why]);
        assert!(
            report.not_scanned()[0].starts_with(".git/objects/info/alternates: ")
                || report.not_scanned()[0].contains("/alternates: ")
        );
        assert!(!report.json.to_string().contains("private"), "{report:?}");
    }
}

#[test]
fn a_list_of_alternates_that_is_a_link_is_not_followed() {
    let sandbox = repository();
    sandbox.git("..", &["clone", "-q", "tree", "other"]);
    let objects = sandbox.path("../other/.git/objects");
    for target in ["private line one\nprivate line two\n".to_owned(), format!("{}\n", objects.display())] {
        sandbox.write("../private", target);
        let link = sandbox.path(".git/objects/info/alternates");
        let _ = fs::remove_file(&link);
        symlink(sandbox.path("../private"), &link).unwrap();
        for arguments in [&["audit"][..], &["scan", "--history"], &["scan", "--history", "--second-opinion"]]
        {
            let run = sandbox.skanner(&[arguments, &["--format", "json"]].concat());
            let report = run.report();
            assert_eq!(report.code, 2, "{arguments:?}");
            let named =
                |line: &String| line.contains("alternates: is a symbolic link, which is not followed");
            assert!(report.not_scanned().iter().any(named), "{:?}", report.not_scanned());
            assert!(!run.stdout.contains("private line"), "{run:?}");
        }
    }
}

/// `kind path` of all that lies outside, with paths relative to the sandbox.
fn found(sandbox: &Sandbox, named: impl AsRef<Path>) -> Vec<String> {
    let named = sandbox.path(named);
    let base = sandbox.path("..").canonicalize().unwrap();
    let repository = git2::Repository::discover(&named).unwrap();
    let shown = |path: &Path| path.strip_prefix(&base).unwrap_or(path).display().to_string();
    outside(&repository, &named).iter().map(|one| format!("{} {}", one.kind, shown(&one.path))).collect()
}

type Put = fn(&Sandbox);

#[test]
fn what_lies_outside_is_known() {
    let cases: &[(&str, Put, &[&str])] = &[
        ("nothing", |_| (), &[]),
        (
            "an alternate",
            |s| drop(s.write(".git/objects/info/alternates", "../../../other/.git/objects\n")),
            &["alternate object directory other/.git/objects"],
        ),
        ("an alternate inside", |s| drop(s.write(".git/objects/info/alternates", "../../src\n")), &[]),
        (
            "an alternate of an alternate inside",
            |s| {
                s.write(".git/objects/info/alternates", "../../src\n");
                s.write("src/info/alternates", "../../other/.git/objects\n");
            },
            &["alternate object directory other/.git/objects"],
        ),
        ("a work tree", |s| drop(s.git("", &["config", "core.worktree", "../../home"])), &["work tree home"]),
        ("a work tree inside", |s| drop(s.git("", &["config", "core.worktree", "../src"])), &[]),
        (
            "objects that are a link",
            |s| {
                fs::rename(s.path(".git/objects"), s.path("../objects")).unwrap();
                symlink("../../objects", s.path(".git/objects")).unwrap();
            },
            &["link tree/.git/objects", "object directory objects"],
        ),
        (
            "a pack that is a link",
            |s| {
                fs::create_dir_all(s.path(".git/objects/pack")).unwrap();
                symlink("../../../a.txt", s.path(".git/objects/pack/inside.pack")).unwrap();
                s.write("../home/x.pack", "");
                symlink("../../../../home/x.pack", s.path(".git/objects/pack/x.pack")).unwrap();
            },
            &["link tree/.git/objects/pack/x.pack"],
        ),
        (
            "a hook that is a link",
            |s| {
                s.write("../home/x", "");
                symlink("../../../home/x", s.path(".git/hooks/x")).unwrap();
            },
            &[],
        ),
        (
            "a `.git` that is a link",
            |s| {
                fs::rename(s.path(".git"), s.path("../moved.git")).unwrap();
                symlink("../moved.git", s.path(".git")).unwrap();
                s.git("", &["config", "core.worktree", s.tree().to_str().unwrap()]);
            },
            &["common directory moved.git"],
        ),
        (
            "a `.git` file",
            |s| {
                fs::rename(s.path(".git"), s.path("../moved.git")).unwrap();
                s.write(".git", "gitdir: ../moved.git\n");
                s.git("", &["config", "core.worktree", s.tree().to_str().unwrap()]);
            },
            &["common directory moved.git"],
        ),
    ];
    for (case, put, expected) in cases {
        let sandbox = repository();
        sandbox.git("..", &["clone", "-q", "tree", "other"]);
        put(&sandbox);
        for named in ["", "src"] {
            assert_eq!(found(&sandbox, named), *expected, "{case}, from {named:?}");
        }
    }
}

#[test]
fn linked_work_trees_submodules_and_bare_repositories_know_their_outside() {
    let sandbox = repository();
    sandbox.git("", &["worktree", "add", "-q", "../linked"]);
    assert_eq!(found(&sandbox, "../linked/src"), ["common directory tree/.git"]);
    assert_eq!(found(&sandbox, ""), [""; 0]);
    sandbox.git("..", &["clone", "-q", "tree", "library"]);
    sandbox.git("", &["submodule", "--quiet", "add", "../library", "vendor"]);
    assert_eq!(found(&sandbox, ""), [""; 0]);
    assert_eq!(found(&sandbox, "vendor"), ["common directory tree/.git/modules/vendor"]);
    sandbox.git("..", &["clone", "-q", "--bare", "tree", "bare"]);
    assert_eq!(found(&sandbox, "../bare"), [""; 0]);
    sandbox.git("..", &["clone", "-q", "--bare", "--shared", "tree", "shared"]);
    assert_eq!(found(&sandbox, "../shared"), ["alternate object directory tree/.git/objects"]);
}

#[test]
fn a_repository_that_is_not_whole_has_a_name() {
    let sandbox = repository();
    sandbox.write("a.txt", "more\n");
    sandbox.git("", &["commit", "-qam", "second"]);
    sandbox.git("", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.tree().display());
    for (option, why) in [("--depth=1", "is a shallow clone"), ("--filter=blob:none", "is a partial clone")] {
        for is_bare in [false, true] {
            let folder = format!("../clone{option}{is_bare}");
            let bare = if is_bare { "--bare" } else { "--no-bare" };
            sandbox.git("..", &["clone", "-q", "--no-checkout", option, bare, &url, &folder[3..]]);
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            command.current_dir(sandbox.path(&folder)).args(["audit", "--format", "json"]);
            let report = support::Run::of(&mut command).report();
            let name = if is_bare { "." } else { ".git" };
            let line = format!("{name}: {why}");
            assert!(
                report.not_scanned().iter().any(|one| one.starts_with(&line)),
                "{:?}",
                report.not_scanned()
            );
        }
    }
}

/// A service audits what strangers upload: nothing outside may be shown, wherever the repository leads to it from.
#[test]
fn a_repository_that_leads_outside_is_refused_or_named() {
    type Way = (&'static str, fn(&Sandbox));
    const WAYS: &[Way] = &[
        ("alternates", |s| drop(s.write(".git/objects/info/alternates", objects(s)))),
        ("alternates of a submodule", |s| {
            s.git("..", &["clone", "-q", "--bare", "tree", "tree/.git/modules/m"]);
            s.write(".git/modules/m/objects/info/alternates", objects(s));
        }),
        ("common directory of a submodule", |s| {
            s.git("..", &["clone", "-q", "--bare", "tree", "tree/.git/modules/deep/m"]);
            s.write(".git/modules/deep/m/commondir", format!("{}\n", s.path("../other/.git").display()));
        }),
        ("a submodule that is a link", |s| {
            fs::create_dir_all(s.path(".git/modules")).unwrap();
            symlink(s.path("../other/.git"), s.path(".git/modules/m")).unwrap();
        }),
        ("work tree", |s| {
            drop(s.git("", &["config", "core.worktree", s.path("../other").to_str().unwrap()]))
        }),
        ("a store of Git LFS", |s| {
            fs::create_dir_all(s.path("../other/lfs")).unwrap();
            s.git("", &["config", "lfs.storage", s.path("../other/lfs").to_str().unwrap()]);
        }),
        ("a .git that is a link", |s| {
            fs::remove_dir_all(s.path(".git")).unwrap();
            symlink(s.path("../other/.git"), s.path(".git")).unwrap();
        }),
        ("a .git file", |s| {
            fs::remove_dir_all(s.path(".git")).unwrap();
            s.write(".git", format!("gitdir: {}\n", s.path("../other/.git").display()));
        }),
    ];
    fn objects(sandbox: &Sandbox) -> String {
        format!("{}\n", sandbox.path("../other/.git/objects").display())
    }
    for (way, lead) in WAYS {
        let sandbox = repository();
        sandbox.git("..", &["init", "-q", "other"]);
        sandbox.write("../other/private.txt", support::openai_key(1));
        sandbox.git("../other", &["add", "-A"]);
        sandbox.git("../other", &["commit", "-qm", "private subject"]);
        lead(&sandbox);
        for arguments in [
            &["audit"][..],
            &["scan", "."],
            &["scan", ".git"],
            &["scan", "--history"],
            &["scan", "--range", "HEAD"],
        ] {
            let run = sandbox.skanner(&[arguments, &["--inside-only"]].concat());
            assert_eq!(run.code, 2, "{way} {arguments:?}: {run:?}");
            assert!(!run.stdout.contains("private") && run.stdout.is_empty(), "{way} {arguments:?}: {run:?}");
        }
        let run = sandbox.skanner(&["audit"]);
        assert!(run.code == 2 || run.stdout.contains("read outside of the repository: "), "{way}: {run:?}");
    }
    let sandbox = repository();
    for arguments in [&["audit"][..], &["scan", "."], &["scan", "--history"]] {
        assert_eq!(sandbox.skanner(&[arguments, &["--inside-only"]].concat()).code, 0, "{arguments:?}");
    }
}
