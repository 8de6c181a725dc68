//! What the caller of a run requests, as plain values.

use std::path::{Path, PathBuf};
#[cfg(feature = "cli")]
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::config::{Environment, OptionValues};
#[cfg(feature = "cli")]
use crate::report::View;

/// The options of one run, from the command line or from a program that uses the library.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Options that an environment variable or the configuration can also set.
    pub(crate) flags: OptionValues,
    /// They were not written on a command line, so messages must name them as a program does.
    pub(crate) by_library: bool,
    /// Values from the environment; empty for library use.
    pub(crate) environment: Environment,
    /// The configuration to use instead of the repository's own.
    pub(crate) config: Option<PathBuf>,
    /// The policy of an organization, which nothing else can weaken.
    pub(crate) policy: Option<PathBuf>,
    /// Reports to write to files, in addition to standard output.
    pub(crate) outputs: Vec<ReportFile>,
    /// Show unmasked secrets in the formats that allow it.
    pub(crate) show_secrets: bool,
    /// List suppressed findings in the report.
    pub(crate) show_suppressed: bool,
    /// Honor comments and lists for other scanners as well.
    pub(crate) trust_foreign_markers: bool,
    /// Keys in the baseline do not keep an audit from calling a repository safe to publish.
    pub(crate) accept_baseline: bool,
    /// Nothing that comes with what is scanned decides what is reported.
    pub(crate) untrusted: bool,
    /// The category of reports in SARIF.
    pub(crate) sarif_category: Option<String>,
    /// Refuse a repository of which a part lies outside of its directory.
    pub(crate) inside_only: bool,
    /// Findings do not make the run fail. Unreadable input still does.
    pub(crate) exit_zero: bool,
    /// Print nothing if there is nothing to report.
    pub(crate) quiet: bool,
    /// List every occurrence and every remediation step.
    pub(crate) verbose: bool,
    /// Show a progress line if the run takes long, because standard error is a terminal.
    pub(crate) progress: bool,
    /// The width of the terminal that standard output is, in columns.
    pub(crate) width: Option<usize>,
    /// Shorten nothing on a terminal.
    pub(crate) full: bool,
    /// The directory that links to files begin in, if the terminal has hyperlinks.
    pub(crate) links_from: Option<PathBuf>,
    /// Use colors on standard output.
    pub(crate) color: bool,
}

/// A report to write to a file.
#[derive(Clone, Debug)]
pub(crate) struct ReportFile {
    /// The name of the format, one of [`crate::report::FORMATS`].
    pub(crate) format: String,
    /// The file to replace.
    pub(crate) file: PathBuf,
}

impl Options {
    /// How reports are shown to people.
    #[cfg(feature = "cli")]
    pub(crate) fn view(&self, elapsed: Duration) -> View {
        View {
            color: self.color,
            quiet: self.quiet,
            verbose: self.verbose,
            width: self.width,
            full: self.full,
            links_from: self.links_from.clone(),
            sarif_category: self.sarif_category.clone(),
            elapsed,
            ended: SystemTime::now().into(),
        }
    }

    /// Enters the root of the tree, as `git -C` does, so that a file has the same path in the work tree, in the index
    /// and in the history. Files named by options still resolve against the original directory.
    ///
    /// # Errors
    /// When a directory no longer exists.
    pub(crate) fn enter(mut self, root: &Path) -> Result<Self> {
        let absolute =
            |file: &Path| std::path::absolute(file).context("the current directory no longer exists");
        for output in &mut self.outputs {
            output.file = absolute(&output.file)?;
        }
        let rules = self.environment.rules_from.iter_mut().flatten().chain(&mut self.flags.rules_from);
        let named = [&mut self.config, &mut self.policy, &mut self.flags.baseline];
        for file in named.into_iter().flatten().chain(rules) {
            *file = absolute(file)?;
        }
        let from_environment = self.environment.values_from.iter_mut().flatten();
        for file in self.flags.values_from.iter_mut().chain(from_environment) {
            *file = absolute(file)?;
        }
        std::env::set_current_dir(root).with_context(|| format!("cannot enter {}", root.display()))?;
        Ok(self)
    }
}
