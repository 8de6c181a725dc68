//! Where the configuration is looked for, and where it is not.

use std::{fs, path::Path};

use crate::support::{Run, Sandbox, openai_key};

const CERTAIN: &str = "min-confidence = \"certain\"\n";

/// The file that counts for a path, as `skanner config` names it from the root of the tree.
fn counted(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = sandbox.skanner(&[&["config", "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    json["configuration"].as_str().unwrap_or("none").to_owned()
}

fn error(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = sandbox.skanner(arguments);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    run.stderr.replace(sandbox.tree().canonicalize().unwrap().to_str().unwrap(), "TREE")
}

#[test]
fn every_form_of_the_file_is_found() {
    for (name, text) in [
        ("skanner.toml", CERTAIN.to_owned()),
        (".skanner.toml", CERTAIN.to_owned()),
        ("pyproject.toml", format!("[tool.skanner]\n{CERTAIN}")),
        ("pyproject.toml", "tool = { skanner = { min-confidence = \"certain\" } }\n".to_owned()),
        ("Cargo.toml", format!("[package]\nname = \"x\"\n[package.metadata.skanner]\n{CERTAIN}")),
        ("Cargo.toml", format!("[workspace.metadata.skanner]\n{CERTAIN}")),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write(name, &text);
        sandbox.write("src/a.py", "");
        for path in [".", "src", "src/a.py"] {
            assert_eq!(counted(&sandbox, &[path]), name, "{text}");
        }
        let run = sandbox.skanner(&["config", "src"]);
        let line = run.stdout.lines().find(|line| line.starts_with("min-confidence")).unwrap();
        assert!(line.contains("certain") && line.contains(&format!("{name}:")), "{line}");
    }
}

#[test]
fn files_of_others_without_a_table_are_none() {
    let sandbox = Sandbox::new();
    sandbox.write("pyproject.toml", "[project]\nname = \"not-skanner\"\n");
    sandbox.write("Cargo.toml", "[package]\nname = \"skanner\"\n[package.metadata.other]\nkey = 1\n");
    assert_eq!(counted(&sandbox, &[]), "none");
    // Without a word of skanner, nobody cares whether it is TOML.
    sandbox.write("pyproject.toml", "{{ cookiecutter }}\n");
    assert_eq!(counted(&sandbox, &[]), "none");
    sandbox.write("pyproject.toml", "[tool.skanner\n");
    assert!(
        error(&sandbox, &["scan"])
            .starts_with("skanner: pyproject.toml:1:14: not valid TOML: unclosed table")
    );
}

#[test]
fn the_nearest_one_decides() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    sandbox.write("skanner.toml", CERTAIN);
    sandbox.write("a/b/c.txt", "");
    sandbox.write("a/.skanner.toml", CERTAIN);
    assert_eq!(counted(&sandbox, &["a/b"]), "a/.skanner.toml");
    assert_eq!(counted(&sandbox, &["."]), "skanner.toml");
    let mut below = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(below.current_dir(sandbox.path("a/b")).args(["config"]));
    assert!(run.stdout.starts_with("configuration: ../.skanner.toml\n"), "{}", run.stdout);
}

#[test]
fn nothing_above_a_repository_counts() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", CERTAIN);
    sandbox.write("inner/src/a.txt", "");
    assert_eq!(counted(&sandbox, &["inner/src"]), "skanner.toml");
    sandbox.git("inner", &["init"]);
    for path in ["inner", "inner/src", "inner/src/a.txt", "inner/.git"] {
        assert_eq!(counted(&sandbox, &[path]), "none", "{path}");
    }
    sandbox.git(".", &["init", "--bare", "bare.git"]);
    assert_eq!(counted(&sandbox, &["bare.git"]), "none");
}

#[test]
fn an_empty_folder_named_dot_git_is_no_repository() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    sandbox.write("sub/a.py", openai_key(1));
    sandbox.write("skanner.toml", "[[allow]]\npaths = [\"sub/**\"]\nreason = \"made up\"\n");
    for _ in 0..2 {
        for path in ["sub", "sub/a.py", "."] {
            assert_eq!(counted(&sandbox, &[path]), "skanner.toml", "{path}");
            sandbox.scan(&[path]).assert_clean();
        }
        assert_eq!(sandbox.scan(&["--isolated", "sub"]).code, 1);
        fs::create_dir_all(sandbox.path("sub/.git")).unwrap();
    }
}

/// Only where others can be given something: as root.
#[cfg(unix)]
#[test]
fn what_belongs_to_others_does_not_count_outside_of_a_repository() {
    use std::os::unix::fs::chown;
    const OTHER: Option<u32> = Some(12_345);
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for (of_others, is_counted) in [
        (&[][..], true),
        (&["theirs/skanner.toml"], false),
        (&["theirs"], false),
        (&["theirs", "theirs/skanner.toml"], false),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("theirs/skanner.toml", CERTAIN);
        sandbox.write("theirs/a.txt", "");
        for path in of_others {
            chown(sandbox.path(path), OTHER, None).unwrap();
        }
        for path in ["theirs", "theirs/a.txt"] {
            let expected = if is_counted { "theirs/skanner.toml" } else { "none" };
            assert_eq!(counted(&sandbox, &[path]), expected, "{of_others:?}");
        }
        // Whoever has checked out a repository has chosen its file.
        sandbox.git("theirs", &["init"]);
        assert_eq!(counted(&sandbox, &["theirs"]), "theirs/skanner.toml", "{of_others:?}");
    }
}

