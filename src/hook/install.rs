//! Installs scripts in a directory of hooks and removes them, without losing existing hooks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{GitHook, script};
use crate::whole_file;

/// The result of installing a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookInstallation {
    /// There was no hook before.
    New,
    /// There was another hook, and the script calls it first.
    Chained,
    /// Our script was already there, and was replaced.
    Renewed,
}

/// Installs the script for an event in a directory of hooks. An existing hook is kept as it is (a script, a
/// program, a link, executable or not) under another name, and called first.
///
/// # Errors
/// When a file cannot be written, or the other name is already taken.
pub(crate) fn install(directory: &Path, event: GitHook, program: &Path) -> Result<HookInstallation> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create the directory {}", directory.display()))?;
    let hook = directory.join(event.name());
    let before = script::before(&hook);
    let doing = || format!("cannot install {}", hook.display());
    let exists = |file: &Path| file.symlink_metadata().is_ok();
    if hook.is_dir() {
        bail!("{} is a directory, but a hook must be a file", hook.display());
    }
    let is_ours = script::is_ours(&hook).with_context(doing)?;
    let is_foreign = exists(&hook) && !is_ours;
    if is_foreign && exists(&before) {
        bail!(
            "another program replaced {} after skanner was installed there, and {} is the hook from before \
             skanner. Keep the one that should run, delete the other, and install again",
            hook.display(),
            before.display()
        );
    }
    // Git may run the hook in the meantime.
    let fresh = whole_file::beside(&hook, &script::of(event, program), whole_file::Use::Program)
        .with_context(doing)?;
    if is_foreign {
        fs::rename(&hook, &before).with_context(doing)?;
    }
    fresh
        .put(&hook)
        .inspect_err(|_| {
            if is_foreign {
                let _ = fs::rename(&before, &hook);
            }
        })
        .with_context(doing)?;
    Ok(match (is_ours, exists(&before)) {
        (true, _) => HookInstallation::Renewed,
        (false, true) => HookInstallation::Chained,
        (false, false) => HookInstallation::New,
    })
}

/// The result of removing a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HookRemoval {
    /// There was no hook of ours.
    Nothing,
    /// The hook was removed.
    Gone,
    /// The hook was removed, and the one before it was restored.
    Restored,
    /// The hook was removed. The one before it keeps its other name, since pre-commit is installed in its
    /// place.
    Kept(PathBuf),
}

/// Removes the script for an event, and restores the hook before it.
///
/// # Errors
/// When a file cannot be read or changed.
pub(crate) fn uninstall(directory: &Path, event: GitHook) -> Result<HookRemoval> {
    let hook = directory.join(event.name());
    let before = script::before(&hook);
    // Other programs rename an existing hook: pre-commit to `.legacy`, lefthook to `.old`.
    let places = ["", ".legacy", ".old"].map(|end| directory.join(format!("{event}{end}")));
    let mut removed = HookRemoval::Nothing;
    for place in places {
        let doing = || format!("cannot remove {}", place.display());
        if !script::is_ours(&place).with_context(doing)? {
            continue;
        }
        if before.symlink_metadata().is_err() {
            fs::remove_file(&place).with_context(doing)?;
            removed = HookRemoval::Gone;
        } else if place != hook && script::has(&before, script::PRE_COMMIT_MARK).with_context(doing)? {
            fs::remove_file(&place).with_context(doing)?;
            removed = HookRemoval::Kept(before.clone());
        } else {
            fs::rename(&before, &place).with_context(doing)?;
            removed = HookRemoval::Restored;
        }
    }
    Ok(removed)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(file: &Path) -> u32 {
        file.symlink_metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_was_there_comes_back_as_it_was() {
        type Make = fn(&Path);
        let program = Path::new("/no/skanner");
        let kinds: [(&str, Make); 5] = [
            ("nothing", |_| {}),
            ("script", |hook| {
                fs::write(hook, "#!/bin/sh\n").unwrap();
                fs::set_permissions(hook, fs::Permissions::from_mode(0o700)).unwrap();
            }),
            ("not executable", |hook| {
                fs::write(hook, "#!/bin/sh\nexit 1\n").unwrap();
                fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
            }),
            ("link", |hook| symlink("../elsewhere", hook).unwrap()),
            ("binary", |hook| fs::write(hook, [0x7f, b'E', b'L', b'F', 0, 0xff]).unwrap()),
        ];
        for (kind, make) in kinds {
            let dir = tempfile::tempdir().unwrap();
            let hook = dir.path().join("hooks/pre-push");
            fs::create_dir(hook.parent().unwrap()).unwrap();
            make(&hook);
            let state = |file: &Path| {
                (
                    fs::read_link(file).ok(),
                    fs::read(file).ok(),
                    file.symlink_metadata().map(|_| mode(file)).ok(),
                )
            };
            let original = state(&hook);
            let directory = hook.parent().unwrap();
            let first = if kind == "nothing" { HookInstallation::New } else { HookInstallation::Chained };
            assert_eq!(install(directory, GitHook::PrePush, program).unwrap(), first, "{kind}");
            assert!(mode(&hook) & 0o100 != 0, "{kind}");
            let once = state(&hook);
            assert_eq!(
                install(directory, GitHook::PrePush, program).unwrap(),
                HookInstallation::Renewed,
                "{kind}"
            );
            assert_eq!(state(&hook), once);
            assert_eq!(uninstall(directory, GitHook::PreCommit).unwrap(), HookRemoval::Nothing);
            uninstall(directory, GitHook::PrePush).unwrap();
            assert_eq!(state(&hook), original, "{kind}");
            assert_eq!(fs::read_dir(directory).unwrap().count(), usize::from(kind != "nothing"), "{kind}");
            assert_eq!(uninstall(directory, GitHook::PrePush).unwrap(), HookRemoval::Nothing);
        }
    }

    #[test]
    fn two_hooks_that_were_there_are_not_chosen_from() {
        let dir = tempfile::tempdir().unwrap();
        let hook = dir.path().join("pre-commit");
        fs::write(&hook, "first").unwrap();
        install(dir.path(), GitHook::PreCommit, Path::new("s")).unwrap();
        fs::write(&hook, "second").unwrap();
        let error = install(dir.path(), GitHook::PreCommit, Path::new("s")).unwrap_err().to_string();
        assert!(error.contains("pre-commit.before-skanner"), "{error}");
        assert_eq!(fs::read_to_string(&hook).unwrap(), "second");
        // A hook that is not ours is not removed.
        assert_eq!(uninstall(dir.path(), GitHook::PreCommit).unwrap(), HookRemoval::Nothing);
        fs::remove_file(&hook).unwrap();
        fs::create_dir(&hook).unwrap();
        assert!(install(dir.path(), GitHook::PreCommit, Path::new("s")).is_err());
    }
}
