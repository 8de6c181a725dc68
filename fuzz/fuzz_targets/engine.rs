//! Keys in text: read whole and as a stream, the same are found, and nothing is shown of them but their mask.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::{
    blob::Content,
    rule::Confidence,
    scan::{Engine, Scratch},
};

fuzz_target!(|bytes: &[u8]| {
    let engine = Engine::new(Confidence::Possible);
    let mut scratch = Scratch::default();
    let mut find = |content: Content<'_>| {
        let mut found = Vec::new();
        let mut read = 0;
        engine
            .scan(content, &mut scratch, &mut read, |one| {
                let secret = one.secret.reveal();
                assert!(!secret.is_empty() && one.span.line <= one.span.end_line);
                assert!(secret.chars().count() < 24 || !one.excerpt.text.contains(&secret), "shown");
                found.push((one.span, one.rule.id.clone(), secret));
            })
            .expect("memory can be read");
        found.sort();
        found
    };
    let whole = find(Content::Bytes(bytes));
    let mut stream = bytes;
    assert_eq!(whole, find(Content::Stream(&mut stream)));
});
