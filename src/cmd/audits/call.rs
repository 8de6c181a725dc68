//! Tells calls apart whose reports must not be mixed.

use anyhow::{Context, Result, ensure};

use super::auditor::switches;
use crate::{
    cli::AuditArgs,
    config::OptionValues,
    session::{CallDigest, Options},
};

/// How many hex digits of a digest tell one call from another.
const LENGTH: usize = 16;

/// Identifies the version of the program and everything on the command line and in the environment that decides what is
/// reported, with the content of named files, wherever they are.
///
/// # Errors
/// When a named file cannot be read.
pub(super) fn id(args: &AuditArgs, options: &Options) -> Result<String> {
    let flags = &options.flags;
    let mut call = CallDigest::default();
    call.add("version", &env!("SKANNER_VERSION"));
    call.add("switches", &switches(args, options).collect::<Vec<_>>());
    call.add("trust", &(options.trust_foreign_markers, options.accept_baseline, options.untrusted));
    let files = [
        ("config", options.config.iter().collect::<Vec<_>>()),
        ("policy", options.policy.iter().collect()),
        ("baseline", flags.baseline.iter().chain(&options.environment.baseline).collect()),
        ("rules", flags.rules_from.iter().chain(options.environment.rules_from.iter().flatten()).collect()),
    ];
    for (what, files) in files {
        call.add(what, &files.len());
        for file in files {
            call.add_file(file).with_context(|| format!("cannot read {}", file.display()))?;
        }
    }
    call.add("only what is new", &args.since_scan.is_some());
    call.add("names of variables", &flags.values_from_env);
    let mut environment = options.environment.clone();
    (environment.baseline, environment.rules_from, environment.values_from) = (None, None, None);
    (environment.format, environment.no_progress, environment.threads) = (None, None, None);
    call.add("environment", &environment);
    // All fields, so that a new one is not forgotten.
    let OptionValues {
        format: _,
        min_confidence,
        min_severity,
        fail_on,
        families,
        rules,
        exclude_rules,
        baseline: _,
        rules_from: _,
        values_from: _,
        values_from_env: _,
        isolated,
        no_progress: _,
        threads: _,
    } = flags;
    call.add("options", &(min_confidence, min_severity, fail_on, families, rules, exclude_rules, isolated));
    Ok(call.digits()[..LENGTH].to_owned())
}

/// Checks that it can be known whether a run is made with the same options as another one.
///
/// # Errors
/// When values are looked for. Whoever has a report could guess them by a hash of them.
pub(super) fn refuse_values(options: &Options) -> Result<()> {
    let has_values = !options.flags.values_from.is_empty()
        || !options.flags.values_from_env.is_empty()
        || options.environment.values_from.iter().flatten().next().is_some();
    ensure!(
        !has_values,
        "--resume cannot know whether the values of --values-from are still the same, since no report tells anything about \
         them; leave out one of the two"
    );
    Ok(())
}
