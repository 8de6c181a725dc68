//! `skanner audit` of several repositories: each in a process of its own, so that one that fails or needs much memory does
//! not end the others. There is one report of all, or one report of each, a line.

mod auditor;
mod call;
mod file;
mod lines;
mod list;
mod merged;
mod resume;

use anyhow::{Result, ensure};

use self::{lines::LinesTarget, list::NamedRepositories};
use super::{console::Console, options};
use crate::{
    cli::{AuditArgs, REPORTS},
    path::input_name,
    report::plural,
    session::{Verdict, check_files},
    source::FoundRepositories,
};

/// Whether each repository has a report of its own.
pub(super) fn wants_lines(args: &AuditArgs) -> bool {
    let write = &args.report.write;
    write.format.as_deref() == Some(REPORTS) || write.output.iter().any(|output| output.format == REPORTS)
}

/// Audits those that were found and those of the list, several at a time.
pub(super) fn run(args: &AuditArgs, found: FoundRepositories, console: &Console) -> Result<Verdict> {
    ensure!(args.plan.is_none(), "--plan is for one repository at a time: name the one to clean up");
    let mut options = options::of_trust(&args.report, args.trust, console)?;
    options.accept_baseline = args.accept_baseline;
    check_files(&options.outputs)?;
    let target = LinesTarget::of(args, &options)?;
    if target.is_none() {
        for (is_set, option) in [(args.shard.is_some(), "--shard"), (args.resume, "--resume")] {
            ensure!(
                !is_set,
                "{option} needs a report of each repository: write them with `--output {REPORTS}=FILE`, and make one report in \
                 any format of them with `skanner report FILE`"
            );
        }
    }
    ensure!(
        !args.resume || matches!(target, Some(LinesTarget::File(_))),
        "--resume needs the file with the reports: `--output {REPORTS}=FILE`"
    );
    let mut named = NamedRepositories::default();
    if let Some(list) = &args.repositories {
        named.add_list(list)?;
        if let [first, others @ ..] = &named.repeated[..] {
            let list = input_name(list);
            let lines = match others.len() {
                0 => format!("line {first} names"),
                others => format!("line {first} and {} name", plural(others as u64, "other line")),
            };
            console.note(&format!("{list}: {lines} a repository again; each is audited once"));
        }
    }
    named.add_found(found);
    named.mask(|name| console.redactor.text(name.as_bytes()));
    match target {
        Some(target) => lines::run(args, &options, named, &target, console),
        None => merged::run(args, &options, named.all, console),
    }
}
