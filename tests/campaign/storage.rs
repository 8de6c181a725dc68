//! The ways in which git stores objects.

use std::fs;

use super::{case::Case, repository::Repository};

/// Stores them in some other way.
pub(crate) fn change(case: &mut Case, repository: &Repository) {
    for _ in 0..case.rng.u32(1..3) {
        match case.below(10) {
            0 => repack(
                case,
                repository,
                &["repack", "-q", "-a", "-d", "-f", "-k", "--depth=50", "--window=20"],
            ),
            1 => repack(case, repository, &["repack", "-q", "-A", "-d", "--no-write-bitmap-index"]),
            2 => repack(case, repository, &["gc", "-q", "--no-prune"]),
            3 => several_packs(case, repository),
            4 => unpacked(case, repository),
            5 => borrowed(case, repository),
            6 => drop(case.git(&["commit-graph", "write", "--reachable", "--changed-paths"])),
            7 => {
                several_packs(case, repository);
                drop(case.git(&["multi-pack-index", "write"]));
            }
            8 => {
                repack(case, repository, &["repack", "-q", "-a", "-d", "-b"]);
                drop(case.git(&["pack-refs", "--all"]));
            }
            _ => {}
        }
    }
}

/// Repacks, as far as git can: not every history suits a bitmap, nor grafts the graph of commits. When it fails, git
/// leaves files behind.
fn repack(case: &mut Case, repository: &Repository, arguments: &[&str]) {
    if case.try_git("", arguments, b"").is_success() {
        return;
    }
    for entry in fs::read_dir(case.sandbox.path(repository.git).join("objects/pack")).unwrap().flatten() {
        let name = entry.file_name();
        if [&b".tmp-"[..], b"tmp_"].iter().any(|start| name.as_encoded_bytes().starts_with(start)) {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

/// A part of the objects is in a further pack, perhaps besides where it was.
fn several_packs(case: &mut Case, repository: &Repository) {
    let listed = case.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let some: Vec<&str> = listed.lines().filter(|_| case.rng.bool()).collect();
    let pack = case.sandbox.path(repository.git).join("objects/pack/pack");
    let pack = pack.to_str().unwrap().to_owned();
    case.git_with("", &["pack-objects", "-q", "--delta-base-offset", &pack], some.join("\n").as_bytes());
    if case.rng.bool() {
        case.git(&["prune-packed", "-q"]);
    }
}

/// One of the packs is taken apart, for as many objects as it has.
fn unpacked(case: &mut Case, repository: &Repository) {
    let folder = case.sandbox.path(repository.git).join("objects/pack");
    let mut packs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    packs.retain(|path| path.extension().is_some_and(|extension| extension == "pack"));
    packs.sort();
    let Some(pack) = packs.first() else { return };
    let bytes = fs::read(pack).unwrap();
    let _ = fs::remove_file(folder.join("multi-pack-index"));
    for extension in ["pack", "idx", "rev", "bitmap"] {
        let _ = fs::remove_file(pack.with_extension(extension));
    }
    case.git_with("", &["unpack-objects", "-q"], &bytes);
}

/// Another repository has them.
fn borrowed(case: &mut Case, repository: &Repository) {
    let own = case.sandbox.path(repository.git).join("objects");
    let other = case.sandbox.path("../home").join(format!("objects{}", case.rng.u64(..)));
    let alternates = fs::read(own.join("info/alternates")).unwrap_or_default();
    fs::rename(&own, &other).unwrap();
    let _ = fs::remove_file(other.join("info/alternates"));
    fs::create_dir_all(own.join("info")).unwrap();
    fs::create_dir_all(own.join("pack")).unwrap();
    let line = format!("{}\n", other.display());
    fs::write(own.join("info/alternates"), [line.as_bytes(), &alternates].concat()).unwrap();
    case.tell("moved .git/objects away and named it in info/alternates");
}
