//! The one home of masking: every text that was written by others goes through here before it is shown. Paths, names in
//! archives, names of refs, comments, configurations, errors about them, and arguments of the command line.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{
    hidden::escape_control,
    rule::{Confidence, RuleSet},
    scan::{Engine, Masker, Scratch},
};

/// Makes texts safe to show. It masks whatever fits a shape of any rule at any confidence, on bytes, before they become
/// text.
#[derive(Default)]
pub(crate) struct Redactor {
    masker: Mutex<Arc<Masker>>,
    /// Searches whole files for everything; made when it is needed.
    engine: OnceLock<Engine>,
}

impl Redactor {
    /// Masks by these rules from now on, which include the built-in ones.
    pub(crate) fn learn(&self, rules: Arc<RuleSet>) {
        *self.masker.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Masker::with_rules(rules));
    }

    /// Finds what is masked.
    pub(crate) fn masker(&self) -> Arc<Masker> {
        self.masker.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An engine that looks for everything at every confidence, by the rules that were learned before the first call.
    pub(crate) fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let masker = self.masker();
            Engine::with_rules(masker.rules().cloned(), Confidence::Possible, Some(masker))
        })
    }

    /// A text of any number of lines, with every secret in it masked. A byte that is not UTF-8 becomes `\xNN`.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let masker = self.masker();
        let mut shown = String::with_capacity(bytes.len());
        let mut scratch = Scratch::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                shown.push('\n');
            }
            push_line(&masker, line, &mut scratch, &mut shown);
        }
        shown
    }

    /// A text that is shown as one line: masked, and with control characters escaped.
    pub(crate) fn line(&self, text: &str) -> String {
        escape_control(&self.text(text.as_bytes())).into_owned()
    }
}

fn push_line(masker: &Masker, line: &[u8], scratch: &mut Scratch, shown: &mut String) {
    let mut rest = 0;
    // Keys of rules that are not built in may be short.
    if masker.rules().is_some() || may_hold_a_key(line) {
        for mask in masker.masks(line, scratch) {
            push_text(shown, &line[rest..mask.range.start]);
            shown.push_str(&mask.shown);
            rest = mask.range.end;
        }
    }
    push_text(shown, &line[rest..]);
}

/// Appends bytes as text; what is not UTF-8 is written `\xNN`.
fn push_text(shown: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
}

/// Whether some part of a name is long enough; most are not, and there are as many names as files.
pub(super) fn may_hold_a_key(name: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'.' | b' ');
    name.split(is_separator).any(|part| {
        part.len() >= SHORTEST && part.iter().any(u8::is_ascii_digit) || part.len() >= 2 * SHORTEST
    })
}
