//! What to do about a leaked key.

mod way_out;

pub(crate) use way_out::{AFTER_REWRITE, NOT_REACHED, REVOKE_FIRST, WayOutPart};

use crate::rule::{Github, Guidance, Rule};

/// Where to revoke a key; empty if that depends on the installation.
#[must_use]
pub(crate) fn revoke_url(rule: &Rule) -> &str {
    &rule.revoke_url
}

/// What a rule knows of a fact, such as [`Guidance::limits`]; empty if that is nothing.
#[must_use]
pub(crate) fn told(rule: &Rule, fact: impl Fn(&Guidance) -> &String) -> &str {
    rule.guidance().map_or("", |guidance| fact(guidance))
}

/// How to revoke a key, which every rule knows.
#[must_use]
pub fn revoke(rule: &Rule) -> String {
    let page = match rule.revoke_url.as_str() {
        "" => String::new(),
        url => format!("Revoke the key at {url}."),
    };
    match joined([&page, told(rule, |guidance| &guidance.revoke)]) {
        nothing if !nothing.is_empty() => nothing,
        _ if rule.shared => "Find out who issued the key and revoke it there.".to_owned(),
        _ => format!("Revoke the key in the admin settings of {}.", rule.issuer),
    }
}

/// How to see what the key was used for; empty if that is not known.
#[must_use]
pub fn usage(rule: &Rule) -> String {
    let page = match told(rule, |guidance| &guidance.usage_url) {
        "" => String::new(),
        url => format!("Usage is shown at {url}."),
    };
    joined([&page, told(rule, |guidance| &guidance.usage)])
}

/// What others do by themselves when a key has leaked; empty if the rule does not say whom GitHub tells.
#[must_use]
pub fn leaked(rule: &Rule) -> String {
    let issuer = &rule.issuer;
    let github = match rule.guidance().and_then(|guidance| guidance.github) {
        Some(Github::Partner) => {
            format!("GitHub tells {issuer} when it finds such a key in a public repository.")
        }
        Some(Github::Owner) => format!("GitHub can find such keys, but does not tell {issuer}."),
        Some(Github::Nobody) => {
            format!("GitHub does not tell {issuer}, since its scanner does not know such keys.")
        }
        None => String::new(),
    };
    joined([&github, told(rule, |guidance| &guidance.leaked)])
}

/// The steps to take, in order.
#[must_use]
pub(crate) fn steps(rule: &Rule) -> Vec<String> {
    let (new, check) = if rule.steps.is_empty() {
        let place = rule.names.first().map_or_else(String::new, |name| format!(" such as {name}"));
        let new = format!(
            "Create a new one, and read it from a secret store or an environment variable{place}, not from a file in the repository."
        );
        (new, "If it was ever pushed or published, check for usage that is not yours.")
    } else {
        (String::new(), "")
    };
    let history = if check.is_empty() { "" } else { "Revoke the key before you rewrite the history." };
    let new =
        joined([told(rule, |guidance| &guidance.breaks), &new, told(rule, |guidance| &guidance.rotate)]);
    let check = joined([check, &usage(rule), history]);
    let rest = [check, told(rule, |guidance| &guidance.limits).to_owned(), leaked(rule)];
    let steps = [revoke(rule), new].into_iter().chain(rule.steps.iter().cloned()).chain(rest);
    steps.filter(|step| !step.is_empty()).collect()
}

/// Sentences, one after the other.
fn joined<const N: usize>(sentences: [&str; N]) -> String {
    sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}
