//! The secrets that were in a file before it was changed: they are no news, wherever and however they stand now.

use std::{collections::HashSet, io};

use crate::{
    blob::{Content, Origin, PriorVersions},
    expand::{Expander, Output},
    finding::Secret,
    scan::{Engine, Scratch},
};

/// What the earlier versions of one file hold.
pub(super) struct PriorSecrets {
    secrets: HashSet<Box<[u8]>>,
}

impl PriorSecrets {
    /// Scans the earlier versions as any file is scanned: archives are opened, encodings undone. What cannot be read
    /// makes nothing known.
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

    fn not_scanned(&mut self, _: &Origin<'_>, _: String) {}
}
