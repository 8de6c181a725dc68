//! Settings of agents: only our entry comes and goes.

use std::path::PathBuf;

use crate::support::{Run, Sandbox};

/// An agent with settings in JSON: its name, its file below the home, its events, and what follows their list.
struct JsonAgent {
    id: &'static str,
    file: &'static str,
    events: usize,
    foreign: &'static str,
}

const MATCHED: &str = r#"{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "./check.sh" }] }"#;
const FLAT: &str = r#"{ "command": "./check.sh" }"#;

const JSON_AGENTS: &[JsonAgent] = &[
    JsonAgent { id: "claude-code", file: ".claude/settings.json", events: 3, foreign: MATCHED },
    JsonAgent { id: "codex", file: ".codex/hooks.json", events: 3, foreign: MATCHED },
    JsonAgent { id: "gemini", file: ".gemini/settings.json", events: 3, foreign: MATCHED },
    JsonAgent { id: "qwen", file: ".qwen/settings.json", events: 3, foreign: MATCHED },
    JsonAgent { id: "copilot", file: ".copilot/hooks/skanner.json", events: 3, foreign: FLAT },
    JsonAgent { id: "cursor", file: ".cursor/hooks.json", events: 4, foreign: FLAT },
    JsonAgent { id: "windsurf", file: ".codeium/windsurf/hooks.json", events: 5, foreign: FLAT },
];

/// Settings as people have them. `EVENT` is an event that the hook is for.
const SETTINGS: &[(&str, &str)] = &[
    ("compact", r#"{"model":"x"}"#),
    ("two spaces", "{\n  \"model\": \"x\",\n  \"n\": 1.50\n}\n"),
    ("tabs and no last line end", "{\n\t\"model\": \"x\"\n}"),
    ("four spaces and comments", "// mine\n{\n    // the model\n    \"model\": \"x\", // last\n}\n"),
    ("CRLF", "{\r\n  \"model\": \"x\"\r\n}\r\n"),
    ("a byte order mark", "\u{feff}{\n  \"model\": \"x\"\n}\n"),
    ("other events", "{\n  \"hooks\": {\n    \"Other\": [\n      FOREIGN\n    ]\n  }\n}\n"),
    ("other hooks", "{\n  \"a\": 1,\n  \"hooks\": {\n    \"EVENT\": [\n      FOREIGN,\n    ],\n  },\n}\n"),
    ("other hooks on one line", "{ \"hooks\": { \"EVENT\": [FOREIGN] } }\n"),
    (
        "nested",
        "{\n  \"hooks\": {\n    /* a */ \"EVENT\": [\n      FOREIGN, // one\n      FOREIGN\n    ]\n  },\n  \"z\": { \"hooks\": { \"EVENT\": [] } }\n}\n",
    ),
];

fn event(id: &str) -> &'static str {
    match id {
        "gemini" => "BeforeTool",
        "copilot" | "cursor" => "preToolUse",
        "windsurf" => "pre_run_command",
        _ => "PreToolUse",
    }
}

fn home(sandbox: &Sandbox, file: &str) -> PathBuf {
    sandbox.path(format!("../home/{file}"))
}

fn agent(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.skanner(&[&["hook", "agent"], arguments].concat())
}

/// The lines that are in one text alone, where the other one is the same.
fn added(old: &str, new: &str) -> Option<Vec<String>> {
    let mut rest = old.lines().peekable();
    let added: Vec<String> =
        new.lines().filter(|line| rest.next_if_eq(line).is_none()).map(str::to_owned).collect();
    rest.peek().is_none().then_some(added)
}

