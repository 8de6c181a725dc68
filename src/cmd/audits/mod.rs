//! `skanner audit` of several repositories: each in a process of its own, so that one that fails or needs much memory does
//! not end the others, and one report of all.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use super::{console::Console, options, words};
use crate::{
    cli::AuditArgs,
    cold::ColdSort,
    config::Settings,
    path::shown_text,
    report::ReportDocument,
    session::{Progress, Verdict, check_files, verdict, write_document},
    source::FoundRepositories,
    threads::{Pool, Turns},
};

/// Audits all of them, several at a time.
pub(super) fn run(args: &AuditArgs, found: &FoundRepositories, console: &Console) -> Result<Verdict> {
    ensure!(args.plan.is_none(), "--plan is for one repository at a time: name the one to clean up");
    let start = Instant::now();
    let mut options = options::of_trust(&args.report, args.trust, console)?;
    options.accept_baseline = args.accept_baseline;
    // Each repository has its own configuration; what none of them decides is that of the call.
    let settings = Settings::new(options.flags.clone(), options.environment.clone(), None);
    check_files(&options.outputs)?;
    let threads = settings.thread_count();
    let at_once = found.paths.len().clamp(1, threads);
    let mut call =
        vec!["--format=json".into(), "--color=never".into(), format!("-j{}", threads / at_once).into()];
    call.extend(words::of_audit(&options, options.config.as_deref()));
    let switches = [
        (args.no_ignore, "--no-ignore"),
        (args.allow_shallow, "--allow-shallow"),
        (options.inside_only, "--inside-only"),
        (options.show_secrets, "--show-secrets"),
        (options.show_suppressed, "--show-suppressed"),
    ];
    call.extend(switches.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into()));
    let auditor =
        Auditor { program: std::env::current_exe().context("cannot find skanner itself")?, call, console };

    let progress = (options.progress && !settings.no_progress.value).then(|| Progress::start("repositories"));
    progress.iter().for_each(|progress| progress.set_total(found.paths.len() as u64));
    let turns = Turns::new(&found.paths);
    let pool = Pool::new(at_once);
    let parts = pool.map(vec![(); pool.at_once(at_once)], |()| {
        let audit = |path: &PathBuf| {
            let report = auditor.audit(path);
            progress.iter().for_each(|progress| progress.advance(report.run.scanned.bytes));
            report
        };
        std::iter::from_fn(|| turns.take()).map(audit).collect::<Vec<_>>()
    });
    drop(progress);
    let mut reports = parts.concat();
    for (path, why) in &found.unread {
        let name = console.redactor.text(shown_text(path).as_bytes());
        reports.push(ReportDocument::unread_repository(&name, why.clone()));
    }
    reports.cold_sort_by(|a, b| a.run.repositories[0].name.cmp(&b.run.repositories[0].name));
    let report = ReportDocument::merge(reports).context("there is at least one repository")?;
    write_document(&options.outputs, &settings.format.value, &report, &options.view(start.elapsed()))?;
    // Under a policy, keys fail.
    let is_zero = options.exit_zero && options.policy.is_none();
    Ok(verdict(report.run.complete, !report.findings.is_empty() && !is_zero))
}

/// Audits one repository at a time.
struct Auditor<'a> {
    program: PathBuf,
    call: Vec<std::ffi::OsString>,
    console: &'a Console,
}

impl Auditor<'_> {
    /// The report about a repository. Whatever goes wrong is in it.
    fn audit(&self, path: &Path) -> ReportDocument {
        let name = self.console.redactor.text(shown_text(path).as_bytes());
        let mut command = Command::new(&self.program);
        command.arg("audit").args(&self.call).arg("--").arg(path).stdin(Stdio::null());
        let output = match command.output() {
            Ok(output) => output,
            Err(error) => {
                return ReportDocument::unread_repository(&name, format!("cannot start its audit: {error}"));
            }
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> =
            said.lines().map(|line| line.strip_prefix("skanner: ").unwrap_or(line)).collect();
        match ReportDocument::read(&output.stdout) {
            Ok(report) => {
                said.iter().for_each(|line| self.console.note(&format!("{name}: {line}")));
                report.of_repository(&name)
            }
            Err(_) if said.is_empty() => ReportDocument::unread_repository(
                &name,
                format!("its audit ended without a report: {}", output.status),
            ),
            Err(_) => ReportDocument::unread_repository(&name, said.join(" ")),
        }
    }
}
