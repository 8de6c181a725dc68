//! Reports on standard output and in files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufReader, Write},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result};

use crate::{
    blob::SourceKind,
    finding::Report,
    path::WholePath,
    report::{self, View},
    session::options::Options,
    source, whole_file,
};

pub(super) fn write_reports(options: &Options, format: &str, report: &Report, view: &View) -> Result<()> {
    let rendered = |name: &str, view: &View| -> Result<Vec<u8>> {
        let format = report::format(name).context("clap accepts only known formats")?;
        let mut text = Vec::new();
        (format.write)(report, view, &mut text)?;
        Ok(text)
    };
    // If a file cannot be written, the report still goes to standard output.
    let files: Result<Vec<()>> = options
        .outputs
        .iter()
        .map(|output| {
            let text = rendered(&output.format, &View { color: false, ..*view })?;
            match replace(&output.file, &text) {
                // As with standard output below.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result.with_context(|| format!("cannot write {}", output.file.display())),
            }
        })
        .collect();
    let text = rendered(format, view)?;
    let mut out = io::stdout().lock();
    match out.write_all(&text).and_then(|()| out.flush()) {
        // The reader closed the pipe. The verdict stands.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        result => result.context("cannot write to standard output")?,
    }
    files.map(|_| ())
}

/// Writes the whole file or nothing, so that an interrupted run never leaves half a report.
fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    if file.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        // Write straight through to a device such as /dev/stderr, or through a link.
        return std::fs::write(file, text);
    }
    whole_file::replace(file, text)
}

/// Rereads the files with findings, for report formats that include GitHub's line hashes.
pub(super) fn add_line_hashes(options: &Options, format: &str, report: &mut Report) {
    let names = options.outputs.iter().map(|output| output.format.as_str()).chain([format]);
    if !names.filter_map(report::format).any(|format| format.wants_line_hashes) {
        return;
    }
    report.root = source::work_tree(&report.base).and_then(|root| root.whole().ok());
    let mut lines: BTreeMap<Arc<str>, BTreeSet<u64>> = BTreeMap::new();
    let suppressed = report.suppressed.iter_mut().map(|one| &mut one.finding);
    let findings = report.findings.iter_mut().chain(suppressed);
    let mut places: Vec<_> = findings.flat_map(|finding| &mut finding.occurrences).collect();
    places.retain(|place| place.source == SourceKind::File && place.archive.is_none());
    for place in &places {
        lines.entry(place.path.clone()).or_default().insert(place.span.line);
    }
    let hashes: BTreeMap<_, _> = lines
        .into_iter()
        .filter_map(|(path, wanted)| {
            // A file that cannot be reread gets no hash. GitHub only uses it to tell alerts apart.
            if !std::fs::symlink_metadata(&*path).ok()?.is_file() {
                return None;
            }
            let file = File::open(&*path).ok()?;
            Some((path, report::line_hashes(BufReader::new(file), &wanted).ok()?))
        })
        .collect();
    for place in places {
        place.line_hash =
            hashes.get(&place.path).and_then(|lines| Some(lines.get(&place.span.line)?.clone()));
    }
}
