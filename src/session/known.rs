//! Known values: reads the files and variables that a run names, and says which of their values it looks for.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Result, bail, ensure};
use zeroize::Zeroizing;

use super::redact::Redactor;
#[cfg(feature = "git")]
use crate::git::{self, index::Index};
use crate::{
    cold::ColdSort,
    config::{SettingSource, Settings},
    finding::{Detection, LeftOutValue, ValueSource},
    known::{Judged, Unreadable, Variable, judge, read},
    path::{WholePath, current_directory, shown_text},
    rule::{KNOWN_VALUE, KnownValue, KnownValues, RuleSet, known_value_rule},
};
#[cfg(feature = "git")]
use crate::{path::shown, threads::Pool};

/// What variables of the environment are called together.
const ENVIRONMENT: &str = "the environment";

/// More values than these are no secrets of one project.
const MOST_VALUES: usize = 10_000;

/// The longest name of a variable that is shown, in characters.
const LONGEST_NAME: usize = 80;

/// Where the values of a run come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownFiles {
    /// What was looked for, and what not.
    pub(crate) sources: Vec<ValueSource>,
    /// The files that git does not track, with what their values are called.
    own: Vec<(PathBuf, String)>,
}

impl KnownFiles {
    /// Whether a value that was found in a file is one that is kept there: nobody else can read that file.
    pub(crate) fn keeps(&self, path: &[u8], detection: &Detection) -> bool {
        if self.own.is_empty() || detection.rule.id != KNOWN_VALUE {
            return false;
        }
        let Some((label, _)) = detection.secret.name().and_then(|name| name.split_once('\0')) else {
            return false;
        };
        let Some(path) = std::str::from_utf8(path).ok().and_then(|path| Path::new(path).whole().ok()) else {
            return false;
        };
        self.own.iter().any(|(file, own)| own == label && *file == path)
    }
}

/// Reads the files and variables that the settings name. `root` is the root of what is scanned.
///
/// # Errors
/// When one of them cannot be read, or has no value that can be looked for.
pub(super) fn learn(settings: &mut Settings, root: &Path, redactor: &Redactor) -> Result<KnownFiles> {
    let mut reading = KnownReader { files: KnownFiles::default(), values: Vec::new(), redactor };
    let from = settings.values_from.from.clone();
    for file in &settings.values_from.value {
        reading.file(file, &from, root, settings)?;
    }
    if !settings.values_from_env.value.is_empty() {
        reading.environment(settings)?;
    }
    if reading.values.is_empty() {
        return Ok(reading.files);
    }
    let is_unreported = |id: &str| settings.leaves_out(id).is_some();
    let unreported = RuleSet::builtin().iter().filter(|rule| {
        let severity = settings.severity_of(&rule.id).unwrap_or(rule.severity);
        is_unreported(&rule.id) || severity < settings.min_severity.value
    });
    let unreported = unreported.map(|rule| rule.id.clone()).collect();
    let least = Some(settings.min_confidence.value);
    let yields = settings.policy.is_some();
    settings.known = Some(Arc::new(KnownValues { values: reading.values, unreported, least, yields }));
    Ok(reading.files)
}

struct KnownReader<'r> {
    files: KnownFiles,
    values: Vec<Arc<KnownValue>>,
    redactor: &'r Redactor,
}

