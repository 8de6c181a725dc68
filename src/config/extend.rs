//! One configuration on top of another one, which `extend` names.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use toml::de::DeTable;

use super::{
    find::{ConfigDocument, ConfigKind, is_extendable, read, show},
    model::{BaselineTable, Config},
    reader::Value,
};
use crate::{bytes::line_of, foreign_rules::is_rule_file, path::resolved};

/// More files than this on top of each other are a mistake.
pub(crate) const MOST_EXTENDED: usize = 10;

/// The files that a configuration needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedFiles {
    /// The one that it extends.
    pub extends: Option<String>,
    /// Those with rules of other scanners, each with its line, 1-based.
    pub rules: Vec<(String, u64)>,
}

impl ConfigDocument {
    /// The files that this one needs, as they are written. There are none if the text is not valid: then its errors are told
    /// when it is parsed.
    #[must_use]
    pub(crate) fn named_files(&self) -> NamedFiles {
        self.find_named_files().unwrap_or_default()
    }

    fn find_named_files(&self) -> Option<NamedFiles> {
        // No text is parsed twice for nothing, nor for a comment such as that of the template.
        let names = |line: &str| line.contains("extend") || line.contains("rules-from");
        self.text.lines().find(|line| !line.trim_start().starts_with('#') && names(line))?;
        let root = DeTable::parse(&self.text).ok()?;
        let mut tables = vec![root.get_ref()];
        for path in self.kind.tables() {
            let mut table = Some(root.get_ref());
            for key in *path {
                table = table.and_then(|table| table.get(*key)).and_then(|value| value.get_ref().as_table());
            }
            tables.extend(table);
        }
        let table = tables.last()?;
        let extends = table.get("extend").and_then(|value| value.get_ref().as_str());
        let rules = table.get("rules-from").and_then(|value| value.get_ref().as_array());
        let named = |value: &Value<'_>| {
            let line = line_of(self.text.as_bytes(), value.span().start);
            value.get_ref().as_str().filter(|text| is_rule_file(text)).map(|text| (text.to_owned(), line))
        };
        Some(NamedFiles {
            extends: extends.filter(|text| is_extendable(text)).map(str::to_owned),
            rules: rules.into_iter().flat_map(|all| all.iter()).filter_map(named).collect(),
        })
    }

    /// The file that this one extends, with its text, or the text of it that `of_tree` has instead. Its patterns start from
    /// where those of this one start.
    ///
    /// # Errors
    /// When it is not a regular file, or cannot be read.
    pub(crate) fn extended(&self, file: &Path, of_tree: Option<Vec<u8>>) -> Result<Self> {
        let text = match of_tree {
            Some(bytes) => String::from_utf8(bytes)
                .with_context(|| format!("{}: not valid UTF-8, which TOML requires", show(file)))?,
            None => {
                // Whoever wrote a policy is trusted, and mounted files are often links.
                let metadata = match self.kind {
                    ConfigKind::Policy => std::fs::metadata(file),
                    _ => std::fs::symlink_metadata(file),
                };
                let metadata = metadata.with_context(|| {
                    format!("{} cannot be read, which {} extends", show(file), show(&self.file))
                })?;
                ensure!(
                    metadata.is_file(),
                    "{} is not a regular file, so {} cannot extend it",
                    show(file),
                    show(&self.file)
                );
                read(file)?
            }
        };
        let kind = if self.kind == ConfigKind::Policy { self.kind } else { ConfigKind::Own };
        Ok(Self { file: file.to_owned(), base: self.base.clone(), kind, text })
    }

    /// Where the file lies that this one names.
    #[must_use]
    pub(crate) fn file_beside(&self, named: &str) -> PathBuf {
        resolved(&self.file.parent().unwrap_or(Path::new("")).join(named))
    }
}

impl Config {
    /// This configuration on top of another one. A value takes the place of the other one's, and so does a list of words.
    /// Entries, rules and severities are added; those for the same rule take the place of the other one's.
    #[must_use]
    pub(super) fn over(self, base: Self) -> Self {
        let mut severity = base.severity;
        severity.retain(|old| self.severity.iter().all(|new| new.value.rule != old.value.rule));
        let mut own_rules = base.own_rules;
        own_rules.retain(|old| self.own_rules.iter().all(|new| new.value.id != old.value.id));
        let mut exclude_rules = self.exclude_rules.or(base.exclude_rules);
        for extra in [base.extra_exclude_rules, self.extra_exclude_rules].into_iter().flatten() {
            match &mut exclude_rules {
                Some(known) => {
                    known.value.extend(extra.value);
                    known.place = extra.place;
                }
                None => exclude_rules = Some(extra),
            }
        }
        Self {
            extend: None,
            rules_from: chain(base.rules_from, self.rules_from),
            rule_files: chain(base.rule_files, self.rule_files),
            extra_exclude_rules: None,
            min_confidence: self.min_confidence.or(base.min_confidence),
            min_severity: self.min_severity.or(base.min_severity),
            fail_on: self.fail_on.or(base.fail_on),
            families: self.families.or(base.families),
            rules: self.rules.or(base.rules),
            exclude_rules,
            severity: chain(severity, self.severity),
            accept_unread: chain(base.accept_unread, self.accept_unread),
            trust_foreign_markers: self.trust_foreign_markers.or(base.trust_foreign_markers),
            baseline: BaselineTable {
                file: self.baseline.file.or(base.baseline.file),
                scope: self.baseline.scope.or(base.baseline.scope),
            },
            policy: self.policy.over(base.policy),
            values_from: self.values_from.or(base.values_from),
            allow: chain(base.allow, self.allow),
            own_rules: chain(own_rules, self.own_rules),
            file: self.file,
            shown: self.shown,
            base: self.base,
        }
    }
}

fn chain<T>(mut first: Vec<T>, second: Vec<T>) -> Vec<T> {
    first.extend(second);
    first
}
