//! Arguments of `skanner report`.

use std::path::PathBuf;

use clap::Args;

use super::{
    heading,
    report::{FormatName, OutputFile, format_help, format_parser, parse_output},
};

/// Which reports to read, and what to write.
#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// Reports in JSON, as `--format json` writes them; `-` reads standard input.
    #[arg(required = true, value_name = "JSON")]
    pub reports: Vec<PathBuf>,

    /// text, concise, json, html, sarif, github, gitlab, …
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), long_help = format_help(), help_heading = heading::REPORT, hide_possible_values = true)]
    pub format: Option<FormatName>,

    /// Also write a report to a file. Can be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output, help_heading = heading::REPORT)]
    pub output: Vec<OutputFile>,

    /// The category of SARIF reports.
    ///
    /// An upload replaces those of the same category (default: skanner/tree, skanner/range and so on, by what was
    /// scanned).
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = heading::REPORT, hide_short_help = true)]
    pub sarif_category: Option<String>,

    /// Exit with 0 even if the reports have keys.
    ///
    /// An incomplete report still exits with 2.
    #[arg(long, help_heading = heading::REPORT)]
    pub exit_zero: bool,

    /// List every occurrence, and every step to take.
    #[arg(short, long, help_heading = heading::REPORT)]
    pub verbose: bool,

    /// Show every key on a terminal, too.
    ///
    /// Otherwise a long report is shortened there. A pipe and a file always get all of it.
    #[arg(long, help_heading = heading::REPORT)]
    pub full: bool,
}