impl KnownReader<'_> {
    fn file(&mut self, file: &Path, from: &SettingSource, root: &Path, settings: &Settings) -> Result<()> {
        let shown = self.redactor.line(&shown_name(file, root));
        if let (SettingSource::File(place), Some(config)) = (from, &settings.config) {
            let below = file.strip_prefix(&config.base).unwrap_or(file);
            // The configuration may have come with the tree, and the names of variables are shown.
            let is_link = |part: &&Path| !part.as_os_str().is_empty() && config.base.join(part).is_symlink();
            if below.ancestors().any(|part| is_link(&part)) {
                bail!(
                    "{place}: {shown} is a symbolic link or behind one, which is not followed for a configuration; name \
                     it with --values-from"
                );
            }
        }
        // What was typed is told as it was typed.
        let told = if from.is_requested() { self.redactor.line(&shown_text(file)) } else { shown.clone() };
        let variables = match read(file) {
            Ok(variables) => variables,
            Err(Unreadable::Missing) if !from.is_requested() => {
                self.files.sources.push(ValueSource { from: shown, missing: true, ..ValueSource::default() });
                return Ok(());
            }
            Err(Unreadable::Missing) => {
                bail!("{from}: there is no file {told}; name the file that holds the values, such as .env")
            }
            Err(Unreadable::File(what)) => bail!("{from}: {told} {what}"),
            Err(Unreadable::Line(line, what)) => {
                bail!("{told}:{line}: {what} ({from}; the line is not shown, since it may hold a secret)")
            }
        };
        let source = self.take(&shown, variables, settings)?;
        if source.looked_for == 0 && from.is_requested() {
            bail!("{from}: {}; name a file with secrets in it", nothing(&source));
        }
        self.files.sources.push(source);
        if let Ok(whole) = file.whole()
            && !is_tracked(&whole)
        {
            self.files.own.push((whole, shown));
        }
        Ok(())
    }

    fn environment(&mut self, settings: &Settings) -> Result<()> {
        let patterns = &settings.values_from_env.value;
        let from = &settings.values_from_env.from;
        let mut variables = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if patterns.iter().any(|pattern| is_named(&name, pattern)) {
                let text = Zeroizing::new(value.into_encoded_bytes());
                variables.push(Variable { name, text });
            }
        }
        variables.cold_sort_by(|a, b| a.name.cmp(&b.name));
        for pattern in patterns {
            ensure!(
                variables.iter().any(|variable| is_named(&variable.name, pattern)),
                "{from}: no environment variable is called {}; set it, or name another one",
                self.redactor.line(pattern)
            );
        }
        let source = self.take(ENVIRONMENT, variables, settings)?;
        ensure!(source.looked_for > 0, "{from}: {}; name variables with secrets in them", nothing(&source));
        self.files.sources.push(source);
        Ok(())
    }

    /// Takes the values that can be looked for.
    fn take(&mut self, from: &str, variables: Vec<Variable>, settings: &Settings) -> Result<ValueSource> {
        let severity = settings.severity_of(KNOWN_VALUE).unwrap_or(known_value_rule().severity);
        let mut source = ValueSource { from: from.to_owned(), ..ValueSource::default() };
        for variable in variables {
            let name = self.unused_name(from, &self.shown_variable(&variable));
            match judge(&variable.name, &variable.text) {
                Judged::LeftOut(why) => source.left_out.push(LeftOutValue { name, why: why.to_owned() }),
                Judged::Texts(texts) => {
                    source.looked_for += 1;
                    for (text, needs_edges) in texts {
                        // A value of two names is that of the first one.
                        for value in KnownValue::parts(from, &name, &text, needs_edges, severity) {
                            if self.values.iter().all(|known| known.text() != value.text()) {
                                self.values.push(Arc::new(value));
                            }
                        }
                    }
                    ensure!(
                        self.values.len() <= MOST_VALUES,
                        "{from} has more than {MOST_VALUES} values; name a file that holds only secrets"
                    );
                }
            }
        }
        Ok(source)
    }

    /// The name of a variable as it may be shown: in JSON, it may be anything.
    fn shown_variable(&self, variable: &Variable) -> String {
        let name = self.redactor.line(&variable.name);
        let is_long = name.chars().count() > LONGEST_NAME;
        let short: String = name.chars().filter(|one| !one.is_control()).take(LONGEST_NAME).collect();
        if is_long { format!("{short}…") } else { short }
    }

    /// The name, with a number if the file has another value of this name.
    fn unused_name(&self, from: &str, name: &str) -> String {
        let is_used = |name: &str| {
            let label = format!("{from}\0{name}");
            self.values.iter().any(|value| *value.label == *label)
        };
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_used(name)).unwrap_or_default()
    }
}

fn nothing(source: &ValueSource) -> String {
    const MOST: usize = 10;
    match source.left_out.len() {
        0 => format!("{} has no values, so nothing would be looked for", source.from),
        _ => {
            format!("{} has no value that can be looked for: {}", source.from, source.left_out_in_words(MOST))
        }
    }
}

/// Whether a pattern, which may begin or end with `*`, means a name.
fn is_named(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

/// The path from the root of what is scanned, which is the same on every machine; outside of it, the name of the file.
fn shown_name(file: &Path, root: &Path) -> String {
    let here = current_directory().unwrap_or_default();
    let parent = here.join(file).parent().and_then(|parent| parent.whole().ok());
    let name = file.file_name().map(Path::new).unwrap_or(file);
    let whole = parent.map(|parent| parent.join(name));
    let root =
        crate::source::work_tree(root).and_then(|root| root.whole().ok()).unwrap_or_else(|| root.to_owned());
    match whole.as_deref().and_then(|whole| whole.strip_prefix(&root).ok()) {
        Some(inner) => shown_text(inner),
        None => shown_text(name),
    }
}

/// Whether git tracks a file, so that others can read it. If nobody knows, it does.
#[cfg(feature = "git")]
fn is_tracked(file: &Path) -> bool {
    let Some(directory) = file.parent() else { return false };
    let repository = match git::discover(directory) {
        Ok(repository) => repository,
        Err(error) => return error.code() != git2::ErrorCode::NotFound,
    };
    let Some(root) = repository.workdir().and_then(|root| root.whole().ok()) else { return false };
    let Ok(inner) = file.strip_prefix(&root) else { return false };
    let inner = shown(inner);
    match Index::of(&repository, &Pool::new(1)) {
        Ok(index) => index.entries().iter().any(|entry| index.name(entry) == &*inner),
        Err(_) => true,
    }
}

/// Without git, nobody knows, and a file is not reported for what it is for.
#[cfg(not(feature = "git"))]
fn is_tracked(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_begin_or_end_with_anything() {
        for (name, pattern, expected) in [
            ("API_TOKEN", "API_TOKEN", true),
            ("API_TOKEN", "*_TOKEN", true),
            ("API_TOKEN", "API_*", true),
            ("API_TOKEN", "*I_T*", true),
            ("API_TOKEN", "TOKEN", false),
            ("API_TOKEN", "*_KEY", false),
        ] {
            assert_eq!(is_named(name, pattern), expected, "{name} {pattern}");
        }
    }
}
