//! Paths as rules have them that are for some files only: from the directory of the configuration.

use std::path::{Path, PathBuf};

use crate::{
    blob::{Origin, SourceKind},
    path::{PathStyle, current_directory, resolve, shown},
};

/// Where the paths of files begin, and those of rules.
pub(super) struct RulePaths {
    here: PathBuf,
    base: Option<PathBuf>,
}

impl RulePaths {
    /// Paths from the directory that the patterns of a configuration begin in.
    pub(super) fn new(base: Option<&Path>) -> Self {
        Self { here: current_directory().unwrap_or_default(), base: base.map(Path::to_owned) }
    }

    /// The path of a content. What git stores has one already. A file outside of the directory keeps its own.
    pub(super) fn of(&self, origin: &Origin<'_>) -> Vec<u8> {
        let mut path = match origin.source {
            SourceKind::File | SourceKind::Name => self.of_file(origin.path),
            _ => origin.path.to_vec(),
        };
        if let Some(archive) = origin.archive {
            path.push(b'!');
            path.extend_from_slice(archive);
        }
        path
    }

    fn of_file(&self, path: &[u8]) -> Vec<u8> {
        let parts = |path: &[u8]| path.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect::<Vec<_>>();
        let start = if PathStyle::OWN.is_absolute(path) { Vec::new() } else { parts(&shown(&self.here)) };
        let whole = resolve(start.into_iter().chain(parts(path)));
        let base = self.base.as_ref().map_or(&self.here, |base| base);
        let base = resolve(parts(&shown(base)));
        whole.strip_prefix(&*base).map_or_else(|| path.to_vec(), |below| below.join(&b'/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_in_the_directory_of_the_configuration() {
        let paths = RulePaths { here: "/w/repo/sub".into(), base: Some("/w/repo".into()) };
        for (path, expected) in [
            ("a.env", "sub/a.env"),
            ("./b/../a.env", "sub/a.env"),
            ("../a.env", "a.env"),
            ("/w/repo/x/a.env", "x/a.env"),
            ("/w/other/a.env", "/w/other/a.env"),
            ("../../other/a.env", "../../other/a.env"),
        ] {
            let origin = Origin::new(SourceKind::File, path.as_bytes());
            assert_eq!(String::from_utf8_lossy(&paths.of(&origin)), expected);
            let blob = Origin { archive: Some(b"in/b"), ..Origin::new(SourceKind::Blob, path.as_bytes()) };
            assert_eq!(String::from_utf8_lossy(&paths.of(&blob)), format!("{path}!in/b"));
        }
    }
}
