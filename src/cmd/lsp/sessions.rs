//! The settings of scans, which are read once for all documents that they count for, and again when they have changed.

use std::{path::Path, path::PathBuf, rc::Rc, sync::Arc};

use crate::{
    config,
    scan::Engine,
    session::{ConfigStart, FileStates, Options, Redactor, Session, candidate_files, load, named_files},
};

/// How many are kept. Only a workspace of many repositories has as many.
const MOST: usize = 16;

/// A session for documents, with its engine.
pub(super) struct LoadedSession {
    /// The settings and what follows from them.
    pub(super) session: Session,
    /// Searches for what the session looks for.
    pub(super) engine: Engine,
}

/// What came of loading one. The error is safe to show.
pub(super) type LoadOutcome = Result<Rc<LoadedSession>, Rc<str>>;

/// A loaded session, and what it depends on.
struct CachedSession {
    /// The root of the repository, or else the directory itself: what paths start from depends on it.
    root: PathBuf,
    candidates: FileStates,
    named: FileStates,
    outcome: LoadOutcome,
}

/// All that are loaded.
#[derive(Default)]
pub(super) struct LoadedSessions {
    cached: Vec<CachedSession>,
}

impl LoadedSessions {
    /// The session for documents in a directory, and whether a file that it depends on has changed since it was last asked
    /// for.
    pub(super) fn for_directory(&mut self, directory: &Path, options: &Options) -> (LoadOutcome, bool) {
        let root = config::root(directory).unwrap_or(directory);
        let candidates = candidate_files(directory);
        let at = self.cached.iter().position(|one| one.root == root && one.candidates == candidates);
        if let Some(at) = at.filter(|at| self.cached[*at].named.is_current()) {
            return (self.cached[at].outcome.clone(), false);
        }
        let before = self.cached.len();
        self.cached.retain(|one| one.candidates.is_current() && one.named.is_current());
        let has_changed = self.cached.len() < before;
        if self.cached.len() >= MOST {
            self.cached.remove(0);
        }
        let (outcome, named) = load_for(directory, options);
        self.cached.push(CachedSession {
            root: root.to_owned(),
            candidates,
            named,
            outcome: outcome.clone(),
        });
        (outcome, has_changed)
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.cached.clear();
    }
}

fn load_for(directory: &Path, options: &Options) -> (LoadOutcome, FileStates) {
    // Each has rules of its own to mask with.
    let redactor = Arc::new(Redactor::default());
    let loaded = load(options.clone(), ConfigStart::Path(directory), &redactor);
    let named = named_files(options, directory, loaded.as_ref().ok().map(|session| &session.settings));
    let outcome = match loaded {
        Ok(session) => Ok(Rc::new(LoadedSession { engine: session.engine(), session })),
        Err(error) => Err(redactor.text(format!("{error:#}").as_bytes()).into()),
    };
    (outcome, named)
}
