//! Scans large inputs in overlapping windows, so that memory stays bounded and no key is lost at a boundary.

use std::io::{self, Read};

use super::{
    binary::is_binary,
    containers::OpenContainer,
    engine::{Engine, Window},
    expression::ExpressionProgress,
    scratch::{Scratch, WordCount},
    shape_match::REACH,
};
use crate::{
    blob::{Content, WINDOW},
    bytes::fill,
    decode::utf16,
    finding::{Cursor, Detection},
};

/// A text that comes in pieces, and the part of it that is in memory.
#[derive(Default)]
struct StreamWindow {
    buffer: Vec<u8>,
    filled: usize,
    /// Anchors before this offset are done.
    from: usize,
    cursor: Cursor,
    /// A container that goes on in the next piece.
    container: Option<OpenContainer>,
    /// How far regular expressions have been tried.
    expressions: ExpressionProgress,
}

impl StreamWindow {
    fn begin(mut buffer: Vec<u8>) -> Self {
        buffer.resize(WINDOW, 0);
        Self { buffer, ..Self::default() }
    }

    /// Scans the current part, to its end if nothing follows, and keeps what the next piece may need.
    fn scan(
        &mut self,
        is_last: bool,
        engine: &Engine,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Detection),
    ) {
        let text = &self.buffer[..self.filled];
        let anchors_end = if is_last { self.filled } else { self.filled - REACH };
        let settled = if is_last { self.filled } else { anchors_end - REACH };
        let window = Window { text, from: self.from, settled, anchors_end };
        scratch.containers.resume(self.container.take());
        std::mem::swap(&mut scratch.expressions, &mut self.expressions);
        let next = engine.scan_window(&window, &mut self.cursor, scratch, emit);
        std::mem::swap(&mut scratch.expressions, &mut self.expressions);
        if is_last {
            scratch.containers.end();
        }
        self.container = scratch.containers.pause();
        let dropped = next.saturating_sub(2 * REACH);
        self.cursor.drop_front(text, dropped);
        self.expressions.drop_front(dropped);
        self.buffer.copy_within(dropped..self.filled, 0);
        self.filled -= dropped;
        self.from = next - dropped;
    }

    /// Appends another piece from memory, and scans whenever the buffer is full.
    fn push(
        &mut self,
        mut piece: &[u8],
        is_last: bool,
        engine: &Engine,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Detection),
    ) {
        loop {
            let count = piece.len().min(WINDOW - self.filled);
            self.buffer[self.filled..self.filled + count].copy_from_slice(&piece[..count]);
            self.filled += count;
            piece = &piece[count..];
            if self.filled < WINDOW {
                break;
            }
            self.scan(false, engine, scratch, emit);
        }
        if is_last {
            self.scan(true, engine, scratch, emit);
        }
    }
}

impl Engine {
    /// Scans one blob, calls `emit` for every detection, and adds the number of scanned bytes to `read`. Detections are
    /// in the order of the text. A text that is also read as UTF-16 has two such orders, which may be mixed in any way.
    ///
    /// # Errors
    /// When a stream fails. Everything before the error has been scanned.
    pub fn scan(
        &self,
        content: Content<'_>,
        scratch: &mut Scratch,
        read: &mut u64,
        mut emit: impl FnMut(Detection),
    ) -> io::Result<()> {
        scratch.word_matches.clear();
        scratch.word_count = WordCount::default();
        scratch.is_binary = None;
        scratch.containers.begin();
        match content {
            Content::Bytes(text) => {
                let order = utf16::recognize(text);
                scratch.wide_apart = order.is_some();
                self.scan_text(text, scratch, &mut emit);
                scratch.wide_apart = false;
                // A text that begins like UTF-16 is read both ways, since its start may be misleading.
                if let Some(order) = order {
                    scratch.is_binary = Some(false);
                    let mut decoded = Vec::new();
                    utf16::Transcoder::new(order).decode(text, true, &mut decoded);
                    self.scan_text(&decoded, scratch, &mut in_encoding(order.name(), &mut emit));
                }
                *read += text.len() as u64;
                Ok(())
            }
            Content::Stream(reader) => self.scan_stream(reader, scratch, read, &mut emit),
        }
    }

    fn scan_stream(
        &self,
        reader: &mut dyn Read,
        scratch: &mut Scratch,
        total: &mut u64,
        emit: &mut impl FnMut(Detection),
    ) -> io::Result<()> {
        let mut stream = StreamWindow::begin(std::mem::take(&mut scratch.window));
        let result = self.scan_pieces(reader, &mut stream, scratch, total, emit);
        scratch.window = stream.buffer;
        result
    }

    fn scan_pieces(
        &self,
        reader: &mut dyn Read,
        stream: &mut StreamWindow,
        scratch: &mut Scratch,
        total: &mut u64,
        emit: &mut impl FnMut(Detection),
    ) -> io::Result<()> {
        // A text that begins like UTF-16 is read both ways, since its start may be misleading.
        let mut wide: Option<(utf16::Transcoder, StreamWindow, Vec<u8>)> = None;
        let mut is_first = true;
        loop {
            let before = stream.filled;
            // The bytes before an error are scanned, too.
            let (count, error) = fill(reader, &mut stream.buffer[before..]);
            stream.filled += count;
            let is_last = stream.filled < WINDOW;
            if std::mem::take(&mut is_first) {
                // Later windows do not hold the start.
                scratch.is_binary = Some(is_binary(&stream.buffer[..stream.filled]));
                wide = utf16::recognize(&stream.buffer[..stream.filled]).map(|order| {
                    (utf16::Transcoder::new(order), StreamWindow::begin(Vec::new()), Vec::new())
                });
            }
            *total += count as u64;
            if let Some((transcoder, wide_stream, decoded)) = &mut wide {
                decoded.clear();
                transcoder.decode(&stream.buffer[before..stream.filled], is_last, decoded);
                let mut emit = in_encoding(transcoder.name(), emit);
                let is_binary = scratch.is_binary.replace(false);
                wide_stream.push(decoded, is_last, self, scratch, &mut emit);
                scratch.is_binary = is_binary;
            }
            scratch.wide_apart = wide.is_some();
            stream.scan(is_last, self, scratch, emit);
            scratch.wide_apart = false;
            if let Some(error) = error {
                return Err(error);
            }
            if is_last {
                return Ok(());
            }
        }
    }
}

/// Adds the encoding of the whole text to every detection.
fn in_encoding(name: &'static str, emit: &mut impl FnMut(Detection)) -> impl FnMut(Detection) {
    move |mut detection| {
        detection.encoding.insert(0, name);
        emit(detection);
    }
}
