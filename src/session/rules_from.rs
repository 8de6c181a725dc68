//! The rules of other scanners, from the files that options, variables and configurations name.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, ensure};

use crate::{
    cold::ColdSort,
    config::{self, ConfigPosition, Positioned, RuleFile, SettingSource},
    foreign_rules::{self, ForeignRule, ForeignRules, LeftOutPart, RuleTool},
    rule::Rule,
};

/// A larger file is a mistake, or bait.
const LARGEST: u64 = 16 << 20;

/// What was read of such files.
#[derive(Clone, Debug, Default)]
pub(super) struct RulesFrom {
    pub(super) rules: Vec<Positioned<Arc<Rule>>>,
    pub(super) files: Vec<RuleFile>,
}

/// How the text of a file is read, by its absolute path.
pub(super) type ReadText<'a> = &'a dyn Fn(&Path) -> Result<String>;

/// How the name of a file is shown, by its absolute path.
pub(super) type ShowFile<'a> = &'a dyn Fn(&Path) -> String;

/// Reads the files that an option or a variable names. A folder stands for the rules of Kingfisher in it.
///
/// # Errors
/// When a file cannot be read, or has no rules.
pub(super) fn named(files: &[PathBuf], from: &SettingSource, show: ShowFile<'_>) -> Result<RulesFrom> {
    let mut all = RulesFrom::default();
    for file in files {
        let file = std::path::absolute(file).context("the current directory no longer exists")?;
        let is_folder = std::fs::metadata(&file).is_ok_and(|metadata| metadata.is_dir());
        let inside = if is_folder { in_folder(&file).with_context(|| from.to_string())? } else { vec![file] };
        for file in inside {
            all.add(&file, from, &of_disk, show).with_context(|| from.to_string())?;
        }
    }
    Ok(all)
}

/// The files of rules in a folder, sorted. There may be others in it.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = || format!("the folder {} cannot be read", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if RuleTool::of(&path) == Some(RuleTool::Kingfisher) {
            files.push(path);
        }
    }
    files.cold_sort();
    ensure!(
        !files.is_empty(),
        "the folder {} has no .yml files, such as rules of Kingfisher",
        folder.display()
    );
    Ok(files)
}

/// The text of a file on disk.
pub(super) fn of_disk(file: &Path) -> Result<String> {
    let metadata = std::fs::metadata(file);
    let metadata = metadata.with_context(|| format!("{} cannot be read", file.display()))?;
    ensure!(metadata.is_file(), "{} is not a regular file", file.display());
    ensure!(metadata.len() <= LARGEST, "{} is larger than {} MiB", file.display(), LARGEST >> 20);
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not UTF-8", file.display()))
}

impl RulesFrom {
    /// Adds the rules of a file. `from` says what names it: an option, a variable, or a line of a configuration.
    pub(super) fn add(
        &mut self,
        file: &Path,
        from: &SettingSource,
        read: ReadText<'_>,
        show: ShowFile<'_>,
    ) -> Result<()> {
        let shown: Arc<str> = show(file).into();
        if self.files.iter().any(|known| known.file == shown) {
            // An option and the configuration may name the same file.
            return Ok(());
        }
        let text = read(file)?;
        let beside = |path: &str| {
            let file = crate::path::resolved(&file.parent().unwrap_or(Path::new("")).join(path));
            Ok((show(&file).into(), read(&file)?))
        };
        let ForeignRules { tool, rules, unused, left_out, .. } =
            foreign_rules::read(file, &shown, &text, &beside).map_err(|error| match error.line {
                Some(line) => anyhow!("{shown}:{line}: {}", error.why),
                None => anyhow!("{shown}: {}", error.why),
            })?;
        let (mut used, mut unused, mut left_out) = (0, unused, left_out);
        for ForeignRule { rule, file, line } in rules {
            if let Some(other) = self.rules.iter().find(|other| other.value.id == rule.id) {
                let what = format!("rule `{}`", rule.id);
                let why = format!("there is another rule of this name, at {}, which counts", other.place);
                left_out.push(LeftOutPart { file, line, what, why, matters: true });
                unused += 1;
                continue;
            }
            self.rules.push(Positioned { value: Arc::new(rule), place: ConfigPosition { file, line } });
            used += 1;
        }
        let rules = self.rules.iter().map(|rule| &*rule.value);
        config::check_totals(rules).map_err(|what| anyhow!("{shown}: {what}"))?;
        let (from, tool) = (from.clone(), tool.name());
        self.files.push(RuleFile { file: shown, tool, from, rules: used, unused, left_out });
        Ok(())
    }
}
