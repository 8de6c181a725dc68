//! Looks for parts of keys in texts, in every form in which a report could show them.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::subjects::Planted;

/// As many bytes of a body as nobody should see.
const LENGTH: usize = 13;

/// All parts of bodies, in all forms, and whose they are.
pub(crate) struct Leaks {
    pieces: HashMap<[u8; LENGTH], usize>,
    names: Vec<String>,
}

impl Leaks {
    pub(crate) fn of(planted: &[Planted]) -> Self {
        let mut leaks = Self { pieces: HashMap::new(), names: Vec::new() };
        for one in planted {
            let body = &one.key.as_bytes()[one.public..];
            let name = leaks.names.len();
            leaks.names.push(format!("{} {}", one.rule, one.shape));
            for form in forms(body) {
                for piece in form.windows(LENGTH) {
                    leaks.pieces.insert(piece.try_into().unwrap(), name);
                }
            }
        }
        leaks
    }

    /// The keys of which a text shows a part, with what is around it.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for (at, piece) in text.windows(LENGTH).enumerate() {
            let Some(name) = self.pieces.get(piece) else { continue };
            let around = &text[at.saturating_sub(60)..text.len().min(at + 40)];
            found.push(format!("{}: {:?}", self.names[*name], String::from_utf8_lossy(around)));
        }
        found.truncate(1);
        found
    }
}

/// The body itself, and in base64, hex and percent-encoding.
fn forms(body: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = body
        .iter()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(*byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let mut forms =
        vec![body.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), percent.into_bytes()];
    for skipped in 0..3 {
        let whole = &body[skipped.min(body.len())..];
        let text = STANDARD_NO_PAD.encode(&whole[..whole.len() / 3 * 3]).into_bytes();
        forms.push(text.iter().map(|byte| if *byte == b'+' { b'-' } else { *byte }).collect());
        forms.push(text);
    }
    forms
}
