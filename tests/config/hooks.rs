//! Which configuration the hooks go by.

use std::{io::Write, process::Stdio};

use crate::support::{Run, Sandbox, key, openai_key};

const EXCLUDES: &str = "exclude-rules = [\"openai-project-key\"]\n";

#[test]
fn hooks_of_a_work_tree_go_by_the_file_that_is_there() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    sandbox.write("a.env", openai_key(1));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(sandbox.skanner(&["hook", "pre-commit"]).code, 1);
    // It need not be staged; what it leaves out is said by a hook that has nothing else to say.
    sandbox.write("skanner.toml", EXCLUDES);
    let run = sandbox.skanner(&["hook", "pre-commit"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("excluded: 1 key by skanner.toml; skanner.toml excludes 1 rule"), "{run:?}");
    assert_eq!(sandbox.skanner(&["hook", "pre-commit", "--isolated"]).code, 1);
    sandbox.write(".git/MESSAGE", openai_key(2));
    assert_eq!(sandbox.skanner(&["hook", "commit-msg", ".git/MESSAGE"]).code, 0);
    assert_eq!(sandbox.skanner(&["hook", "commit-msg", "--isolated", ".git/MESSAGE"]).code, 1);
    sandbox.git(".", &["commit", "-m", "one"]);
    assert_eq!(sandbox.skanner(&["hook", "pre-push"]).code, 0);
    assert_eq!(sandbox.skanner(&["hook", "pre-push", "--isolated"]).code, 1);

    // From a folder below, the file of the root counts, since all of the index is scanned.
    sandbox.write("sub/skanner.toml", "min-confidence = \"certain\"\n");
    let mut below = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(
        below.current_dir(sandbox.path("sub")).args(["scan", "--staged", "--all", "--format", "json"]),
    );
    assert_eq!(run.report().json["configuration"]["file"], "skanner.toml");
}

/// What a push brings, or brought before, must not decide what is looked for: neither in a bare repository nor in one with
/// a work tree, wherever the file is.
#[test]
fn a_server_never_goes_by_what_is_pushed() {
    for is_bare in [true, false] {
        let sandbox = Sandbox::new();
        let server = if is_bare { "server.git" } else { "server" };
        let mut init = vec!["init", "--quiet", server];
        if is_bare {
            init.push("--bare");
        }
        sandbox.git(".", &init);
        let folder = if is_bare { "server.git" } else { "server/.git" };
        sandbox.git("", &["init", "--quiet", "client"]);
        sandbox.write("client/skanner.toml", EXCLUDES);
        sandbox.git("client", &["add", "--all"]);
        sandbox.git("client", &["commit", "-m", "the configuration comes first"]);
        sandbox.git("client", &["push", "--quiet", &format!("../{server}"), "HEAD:refs/heads/pushed"]);
        // Even where somebody has checked it out, or put it beside the objects.
        sandbox.write(format!("{server}/skanner.toml"), EXCLUDES);
        sandbox.write(format!("{folder}/skanner.toml"), EXCLUDES);
        sandbox.write("client/a.env", openai_key(1));
        sandbox.git("client", &["add", "--all"]);
        sandbox.git("client", &["commit", "-m", "a key"]);
        sandbox.git("client", &["push", "--quiet", &format!("../{server}"), "HEAD:refs/heads/key"]);
        let id = sandbox.git("client", &["rev-parse", "HEAD"]);
        sandbox.git(server, &["update-ref", "-d", "refs/heads/key"]);

        let receive = |arguments: &[&str]| {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            command
                .current_dir(sandbox.path(folder))
                .env("GIT_DIR", ".")
                .args(["hook", "pre-receive"])
                .args(arguments);
            let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = piped.spawn().unwrap();
            let line = format!("{} {} refs/heads/key\n", "0".repeat(40), id.trim());
            child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
            Run::from(child.wait_with_output().unwrap())
        };
        let run = receive(&[]);
        assert!(run.code == 1 && run.stdout.contains("openai-project-key"), "{run:?}");
        // The administrator may name one.
        sandbox.write("admin.toml", EXCLUDES);
        let file = sandbox.path("admin.toml");
        assert_eq!(receive(&["--config", file.to_str().unwrap()]).code, 0);
    }
}

#[test]
fn an_audit_goes_by_the_file_of_its_repository() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet", "project"]);
    sandbox.write("project/a.env", key("sk-{uuid4-hex}", 1));
    sandbox.write("project/sub/b.txt", "");
    sandbox.git("project", &["add", "--all"]);
    sandbox.git("project", &["commit", "-m", "one"]);
    sandbox.write("named.toml", "min-confidence = \"certain\"\n");
    let audit = |arguments: &[&str]| {
        let run = sandbox.skanner(&[&["audit", "project/sub"], arguments].concat());
        (run.code, run.stdout.lines().last().unwrap_or_default().to_owned())
    };
    assert_eq!(audit(&[]).0, 1);
    sandbox.write("project/skanner.toml", "exclude-rules = [\"uuid-key\"]\n");
    let (code, closing) = audit(&[]);
    assert_eq!(code, 0);
    let expected = "safe to publish except for what was excluded: no other keys of the sk- family or of AI services; other secrets were not looked for; \
                    excluded: 1 key by skanner.toml; skanner.toml excludes 1 rule;";
    assert!(closing.starts_with(expected), "{closing}");
    assert_eq!(audit(&["--isolated"]).0, 1);
    // A relative name is the user's, wherever the audit goes.
    let (code, closing) = audit(&["--config", "named.toml"]);
    assert!(code == 0 && closing.contains("named.toml raises min-confidence to certain"), "{closing}");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    assert_eq!(Run::of(command.args(["audit", "project"]).env("SKANNER_CONFIG", "named.toml")).code, 0);
}
