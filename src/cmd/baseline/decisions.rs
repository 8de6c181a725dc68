//! Writes down what was decided about keys, one decision at a time, so that an interruption loses none.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};

use super::source::BaselineRun;
use crate::{
    baseline::{self, BaselineEntry, EntryLocation, NewOccurrence, until_note},
    cmd::console::Console,
    config::{self, ConfigDocument, ConfigKind, NewAllow},
    day::Day,
    finding::Finding,
    hidden::escape_control,
    whole_file,
};

/// The files that decisions go to.
pub(super) struct Decisions<'a> {
    run: &'a BaselineRun,
    console: &'a Console,
    /// Whether entries may be removed: not if something could not be read.
    may_remove: bool,
    /// How many entries of the baseline were added.
    pub(super) added: usize,
    /// How many were removed.
    pub(super) removed: usize,
}

impl<'a> Decisions<'a> {
    /// Nothing is decided yet.
    pub(super) fn new(run: &'a BaselineRun, console: &'a Console, may_remove: bool) -> Self {
        Self { run, console, may_remove, added: 0, removed: 0 }
    }

    /// The configuration that false positives go to: the one that counts here, or a new one. With it its directory and
    /// its name, as it may be shown.
    fn configuration(&self) -> (PathBuf, PathBuf, String) {
        let root = &self.run.location.root;
        match &self.run.session.settings.config {
            Some(config) => (config.file.clone(), config.base.clone(), config.shown.to_string()),
            None => (root.join(config::NAMES[0]), root.clone(), config::NAMES[0].to_owned()),
        }
    }

    /// The name of the configuration that false positives go to, as it may be shown.
    pub(super) fn configuration_name(&self) -> String {
        self.configuration().2
    }

    /// Allows a key everywhere, by its fingerprint. Entries of the baseline are then of no use.
    ///
    /// # Errors
    /// When the configuration is not understood, or a file cannot be read or written.
    pub(super) fn allow(&mut self, finding: &Finding, reason: &str) -> Result<()> {
        let (file, base, shown) = self.configuration();
        let document = if file.symlink_metadata().is_ok() {
            config::named(&file, &base)?
        } else {
            ConfigDocument { file: file.clone(), base, kind: ConfigKind::Own, text: String::new() }
        };
        let place = finding.occurrences.first().map(|place| place.full_path()).unwrap_or_default();
        let about = format!("{} in {place}", finding.rule.id);
        let mask = |text: &str| self.console.redactor.line(text);
        let entry = NewAllow {
            fingerprint: &finding.fingerprint,
            about: &escape_control(&about),
            // A reason must not bring a key into the file either.
            reason: &mask(reason),
        };
        let text = document.with_allow(entry, &shown).map_err(|invalid| {
            anyhow!(
                "nothing was added to {shown}; do that yourself:\n{}",
                invalid.render(&mut |text| mask(text))
            )
        })?;
        whole_file::replace(&file, text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
        if self.may_remove {
            self.remove(|entry| entry.fingerprint.to_string() == finding.fingerprint)?;
        }
        Ok(())
    }

    /// Lists occurrences of a key in the baseline, perhaps until a day.
    ///
    /// # Errors
    /// When the baseline cannot be read or written.
    pub(super) fn accept(&mut self, found: &[&NewOccurrence], until: Option<Day>) -> Result<()> {
        let (today, may_remove) = (Day::today(), self.may_remove);
        let is_replaced = |old: &BaselineEntry| {
            let is_over = may_remove && old.until().is_some_and(|last| last < today);
            found.iter().any(|new| new.fingerprint == old.fingerprint && (is_over || new.place == old.place))
        };
        let notes: Vec<_> = until.map(until_note).into_iter().collect();
        let new = found.iter().map(|found| {
            let NewOccurrence { fingerprint, rule, place } = (*found).clone();
            BaselineEntry { fingerprint, rule, place, line: 0, notes: notes.clone() }
        });
        self.edit(|entries| {
            entries.retain(|entry| !is_replaced(entry));
            entries.extend(new);
        })?;
        self.added += found.len();
        Ok(())
    }

    /// Removes one entry.
    ///
    /// # Errors
    /// The same as those of [`Self::accept`].
    pub(super) fn forget(&mut self, entry: &BaselineEntry) -> Result<()> {
        self.remove(|one| one.fingerprint == entry.fingerprint && one.place == entry.place)
    }

    fn remove(&mut self, is_removed: impl Fn(&BaselineEntry) -> bool) -> Result<()> {
        let mut removed = 0;
        self.edit(|entries| {
            let before = entries.len();
            entries.retain(|entry| !is_removed(entry));
            removed = before - entries.len();
        })?;
        self.removed += removed;
        Ok(())
    }

    /// Changes the file as it now is: somebody may have edited it in the meantime.
    fn edit(&self, change: impl FnOnce(&mut Vec<BaselineEntry>)) -> Result<()> {
        let location = &self.run.location;
        let old = baseline::read(&location.file, &location.shown, location.follow)?.unwrap_or_default();
        let key = |entry: &BaselineEntry| (entry.fingerprint, entry.place.clone(), entry.notes.clone());
        let before: Vec<(_, EntryLocation, _)> = old.entries().iter().map(key).collect();
        let mut entries = old.entries().to_vec();
        change(&mut entries);
        if before != entries.iter().map(key).collect::<Vec<_>>() {
            baseline::write(&location.file, &old.with(entries))?;
        }
        Ok(())
    }

    /// How many entries the baseline now has.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn count(&self) -> Result<usize> {
        let location = &self.run.location;
        let now = baseline::read(&location.file, &location.shown, location.follow)?;
        Ok(now.map_or(0, |baseline| baseline.entries().len()))
    }
}
