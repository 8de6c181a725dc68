//! `skanner report`: reads reports in JSON, makes one of several, and writes it in any format.

mod inputs;
mod part;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use self::{
    inputs::{LinesInput, ReportInput},
    part::{PartPlace, missing},
};

use super::{console::Console, options};
use crate::{
    cli::ConvertArgs,
    cold::ColdSort,
    finding::{LookedFor, NotScanned},
    path::shown_text,
    report::{ReportDocument, ReportMerger},
    session::{Verdict, check_files, verdict, write_document},
};

pub(super) fn run(args: &ConvertArgs, console: &Console) -> Result<Verdict> {
    let options = options::of_write(&args.write, console);
    let format = match &args.write.format {
        Some(format) => format.clone(),
        None => options::format_of_environment()?.unwrap_or_else(|| "text".to_owned()),
    };
    check_files(&options.outputs)?;
    let report = merged(&args.reports, console)?;
    // How long the runs took is not known.
    write_document(&options.outputs, &format, &report, &options.view(Duration::ZERO))?;
    Ok(verdict(
        report.run.complete,
        report.has_failing() && !(options.exit_zero && report.run.policy.is_none()),
    ))
}

/// One report of all files. It is the same in whatever order they are named: of repositories, the names decide.
fn merged(files: &[PathBuf], console: &Console) -> Result<ReportDocument> {
    let mut turns = Vec::new();
    let mut inputs: Vec<LinesInput> = Vec::new();
    for file in files {
        match ReportInput::open(file)? {
            ReportInput::Document(report) if files.len() == 1 => turns.push(Turn::document(file, *report)),
            ReportInput::Document(report) => turns.push(Turn::document(file, named(file, *report, console))),
            ReportInput::Lines(input) => inputs.push(input),
        }
    }
    let missing = missing(inputs.iter().flat_map(|input| &input.parts))?;
    for (at, input) in inputs.iter_mut().enumerate() {
        for part in std::mem::take(&mut input.parts) {
            let list = part.list();
            turns.extend(part.places.into_iter().map(|place| Turn::line(at, &list, place)));
        }
    }
    turns.cold_sort_by(|a, b| a.order.cmp(&b.order));
    let mut merger = ReportMerger::default();
    for turn in turns {
        let (name, report) = match turn.report {
            ReportSource::Document(name, report) => (name, *report),
            ReportSource::Line(at, place) => (inputs[at].name().to_owned(), inputs[at].read(&place)?),
        };
        if let Some(scope) = merger.scope().filter(|scope| !shares(scope, &report.run.scope)) {
            bail!(
                "the reports before {name} looked for {}, and {name} for {}; a report of both could not say what it looked for",
                scope.in_words(),
                report.run.scope.in_words()
            );
        }
        merger.add(report);
    }
    for one in missing {
        let [what, why] = [one.what, one.why].map(|text| console.redactor.text(text.as_bytes()));
        merger.lacks(NotScanned { what, why, ..NotScanned::default() });
    }
    merger
        .finish()
        .context("there is no report of any repository: the shard is empty; name the files of all shards")
}

/// Whether two reports looked for something together.
fn shares(one: &LookedFor, other: &LookedFor) -> bool {
    one.families.iter().any(|family| other.families.contains(family))
}

/// A report whose turn it is.
struct Turn {
    /// By the name of the repository, what tells it from others of that name, and the list that it is in.
    order: (Option<String>, Option<String>, String),
    report: ReportSource,
}

/// Where a report is.
enum ReportSource {
    /// In memory, and the name of its file.
    Document(String, Box<ReportDocument>),
    /// In a line of this file.
    Line(usize, PartPlace),
}

impl Turn {
    fn document(file: &Path, report: ReportDocument) -> Self {
        let first = report.run.repositories.first();
        let order =
            (first.map(|one| one.name.clone()), first.and_then(|one| one.digest.clone()), String::new());
        let report = ReportSource::Document(file.display().to_string(), Box::new(report));
        Self { order, report }
    }

    fn line(input: usize, list: &str, place: PartPlace) -> Self {
        let order = (Some(place.repository.clone()), place.digest.clone(), list.to_owned());
        Self { order, report: ReportSource::Line(input, place) }
    }
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
pub(super) fn read(file: &Path, console: &Console) -> Result<ReportDocument> {
    merged(&[file.to_owned()], console)
}
