//! The `link` extension: an index stored as its difference from another one, the shared index.

use std::path::Path;

use super::{
    bitmap::Bitmap,
    entry::IndexEntry,
    format::{Parsed, parse},
    input::IndexBytes,
};
use crate::{bytes::hex, cold::ColdSort, regular_file, threads::Pool};

/// How an index differs from its base.
struct LinkExtension<'a> {
    /// The checksum of the base; all zeros if there is none.
    base: &'a [u8],
    /// Two bitmaps: which entries of the base were removed, and which are replaced by the first entries of this index,
    /// which have no names.
    bitmaps: &'a [u8],
}

/// Merges the index with its base, which is in the same directory. `link` is at least as long as a checksum.
pub(super) fn join(
    git_directory: &Path,
    link: &[u8],
    own: Parsed,
    hash_length: usize,
    pool: &Pool,
) -> Result<Parsed, String> {
    let (base, bitmaps) = link.split_at(hash_length);
    let link = LinkExtension { base, bitmaps };
    if link.base.iter().all(|byte| *byte == 0) {
        return Ok(own);
    }
    let name = format!("sharedindex.{}", hex::digits(link.base));
    let said = |why: String| format!("its base {name}: {why}");
    let bytes = regular_file::read(&git_directory.join(&name)).map_err(|error| said(error.to_string()))?;
    let base = parse(bytes, hash_length, pool).map_err(said)?;
    if base.checksum != link.base || base.link.is_some() {
        return Err(said("it is not the expected one".to_owned()));
    }
    merge(&link, own, base).ok_or_else(|| "it does not match its base".to_owned())
}

fn merge(link: &LinkExtension<'_>, own: Parsed, base: Parsed) -> Option<Parsed> {
    // Append the bytes of the base to our own.
    let offset = u32::try_from(own.bytes.len()).ok()?;
    let mut bytes = own.bytes;
    bytes.extend_from_slice(&base.bytes);
    let mut kept: Vec<Option<IndexEntry>> = Vec::with_capacity(base.entries.len());
    for entry in base.entries {
        let (name, id) = (entry.name.checked_add(offset)?, entry.id.checked_add(offset)?);
        kept.push(Some(IndexEntry { name, id, ..entry }));
    }
    let (mut deleted, mut replaced) = (Vec::new(), Vec::new());
    if !link.bitmaps.is_empty() {
        let mut input = IndexBytes { bytes: link.bitmaps, at: 0 };
        deleted = Bitmap::parse(&mut input, kept.len())?.0;
        replaced = Bitmap::parse(&mut input, kept.len())?.0;
    }
    let mut entries = own.entries.into_iter();
    for at in replaced {
        let old = kept.get_mut(at)?.as_mut()?;
        let new = entries.next().filter(|new| new.name_length == 0)?;
        *old = IndexEntry { name: old.name, name_length: old.name_length, ..new };
    }
    for at in deleted {
        *kept.get_mut(at)? = None;
    }
    // Our own entries come before base entries with the same name.
    let mut merged: Vec<IndexEntry> = entries.chain(kept.into_iter().flatten()).collect();
    merged.cold_sort_by(|a, b| a.key(&bytes).cmp(&b.key(&bytes)));
    merged.dedup_by(|b, a| a.key(&bytes) == b.key(&bytes));
    Some(Parsed { entries: merged, bytes, cache: own.cache, ..Parsed::default() })
}
