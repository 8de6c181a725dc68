//! `skanner audit --plan`: what to do about the keys of a repository, written to a directory.

use std::{ffi::OsString, path::PathBuf};

use anyhow::{Context, Result};
use git2::Repository;

use super::{console::Console, words};
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
    // A bare clone has no configuration of its own.
    let config = session.settings.config.as_ref().map(|config| config.file.as_path());
    let options = words::of_audit(&session.options, config);
    let options: Vec<_> = options.into_iter().map(OsString::into_encoded_bytes).collect();
    let input = PlanInput {
        repository,
        report,
        probe: &|bytes, path| probe(session, &engine, bytes, path),
        program: program.as_os_str().as_encoded_bytes(),
        options: &options,
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
