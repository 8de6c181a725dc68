//! `skanner hook install` and `skanner hook uninstall`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{
    cmd::console::Console,
    hook::{
        Event,
        global::{self, Way},
        install::{self, Installed, Removed},
        place, script,
    },
    session::Verdict,
};

pub(super) fn install(events: &[Event], global: bool, console: &Console) -> Result<Verdict> {
    let program = std::env::current_exe().context("it is not known where this program is")?;
    if global {
        return install_for_all(if events.is_empty() { &Event::CLIENT } else { events }, &program, console);
    }
    let place = place::of_repository(&here()?)?;
    let events = if events.is_empty() { place::usual(&place) } else { events };
    if let Some(event) = events.iter().find(|event| (**event == Event::PreReceive) != place.is_bare) {
        let (kind, usual) = if place.is_bare { ("bare", "pre-receive") } else { ("not bare", "pre-commit") };
        bail!("this repository is {kind}, where git does not run {event}; {usual} is run");
    }
    install_in(&place.folder, events, &program, console)?;
    if place.is_in_work_tree {
        console.note(&format!(
            "{} is in the work tree: do not commit these scripts, since they name a program of this machine",
            place.folder.display()
        ));
    }
    Ok(Verdict::Clean)
}

fn here() -> Result<PathBuf> {
    std::env::current_dir().context("the current folder is gone")
}

fn install_in(folder: &Path, events: &[Event], program: &Path, console: &Console) -> Result<()> {
    for event in events {
        let installed = install::install(folder, *event, program)?;
        let hook = folder.join(event.name());
        let also = match installed {
            Installed::New => String::new(),
            Installed::Chained => {
                format!("; the hook that was there is called first, as {}", script::before(&hook).display())
            }
            Installed::Renewed => "; it was there already".to_owned(),
        };
        console.print(&format!("installed {}{also}\n", hook.display()))?;
    }
    Ok(())
}

fn install_for_all(events: &[Event], program: &Path, console: &Console) -> Result<Verdict> {
    if events.contains(&Event::PreReceive) {
        bail!("pre-receive is for one bare repository at a time: install it in there, without --global");
    }
    match global::way()? {
        Way::Configured => {
            for event in events {
                global::configure(*event, program)?;
                console.print(&format!(
                    "installed {event} in your git configuration, for all of your repositories\n"
                ))?;
            }
        }
        Way::HooksPath(folder) => {
            place::check(&folder)?;
            install_in(&folder, events, program, console)?;
            console
                .note("these hooks are run in all repositories that do not set core.hooksPath by themselves");
        }
        Way::Template { folder, is_new } => {
            install_in(&folder.join("hooks"), events, program, console)?;
            if is_new {
                global::use_template(&folder)?;
            }
            console.note(
                "this git copies them into repositories that you clone or make from now on. In those that you have, run \
                 `skanner hook install`. From git 2.54 on, --global reaches all of them at once",
            );
        }
    }
    Ok(Verdict::Clean)
}

pub(super) fn uninstall(events: &[Event], global: bool, console: &Console) -> Result<Verdict> {
    let events = if events.is_empty() { &Event::ALL } else { events };
    let mut is_any = false;
    if global {
        // What was installed with another version of git goes as well.
        for event in events {
            if global::unconfigure(*event)? {
                is_any = true;
                console.print(&format!("removed {event} from your git configuration\n"))?;
            }
        }
        for folder in global::folders()? {
            is_any |= uninstall_in(&folder, events, console)?;
        }
        global::drop_template()?;
    } else {
        for folder in place::folders(&here()?)? {
            is_any |= uninstall_in(&folder, events, console)?;
        }
    }
    if !is_any {
        let which = if global { "for all repositories" } else { "in this repository" };
        console.note(&format!("no hook of skanner's is installed {which}; nothing was changed"));
    }
    Ok(Verdict::Clean)
}

fn uninstall_in(folder: &Path, events: &[Event], console: &Console) -> Result<bool> {
    let mut is_any = false;
    for event in events {
        let hook = folder.join(event.name());
        let text = match install::uninstall(folder, *event)? {
            Removed::Nothing => continue,
            Removed::Gone => format!("removed {}\n", hook.display()),
            Removed::Restored => format!("removed {}; what was there before is back\n", hook.display()),
            Removed::Kept(before) => format!(
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
