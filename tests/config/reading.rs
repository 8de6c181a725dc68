//! What a good configuration gives.

use skanner::testing::{
    config::Scope,
    rule::{Confidence, Severity},
};

use crate::parse;

#[test]
fn every_key_is_read_and_knows_its_line() {
    let config = parse(
        r#"min-confidence = "certain"
rules = ["uuid-key", "acme-key"]
exclude-rules = [
    "hex-key",
]
trust-foreign-markers = true
accept-unread = [
    { path = "tests/data/*.zip", reason = "damaged on purpose", until = 2027-01-31 },
    { path = "old.tar" },
]

[severity]
"openai-project-key" = "low"
acme-key = "critical"

[baseline]
file = "ci/baseline"
scope = "secret"

[[allow]]
rule = "uuid-key"
paths = ["tests/**", "!tests/real"]
fingerprints = [
    "0123456789abcdef0123456789abcdef",
]
reason = "made up"
until = "2027-01-31"

[[rule]]
id = "acme-key"
issuer = "Acme"
title = "Acme key"
impact = "Anyone can order anvils."
severity = "high"
names = ["ACME_KEY"]
examples = ["acme-{A:32}"]
counter_examples = ["acme-{A:12}"]
[[rule.form]]
shapes = ["acme-{A:32}"]
confidence = "possible"
with_context = "certain"
why = "its prefix"
"#,
    )
    .unwrap();
    let lines = |place: &skanner::testing::config::ConfigPosition| place.to_string();
    let confidence = config.min_confidence.unwrap();
    assert_eq!((confidence.value, lines(&confidence.place)), (Confidence::Certain, "skanner.toml:1".into()));
    assert_eq!(config.rules.unwrap().value, ["uuid-key", "acme-key"]);
    let excluded = config.exclude_rules.unwrap();
    assert_eq!((excluded.value, excluded.place.line), (vec!["hex-key".to_owned()], 3));
    assert!(config.trust_foreign_markers.unwrap().value);
    let [zip, tar] = &config.accept_unread[..] else { panic!("{:?}", config.accept_unread) };
    assert_eq!(
        (zip.path.as_str(), zip.until.map(|day| day.to_string()).as_deref(), zip.place.line),
        ("tests/data/*.zip", Some("2027-01-31"), 8)
    );
    assert_eq!((tar.path.as_str(), &tar.reason, tar.place.line), ("old.tar", &None, 9));
    let severity: Vec<_> = config
        .severity
        .iter()
        .map(|one| (one.value.rule.as_str(), one.value.severity, one.place.line))
        .collect();
    assert_eq!(severity, [("openai-project-key", Severity::Low, 13), ("acme-key", Severity::Critical, 14)]);
    assert_eq!(config.baseline.file.unwrap().value.to_str(), Some("ci/baseline"));
    assert_eq!(config.baseline.scope.unwrap().value, Scope::Secret);
    let [allow] = &config.allow[..] else { panic!("{:?}", config.allow) };
    assert_eq!(
        (&allow.rules[..], allow.paths.len(), allow.place.line),
        (&["uuid-key".to_owned()][..], 2, 20)
    );
    assert_eq!(
        (allow.fingerprints[0].place.line, allow.until.map(|day| day.to_string()).as_deref()),
        (24, Some("2027-01-31"))
    );
    let own = &config.own_rules[0];
    assert_eq!((own.value.id.as_str(), own.place.line, own.value.context.len()), ("acme-key", 29, 1));
    assert_eq!(own.value.place.as_deref(), Some("skanner.toml:29"));
    assert_eq!(own.value.forms[0].reach(), Confidence::Certain);
}

#[test]
fn nothing_is_a_configuration_too() {
    let config = parse("# Nothing yet.\n").unwrap();
    assert!(config.allow.is_empty() && config.own_rules.is_empty() && config.min_confidence.is_none());
}

#[test]
fn ten_thousand_entries_are_read_in_no_time() {
    let entry = |at: u32| {
        format!("[[allow]]\nrule = \"uuid-key\"\nfingerprints = [\"{at:032x}\"]\nreason = \"known\"\n")
    };
    let text: String = (0..10_000).map(entry).collect();
    let config = parse(&text).unwrap();
    assert_eq!((config.allow.len(), config.allow[9_999].place.line), (10_000, 39_997));
}
