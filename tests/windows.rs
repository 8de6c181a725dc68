//! Large input goes through in windows: no answer may depend on where their seams fall.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::io::{self, Read};

use proptest::prelude::*;
use skanner::testing::{
    blob::{Content, WINDOW},
    finding::Detection,
    rule::Confidence,
    scan::{Engine, Scratch},
};
use support::{key, openai_key};

fn engine() -> Engine {
    Engine::new(Confidence::Possible)
}

/// Everything that is told of a detection, in one line.
fn line(detection: &Detection) -> String {
    let Detection {
        rule,
        confidence,
        why,
        candidates,
        has_context,
        secret,
        encoding,
        written,
        span,
        excerpt,
        terms: _,
    } = detection;
    format!(
        "{} {confidence} {why} {candidates:?} {has_context} {} {encoding:?} {:?} {span:?} {excerpt:?}",
        rule.id,
        secret.reveal(),
        written.as_ref().map(skanner::Secret::reveal)
    )
}

fn scan_whole(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    engine()
        .scan(Content::Bytes(text), &mut Scratch::default(), &mut 0, |one| found.push(line(&one)))
        .unwrap();
    found
}

fn scan_stream(mut text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut read = 0;
    let length = text.len() as u64;
    let content = Content::Stream(&mut text);
    engine().scan(content, &mut Scratch::default(), &mut read, |one| found.push(line(&one))).unwrap();
    assert_eq!(read, length);
    found
}

#[test]
fn a_key_on_any_seam_is_found() {
    let key = openai_key(1);
    let mut text = vec![b'.'; 2 * WINDOW];
    let step = WINDOW - (16 << 10);
    // Every offset of the key over the ends of the first two windows, and over the edges of what they decide.
    for end in [WINDOW, WINDOW - (8 << 10), WINDOW - (16 << 10), step + WINDOW] {
        for at in end - key.len() - 2..end + 2 {
            text[at..at + key.len()].copy_from_slice(key.as_bytes());
            let found = scan_stream(&text);
            assert_eq!(found.len(), 1, "at {at}: {found:?}");
            assert!(
                found[0].contains(&key) && found[0].contains(&format!("column: {},", at + 1)),
                "at {at}: {found:?}"
            );
            text[at..at + key.len()].fill(b'.');
        }
    }
}

#[test]
fn an_error_in_the_middle_keeps_what_came_before() {
    struct Broken<'a>(&'a [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("the disk is gone")),
                count => Ok(count),
            }
        }
    }
    let text = format!("x {}", openai_key(1));
    let (mut read, mut found) = (0, 0);
    let mut broken = Broken(text.as_bytes());
    let result =
        engine().scan(Content::Stream(&mut broken), &mut Scratch::default(), &mut read, |_| found += 1);
    assert_eq!(result.unwrap_err().to_string(), "the disk is gone");
    assert_eq!((read, found), (text.len() as u64, 1));
}

/// Pieces that texts of the next test are made of; `{}` is a key.
const PIECES: &[&str] = &[
    "key = \"{}\"\n",
    "{}",
    "sk-",
    "sk-proj-{}",
    "MOONSHOT_API_KEY={}\n",
    "\n",
    "{}, {}\n",
    "é汉 {} ",
    "task-{}",
    "sk-sk-{} ",
    " = \n\n\n",
];

/// Shapes with and without evidence, certain and possible.
const SHAPES: &[&str] = &[
    "sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A",
    "sk-{A:48}",
    "sk-{uuid4-hex}",
    "sk_live_{A:24}",
    "sk-or-v1-{h:64}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn windows_and_whole_texts_agree(seed: u64, pieces in prop::collection::vec((0..PIECES.len(), 0..SHAPES.len(), 0..3000_usize), 200..500)) {
        let mut text = String::new();
        for (at, (piece, shape, filler)) in pieces.iter().enumerate() {
            text.push_str(&PIECES[*piece].replace("{}", &key(SHAPES[*shape], seed.wrapping_add(at as u64 / 2))));
            text.push_str(&"filler ".repeat(filler / 7));
        }
        prop_assume!(text.len() > WINDOW);
        let (whole, stream) = (scan_whole(text.as_bytes()), scan_stream(text.as_bytes()));
        prop_assert!(!whole.is_empty());
        prop_assert_eq!(whole, stream);
    }
}
