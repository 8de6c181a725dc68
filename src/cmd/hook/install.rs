//! `skanner hook install` and `skanner hook uninstall`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{
    cmd::console::Console,
    hook::{
        GitHook, directory,
        global::{self, GlobalInstall},
        install::{self, HookInstallation, HookRemoval},
        script,
    },
    session::Verdict,
};

pub(super) fn install(events: &[GitHook], global: bool, console: &Console) -> Result<Verdict> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    if global {
        return install_for_all(if events.is_empty() { &GitHook::CLIENT } else { events }, &program, console);
    }
    let place = directory::of_repository(&here()?)?;
    let events = if events.is_empty() { directory::usual(&place) } else { events };
    if let Some(event) = events.iter().find(|event| (**event == GitHook::PreReceive) != place.is_bare) {
        let (kind, usual) = if place.is_bare { ("bare", "pre-receive") } else { ("not bare", "pre-commit") };
        bail!("this repository is {kind}: git does not run {event} there, but {usual}");
    }
    install_in(&place.directory, events, &program, console)?;
    if place.is_in_work_tree {
        console.note(&format!(
            "{} is in the work tree: do not commit these scripts, because they name a program on this machine",
            place.directory.display()
        ));
    }
    Ok(Verdict::Clean)
}

fn here() -> Result<PathBuf> {
    std::env::current_dir().context("the current directory no longer exists")
}

fn install_in(directory: &Path, events: &[GitHook], program: &Path, console: &Console) -> Result<()> {
    for event in events {
        let installed = install::install(directory, *event, program)?;
        let hook = directory.join(event.name());
        let also = match installed {
            HookInstallation::New => String::new(),
            HookInstallation::Chained => {
                format!("; the existing hook is called first, as {}", script::before(&hook).display())
            }
            HookInstallation::Renewed => "; it was already installed".to_owned(),
        };
        console.print(&format!("installed {}{also}\n", hook.display()))?;
    }
    Ok(())
}

fn install_for_all(events: &[GitHook], program: &Path, console: &Console) -> Result<Verdict> {
    if events.contains(&GitHook::PreReceive) {
        bail!("pre-receive is for one bare repository at a time: install it there, without --global");
    }
    match global::way()? {
        GlobalInstall::Configured => {
            for event in events {
                global::configure(*event, program)?;
                console.print(&format!(
                    "installed {event} in your git configuration, for all of your repositories\n"
                ))?;
            }
        }
        GlobalInstall::HooksPath(directory) => {
            directory::check(&directory)?;
            install_in(&directory, events, program, console)?;
            console.note("these hooks run in every repository that does not set its own core.hooksPath");
        }
        GlobalInstall::Template { directory, is_new } => {
            install_in(&directory.join("hooks"), events, program, console)?;
            if is_new {
                global::use_template(&directory)?;
            }
            console.note(
                "this git copies them into repositories that you clone or make from now on. In those that you have, run \
                 `skanner hook install`. From git 2.54 on, --global reaches all of them at once",
            );
        }
    }
    Ok(Verdict::Clean)
}

pub(super) fn uninstall(events: &[GitHook], global: bool, console: &Console) -> Result<Verdict> {
    let events = if events.is_empty() { &GitHook::ALL } else { events };
    let mut is_any = false;
    if global {
        // Also remove hooks that were installed with another version of git.
        for event in events {
            if global::unconfigure(*event)? {
                is_any = true;
                console.print(&format!("removed {event} from your git configuration\n"))?;
            }
        }
        for directory in global::directories()? {
            is_any |= uninstall_in(&directory, events, console)?;
        }
        global::drop_template()?;
    } else {
        for directory in directory::directories(&here()?)? {
            is_any |= uninstall_in(&directory, events, console)?;
        }
    }
    if !is_any {
        let which = if global { "for all repositories" } else { "in this repository" };
        console.note(&format!("no skanner hook is installed {which}; nothing was changed"));
    }
    Ok(Verdict::Clean)
}

fn uninstall_in(directory: &Path, events: &[GitHook], console: &Console) -> Result<bool> {
    let mut is_any = false;
    for event in events {
        let hook = directory.join(event.name());
        let text = match install::uninstall(directory, *event)? {
            HookRemoval::Nothing => continue,
            HookRemoval::Gone => format!("removed {}\n", hook.display()),
            HookRemoval::Restored => format!("removed {}; the previous hook was restored\n", hook.display()),
            HookRemoval::Kept(before) => format!(
                "removed {}; {} stays, since pre-commit is in its place\n",
                hook.display(),
                before.display()
            ),
        };
        is_any = true;
        console.print(&text)?;
    }
    Ok(is_any)
}
