//! Whatever comes in, an agent gets a valid answer or none, and never exit code 1.

use serde_json::json;

use super::hook;
use crate::{agents::AGENTS, support::openai_key};

#[test]
fn what_cannot_be_read_passes_or_is_refused_as_is_wanted() {
    let key = openai_key(21);
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for (payload, why) in [
        (Vec::new(), "is empty"),
        (b"no JSON".to_vec(), "is not valid JSON: byte 1"),
        (b"[]".to_vec(), "is not an object"),
        (b"{\"hook_event_name\":\"PreToolUse\"".to_vec(), "is not valid JSON"),
        (b"{\"a\":\"\xff\"}".to_vec(), "is not UTF-8"),
        (b"{}".to_vec(), "names no event"),
        (format!("{{\"hook_event_name\":\"{key}\"}}").into_bytes(), "comes from an agent that is not known"),
        (b"{\"hook_event_name\":\"Unheard\"}".to_vec(), "an event of Claude Code that is not known"),
        (b"{\"hook_event_name\":7}".to_vec(), "names no event"),
        (format!("{{\"a\":\"{}\"}}", "x".repeat((64 << 20) + 1)).into_bytes(), "is larger than 64 MiB"),
    ] {
        for (arguments, code) in [(&[][..], 0), (&["--fail-closed"][..], 2)] {
            let run = hook(arguments, &payload);
            assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{why}: {}", run.stderr);
            assert!(run.stderr.contains(why) && run.stderr.lines().count() == 1, "{why}: {}", run.stderr);
            crate::assert_secret(&run.stderr, &key, why);
        }
    }
    // Depth is no reason.
    let payload = format!("{{\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"x\",\"tool_input\":{deep}}}");
    let run = hook(&["--fail-closed"], payload);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn events_that_carry_no_key_are_not_answered() {
    let key = openai_key(22);
    for event in ["SessionStart", "Stop", "SubagentStop", "Notification", "PreCompact"] {
        let payload =
            json!({ "session_id": "s", "hook_event_name": event, "message": key, "tool_input": key });
        let run = hook(&["--fail-closed"], payload.to_string());
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{event}");
    }
}

#[test]
fn members_that_occur_twice_are_all_searched() {
    let key = openai_key(23);
    for payload in [
        format!(
            r#"{{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{{"command":"{key}"}},"tool_input":{{"command":"ls"}}}}"#
        ),
        format!(
            r#"{{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{{"command":"{key}","command":"ls"}}}}"#
        ),
        format!(
            r#"{{"hook_event_name":"PreToolUse","tool_name":"Bash","tool\u005finput":{{"command":"{key}"}}}}"#
        ),
    ] {
        let run = hook(&[], payload);
        assert!(run.stdout.contains("\"deny\""), "{run:?}");
    }
}

#[test]
fn names_of_tools_and_files_do_not_reach_the_answer_as_they_are() {
    let (key, other) = (openai_key(24), openai_key(25));
    let name = format!("mcp__{other}\u{1b}[31m\n\u{202e}");
    let payload = json!({
        "hook_event_name": "PreToolUse", "tool_name": name, "cwd": "/w",
        "tool_input": { "file_path": format!("/w/{other}.py"), other.clone(): key },
    });
    let run = hook(&[], payload.to_string());
    crate::assert_secret(&run.stdout, &key, "key");
    crate::assert_secret(&run.stdout, &other, "name");
    assert!(
        run.stdout.contains("\"deny\"") && !run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}')
    );
}

#[test]
fn answers_are_the_same_every_time() {
    let key = openai_key(26);
    for agent in AGENTS {
        let payload = (agent.output)(&format!("k={key}\n")).to_string();
        let runs = [hook(&[], &payload), hook(&[], &payload)];
        assert_eq!((&runs[0].stdout, &runs[0].stderr), (&runs[1].stdout, &runs[1].stderr), "{}", agent.name);
    }
}
