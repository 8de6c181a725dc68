//! What tells that a store still holds the files it held when it was read.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::{bytes::hex, regular_file};

/// A pack and its index both end with two checksums or one, of at most 32 bytes each.
const ENDING: u64 = 64;

/// A file that was written so long ago has another time if it is written again, in nanoseconds. Some file systems count in
/// steps of two seconds.
const SETTLED: u64 = 3_000_000_000;

/// So much of a pack is read at once, in bytes.
const CHUNK: usize = 1 << 18;

/// The files of a store that hold objects. Their paths are kept as digests: two paths may look alike as text, and a path may
/// hold a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoreStamp {
    /// The directory of the repository.
    pub(crate) directory: PathDigest,
    /// Packs, by the paths of their indexes.
    packs: BTreeMap<PathDigest, PackStamp>,
    /// Loose objects.
    loose: BTreeMap<PathDigest, FileStamp>,
    /// The digest of the file that says where a shallow clone ends; empty if there is none.
    shallow: String,
}

/// SHA-256 of a path, in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct PathDigest(String);

/// A pack and its index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackStamp {
    index: FileStamp,
    pack: FileStamp,
    /// The last bytes of both, which are their checksums, in hexadecimal digits.
    checksums: String,
    /// Where the pack is now.
    #[serde(skip)]
    path: PathBuf,
}

/// A file. One that has been written since has another stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileStamp {
    /// In bytes.
    size: u64,
    /// When it was written last, in nanoseconds since 1970.
    modified: u64,
    /// When anything about it changed last, in nanoseconds since 1970, which nobody can choose; zero on systems that do not
    /// tell.
    changed: u64,
    /// Its number in the file system; zero on systems that do not tell.
    number: u64,
    /// It was not written just before.
    is_settled: bool,
}

impl PathDigest {
    pub(super) fn of(path: &Path) -> Self {
        Self(hex::digits(&Sha256::digest(path.as_os_str().as_encoded_bytes())))
    }
}

impl StoreStamp {
    /// The stamp of the files as they are now. One that cannot be examined is in no stamp, so that it is read again.
    pub(super) fn of(directory: &Path, indexes: &[PathBuf], loose: &[PathBuf]) -> Self {
        let shallow = regular_file::read(&directory.join("shallow"));
        Self {
            directory: PathDigest::of(directory),
            packs: indexes
                .iter()
                .filter_map(|index| Some((PathDigest::of(index), PackStamp::of(index).ok()?)))
                .collect(),
            loose: loose
                .iter()
                .filter_map(|path| Some((PathDigest::of(path), FileStamp::of(path).ok()?)))
                .collect(),
            shallow: shallow.map_or_else(|_| String::new(), |text| hex::digits(&Sha256::digest(text))),
        }
    }

    /// Whether everything that was there is still there, and its packs are unchanged.
    pub(super) fn is_in(&self, now: &Self) -> bool {
        self.shallow == now.shallow
            && self.loose.keys().all(|path| now.loose.contains_key(path))
            && self.packs.iter().all(|(path, pack)| now.packs.get(path).is_some_and(|now| pack.is_same(now)))
    }

    /// Whether the pack with this index was there.
    pub(super) fn has_pack(&self, index: &Path) -> bool {
        self.packs.contains_key(&PathDigest::of(index))
    }

    /// Whether there was a loose file at this path.
    pub(super) fn names_loose(&self, path: &Path) -> bool {
        self.loose.contains_key(&PathDigest::of(path))
    }

    /// Whether this loose file was there, and is the same in both.
    pub(super) fn has_loose(&self, now: &Self, path: &Path) -> bool {
        let path = PathDigest::of(path);
        self.loose.get(&path).zip(now.loose.get(&path)).is_some_and(|(then, now)| then.is_of(now))
    }

