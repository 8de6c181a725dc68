//! Header, entries, extensions and checksum.

use memchr::memchr;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{CachedTree, Entry, split::Link};
use crate::blob::ObjectId;

/// What one file holds.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) entries: Vec<Entry>,
    pub(super) names: Vec<u8>,
    pub(super) cache: Option<CachedTree>,
    /// The file it is a part of.
    pub(super) link: Option<Link>,
    /// Its checksum, by which a split index names its base.
    pub(super) checksum: Vec<u8>,
}

/// `DIRC`, version, number of entries.
const HEADER: usize = 12;

/// Where the mode stands in an entry: behind two times of eight bytes, the device and the inode.
const MODE: usize = 24;

/// Where the object's name stands in an entry.
const ID: usize = 40;

const EXTENDED: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

/// The files of which it is worth to compute the checksum beside the reading, in bytes.
const LARGE: usize = 1 << 20;

pub(super) fn parse(file: &[u8], hash_length: usize) -> Result<Parsed, String> {
    let Some(end) = file.len().checked_sub(hash_length).filter(|end| *end >= HEADER) else {
        return Err("it is cut short".to_owned());
    };
    let (bytes, checksum) = file.split_at(end);
    // Git writes zeros where `index.skipHash` is set.
    let must_match = checksum.iter().any(|byte| *byte != 0);
    let matches = || !must_match || hash(bytes, hash_length) == checksum;
    let (matches, parsed) = if bytes.len() < LARGE {
        (matches(), body(bytes, hash_length))
    } else {
        std::thread::scope(|scope| {
            let matches = scope.spawn(matches);
            let parsed = body(bytes, hash_length);
            (matches.join().unwrap_or(false), parsed)
        })
    };
    if !matches && bytes.starts_with(b"DIRC") {
        return Err("its checksum does not match, so that it is damaged".to_owned());
    }
    Ok(Parsed { checksum: checksum.to_owned(), ..parsed? })
}

fn hash(bytes: &[u8], hash_length: usize) -> Vec<u8> {
    if hash_length == 32 { Sha256::digest(bytes).to_vec() } else { Sha1::digest(bytes).to_vec() }
}

fn body(bytes: &[u8], hash_length: usize) -> Result<Parsed, String> {
    let damaged = |what: &str| format!("{what}, so that it is damaged");
    let mut input = Input { bytes, at: 0 };
    if input.take(4) != Some(b"DIRC") {
        return Err("it is no index of git".to_owned());
    }
    let (version, count) = (input.u32().unwrap_or(0), input.u32().unwrap_or(0));
    if !matches!(version, 2..=4) {
        return Err(format!("it has version {version}, and skanner knows the versions 2 to 4"));
    }
    let mut parsed = Parsed::default();
    // No entry is shorter than this, so that a wrong number cannot make us reserve much.
    let most = bytes.len() / (ID + hash_length);
    parsed.entries.reserve(most.min(count as usize));
    parsed.names.reserve(bytes.len().saturating_sub(count as usize * (ID + hash_length)).min(bytes.len()));
    for number in 0..count {
        entry(&mut input, version, hash_length, &mut parsed)
            .ok_or_else(|| damaged(&format!("entry {} of {count} is cut short", number + 1)))?;
    }
    while input.at < bytes.len() {
        let extension = input
            .take(4)
            .zip(input.u32())
            .and_then(|(name, size)| Some((<[u8; 4]>::try_from(name).ok()?, input.take(size as usize)?)));
        let (name, content) = extension.ok_or_else(|| damaged("an extension is cut short"))?;
        match &name {
            b"TREE" => {
                let tree = CachedTree::parse(content, hash_length);
                parsed.cache = Some(tree.ok_or_else(|| damaged("its tree cache makes no sense"))?);
            }
            b"link" => {
                let link = Link::parse(content, hash_length);
                parsed.link = Some(link.ok_or_else(|| damaged("its link makes no sense"))?);
            }
            // That folders may stand for what is in them.
            b"sdir" => {}
            // By their first letter git tells what may be left out of account.
            _ if name[0].is_ascii_uppercase() => {}
            _ => {
                let name = String::from_utf8_lossy(&name).into_owned();
                return Err(format!("it needs the extension `{name}`, which skanner does not know"));
            }
        }
    }
    Ok(parsed)
}

fn entry(input: &mut Input<'_>, version: u32, hash_length: usize, parsed: &mut Parsed) -> Option<()> {
    let start = input.at;
    let fixed = input.take(ID + hash_length)?;
    let mode = u32::from_be_bytes(fixed[MODE..MODE + 4].try_into().ok()?);
    let id = ObjectId::new(&fixed[ID..])?;
    let flags = input.u16()?;
    let more = if flags & EXTENDED != 0 { input.u16()? } else { 0 };
    let from = parsed.names.len();
    if version == 4 {
        let strip = usize::try_from(input.varint()?).ok()?;
        let last = parsed.entries.last().map_or(0..0, |last| last.name.clone());
        let kept = last.len().checked_sub(strip)?;
        parsed.names.extend_from_within(last.start..last.start + kept);
    }
    let rest = input.bytes.get(input.at..)?;
    let length = memchr(0, rest)?;
    parsed.names.extend_from_slice(&rest[..length]);
    input.at += length;
    if version == 4 {
        input.take(1)?;
    } else {
        // At least one zero, and as many as make the entry a multiple of eight bytes long.
        let zeros = 8 - (input.at - start) % 8;
        input.take(zeros).filter(|zeros| zeros.iter().all(|byte| *byte == 0))?;
    }
    let stage = (flags >> 12 & 3) as u8;
    let is_intent = more & INTENT_TO_ADD != 0;
    parsed.entries.push(Entry { name: from..parsed.names.len(), mode, id, stage, is_intent });
    Some(())
}

impl Parsed {
    /// Everything else relies on the order, and git refuses an index without it, too.
    pub(super) fn check_order(&self) -> Result<(), String> {
        let key = |entry: &Entry| (&self.names[entry.name.clone()], entry.stage);
        if self.entries.iter().is_sorted_by(|a, b| key(a) < key(b))
            && self.entries.first().is_none_or(|first| !first.name.is_empty())
        {
            return Ok(());
        }
        Err("its entries are not in order, so that it is damaged".to_owned())
    }
}

/// Bytes that are read from the front.
pub(super) struct Input<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    /// The bytes up to `end`, which is skipped.
    pub(super) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let length = memchr(end, self.bytes.get(self.at..)?)?;
        let taken = self.take(length)?;
        self.at += 1;
        Some(taken)
    }

    /// As in the offsets of packs: seven bits a byte, and one is added before each shift.
    fn varint(&mut self) -> Option<u64> {
        let mut byte = self.take(1)?[0];
        let mut value = u64::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            value = value.checked_add(1)?.checked_mul(0x80)? + u64::from(byte & 0x7f);
        }
        Some(value)
    }
}
