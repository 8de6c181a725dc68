//! Files with rules of other scanners: the configuration gets to name them.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::lists::ForeignList;
use crate::{
    cmd::{
        baseline::{BaselineRun, Decisions},
        console::Console,
    },
    path::{resolved, shown_text},
};

/// The usual names of configurations with rules.
const CONFIGURATIONS: [&str; 2] = [".gitleaks.toml", ".betterleaks.toml"];

/// A configuration of gitleaks at the root whose rules may have found what a list of it names.
pub(super) fn unnamed(lists: &[ForeignList], root: &Path) -> Option<&'static str> {
    let is_of_gitleaks =
        lists.iter().any(|one| one.list.tool.name() == "gitleaks" && !one.list.entries.is_empty());
    let is_unnamed = |name: &&&str| {
        let file = root.join(name);
        file.exists() && lists.iter().all(|one| one.file != file)
    };
    CONFIGURATIONS.iter().filter(|_| is_of_gitleaks).find(is_unnamed).copied()
}

/// Files with rules that the configuration does not name yet.
pub(super) struct NewRules {
    /// Each with its name as the configuration will have it.
    pub(super) files: Vec<(PathBuf, String)>,
}

impl NewRules {
    /// Those of some lists.
    ///
    /// # Errors
    /// When one is not below the directory of the configuration.
    pub(super) fn of(lists: &[ForeignList], run: &BaselineRun) -> Result<Self> {
        let config = run.session.settings.config.as_ref();
        let base = config.map_or(&run.location.root, |config| &config.base);
        let known: Vec<PathBuf> = config
            .into_iter()
            .flat_map(|config| &config.rules_from)
            .map(|name| resolved(&base.join(&name.value)))
            .collect();
        let mut files = Vec::new();
        for ForeignList { file, shown, .. } in lists.iter().filter(|list| list.list.has_rules) {
            if known.contains(file) {
                continue;
            }
            let name = file.strip_prefix(base).map_err(|_| {
                let directory = shown_text(base);
                anyhow!("{shown} has rules, but is not in {directory}; copy it there, and import it again")
            })?;
            files.push((file.clone(), shown_text(name)));
        }
        Ok(Self { files })
    }

    /// Writes the names, or only says what would be written.
    ///
    /// # Errors
    /// When the configuration cannot be added to.
    pub(super) fn write(&self, is_check: bool, decisions: &Decisions<'_>, console: &Console) -> Result<()> {
        if self.files.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = self.files.iter().map(|(_, name)| name.clone()).collect();
        decisions.name_rules(&names, is_check)?;
        let config = decisions.configuration_name();
        let word = if is_check { "Would name" } else { "Named" };
        console
            .print(&format!("\n{word} the rules of {} in {config}, under rules-from.\n", names.join(", ")))?;
        Ok(())
    }
}
