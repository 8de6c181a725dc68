//! `skanner filter`: lines of JSON in, findings out, in order, with a summary without which they are not whole.
// skanner:allow-file unused-suppression: these are texts of tests

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use base64::Engine;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Sandbox, key, openai_key};

/// The exit code, the lines about input, and the summary.
fn filter(sandbox: &Sandbox, arguments: &[&str], input: &[u8]) -> (i32, Vec<Value>, Value) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let command = command.arg("filter").args(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("skanner runs");
    let mut stdin = child.stdin.take().expect("its input is piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("it ends")
    });
    let text = String::from_utf8(output.stdout).expect("its output is UTF-8");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let summary = lines.pop().expect("there is a summary");
    assert!(summary["summary"].is_object(), "{text}");
    (output.status.code().expect("it ends by itself"), lines, summary["summary"].clone())
}

fn lines(all: &[Value]) -> Vec<u8> {
    all.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

#[test]
fn findings_are_those_of_a_scan_with_the_id_of_the_line() {
    let sandbox = Sandbox::new();
    let text = format!("x = 1\nkey = \"{}\"\n", openai_key(1));
    let base64 = base64::engine::general_purpose::STANDARD.encode(&text);
    let input = lines(&[
        json!({"id": "clean", "path": "a.py", "text": "x = 1"}),
        json!({"id": "text", "path": "b.py", "text": text, "more": [1]}),
        json!({"id": {"repo": "r", "n": 1}, "path": "c.py", "content_base64": base64}),
        json!({"text": text}),
    ]);
    let (code, found, summary) = filter(&sandbox, &[], &input);
    assert_eq!(code, 1);
    let about: Vec<_> =
        found.iter().map(|line| (line["line"].as_u64().unwrap(), line["id"].clone())).collect();
    assert_eq!(about, [(2, json!("text")), (3, json!({"repo": "r", "n": 1})), (4, Value::Null)]);
    sandbox.write("b.py", &text);
    let mut scanned = sandbox.scan(&["b.py"]).json["findings"].clone();
    scanned[0]["occurrences"][0]["source"] = json!("stdin");
    assert_eq!(found[0]["findings"], scanned);
    assert_eq!(
        summary,
        json!({
            "complete": true, "lines": 4, "findings": 3, "suppressed": 0, "errors": 0,
            "bytes": 3 * text.len() + 5, "scope": summary["scope"], "tool": "skanner",
            "version": env!("CARGO_PKG_VERSION"),
        })
    );
    assert!(summary["scope"]["rules"].as_u64().unwrap() > 100);
    let (_, all, _) = filter(&sandbox, &["--all"], &input);
    assert_eq!((all.len(), &all[0]), (4, &json!({"line": 1, "id": "clean", "findings": []})));
}

#[test]
fn a_bad_line_is_named_and_the_others_are_scanned() {
    let sandbox = Sandbox::new();
    let good = json!({"id": 7, "text": format!("k = '{}'", openai_key(2))}).to_string();
    let secret = openai_key(3);
    for (bad, expected) in [
        ("{".to_owned(), "is not valid JSON: it ends too early"),
        (format!("{{\"text\": {secret}}}"), "is not valid JSON from byte "),
        (format!("[\"{secret}\"]"), "is not an object of JSON"),
        (format!("\"{secret}\""), "is not an object of JSON"),
        ("{\"id\":1}".to_owned(), "has neither `text` nor `content_base64`"),
        ("{\"text\":\"\",\"content_base64\":\"\"}".to_owned(), "has both `text` and `content_base64`"),
        ("{\"content_base64\":\"%\"}".to_owned(), "`content_base64` is not base64"),
        (format!("{{\"text\":[\"{secret}\"]}}"), "`text` is a list; it must be a string"),
        ("{\"text\":\"a\",\"text\":\"b\"}".to_owned(), "has `text` more than once"),
        ("{\"text\":\"a\"} x".to_owned(), "is not valid JSON from byte "),
        ("\u{1}".to_owned(), "is not valid JSON from byte "),
    ] {
        let input = format!("{good}\n{bad}\n\n{good}");
        let (code, found, summary) = filter(&sandbox, &[], input.as_bytes());
        assert_eq!((code, found.len()), (2, 3), "{bad}");
        let error = found[1]["error"].as_str().unwrap();
        assert!(error.contains(expected) && found[1]["line"] == 2, "{bad}: {error}");
        assert!(!found[1].to_string().contains(&secret[8..]), "{error}");
        assert_eq!((&found[0]["id"], &found[2]["line"]), (&json!(7), &json!(4)));
        assert_eq!((&summary["errors"], &summary["complete"]), (&json!(1), &json!(false)));
    }
    let (code, found, _) = filter(&sandbox, &[], b" {\"text\":\"\xff\"}\n");
    assert_eq!((code, found.len()), (2, 1));
    assert_eq!(found[0]["error"], "is not UTF-8: byte 11 is 0xff");
    assert_eq!(filter(&sandbox, &[], b"").0, 0);
    assert_eq!(filter(&sandbox, &[], "\u{feff}{\"text\":\"a\"}\n".as_bytes()).0, 0);
}

#[test]
fn an_error_tells_what_to_change_and_has_the_id() {
    let sandbox = Sandbox::new();
    for (line, expected) in [
        (&b"{\"id\":9,\"text\":5}"[..], "`text` is a number; it must be a string"),
        (b"{\"text\":true,\"id\":9}", "`text` is a boolean; it must be a string"),
        (b"{\"id\":9,\"path\":{},\"text\":\"x\"}", "`path` is an object; it must be a string"),
        (b"{\"id\":9,\"content_base64\":[]}", "`content_base64` is a list; it must be a string"),
        (b"{\"id\":9,\"id\":9,\"text\":\"x\"}", "has `id` more than once"),
        (b"{\"id\":9,\"path\":\"a\",\"text\":\"x\",\"path\":\"b\"}", "has `path` more than once"),
        (
            b"{\"content_base64\":\"\",\"id\":9,\"content_base64\":\"\"}",
            "has `content_base64` more than once",
        ),
        (b"{\"id\":9,\"text\":\"\xff\"}", "is not UTF-8: byte 17 is 0xff"),
        (b"  {\"text\":\"\xed\xa0\x80\",\"id\":9}", "is not UTF-8: byte 12 is 0xed"),
        (b"{\"id\":9,\"text\":\"x", "is not valid JSON: it ends too early"),
        (b" {\"id\":9,\"text\" \"x\"}", "is not valid JSON from byte 17 on"),
        (
            b"{\"id\":9,\"content_base64\":\"AAAAA\"}",
            "`content_base64` is not base64: it ends in the middle of a byte",
        ),
    ] {
        let (code, found, _) = filter(&sandbox, &[], line);
        let line = String::from_utf8_lossy(line);
        assert_eq!((code, found.len(), &found[0]["id"]), (2, 1, &json!(9)), "{line}");
        let error = found[0]["error"].as_str().unwrap();
        assert!(error.starts_with(expected), "{line}: {error}");
    }
    // Which of two ids is meant, or what an id in no encoding says, nobody knows.
    for line in [&b"{\"id\":9,\"id\":8,\"text\":\"x\"}"[..], b"{\"id\":\"\xff\",\"text\":\"x\"}"] {
        let (code, found, _) = filter(&sandbox, &[], line);
        assert_eq!((code, &found[0]["id"]), (2, &Value::Null));
    }
}

#[test]
fn what_other_programs_write_is_scanned() {
    let sandbox = Sandbox::new();
    let text = format!("x = '{}' ?>?>", openai_key(8));
    let base64 = |engine: base64::engine::GeneralPurpose| engine.encode(&text);
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let wrapped =
        base64(STANDARD).as_bytes().chunks(76).map(<[u8]>::to_vec).collect::<Vec<_>>().join(&b"\r\n"[..]);
    let forms = [base64(STANDARD), base64(STANDARD_NO_PAD), base64(URL_SAFE), base64(URL_SAFE_NO_PAD)];
    let wrapped = String::from_utf8(wrapped).unwrap() + "\n";
    let (_, expected, _) = filter(&sandbox, &[], &lines(&[json!({"text": text})]));
    for base64 in forms.into_iter().chain([wrapped]) {
        let (code, found, _) = filter(&sandbox, &[], &lines(&[json!({"content_base64": base64})]));
        assert_eq!((code, &found), (1, &expected), "{}", base64.len());
    }
    // As Python writes a string that no text can hold.
    for (half, shown) in
        [("\\ud800", "\u{fffd}"), ("\\udfff\\ud83e", "\u{fffd}\u{fffd}"), ("\\ud83e\\udd80", "\u{1f980}")]
    {
        let line = format!("{{\"path\":\"{half}\",\"{half}\":1,\"text\":\"{half} {text}\"}}");
        let (code, found, _) = filter(&sandbox, &[], line.as_bytes());
        let (_, expected, _) =
            filter(&sandbox, &[], &lines(&[json!({"path": shown, "text": format!("{shown} {text}")})]));
        assert_eq!((code, &found[0]["findings"]), (1, &expected[0]["findings"]), "{half}");
    }
}

#[test]
fn a_run_without_rules_does_not_call_anything_clean() {
    let sandbox = Sandbox::new();
    let rule = "openai-project-key";
    let options = ["--rule", rule, "--exclude-rule", rule];
    let expected = "no rule is left: --exclude-rule takes away all that --rule chooses";
    for command in ["filter", "scan"] {
        let run = sandbox.skanner(&[&[command], &options[..]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(expected) && run.stdout.is_empty(), "{run:?}");
    }
    let scanner = skanner::Scanner::builder().rules([rule]).exclude_rules([rule]).build();
    let Err(skanner::Error::Configuration(error)) = scanner else { panic!("a scanner without rules") };
    assert!(error.contains("no rule is left"), "{error}");
    let more = [&options[..], &["--rule", "stripe-secret-key"]].concat();
    assert_eq!(filter(&sandbox, &more, b"").0, 0);
    sandbox.write("skanner.toml", format!("rules = [\"{rule}\"]\nexclude-rules = [\"{rule}\"]\n"));
    let run = sandbox.skanner(&["filter"]);
    assert!(run.code == 2 && run.stderr.contains("no rule is left: skanner.toml:2"), "{run:?}");
}

#[test]
fn an_id_is_given_back_as_it_is_written() {
    let sandbox = Sandbox::new();
    for id in ["12345678901234567890123", "1.50", "\"\\u00e9\"", "{ \"a\":[1, 2] }", "1e400", "true"] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let mut child =
            command.args(["filter", "--all"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{{\"text\":\"a\",\"id\": {id}}}").unwrap();
        let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        assert!(output.contains(&format!("\"id\":{id},")), "{id}: {output}");
    }
}

#[test]
fn no_secret_is_in_the_output() {
    let sandbox = Sandbox::new();
    let secret = openai_key(4);
    let input = lines(&[
        json!({"id": secret, "path": secret, "text": format!("a {secret}")}),
        json!({"id": [{secret.as_str(): secret}], "text": 1}),
        json!({"id": {"a": [secret]}, "text": secret}),
    ]);
    let (code, found, _) = filter(&sandbox, &["--all"], &input);
    assert_eq!((code, found.len()), (2, 3));
    for line in &found {
        assert!(!line.to_string().contains(&secret[12..40]), "{line}");
    }
}

#[test]
fn settings_and_comments_count() {
    let sandbox = Sandbox::new();
    let text = format!("k = '{}' # skanner:allow: a test", openai_key(5));
    let input = lines(&[json!({"path": "docs/a.py", "text": text})]);
    let (code, _, summary) = filter(&sandbox, &[], &input);
    assert_eq!((code, &summary["suppressed"]), (0, &json!(1)));
    assert_eq!(filter(&sandbox, &["--untrusted"], &input).0, 1);
    let acme = lines(&[json!({"text": format!("k = '{}'", openai_key(6))})]);
    assert_eq!(filter(&sandbox, &["--exclude-rule", "openai-project-key"], &acme).0, 0);
    sandbox.write("skanner.toml", "[[allow]]\npaths = [\"docs/**\"]\nreason = \"made up\"\n");
    let input = lines(&[json!({"path": "docs/a.py", "text": format!("k = '{}'", openai_key(6))})]);
    assert_eq!(filter(&sandbox, &[], &input).0, 0);
    assert_eq!(filter(&sandbox, &["--isolated"], &input).0, 1);
}

#[test]
fn whoever_waits_for_an_answer_gets_it_before_the_input_ends() {
    let sandbox = Sandbox::new();
    let mut command: Command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let mut child =
        command.args(["filter", "--all"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for round in 0..50 {
        let text = if round % 3 == 0 { openai_key(round) } else { "nothing".to_owned() };
        writeln!(stdin, "{}", json!({"id": round, "text": text})).unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(
            (&answer["id"], answer["findings"].as_array().unwrap().len()),
            (&json!(round), usize::from(round % 3 == 0))
        );
    }
    drop(stdin);
    assert!(answers.next().unwrap().unwrap().contains("\"summary\""));
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(support::cases(8, 64) as u32))]

    #[test]
    fn the_output_does_not_depend_on_threads(
        kinds in prop::collection::vec((0_u8..6, 0_usize..40_000), 1..120),
        seed: u64,
    ) {
        let sandbox = Sandbox::new();
        let line = |(at, (kind, size)): (usize, &(u8, usize))| {
            let filler = "lorem ipsum dolor\n".repeat(size / 18);
            match kind {
                0 => "not json".to_owned(),
                1 => json!({"id": at, "text": format!("{filler}{}", openai_key(seed ^ at as u64))}).to_string(),
                2 => json!({"id": at, "text": format!("{}{filler}", key("sk-ant-api03-{B:93}AA", seed ^ at as u64))}).to_string(),
                3 => String::new(),
                _ => json!({"id": at, "text": filler}).to_string(),
            }
        };
        let input: String = kinds.iter().enumerate().map(line).map(|line| line + "\n").collect();
        let one = filter(&sandbox, &["-j1", "--all"], input.as_bytes());
        prop_assert_eq!(&filter(&sandbox, &["-j4", "--all"], input.as_bytes()), &one);
        let expected = kinds.iter().filter(|(kind, _)| *kind != 3).count();
        prop_assert_eq!(one.1.len(), expected);
        for line in &one.1 {
            let at = line["line"].as_u64().unwrap() as usize - 1;
            let kind = kinds[at].0;
            prop_assert_eq!(line["error"].is_string(), kind == 0, "{}", line);
            let keys = line["findings"].as_array().map_or(0, Vec::len);
            prop_assert_eq!(keys, usize::from(matches!(kind, 1 | 2)), "{}", line);
        }
    }
}
