//! Damaged files in `.git`, and what stands in their place that is none.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    case::{Case, Fault, Said, campaign},
    changes::Brought,
    oracle, places, ranges,
    repository::{Kind, Repository},
    staged, storage,
};

/// All files below `.git`, in order.
fn files(case: &Case) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![case.sandbox.path(".git")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

/// Replaces what is there.
fn write(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Damages one file, and says how.
fn damage(case: &mut Case, path: &Path, all: &[PathBuf]) -> String {
    let mut bytes = fs::read(path).unwrap();
    let length = bytes.len().max(1);
    let at = case.below(length);
    match case.below(13) {
        0..=2 => {
            let bit = case.below(8);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
            write(path, &bytes);
            return format!("bit {bit} of byte {at} of {length} flipped");
        }
        3 | 4 => {
            write(path, &bytes[..at]);
            return format!("cut after {at} of {length} bytes");
        }
        5 => {
            let end = (at + 1 + case.below(64)).min(bytes.len());
            bytes.get_mut(at..end).into_iter().flatten().for_each(|byte| *byte = 0);
            write(path, &bytes);
            return format!("bytes {at} to {end} of {length} zeroed");
        }
        6 => {
            for _ in 0..1 + case.below(40) {
                bytes.push(case.rng.u8(..));
            }
            write(path, &bytes);
            return format!("grown from {length} to {} bytes", bytes.len());
        }
        7 => {
            let other = case.pick(all);
            let others = fs::read(&other).unwrap();
            write(path, &others);
            write(&other, &bytes);
            return format!("swapped with {}", other.display());
        }
        8 if rustix::process::getuid().is_root() => write(path, b""),
        8 => fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap(),
        replacement => {
            fs::remove_file(path).unwrap();
            match replacement {
                9 => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
                10 => fs::create_dir(path).unwrap(),
                11 => symlink("/dev/zero", path).unwrap(),
                _ => symlink(path.file_name().unwrap(), path).unwrap(),
            }
            return ["a pipe", "a directory", "a link to /dev/zero", "a link to itself"][replacement - 9]
                .to_owned();
        }
    }
    "empty or not readable".to_owned()
}

/// The commands, and which part of the repository each reads.
const COMMANDS: [&[&str]; 5] = [
    &["audit"],
    &["scan", "--history"],
    &["scan", "--staged"],
    &["scan", "--range=b0~2..b0"],
    &["scan", "."],
];

fn run_all(case: &mut Case) -> Vec<Said> {
    COMMANDS.iter().map(|command| case.skanner(command, &[])).collect()
}

/// Which of the lost keys git still sees, or all if git has complaints; a file that holds no objects may have gone
/// with its keys.
fn still_there(case: &mut Case, at: usize, lost: &BTreeSet<String>) -> BTreeSet<String> {
    let is = |brought: Option<Brought>| match brought {
        Some(brought) => lost.intersection(&brought.may).cloned().collect(),
        None => lost.clone(),
    };
    match at {
        2 => return is(staged::expected(case, None)),
        3 => return is(ranges::expected(case, &["b0~2..b0"])),
        4 => {
            let planted = case.planted.clone();
            return lost & &oracle::keys_in(&planted, &oracle::files(&case.sandbox.tree(), &[".git"]));
        }
        _ => {}
    }
    let planted = case.planted.clone();
    let (bytes, is_sound) = oracle::objects(case, "");
    let mut seen = oracle::keys_in(&planted, &bytes);
    seen.extend(oracle::keys_in(&planted, &oracle::files(&case.sandbox.tree(), &[])));
    if !is_sound {
        return lost.clone();
    }
    let checked = case.try_git("", &["fsck", "--full", "--no-dangling"], b"");
    let listed = case.try_git("", &["rev-list", "--all", "--objects"], b"");
    if !checked.is_success() || checked.stderr.contains("error") || !listed.is_success() {
        return lost.clone();
    }
    lost & &seen
}

fn damaged(case: &mut Case) {
    // Most places hold a key, so that there is something to lose.
    case.rarity = 3;
    let repository = Repository::random(case, Kind { commits: (3, 7), is_any: false });
    for _ in 0..2 {
        places::add(case, &repository);
    }
    storage::change(case, &repository);
    let content = case.content("a staged file");
    let blob = case.git_with("", &["hash-object", "-w", "--stdin"], &content);
    case.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},staged.txt")]);
    staged::store(case);
    let content = case.content("an untracked file");
    case.sandbox.write("here.txt", content);

    let before = run_all(case);
    for said in &before {
        // A range that is not there is no fault.
        if said.code == 2 && !said.name.contains("--range") {
            case.fault(Fault::Unread, format!("before the damage: {}", said.all()));
        }
    }
    let all = files(case);
    let path = case.pick(&all);
    let own = fs::read(&path).unwrap();
    let told = damage(case, &path, &all);
    let told = format!("{}: {told}", path.strip_prefix(case.sandbox.tree()).unwrap().display());
    case.tell(&told);
    case.count("damages", 1);
    // What the file held in plain text has gone with it.
    let planted = case.planted.clone();
    let gone = oracle::keys_in(&planted, &own);
    let after = run_all(case);
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        if after.code == 2 {
            case.count("named as unread", 1);
            continue;
        }
        let lost = &(&before.keys - &after.keys) - &gone;
        if lost.is_empty() || after.code < 0 {
            continue;
        }
        let lost = still_there(case, at, &lost);
        for key in &lost {
            let place = planted.iter().find(|one| one.key == *key).unwrap().place.clone();
            case.fault(Fault::FalseClean, format!("{told}: {place}: {key} is missing in {}", after.all()));
        }
        case.count("lost, and git sees no more of it", u64::from(lost.is_empty()));
    }
}

#[test]
fn no_damage_looks_clean() {
    campaign("damages", 12, 1000, damaged);
}
