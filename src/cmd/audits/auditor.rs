//! Audits repositories, each in a process of its own, and passes on their reports in order.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use super::list::NamedRepository;
use crate::{
    bytes::hex,
    cli::{AuditArgs, clone_first, is_url},
    cmd::{console::Console, since_scan::READ_WHOLE, words},
    config::Settings,
    path::{WholePath, parent},
    report::ReportDocument,
    root::Root,
    session::{Options, Progress, Verdict, verdict},
    threads::{Measured, Pool, in_order},
};

/// So much of finished reports waits in memory for one before them, in bytes.
const WAITING: usize = 64 << 20;

/// So many hex digits name the state of a repository.
const NAME: usize = 32;

/// Audits repositories, and passes on their reports in order, as `convert` changes them. It gets their size as text, in bytes.
pub(super) fn audit_in_order<T: Send>(
    args: &AuditArgs,
    options: &Options,
    repositories: &[&NamedRepository],
    console: &Console,
    convert: impl Fn(ReportDocument, usize) -> Result<Measured<T>> + Sync,
    mut take: impl FnMut(T) -> Result<()> + Send,
) -> Result<()> {
    // Each repository has its own configuration; what none of them decides is that of the call.
    let settings = Settings::new(options.flags.clone(), options.environment.clone(), None);
    let threads = settings.thread_count();
    let at_once = repositories.len().clamp(1, threads);
    let auditor = Auditor::new(args, options, threads / at_once, repositories, console)?;
    let progress = (options.progress && !settings.no_progress.value).then(|| Progress::start("repositories"));
    progress.iter().for_each(|progress| progress.set_total(repositories.len() as u64));
    let work = |repository: &&NamedRepository| {
        let Measured(report, size) = auditor.audit(repository);
        progress.iter().for_each(|progress| progress.advance(report.run.scanned.bytes));
        match convert(report, size) {
            Ok(Measured(result, size)) => Measured(Ok(result), size),
            Err(error) => Measured(Err(error), 0),
        }
    };
    in_order(&Pool::new(at_once), at_once, repositories, WAITING, work, |result| take(result?))?;
    auditor.tell_read_whole();
    Ok(())
}

/// Audits one repository at a time.
struct Auditor<'a> {
    program: PathBuf,
    call: Vec<OsString>,
    /// The directory with a state for each repository, and its name as it may be shown.
    states: Option<(PathBuf, String)>,
    /// How many histories were read whole although there may be a state, and the first of them, with the reason.
    read_whole: Mutex<(u64, String)>,
    console: &'a Console,
}

impl<'a> Auditor<'a> {
    /// With the options of this call, each by so many threads.
    ///
    /// # Errors
    /// When the program is not known.
    fn new(
        args: &AuditArgs,
        options: &Options,
        threads: usize,
        repositories: &[&NamedRepository],
        console: &'a Console,
    ) -> Result<Self> {
        let mut call = vec!["--format=json".into(), "--color=never".into(), format!("-j{threads}").into()];
        call.extend(words::of_audit(options, options.config.as_deref()));
        call.extend(switches(args, options).map(OsString::from));
        let states =
            args.since_scan.as_deref().map(|named| states(named, repositories, console)).transpose()?;
        Ok(Self {
            program: std::env::current_exe().context("cannot find skanner itself")?,
            call,
            states,
            read_whole: Mutex::default(),
            console,
        })
    }

    /// The report about a repository. Whatever goes wrong is in it.
    fn audit(&self, repository: &NamedRepository) -> Measured<ReportDocument> {
        let mut report = self.report_or_why(repository);
        report.0.run.repositories.iter_mut().for_each(|one| one.digest.clone_from(&repository.digest));
        report
    }

    fn read_whole(&self, name: &str, why: &str) {
        let mut all = self.read_whole.lock().unwrap_or_else(PoisonError::into_inner);
        if all.0 == 0 {
            all.1 = format!("{name}: {why}");
        }
        all.0 += 1;
    }

    /// One line for all, since there may be thousands.
    fn tell_read_whole(&self) {
        let all = self.read_whole.lock().unwrap_or_else(PoisonError::into_inner);
        match all.0 {
            0 => {}
            1 => self.console.note(&all.1),
            count => self.console.note(&format!("{} (and {} like it)", all.1, count - 1)),
        }
    }

    fn report_or_why(&self, repository: &NamedRepository) -> Measured<ReportDocument> {
        self.report(repository).unwrap_or_else(|why| {
            let why = match repository.line {
                Some(line) => format!("{why} (line {line} of the list)"),
                None => why,
            };
            let why = self.console.redactor.text(why.as_bytes());
            let size = why.len();
            Measured(ReportDocument::unread_repository(&repository.name, why), size)
        })
    }

