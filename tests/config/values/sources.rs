//! Everything that can be scanned is searched for known values.
// skanner:allow-file unused-suppression: these are texts of tests

use std::io::Write;

use super::{FROM, drawn, file, found, values, with_values};
use crate::support::{Report, Run, Sandbox, key, openai_key};

fn skanner(sandbox: &Sandbox, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    Run::of(command.envs(environment.iter().copied()).args(arguments))
}

fn report(sandbox: &Sandbox, arguments: &[&str]) -> Report {
    sandbox.skanner(&[arguments, &FROM, &["--format", "json"]].concat()).report()
}

#[test]
fn every_source_is_searched() {
    let all = &values(11)[1..3];
    let (password, token) = (&all[0].1, &all[1].1);
    let sandbox = with_values(all);
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "nothing\n");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "first"]);
    for command in [&["scan", "."][..], &["scan", "--history"], &["audit"], &["scan", "--range", "HEAD"]] {
        assert_eq!(
            (report(&sandbox, command).code, found(&report(&sandbox, command))),
            (0, vec![]),
            "{command:?}"
        );
    }
    sandbox.write("a.txt", format!("x = {password}\n"));
    let one = vec![("PASSWORD".to_owned(), 1)];
    assert_eq!(found(&report(&sandbox, &["scan", "."])), one);
    sandbox.git("", &["add", "."]);
    assert_eq!(found(&report(&sandbox, &["scan", "--staged"])), one);
    assert_eq!(found(&report(&sandbox, &["hook", "pre-commit"])), one);
    sandbox.git("", &["commit", "-qm", &format!("use {token}")]);
    let two = vec!["PASSWORD".to_owned(), "TOKEN".to_owned()];
    let names = |command: &[&str]| {
        let mut names: Vec<_> = found(&report(&sandbox, command)).into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    };
    assert_eq!(names(&["scan", "--range", "HEAD~..HEAD"]), two);
    assert_eq!(names(&["scan", "--history"]), two);
    assert_eq!(names(&["audit"]), two);
    // What HEAD has is not new.
    sandbox.write("a.txt", format!("x = {password}\ny = 1\n"));
    sandbox.git("", &["add", "."]);
    assert_eq!(found(&report(&sandbox, &["scan", "--staged"])), []);
    assert_eq!(found(&report(&sandbox, &["scan", "--staged", "--all"])), one);
    // What has been removed is in the history.
    sandbox.write("a.txt", "gone\n");
    sandbox.git("", &["commit", "-qam", "remove"]);
    assert_eq!(found(&report(&sandbox, &["scan", "."])), []);
    assert_eq!(names(&["scan", "--history"]), two);
    sandbox.write("MESSAGE", format!("fix {password}\n"));
    assert_eq!(found(&report(&sandbox, &["hook", "commit-msg", "MESSAGE"])), one);
    std::fs::remove_file(sandbox.path("MESSAGE")).unwrap();
    // Names, and archives.
    sandbox.write(format!("dir/{password}.txt"), "x\n");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("inner.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(format!("x {token} y\n").repeat(3).as_bytes()).unwrap();
    sandbox.write("a.zip", zip.finish().unwrap().into_inner());
    assert_eq!(names(&["scan", "."]), two);
}

#[test]
fn a_history_finds_what_a_change_completes() {
    let all = [("TOKEN", drawn(super::LETTERS, 60, 3)), ("LARGE", drawn(super::LETTERS, 2000, 4))];
    let sandbox = with_values(&all);
    sandbox.git("", &["init", "-q"]);
    let padding = "some ordinary line of text\n".repeat(200);
    let mut expected = 0;
    for (name, value) in &all {
        for cut in [1, value.len() / 3, value.len() - 1] {
            let path = format!("{name}-{cut}.txt");
            let (start, end) = value.split_at(cut);
            for text in [
                format!("{padding}k = {start}\n{padding}"),
                format!("{padding}k = {start}{end}\n{padding}"),
                format!("{padding}k = {start}{end}\n{padding}x\n"),
            ] {
                sandbox.write(&path, text);
                sandbox.git("", &["add", "."]);
                sandbox.git("", &["commit", "-qm", "x"]);
            }
            expected += 1;
        }
    }
    sandbox.git("", &["gc", "-q", "--aggressive", "--prune=now"]);
    let packed = report(&sandbox, &["scan", "--history"]);
    let paths: std::collections::BTreeSet<String> = packed.paths().into_iter().collect();
    assert_eq!(paths.len(), expected, "{paths:?}");
    let again = report(&sandbox, &["scan", "--history", "--second-opinion"]);
    assert_eq!(packed.json["findings"], again.json["findings"]);
}

