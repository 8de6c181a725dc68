//! Hooks for all repositories of a user. The possible ways depend on the version of git and on its
//! configuration.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{GitHook, script::quoted};
use crate::git::program::{self, ask};

/// The first version of git that runs the hooks in `hook.<name>.command`, see git-config(1).
const CONFIGURED: (u32, u32) = (2, 54);

/// The file in git's own template that is not an example of a hook.
const EXCLUDE: &str = "info/exclude";

/// A way to install a hook for all repositories, least intrusive first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GlobalInstall {
    /// `hook.skanner-<event>.command`. It runs in addition to all other hooks, in existing repositories too.
    Configured,
    /// The directory in `core.hooksPath`, which is already the only one that git uses.
    HooksPath(PathBuf),
    /// The template that `git clone` and `git init` copy. Setting `core.hooksPath` would reach more
    /// repositories, but git would then no longer run their own hooks.
    Template {
        /// The directory of the template.
        directory: PathBuf,
        /// Whether `init.templateDir` must still be set to it.
        is_new: bool,
    },
}

/// Chooses a way. `own` is the directory for a template of our own.
#[must_use]
pub(crate) fn choose(
    version: Option<(u32, u32)>,
    hooks_path: Option<PathBuf>,
    template: Option<PathBuf>,
    own: PathBuf,
) -> GlobalInstall {
    match (hooks_path, template) {
        _ if version >= Some(CONFIGURED) => GlobalInstall::Configured,
        (Some(directory), _) => GlobalInstall::HooksPath(directory),
        (None, Some(directory)) => GlobalInstall::Template { directory, is_new: false },
        (None, None) => GlobalInstall::Template { directory: own, is_new: true },
    }
}

/// The two settings of a hook in git's configuration: the command and the event.
///
/// Each event has a hook name of its own, since git does not tell a command which event it runs for.
///
/// # Errors
/// When the path of the program is not UTF-8, which git's configuration cannot store.
pub(crate) fn settings(event: GitHook, program: &Path) -> Result<[(String, String); 2]> {
    let path = String::from_utf8(quoted(program.as_os_str()));
    let path = path.with_context(|| format!("the path {} is not UTF-8", program.display()))?;
    let arguments = match event {
        GitHook::PreCommit => "pre-commit",
        GitHook::PreMergeCommit => "pre-commit --merge",
        GitHook::CommitMsg => "commit-msg --",
        GitHook::PrePush => "pre-push --refs-from-git --",
        GitHook::PreReceive => "pre-receive",
    };
    // Git appends the arguments of the hook. During a push, standard output is reserved for git.
    let command = format!(
        "skanner={path}; test -x \"$skanner\" || {{ echo \"skanner: program not found, so nothing was checked and \
         git was stopped. Install it again and run 'skanner hook install --global', or run 'git config --global \
         --remove-section hook.{}'. To continue unchecked, use --no-verify.\" >&2; exit 2; }}; exec >&2; \"$skanner\" hook \
         {arguments}",
        name(event)
    );
    Ok([
        (format!("hook.{}.command", name(event)), command),
        (format!("hook.{}.event", name(event)), event.name().to_owned()),
    ])
}

fn name(event: GitHook) -> String {
    format!("skanner-{event}")
}

/// Configures a hook for the user, replacing an earlier one of the same name.
///
/// # Errors
/// When git cannot write its configuration.
pub(crate) fn configure(event: GitHook, program: &Path) -> Result<()> {
    for (key, value) in settings(event, program)? {
        config(&["--replace-all", &key, &value])?;
    }
    Ok(())
}

/// Removes what [`configure`] set. Returns whether there was anything to remove.
///
/// # Errors
/// When git cannot write its configuration.
pub(crate) fn unconfigure(event: GitHook) -> Result<bool> {
    let is_set = config(&["--get", &format!("hook.{}.command", name(event))])?.is_some();
    if is_set {
        config(&["--remove-section", &format!("hook.{}", name(event))])?;
    }
    Ok(is_set)
}

/// The way to use on this machine.
///
/// # Errors
/// When git fails, or there is no home directory.
pub(crate) fn way() -> Result<GlobalInstall> {
    let printed = ask(Path::new("."), &["--version"])?.unwrap_or_default();
    let version = program::version(&printed);
    Ok(choose(version, configured("core.hooksPath")?, configured("init.templateDir")?, own_template()?))
}

