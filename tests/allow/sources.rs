//! Comments wherever a text comes from.
// skanner:allow-file unused-suppression: these are texts of tests

use std::io::Write;

use crate::{
    harness::{COMMENTS, OPENAI},
    support::{Report, Run, Sandbox, openai_key},
};

/// Each way to write an allowed key, by what is written.
fn texts() -> Vec<String> {
    let key = openai_key(1);
    let comments = COMMENTS.iter().flat_map(|comment| {
        let says = |what: &str| comment.replace('@', what);
        [
            format!("x = \"{key}\" {}\n", says("skanner:allow openai-project-key")),
            format!("{}\nx = \"{key}\"\n", says("skanner:allow-next-line")),
            format!("{}\n\n\nx = \"{key}\"\n", says("skanner:allow-file openai-project-key: docs")),
        ]
    });
    comments.collect()
}

/// Writes each of them into a file of its own.
fn write(sandbox: &Sandbox) -> usize {
    let texts = texts();
    for (at, text) in texts.iter().enumerate() {
        sandbox.write(format!("src/{at}.txt"), text);
    }
    texts.len()
}

#[track_caller]
fn assert_all_allowed(report: &Report, count: usize) {
    assert_eq!((report.code, report.places()), (0, vec![]), "{:?}", report.not_scanned());
    assert_eq!(report.unused(), Vec::<String>::new());
    let suppressed = report.suppressed();
    assert_eq!(suppressed.len(), count);
    assert!(suppressed.iter().all(|one| one.ends_with(OPENAI)));
}

#[test]
fn files() {
    let sandbox = Sandbox::new();
    let count = write(&sandbox);
    assert_all_allowed(&sandbox.scan(&["--show-suppressed"]), count);
}

/// A program that knows the words of comments holds them, too, and whoever sees a binary sees no comments in it.
#[test]
fn what_is_not_text_has_no_comments() {
    let key = openai_key(1);
    let far = "text\n".repeat(2000);
    // Larger than what is read at once.
    let large = "text\n".repeat(100_000);
    let line = format!("x = \"{key}\"  # skanner:allow\n");
    for (content, is_text) in [
        (line.clone(), true),
        (format!("{far}a\0b\n{line}"), true),
        (format!("{line}{large}a\0b\n"), true),
        (format!("a\0b\n{line}"), false),
        (format!("{line}a\0b\n"), false),
        (format!("a\0b\n{line}{large}"), false),
        (format!("a\0b\n{large}{line}"), false),
        (format!("{far}a\0b {line}"), false),
        (format!("{far}x = \"{key}\"  # skanner:allow\0\n"), false),
        (format!("# skanner:allow-file\n\nx = \"{key}\"\0\n"), false),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("a", &content);
        let report = sandbox.scan(&["--show-suppressed"]);
        let shown = content.chars().take(200).collect::<String>();
        assert_eq!(report.code, i32::from(!is_text), "{shown:?}");
        assert_eq!(report.suppressed().len(), usize::from(is_text), "{shown:?}");
        assert_eq!(report.unused(), Vec::<String>::new(), "{shown:?}");
    }
    let sandbox = Sandbox::new();
    sandbox.write(
        "program",
        "\x7fELF\0\0 skanner:allow until 2020-99-99 \n skanner:allow-files\0skanner:allow: x\n",
    );
    assert_eq!(sandbox.scan(&[]).unused(), Vec::<String>::new());
    // UTF-16 is text, although it is full of zeros.
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let units = format!("\u{feff}{line}").encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
        let sandbox = Sandbox::new();
        sandbox.write("a", units);
        assert_all_allowed(&sandbox.scan(&["--show-suppressed"]), 1);
    }
}

#[test]
fn standard_input() {
    for text in texts() {
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--format", "json", "--show-suppressed", "-"]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert_all_allowed(&Run::from(child.wait_with_output().unwrap()).report(), 1);
    }
}

