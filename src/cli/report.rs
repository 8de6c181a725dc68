//! Arguments of every command that scans: which findings count, and how to report them.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::heading;
use crate::{
    finding::FailOn,
    report::FORMATS,
    rule::{Confidence, Family, Severity},
};

/// Which findings count.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SettingArgs {
    /// Keys that are certain, likely (default) or possible.
    ///
    /// The minimum confidence of a finding: `certain`, `likely` or `possible` [env: SKANNER_MIN_CONFIDENCE].
    #[arg(long, value_name = "LEVEL", value_parser = confidence_parser(), help_heading = heading::FINDINGS, hide_possible_values = true)]
    pub min_confidence: Option<Confidence>,

    /// Leave out keys that are less dangerous.
    ///
    /// The minimum severity of a finding: `critical`, `high`, `medium` or `low` [env: SKANNER_MIN_SEVERITY].
    #[arg(long, value_name = "LEVEL", value_parser = severity_parser(), help_heading = heading::FINDINGS, hide_possible_values = true, hide_short_help = true)]
    pub min_severity: Option<Severity>,

    /// Exit with 1 only for keys of this severity, or worse.
    ///
    /// A severity, or a severity and a confidence, such as `high,certain`. All other keys are still reported. An audit exits
    /// with 1 for any key [env: SKANNER_FAIL_ON].
    #[arg(long, value_name = "SEVERITY[,CONFIDENCE]", value_parser = FailOn::parse, help_heading = heading::FINDINGS, hide_short_help = true)]
    pub fail_on: Option<FailOn>,

    /// Which families of keys to look for.
    #[command(flatten)]
    pub family: FamilyArgs,

    /// Only findings of this rule. Can be repeated.
    ///
    /// [env: SKANNER_RULE]
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = heading::FINDINGS)]
    pub rule: Vec<String>,

    /// No findings of this rule. Can be repeated.
    ///
    /// [env: SKANNER_EXCLUDE_RULE]
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = heading::FINDINGS, hide_short_help = true)]
    pub exclude_rule: Vec<String>,

    /// Use this baseline instead of the repository's own.
    ///
    /// The file must exist [env: SKANNER_BASELINE].
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub baseline: Option<PathBuf>,

    /// Also look for the values of a file such as .env. Can be repeated.
    ///
    /// The file has lines NAME=value, or is a JSON object. Its values are looked for in everything else that is scanned,
    /// however they are written there, whatever they look like. Reports name the variable and never show anything of its
    /// value [env: SKANNER_VALUES_FROM].
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub values_from: Vec<PathBuf>,

    /// Also look for the values of these environment variables.
    ///
    /// The names are separated by commas, and `*` at the start or end of one stands for anything, as in `*_TOKEN`.
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = heading::FINDINGS, hide_short_help = true)]
    pub values_from_env: Vec<String>,

    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Which families of keys to look for.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FamilyArgs {
    /// Only keys of the sk- family, or of AI services.
    ///
    /// `sk` are keys that begin with sk-, sk_ and the like, `ai` those of AI services that begin with something
    /// else. The default is both. Can be repeated [env: SKANNER_FAMILY].
    #[arg(long, value_name = "sk|ai", value_delimiter = ',', value_parser = family_parser(), help_heading = heading::FINDINGS, hide_possible_values = true)]
    pub family: Vec<Family>,
}

/// Which configuration to use.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConfigArgs {
    /// Use this configuration instead of the repository's own.
    ///
    /// [env: SKANNER_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub config: Option<PathBuf>,

    /// Also look for keys by the rules of another scanner: a gitleaks.toml, a .yml of Kingfisher or a folder of them, or a
    /// .secretlintrc.json. Can be repeated.
    ///
    /// [env: SKANNER_RULES_FROM]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub rules_from: Vec<PathBuf>,

    /// Obey this policy of an organization, which nothing can weaken.
    ///
    /// A configuration outside of the repository. Settings of the repository and options count only if they are stricter, and
    /// what the repository allows within the limits of `[policy]`. The report says what was refused [env: SKANNER_POLICY].
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub policy: Option<PathBuf>,

    /// Ignore the repository's own configuration and baseline.
    ///
    /// [env: SKANNER_ISOLATED]
    #[arg(long, help_heading = heading::FINDINGS, hide_short_help = true)]
    pub isolated: bool,
}

/// What to write of a report, and where.
#[derive(Args, Clone, Debug)]
pub(crate) struct WriteArgs {
    /// The format on standard output (default: text).
    ///
    /// [env: SKANNER_FORMAT]
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), help_heading = heading::REPORT)]
    pub format: Option<FormatName>,

    /// Also write a report to a file. Can be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output, help_heading = heading::REPORT)]
    pub output: Vec<OutputFile>,

    /// The category of SARIF reports.
    ///
    /// An upload replaces those of the same category (default: skanner/tree, skanner/range and so on, by what is
    /// scanned).
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = heading::REPORT, hide_short_help = true)]
    pub sarif_category: Option<String>,

    /// Exit with 0 even if keys were found.
    ///
    /// An incomplete run still exits with 2.
    #[arg(long, help_heading = heading::REPORT)]
    pub exit_zero: bool,

    /// List every occurrence, and every step to take.
    #[arg(short, long, help_heading = heading::REPORT)]
    pub verbose: bool,

    /// Do not shorten the list on a terminal.
    ///
    /// Otherwise a long report is shortened there. A pipe and a file always get all of it.
    #[arg(long, help_heading = heading::REPORT, hide_short_help = true)]
    pub full: bool,
}

