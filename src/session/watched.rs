//! Which files decide about a scan, so that whoever runs for long notices that one of them has changed.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::options::Options;
use crate::config::{self, MOST_EXTENDED, NamedFiles, Settings};

/// The state of files at some time. Those that do not exist have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileStates(Vec<(PathBuf, Option<(SystemTime, u64)>)>);

impl FileStates {
    /// Looks at the files.
    pub(crate) fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let state = |file: &Path| {
            let metadata = std::fs::metadata(file).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        let with_state = |file: PathBuf| {
            let state = state(&file);
            (file, state)
        };
        Self(files.into_iter().map(with_state).collect())
    }

    /// Whether all files are as they were.
    pub(crate) fn is_current(&self) -> bool {
        Self::of(self.0.iter().map(|(file, _)| file.clone())) == *self
    }

    /// Only those that exist.
    fn existing(mut self) -> Self {
        self.0.retain(|(_, state)| state.is_some());
        self
    }
}

/// The files that may be the configuration of what is in a directory, as far as they exist.
pub(crate) fn candidate_files(directory: &Path) -> FileStates {
    FileStates::of(directory.ancestors().flat_map(config::candidates)).existing()
}

/// The other files that settings come from: those that options and configurations name.
pub(crate) fn named_files(options: &Options, start: &Path, settings: Option<&Settings>) -> FileStates {
    let Options { flags, environment, .. } = options;
    let of_options = [&options.config, &options.policy].into_iter().flatten();
    let rules = flags.rules_from.iter().chain(environment.rules_from.iter().flatten());
    let values = settings.into_iter().flat_map(|settings| &settings.values_from.value);
    let mut files: Vec<PathBuf> = of_options.chain(rules).chain(values).cloned().collect();
    let document = match &options.config {
        Some(file) => config::named(file, start).ok(),
        None => config::find(start).ok().flatten(),
    };
    let policy = options.policy.as_ref().and_then(|file| config::policy_document(file, start).ok());
    for document in document.into_iter().chain(policy) {
        let mut next = Some(document);
        for _ in 0..=MOST_EXTENDED {
            let Some(document) = next.take() else { break };
            let NamedFiles { extends, rules } = document.named_files();
            files.extend(rules.iter().map(|(name, _)| document.file_beside(name)));
            if let Some(file) = extends.map(|name| document.file_beside(&name)) {
                next = document.extended(&file, None).ok();
                files.push(file);
            }
        }
    }
    FileStates::of(files)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_file_that_decides_is_watched() {
        let directory = tempfile::tempdir().expect("there is a temporary directory");
        let root = directory.path();
        let write = |name: &str, text: &str| fs::write(root.join(name), text).expect("it can be written");
        fs::create_dir_all(root.join(".git")).expect("it can be made");
        write("base.toml", "min-confidence = \"likely\"\n");
        write("skanner.toml", "extend = \"base.toml\"\nrules-from = [\"gitleaks.toml\"]\n");
        let states = || (candidate_files(root), named_files(&Options::default(), root, None));
        let before = states();
        assert!(before.0.is_current() && before.1.is_current());
        assert_eq!(before.1.0.iter().filter(|(_, state)| state.is_none()).count(), 1, "{before:?}");
        write("base.toml", "min-confidence = \"certain\"\n");
        assert!(before.0.is_current() && !before.1.is_current());
        write("gitleaks.toml", "");
        assert_ne!(states().1, before.1);
        write("skanner.toml", "");
        assert!(!before.0.is_current());
        let before = states();
        fs::remove_file(root.join("skanner.toml")).expect("it can be removed");
        assert_ne!(states().0, before.0);
    }
}
