//! Every place in a repository's directory is read, or named as unread: a key in any of them is never passed over.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
};

use git2::{ObjectType, Oid};
use sha1::{Digest, Sha1};
use support::{Report, Sandbox, openai_key};

/// A repository with one packed commit and no key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "a\n");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "first"]);
    sandbox.git("", &["repack", "-q", "-a", "-d"]);
    fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    sandbox
}

fn audit(sandbox: &Sandbox) -> Report {
    sandbox.skanner(&["audit", "--format", "json"]).report()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn name(content: &[u8]) -> Oid {
    Oid::hash_object(ObjectType::Blob, content).unwrap()
}

/// A blob as a loose file.
fn loose(content: &[u8]) -> Vec<u8> {
    zlib(&[format!("blob {}\0", content.len()).as_bytes(), content].concat())
}

/// Where a loose object belongs, below an object directory.
fn loose_path(id: Oid) -> String {
    let id = id.to_string();
    format!("{}/{}", &id[..2], &id[2..])
}

/// A pack that is put together byte by byte.
#[derive(Default)]
struct Pack {
    entries: Vec<u8>,
    count: u32,
    /// Name, checksum and offset of what the index lists.
    listed: Vec<(Vec<u8>, u32, u32)>,
    /// What stands behind the tables of the index.
    behind: Vec<u8>,
    /// What the pack says of the number of its objects, if it lies.
    said: Option<u32>,
}

impl Pack {
    /// An entry that no index lists.
    fn hidden(mut self, content: &[u8]) -> Self {
        let size = content.len();
        self.entries.extend([
            0x80 | 3 << 4 | (size & 15) as u8,
            0x80 | (size >> 4 & 127) as u8,
            (size >> 11) as u8,
        ]);
        self.entries.extend(zlib(content));
        self.count += 1;
        self
    }

    /// An entry that is listed under this name.
    fn blob_as(self, id: Oid, content: &[u8]) -> Self {
        let start = self.entries.len();
        let mut pack = self.hidden(content);
        let checksum = crc32fast::hash(&pack.entries[start..]);
        pack.listed.push((id.as_bytes().to_vec(), checksum, 12 + start as u32));
        pack
    }

    fn blob(self, content: &[u8]) -> Self {
        self.blob_as(name(content), content)
    }

    /// Bytes that belong to no entry.
    fn gap(mut self, bytes: &[u8]) -> Self {
        self.entries.extend(bytes);
        self
    }

    /// The pack and its index.
    fn files(mut self) -> (Vec<u8>, Vec<u8>) {
        let hash = |bytes: &[u8]| Sha1::digest(bytes).to_vec();
        let mut pack =
            [b"PACK\0\0\0\x02", &self.said.unwrap_or(self.count).to_be_bytes()[..], &self.entries].concat();
        pack.extend(hash(&pack));
        self.listed.sort();
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let count = self.listed.iter().filter(|(name, ..)| name[0] <= first).count();
            index.extend((count as u32).to_be_bytes());
        }
        index.extend(self.listed.iter().flat_map(|(name, ..)| name.clone()));
        index.extend(self.listed.iter().flat_map(|(_, checksum, _)| checksum.to_be_bytes()));
        index.extend(self.listed.iter().flat_map(|(.., offset)| offset.to_be_bytes()));
        index.extend(&self.behind);
        index.extend(&pack[pack.len() - 20..]);
        index.extend(hash(&index));
        (pack, index)
    }

    /// Writes both files under this name.
    fn write(self, sandbox: &Sandbox, name: &str) {
        let (pack, index) = self.files();
        sandbox.write(format!(".git/{name}.pack"), pack);
        sandbox.write(format!(".git/{name}.idx"), index);
    }
}