    /// The same without packs that are not what their checksums say, or have changed since. Those of `known`, which is in this
    /// one, have been compared.
    #[must_use]
    pub(super) fn proved(mut self, known: Option<&Self>) -> Self {
        let is_known = |path: &PathDigest| known.is_some_and(|known| known.packs.contains_key(path));
        self.packs.retain(|path, pack| is_known(path) || pack.is_proved().is_ok_and(|is_proved| is_proved));
        self
    }
}

impl PackStamp {
    fn of(index: &Path) -> io::Result<Self> {
        let path = index.with_extension("pack");
        let mut checksums = String::new();
        for file in [index, &path] {
            let mut opened = regular_file::open(file)?;
            let size = opened.metadata()?.len();
            opened.seek(SeekFrom::Start(size.saturating_sub(ENDING)))?;
            let mut ending = Vec::new();
            opened.take(ENDING).read_to_end(&mut ending)?;
            checksums.push_str(&hex::digits(&ending));
        }
        Ok(Self { index: FileStamp::of(index)?, pack: FileStamp::of(&path)?, checksums, path })
    }

    /// Whether the pack that is there now has the same content. Git sets the time of a pack to now when it finds that an
    /// object it is to write is in there, and a copy of a repository has other times, so another time is no other content;
    /// but then the content is compared with its checksum.
    fn is_same(&self, now: &Self) -> bool {
        let is_index = self.index.is_of(&now.index)
            || (self.index.size == now.index.size
                && is_intact(&now.path.with_extension("idx")).unwrap_or(false));
        let is_pack = self.pack.is_of(&now.pack)
            || (self.pack.size == now.pack.size && is_intact(&now.path).unwrap_or(false));
        self.checksums == now.checksums && is_index && is_pack
    }

    /// Whether the pack is what its checksum says, and has not changed since this stamp was made.
    fn is_proved(&self) -> io::Result<bool> {
        Ok(is_intact(&self.path)? && FileStamp::of(&self.path)?.values() == self.pack.values())
    }
}

/// Whether a pack or an index is what the checksum at its end says; see git's `gitformat-pack`.
fn is_intact(path: &Path) -> io::Result<bool> {
    let size = path.symlink_metadata()?.len();
    let parts = |width: u64, digest: &mut dyn FnMut(&[u8])| -> io::Result<Vec<u8>> {
        let mut file = regular_file::open(path)?;
        let mut left = size.saturating_sub(width);
        let mut buffer = vec![0; CHUNK];
        while left > 0 {
            let chunk = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            file.read_exact(&mut buffer[..chunk])?;
            digest(&buffer[..chunk]);
            left -= chunk as u64;
        }
        let mut ending = Vec::new();
        file.read_to_end(&mut ending)?;
        Ok(ending)
    };
    let (mut old, mut new) = (Sha1::new(), Sha256::new());
    let of_old = parts(20, &mut |bytes| old.update(bytes))?;
    if of_old == old.finalize()[..] {
        return Ok(true);
    }
    let of_new = parts(32, &mut |bytes| new.update(bytes))?;
    Ok(of_new == new.finalize()[..])
}

impl FileStamp {
    /// Whether the file as it is now cannot be another one.
    fn is_of(&self, now: &Self) -> bool {
        self.is_settled && self.values() == now.values()
    }

    fn values(&self) -> (u64, u64, u64, u64) {
        (self.size, self.modified, self.changed, self.number)
    }

    fn of(path: &Path) -> io::Result<Self> {
        let metadata = path.symlink_metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        let (changed, number) = identity(&metadata);
        let modified = modified(&metadata)?;
        // What is written again within a tick of the clock has the same time. Its content is compared the next time.
        let is_settled = now().saturating_sub(modified.max(changed)) > SETTLED;
        Ok(Self { size: metadata.len(), modified, changed, number, is_settled })
    }
}

/// In nanoseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or_default()
}

/// When anything about a file changed last, and its number in the file system.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = metadata.ctime().wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec());
    (nanoseconds as u64, metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

fn modified(metadata: &Metadata) -> io::Result<u64> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    u64::try_from(since.as_nanos()).map_err(io::Error::other)
}
