//! Every source finds the same key in the same container, and ranges report only what is new.

use std::process::Stdio;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    fingerprints, keys, pack,
    support::{Report, Run, Sandbox},
    zlib,
};

/// Files with the key in a container.
fn files(key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let text = format!("K={key} and some more text around it, and some more");
    let deflated = zlib(text.as_bytes(), 6);
    let pdf =
        [b"%PDF-1.4\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n", &deflated[..], b"\nendstream\n"].concat();
    vec![
        ("a.yaml", format!("a: 1\ncontent: {}\n", STANDARD.encode(pack::gzip(text.as_bytes()))).into_bytes()),
        ("b.json", format!("{{\"x\": \"{}\"}}", STANDARD.encode(&deflated)).into_bytes()),
        ("c.yaml", STANDARD.encode(STANDARD.encode(pack::gzip(text.as_bytes()))).into_bytes()),
        ("d.pdf", pdf),
        ("e.db", [&b"SQLite format 3\0"[..], &[0; 40], &pack::gzip(text.as_bytes())].concat()),
    ]
}

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("readme", "nothing");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "start"]);
    sandbox
}

#[test]
fn every_source_finds_the_same() {
    let key = &keys()[0];
    for (name, bytes) in files(key) {
        let sandbox = repository();
        sandbox.write(name, &bytes);
        let mut reports: Vec<(&str, Report)> = vec![("tree", sandbox.scan(&[]))];
        sandbox.git("", &["add", "-A"]);
        reports.push(("staged", sandbox.scan(&["--staged"])));
        let hook = sandbox.skanner(&["hook", "pre-commit"]);
        assert_eq!(
            (hook.code, (hook.stdout.clone() + &hook.stderr).contains(name)),
            (1, true),
            "{name}: {hook:?}"
        );
        sandbox.git("", &["commit", "-qm", "add"]);
        reports.push(("range", sandbox.scan(&["--range", "HEAD~1..HEAD"])));
        reports.push(("history", sandbox.scan(&["--history"])));
        sandbox.write("packed/x", "x");
        sandbox.git("", &["gc", "-q"]);
        reports.push(("packed history", sandbox.scan(&["--history"])));
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command
            .args(["scan", "--format", "json", "-"])
            .stdin(Stdio::from(std::fs::File::open(sandbox.path(name)).unwrap()));
        reports.push(("stdin", Run::of(&mut command).report()));
        sandbox.write("in.tar", pack::tar(&[(name, &bytes)]));
        reports.push(("archive", sandbox.scan(&["in.tar"])));
        let expected = fingerprints(&reports[0].1);
        assert_eq!(expected.len(), 1, "{name}");
        for (source, report) in reports {
            assert_eq!(
                (report.code, fingerprints(&report)),
                (1, expected.clone()),
                "{name} by {source}: {report:?}"
            );
        }
    }
}

#[test]
fn a_range_reports_only_new_keys() {
    let keys = keys();
    let sandbox = repository();
    for (name, bytes) in files(&keys[0]) {
        sandbox.write(name, bytes);
    }
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "old"]);
    // The same key in new containers, and a new key.
    for (name, bytes) in files(&format!("{} or ", keys[0])) {
        sandbox.write(name, bytes);
    }
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "the same again"]);
    let report = sandbox.scan(&["--range", "HEAD~1..HEAD"]);
    assert_eq!((report.code, report.places()), (0, vec![]));
    for (name, bytes) in files(&format!("{} {}", keys[0], keys[1])) {
        sandbox.write(name, bytes);
    }
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "another one"]);
    let report = sandbox.scan(&["--range", "HEAD~1..HEAD"]);
    assert_eq!((report.code, fingerprints(&report).len(), report.paths().len()), (1, 1, 5));
}

#[test]
fn a_change_far_inside_is_seen_in_a_history() {
    let sandbox = repository();
    let mut random = fastrand::Rng::with_seed(3);
    let noise: Vec<u8> = (0..40_000).map(|_| random.u8(..)).collect();
    for (number, end) in
        ["nothing".to_owned(), format!("K={}", keys()[0]), "nothing more".to_owned()].iter().enumerate()
    {
        let packed = pack::gzip(&[&noise[..], end.as_bytes()].concat());
        sandbox.write("a.yaml", format!("content: {}\nversion: {number}\n", STANDARD.encode(packed)));
        sandbox.git("", &["add", "-A"]);
        sandbox.git("", &["commit", "-qm", "next"]);
    }
    sandbox.git("", &["gc", "-q", "--aggressive"]);
    let report = sandbox.scan(&["--history"]);
    assert_eq!((report.code, fingerprints(&report).len()), (1, 1));
}
