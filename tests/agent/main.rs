//! `skanner hook agent`: what each agent gets for an answer, and that no answer has a key in it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod agents;
mod hostile;
mod install;
mod outputs;
mod refusals;
mod special;
#[path = "../support/mod.rs"]
mod support;

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;
use support::{Run, Sandbox};

use agents::Agent;

/// Runs the hook with a payload.
fn hook(arguments: &[&str], payload: impl AsRef<[u8]>) -> Run {
    let sandbox = Sandbox::new();
    let mut command: Command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["hook", "agent"]).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A payload that is too large is not read to its end.
    let _ = child.stdin.take().unwrap().write_all(payload.as_ref());
    child.wait_with_output().unwrap().into()
}

/// The answer to a payload of an agent, which must be one that it takes; `None` if there is none.
#[track_caller]
fn answer(agent: &Agent, payload: &Value, keys: &[&str]) -> Option<Value> {
    let run = hook(&[], payload.to_string());
    let told = format!("{}: {payload} {run:?}", agent.name);
    for key in keys {
        assert_secret(&format!("{}{}", run.stdout, run.stderr), key, agent.name);
    }
    if run.stdout.is_empty() {
        assert_eq!(run.code == 2, !run.stderr.is_empty(), "{told}");
        assert!(matches!(run.code, 0 | 2) && (run.code == 0 || agent.by_exit_code), "{told}");
        return (run.code == 2).then(|| Value::from(run.stderr));
    }
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{told}");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    let schema = jsonschema::validator_for(&(agent.schema)()).unwrap();
    if let Err(error) = schema.validate(&answer) {
        panic!("{error}: {told}");
    }
    Some(answer)
}

/// No part of a key is in a text, as it is or encoded.
#[track_caller]
fn assert_secret(text: &str, key: &str, what: &str) {
    use base64::Engine as _;
    let body = key.rsplit('-').next().unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(key);
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    for form in [body, &base64, &hex] {
        for part in form.as_bytes().windows(16) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!text.contains(part), "{what}: a part of the key is in the answer");
        }
    }
}
