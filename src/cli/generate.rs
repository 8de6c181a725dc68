//! Arguments of the commands that print what other programs read.

use clap::{Args, ValueEnum};
use clap_complete::Shell;

/// Arguments of `skanner schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Which schema.
    #[arg(value_enum)]
    pub document: SchemaDocument,
}

/// Documents that have a JSON Schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemaDocument {
    /// The JSON report.
    Report,
    /// The configuration file `skanner.toml`, for editors.
    Config,
}

/// Arguments of `skanner completions`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// Which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}
