//! Putting scripts into a folder of hooks, and taking them away, without losing what is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{Event, script};
use crate::whole_file;

/// What has become of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// There was none.
    New,
    /// There was one, and the script calls it first.
    Chained,
    /// It was ours already.
    Renewed,
}

/// Puts the script for an event into a folder. A hook that is there already keeps its form (a script, a program, a
/// link, executable or not) under another name, and is called first.
///
/// # Errors
/// When a file cannot be written, or the name for the hook that was there is taken.
pub fn install(folder: &Path, event: Event, program: &Path) -> Result<Installed> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let hook = folder.join(event.name());
    let before = script::before(&hook);
    let doing = || format!("cannot install {}", hook.display());
    let exists = |file: &Path| file.symlink_metadata().is_ok();
    if hook.is_dir() {
        bail!("{} is a folder; a hook is a file of that name", hook.display());
    }
    let is_ours = script::is_ours(&hook).with_context(doing)?;
    let is_foreign = exists(&hook) && !is_ours;
    if is_foreign && exists(&before) {
        bail!(
            "{} was written by another program since skanner was installed there, and {} is what was there before \
             skanner. Decide which of them is to be called: delete the other one, and install again",
            hook.display(),
            before.display()
        );
    }
    // Git may run the hook meanwhile.
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
        (true, _) => Installed::Renewed,
        (false, true) => Installed::Chained,
        (false, false) => Installed::New,
    })
}

/// What has become of a hook that was to be taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    /// There was none of ours.
    Nothing,
    /// It is gone.
    Gone,
    /// It is gone, and what was there before is back.
    Restored,
    /// It is gone, and what was there before stays under its other name, since pre-commit has put itself in its place.
    Kept(PathBuf),
}

/// Takes the script for an event away, and puts back what was there before it.
///
/// # Errors
/// When a file cannot be read or changed.
pub fn uninstall(folder: &Path, event: Event) -> Result<Removed> {
    let hook = folder.join(event.name());
    let before = script::before(&hook);
    // Other programs keep a hook that they find under names of their own: pre-commit the first, lefthook the second.
    let places = ["", ".legacy", ".old"].map(|end| folder.join(format!("{event}{end}")));
    let mut removed = Removed::Nothing;
    for place in places {
        let doing = || format!("cannot take {} away", place.display());
        if !script::is_ours(&place).with_context(doing)? {
            continue;
        }
        if before.symlink_metadata().is_err() {
            fs::remove_file(&place).with_context(doing)?;
            removed = Removed::Gone;
        } else if place != hook && script::has(&before, script::PRE_COMMIT_MARK).with_context(doing)? {
            fs::remove_file(&place).with_context(doing)?;
            removed = Removed::Kept(before.clone());
        } else {
            fs::rename(&before, &place).with_context(doing)?;
            removed = Removed::Restored;
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
            let folder = hook.parent().unwrap();
            let first = if kind == "nothing" { Installed::New } else { Installed::Chained };
            assert_eq!(install(folder, Event::PrePush, program).unwrap(), first, "{kind}");
            assert!(mode(&hook) & 0o100 != 0, "{kind}");
            let once = state(&hook);
            assert_eq!(install(folder, Event::PrePush, program).unwrap(), Installed::Renewed, "{kind}");
            assert_eq!(state(&hook), once);
            assert_eq!(uninstall(folder, Event::PreCommit).unwrap(), Removed::Nothing);
            uninstall(folder, Event::PrePush).unwrap();
            assert_eq!(state(&hook), original, "{kind}");
            assert_eq!(fs::read_dir(folder).unwrap().count(), usize::from(kind != "nothing"), "{kind}");
            assert_eq!(uninstall(folder, Event::PrePush).unwrap(), Removed::Nothing);
        }
    }

    #[test]
    fn two_hooks_that_were_there_are_not_chosen_from() {
        let dir = tempfile::tempdir().unwrap();
        let hook = dir.path().join("pre-commit");
        fs::write(&hook, "first").unwrap();
        install(dir.path(), Event::PreCommit, Path::new("s")).unwrap();
        fs::write(&hook, "second").unwrap();
        let error = install(dir.path(), Event::PreCommit, Path::new("s")).unwrap_err().to_string();
        assert!(error.contains("pre-commit.before-skanner"), "{error}");
        assert_eq!(fs::read_to_string(&hook).unwrap(), "second");
        // What is not ours is not taken away.
        assert_eq!(uninstall(dir.path(), Event::PreCommit).unwrap(), Removed::Nothing);
        fs::remove_file(&hook).unwrap();
        fs::create_dir(&hook).unwrap();
        assert!(install(dir.path(), Event::PreCommit, Path::new("s")).is_err());
    }
}
