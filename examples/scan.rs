//! Scans a file or directory and prints one line per key.
//!
//! ```text
//! cargo run --example scan -- PATH
//! ```
#![allow(clippy::print_stdout, reason = "the output is what this program is for")]

use std::process::ExitCode;

use skanner::{Error, Scanner};

fn main() -> Result<ExitCode, Error> {
    let path = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let report = Scanner::builder().build()?.scan_path(path)?;
    for finding in &report.findings {
        for place in &finding.occurrences {
            println!("{}:{}: {} {}", place.path, place.span.line, finding.rule.id, finding.secret.masked());
        }
    }
    for input in &report.not_scanned {
        println!("not scanned: {}: {}", input.what, input.why);
    }
    // A clean verdict needs both: nothing found, and everything read.
    let is_clean = report.findings.is_empty() && report.is_complete();
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