    fn report(&self, repository: &NamedRepository) -> Result<Measured<ReportDocument>, String> {
        let name = &repository.name;
        if let Some(why) = &repository.unread {
            return Err(why.clone());
        }
        if repository.line.is_some() {
            check(&repository.path)?;
        }
        let mut command = Command::new(&self.program);
        command.arg("audit").args(&self.call);
        if let Some((directory, _)) = &self.states {
            let name = hex::digits(&Sha256::digest(repository.path.as_os_str().as_encoded_bytes()));
            command.arg("--since-scan").arg(directory.join(format!("{}.state", &name[..NAME])));
        }
        command.arg("--").arg(&repository.path).stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("cannot start its audit: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> =
            said.lines().map(|line| line.strip_prefix("skanner: ").unwrap_or(line)).collect();
        match ReportDocument::read(&output.stdout) {
            Ok(mut report) => {
                if let Some((since, (_, shown))) = report.run.since_scan.as_mut().zip(self.states.as_ref()) {
                    since.state.clone_from(shown);
                }
                let (whole, said): (Vec<&str>, Vec<&str>) =
                    said.into_iter().partition(|line| line.ends_with(READ_WHOLE));
                said.iter().for_each(|line| self.console.note(&format!("{name}: {line}")));
                if let Some(why) = whole.first() {
                    self.read_whole(name, why);
                }
                Ok(Measured(report.of_repository(name), output.stdout.len()))
            }
            Err(_) if said.is_empty() => Err(format!("its audit ended without a report: {}", output.status)),
            Err(_) => Err(said.join(" ")),
        }
    }
}

/// The directory with a state for each repository, which is made if it does not exist, and its name as it may be shown.
fn states(named: &Path, repositories: &[&NamedRepository], console: &Console) -> Result<(PathBuf, String)> {
    let shown = console.redactor.text(named.display().to_string().as_bytes());
    // Whoever owns one of them must not decide what is read of the others.
    let around = parent(named).and_then(|parent| parent.whole().ok());
    if let Some(own) = around.as_deref().and_then(root_of) {
        let holds = |one: &&NamedRepository| {
            one.path.whole().ok().as_deref().and_then(root_of).is_some_and(|root| root == own)
        };
        if let Some(one) = repositories.iter().copied().find(holds) {
            bail!(
                "--since-scan {shown}: this directory is in {}, which must not decide what is read of the repositories; name \
                 one outside of them",
                one.name
            );
        }
    }
    match std::fs::create_dir(named) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => ensure!(
            named.is_dir(),
            "--since-scan {shown}: it is a file, and several repositories need a directory with a file for each"
        ),
        made => made.with_context(|| format!("--since-scan {shown}: cannot make this directory"))?,
    }
    Ok((std::path::absolute(named).context("the current directory no longer exists")?, shown))
}

fn root_of(path: &Path) -> Option<PathBuf> {
    match Root::of(path) {
        Root::Tree(root) | Root::Bare(root) => Some(root.to_owned()),
        Root::None | Root::Broken(..) => None,
    }
}

/// The options that have no value.
pub(super) fn switches(args: &AuditArgs, options: &Options) -> impl Iterator<Item = &'static str> {
    let switches = [
        (args.no_ignore, "--no-ignore"),
        (args.allow_shallow, "--allow-shallow"),
        (options.inside_only, "--inside-only"),
        (options.show_secrets, "--show-secrets"),
        (options.show_suppressed, "--show-suppressed"),
    ];
    switches.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name)
}

/// How an audit of several ended. Under a policy, keys fail whatever the call says.
pub(super) fn verdict_of(options: &Options, is_complete: bool, has_keys: bool) -> Verdict {
    verdict(is_complete, has_keys && !(options.exit_zero && options.policy.is_none()))
}

/// Checks that a line of a list means one repository. A directory of several would have more than one report.
fn check(path: &Path) -> Result<(), String> {
    if let Some(url) = path.to_str().filter(|path| is_url(path)) {
        return Err(clone_first(url));
    }
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        // What opens it says what is wrong.
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err("no such file or directory".to_owned());
        }
        Err(error) => return Err(error.to_string()),
    }
    match path.whole().map(|whole| matches!(Root::of(&whole), Root::None)) {
        Ok(true) => Err(
            "it is not in a git repository; a directory of repositories is named beside the list, not in it"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}
