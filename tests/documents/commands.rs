//! Every command in the documents runs as it is written: each `sh` block, in a repository like that of a reader.
//!
//! A block that needs something else, such as a network, says so before its fence: `<!-- not run: why -->`.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use crate::support::{Run, Sandbox, openai_key};

/// A fenced block of commands.
struct Block {
    document: String,
    /// The line of its fence, 1-based.
    line: usize,
    text: String,
    /// Why it cannot be run here.
    not_run: Option<String>,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for file in crate::documents() {
        let text = fs::read_to_string(&file).unwrap();
        let document = file.strip_prefix(crate::root()).unwrap().display().to_string();
        let lines: Vec<&str> = text.lines().collect();
        let starts = (0..lines.len()).filter(|at| lines[*at].trim_start() == "```sh");
        for start in starts {
            let indent = lines[start].len() - lines[start].trim_start().len();
            let body = lines[start + 1..].iter().take_while(|line| line.trim() != "```");
            let body: Vec<&str> = body.map(|line| line.get(indent..).unwrap_or_default()).collect();
            let before = lines[..start].iter().rev().find(|line| !line.trim().is_empty());
            let not_run = before.and_then(|line| line.trim().strip_prefix("<!-- not run: "));
            let not_run = not_run.map(|reason| reason.trim_end_matches("-->").trim().to_owned());
            blocks.push(Block {
                document: document.clone(),
                line: start + 1,
                text: body.join("\n"),
                not_run,
            });
        }
    }
    blocks
}

/// The commands of a block, each with the lines that belong to it.
fn commands(block: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut open = String::new();
    for line in block.lines() {
        open.push_str(line);
        open.push('\n');
        let is_whole = !line.ends_with('\\')
            && Command::new("sh").args(["-n", "-c", &open]).output().unwrap().status.success();
        if is_whole && !open.contains("<<") {
            commands.push(std::mem::take(&mut open));
        }
    }
    commands.extend(Some(open).filter(|open| !open.trim().is_empty()));
    commands
}

/// A repository with keys at HEAD, in the history, staged, in an ignored file and in a branch, and with a remote; and what
/// else the documents mention.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let key = |seed| format!("KEY = \"{}\"\n", openai_key(seed));
    let commit = |message: &str| {
        sandbox.git(".", &["add", "--all"]);
        sandbox.git(".", &["commit", "--quiet", "--message", message]);
    };
    sandbox.git(".", &["init", "--quiet"]);
    sandbox.write("src/chat.py", "print('hello')\n");
    sandbox.write(".gitignore", ".env\n");
    sandbox.write("settings.py", key(1));
    commit("settings");
    sandbox.write("settings.py", "import os\nKEY = os.environ['OPENAI_API_KEY']\n");
    commit("no key in settings");
    sandbox.git(".", &["branch", "release/1"]);
    fs::create_dir_all(sandbox.path("../home/src")).unwrap();
    sandbox.git(".", &["clone", "--quiet", "--bare", ".", "../origin.git"]);
    for name in ["project", "website"] {
        sandbox.git(".", &["clone", "--quiet", "../origin.git", &format!("../home/src/{name}")]);
    }
    sandbox.git(".", &["remote", "add", "origin", "../origin.git"]);
    sandbox.git(".", &["fetch", "--quiet", "origin"]);
    sandbox.git(".", &["checkout", "--quiet", "-b", "topic"]);
    sandbox.write("src/chat.py", key(2));
    commit("chat");
    sandbox.write("src/new.py", key(3));
    sandbox.git(".", &["add", "src/new.py"]);
    let program = sandbox.write("../bin/some-program", "#!/bin/sh\necho '{}'\n");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write(".env", format!("OPENAI_API_KEY={}\n", openai_key(4)));
    sandbox
}

/// Runs the commands of a block one after the other, and says which of them fails.
fn failure(block: &Block, sandbox: &Sandbox) -> Option<String> {
    let mut script = String::new();
    for command in commands(&block.text) {
        if command.lines().all(|line| line.trim_start().starts_with('#')) {
            continue;
        }
        // Keys are there to be found.
        let most = u8::from(command.contains("skanner "));
        let _ = write!(
            script,
            "{{\n{command}}}\ncode=$?; [ $code -le {most} ] || {{ echo \"exit $code\" >&2; exit 99; }}\n"
        );
    }
    let bin = Path::new(env!("CARGO_BIN_EXE_skanner")).parent().unwrap();
    let path = std::env::join_paths(
        [bin.to_owned(), sandbox.tree().join("../bin")]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let revision = |name: &str| sandbox.git(".", &["rev-parse", name]).trim().to_owned();
    let mut shell = sandbox.command("sh");
    shell.arg("-c").arg(&script).env("PATH", path.unwrap()).env("KEY", openai_key(5));
    // What `--range auto` asks: a merge request of GitLab.
    shell.env("GITLAB_CI", "true").env("CI_COMMIT_SHA", revision("HEAD"));
    shell.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", revision("origin/main"));
    shell.env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    for (name, value) in [("NAME", "A"), ("EMAIL", "a@example.org")] {
        shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let run = Run::of(&mut shell);
    (run.code != 0).then(|| format!("{}:{}: {}\n{}", block.document, block.line, run.stderr, block.text))
}

fn copy(from: &Path, to: &Path) {
    let run = Run::of(Command::new("cp").arg("-a").arg(from).arg(to));
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn commands_run_as_they_are_written() {
    let blocks = blocks();
    assert!(
        blocks.iter().filter(|block| block.not_run.is_none()).count() > 20,
        "the documents have commands"
    );
    let template = sandbox();
    let mut failures = Vec::new();
    for block in &blocks {
        if let Some(reason) = &block.not_run {
            assert!(reason.len() > 10, "{}:{}: why is it not run?", block.document, block.line);
            continue;
        }
        let sandbox = Sandbox::new();
        let beside = sandbox.tree().parent().unwrap().to_owned();
        for name in ["tree", "home", "origin.git", "bin"] {
            fs::remove_dir_all(beside.join(name)).ok();
            copy(&template.tree().parent().unwrap().join(name), &beside);
        }
        failures.extend(failure(block, &sandbox));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
