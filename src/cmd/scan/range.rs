//! What a set of commits adds.

use anyhow::Result;

use super::{Read, Sight, Verdict, conclude, staged, threads};
use crate::{
    cli::ReportArgs,
    cmd::settings::{self, Start},
    finding::Subject,
    git::{ci, revisions::Selection},
    source::Range,
};

/// Scans what the commits add that the words name, or the CI system if they are `auto`.
pub(super) fn run(args: &ReportArgs, words: &[String], color: bool) -> Result<Verdict> {
    let words = words.join(" ");
    run_selected(args, color, |repository| {
        if words == "auto" {
            return ci::Job::detect(&|name| std::env::var(name).ok())?.select(repository);
        }
        Ok((Selection::parse(repository, &words)?, words))
    })
}

/// Scans what the commits add that `select` names, which also says how to call them.
pub(in crate::cmd) fn run_selected(
    args: &ReportArgs,
    color: bool,
    select: impl FnOnce(&git2::Repository) -> Result<(Selection, String)>,
) -> Result<Verdict> {
    let repository = staged::open()?;
    let call = settings::load(args, Start::Repository(&repository))?;
    conclude(&call, color, |workshop| {
        let (selection, what) = select(&repository)?;
        let sight = Sight::Commits { tips: selection.tips.clone(), is_foreign: false };
        let range = Range { selection, pool: threads(&call.args) };
        let count = range.feed(&repository, &|| workshop.worker())?;
        let nothing = (count == 0).then(|| format!("{what} has no commit that is new"));
        Ok(Read { sight, ..Read::git(staged::base(&repository)?, Subject { what, nothing }) })
    })
}
