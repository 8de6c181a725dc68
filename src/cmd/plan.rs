//! `skanner audit --plan`: what to do about the keys of a repository, written to a directory.

use std::path::PathBuf;

use anyhow::{Context, Result};
use git2::Repository;

use super::console::Console;
use crate::{
    finding::Report,
    path::shown_text,
    plan::{self, PlanDirectory, PlanInput},
    scan::SecretPieces,
    session::{Session, probe},
};

/// Writes the plan if there is anything to do.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(
    directory: &PlanDirectory,
    repository: &Repository,
    session: &Session,
    report: &Report,
    console: &Console,
) -> Result<()> {
    let shown = shown_text(directory.path());
    if report.findings.is_empty() {
        console.note(&format!("no plan was written to {shown}, because no key was found"));
        return Ok(());
    }
    let engine = session.engine();
    // A report with unmasked keys may also name a file after a part of one.
    let pieces = SecretPieces::new(report.findings.iter().map(|finding| &finding.secret));
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("skanner"));
    let input = PlanInput {
        repository,
        report,
        probe: &|bytes, path| probe(session, &engine, bytes, path),
        program: program.as_os_str().as_encoded_bytes(),
        options: &proof_options(session),
        mask: &|text| {
            let mut text = console.redactor.text(text.as_bytes());
            pieces.hide(&mut text);
            text
        },
    };
    plan::write(directory, &input).with_context(|| format!("the plan cannot be written to {shown}"))?;
    console.note(&format!("the plan is in {shown}; begin with its README.md. The other files hold the keys"));
    Ok(())
}

/// The options with which the result is audited as the repository was.
fn proof_options(session: &Session) -> Vec<Vec<u8>> {
    let (options, flags) = (&session.options, &session.options.flags);
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut add = |name: &str, value: &[u8]| words.push([name.as_bytes(), b"=", value].concat());
    // A bare clone has no configuration of its own.
    if let Some(config) = &session.settings.config {
        add("--config", config.file.as_os_str().as_encoded_bytes());
    }
    if let Some(baseline) = &flags.baseline {
        add("--baseline", baseline.as_os_str().as_encoded_bytes());
    }
    if let Some(confidence) = flags.min_confidence {
        add("--min-confidence", confidence.to_string().as_bytes());
    }
    flags.families.iter().for_each(|family| add("--family", family.to_string().as_bytes()));
    flags.rules.iter().for_each(|rule| add("--rule", rule.as_bytes()));
    flags.exclude_rules.iter().for_each(|rule| add("--exclude-rule", rule.as_bytes()));
    let switches = [
        (flags.isolated && session.settings.config.is_none(), "--isolated"),
        (options.trust_foreign_markers, "--trust-foreign-markers"),
        (options.accept_baseline, "--accept-baseline"),
        (options.untrusted, "--untrusted"),
    ];
    words
        .extend(switches.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.as_bytes().to_vec()));
    words
}
