//! The reader of packs: it gives what git gives, and survives whatever it is fed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{collections::BTreeMap, path::PathBuf};

use proptest::prelude::*;
use skanner::testing::{
    blob::ObjectId,
    git::{
        ObjectKind, ObjectKinds,
        object::{self, Commit, Tag},
        pack::{Changes, EntryHeader, Object, Packs, Visitor, apply},
    },
    threads::Pool,
};
use support::Sandbox;

/// All objects, and how often each came.
#[derive(Default)]
struct All {
    objects: BTreeMap<ObjectId, (u8, Vec<u8>, usize)>,
    failed: Vec<String>,
}

impl Visitor for All {
    type Mark = ();

    fn object(&mut self, object: Object<'_, ()>) {
        let new = || (object.kind as u8, object.bytes.to_vec(), 0);
        self.objects.entry(object.id).or_insert_with(new).2 += 1;
    }

    fn failed(&mut self, id: ObjectId, _: Option<ObjectKind>, why: &'static str) {
        self.failed.push(format!("{id} {why}"));
    }

    fn elsewhere(&mut self, _: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        None
    }
}

fn indexes(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = std::fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    files.sort();
    files
}

/// A file that changes in one line from commit to commit, and folders in folders.
fn commits(sandbox: &Sandbox, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let lines = (0..150).map(|line| {
            let version = if number % 150 >= line { number } else { 0 };
            format!("line {line} of version {version}\n")
        });
        sandbox.write("a/b/c/file.txt", lines.collect::<String>());
        sandbox.write(format!("a/{}.txt", number % 7), format!("{number}\n"));
        sandbox.git("", &["add", "-A"]);
        sandbox.git("", &["commit", "-qm", &format!("commit {number}")]);
    }
}

/// Walks the packs with several threads, and compares each object with what libgit2 reads.
#[track_caller]
fn assert_same(sandbox: &Sandbox, packs: usize) {
    let indexes = indexes(sandbox);
    assert_eq!(indexes.len(), packs);
    let repository = git2::Repository::open(sandbox.tree()).unwrap();
    let odb = repository.odb().unwrap();
    let mut expected: Vec<git2::Oid> = Vec::new();
    odb.foreach(|oid| {
        expected.push(*oid);
        true
    })
    .unwrap();
    // libgit2 gives those in several packs several times.
    expected.sort();
    expected.dedup();
    for threads in [1, 2, 5] {
        let (packs, damages) = Packs::open(&indexes, 20, &Pool::new(threads));
        assert!(damages.is_empty());
        let mut all: BTreeMap<ObjectId, (u8, Vec<u8>, usize)> = BTreeMap::new();
        for visitor in packs.walk(ObjectKinds::ALL, &Pool::new(threads), &All::default) {
            assert_eq!(visitor.failed, Vec::<String>::new());
            for (id, (kind, bytes, count)) in visitor.objects {
                all.entry(id).or_insert((kind, bytes, 0)).2 += count;
            }
        }
        assert_eq!(all.len(), expected.len());
        for oid in &expected {
            let id = ObjectId::new(oid.as_bytes()).unwrap();
            let (kind, bytes, count) = &all[&id];
            let object = odb.read(*oid).unwrap();
            let kinds = [
                git2::ObjectType::Commit,
                git2::ObjectType::Tree,
                git2::ObjectType::Blob,
                git2::ObjectType::Tag,
            ];
            assert_eq!((kinds[usize::from(*kind)], &bytes[..], *count), (object.kind(), object.data(), 1));
            let (alone, content) = packs.read(id).unwrap();
            assert_eq!((alone as u8, &content), (*kind, bytes));
            assert_eq!(packs.number(id).and_then(|number| packs.id(number)), Some(id));
        }
        let trees = packs.walk(ObjectKinds::of(&[ObjectKind::Tree]), &Pool::new(threads), &All::default);
        let trees: usize = trees.iter().map(|visitor| visitor.objects.len()).sum();
        assert_eq!(trees, all.values().filter(|object| object.0 == ObjectKind::Tree as u8).count());
    }
}

#[test]
fn every_object_is_what_libgit2_reads() {
    for (depth, window) in [(0, 10), (1, 10), (50, 10), (4000, 90)] {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        commits(&sandbox, 0..35);
        let (depth, window) = (format!("--depth={depth}"), format!("--window={window}"));
        sandbox.git("", &["repack", "-q", "-a", "-d", "-f", &depth, &window]);
        assert_same(&sandbox, 1);
        // Names instead of distances, and the first version of the index.
        for setting in [["repack.useDeltaBaseOffset", "false"], ["pack.indexVersion", "1"]] {
            sandbox.git("", &["config", setting[0], setting[1]]);
            sandbox.git("", &["repack", "-q", "-a", "-d", "-f", &depth, &window]);
            assert_same(&sandbox, 1);
        }
        // Others beside it, and one that has all of it again.
        commits(&sandbox, 35..45);
        sandbox.git("", &["repack", "-q"]);
        assert_same(&sandbox, 2);
        commits(&sandbox, 45..50);
        sandbox.write(".git/objects/pack/x", "");
        for index in indexes(&sandbox) {
            std::fs::write(index.with_extension("keep"), "").unwrap();
        }
        sandbox.git("", &["repack", "-q", "-a", "-d", "--pack-kept-objects"]);
        assert_same(&sandbox, 3);
    }
}

