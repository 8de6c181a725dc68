//! Archives, compressed files, packs and bundles: whatever cannot be opened is named, and memory is bounded.
#![no_main]

use std::io;

use libfuzzer_sys::fuzz_target;
use skanner::testing::{
    blob::{Blob, Content, Origin, SourceKind},
    expand::{Expander, Output},
};

struct Reader;

impl Output for Reader {
    fn blob(&mut self, _: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        match content {
            Content::Bytes(_) => Ok(()),
            Content::Stream(stream) => io::copy(stream, &mut io::sink()).map(|_| ()),
        }
    }

    fn not_scanned(&mut self, _: &Origin<'_>, why: String) {
        assert!(!why.is_empty());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let origin = || Origin::new(SourceKind::File, b"a/objects/00/11");
    let mut expander = Expander::default();
    let _ = expander.expand(Blob::new(origin(), Content::Bytes(bytes)), &mut Reader);
    let mut stream = bytes;
    let _ = expander.expand(Blob::new(origin(), Content::Stream(&mut stream)), &mut Reader);
});
