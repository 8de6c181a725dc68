//! A report of each repository, one a line, then a summary.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    auditor::{audit_in_order, verdict_of},
    call,
    file::LinesFile,
    list::{NamedRepositories, NamedRepository},
    resume::Kept,
};
use crate::{
    cli::{AuditArgs, REPORTS},
    cmd::console::Console,
    json_text,
    report::{LinesSummary, ReportDocument, RepositoryEntry, plural},
    session::{Options, Verdict},
    threads::Measured,
};

/// Where the lines go.
pub(super) enum LinesTarget {
    /// To standard output.
    Output,
    /// To a file.
    File(PathBuf),
}

impl LinesTarget {
    /// Where the call wants them; `None` if it wants one report of all repositories.
    ///
    /// # Errors
    /// When it wants both. The order of the lines is not that of a merged report, and one of the two would have to be kept
    /// in memory.
    pub(super) fn of(args: &AuditArgs, options: &Options) -> Result<Option<Self>> {
        let write = &args.report.write;
        let lines = write.output.iter().find(|output| output.format == REPORTS);
        match (&write.format, lines) {
            (None, None) => {
                let is_chosen = options.environment.format.is_some() || !write.output.is_empty();
                Ok((args.repositories.is_some() && !is_chosen).then_some(Self::Output))
            }
            (None, Some(lines)) if write.output.len() == 1 => Ok(Some(Self::File(lines.file.clone()))),
            (Some(format), None) if format == REPORTS && write.output.is_empty() => Ok(Some(Self::Output)),
            (Some(format), None) if format != REPORTS => Ok(None),
            _ => bail!(
                "the format `{REPORTS}` is written alone, to standard output or to one file; `skanner report FILE --format \
                 html` makes any other report of it"
            ),
        }
    }
}

/// A line, and what the summary counts of it.
struct RepositoryLine {
    text: Vec<u8>,
    repository: RepositoryEntry,
}

impl RepositoryLine {
    fn new(mut report: ReportDocument, call: &str) -> Result<Self> {
        report.run.call = Some(call.to_owned());
        let mut text = json_text::line(&report)?.into_bytes();
        text.push(b'\n');
        let repository = report.run.repositories.pop().context("a report of many names its repository")?;
        Ok(Self { text, repository })
    }
}

/// Audits the repositories of the list that are in the shard, or those of them that an interrupted run has left.
pub(super) fn run(
    args: &AuditArgs,
    options: &Options,
    named: NamedRepositories,
    target: &LinesTarget,
    console: &Console,
) -> Result<Verdict> {
    let call = call::id(args, options)?;
    let list = named.id();
    ensure!(list.repositories > 0, "there is no repository to audit");
    let repositories = named.in_shard(args.shard);
    let mut summary = LinesSummary::new(list, args.shard, call);
    let audit = |some: &[&NamedRepository],
                 summary: &mut LinesSummary,
                 write: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send)| {
        let call = summary.call.clone();
        let convert = |report, _| {
            let line = RepositoryLine::new(report, &call)?;
            let size = line.text.len();
            Ok(Measured(line, size))
        };
        audit_in_order(args, options, some, console, convert, |line| {
            write(&line.text).context("cannot write the report of a repository")?;
            summary.add(&line.repository);
            Ok(())
        })
    };
    match target {
        LinesTarget::Output => {
            let mut out = io::stdout();
            let mut write = |text: &[u8]| out.write_all(text).and_then(|()| out.flush());
            audit(&repositories.iter().collect::<Vec<_>>(), &mut summary, &mut write)?;
            write(&summary.line()?)?;
        }
        LinesTarget::File(path) => {
            let mut file = LinesFile::open(path)?;
            let kept = if args.resume {
                call::refuse_values(options)?;
                Kept::read(&mut file, &repositories, &mut summary)?
            } else {
                file.refuse_unfinished()?;
                Kept::default()
            };
            if kept.count() > 0 {
                let (count, all) = (kept.count(), repositories.len());
                let again = match kept.failed().len() {
                    0 => String::new(),
                    failed => format!(", but for {failed} that were not read whole, which are audited again"),
                };
                console.note(&format!("{}: {count} of {all} reports are kept{again}", path.display()));
            }
            if !kept.failed().is_empty() {
                let failed: Vec<_> = kept.failed().iter().map(|at| &repositories[*at]).collect();
                let mut replaced = file.replace()?;
                let mut left = kept.failed().iter();
                let mut write = |text: &[u8]| match left.next() {
                    Some(at) => replaced.exchange(kept.range(*at), text),
                    None => Ok(()),
                };
                audit(&failed, &mut summary, &mut write)?;
                file = replaced.put(kept.end())?;
            } else {
                file.cut(kept.end())?;
            }
            let left: Vec<_> = repositories.iter().skip(kept.count()).collect();
            audit(&left, &mut summary, &mut |text| file.write(text))?;
            file.end(&summary.line()?)?;
            let is_quiet = options.quiet && summary.complete && summary.findings == 0;
            if !is_quiet {
                console.print(&format!("{}; reports: {}\n", in_words(&summary), path.display()))?;
            }
        }
    }
    Ok(verdict_of(options, summary.complete, summary.findings > 0))
}

/// The summary as a person reads it.
fn in_words(summary: &LinesSummary) -> String {
    let LinesSummary { repositories, with_keys, findings, errors, .. } = summary;
    let all = plural(*repositories, "repository");
    let mut parts = Vec::new();
    if *errors > 0 {
        parts.push(format!("incomplete: {} could not be read, or not whole", plural(*errors, "repository")));
    }
    parts.push(match findings {
        0 if *errors > 0 => format!("no keys in the rest of {all}"),
        0 => format!("no keys in {all}"),
        _ => format!("not safe: {} in {with_keys} of {all}", plural(*findings, "key")),
    });
    if let Some(shard) = summary.shard {
        parts.push(format!("this is shard {shard} of {}", plural(summary.list.repositories, "repository")));
    }
    parts.join("; ")
}
