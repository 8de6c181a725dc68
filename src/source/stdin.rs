//! Standard input.

use std::io::Read;

use super::sink::Sink;
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    path::PathStyle,
};

/// Reads standard input to its end.
pub(crate) struct Stdin {
    /// The name to use in the report.
    pub name: Option<String>,
}

impl Stdin {
    /// Pushes the input. Empty input is reported as not read: something earlier in the pipe has probably failed, and
    /// "clean" would be a statement about nothing.
    pub(crate) fn feed(&self, sink: &mut impl Sink) {
        let path = &*PathStyle::OWN.shown(self.name.as_deref().unwrap_or_default().as_bytes());
        let mut counting = CountingStdin { inner: std::io::stdin().lock(), count: 0, is_over: false };
        let origin = Origin::new(SourceKind::Stdin, path);
        sink.blob(Blob::new(origin, Content::Stream(&mut counting)));
        if counting.count == 0 {
            let name = if path.is_empty() { b"standard input" } else { path };
            sink.nothing(name, "was empty: nothing was scanned".to_owned());
        }
    }
}

struct CountingStdin<R> {
    inner: R,
    count: u64,
    /// A terminal goes on after its end, and would have to be ended again.
    is_over: bool,
}

impl<R: Read> Read for CountingStdin<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.is_over {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        self.is_over = count == 0 && !buffer.is_empty();
        self.count += count as u64;
        Ok(count)
    }
}
