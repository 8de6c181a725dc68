//! Inputs that may stay unread.

use crate::support::{Report, Sandbox, openai_key};

/// A damaged archive, a nested one, and one in an archive that can be read.
fn tree(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    sandbox.write("tests/data/broken.zip", b"PK\x03\x04 and nothing else");
    sandbox.write("skanner.toml", config);
    sandbox
}

fn accepted(report: &Report) -> Vec<String> {
    let list = report.json["accepted"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|one| format!("{} {}", one["what"].as_str().unwrap(), one["suppression"]["line"]))
        .collect()
}

fn entry(path: &str) -> String {
    format!(
        "accept-unread = [{{ path = \"{path}\", reason = \"damaged on purpose\", until = 2999-12-31 }}]\n"
    )
}

#[test]
fn a_known_input_is_acknowledged_and_counted() {
    tree("").scan(&[]).assert_not_scanned(&["broken.zip"]);
    for path in ["tests/data/*.zip", "*.zip", "tests/", "/tests/data/broken.zip"] {
        let sandbox = tree(&entry(path));
        let report = sandbox.scan(&[]);
        report.assert_clean();
        assert_eq!(accepted(&report), ["tests/data/broken.zip 1"], "{path}");
        assert_eq!(report.json["complete"], true);
        let text = sandbox.skanner(&["scan"]).stdout;
        assert!(text.contains("accepted: tests/data/broken.zip: "), "{text}");
        assert!(text.contains("(by skanner.toml:1 until 2999-12-31: damaged on purpose)"), "{text}");
        assert!(text.contains("no key found; 1 unread input accepted by skanner.toml; "), "{text}");
        let sarif = sandbox.skanner(&["scan", "--format", "sarif"]).stdout;
        let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
        let note = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(
            (note["level"].as_str(), note["descriptor"]["id"].as_str()),
            (Some("note"), Some("accepted-unread"))
        );
    }
}

#[test]
fn nothing_else_is_accepted() {
    for path in ["tests/data/other.zip", "*.tar", "data/broken.zip", "b/**"] {
        let report = tree(&entry(path)).scan(&[]);
        assert_eq!((report.code, accepted(&report)), (2, vec![]), "{path}");
        assert!(report.unused().len() == 1 && report.unused()[0].contains("accept-unread path"), "{path}");
    }
    // Not even a pattern.
    assert_eq!(tree(&entry("!*.zip")).skanner(&["scan"]).code, 2);
    let over = entry("*.zip").replace("2999", "2020");
    let report = tree(&over).scan(&[]);
    assert_eq!(report.code, 2);
    assert!(report.unused()[0].contains("it was valid until 2020-12-31"), "{:?}", report.unused());
}

#[test]
fn keys_in_the_rest_are_found() {
    let sandbox = tree(&entry("*.zip"));
    sandbox.write("b.py", openai_key(1));
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.paths()), (1, vec!["b.py".to_owned()]));
}

#[test]
fn an_input_that_is_read_again_makes_the_entry_useless() {
    let sandbox = tree(&entry("tests/data/*.zip"));
    std::fs::remove_file(sandbox.path("tests/data/broken.zip")).unwrap();
    let unused = sandbox.scan(&[]).unused();
    assert!(unused.len() == 1 && unused[0].contains("everything it names could be read"), "{unused:?}");
    assert_eq!(sandbox.scan(&["a.py"]).unused(), Vec::<String>::new());
}

#[test]
fn inner_paths_can_be_named() {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["one.gz", "two.gz"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"\x1f\x8b\x08\x00 and nothing else").unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    for (path, count) in [("outer.zip", 2), ("outer.zip!one.gz", 1), ("outer.zip!*.gz", 2), ("one.gz", 0)] {
        let sandbox = Sandbox::new();
        sandbox.write("outer.zip", &archive);
        sandbox.write("skanner.toml", entry(path));
        let report = sandbox.scan(&[]);
        assert_eq!(accepted(&report).len(), count, "{path} {report:?}");
        assert_eq!(report.not_scanned().len(), 2 - count, "{path}");
    }
}

#[test]
fn that_there_is_nothing_to_scan_is_never_accepted() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", entry("**"));
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    for path in ["missing", "empty"] {
        let report = sandbox.scan(&[path]);
        assert_eq!((report.code, accepted(&report)), (2, vec![]), "{path}");
    }
    let report = sandbox.scan(&["-"]);
    assert_eq!((report.code, accepted(&report)), (2, vec![]));
    let report = sandbox.scan(&["--history"]);
    assert_eq!((report.code, accepted(&report)), (2, vec![]));
}

#[test]
fn a_repository_is_named_by_its_folder_alone() {
    for (path, is_accepted) in [(".git", true), (".git/", true), ("**", false), ("*", false), (".g*", false)]
    {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q", "origin"]);
        for message in ["one", "two"] {
            sandbox.git("origin", &["commit", "-q", "--allow-empty", "-m", message]);
        }
        let origin = format!("file://{}", sandbox.path("origin").display());
        sandbox.git("", &["clone", "-q", "--depth", "1", &origin, "clone"]);
        sandbox.write("clone/skanner.toml", entry(path));
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path("clone")).args(["audit", "--format", "json"]);
        let report = crate::support::Run::of(&mut command).report();
        let code = if is_accepted { 0 } else { 2 };
        assert_eq!(
            (report.code, accepted(&report).len()),
            (code, usize::from(is_accepted)),
            "{path} {report:?}"
        );
    }
}
