//! `skanner init`: writes a commented configuration, and installs the hooks.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    console::{self, Console},
    hook,
};
use crate::{config, git, path::WholePath, session::Verdict, whole_file};

pub(super) fn run(path: &Path, force: bool, console: &Console) -> Result<Verdict> {
    let path = path.whole().with_context(|| format!("{}: no such directory", path.display()))?;
    ensure!(path.is_dir(), "{} is not a directory", path.display());
    let repository = git::discover(&path).ok();
    let directory = match &repository {
        Some(repository) => repository.workdir().context(
            "a bare repository has no files, and its pre-receive hook takes a configuration only from --config",
        )?,
        None => &path,
    };
    let file = directory.join(config::NAMES[0]);
    write(directory, &file, force)?;
    console.print(&format!("wrote {}\n", file.display()))?;
    if repository.is_some() {
        return offer_hooks(directory, console);
    }
    Ok(Verdict::Clean)
}

fn write(directory: &Path, file: &Path, force: bool) -> Result<()> {
    if let Some(there) =
        config::find(directory)?.filter(|there| there.base == directory.whole().unwrap_or_default())
    {
        ensure!(
            there.file.file_name() == file.file_name(),
            "{} already contains a configuration, and there can be only one",
            there.file.display()
        );
        if !force {
            bail!("{} already exists; --force replaces it", file.display());
        }
    }
    whole_file::replace(file, config::TEMPLATE.as_bytes())
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Asks whether to install the hooks if someone can answer. Otherwise explains how.
fn offer_hooks(directory: &Path, console: &Console) -> Result<Verdict> {
    const HOW: &str = "run `skanner hook install` to check every commit and push\n";
    let is_asked = io::stdin().is_terminal() && io::stderr().is_terminal() && console::wants_progress();
    if !is_asked {
        return console.print_own(HOW);
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "Install hooks that check every commit and push? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return console.print_own(HOW);
    }
    std::env::set_current_dir(directory).with_context(|| format!("cannot enter {}", directory.display()))?;
    hook::install_usual(console)
}
