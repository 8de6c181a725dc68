//! Reports on standard output and in files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufReader, Write},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, ensure};

use crate::{
    blob::SourceKind,
    cold,
    finding::Report,
    path::{WholePath, parent},
    report::{self, ReportDocument, View},
    session::options::{Options, ReportFile},
    source, whole_file,
};

/// Writes a report to files, and to standard output.
///
/// # Errors
/// When one of them cannot be written.
pub(crate) fn write_document(
    outputs: &[ReportFile],
    format: &str,
    document: &ReportDocument,
    view: &View,
) -> Result<()> {
    let rendered = |name: &str, view: &View| -> Result<Vec<u8>> {
        let format = report::format(name).context("clap accepts only known formats")?;
        let mut text = Vec::new();
        match format.write_limited {
            Some(write) => write(document, view, &mut text)?.iter().for_each(|left_out| say(left_out)),
            None => (format.write)(document, view, &mut text)?,
        }
        Ok(text)
    };
    // If a file cannot be written, the report still goes to standard output.
    let files: Result<Vec<()>> = outputs
        .iter()
        .map(|output| {
            let text = rendered(&output.format, &View { color: false, width: None, ..view.clone() })?;
            match replace(&output.file, &text) {
                // As with standard output below.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result.with_context(|| format!("cannot write {}", output.file.display())),
            }
        })
        .collect();
    write_job_summary(format, document, view)?;
    let text = rendered(format, view)?;
    let mut out = io::stdout().lock();
    match out.write_all(&text).and_then(|()| out.flush()) {
        // The reader closed the pipe. The verdict stands.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        result => result.context("cannot write to standard output")?,
    }
    files.map(|_| ())
}

/// Says on standard error what a report does not have: words of skanner's own.
fn say(text: &str) {
    // If nobody reads it, only words are lost.
    let _ = writeln!(io::stderr(), "skanner: {text}");
}

/// Appends to the summary of a CI job, if the format has one and the job asks for it.
fn write_job_summary(format: &str, document: &ReportDocument, view: &View) -> Result<()> {
    let Some(summary) = report::format(format).and_then(|format| format.job_summary) else { return Ok(()) };
    let Some(file) = std::env::var_os(summary.variable).filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let mut text = Vec::new();
    (summary.write)(document, view, &mut text)?;
    let appended = File::options().append(true).create(true).open(&file);
    let appended = appended.and_then(|mut out| out.write_all(&text));
    appended.with_context(|| format!("cannot write {} ({})", Path::new(&file).display(), summary.variable))
}

/// Writes the whole file or nothing, so that an interrupted run never leaves half a report.
fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    if file.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        // Write straight through to a device such as /dev/stderr, or through a link.
        return std::fs::write(file, text);
    }
    whole_file::replace(file, text)
}

/// Checks that the reports can be written, since nobody wants to hear after a long scan that they cannot.
///
/// # Errors
/// When a directory does not exist, or the file is a directory.
pub(crate) fn check(outputs: &[ReportFile]) -> Result<()> {
    for output in outputs {
        let file = &output.file;
        let cannot = || format!("cannot write {}", file.display());
        ensure!(!file.is_dir(), "{}: it is a directory", cannot());
        let directory = parent(file).with_context(cannot)?;
        let metadata = directory.metadata();
        let metadata =
            metadata.with_context(|| format!("{}: no directory {}", cannot(), directory.display()))?;
        ensure!(metadata.is_dir(), "{}: {} is not a directory", cannot(), directory.display());
    }
    Ok(())
}

/// Finds the root of the repository, and rereads the files with findings, for report formats that ask for them.
pub(super) fn locate(options: &Options, format: &str, report: &mut Report) {
    let names = options.outputs.iter().map(|output| output.format.as_str()).chain([format]);
    let formats: Vec<_> = names.filter_map(report::format).collect();
    if formats.iter().any(|format| format.wants_root) {
        report.root = source::work_tree(&report.base).and_then(|root| root.whole().ok());
    }
    if formats.iter().any(|format| format.wants_line_hashes) {
        add_line_hashes(report);
    }
}

fn add_line_hashes(report: &mut Report) {
    let mut lines: BTreeMap<Arc<str>, BTreeSet<u64>> = BTreeMap::new();
    let suppressed = report.suppressed.iter_mut().map(|one| &mut one.finding);
    let findings = report.findings.iter_mut().chain(suppressed);
    let mut places: Vec<_> = findings.flat_map(|finding| &mut finding.occurrences).collect();
    places.retain(|place| place.source == SourceKind::File && place.archive.is_none());
    for place in &places {
        lines.entry(place.path.clone()).or_default().insert(place.span.line);
    }
    let hashes = cold::map(lines.into_iter().filter_map(|(path, wanted)| {
        // A file that cannot be reread gets no hash. GitHub only uses it to tell alerts apart.
        if !std::fs::symlink_metadata(&*path).ok()?.is_file() {
            return None;
        }
        let file = File::open(&*path).ok()?;
        Some((path, report::line_hashes(BufReader::new(file), &wanted).ok()?))
    }));
    for place in places {
        place.line_hash =
            hashes.get(&place.path).and_then(|lines| Some(lines.get(&place.span.line)?.clone()));
    }
}
