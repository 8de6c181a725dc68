//! What tells that a store still holds the files it held when it was read.

use std::{
    collections::BTreeSet,
    fs::Metadata,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::{bytes::hex, path::shown_text, regular_file};

/// A pack and its index both end with two checksums or one, of at most 32 bytes each.
const ENDING: u64 = 64;

/// So much of a pack is read at once, in bytes.
const CHUNK: usize = 1 << 18;

/// The files of a store that hold objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoreStamp {
    /// The directory of the repository, absolute.
    pub(crate) directory: String,
    /// Packs and their indexes.
    packs: BTreeSet<PackStamp>,
    /// Loose objects.
    loose: BTreeSet<FileStamp>,
}

/// A pack and its index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct PackStamp {
    index: FileStamp,
    pack: FileStamp,
    /// The last bytes of both, which are their checksums, in hexadecimal digits.
    checksums: String,
}

/// A file. One that has been written since has another stamp.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct FileStamp {
    path: String,
    /// In bytes.
    size: u64,
    /// When it was written last, in nanoseconds since 1970.
    modified: u64,
}

impl StoreStamp {
    /// The stamp of the files as they are now. One that cannot be examined is in no stamp, so that it is read again.
    pub(super) fn of(directory: &Path, indexes: &[PathBuf], loose: &[PathBuf]) -> Self {
        Self {
            directory: shown_text(directory),
            packs: indexes.iter().filter_map(|index| PackStamp::of(index).ok()).collect(),
            loose: loose.iter().filter_map(|path| FileStamp::of(path).ok()).collect(),
        }
    }

    /// Whether everything that was there is still there, and its packs are unchanged.
    pub(super) fn is_in(&self, now: &Self) -> bool {
        let paths: BTreeSet<&str> = now.loose.iter().map(|file| &*file.path).collect();
        self.packs.iter().all(|pack| now.packs.iter().any(|other| pack.is_same(other)))
            && self.loose.iter().all(|file| paths.contains(&*file.path))
    }

    /// Whether the pack with this index was there.
    pub(super) fn has_pack(&self, index: &Path) -> bool {
        let path = shown_text(index);
        self.packs.iter().any(|pack| pack.index.path == path)
    }

    /// The loose files that were there and have not been written since, by their paths.
    pub(super) fn unchanged_loose<'a>(&'a self, now: &'a Self) -> BTreeSet<&'a str> {
        self.loose.intersection(&now.loose).map(|file| &*file.path).collect()
    }
}

impl PackStamp {
    /// Whether the other one is of the same files with the same content. Git sets the time of a pack to now when it finds
    /// that an object it is to write is in there, so another time is no other content; but then the content is compared
    /// with its checksum.
    fn is_same(&self, other: &Self) -> bool {
        let (own, now) = (&self.pack, &other.pack);
        self.index == other.index
            && self.checksums == other.checksums
            && (&own.path, own.size) == (&now.path, now.size)
            && (own.modified == now.modified || self.is_intact().is_ok_and(|is_intact| is_intact))
    }

    /// Whether the pack is what its checksum says, which is at its end; see git's `gitformat-pack`.
    fn is_intact(&self) -> io::Result<bool> {
        let (path, size) = (Path::new(&self.pack.path), self.pack.size);
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

    fn of(index: &Path) -> io::Result<Self> {
        let pack = index.with_extension("pack");
        let mut checksums = String::new();
        for file in [index, &pack] {
            let mut opened = regular_file::open(file)?;
            let size = opened.metadata()?.len();
            opened.seek(SeekFrom::Start(size.saturating_sub(ENDING)))?;
            let mut ending = Vec::new();
            opened.take(ENDING).read_to_end(&mut ending)?;
            checksums.push_str(&hex::digits(&ending));
        }
        Ok(Self { index: FileStamp::of(index)?, pack: FileStamp::of(&pack)?, checksums })
    }
}

impl FileStamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = path.symlink_metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        Ok(Self { path: shown_text(path), size: metadata.len(), modified: modified(&metadata)? })
    }
}

fn modified(metadata: &Metadata) -> io::Result<u64> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    u64::try_from(since.as_nanos()).map_err(io::Error::other)
}
