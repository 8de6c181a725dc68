//! Archives, compressed files, packs and bundles: whatever cannot be opened is named, and memory is bounded.
#![no_main]

use std::{io, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use skanner::{
    Confidence,
    testing::{
        blob::{Blob, Content, Origin, SourceKind, WrappedContainers},
        expand::{Expander, Output},
        scan::{Engine, Scratch},
    },
};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Confidence::Likely).watch(&[]));

#[derive(Default)]
struct Reader {
    scratch: Scratch,
}

impl Output for Reader {
    fn blob(&mut self, _: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        ENGINE.scan(content, &mut self.scratch, &mut 0, |_| ())
    }

    fn take_containers(&mut self) -> WrappedContainers {
        self.scratch.take_containers()
    }

    fn not_scanned(&mut self, _: &Origin<'_>, why: String) {
        assert!(!why.is_empty());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let origin = || Origin::new(SourceKind::File, b"a/objects/00/11");
    let mut expander = Expander::default();
    let _ = expander.expand(Blob::new(origin(), Content::Bytes(bytes)), &mut Reader::default());
    let mut stream = bytes;
    let _ = expander.expand(Blob::new(origin(), Content::Stream(&mut stream)), &mut Reader::default());
});