#[test]
fn standard_input_is_searched() {
    let all = &values(12)[1..2];
    let sandbox = with_values(all);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command
        .args(["scan", "-"])
        .args(FROM)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("x{}y\n", all[0].1).as_bytes()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("value of PASSWORD from .env") && !run.stdout.contains(&all[0].1));
}

#[test]
fn the_file_itself_is_a_finding_only_where_others_read_it() {
    let all = &values(13)[1..2];
    let sandbox = Sandbox::new();
    let from = ["--values-from", ".env", "--format", "json"];
    let names = |arguments: &[&str]| found(&sandbox.skanner(&[arguments, &from].concat()).report());
    let one = vec![("PASSWORD".to_owned(), 1)];
    sandbox.write(".env", file(all));
    // In no repository, and ignored in one.
    for arguments in
        [&["scan", ".env"][..], &["scan", "."], &["scan", "--no-ignore", "."], &["scan", "../tree/.env"]]
    {
        assert_eq!(names(arguments), [], "{arguments:?}");
    }
    sandbox.write("copy.env", file(all));
    assert_eq!(names(&["scan", "."]), one);
    std::fs::remove_file(sandbox.path("copy.env")).unwrap();
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", ".env\n");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "x"]);
    for arguments in
        [&["scan", "."][..], &["scan", ".env"], &["audit", "--no-ignore"], &["scan", "--history"]]
    {
        assert_eq!(names(arguments), [], "{arguments:?}");
    }
    sandbox.git("", &["add", "-f", ".env"]);
    assert_eq!(names(&["scan", "--staged"]), one);
    assert_eq!(names(&["hook", "pre-commit"]), one);
    assert_eq!(names(&["scan", "."]), one);
    sandbox.git("", &["commit", "-qm", "oops"]);
    assert_eq!(names(&["scan", "--history"]), one);
    sandbox.git("", &["rm", "-q", "--cached", ".env"]);
    sandbox.git("", &["commit", "-qm", "out"]);
    assert_eq!(names(&["scan", "."]), []);
    assert_eq!(names(&["scan", "--history"]), one);
    assert_eq!(names(&["scan", "--range", "HEAD~2..HEAD~"]), one);
}

#[test]
fn a_hook_guards_with_a_configuration_and_with_a_variable() {
    let all = &values(14)[1..2];
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", ".env\n");
    sandbox.write("skanner.toml", "values-from = [\".env\"]\n");
    sandbox.git("", &["add", "."]);
    let run = skanner(&sandbox, &[], &["hook", "pre-commit"]);
    // There is no such file on a fresh clone, and a hook without findings is quiet.
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let run = skanner(&sandbox, &[], &["scan", "--staged"]);
    assert!(
        run.code == 0 && run.stdout.contains(".env does not exist here, so no value of it is looked for"),
        "{run:?}"
    );
    sandbox.write(".env", file(all));
    sandbox.write("app.py", format!("connect(\"{}\")\n", all[0].1));
    sandbox.git("", &["add", "."]);
    let run = skanner(&sandbox, &[], &["hook", "pre-commit"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("value of PASSWORD from .env"), "{run:?}");
    // What comes from those who are checked chooses no file.
    for arguments in [&["scan", "--staged", "--untrusted"][..], &["scan", "--staged", "--isolated"]] {
        assert_eq!(skanner(&sandbox, &[], arguments).code, 0, "{arguments:?}");
        let variable = [("SKANNER_VALUES_FROM", ".env")];
        assert_eq!(skanner(&sandbox, &variable, arguments).code, 1, "{arguments:?}");
    }
    sandbox.write("src/deep/x.txt", "x\n");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path("src/deep")).args(["scan", "../.."]);
    assert_eq!(Run::of(&mut command).code, 1);
    // A real hook stops a real commit.
    std::fs::remove_file(sandbox.path("src/deep/x.txt")).unwrap();
    assert_eq!(skanner(&sandbox, &[], &["hook", "install"]).code, 0);
    let mut commit = sandbox.command("git");
    commit.args(["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x"]);
    let run = Run::of(&mut commit);
    assert!(run.code != 0 && run.stderr.contains("PASSWORD"), "{run:?}");
    sandbox.write("app.py", "connect(os.environ[\"PASSWORD\"])\n");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "x"]);
}

