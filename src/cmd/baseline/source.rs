//! Which baseline the commands work on, and with which settings.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use crate::{
    baseline::Completeness,
    cli::BaselineSource,
    config::SettingSource,
    finding::Report,
    path::current_directory,
    session::{
        BaselineComparison, BaselineLocation, ConfigStart, Options, Redactor, ScanScope, Session, load,
        refuse_links, root_of,
    },
};

/// A baseline, and the session whose findings it is compared with.
pub(in crate::cmd) struct BaselineRun {
    /// The settings.
    pub(in crate::cmd) session: Session,
    /// The file, which may not exist.
    pub(in crate::cmd) location: BaselineLocation,
}

impl BaselineRun {
    /// Enters the root of the tree and resolves the settings there.
    ///
    /// # Errors
    /// When the settings are invalid, or let only a part of the findings count.
    pub(in crate::cmd) fn open(
        source: &BaselineSource,
        options: Options,
        redactor: &Arc<Redactor>,
    ) -> Result<Self> {
        let here = current_directory().context("the current directory no longer exists")?;
        let root = root_of(&here);
        let file = source.file.as_ref().map(|file| here.join(file));
        let options = options.enter(&root)?;
        // Whether a key still exists does not depend on what is reported.
        let session = load(options, ConfigStart::Path(&root), redactor)?;
        let session = Session { looks_for_all: true, ..session };
        let settings = &session.settings;
        for list in [&settings.rules, &settings.exclude_rules] {
            ensure!(
                !list.from.is_requested(),
                "{} cannot be used here: a baseline covers everything that scans report",
                list.from
            );
        }
        if file.is_none() {
            refuse_links(settings, redactor)?;
        }
        let location = BaselineLocation::default(root.clone(), &root);
        let location = match (&file, &settings.baseline.value) {
            (Some(file), _) => location.named(file, &SettingSource::Flag("FILE"), &root),
            (None, Some(file)) => location.named(file, &settings.baseline.from, &root),
            (None, None) => location,
        };
        Ok(Self { session, location })
    }
}

/// Which entries a run can call unused.
pub(super) fn completeness(comparison: &BaselineComparison<'_>, report: &Report) -> Completeness {
    let history = match comparison.context.scope {
        ScanScope::History { is_whole, .. } => *is_whole && report.is_complete(),
        _ => false,
    };
    Completeness { files: true, history }
}
