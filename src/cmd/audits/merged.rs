//! One report of all repositories.

use std::time::Instant;

use anyhow::{Context, Result};

use super::{
    auditor::{audit_in_order, verdict_of},
    list::NamedRepository,
};
use crate::{
    cli::AuditArgs,
    cmd::console::Console,
    cold::ColdSort,
    config::Settings,
    report::ReportMerger,
    session::{Options, Verdict, write_document},
    threads::Measured,
};

/// Audits all of them. Each report becomes a part of the one of all as soon as it is there.
pub(super) fn run(
    args: &AuditArgs,
    options: &Options,
    mut repositories: Vec<NamedRepository>,
    console: &Console,
) -> Result<Verdict> {
    let start = Instant::now();
    let settings = Settings::new(options.flags.clone(), options.environment.clone(), None);
    // Where reports disagree, the first by name is believed, as by `skanner report`.
    repositories.cold_sort_by(|a, b| (&a.name, &a.digest).cmp(&(&b.name, &b.digest)));
    let mut merger = ReportMerger::default();
    audit_in_order(
        args,
        options,
        &repositories.iter().collect::<Vec<_>>(),
        console,
        |report, size| Ok(Measured(report, size)),
        |report| {
            merger.add(report);
            Ok(())
        },
    )?;
    let report = merger.finish().context("there is no repository to audit")?;
    write_document(&options.outputs, &settings.format.value, &report, &options.view(start.elapsed()))?;
    Ok(verdict_of(options, report.run.complete, !report.findings.is_empty()))
}
