//! `--agents`: the files in which coding agents and shells keep keys.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{console::Console, options};
use crate::{
    agent_files::AgentFiles,
    cli::{ReportArgs, TrustArgs},
    finding::Subject,
    path::{WholePath, current_directory, shown_text},
    root::Root,
    session::{ConfigStart, Coverage, ScanScope, Verdict, conclude, load},
    source::AgentFileSource,
};

/// Scans those of the user, and those of the repositories or directories that are named.
pub(super) fn run(
    named: &[PathBuf],
    report: &ReportArgs,
    trust: TrustArgs,
    console: &Console,
) -> Result<Verdict> {
    let options = options::of_trust(report, trust, console)?;
    let mut projects = Vec::new();
    for path in named {
        let whole = path.whole().with_context(|| format!("{} cannot be read", path.display()))?;
        projects.push(match Root::of(&whole) {
            // The paths of its files are shown as they are, seen from here.
            Root::Tree(root) if root != whole => root.to_owned(),
            _ => path.clone(),
        });
    }
    let start = named.first().map_or(Path::new("."), PathBuf::as_path);
    let session = load(options, ConfigStart::Path(start), &console.redactor)?;
    conclude(&session, |pool| {
        let found = AgentFiles::find(std::env::home_dir().as_deref(), &projects);
        let subject = subject(&found, &projects);
        let files: Vec<PathBuf> = found.files.iter().cloned().collect();
        AgentFileSource { found, pool: session.pool() }.feed(&pool.workers());
        let base = current_directory().context("the current directory no longer exists")?;
        Ok(Coverage { subject: Some(subject), scope: ScanScope::Files(files), ..Coverage::files(base) })
    })
}

/// What was read, in words: nothing else was.
fn subject(found: &AgentFiles, projects: &[PathBuf]) -> Subject {
    let mut places = vec!["your home directory".to_owned()];
    places.extend(projects.iter().map(|path| shown_text(path)));
    let places = join(&places);
    let owners: Vec<String> = found.owners.iter().map(|owner| (*owner).to_owned()).collect();
    let nothing =
        found.files.is_empty().then(|| format!("no coding agent and no shell keeps a file in {places}"));
    let what = match nothing {
        Some(_) => "the files of coding agents and shells".to_owned(),
        None => format!("the files of {} in {places}, and in no others", join(&owners)),
    };
    Subject { what, nothing }
}

/// A list in a sentence.
fn join(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
