//! Writes down what was decided about keys, one decision at a time, so that an interruption loses none.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};

use super::source::BaselineRun;
use crate::{
    baseline::{self, BaselineEntry, EntryLocation, NewOccurrence, until_note},
    cmd::console::Console,
    cold,
    config::{self, ConfigDocument, ConfigKind, NewAllow, NewAllowed},
    day::Day,
    finding::Finding,
    whole_file,
};

/// Which key an entry is about, for readers. It names paths, and is not safe to show.
pub(in crate::cmd) fn about(finding: &Finding) -> String {
    let place = finding.occurrences.first().map(|place| place.full_path()).unwrap_or_default();
    format!("{} in {place}", finding.rule.id)
}

/// The fingerprint of the key that an entry allows.
fn fingerprint(what: NewAllowed<'_>) -> Option<&str> {
    match what {
        NewAllowed::Fingerprint(fingerprint) => Some(fingerprint),
        NewAllowed::Paths(_) => None,
    }
}

/// The files that decisions go to.
pub(in crate::cmd) struct Decisions<'a> {
    run: &'a BaselineRun,
    console: &'a Console,
    /// Whether entries may be removed: not if something could not be read.
    may_remove: bool,
    /// How many entries of the baseline were added.
    pub(in crate::cmd) added: usize,
    /// How many were removed.
    pub(in crate::cmd) removed: usize,
}

impl<'a> Decisions<'a> {
    /// Nothing is decided yet.
    pub(in crate::cmd) fn new(run: &'a BaselineRun, console: &'a Console, may_remove: bool) -> Self {
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
    pub(in crate::cmd) fn configuration_name(&self) -> String {
        self.configuration().2
    }

    /// Allows a key everywhere, by its fingerprint. Entries of the baseline are then of no use.
    ///
    /// # Errors
    /// When the configuration is not understood, or a file cannot be read or written.
    pub(super) fn allow(&mut self, finding: &Finding, reason: &str) -> Result<()> {
        let about = about(finding);
        let what = NewAllowed::Fingerprint(&finding.fingerprint);
        self.allow_all(&[NewAllow { what, about: &about, reason }])
    }

    /// Adds entries to the configuration. Of those for a key, entries of the baseline are then of no use.
    ///
    /// # Errors
    /// The same as those of [`Self::allow`].
    pub(in crate::cmd) fn allow_all(&mut self, entries: &[NewAllow<'_>]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let text = self.configuration_with(entries)?;
        let (file, _, shown) = self.configuration();
        whole_file::replace(&file, text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
        if self.may_remove {
            let allowed = cold::set(entries.iter().filter_map(|entry| fingerprint(entry.what)));
            self.remove(|entry| allowed.contains(&*entry.fingerprint.to_string()))?;
        }
        Ok(())
    }

    /// Names files with rules of other scanners in the configuration, or only tries that.
    ///
    /// # Errors
    /// When the configuration is not understood, names others already, or cannot be read or written.
    pub(in crate::cmd) fn name_rules(&self, names: &[String], is_check: bool) -> Result<()> {
        let (file, _, shown) = self.configuration();
        let text = self.document()?.with_rules_from(names, &shown).map_err(|invalid| {
            let line = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
            let why = invalid.render(&mut |text| self.console.redactor.line(text));
            anyhow!("nothing was added to {shown}; do that yourself, with rules-from = [{line}]:\n{why}")
        })?;
        if is_check {
            return Ok(());
        }
        whole_file::replace(&file, text.as_bytes()).with_context(|| format!("cannot write {shown}"))
    }

    /// The configuration, or an empty one.
    fn document(&self) -> Result<ConfigDocument> {
        let (file, base, _) = self.configuration();
        if file.symlink_metadata().is_ok() {
            return config::named(&file, &base);
        }
        Ok(ConfigDocument { file, base, kind: ConfigKind::Own, text: String::new() })
    }

    /// The text of the configuration with these entries. Nothing is written.
    ///
    /// # Errors
    /// When the configuration is not understood, or cannot be read.
    pub(in crate::cmd) fn configuration_with(&self, entries: &[NewAllow<'_>]) -> Result<String> {
        let (document, shown) = (self.document()?, self.configuration_name());
        let mask = |text: &str| self.console.redactor.line(text);
        // Neither a reason nor a comment may bring a key into the file.
        let texts: Vec<[String; 2]> =
            entries.iter().map(|entry| [entry.about, entry.reason].map(mask)).collect();
        let entries: Vec<NewAllow<'_>> = entries
            .iter()
            .zip(&texts)
            .map(|(entry, [about, reason])| NewAllow { what: entry.what, about, reason })
            .collect();
        document.with_allows(&entries, &shown).map_err(|invalid| {
            anyhow!(
                "nothing was added to {shown}; do that yourself:\n{}",
                invalid.render(&mut |text| mask(text))
            )
        })
    }

    /// Lists occurrences of a key in the baseline, perhaps until a day.
    ///
    /// # Errors
    /// When the baseline cannot be read or written.
    pub(in crate::cmd) fn accept(&mut self, found: &[&NewOccurrence], until: Option<Day>) -> Result<()> {
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
    pub(in crate::cmd) fn count(&self) -> Result<usize> {
        let location = &self.run.location;
        let now = baseline::read(&location.file, &location.shown, location.follow)?;
        Ok(now.map_or(0, |baseline| baseline.entries().len()))
    }
}
