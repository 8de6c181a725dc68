//! The policy of an organization: nothing in a repository, no option and no variable makes a run under it report less.

mod mistakes;
mod modes;
mod own_rules;
mod settings;
mod suppressions;
mod told;

use crate::support::{Report, Run, Sandbox, key, openai_key, rule};

const POLICY: &str = "../org/policy.toml";

/// A key of a rule in the built-in form with this number.
fn key_of(id: &str, seed: u64) -> String {
    key(rule(id).forms[0].shapes[0].source(), seed)
}

/// A repository with a critical key in `a`, a likely one of high severity in `b`, and a low one in `c`.
fn sandbox(policy: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write(POLICY, policy);
    sandbox.write("a/critical.py", format!("k = '{}'\n", openai_key(1)));
    sandbox.write("b/high.py", format!("k = '{}'\n", key_of("hugging-face-user-token", 2)));
    sandbox.write("c/low.py", format!("k = '{}'\n", key_of("stripe-test-key", 3)));
    sandbox
}

/// A scan, perhaps under the policy, as JSON.
fn scan(sandbox: &Sandbox, under: bool, arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["scan", "--format", "json"]).args(arguments).envs(variables.iter().copied());
    if under {
        command.env("SKANNER_POLICY", sandbox.path(POLICY));
    }
    Run::of(&mut command).report()
}

/// `place limit` of everything that was refused.
fn refused(report: &Report) -> Vec<String> {
    let all = report.json["refused"].as_array().map_or(&[][..], Vec::as_slice).iter();
    all.map(|one| {
        let line = one["line"].as_u64().map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line} {}", one["place"].as_str().unwrap(), one["limit"].as_str().unwrap())
    })
    .collect()
}

/// A run under the policy that an option names.
fn under(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.skanner(&[arguments, &["--policy", POLICY]].concat())
}
