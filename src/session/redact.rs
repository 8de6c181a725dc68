//! The one home of masking: every text that was written by others goes through here before it is shown. Paths, names in
//! archives, names of refs, comments, configurations, errors about them, and arguments of the command line.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    report::visible,
    rule::{Confidence, RuleSet},
    scan::{Engine, Scratch},
};

/// Makes texts safe to show. It masks whatever fits a shape of any rule at any confidence, on bytes, before they become
/// text. Cheap to make: the engine is built when the first text needs it.
#[derive(Default)]
pub(crate) struct Redactor {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// All rules, where there are others than the built-in ones.
    rules: Option<Arc<RuleSet>>,
    engine: Option<Arc<Engine>>,
}

impl Redactor {
    /// Masks by these rules from now on, which include the built-in ones.
    pub(crate) fn learn(&self, rules: Arc<RuleSet>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            State { rules: Some(rules), engine: None };
    }

    /// The engine that looks for everything.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { rules, engine } = &mut *state;
        let make = || Arc::new(Engine::with_rules(rules.clone(), Confidence::Possible, false));
        engine.get_or_insert_with(make).clone()
    }

    /// A text of any number of lines, with every secret in it masked. A byte that is not UTF-8 becomes `\xNN`.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let mut shown = String::with_capacity(bytes.len());
        let mut scratch = Scratch::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                shown.push('\n');
            }
            self.push_line(line, &mut scratch, &mut shown);
        }
        shown
    }

    /// A text that is shown as one line: masked, and with control characters escaped.
    pub(crate) fn line(&self, text: &str) -> String {
        visible(&self.text(text.as_bytes())).into_owned()
    }

    fn push_line(&self, line: &[u8], scratch: &mut Scratch, shown: &mut String) {
        let mut rest = 0;
        if self.has_own_rules() || may_hold_a_key(line) {
            for mask in self.engine().masks(line, scratch) {
                push_text(shown, &line[rest..mask.range.start]);
                shown.push_str(&mask.shown);
                rest = mask.range.end;
            }
        }
        push_text(shown, &line[rest..]);
    }

    /// Whether there are rules whose keys may be shorter than all others.
    fn has_own_rules(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).rules.is_some()
    }
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
