//! What other scanners call the secrets that they find, and whether skanner looks for such.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::{cold, finding::Finding, rule::RuleSet};

/// Parts of the names of secrets that are no keys of the families here, in lower case without punctuation: rule ids of
/// gitleaks, detectors of TruffleHog and GitGuardian, types of detect-secrets.
const OTHERS: &[&str] = &[
    "adafruit",
    "airtable",
    "algolia",
    "amazon",
    "artifactory",
    "asana",
    "atlassian",
    "aws",
    "azure",
    "basicauth",
    "bitbucket",
    "cloudant",
    "cloudflare",
    "confluent",
    "databasecredentials",
    "databricks",
    "datadog",
    "discord",
    "dockerhub",
    "doppler",
    "dropbox",
    "facebook",
    "fastly",
    "finnhub",
    "ftp",
    "github",
    "gitlab",
    "grafana",
    "hashicorp",
    "heroku",
    "hubspot",
    "ibm",
    "intercom",
    "ipaddress",
    "ippublic",
    "jdbc",
    "jfrog",
    "jira",
    "jsonwebtoken",
    "jwt",
    "kubernetes",
    "launchdarkly",
    "ldap",
    "linear",
    "linkedin",
    "mailchimp",
    "mailgun",
    "mongo",
    "mysql",
    "netlify",
    "newrelic",
    "notion",
    "npm",
    "nuget",
    "okta",
    "pagerduty",
    "paypal",
    "pkcs12",
    "planetscale",
    "plaid",
    "postgres",
    "postman",
    "privatekey",
    "pulumi",
    "pypi",
    "rapidapi",
    "redis",
    "rsakey",
    "rubygems",
    "sendgrid",
    "sentry",
    "shippo",
    "shopify",
    "slack",
    "softlayer",
    "square",
    "sshkey",
    "telegram",
    "travis",
    "trello",
    "twitch",
    "twitter",
    "uri",
    "vault",
    "webhook",
    "yandex",
    "zendesk",
];

/// What a name tells about a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForeignKind {
    /// The name of an issuer whose keys are looked for.
    Ours,
    /// Something else.
    Other,
    /// Nothing: a generic name, or one of the team's own.
    Unknown,
}

/// What a name tells.
#[must_use]
pub(super) fn kind(name: &str) -> ForeignKind {
    let name = plain(name);
    if issuers().iter().any(|issuer| name.contains(issuer.as_str())) {
        ForeignKind::Ours
    } else if OTHERS.iter().any(|other| name.contains(other)) {
        ForeignKind::Other
    } else {
        ForeignKind::Unknown
    }
}

/// Whether a name is about the issuer of this finding.
#[must_use]
pub(super) fn is_about(name: &str, finding: &Finding) -> bool {
    let issuer = plain(&finding.rule.issuer);
    issuer.len() >= SHORTEST && plain(name).contains(&issuer)
}

/// Shorter names of issuers are parts of other words, in characters.
const SHORTEST: usize = 4;

fn issuers() -> &'static BTreeSet<String> {
    static ISSUERS: OnceLock<BTreeSet<String>> = OnceLock::new();
    ISSUERS.get_or_init(|| {
        // Words that say nothing by themselves.
        const NOT_NAMES: [&str; 8] =
            ["anunknownissuer", "severalissuers", "magic", "mono", "clay", "gamma", "maxim", "autumn"];
        let issuers = RuleSet::builtin().iter().map(|rule| plain(&rule.issuer));
        cold::set(issuers.filter(|name| name.len() >= SHORTEST && !NOT_NAMES.contains(&name.as_str())))
    })
}

/// Letters and digits in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_tools_are_understood() {
        for (name, expected) in [
            ("openai-api-key", ForeignKind::Ours),
            ("OpenAI Token", ForeignKind::Ours),
            ("huggingface-access-token", ForeignKind::Ours),
            ("Stripe Access Key", ForeignKind::Ours),
            ("stripe-access-token", ForeignKind::Ours),
            ("Anthropic", ForeignKind::Ours),
            ("AWS Access Key", ForeignKind::Other),
            ("aws-access-token", ForeignKind::Other),
            ("Private Key", ForeignKind::Other),
            ("jwt", ForeignKind::Other),
            ("Basic Auth Credentials", ForeignKind::Other),
            ("github-pat", ForeignKind::Other),
            ("generic-api-key", ForeignKind::Unknown),
            ("Secret Keyword", ForeignKind::Unknown),
            ("Base64 High Entropy String", ForeignKind::Unknown),
            ("our-own-rule", ForeignKind::Unknown),
            ("", ForeignKind::Unknown),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
}
