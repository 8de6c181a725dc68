//! Arguments of every command that scans: which findings count, and how they are reported.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::{report::FORMATS, rule::Confidence};

/// Which findings count.
#[derive(Args, Clone, Debug, Default)]
pub struct SettingArgs {
    /// How sure a finding must be to be reported (default: likely) [env: SKANNER_MIN_CONFIDENCE].
    #[arg(long, value_name = "LEVEL", value_parser = confidence_parser(), help_heading = "Settings")]
    pub min_confidence: Option<Confidence>,

    /// Report only findings of this rule; may be given several times [env: SKANNER_RULE].
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Settings")]
    pub rule: Vec<String>,

    /// Do not report findings of this rule; may be given several times [env: SKANNER_EXCLUDE_RULE].
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Settings")]
    pub exclude_rule: Vec<String>,

    /// Take the known findings from this file, which must be there, instead of the repository's own baseline
    /// [env: SKANNER_BASELINE].
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub baseline: Option<PathBuf>,

    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Where the configuration is.
#[derive(Args, Clone, Debug, Default)]
pub struct ConfigArgs {
    /// Take this configuration instead of the repository's own [env: SKANNER_CONFIG].
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,

    /// Ignore the configuration and the baseline that the repository itself holds [env: SKANNER_ISOLATED].
    #[arg(long, help_heading = "Settings")]
    pub isolated: bool,
}

/// Which findings count, and how they are reported.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// How to write the report to standard output (default: text) [env: SKANNER_FORMAT].
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), help_heading = "Output")]
    pub format: Option<FormatName>,

    /// Write the report to a file as well; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output, help_heading = "Output")]
    pub output: Vec<Output>,

    /// Which findings count.
    #[command(flatten)]
    pub settings: SettingArgs,

    /// Show secrets whole in text and JSON. Think of who reads the log.
    #[arg(long, help_heading = "Output")]
    pub show_secrets: bool,

    /// List what was suppressed, too, and by what. The closing line counts it in any case.
    #[arg(long, help_heading = "Output")]
    pub show_suppressed: bool,

    /// What was written for other scanners counts, too: the comments gitleaks:allow, betterleaks:allow, trufflehog:ignore
    /// and `pragma: allowlist secret`, and a .gitleaksignore at the root.
    #[arg(long, help_heading = "Output")]
    pub trust_foreign_markers: bool,

    /// Exit with 0 when keys were found; still with 2 when the run is not a proof.
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,

    /// No progress bar [env: SKANNER_NO_PROGRESS].
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,

    /// Say nothing when there is nothing to say.
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// List every place of a key and every step to take.
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,

    /// How many threads to use (default: one a processor) [env: SKANNER_THREADS].
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// The name of a format that exists.
pub type FormatName = String;

/// A report to write to a file.
#[derive(Clone, Debug)]
pub struct Output {
    /// The format.
    pub format: FormatName,
    /// The file, which is replaced.
    pub file: PathBuf,
}

fn format_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FORMATS.iter().map(|format| clap::builder::PossibleValue::new(format.name).help(format.about)),
    )
}

fn confidence_parser() -> impl TypedValueParser<Value = Confidence> {
    PossibleValuesParser::new(Confidence::WORDS.iter().map(|(name, _)| *name)).try_map(|name| {
        Confidence::WORDS
            .iter()
            .find(|word| word.0 == name)
            .map(|word| word.1)
            .ok_or("there is no such level")
    })
}

fn parse_output(text: &str) -> Result<Output, String> {
    let names = || FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let (format, file) = text.split_once('=').ok_or_else(|| {
        format!("expected FORMAT=FILE, such as sarif=skanner.sarif; formats are {}", names())
    })?;
    if !FORMATS.iter().any(|known| known.name == format) {
        return Err(format!("there is no format `{format}`; formats are {}", names()));
    }
    if file.is_empty() {
        return Err("the name of the file is missing after `=`".to_owned());
    }
    Ok(Output { format: format.to_owned(), file: file.into() })
}
