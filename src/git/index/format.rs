//! Parses the header, entries, extensions and checksum of an index file.

use memchr::memchr;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{cache_tree::CachedTree, entry::IndexEntry, input::IndexBytes};
use crate::{git::tree::Mode, threads::Pool};

/// The content of one file.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) entries: Vec<IndexEntry>,
    /// The file, followed by those names that it does not store in full.
    pub(super) bytes: Vec<u8>,
    pub(super) cache: Option<CachedTree>,
    /// How it differs from its base, as stored in the extension: a checksum, then two bitmaps.
    pub(super) link: Option<Vec<u8>>,
    /// Its checksum, by which a split index identifies its base.
    pub(super) checksum: Vec<u8>,
}

/// `DIRC`, version, number of entries.
const HEADER: usize = 12;

/// The offset of the mode in an entry: after two eight-byte times, the device and the inode.
const MODE: usize = 24;

/// The offset of the object name in an entry.
const ID: usize = 40;

const EXTENDED: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

/// Entries point into at most this many bytes, including the names of version 4.
const MOST: usize = u32::MAX as usize / 2;

/// From this file size in bytes, it pays to compute the checksum in parallel with parsing.
const LARGE: usize = 1 << 20;

pub(super) fn parse(mut file: Vec<u8>, hash_length: usize, pool: &Pool) -> Result<Parsed, String> {
    let Some(end) = file.len().checked_sub(hash_length).filter(|end| *end >= HEADER) else {
        return Err("it is truncated".to_owned());
    };
    if file.len() > MOST {
        return Err("it is too large for an index".to_owned());
    }
    let (bytes, checksum) = file.split_at(end);
    // Git writes zeros if `index.skipHash` is set.
    let must_match = checksum.iter().any(|byte| *byte != 0);
    let matches = || !must_match || hash(bytes, hash_length) == checksum;
    let mut names = Vec::new();
    let mut read = || body(bytes, hash_length, file.len(), &mut names);
    let (parsed, matches) = if bytes.len() < LARGE { (read(), matches()) } else { pool.join(read, matches) };
    if !matches && bytes.starts_with(b"DIRC") {
        return Err("its checksum does not match, so it is damaged".to_owned());
    }
    let checksum = checksum.to_owned();
    file.append(&mut names);
    Ok(Parsed { checksum, bytes: file, ..parsed? })
}

fn hash(bytes: &[u8], hash_length: usize) -> Vec<u8> {
    if hash_length == 32 { Sha256::digest(bytes).to_vec() } else { Sha1::digest(bytes).to_vec() }
}

/// Parses everything except the checksum. Names not stored in full go into `names`, which will be placed at
/// `names_from`.
fn body(bytes: &[u8], hash_length: usize, names_from: usize, names: &mut Vec<u8>) -> Result<Parsed, String> {
    let damaged = |what: &str| format!("{what}, so it is damaged");
    let mut input = IndexBytes { bytes, at: 0 };
    if input.take(4) != Some(b"DIRC") {
        return Err("it is not a git index".to_owned());
    }
    let (version, count) = (input.u32().unwrap_or(0), input.u32().unwrap_or(0));
    if !matches!(version, 2..=4) {
        return Err(format!("it has version {version}, and skanner knows the versions 2 to 4"));
    }
    let mut parsed = Parsed::default();
    // No entry is shorter than this, so that a wrong count cannot make us reserve much memory.
    parsed.entries.reserve((bytes.len() / (ID + hash_length)).min(count as usize));
    for number in 0..count {
        let entry = if version == 4 {
            short_entry(&mut input, hash_length, names_from, names)
        } else {
            whole_entry(&mut input, hash_length)
        };
        let entry = entry.ok_or_else(|| damaged(&format!("entry {} of {count} is truncated", number + 1)))?;
        parsed.entries.push(entry);
    }
    while input.at < bytes.len() {
        let extension = input
            .take(4)
            .zip(input.u32())
            .and_then(|(name, size)| Some((<[u8; 4]>::try_from(name).ok()?, input.take(size as usize)?)));
        let (name, content) = extension.ok_or_else(|| damaged("an extension is truncated"))?;
        match &name {
            b"TREE" => {
                let tree = CachedTree::parse(content, hash_length);
                parsed.cache = Some(tree.ok_or_else(|| damaged("its tree cache is not valid"))?);
            }
            b"link" => {
                if content.len() < hash_length {
                    return Err(damaged("its link is not valid"));
                }
                parsed.link = Some(content.to_owned());
            }
            // Indicates that entries may be whole directories.
            b"sdir" => {}
            // In git, an uppercase first letter means that the extension may be ignored.
            _ if name[0].is_ascii_uppercase() => {}
            _ => {
                let name = String::from_utf8_lossy(&name).into_owned();
                return Err(format!("it needs the extension `{name}`, which skanner does not know"));
            }
        }
    }
    Ok(parsed)
}

/// Everything in an entry but its name.
fn head(input: &mut IndexBytes<'_>, hash_length: usize) -> Option<IndexEntry> {
    let start = input.at;
    let fixed = input.take(ID + hash_length)?;
    let mode = Mode::new(u32::from_be_bytes(fixed[MODE..MODE + 4].try_into().ok()?));
    let flags = input.u16()?;
    let more = if flags & EXTENDED != 0 { input.u16()? } else { 0 };
    let (stage, is_intent) = ((flags >> 12 & 3) as u8, more & INTENT_TO_ADD != 0);
    Some(IndexEntry { name: 0, name_length: 0, id: (start + ID) as u32, mode, stage, is_intent })
}

/// An entry of version 2 or 3, which contains its whole name.
fn whole_entry(input: &mut IndexBytes<'_>, hash_length: usize) -> Option<IndexEntry> {
    let start = input.at;
    let entry = head(input, hash_length)?;
    let name = input.at;
    let length = memchr(0, input.bytes.get(name..)?)?;
    input.at += length;
    // At least one zero, and as many as needed to pad the entry to a multiple of eight bytes.
    let zeros = input.take(8 - (input.at - start) % 8)?;
    zeros.iter().all(|byte| *byte == 0).then_some(IndexEntry {
        name: name as u32,
        name_length: length as u32,
        ..entry
    })
}

/// An entry of version 4, which stores how its name differs from the previous one.
fn short_entry(
    input: &mut IndexBytes<'_>,
    hash_length: usize,
    names_from: usize,
    names: &mut Vec<u8>,
) -> Option<IndexEntry> {
    let entry = head(input, hash_length)?;
    // Each name ends with a zero here, too, so that the previous one can be found.
    let before = names.len().saturating_sub(1);
    let last = names[..before].iter().rposition(|byte| *byte == 0).map_or(0, |zero| zero + 1);
    let kept = (before - last).checked_sub(usize::try_from(input.varint()?).ok()?)?;
    let start = names.len();
    names.extend_from_within(last..last + kept);
    names.extend_from_slice(input.until(0)?);
    let length = names.len() - start;
    names.push(0);
    let name = u32::try_from(names_from + start).ok().filter(|_| names.len() <= MOST)?;
    Some(IndexEntry { name, name_length: length as u32, ..entry })
}

impl Parsed {
    /// Everything else relies on the order, and git refuses an unsorted index, too.
    pub(super) fn check_order(&self) -> Result<(), String> {
        if self.entries.is_sorted_by(|a, b| a.key(&self.bytes) < b.key(&self.bytes))
            && self.entries.first().is_none_or(|first| first.name_length > 0)
        {
            return Ok(());
        }
        Err("its entries are not in order, so it is damaged".to_owned())
    }
}