#[test]
fn a_rule_that_knows_the_issuer_names_the_finding() {
    let all = [("OPENAI_API_KEY", openai_key(1)), ("OTHER_KEY", key("sk-or-v1-{h:64}", 2))];
    let sandbox = with_values(&all);
    sandbox.write("a.txt", format!("{}\nOPENROUTER = \"{}\"\n", all[0].1, all[1].1));
    let rules = |arguments: &[&str]| -> Vec<String> {
        let report = sandbox.scan(&[&["a.txt"][..], &FROM, arguments].concat());
        let findings = report.json["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(rules(&[]), ["openai-project-key", "openrouter-api-key"]);
    // A finding that is not reported takes the place of none.
    assert_eq!(
        rules(&["--exclude-rule", "openai-project-key,openai-key"]),
        ["known-value", "openrouter-api-key"]
    );
    assert_eq!(rules(&["--rule", "known-value"]), ["known-value", "known-value"]);
    assert_eq!(rules(&["--exclude-rule", "known-value"]), ["openai-project-key", "openrouter-api-key"]);
    assert_eq!(rules(&["--family", "ai"]), ["known-value", "known-value"]);
    // An expression of a configuration does not know more than the variable.
    sandbox.write("skanner.toml", "[[rule]]\nid = \"any-key\"\nissuer = \"A\"\ntitle = \"T\"\nimpact = \"I.\"\nseverity = \"high\"\nexamples = [\"secret=aaaabbbbcccc\"]\ncounter_examples = [\"x\"]\n[[rule.form]]\nregex = 'secret=(\\S{8,80})'\nconfidence = \"certain\"\nwhy = \"w\"\n");
    let password = &values(15)[1..2];
    sandbox.write("../home/.env", file(password));
    sandbox.write("a.txt", format!("secret={}\n", password[0].1));
    assert_eq!(rules(&[]), ["known-value"]);
}

#[test]
fn variables_of_the_environment_are_looked_for() {
    let all = values(16);
    let (password, token) = (all[1].1.as_str(), all[2].1.as_str());
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", format!("{password} {token}\n"));
    let environment = [("APP_PASSWORD", password), ("CI_TOKEN", token), ("APP_PORT", "80")];
    let scan = |names: &str| {
        let arguments = ["scan", ".", "--format", "json", "--values-from-env", names];
        let report = skanner(&sandbox, &environment, &arguments).report();
        found(&report).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(scan("APP_PASSWORD"), ["APP_PASSWORD"]);
    assert_eq!(scan("APP_*,*_TOKEN"), ["APP_PASSWORD", "CI_TOKEN"]);
}

#[test]
fn comments_entries_and_baselines_apply() {
    let all = &values(17)[1..2];
    let sandbox = with_values(all);
    let line = format!("x = {}", all[0].1);
    sandbox.write("a.txt", format!("{line} # skanner:allow known-value\n"));
    let code = |arguments: &[&str]| sandbox.skanner(&[&["scan", "."], &FROM[..], arguments].concat()).code;
    assert_eq!(code(&[]), 0);
    sandbox.write("a.txt", format!("{line}\n"));
    assert_eq!(code(&[]), 1);
    sandbox.write("skanner.toml", "[[allow]]\nrule = \"known-value\"\npaths = [\"a.txt\"]\n");
    assert_eq!(code(&[]), 0);
    sandbox.write("skanner.toml", "[severity]\nknown-value = \"low\"\n");
    assert_eq!((code(&[]), code(&["--fail-on", "high"])), (1, 0));
    std::fs::remove_file(sandbox.path("skanner.toml")).unwrap();
    let run = sandbox.skanner(&[&["baseline", "create"], &FROM[..]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(code(&[]), 0);
    sandbox.write("b.txt", format!("{line}\n"));
    assert_eq!(code(&[]), 1);
}