#[test]
fn the_order_of_paths_does_not_matter() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    for (path, text) in [("a.py", ""), ("sub/b.py", ""), ("sub/c/d.py", ""), ("sub/skanner.toml", CERTAIN)] {
        sandbox.write(path, text);
    }
    let counted = |paths: &[&str]| {
        let run = sandbox.skanner(&[&["scan", "--format", "json"], paths].concat());
        run.report().json["configuration"]["file"].as_str().map(str::to_owned)
    };
    let inner = Some("sub/skanner.toml".to_owned());
    for root in [None, Some("skanner.toml".to_owned())] {
        if let Some(file) = &root {
            sandbox.write(file, CERTAIN);
        }
        for (paths, expected) in [
            (&["sub/b.py", "a.py"][..], &root),
            (&["sub", "a.py"], &root),
            (&["sub/b.py", "-"], &root),
            (&["sub/b.py"], &inner),
            (&["sub/b.py", "sub/c/d.py"], &inner),
            (&["sub/b.py", "sub/b.py"], &inner),
            (&["sub", "sub/c"], &inner),
        ] {
            let turned: Vec<&str> = paths.iter().rev().copied().collect();
            assert_eq!(&counted(paths), expected, "{paths:?}");
            assert_eq!(&counted(&turned), expected, "{turned:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn folders_for_all_and_homes_do_not_count_for_what_is_in_them() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.write("shared/skanner.toml", CERTAIN);
    sandbox.write("shared/mine/a.txt", "");
    assert_eq!(counted(&sandbox, &["shared/mine"]), "shared/skanner.toml");
    for mode in [0o777, 0o1777] {
        fs::set_permissions(sandbox.path("shared"), fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(counted(&sandbox, &["shared/mine"]), "none", "{mode:o}");
        for path in ["shared", "shared/mine/..", "shared/a.txt"] {
            sandbox.write("shared/a.txt", "");
            assert_eq!(counted(&sandbox, &[path]), "none", "{mode:o} {path}");
        }
        let mut there = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let run = Run::of(there.current_dir(sandbox.path("shared")).args(["scan", "--format", "json", "-"]));
        assert_eq!(run.report().json["configuration"], serde_json::Value::Null, "{mode:o}");
    }
    // Even a `.git` there makes no repository of it, which anybody could do.
    sandbox.git("shared", &["init"]);
    for path in ["shared/mine", "shared"] {
        assert_eq!(counted(&sandbox, &[path]), "none");
    }
    // A project may be as open as it likes if that is its owner's way.
    fs::set_permissions(sandbox.path("shared"), fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(counted(&sandbox, &["shared/mine"]), "shared/skanner.toml");

    let home = sandbox.tree().parent().unwrap().join("home");
    fs::write(home.join("skanner.toml"), CERTAIN).unwrap();
    fs::create_dir_all(home.join("project/src")).unwrap();
    assert_eq!(counted(&sandbox, &["../home/project/src"]), "none");
    fs::write(home.join("project/skanner.toml"), CERTAIN).unwrap();
    assert!(counted(&sandbox, &["../home/project/src"]).ends_with("project/skanner.toml"));
}

#[test]
fn two_in_one_folder_are_an_error_that_names_both() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", CERTAIN);
    sandbox.write(".skanner.toml", CERTAIN);
    sandbox.write("src/a.py", "");
    let expected = |other: &str| {
        format!(
            "skanner: there are two configurations in one directory, TREE/skanner.toml and TREE/{other}: put everything \
             into one of them and delete the other\n"
        )
    };
    assert_eq!(error(&sandbox, &["scan", "src"]), expected(".skanner.toml"));
    fs::remove_file(sandbox.path(".skanner.toml")).unwrap();
    sandbox.write("pyproject.toml", "[tool.skanner]\n");
    assert_eq!(error(&sandbox, &["scan", "src"]), expected("pyproject.toml"));
    sandbox.skanner(&["scan", "--isolated", "src"]);
    fs::remove_file(sandbox.path("skanner.toml")).unwrap();
    fs::remove_file(sandbox.path("pyproject.toml")).unwrap();
    sandbox.write("Cargo.toml", "[package.metadata.skanner]\n[workspace.metadata.skanner]\n");
    let said = error(&sandbox, &["scan"]);
    assert!(
        said.starts_with(
            "skanner: Cargo.toml:2:1: there is also a table for skanner in [package.metadata]; merge"
        ),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn it_must_be_a_plain_file_that_can_be_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = Sandbox::new();
    let file = sandbox.path("skanner.toml");
    let is = |what: &str| {
        format!(
            "skanner: the configuration TREE/skanner.toml is {what}, but must be a regular file; use --config \
             for a file elsewhere, or --isolated for no configuration\n"
        )
    };
    symlink(sandbox.write("other.toml", "password = 1\n"), &file).unwrap();
    assert_eq!(error(&sandbox, &["scan"]), is("a symbolic link"));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(error(&sandbox, &["scan"]), is("a directory"));
    fs::remove_dir(&file).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &file, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert_eq!(error(&sandbox, &["scan"]), is("a pipe or device"));
    fs::remove_file(&file).unwrap();

    fs::write(&file, b"# \xff\nmin-confidence = \"likely\"\n").unwrap();
    assert_eq!(
        error(&sandbox, &["scan"]),
        "skanner: TREE/skanner.toml:1: not valid UTF-8, which TOML requires\n"
    );
    fs::File::create(&file).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_eq!(
        error(&sandbox, &["scan"]),
        "skanner: TREE/skanner.toml is larger than 16 MiB, the limit for a configuration\n"
    );
    fs::write(&file, CERTAIN).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    if !rustix::process::getuid().is_root() {
        assert_eq!(
            error(&sandbox, &["scan"]),
            "skanner: TREE/skanner.toml cannot be read, so its settings are unknown; use --isolated to ignore it: \
             Permission denied (os error 13)\n"
        );
    }
}

#[test]
fn a_configuration_that_is_named_takes_the_place_of_the_repositorys() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", "no-such-key = 1\n");
    sandbox.write("ci/strict.toml", "min-confidence = \"possible\"\n");
    assert_eq!(counted(&sandbox, &["--config", "ci/strict.toml"]), "ci/strict.toml");
    assert_eq!(counted(&sandbox, &["--config", "ci/strict.toml", "--isolated"]), "ci/strict.toml");
    assert_eq!(counted(&sandbox, &["--isolated"]), "none");
    let run = |name: &str, value: &str| {
        Run::of(sandbox.command(env!("CARGO_BIN_EXE_skanner")).args(["config"]).env(name, value))
    };
    assert!(run("SKANNER_CONFIG", "ci/strict.toml").stdout.starts_with("configuration: ci/strict.toml\n"));
    let isolated = run("SKANNER_ISOLATED", "1").stdout;
    assert!(isolated.starts_with("configuration: none, because of SKANNER_ISOLATED\n"), "{isolated}");
    assert_eq!(run("SKANNER_ISOLATED", "0").code, 2);

    assert!(
        error(&sandbox, &["scan", "--config", "none.toml"])
            .contains("the configuration none.toml cannot be read")
    );
    assert!(
        error(&sandbox, &["scan", "--config", "ci"]).contains("the configuration ci is not a regular file")
    );
    sandbox.write("pyproject.toml", "[project]\n");
    let said = error(&sandbox, &["scan", "--config", "pyproject.toml"]);
    assert_eq!(said, "skanner: pyproject.toml has no table [tool.skanner]\n");
}

#[test]
fn secrets_in_a_configuration_are_not_shown() {
    let sandbox = Sandbox::new();
    let key = openai_key(3);
    sandbox.write("skanner.toml", format!("[[allow]]\nfingerprints = [\"{key}\"]\nreason = 1 # {key}\n"));
    let said = error(&sandbox, &["scan"]);
    assert!(!said.contains(&key[12..40]) && said.matches("sk-proj-…").count() == 3, "{said}");
    let mut lines = said.lines();
    let (Some(line), Some(carets)) = (lines.nth(2), lines.next()) else { panic!("{said}") };
    assert_eq!(line.find('"'), carets.find('^'), "{said}");
    sandbox.write("skanner.toml", format!("[[allow]]\npaths = [\"a\"]\nreason = \"was {key}\"\n"));
    for format in ["text", "json"] {
        let shown = sandbox.skanner(&["config", "--format", format]).stdout;
        assert!(!shown.contains(&key[12..40]) && shown.contains("sk-proj-…"), "{shown}");
    }
}

#[test]
fn every_command_that_scans_stops_at_a_bad_one() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    sandbox.write("skanner.toml", "min-confidense = \"likely\"\n");
    sandbox.write(".git/MESSAGE", "a message\n");
    let expected = "skanner: skanner.toml:1:1: unknown key `min-confidense` in the configuration; did you mean \
                    `min-confidence`?\n  |\n1 | min-confidense = \"likely\"\n  | ^^^^^^^^^^^^^^\n";
    for arguments in [
        &["scan"][..],
        &["scan", "skanner.toml"],
        &["scan", "-"],
        &["scan", "--staged"],
        &["scan", "--range", "--all"],
        &["scan", "--history"],
        &["audit"],
        &["hook", "pre-commit"],
        &["hook", "pre-commit", "skanner.toml"],
        &["hook", "commit-msg", ".git/MESSAGE"],
        &["rules"],
        &["rules", "test"],
        &["explain", "uuid-key"],
        &["config"],
    ] {
        assert_eq!(error(&sandbox, arguments), expected, "{arguments:?}");
    }
    assert!(Path::new(&sandbox.path("skanner.toml")).exists());
}
