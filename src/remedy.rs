//! What to do about a leaked key.

use crate::rule::Rule;

/// Where to revoke a key; empty if that depends on the installation.
#[must_use]
pub(crate) fn revoke_url(rule: &Rule) -> &str {
    &rule.revoke_url
}

/// The steps to take, in order, one sentence each.
#[must_use]
pub(crate) fn steps(rule: &Rule) -> Vec<String> {
    let revoke = if rule.shared {
        "Find out who issued the key and revoke it there.".to_owned()
    } else if rule.revoke_url.is_empty() {
        format!("Revoke the key in the admin settings of {}.", rule.issuer)
    } else {
        format!("Revoke the key at {}.", rule.revoke_url)
    };
    let mut steps = vec![revoke];
    if rule.steps.is_empty() {
        let place = rule.names.first().map_or_else(String::new, |name| format!(" such as {name}"));
        steps.push(format!(
            "Create a new one, and read it from a secret store or an environment variable{place}, not from a file in the repository."
        ));
        steps.push("If it was ever pushed or published, check for usage that is not yours. Revoke it before you rewrite the history.".to_owned());
    } else {
        steps.extend(rule.steps.iter().cloned());
    }
    steps
}
