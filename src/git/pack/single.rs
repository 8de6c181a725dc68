//! Reads a single object from a pack, along with its delta bases.

use super::{
    delta::{self, Changes},
    header::{EntryHeader, PackedContent},
    inflate::Inflater,
    one::Pack,
    packs::Packs,
    reasons::{CIRCLE, NO_BASE},
};
use crate::{blob::ObjectId, git::kind::ObjectKind};

/// Bases in other packs are followed to this depth.
const DEEPEST: usize = 8;

impl Packs {
    /// Reads one object from the first pack that has it intact. Its name is not verified. Callers who need that must
    /// hash it.
    ///
    /// # Errors
    /// Why the last pack that should have it cannot provide it; `None` if no pack has it.
    pub fn read(&self, id: ObjectId) -> Result<(ObjectKind, Vec<u8>), Option<&'static str>> {
        self.read_below(id, 0)
    }

    fn read_below(&self, id: ObjectId, depth: usize) -> Result<(ObjectKind, Vec<u8>), Option<&'static str>> {
        let mut error = None;
        for pack in &self.packs {
            if let Some(position) = pack.file.index.find(id.as_bytes()) {
                match self.read_from(pack, position, depth) {
                    Ok(object) => return Ok(object),
                    Err(why) => error = Some(why),
                }
            }
        }
        Err(error)
    }

    fn read_from(
        &self,
        pack: &Pack,
        position: usize,
        depth: usize,
    ) -> Result<(ObjectKind, Vec<u8>), &'static str> {
        let mut inflater = Inflater::unchecked();
        let entry_at = |offset: Option<u64>| pack.forest.entry_at(offset?);
        let mut entry = entry_at(pack.file.index.offset(position)).ok_or("is listed outside of its pack")?;
        let mut deltas = Vec::new();
        let (kind, mut bytes) = loop {
            let header = pack
                .file
                .data
                .get(pack.forest.range(entry))
                .and_then(|bytes| EntryHeader::parse(bytes, pack.file.width));
            let header = header.ok_or("has a header that cannot be read")?;
            let base = match header.content {
                PackedContent::Whole(kind) => {
                    let mut bytes = Vec::new();
                    inflater.inflate(pack, entry, &mut bytes)?;
                    break (kind, bytes);
                }
                PackedContent::ByDistance(distance) => {
                    let start = pack.forest.range(entry).start as u64;
                    entry_at(start.checked_sub(distance)).filter(|base| *base < entry)
                }
                PackedContent::ByName(name) => match pack.file.index.find(name.as_bytes()) {
                    Some(position) => entry_at(pack.file.index.offset(position)),
                    None if depth < DEEPEST => {
                        let base = self.read_below(name, depth + 1);
                        deltas.push(entry);
                        break base.map_err(|why| why.unwrap_or(NO_BASE))?;
                    }
                    None => None,
                },
            };
            deltas.push(entry);
            // A chain without a cycle contains every entry at most once.
            if deltas.len() > pack.file.index.len() {
                return Err(CIRCLE);
            }
            entry = base.ok_or(NO_BASE)?;
        };
        let (mut delta, mut changes) = (Vec::new(), Changes::default());
        for entry in deltas.into_iter().rev() {
            inflater.inflate(pack, entry, &mut delta)?;
            let mut made = Vec::new();
            delta::apply(&bytes, &delta, &mut made, &mut changes)?;
            bytes = made;
        }
        Ok((kind, bytes))
    }
}
