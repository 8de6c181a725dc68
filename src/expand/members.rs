//! Common code for formats that compress a single stream. Files may be concatenated, and other data may follow.

use std::{
    cell::{Cell, RefCell},
    io::{self, Read},
};

use super::{
    budget::{Budget, Meter},
    fault::user_error,
    input::{Input, SourceState},
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
};

/// How much header text is kept, in bytes.
const MOST_TEXT: usize = 1 << 20;

/// This many bytes are enough to tell whether a member begins.
const MAGIC: usize = 16;

/// A format whose files consist of members, each complete by itself.
pub(super) trait MemberCodec {
    /// What an error message calls the damaged data.
    const KIND: &'static str;

    /// Decompresses one member.
    type Member<'a>: Read;

    /// Whether a member begins with these bytes.
    fn begins(head: &[u8]) -> bool;

    /// The window and the fixed memory of a decoder for the member that begins here, both in bytes.
    fn memory(input: &mut Input<'_>) -> io::Result<(u64, u64)>;

    /// Starts at the beginning of a member. `window` comes from [`memory`](MemberCodec::memory).
    fn open(input: Input<'_>, window: u64) -> io::Result<Self::Member<'_>>;

    /// Text in the member's header.
    fn text(_: &Self::Member<'_>) -> Vec<u8> {
        Vec::new()
    }

    /// The input after a member that was read to its end.
    fn into_input(member: Self::Member<'_>) -> Input<'_>;
}

/// All members of an input, as one stream.
struct Members<'a, C: MemberCodec> {
    budget: &'a Budget,
    notes: &'a Notes,
    now: Option<(C::Member<'a>, Meter<'a>)>,
    input: Option<Input<'a>>,
}

/// What was seen along the way.
#[derive(Default)]
struct Notes {
    has_output: Cell<bool>,
    texts: RefCell<Vec<u8>>,
}

impl<C: MemberCodec> Members<'_, C> {
    /// Opens the next member, if there is one.
    fn open_next(&mut self) -> io::Result<bool> {
        let Some(mut input) = self.input.take() else { return Ok(false) };
        if !C::begins(input.peek(MAGIC)?) {
            input.skip_zeros()?;
            if !C::begins(input.peek(MAGIC)?) {
                self.input = Some(input);
                return Ok(false);
            }
        }
        // A file may consist entirely of empty members.
        self.budget.entry()?;
        let (window, fixed) = C::memory(&mut input)?;
        let meter = Meter::new(self.budget, window, fixed)?;
        let member = C::open(input, window)?;
        let mut texts = self.notes.texts.borrow_mut();
        texts.extend(C::text(&member));
        if texts.len() > MOST_TEXT {
            return Err(user_error(
                "has more than 1 MiB of names and comments, the limit: unpack it and scan the directory"
                    .to_owned(),
            ));
        }
        self.now = Some((member, meter));
        Ok(true)
    }
}

impl<C: MemberCodec> Read for Members<'_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some((member, meter)) = &mut self.now {
                let count = member.read(buffer)?;
                if count > 0 {
                    self.notes.has_output.set(true);
                    meter.add(count)?;
                    return Ok(count);
                }
            }
            if let Some((member, _)) = self.now.take() {
                self.input = Some(C::into_input(member));
            }
            if !self.open_next()? {
                return Ok(0);
            }
        }
    }
}

/// Passes on the content of the members, then whatever follows them.
pub(super) fn open<C: MemberCodec>(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let (flags, notes) = (SourceState::default(), Notes::default());
    let mut members =
        Members::<C> { budget: job.budget, notes: &notes, now: None, input: Some(source.input(&flags)) };
    let name = inner_name(place.archive.unwrap_or(job.origin.path));
    let mut result = job.inner(place, &name, &mut members);
    if let (Ok(()), Some(mut rest), false) = (&result, members.input.take(), job.budget.is_stopped()) {
        result = match rest.is_at_end() {
            Ok(true) => Ok(()),
            Ok(false) => job.inner(place, b"(trailing data)", &mut rest),
            Err(error) => Err(error),
        };
    }
    drop(members);
    job.text(place, b"(header)", &notes.texts.take());
    let is_unopened = result.is_err() && !notes.has_output.get() && !flags.failed.get();
    job.settle(place, C::KIND, &flags, result)?;
    if is_unopened && source.is_whole(&flags) && !job.budget.is_stopped() {
        job.raw(place, source)?;
    }
    Ok(())
}

/// The content of `b/a.txt.gz` is called `a.txt`.
fn inner_name(path: &[u8]) -> Vec<u8> {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'!')).next().unwrap_or(path);
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(dot) if dot > 0 => {
            let is_tar = matches!(&name[dot..], b".tgz" | b".tbz" | b".tbz2" | b".txz" | b".tzst");
            [&name[..dot], if is_tar { b".tar" } else { b"" }].concat()
        }
        _ => b"data".to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_names_are_those_people_expect() {
        for (path, name) in [
            ("a/b.tar.gz", "b.tar"),
            ("b.tgz", "b.tar"),
            ("layer.tar!etc/app.env.xz", "app.env"),
            ("backup", "data"),
            (".gz", "data"),
            ("", "data"),
        ] {
            assert_eq!(inner_name(path.as_bytes()), name.as_bytes(), "{path}");
        }
    }
}
