//! Large inputs go through in overlapping windows, so that memory stays bounded and no key is lost on a seam.

use std::io::{self, Read};

use super::{Engine, REACH, Scratch, Window, position::Cursor};
use crate::{blob::WINDOW, finding::Detection};

impl Engine {
    pub(super) fn scan_stream(
        &self,
        reader: &mut dyn Read,
        scratch: &mut Scratch,
        total: &mut u64,
        emit: &mut dyn FnMut(Detection),
    ) -> io::Result<()> {
        let mut window = std::mem::take(&mut scratch.window);
        window.resize(WINDOW, 0);
        let result = self.scan_windows(reader, &mut window, scratch, total, emit);
        scratch.window = window;
        result
    }

    fn scan_windows(
        &self,
        reader: &mut dyn Read,
        window: &mut [u8],
        scratch: &mut Scratch,
        total: &mut u64,
        emit: &mut dyn FnMut(Detection),
    ) -> io::Result<()> {
        let mut cursor = Cursor::default();
        let (mut filled, mut from) = (0, 0);
        loop {
            let read = fill(reader, &mut window[filled..]);
            // What came before an error is scanned, too.
            let (count, error) = match read {
                Ok(count) => (count, None),
                Err((count, error)) => (count, Some(error)),
            };
            *total += count as u64;
            filled += count;
            let text = &window[..filled];
            let is_last = filled < window.len();
            let anchors_end = if is_last { filled } else { filled - REACH };
            let settled = if is_last { filled } else { anchors_end - REACH };
            let next =
                self.scan_window(&Window { text, from, settled, anchors_end }, &mut cursor, scratch, emit);
            if let Some(error) = error {
                return Err(error);
            }
            if is_last {
                return Ok(());
            }
            let dropped = next.saturating_sub(2 * REACH);
            cursor.drop_front(text, dropped);
            window.copy_within(dropped..filled, 0);
            filled -= dropped;
            from = next - dropped;
        }
    }
}

/// Reads until the buffer is full or the input ends; an error comes with the count of bytes read before it.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut count = 0;
    while count < buffer.len() {
        match reader.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((count, error)),
        }
    }
    Ok(count)
}
