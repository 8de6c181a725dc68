//! Diagnostics as the protocol writes them.

use std::ops::Range;

use serde_json::{Value, json};

use super::text_check::TextMark;
use crate::{editor::EditorText, report::Level};

/// What is said about a part of a text.
pub(super) fn diagnostic(mark: &TextMark, text: &EditorText) -> Value {
    let severity = match mark.level {
        Level::Error => 1,
        Level::Warning => 2,
        Level::Note => 3,
    };
    let mut diagnostic = json!({
        "range": range(&mark.range, text),
        "severity": severity,
        "code": mark.code,
        "source": "skanner",
        "message": mark.message,
    });
    if let Some(page) = &mark.page {
        diagnostic["codeDescription"] = json!({ "href": page });
    }
    diagnostic
}

/// A part of a text.
pub(super) fn range(range: &Range<usize>, text: &EditorText) -> Value {
    let position = |offset| {
        let at = text.position(offset);
        json!({ "line": at.line, "character": at.column })
    };
    json!({ "start": position(range.start), "end": position(range.end) })
}