/// The directories that may contain hooks, whichever way they were installed.
///
/// # Errors
/// When git fails, or there is no home directory.
pub(crate) fn directories() -> Result<Vec<PathBuf>> {
    let template = configured("init.templateDir")?.unwrap_or(own_template()?);
    Ok(configured("core.hooksPath")?.into_iter().chain([template.join("hooks")]).collect())
}

/// A path in git's configuration that applies to all repositories of the user.
fn configured(key: &str) -> Result<Option<PathBuf>> {
    // Asked outside of any repository. The system configuration counts as well.
    let found =
        ask(Path::new("/"), &["config", "--type=path", "--get", key])?.filter(|path| !path.is_empty());
    match found.map(PathBuf::from) {
        Some(path) if path.is_relative() => bail!(
            "{key} is {}, a path relative to each repository: install the hooks in each repository",
            path.display()
        ),
        path => Ok(path),
    }
}

/// Makes git copy a template of ours instead of its own.
///
/// # Errors
/// When git cannot write its configuration.
pub(crate) fn use_template(directory: &Path) -> Result<()> {
    // Git's own template has this file, and other tools append to it.
    let exclude = directory.join(EXCLUDE);
    let parent = exclude.parent().unwrap_or(directory);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(&exclude, "# Files that git ignores in this repository, only for you.\n"))
        .with_context(|| format!("cannot write {}", exclude.display()))?;
    let directory = directory
        .to_str()
        .context("the path of the data directory is not UTF-8, which git's configuration cannot store")?;
    config(&["init.templateDir", directory]).map(drop)
}

/// Removes our template if there are no hooks left in it.
///
/// # Errors
/// When git cannot write its configuration.
pub(crate) fn drop_template() -> Result<()> {
    let directory = &own_template()?;
    if fs::remove_dir(directory.join("hooks")).is_ok() {
        config(&["--unset", "init.templateDir"])?;
        let _ = fs::remove_file(directory.join(EXCLUDE));
        let _ = fs::remove_dir(directory.join("info"));
        // Files that someone else put there are kept.
        let _ = fs::remove_dir(directory);
        let _ = directory.parent().map(fs::remove_dir);
    }
    Ok(())
}

/// The data directory of the XDG Base Directory Specification.
fn own_template() -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
    Ok(data.context("HOME is not set, so there is no configuration to change")?.join("skanner/git-template"))
}

fn config(arguments: &[&str]) -> Result<Option<String>> {
    let all: Vec<&OsStr> = ["config", "--global"].iter().chain(arguments).map(OsStr::new).collect();
    ask(Path::new("."), &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_disturbs_least_is_taken() {
        let [path, template, own] = ["/hooks", "/template", "/own"].map(PathBuf::from);
        let new = Some((2, 54));
        let old = Some((2, 53));
        let some = |path: &PathBuf| Some(path.clone());
        for (version, hooks_path, set, expected) in [
            (new, None, None, GlobalInstall::Configured),
            (Some((3, 0)), some(&path), some(&template), GlobalInstall::Configured),
            (old, some(&path), some(&template), GlobalInstall::HooksPath(path.clone())),
            (
                old,
                None,
                some(&template),
                GlobalInstall::Template { directory: template.clone(), is_new: false },
            ),
            (old, None, None, GlobalInstall::Template { directory: own.clone(), is_new: true }),
            (None, None, None, GlobalInstall::Template { directory: own.clone(), is_new: true }),
        ] {
            assert_eq!(choose(version, hooks_path, set, own.clone()), expected, "{version:?}");
        }
    }

    #[test]
    fn commands_are_safe_in_a_shell() {
        let [(key, command), event] =
            settings(GitHook::PrePush, Path::new("/a b/it's/$(x)/skanner")).unwrap();
        assert_eq!(key, "hook.skanner-pre-push.command");
        assert!(command.starts_with(r"skanner='/a b/it'\''s/$(x)/skanner';"), "{command}");
        assert!(command.ends_with("hook pre-push --refs-from-git --"), "{command}");
        assert_eq!(event, ("hook.skanner-pre-push.event".to_owned(), "pre-push".to_owned()));
    }
}
