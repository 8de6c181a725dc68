//! `skanner audit`: scans the work tree, index and whole history of one repository, and says whether it may be
//! published.

use std::path::Path;

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, Repository};

use super::{console::Console, options, plan};
use crate::{
    cli::{AuditArgs, clone_first, is_url},
    git,
    plan::PlanDirectory,
    session::{
        Coverage, Options, Verdict, conclude_report, config_start, feed_repository, load, refuse_outside,
        tree_root,
    },
    source::Reading,
};

pub(super) fn run(args: &AuditArgs, console: &Console) -> Result<Verdict> {
    let options = options::of_trust(&args.report, args.trust, console)?;
    refuse_outside(&options, &args.repo)?;
    let repository = open(&args.repo)?;
    let outside = git::outside(&repository, &args.repo);
    let directory = args.plan.as_deref().map(|named| PlanDirectory::check(named, &repository)).transpose()?;
    let options = Options { accept_baseline: args.accept_baseline, ..options };
    let options = options.enter(&tree_root(&repository)?)?;
    let session = load(options, config_start(&repository), &console.redactor)?;
    let (verdict, report) = conclude_report(&session, |pool| {
        let reading = Reading { pool: session.pool(), allow_shallow: args.allow_shallow, cross_check: false };
        let coverage = feed_repository(&repository, args.no_ignore, reading, pool)?;
        Ok(Coverage { is_audit: true, outside, ..coverage })
    })?;
    if let Some(directory) = &directory {
        plan::write(directory, &repository, &session, &report, console)?;
    }
    Ok(verdict)
}

/// The named repository, regardless of git's environment variables.
fn open(path: &Path) -> Result<Repository> {
    match git::discover(path) {
        Ok(repository) => Ok(repository),
        Err(_) if path.to_str().is_some_and(is_url) => {
            let url = path.display().to_string();
            bail!("{url}: {}", clone_first(&url))
        }
        Err(_) if !path.exists() => bail!("{}: no such file or directory", path.display()),
        Err(error) if error.code() == ErrorCode::NotFound => bail!(
            "{} is not in a git repository, so there is no history to audit; `skanner scan \
             --no-ignore` scans all files",
            path.display()
        ),
        Err(error) => {
            Err(error).with_context(|| format!("the repository {} cannot be opened", path.display()))
        }
    }
}
