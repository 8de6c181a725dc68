//! Builds the plain options of a run from the command line and the environment.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::console::{self, Console};
use crate::{
    cli::{ConfigArgs, HistoryArgs, OutputFile, ReportArgs, SettingArgs, TrustArgs, WriteArgs},
    config::{Environment, OptionValues},
    path::WholePath,
    report::FORMATS,
    session::{HistoryQuery, Options, ReportFile, refuse_tracked},
};

/// The options of a command that reports findings.
///
/// # Errors
/// When an environment variable is invalid.
pub(super) fn of_report(args: &ReportArgs, console: &Console) -> Result<Options> {
    let options = of_settings(&args.settings)?;
    Ok(Options {
        flags: OptionValues {
            format: args.write.format.clone(),
            no_progress: args.no_progress,
            threads: args.threads,
            ..options.flags
        },
        environment: options.environment,
        config: options.config,
        policy: options.policy,
        show_secrets: args.show_secrets,
        show_suppressed: args.show_suppressed,
        trust_foreign_markers: args.trust_foreign_markers,
        quiet: args.quiet,
        progress: console::wants_progress(),
        ..of_write(&args.write, console)
    })
}

/// The options that say where a report goes, and how it looks.
pub(super) fn of_write(args: &WriteArgs, console: &Console) -> Options {
    let file = |output: &OutputFile| ReportFile { format: output.format.clone(), file: output.file.clone() };
    Options {
        outputs: args.output.iter().map(file).collect(),
        sarif_category: args.sarif_category.clone(),
        exit_zero: args.exit_zero,
        verbose: args.verbose,
        width: console::width(),
        full: args.full,
        links_from: console.links_from(),
        color: console.color,
        ..Options::default()
    }
}

/// The options of a command that can be told how much to trust what it scans.
///
/// # Errors
/// The same as those of [`of_report`], and when a file of the repository is named although nothing of it counts.
pub(super) fn of_trust(args: &ReportArgs, trust: TrustArgs, console: &Console) -> Result<Options> {
    let mut options = of_report(args, console)?;
    if trust.untrusted {
        let named = [(&options.config, "--config"), (&args.settings.baseline, "--baseline")];
        let named = named.into_iter().filter_map(|(file, option)| Some((file.as_ref()?, option)));
        let rules = options.flags.rules_from.iter().map(|file| (file, "--rules-from"));
        named.chain(rules).try_for_each(|(file, option)| refuse_tracked(file, option))?;
    }
    options.untrusted = trust.untrusted;
    options.inside_only = trust.inside_only;
    Ok(options)
}

/// The format that the environment chooses.
///
/// # Errors
/// When an environment variable is invalid.
pub(super) fn format_of_environment() -> Result<Option<String>> {
    environment().map(|environment| environment.format)
}

fn environment() -> Result<Environment> {
    let formats: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    Environment::read(&|name| std::env::var_os(name), &formats)
}

/// The options of a command that only resolves settings.
///
/// # Errors
/// The same as those of [`of_report`].
pub(super) fn of_settings(args: &SettingArgs) -> Result<Options> {
    Ok(Options {
        flags: OptionValues {
            min_confidence: args.min_confidence,
            min_severity: args.min_severity,
            fail_on: args.fail_on,
            families: args.family.family.clone(),
            rules: args.rule.clone(),
            exclude_rules: args.exclude_rule.clone(),
            baseline: args.baseline.clone(),
            rules_from: args.config.rules_from.clone(),
            values_from: args.values_from.clone(),
            values_from_env: args.values_from_env.clone(),
            isolated: args.config.isolated,
            ..OptionValues::default()
        },
        environment: environment()?,
        config: named_config(&args.config),
        policy: named_policy(&args.config)?,
        ..Options::default()
    })
}

/// Which keys of a history are requested.
pub(super) fn of_history(args: &HistoryArgs) -> HistoryQuery {
    HistoryQuery { since: args.since, refs: args.refs.clone(), paths: args.path.clone() }
}

/// The policy that applies. A call must not swap the one that the machine names for another one.
///
/// # Errors
/// When the option and the variable name different files.
fn named_policy(args: &ConfigArgs) -> Result<Option<PathBuf>> {
    let variable = std::env::var_os("SKANNER_POLICY").filter(|file| !file.is_empty()).map(PathBuf::from);
    let (option, variable) = match (&args.policy, variable) {
        (Some(option), Some(variable)) => (option, variable),
        (option, variable) => return Ok(option.clone().or(variable)),
    };
    let is_same = *option == variable
        || matches!((option.whole(), variable.whole()), (Ok(one), Ok(other)) if one == other);
    ensure!(
        is_same,
        "--policy names {}, and SKANNER_POLICY names {}; an option cannot replace the policy of the machine, so leave out \
         one of the two",
        option.display(),
        variable.display()
    );
    Ok(Some(variable))
}

/// The configuration file named by the user.
fn named_config(args: &ConfigArgs) -> Option<PathBuf> {
    let variable = || std::env::var_os("SKANNER_CONFIG").filter(|file| !file.is_empty());
    args.config.clone().or_else(|| variable().map(PathBuf::from))
}