#[test]
fn the_index_a_range_and_a_history() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", "begin"]);
    let count = write(&sandbox);
    sandbox.git("", &["add", "."]);
    assert_all_allowed(&sandbox.scan(&["--show-suppressed", "--staged"]), count);
    sandbox.git("", &["commit", "-q", "-m", "keys"]);
    assert_all_allowed(&sandbox.scan(&["--show-suppressed", "--range", "HEAD~..HEAD"]), count);
    assert_all_allowed(&sandbox.scan(&["--show-suppressed", "--history"]), count);
    let audit = sandbox.skanner(&["audit", "--show-suppressed", "--format", "json"]).report();
    // In the file and in the blob.
    assert_all_allowed(&audit, 2 * count);
    let text = sandbox.skanner(&["audit"]);
    let closing = text.stdout.lines().last().unwrap().to_owned();
    let expected = format!(
        "safe to publish: no keys of the sk- family or of AI services, {count} suppressed ({count} by comments in src/0.txt, src/1.txt, "
    );
    assert!(closing.starts_with(&expected), "{closing}");
}

#[test]
fn a_hook_says_what_it_lets_pass() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.py", &texts()[0]);
    sandbox.git("", &["add", "."]);
    let run = sandbox.skanner(&["hook", "pre-commit"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.starts_with("no key found in what is staged, 1 suppressed (1 by a comment in a.py)"),
        "{run:?}"
    );
}

#[test]
fn archives_and_large_files() {
    let key = openai_key(1);
    let line = format!("x = \"{key}\"  # skanner:allow {OPENAI} docs\n");
    let sandbox = Sandbox::new();
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(line.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, "inner/a.py", line.as_bytes()).unwrap();
    sandbox.write("a.tar", builder.into_inner().unwrap());
    // Round the seams of windows.
    let window = skanner::testing::blob::WINDOW;
    for back in [0, 1, 7, 100, 170, 190, 8192, 8200, 16_384, 16_390] {
        let before = "ten bytes\n".repeat((window - back) / 10);
        sandbox
            .write(format!("large-{back}.txt"), format!("{before}{line}{before}# skanner:allow\n{before}"));
        sandbox.write(format!("wide-{back}.txt"), {
            let text =
                format!("{}{line}{}", &before[..before.len() / 20 * 10], &before[..before.len() / 20 * 10]);
            text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()
        });
    }
    let report = sandbox.scan(&["--show-suppressed"]);
    assert_eq!((report.code, report.places()), (0, vec![]));
    assert_eq!(report.suppressed().len(), 21);
    let unused = report.json["unused_suppressions"].as_array().unwrap();
    let lines: Vec<u64> = unused.iter().map(|one| one["line"].as_u64().unwrap()).collect();
    let expected = |back: usize| (2 * ((window - back) / 10) + 2) as u64;
    let mut lines_expected: Vec<(String, u64)> = [0, 1, 7, 100, 170, 190, 8192, 8200, 16_384, 16_390]
        .map(|back| (format!("large-{back}.txt"), expected(back)))
        .into();
    lines_expected.sort();
    assert_eq!(lines, lines_expected.iter().map(|(_, line)| *line).collect::<Vec<_>>());
    let inner = &report.json["suppressed"][0]["suppression"];
    assert_eq!((inner["place"].as_str(), inner["line"].as_u64()), (Some("a.tar!inner/a.py"), Some(1)));
}

#[test]
fn what_is_staged_keeps_the_comments_of_known_keys() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", &texts()[0]);
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-q", "-m", "keys"]);
    sandbox.write("a.txt", format!("one more line\n{}", texts()[0]));
    sandbox.git("", &["add", "."]);
    let report = sandbox.scan(&["--show-suppressed", "--staged"]);
    assert_eq!((report.counts(), report.unused()), ((0, 0), vec![]));
}

#[test]
fn options_that_leave_out_keys_make_no_comment_useless() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", &texts()[0]);
    for option in [["--rule", "uuid-key"], ["--exclude-rule", OPENAI]] {
        let report = sandbox.scan(&[&["--show-suppressed"][..], &option].concat());
        assert_eq!((report.counts(), report.unused()), ((0, 0), vec![]), "{option:?}");
    }
}

#[test]
fn a_comment_in_a_message_is_told_by_its_commit() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", "begin"]);
    let message = format!("x = \"{}\"  # skanner:allow", openai_key(1));
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", &message]);
    let commit = sandbox.git("", &["rev-parse", "HEAD"])[..12].to_owned();
    let name = format!("the message of commit {commit}");
    let text = sandbox.skanner(&["scan", "--range", "HEAD~..HEAD"]).stdout;
    assert!(text.contains(&format!("1 suppressed (1 by a comment in {name})")), "{text}");
    let report = sandbox.scan(&["--range", "HEAD~..HEAD"]);
    assert_eq!(report.json["suppressed_by"][0]["place"], name);
}
