//! `skanner hook agent install`, `uninstall` and `status`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    agent::install::{self, AGENTS, AgentInstall, AgentScope, SettingsChange},
    cli::{AgentCommand, AgentInstallArgs},
    cmd::console::Console,
    path::current_directory,
    regular_file,
    session::Verdict,
    source, whole_file,
};

pub(super) fn run(command: &AgentCommand, console: &Console) -> Result<Verdict> {
    match command {
        AgentCommand::Install(args) => install(args, console),
        AgentCommand::Uninstall(args) => uninstall(args, console),
        AgentCommand::Status => status(console),
    }
}

/// The directory that the settings of a scope are in.
struct SettingsRoot {
    scope: AgentScope,
    directory: PathBuf,
}

impl SettingsRoot {
    fn of(scope: AgentScope) -> Result<Self> {
        let directory = match scope {
            AgentScope::User => std::env::home_dir()
                // An empty variable is a mistake, and not the directory that the system knows.
                .filter(|home| {
                    home.is_absolute() && std::env::var_os("HOME").is_none_or(|home| !home.is_empty())
                })
                .context("your home directory is not known: set HOME, or use --project")?,
            AgentScope::Project => {
                let here = current_directory().context("the current directory no longer exists")?;
                source::work_tree(&here).unwrap_or(here)
            }
        };
        Ok(Self { scope, directory })
    }

    fn file(&self, agent: &AgentInstall) -> PathBuf {
        let (project, user) = agent.files;
        self.directory.join(if self.scope == AgentScope::User { user } else { project })
    }

    /// Whether the agent is used here.
    fn has(&self, agent: &AgentInstall) -> bool {
        let (project, user) = agent.directories;
        self.directory.join(if self.scope == AgentScope::User { user } else { project }).is_dir()
    }

    /// What the settings say; nothing if there are none.
    fn read(&self, agent: &AgentInstall) -> Result<String> {
        let file = self.file(agent);
        // A project may come from a stranger, whose links lead anywhere.
        let mut part = self.directory.clone();
        for name in file.strip_prefix(&self.directory).unwrap_or(&file).components() {
            part.push(name);
            let is_link = part.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            ensure!(
                !(is_link && self.scope == AgentScope::Project),
                "{} is a symbolic link, which is not followed",
                part.display()
            );
        }
        match regular_file::read(&file) {
            Ok(bytes) => {
                String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{} is not UTF-8", file.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }
}

fn scope(args: &AgentInstallArgs) -> AgentScope {
    if args.project { AgentScope::Project } else { AgentScope::User }
}

fn install(args: &AgentInstallArgs, console: &Console) -> Result<Verdict> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    let root = SettingsRoot::of(scope(args))?;
    let agents: Vec<&AgentInstall> = match args.agents.is_empty() {
        true => AGENTS.iter().filter(|agent| root.has(agent)).collect(),
        false => args.agents.clone(),
    };
    if agents.is_empty() {
        let names: Vec<_> = AGENTS.iter().map(|agent| agent.id).collect();
        bail!(
            "no agent is used in {}; name the one that you mean, such as `skanner hook agent install {}`. Known agents: {}",
            root.directory.display(),
            names[0],
            names.join(", ")
        );
    }
    let mut verdict = Verdict::Clean;
    for agent in agents {
        // One agent's settings say nothing about those of another one.
        if let Err(error) = install_for(agent, &root, &program, console) {
            console.error(&error);
            verdict = Verdict::Incomplete;
        }
    }
    if root.scope == AgentScope::Project {
        console.note("these settings name a program on this machine: think before you commit them");
    }
    Ok(verdict)
}

fn install_for(agent: &AgentInstall, root: &SettingsRoot, program: &Path, console: &Console) -> Result<()> {
    let file = root.file(agent);
    let command = install::shell_word(agent, program);
    let by_hand =
        || format!("{} was not changed; add this by hand: {}", file.display(), agent.by_hand(&command));
    let old = root.read(agent).with_context(by_hand)?;
    let new = install::change(agent, &old, SettingsChange::Install(&command));
    let new = new.map_err(|why| anyhow::anyhow!("{why}")).with_context(by_hand)?.unwrap_or_default();
    if new == old {
        console.print(&format!("{}: {} runs the hook already\n", agent.name, file.display()))?;
        return Ok(());
    }
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    whole_file::replace(&file, new.as_bytes()).with_context(by_hand)?;
    console.print(&format!("{}: installed in {}\n", agent.name, file.display()))?;
    Ok(())
}

fn uninstall(args: &AgentInstallArgs, console: &Console) -> Result<Verdict> {
    let root = SettingsRoot::of(scope(args))?;
    let agents = if args.agents.is_empty() { AGENTS.iter().collect() } else { args.agents.clone() };
    let (mut is_any, mut verdict) = (false, Verdict::Clean);
    for agent in agents {
        match uninstall_for(agent, &root, console) {
            Ok(removed) => is_any |= removed,
            Err(error) => {
                console.error(&error);
                verdict = Verdict::Incomplete;
            }
        }
    }
    if !is_any && verdict == Verdict::Clean {
        console.note(&format!("no agent runs the hook because of settings in {}", root.directory.display()));
    }
    Ok(verdict)
}

/// Returns whether there was anything to remove.
fn uninstall_for(agent: &AgentInstall, root: &SettingsRoot, console: &Console) -> Result<bool> {
    let file = root.file(agent);
    let by_hand = || format!("{} was not changed; remove `skanner hook agent` by hand", file.display());
    let old = root.read(agent).with_context(by_hand)?;
    if install::program_in(agent, &old).is_none() {
        return Ok(false);
    }
    let new = install::change(agent, &old, SettingsChange::Uninstall);
    match new.map_err(|why| anyhow::anyhow!("{why}")).with_context(by_hand)? {
        Some(new) => whole_file::replace(&file, new.as_bytes()).with_context(by_hand)?,
        None => fs::remove_file(&file).with_context(by_hand)?,
    }
    console.print(&format!("{}: removed from {}\n", agent.name, file.display()))?;
    Ok(true)
}

fn status(console: &Console) -> Result<Verdict> {
    let roots: Vec<SettingsRoot> = [AgentScope::User, AgentScope::Project]
        .into_iter()
        .filter_map(|scope| SettingsRoot::of(scope).ok())
        .collect();
    let mut text = String::new();
    for agent in AGENTS {
        let mut is_told = false;
        for root in &roots {
            let file = root.file(agent);
            let line = match root.read(agent) {
                Ok(old) if old.is_empty() => continue,
                Ok(old) => match install::program_in(agent, &old) {
                    Some(program) => format!("runs {program} (in {})", file.display()),
                    None => continue,
                },
                Err(error) => format!("{error:#}"),
            };
            text.push_str(&format!("{}: {line}\n", agent.name));
            is_told = true;
        }
        if !is_told && roots.iter().any(|root| root.has(agent)) {
            text.push_str(&format!(
                "{}: does not run the hook; `skanner hook agent install {}` installs it\n",
                agent.name, agent.id
            ));
        }
    }
    if text.is_empty() {
        text = "no known agent is used here\n".to_owned();
    }
    console.print(&text)
}
