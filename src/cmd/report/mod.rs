//! `skanner report`: reads reports in JSON, makes one of several, and writes it in any format.

use std::{
    io::{self, Read},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};

use super::{console::Console, options};
use crate::{
    cli::ConvertArgs,
    path::shown_text,
    report::ReportDocument,
    session::{Verdict, check_files, verdict, write_document},
};

pub(super) fn run(args: &ConvertArgs, console: &Console) -> Result<Verdict> {
    let options = options::of_write(&args.write, console);
    let format = match &args.write.format {
        Some(format) => format.clone(),
        None => options::format_of_environment()?.unwrap_or_else(|| "text".to_owned()),
    };
    check_files(&options.outputs)?;
    let mut reports: Vec<ReportDocument> =
        args.reports.iter().map(|file| read(file)).collect::<Result<_>>()?;
    for (file, report) in args.reports.iter().zip(&reports).skip(1) {
        let (first, scope) = (&reports[0].run.scope, &report.run.scope);
        if !scope.families.iter().any(|family| first.families.contains(family)) {
            bail!(
                "{} looked for {}, and {} for {}; a report of both could not say what it looked for",
                args.reports[0].display(),
                first.in_words(),
                file.display(),
                scope.in_words()
            );
        }
    }
    if reports.len() > 1 {
        reports =
            args.reports.iter().zip(reports).map(|(file, report)| named(file, report, console)).collect();
    }
    let report = ReportDocument::merge(reports).context("clap requires a report")?;
    // How long the runs took is not known.
    write_document(&options.outputs, &format, &report, &options.view(Duration::ZERO))?;
    Ok(verdict(
        report.run.complete,
        report.has_failing() && !(options.exit_zero && report.run.policy.is_none()),
    ))
}

/// The audit of one repository does not say which one it was, so that it is named after its file.
fn named(file: &Path, report: ReportDocument, console: &Console) -> ReportDocument {
    if report.run.audit.is_none() || !report.run.repositories.is_empty() {
        return report;
    }
    let name = shown_text(&file.with_extension(""));
    report.of_repository(&console.redactor.text(name.as_bytes()))
}

/// Reads a report in JSON from a file, or from standard input if it is `-`.
///
/// # Errors
/// When it cannot be read, or is none.
pub(super) fn read(file: &Path) -> Result<ReportDocument> {
    let name = file.display();
    let text = if file == Path::new("-") {
        let mut text = Vec::new();
        io::stdin().lock().read_to_end(&mut text).context("cannot read standard input")?;
        text
    } else if file.is_dir() {
        bail!("{name} is a directory; name the JSON reports in it")
    } else {
        std::fs::read(file).with_context(|| format!("cannot read {name}"))?
    };
    ReportDocument::read(&text).map_err(|error| anyhow!("{name}: {error}"))
}
