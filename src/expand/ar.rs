//! ar: Debian packages and static libraries.

use std::io::{self, BufRead};

use super::{
    fault::user_error,
    input::{ExactReader, Input, SourceState},
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
};

const MAGIC: &[u8] = b"!<arch>\n";

const HEADER: usize = 60;

/// The longest table of names that is read, in bytes.
const LONGEST: u64 = 1 << 20;

pub(super) fn recognize(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && head.get(MAGIC.len()..).is_some_and(|rest| Member::parse(rest).is_some())
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let flags = SourceState::default();
    let is_package = source.head()[MAGIC.len()..].starts_with(b"debian-binary");
    let mut input = source.input(&flags);
    let result = members(job, place, &mut input, is_package);
    drop(input);
    match result {
        // A library may end anywhere, and what it holds was scanned as it is.
        Err(_) if !is_package && !flags.failed.get() && !job.budget.is_stopped() => Ok(()),
        result => job.settle(place, "ar archive", &flags, result),
    }
}

/// What a header says.
struct Member {
    name: Vec<u8>,
    size: u64,
}

impl Member {
    fn parse(header: &[u8]) -> Option<Self> {
        let header = header.get(..HEADER).filter(|header| header.ends_with(b"`\n"))?;
        let size = std::str::from_utf8(&header[48..58]).ok()?.trim_end().parse().ok()?;
        Some(Self { name: header[..16].trim_ascii_end().to_vec(), size })
    }
}

fn members(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    input: &mut Input<'_>,
    is_package: bool,
) -> io::Result<()> {
    input.peek(MAGIC.len())?;
    input.consume(MAGIC.len());
    let mut long_names = Vec::new();
    while !job.budget.is_stopped() && !input.is_at_end()? {
        let Some(member) = Member::parse(input.peek(HEADER)?) else {
            job.inner(place, b"(trailing data)", input)?;
            let why = "has a damaged header: everything after it was scanned as is";
            return if is_package { Err(user_error(why.to_owned())) } else { Ok(()) };
        };
        input.consume(HEADER);
        job.budget.entry()?;
        let mut data = ExactReader { input, left: member.size };
        let name = member_name(&member.name, &mut data, &long_names)?;
        job.name(place, &name);
        if name == b"//" && member.size <= LONGEST {
            io::Read::read_to_end(&mut data, &mut long_names)?;
            job.text(place, b"(names)", &long_names);
        } else if data.left > 0 {
            job.inner(place, &name, &mut data)?;
        }
        let left = data.left;
        let mut rest = ExactReader { input, left };
        io::copy(&mut rest, &mut io::sink())?;
        // Members begin at even offsets. The last one need not be padded.
        if member.size % 2 == 1 && !input.is_at_end()? {
            input.consume(1);
        }
    }
    Ok(())
}

/// The name of a member: in its header, before its data, or in a table of its own.
fn member_name(name: &[u8], data: &mut ExactReader<'_, '_>, long_names: &[u8]) -> io::Result<Vec<u8>> {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<usize>().ok();
    if let Some(length) = name.strip_prefix(b"#1/").and_then(number).filter(|length| *length <= 4096) {
        let mut own = vec![0; length];
        io::Read::read_exact(data, &mut own)?;
        own.truncate(own.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        return Ok(own);
    }
    if let Some(long) = name.strip_prefix(b"/").and_then(number).and_then(|at| long_names.get(at..)) {
        let end = long.iter().position(|byte| matches!(byte, b'/' | b'\n')).unwrap_or(long.len());
        return Ok(long[..end].to_vec());
    }
    Ok(match name.strip_suffix(b"/") {
        Some(short) if !short.is_empty() && short != b"/" => short.to_vec(),
        _ => name.to_vec(),
    })
}
