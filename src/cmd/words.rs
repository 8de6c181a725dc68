//! Options as words of a command line, for another run that is to find the same.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use crate::session::Options;

/// The options that decide which keys an audit finds, with this configuration.
pub(super) fn of_audit(options: &Options, config: Option<&Path>) -> Vec<OsString> {
    let flags = &options.flags;
    let mut words: Vec<OsString> = Vec::new();
    let mut add = |name: &str, value: &OsStr| {
        let mut word = OsString::from(format!("{name}="));
        word.push(value);
        words.push(word);
    };
    if let Some(config) = config {
        add("--config", config.as_os_str());
    }
    if let Some(policy) = &options.policy {
        add("--policy", policy.as_os_str());
    }
    if let Some(baseline) = &flags.baseline {
        add("--baseline", baseline.as_os_str());
    }
    flags.rules_from.iter().for_each(|file| add("--rules-from", file.as_os_str()));
    flags.values_from.iter().for_each(|file| add("--values-from", file.as_os_str()));
    flags.values_from_env.iter().for_each(|name| add("--values-from-env", name.as_ref()));
    if let Some(confidence) = flags.min_confidence {
        add("--min-confidence", confidence.to_string().as_ref());
    }
    if let Some(severity) = flags.min_severity {
        add("--min-severity", severity.to_string().as_ref());
    }
    flags.families.iter().for_each(|family| add("--family", family.to_string().as_ref()));
    flags.rules.iter().for_each(|rule| add("--rule", rule.as_ref()));
    flags.exclude_rules.iter().for_each(|rule| add("--exclude-rule", rule.as_ref()));
    let switches = [
        (flags.isolated && config.is_none(), "--isolated"),
        (options.trust_foreign_markers, "--trust-foreign-markers"),
        (options.accept_baseline, "--accept-baseline"),
        (options.untrusted, "--untrusted"),
    ];
    words.extend(switches.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into()));
    words
}
