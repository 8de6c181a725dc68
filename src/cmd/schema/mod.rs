//! `skanner schema`: the JSON Schemas of what skanner writes and reads.

use anyhow::Result;

use super::console::Console;
use crate::{cli::SchemaDocument, json_text, session::Verdict};

/// A test of `tests/documents` makes them from the types. A program that did so itself would be larger by what generates
/// schemas.
const REPORT: &str = include_str!(concat!(env!("OUT_DIR"), "/report.schema.json"));
const CONFIG: &str = include_str!(concat!(env!("OUT_DIR"), "/config.schema.json"));

pub(super) fn run(document: SchemaDocument, console: &Console) -> Result<Verdict> {
    let text = match document {
        SchemaDocument::Report => REPORT,
        SchemaDocument::Config => CONFIG,
    };
    let schema: serde_json::Value = serde_json::from_str(text)?;
    console.print_own(&format!("{}\n", json_text::pretty(&schema)?))
}