/// Which findings count, and how to report them.
#[derive(Args, Clone, Debug)]
pub(crate) struct ReportArgs {
    /// What to write, and where.
    #[command(flatten)]
    pub write: WriteArgs,

    /// Which findings count.
    #[command(flatten)]
    pub settings: SettingArgs,

    /// Show secrets unmasked in text and JSON.
    ///
    /// Be careful who can read the log.
    #[arg(long, help_heading = heading::REPORT, hide_short_help = true)]
    pub show_secrets: bool,

    /// Also list what was suppressed, and by what.
    ///
    /// The summary counts it in any case.
    #[arg(long, help_heading = heading::REPORT, hide_short_help = true)]
    pub show_suppressed: bool,

    /// Honor suppressions for other scanners.
    ///
    /// The comments gitleaks:allow, betterleaks:allow, trufflehog:ignore and `pragma: allowlist secret`, and a
    /// .gitleaksignore at the root.
    #[arg(long, help_heading = heading::FINDINGS, hide_short_help = true)]
    pub trust_foreign_markers: bool,

    /// Do not show progress.
    ///
    /// [env: SKANNER_NO_PROGRESS]
    #[arg(long, help_heading = heading::REPORT, hide_short_help = true)]
    pub no_progress: bool,

    /// Print nothing if there is nothing to report.
    ///
    /// That is, if no key was found and everything was read.
    #[arg(short, long, conflicts_with = "verbose", help_heading = heading::REPORT)]
    pub quiet: bool,

    /// The number of threads (default: one per processor).
    ///
    /// [env: SKANNER_THREADS]
    #[arg(short = 'j', long, value_name = "N", value_parser = parse_threads, help_heading = heading::OTHER, hide_short_help = true)]
    pub threads: Option<NonZeroUsize>,
}

/// How much to trust what is scanned.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct TrustArgs {
    /// For pull requests: a change cannot allow its keys.
    ///
    /// Does not trust whoever wrote what is scanned: no configuration, baseline or comment of the repository counts.
    /// With --range, they count as the base of the range has them, and a key that only the range itself allows is
    /// reported.
    #[arg(long, conflicts_with = "isolated", help_heading = heading::FINDINGS)]
    pub untrusted: bool,

    /// Refuse a repository that leads outside of its directory.
    ///
    /// By alternates, core.worktree, commondir, links or a .git file. For services that scan what strangers upload.
    #[arg(long, help_heading = heading::SOURCE, hide_short_help = true)]
    pub inside_only: bool,
}

/// The name of an existing format.
pub(crate) type FormatName = String;

/// A report to write to a file.
#[derive(Clone, Debug)]
pub(crate) struct OutputFile {
    /// The format.
    pub format: FormatName,
    /// The file to write. An existing file is replaced.
    pub file: PathBuf,
}

fn format_parser() -> PossibleValuesParser {
    format_parser_with(&[])
}

/// The names of all formats, and of those that only one command has, with what they are for.
pub(super) fn format_parser_with(more: &[(&'static str, &'static str)]) -> PossibleValuesParser {
    let all = FORMATS.iter().map(|format| (format.name, format.about)).chain(more.iter().copied());
    PossibleValuesParser::new(all.map(|(name, about)| clap::builder::PossibleValue::new(name).help(about)))
}

pub(super) fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number of at least 1".to_owned())
}

pub(super) fn confidence_parser() -> impl TypedValueParser<Value = Confidence> {
    word_parser(Confidence::WORDS, "there is no such level")
}

fn severity_parser() -> impl TypedValueParser<Value = Severity> {
    word_parser(Severity::WORDS, "there is no such severity")
}

fn family_parser() -> impl TypedValueParser<Value = Family> {
    word_parser(Family::WORDS, "there is no such family")
}

fn word_parser<T: Copy + Send + Sync>(
    words: &'static [(&'static str, T)],
    otherwise: &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(name, _)| *name))
        .try_map(move |name| words.iter().find(|word| word.0 == name).map(|word| word.1).ok_or(otherwise))
}

fn parse_output(text: &str) -> Result<OutputFile, String> {
    parse_output_with(text, &[])
}

/// Reads `FORMAT=FILE`, where the format may also be one that only this command has.
pub(super) fn parse_output_with(text: &str, more: &[&str]) -> Result<OutputFile, String> {
    let known = || FORMATS.iter().map(|format| format.name).chain(more.iter().copied());
    let names = || known().collect::<Vec<_>>().join(", ");
    let (format, file) = text.split_once('=').ok_or_else(|| {
        format!("expected FORMAT=FILE, such as sarif=skanner.sarif; known formats: {}", names())
    })?;
    if !known().any(|known| known == format) {
        return Err(format!("unknown format `{format}`; known: {}", names()));
    }
    if file.is_empty() {
        return Err("the file name after `=` is missing".to_owned());
    }
    Ok(OutputFile { format: format.to_owned(), file: file.into() })
}