/// What must come of it: the key is found; some input whose line holds these words was not read; or one of both.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Found,
    Named(&'static str),
    Either(&'static str),
}

use Outcome::{Either, Found, Named};

#[track_caller]
fn assert_outcome(report: &Report, outcome: Outcome, place: &str) {
    let is_found = report.code != 0 && !report.places().is_empty();
    let names =
        |words: &str| report.code == 2 && report.not_scanned().iter().any(|line| line.contains(words));
    let is_right = match outcome {
        Found => is_found,
        Named(words) => names(words),
        Either(words) => is_found || names(words),
    };
    assert!(
        is_right,
        "{place}: {outcome:?}: exit {} {:?} {:?}",
        report.code,
        report.places(),
        report.not_scanned()
    );
}

/// Below `.git`: files that are no objects, whatever they are called.
const FILES: &[&str] = &[
    "x",
    "objects.old/x.txt",
    "lost-found/other/x",
    "rr-cache/1/preimage",
    "modules/x/y.txt",
    "objects/x.txt",
    "objects/.hidden",
    "objects/line\nfeed",
    "objects/ ",
    "objects/pack.txt",
    "objects/info/x.txt",
    "objects/info/packs",
    "objects/info/http-alternates",
    "objects/info/commit-graph",
    "objects/info/commit-graphs/commit-graph-chain",
    "objects/info/commit-graphs/graph-1.graph",
    "objects/info/deep/deeper/x",
    "objects/pack/x",
    "objects/pack/x.txt",
    "objects/pack/x.keep",
    "objects/pack/x.promisor",
    "objects/pack/x.bitmap",
    "objects/pack/x.rev",
    "objects/pack/x.mtimes",
    "objects/pack/multi-pack-index",
    "objects/pack/multi-pack-index.d/multi-pack-index-chain",
    "objects/pack/old/x.txt",
    "objects/pack/old/older/x.txt",
    "objects/pack/aa/x.txt",
    "objects/zz/x.txt",
    "objects/AB/cdefabcdefabcdefabcdefabcdefabcdefabcd",
    "objects/abc/x.txt",
    "objects/incoming-1a2b3c/x.txt",
    "objects/incoming-1a2b3c/pack/x.txt",
    "objects/incoming-1a2b3c/info/alternates.txt",
    "objects/tmp_objdir-incoming-1/x.txt",
    "objects/aa/folder/x.txt",
];

#[test]
fn a_file_that_is_no_object_is_read() {
    for (seed, place) in (0..).zip(FILES) {
        let sandbox = repository();
        sandbox.write(Path::new(".git").join(place), "nothing\n");
        let report = audit(&sandbox);
        assert_eq!((report.code, report.not_scanned()), (0, vec![]), "{place}");
        sandbox.write(Path::new(".git").join(place), openai_key(seed));
        assert_outcome(&audit(&sandbox), Found, place);
    }
    let sandbox = repository();
    let path = sandbox.path(".git/objects").join(OsStr::from_bytes(b"\xff\xfe"));
    if fs::write(path, openai_key(1)).is_ok() {
        assert_outcome(&audit(&sandbox), Found, "a name that is no text");
    }
}

#[test]
fn links_are_read_as_their_text_where_git_does_not_follow_them() {
    for place in [
        "x",
        "objects/x",
        "objects/info/x",
        "objects/pack/x",
        "objects/zz",
        "objects/pack/old",
        "objects/x.keep",
    ] {
        for is_folder in [false, true] {
            let sandbox = repository();
            let secret = openai_key(1);
            let target = if is_folder { sandbox.path("..").join(&secret) } else { PathBuf::from(&secret) };
            if is_folder {
                fs::create_dir(&target).unwrap();
                sandbox.write(target.join("outside.txt"), openai_key(2));
            }
            let link = sandbox.path(".git").join(place);
            symlink(&target, link).unwrap();
            let report = audit(&sandbox);
            assert_outcome(&report, Found, place);
            assert_eq!(
                report.json["findings"].as_array().unwrap().len(),
                1,
                "{place}: what it leads to is outside"
            );
        }
    }
}

type Put = fn(&Sandbox, &str);

fn write(sandbox: &Sandbox, path: &str, bytes: impl AsRef<[u8]>) {
    let path = sandbox.path(".git").join(path);
    let _ = fs::remove_file(&path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The packed blob of `a.txt`.
fn packed() -> Oid {
    name(b"a\n")
}

fn id(key: &str) -> Oid {
    name(key.as_bytes())
}

/// Objects in places where git does not look for them, or does not look any more.
const OBJECTS: &[(&str, Put, Outcome)] = &[
    (
        "a loose object",
        |s, key| write(s, &format!("objects/{}", loose_path(id(key))), loose(key.as_bytes())),
        Found,
    ),
    (
        "a loose object of an interrupted push",
        |s, key| write(s, &format!("objects/incoming-1/{}", loose_path(id(key))), loose(key.as_bytes())),
        Found,
    ),
    (
        "the same with a newer git",
        |s, key| {
            write(s, &format!("objects/tmp_objdir-incoming-1/{}", loose_path(id(key))), loose(key.as_bytes()))
        },
        Found,
    ),
    (
        "a loose object that was moved aside",
        |s, key| write(s, &format!("objects/backup/{}", loose_path(id(key))), loose(key.as_bytes())),
        Found,
    ),
    (
        "a loose object in two folders too many",
        |s, key| write(s, &format!("objects/a/b/{}", loose_path(id(key))), loose(key.as_bytes())),
        Found,
    ),
    (
        "a loose object with another name",
        |s, key| write(s, &format!("objects/{}.bak", loose_path(id(key))), loose(key.as_bytes())),
        Found,
    ),
    ("a loose object without a folder", |s, key| write(s, "objects/x", loose(key.as_bytes())), Found),
    ("a loose object beside the object directory", |s, key| write(s, "x", loose(key.as_bytes())), Found),
    (
        "a loose object in a folder of packs",
        |s, key| write(s, "objects/pack/x", loose(key.as_bytes())),
        Found,
    ),
    ("compressed bytes", |s, key| write(s, "objects/info/x", zlib(key.as_bytes())), Found),
    (
        "a loose object that is cut short",
        |s, key| {
            let bytes = loose(key.as_bytes());
            write(s, "objects/x", &bytes[..bytes.len() - 1]);
        },
        Named("objects/x"),
    ),
    (
        "a loose object that was being written",
        |s, key| write(s, "objects/aa/tmp_obj_x", loose(key.as_bytes())),
        Named("objects/aa/tmp_obj_x"),
    ),
    (
        "the same without a folder",
        |s, key| write(s, "objects/tmp_obj_x", loose(key.as_bytes())),
        Named("tmp_obj_x"),
    ),
    ("a pack", |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/pack/pack-1"), Found),
    (
        "a pack with another name",
        |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/pack/x"),
        Found,
    ),
    (
        "a pack that was moved",
        |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/pack/old/x"),
        Found,
    ),
    ("a pack that was moved up", |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/x"), Found),
    (
        "a pack that was moved out of packs",
        |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/old/x"),
        Found,
    ),
    (
        "a pack of an interrupted push",
        |s, key| Pack::default().blob(key.as_bytes()).write(s, "objects/incoming-1/pack/pack-1"),
        Found,
    ),
    (
        "a pack without an index",
        |s, key| write(s, "objects/pack/x.pack", Pack::default().blob(key.as_bytes()).files().0),
        Named("x.pack: is a pack without its index"),
    ),
    (
        "a pack that was renamed",
        |s, key| write(s, "objects/pack/x.pack.bak", Pack::default().blob(key.as_bytes()).files().0),
        Named("x.pack.bak: is a pack without its index"),
    ),
    (
        "a pack beside the object directory",
        |s, key| write(s, "backup", Pack::default().blob(key.as_bytes()).files().0),
        Named("backup: is a pack without its index"),
    ),
    (
        "a pack that was being written",
        |s, key| write(s, "objects/pack/tmp_pack_x", Pack::default().blob(key.as_bytes()).files().0),
        Named("tmp_pack_x"),
    ),
    (
        "a pack that was being received",
        |s, key| {
            write(s, "objects/incoming-1/pack/tmp_pack_x", Pack::default().blob(key.as_bytes()).files().0)
        },
        Named("tmp_pack_x"),
    ),
];

/// Bytes that belong to no object, and objects that are something else than they say.
const BYTES: &[(&str, Put, Outcome)] = &[
    (
        "behind a loose object",
        |s, key| {
            write(s, &format!("objects/{}", loose_path(name(b"b"))), [&loose(b"b"), key.as_bytes()].concat())
        },
        Named("extra bytes after the object"),
    ),
    (
        "behind an entry",
        |s, key| Pack::default().blob(b"b").gap(key.as_bytes()).write(s, "objects/pack/x"),
        Named("x.pack: holds bytes"),
    ),
    (
        "between two entries",
        |s, key| Pack::default().blob(b"b").gap(key.as_bytes()).blob(b"c").write(s, "objects/pack/x"),
        Named("x.pack: holds bytes"),
    ),
    (
        "before the first entry",
        |s, key| Pack::default().gap(key.as_bytes()).blob(b"b").write(s, "objects/pack/x"),
        Named("x.pack: holds bytes"),
    ),
    (
        "in a pack of nothing",
        |s, key| Pack::default().gap(key.as_bytes()).write(s, "objects/pack/x"),
        Named("x.pack: holds bytes"),
    ),
    (
        "a single byte behind an entry",
        |s, _| Pack::default().blob(b"b").gap(b"x").write(s, "objects/pack/x"),
        Named("x.pack: holds bytes"),
    ),
    (
        "an entry that is not listed",
        |s, key| Pack::default().blob(b"b").hidden(key.as_bytes()).write(s, "objects/pack/x"),
        Named("x.pack: contains a different number"),
    ),
    (
        "an entry that is not listed or counted",
        |s, key| {
            let pack = Pack { said: Some(2), ..Pack::default() };
            pack.blob(b"b").hidden(key.as_bytes()).blob(b"c").write(s, "objects/pack/x");
        },
        Named("x.pack: holds bytes"),
    ),
    (
        "an entry that comes first and is not listed",
        |s, key| {
            let pack = Pack { said: Some(1), ..Pack::default() };
            pack.hidden(key.as_bytes()).blob(b"b").write(s, "objects/pack/x");
        },
        Named("x.pack: holds bytes"),
    ),
    (
        "an entry in whose place another one is listed",
        |s, key| {
            let mut pack = Pack::default().blob(b"b").blob(key.as_bytes());
            pack.listed[1].2 = pack.listed[0].2;
            pack.listed[1].1 = pack.listed[0].1;
            pack.write(s, "objects/pack/x");
        },
        Named("x.pack: holds bytes"),
    ),
    (
        "an entry that is said to be outside",
        |s, key| {
            let mut pack = Pack::default().blob(b"b").blob(key.as_bytes());
            pack.listed[1].2 = 1 << 30;
            pack.write(s, "objects/pack/x");
        },
        Named("is listed outside of its pack"),
    ),
    (
        "an entry whose checksum is wrong",
        |s, key| {
            let mut pack = Pack::default().blob(key.as_bytes());
            pack.listed[0].1 ^= 1;
            pack.write(s, "objects/pack/x");
        },
        Either("could be read, but not from where"),
    ),
    (
        "offsets in an index that nothing uses",
        |s, key| {
            let behind = format!("{key: <200}").into_bytes();
            Pack { behind, ..Pack::default() }.blob(b"b").write(s, "objects/pack/x");
        },
        Found,
    ),
    (
        "behind an index",
        |s, key| {
            let (pack, index) = Pack::default().blob(b"b").files();
            write(s, "objects/pack/x.pack", pack);
            write(s, "objects/pack/x.idx", [&index, key.as_bytes()].concat());
        },
        Either("x.idx"),
    ),
    (
        "an index without a pack",
        |s, key| {
            let behind = format!("{key:0<200}").into_bytes();
            let (_, index) = Pack { behind, ..Pack::default() }.blob(b"b").files();
            write(s, "objects/pack/x.idx", index);
        },
        Named("x.idx"),
    ),
    (
        "an index that says it lists less",
        |s, key| {
            let (pack, mut index) = Pack::default().blob(b"b").blob(key.as_bytes()).files();
            for first in 0..256 {
                index[8 + 4 * first..][..4].copy_from_slice(&0_u32.to_be_bytes());
            }
            write(s, "objects/pack/x.pack", pack);
            write(s, "objects/pack/x.idx", index);
        },
        Named("x."),
    ),
    (
        "an index whose table of first bytes lies",
        |s, key| {
            let (pack, mut index) = Pack::default().blob(b"b").blob(key.as_bytes()).files();
            index[8..12].copy_from_slice(&2_u32.to_be_bytes());
            write(s, "objects/pack/x.pack", pack);
            write(s, "objects/pack/x.idx", index);
        },
        Named("x.idx"),
    ),
    (
        "a loose object that is another one",
        |s, key| write(s, &format!("objects/{}", loose_path(name(b"b"))), loose(key.as_bytes())),
        Named("does not match its name"),
    ),
    (
        "a loose object that is packed, too, and another one",
        |s, key| write(s, &format!("objects/{}", loose_path(packed())), loose(key.as_bytes())),
        Named("does not match its name"),
    ),
    (
        "a loose object that is there twice, and another one in one place",
        |s, key| {
            write(s, &format!("objects/{}", loose_path(name(b"b"))), loose(b"b"));
            write(s, &format!("objects/incoming-1/{}", loose_path(name(b"b"))), loose(key.as_bytes()));
        },
        Named("does not match its name"),
    ),
    (
        "a packed object that is loose, too, and another one",
        |s, key| {
            write(s, &format!("objects/{}", loose_path(name(b"b"))), loose(b"b"));
            Pack::default().blob_as(name(b"b"), key.as_bytes()).write(s, "objects/pack/x");
        },
        Either("could be read, but not from where"),
    ),
    (
        "an object in two packs, another one in the second",
        |s, key| {
            Pack::default().blob(b"b").write(s, "objects/pack/pack-1");
            Pack::default().blob_as(name(b"b"), key.as_bytes()).write(s, "objects/pack/pack-2");
        },
        Named("could be read, but not from where"),
    ),
    (
        "an object in two packs, another one in the first",
        |s, key| {
            Pack::default().blob_as(id(key), b"b").write(s, "objects/pack/pack-1");
            Pack::default().blob(key.as_bytes()).write(s, "objects/pack/pack-2");
        },
        Named("does not match its name"),
    ),
    (
        "an object in three packs, another one in the last",
        |s, key| {
            Pack::default().blob(b"b").write(s, "objects/pack/pack-1");
            Pack::default().blob(b"b").write(s, "objects/pack/pack-2");
            Pack::default().blob_as(name(b"b"), key.as_bytes()).write(s, "objects/pack/pack-3");
        },
        Named("could be read, but not from where"),
    ),
    (
        "an object in two packs that cannot be read in one",
        |s, _| {
            Pack::default().blob(b"b").write(s, "objects/pack/pack-1");
            let mut pack = Pack::default().blob(b"b");
            pack.entries[5] ^= 0xff;
            pack.write(s, "objects/pack/pack-2");
        },
        Named("could be read, but not from where"),
    ),
    (
        "a packed object that is another one",
        |s, key| Pack::default().blob_as(name(b"b"), key.as_bytes()).write(s, "objects/pack/x"),
        Named("does not match its name"),
    ),
    (
        "an object of an alternate that is another one here",
        |s, key| {
            s.git("..", &["init", "-q", "other"]);
            write(s, &format!("../../other/.git/objects/{}", loose_path(name(b"b"))), loose(b"b"));
            write(s, "objects/info/alternates", "../../../other/.git/objects\n");
            write(s, &format!("objects/{}", loose_path(name(b"b"))), loose(key.as_bytes()));
        },
        Named("does not match its name"),
    ),
    (
        "an object here that is another one in an alternate",
        |s, key| {
            s.git("..", &["init", "-q", "other"]);
            Pack::default().blob_as(name(b"b"), key.as_bytes()).write(s, "../../other/.git/objects/pack/x");
            write(s, "objects/info/alternates", "../../../other/.git/objects\n");
            write(s, &format!("objects/{}", loose_path(name(b"b"))), loose(b"b"));
        },
        Either("could be read, but not from where"),
    ),
    (
        "a comment in the list of alternates",
        |s, key| write(s, "objects/info/alternates", format!("# {key}\n")),
        Found,
    ),
];

#[test]
fn objects_and_bytes_in_unusual_places_are_read_or_named() {
    for (seed, (place, put, outcome)) in (0..).zip(OBJECTS.iter().chain(BYTES)) {
        let sandbox = repository();
        put(&sandbox, &openai_key(seed));
        assert_outcome(&audit(&sandbox), *outcome, place);
        if matches!(outcome, Found) {
            // Without a key, there is nothing to say.
            let sandbox = repository();
            put(&sandbox, "nothing at all that anybody would have to hide from the public, now or later");
            let report = audit(&sandbox);
            let is_leftover = place.contains("another name") && report.code == 2;
            assert!(report.code == 0 || is_leftover, "{place}: {:?}", report.not_scanned());
        }
    }
}

#[test]
fn a_second_opinion_does_not_overlook_what_libgit2_does_not_see() {
    for (seed, (place, put, outcome)) in (0..).zip(BYTES) {
        let sandbox = repository();
        put(&sandbox, &openai_key(seed));
        let run = sandbox.skanner(&["scan", "--history", "--second-opinion", "--format", "json"]);
        assert_ne!(run.code, 0, "{place} {outcome:?}: {run:?}");
    }
}

#[test]
fn copies_of_an_object_are_no_fault() {
    let sandbox = repository();
    for number in 0..3 {
        sandbox.write(format!("{number}.txt"), format!("{number}\n"));
        sandbox.git("", &["add", "-A"]);
        sandbox.git("", &["commit", "-qm", "more"]);
        // Neither the old pack nor the loose files are removed.
        sandbox.git("", &["repack", "-q", "-a"]);
    }
    sandbox.git("..", &["clone", "-q", "--shared", "tree", "other"]);
    let objects = sandbox.path("../other/.git/objects");
    sandbox.write(".git/objects/info/alternates", format!("{}\n", objects.display()));
    let report = audit(&sandbox);
    report.assert_clean();
    assert_eq!(report.json["scanned"]["blobs"], 4);
    assert_eq!(report.json["scanned"]["commits"], 4);
}