#[test]
fn only_our_entry_comes_and_goes() {
    for one in JSON_AGENTS {
        for (what, text) in SETTINGS {
            let told = format!("{} {what}", one.id);
            let text = text.replace("EVENT", event(one.id)).replace("FOREIGN", one.foreign);
            let sandbox = Sandbox::new();
            let file = home(&sandbox, one.file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &text).unwrap();
            let run = agent(&sandbox, &["install", one.id]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{told}");
            let installed = std::fs::read_to_string(&file).unwrap();
            let count = if one.id == "copilot" { 2 * one.events } else { one.events };
            assert_eq!(installed.matches(" hook agent\"").count(), count, "{told}: {installed}");
            // Nothing that was there is gone.
            if text.lines().count() > 2 {
                let added = added(&text, &installed).unwrap_or_else(|| panic!("{told}: {installed}"));
                assert!(!added.is_empty(), "{told}");
            }
            assert_eq!(installed.contains("\r\n"), text.contains("\r\n"), "{told}");
            assert!(!text.contains("\r\n") || !installed.replace("\r\n", "").contains('\n'), "{told}");
            let status = agent(&sandbox, &["status"]);
            assert!(
                status.stdout.contains(": runs ") && status.stdout.contains(one.file),
                "{told}: {}",
                status.stdout
            );
            // Once more changes nothing.
            assert!(agent(&sandbox, &["install", one.id]).stdout.contains("already"), "{told}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), installed, "{told}");
            // An older entry is renewed, and keeps its options.
            let older = installed
                .replace(" hook agent\"", " hook agent --deny-no-verify\"")
                .replace(env!("CARGO_BIN_EXE_skanner"), "/old/skanner");
            std::fs::write(&file, &older).unwrap();
            agent(&sandbox, &["install", one.id]);
            let renewed = std::fs::read_to_string(&file).unwrap();
            assert_eq!(
                renewed,
                installed.replace(" hook agent\"", " hook agent --deny-no-verify\""),
                "{told}"
            );
            let run = agent(&sandbox, &["uninstall", one.id]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{told}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "{told}");
        }
    }
}

#[test]
fn new_settings_are_made_and_those_that_are_empty_are_filled() {
    for one in JSON_AGENTS {
        for text in [None, Some(""), Some("{}\n"), Some("{ }"), Some("{\n}\n")] {
            let sandbox = Sandbox::new();
            let file = home(&sandbox, one.file);
            if let Some(text) = text {
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(&file, text).unwrap();
            }
            assert_eq!(agent(&sandbox, &["install", one.id]).code, 0);
            let installed: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            assert_eq!(installed["hooks"].as_object().unwrap().len(), one.events, "{}", one.id);
            let is_new = text.is_none_or(str::is_empty);
            assert_eq!(
                installed["version"] == 1,
                is_new && ["copilot", "cursor"].contains(&one.id),
                "{}",
                one.id
            );
            assert_eq!(agent(&sandbox, &["uninstall"]).code, 0);
            let left = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(
                left.is_empty() || left.split_whitespace().collect::<String>() == "{}",
                "{}: {left}",
                one.id
            );
        }
    }
}

#[test]
fn what_is_not_understood_stays_as_it_is() {
    for (file, id, text, why) in [
        (".claude/settings.json", "claude-code", "no JSON", "line 1 is not valid JSON"),
        (".claude/settings.json", "claude-code", "[]", "the file is not an object"),
        (".claude/settings.json", "claude-code", "{\"hooks\": []}", "`hooks` is not an object"),
        (
            ".claude/settings.json",
            "claude-code",
            "{\"hooks\": {\"PostToolUse\": {}}}",
            "`PostToolUse` is not a list",
        ),
        (".vibe/hooks.toml", "vibe", "hooks = 1\n", "`hooks` is not a list of tables"),
        (".config/opencode/plugins/skanner.ts", "opencode", "export {}\n", "another plugin is there"),
    ] {
        let sandbox = Sandbox::new();
        let file = home(&sandbox, file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        let run = agent(&sandbox, &["install", id]);
        assert_eq!(run.code, 2, "{why}");
        assert!(run.stderr.contains(why) && run.stderr.contains("by hand"), "{why}: {}", run.stderr);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        assert_eq!(agent(&sandbox, &["uninstall"]).code, 0);
    }
}

#[test]
fn tables_and_plugins_come_and_go() {
    for (id, file, text) in [
        ("vibe", ".vibe/hooks.toml", "[[hooks]]\nname = \"x\"\ntype = \"pre_tool\"\ncommand = \"y\"\n"),
        ("vibe", ".vibe/hooks.toml", ""),
        ("opencode", ".config/opencode/plugins/skanner.ts", ""),
    ] {
        let sandbox = Sandbox::new();
        let file = home(&sandbox, file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if !text.is_empty() {
            std::fs::write(&file, text).unwrap();
        }
        assert_eq!(agent(&sandbox, &["install", id]).code, 0);
        let installed = std::fs::read_to_string(&file).unwrap();
        assert!(
            installed.starts_with(text) && installed.contains(env!("CARGO_BIN_EXE_skanner")),
            "{installed}"
        );
        agent(&sandbox, &["install", id]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), installed);
        assert!(agent(&sandbox, &["status"]).stdout.contains(": runs "));
        assert_eq!(agent(&sandbox, &["uninstall", id]).code, 0);
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text);
    }
}

#[test]
fn agents_are_found_by_their_directories() {
    let sandbox = Sandbox::new();
    let run = agent(&sandbox, &["install"]);
    assert!(run.code == 2 && run.stderr.contains("no agent is used in"), "{}", run.stderr);
    assert_eq!(agent(&sandbox, &["status"]).stdout, "no known agent is used here\n");
    for directory in [".claude", ".gemini"] {
        std::fs::create_dir_all(home(&sandbox, directory)).unwrap();
        sandbox.write(format!("{directory}/x"), "");
    }
    let run = agent(&sandbox, &["install"]);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    let run = agent(&sandbox, &["install", "--project"]);
    assert!(run.code == 0 && run.stderr.contains("name a program on this machine"), "{}", run.stderr);
    assert!(
        sandbox.path(".claude/settings.json").is_file() && sandbox.path(".gemini/settings.json").is_file()
    );
    assert!(agent(&sandbox, &["install", "--project", "--user"]).code == 2);
}

#[test]
#[cfg(unix)]
fn links_of_a_project_are_not_followed_and_modes_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = Sandbox::new();
    let target = sandbox.write("elsewhere/settings.json", "{}");
    symlink(target.parent().unwrap(), sandbox.path(".claude")).unwrap();
    let run = agent(&sandbox, &["install", "--project", "claude-code"]);
    assert!(run.code == 2 && run.stderr.contains("symbolic link"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "{}");
    let file = home(&sandbox, ".claude/settings.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "{}").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    agent(&sandbox, &["install", "claude-code"]);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_others_run_stays() {
    let ours = r#"{ "type": "command", "command": "/old/skanner hook agent --deny-no-verify" }"#;
    let other = r#"{ "type": "command", "command": "./check.sh" }"#;
    for (hooks, left) in [
        (format!("[{other}, {ours}]"), format!("[{other}]")),
        (format!("[{ours}, {other}]"), format!("[{other}]")),
        (format!("[\n  {other},\n  {ours}\n]"), format!("[\n  {other}\n]")),
        (format!("[{other}, {ours}, {other}, {ours}]"), format!("[{other}, {other}]")),
    ] {
        let sandbox = Sandbox::new();
        let settings = |hooks: &str| {
            format!("{{\"hooks\": {{\"PreToolUse\": [{{\"matcher\": \"Bash\", \"hooks\": {hooks}}}]}}}}\n")
        };
        sandbox.write("../home/.claude/settings.json", settings(&hooks));
        let run = agent(&sandbox, &["uninstall", "claude-code"]);
        assert_eq!(run.code, 0, "{run:?}");
        let text = std::fs::read_to_string(home(&sandbox, ".claude/settings.json")).unwrap();
        assert_eq!(text, settings(&left), "{hooks}");
    }
}

#[test]
fn a_command_that_is_not_ours_alone_is_not_touched() {
    for line in
        ["/opt/log.sh /usr/bin/skanner hook agent", "test -x /x/skanner && /x/skanner hook agent || true"]
    {
        let sandbox = Sandbox::new();
        let group = format!("{{\"hooks\":[{{\"type\":\"command\",\"command\":\"{line}\"}}]}}");
        let old = format!("{{\"hooks\":{{\"PreToolUse\":[{group}]}}}}\n");
        sandbox.write("../home/.claude/settings.json", &old);
        assert_eq!(agent(&sandbox, &["install", "claude-code"]).code, 0);
        let text = || std::fs::read_to_string(home(&sandbox, ".claude/settings.json")).unwrap();
        assert!(text().contains(line), "{}", text());
        assert_eq!(agent(&sandbox, &["uninstall", "claude-code"]).code, 0);
        assert_eq!(text(), old);
    }
}