#[test]
fn deltas_against_each_other_end() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    commits(&sandbox, 0..30);
    sandbox.git("", &["config", "repack.useDeltaBaseOffset", "false"]);
    sandbox.git("", &["repack", "-q", "-a", "-d", "-f"]);
    let index = indexes(&sandbox).remove(0);
    let pack = index.with_extension("pack");
    let mut bytes = std::fs::read(&pack).unwrap();
    // Each delta names its base: let them all name the object of one of them.
    let (packs, _) = Packs::open(std::slice::from_ref(&index), 20, &Pool::new(1));
    let names: Vec<ObjectId> = (0..packs.len() as u32).map(|number| packs.id(number).unwrap()).collect();
    drop(packs);
    let listing = sandbox.git("", &["verify-pack", "-v", index.to_str().unwrap()]);
    let deltas: Vec<(ObjectId, usize)> = listing
        .lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words.len() == 7)
                .then(|| (ObjectId::from_hex(words[0].as_bytes()).unwrap(), words[4].parse().unwrap()))
        })
        .collect();
    let circle = deltas[deltas.len() / 2].0;
    for (_, offset) in &deltas {
        let at = (*offset..)
            .find(|at| names.iter().any(|name| bytes[*at..].starts_with(name.as_bytes())))
            .unwrap();
        bytes[at..at + 20].copy_from_slice(circle.as_bytes());
    }
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, &bytes).unwrap();
    let (packs, _) = Packs::open(&[index], 20, &Pool::new(2));
    let mut visitors = packs.walk(ObjectKinds::ALL, &Pool::new(2), &All::default);
    let failed: Vec<String> =
        visitors.iter_mut().flat_map(|visitor| std::mem::take(&mut visitor.failed)).collect();
    assert_eq!(failed.len(), deltas.len());
    assert!(failed.iter().all(|line| line.contains("deltas against each other")), "{failed:?}");
    let read: usize = visitors.iter().map(|visitor| visitor.objects.len()).sum();
    assert_eq!(read, packs.len() - deltas.len());
    assert!(packs.read(circle).is_err());
}

proptest! {
    #[test]
    fn no_header_delta_tree_or_commit_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), base in prop::collection::vec(any::<u8>(), 0..50)) {
        for width in [20, 32] {
            if let Some(header) = EntryHeader::parse(&bytes, width) {
                prop_assert!(header.length <= bytes.len());
            }
            let mut end = 0;
            let is_sound = object::tree(&bytes, width, |range, entry| {
                assert_eq!(range.start, end);
                assert_eq!(entry.id.len(), width);
                end = range.end;
            });
            prop_assert_eq!(is_sound, end == bytes.len());
        }
        let (mut made, mut changes) = (Vec::new(), Changes::default());
        let _ = apply(&base, &bytes, &mut made, &mut changes);
        // With the sizes right, more of it is read.
        let delta = [&[base.len() as u8, 60], &bytes[..]].concat();
        if apply(&base, &delta, &mut made, &mut changes).is_ok() {
            prop_assert_eq!(made.len(), 60);
        }
        let _ = (Commit::parse(&bytes), Tag::parse(&bytes));
    }
}

#[test]
fn trees_end_where_they_are_cut() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    commits(&sandbox, 0..2);
    let repository = git2::Repository::open(sandbox.tree()).unwrap();
    let tree = repository.head().unwrap().peel_to_tree().unwrap().get_path("a".as_ref()).unwrap().id();
    let bytes = repository.odb().unwrap().read(tree).unwrap().data().to_vec();
    let mut names = Vec::new();
    assert!(object::tree(&bytes, 20, |_, entry| names.push(entry.name.to_vec())));
    assert_eq!(names, [&b"0.txt"[..], b"1.txt", b"b"]);
    for cut in 1..bytes.len() {
        let mut seen = Vec::new();
        let is_sound = object::tree(&bytes[..cut], 20, |_, entry| seen.push(entry.name.to_vec()));
        // Six digits, a space, a zero and the hash stand with each name.
        let ends: usize = seen.iter().map(|name| name.len() + 28).sum();
        assert_eq!(is_sound, cut == ends);
        assert!(names.starts_with(&seen));
    }
}
