//! The secrets that a file held before it was changed. They are not new, wherever and however they appear now.

use std::{collections::HashSet, io};

use crate::{
    blob::{Content, Origin, PriorVersions, WrappedContainers},
    expand::{Expander, Output},
    finding::Secret,
    scan::{Engine, Scratch},
};

/// The secrets in the earlier versions of one file.
pub(super) struct PriorSecrets {
    secrets: HashSet<Box<[u8]>>,
}

impl PriorSecrets {
    /// Scans the earlier versions like any other file: opens archives, decodes encodings. Whatever cannot be read makes
    /// no secret known.
    pub(super) fn of(before: &dyn PriorVersions, engine: &Engine) -> Self {
        let mut search = SecretSearch { engine, scratch: Scratch::default(), secrets: HashSet::new() };
        let mut expander = Expander::default();
        before.versions(&mut |blob| {
            let _ = expander.expand(blob, &mut search);
        });
        Self { secrets: search.secrets }
    }

    pub(super) fn has(&self, secret: &Secret) -> bool {
        self.secrets.contains(secret.normalized())
    }
}

struct SecretSearch<'a> {
    engine: &'a Engine,
    scratch: Scratch,
    secrets: HashSet<Box<[u8]>>,
}

impl Output for SecretSearch<'_> {
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        let path = origin.archive.unwrap_or(origin.path);
        self.scratch.set_name(path);
        let secrets = &mut self.secrets;
        self.engine.scan(content, &mut self.scratch, &mut 0, |detection| {
            secrets.insert(detection.secret.normalized().into());
        })
    }

    fn take_containers(&mut self) -> WrappedContainers {
        self.scratch.take_containers()
    }

    fn not_scanned(&mut self, _: &Origin<'_>, _: String) {}
}
