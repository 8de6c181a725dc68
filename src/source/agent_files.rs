//! The files of coding agents and shells.

use super::{file::FileReader, parallel, sink::Sink, words::display_path, words::why};
use crate::{agent_files::AgentFiles, threads::Pool};

/// What is kept where agents and shells keep it.
pub(crate) struct AgentFileSource {
    /// The files.
    pub found: AgentFiles,
    /// How many threads may read them.
    pub pool: Pool,
}

impl AgentFileSource {
    /// Pushes every file.
    pub(crate) fn feed<S: Sink>(&self, new_sink: &(impl Fn() -> S + Sync)) {
        let mut sink = new_sink();
        for (path, error) in &self.found.unread {
            sink.not_scanned(&display_path(path), why(error));
        }
        let files: Vec<_> = self.found.files.iter().collect();
        let size = |path: &&std::path::PathBuf| path.metadata().map_or(0, |metadata| metadata.len());
        parallel::feed(&files, &self.pool, size, new_sink, sink, |path, sink| {
            FileReader::default().feed(path, true, sink);
        });
    }
}
