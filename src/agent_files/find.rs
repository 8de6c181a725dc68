//! Finds those that are there.

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
};

use super::{
    pattern::is_name,
    table::{PathStart, TABLE},
};

/// The files that are there.
#[derive(Debug, Default)]
pub(crate) struct AgentFiles {
    /// Each once.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Whose they are.
    pub(crate) owners: BTreeSet<&'static str>,
    /// What could not be looked at, and why.
    pub(crate) unread: Vec<(PathBuf, io::Error)>,
}

impl AgentFiles {
    /// Those of the user, and those of some repositories or other directories. `home` is the home directory, if there is one.
    #[must_use]
    pub(crate) fn find(home: Option<&Path>, projects: &[PathBuf]) -> Self {
        let mut found = Self::default();
        for (owner, _, start, patterns) in TABLE {
            for directory in directories(*start, home, projects) {
                for pattern in *patterns {
                    let parts: Vec<&str> = pattern.split('/').collect();
                    found.add(owner, directory.clone(), &parts);
                }
            }
        }
        found
    }

    /// Adds the files below a directory that a pattern means.
    fn add(&mut self, owner: &'static str, directory: PathBuf, parts: &[&str]) {
        let [part, rest @ ..] = parts else { return };
        if !part.contains('*') {
            let path = directory.join(part);
            if !rest.is_empty() {
                return self.add(owner, path, rest);
            }
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => self.file(owner, path),
                Ok(_) => {}
                Err(error) if is_absent(&error) && !path.is_symlink() => {}
                Err(error) => self.unread.push((path, error)),
            }
            return;
        }
        let is_any_depth = *part == "**";
        if is_any_depth {
            self.add(owner, directory.clone(), rest);
        }
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return,
            Err(error) => return self.unread.push((directory, error)),
        };
        for entry in entries {
            let entry = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok(entry) => entry,
                Err(error) => {
                    self.unread.push((directory.clone(), error));
                    continue;
                }
            };
            let (kind, entry) = entry;
            let path = entry.path();
            // A link to a directory may lead anywhere, even back.
            if is_any_depth && kind.is_dir() {
                self.add(owner, path, parts);
            } else if !is_any_depth && is_name(&entry.file_name().to_string_lossy(), part) {
                match rest.is_empty() {
                    true if kind.is_file() || kind.is_symlink() && path.is_file() => self.file(owner, path),
                    false if kind.is_dir() => self.add(owner, path, rest),
                    _ => {}
                }
            }
        }
    }

    fn file(&mut self, owner: &'static str, path: PathBuf) {
        self.owners.insert(owner);
        self.files.insert(path);
    }
}

/// Where the paths of a row start.
fn directories(start: PathStart, home: Option<&Path>, projects: &[PathBuf]) -> Vec<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let at_home = |below: &str| home.map(|home| home.join(below));
    let one = match start {
        PathStart::Project => return projects.to_vec(),
        PathStart::Home => home.map(Path::to_owned),
        PathStart::Variable(name, default) => variable(name).or_else(|| at_home(default)),
        PathStart::Applications if cfg!(windows) => variable("APPDATA"),
        PathStart::Applications if cfg!(target_os = "macos") => at_home("Library/Application Support"),
        PathStart::Applications => variable("XDG_CONFIG_HOME").or_else(|| at_home(".config")),
    };
    one.into_iter().collect()
}

/// Whether a path is not there because no such file, or no such directory, exists.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent_files::AgentFileKind;

    #[test]
    fn a_file_of_each_pattern_is_found_and_recognized() {
        let scratch = tempfile::tempdir().unwrap();
        let (home, project) = (scratch.path().join("home"), scratch.path().join("project"));
        let mut all = BTreeSet::new();
        for (_, kind, start, patterns) in TABLE {
            let directory = match start {
                PathStart::Project => project.clone(),
                PathStart::Home => home.clone(),
                PathStart::Variable(_, default) => home.join(default),
                PathStart::Applications => directories(*start, Some(&home), &[])[0].clone(),
            };
            if !directory.starts_with(scratch.path()) {
                continue;
            }
            for pattern in *patterns {
                assert!(
                    pattern.split('/').all(|part| part == "**" || part.matches('*').count() < 2),
                    "{pattern}"
                );
                for (deep, name) in [("a/b", "x"), ("a", "y")] {
                    let path = directory.join(pattern.replace("**", deep).replace('*', name));
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(&path, "").unwrap();
                    assert!(AgentFileKind::of(path.to_str().unwrap()).is_some(), "{path:?} {kind:?}");
                    all.insert(path);
                }
            }
        }
        fs::write(home.join("other.json"), "").unwrap();
        fs::create_dir_all(home.join(".zsh_history.d")).unwrap();
        let found = AgentFiles::find(Some(&home), &[project]);
        assert_eq!(found.files, all);
        assert!(found.unread.is_empty() && found.owners.contains("Codex"));
        assert!(all.len() > 150);
    }

    #[test]
    fn links_lead_nowhere_else_and_loops_end() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path();
        let sessions = home.join(".codex/sessions/a");
        fs::create_dir_all(&sessions).unwrap();
        fs::write(sessions.join("one.jsonl"), "").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home, sessions.join("loop")).unwrap();
            std::os::unix::fs::symlink("nowhere", home.join(".bash_history")).unwrap();
        }
        let found = AgentFiles::find(Some(home), &[]);
        assert_eq!(found.files.len(), 1);
        // A link to nothing is there, and cannot be read.
        assert_eq!(found.unread.len(), usize::from(cfg!(unix)));
    }
}
