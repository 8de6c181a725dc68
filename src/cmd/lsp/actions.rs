//! What the editor can do about a key: read it from the environment, allow it with a reason, open the page to revoke it.
//! An edit is offered only if a scan of the edited text no longer finds the key there, and nothing new.

use std::{collections::BTreeMap, ops::Range};

use serde_json::{Value, json};

use super::{
    client::ClientFeatures,
    diagnostics,
    documents::{OpenDocument, position},
    sessions::LoadedSession,
    text_check::{MarkedKey, TextMark, count_keys},
};
use crate::{
    advice::{KeyEdit, KeyPlace},
    editor::{CommentInsertion, Language, comment_beside},
    remedy,
};

/// The command that opens the page to revoke a key. Its argument is an object with the address of a document and the id of a
/// rule.
pub(super) const OPEN_PAGE: &str = "skanner.openRevocationPage";

/// Each edit is tried, so for more keys at once none are offered.
const MOST_KEYS: usize = 10;

/// What follows the word of a comment: the user replaces it.
const REASON: &str = "TODO: say why this is not a secret";

/// An edit of a text.
struct TextEdit {
    range: Range<usize>,
    with: String,
}

/// The text that a set of actions is about.
struct ActionContext<'a> {
    uri: &'a str,
    document: &'a OpenDocument,
    loaded: &'a LoadedSession,
    features: ClientFeatures,
    /// How often each key is in the text.
    before: BTreeMap<String, usize>,
}

/// The actions for the keys in the range that the parameters name.
pub(super) fn code_actions(
    params: &Value,
    uri: &str,
    document: &OpenDocument,
    loaded: &LoadedSession,
    features: ClientFeatures,
) -> Vec<Value> {
    let only = params.pointer("/context/only").and_then(Value::as_array);
    let wants_fixes =
        only.is_none_or(|only| only.iter().any(|kind| matches!(kind.as_str(), Some("" | "quickfix"))));
    let end = |name: &str| params.pointer(&format!("/range/{name}")).and_then(position);
    let (Some(start), Some(end), true) = (end("start"), end("end"), wants_fixes) else { return Vec::new() };
    let range = document.text.offset(start)..document.text.offset(end);
    let marks = document.check.iter().flat_map(|check| &check.marks);
    let touched = marks.filter(|mark| mark.range.start <= range.end && range.start <= mark.range.end);
    let keys: Vec<_> = touched.filter_map(|mark| Some((mark, mark.key.as_ref()?))).collect();
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Vec::new();
    }
    let Some(before) = count_keys(loaded, &document.name, document.text.text()) else { return Vec::new() };
    let context = ActionContext { uri, document, loaded, features, before };
    keys.into_iter().flat_map(|(mark, key)| context.actions(mark, key)).collect()
}

impl ActionContext<'_> {
    fn actions(&self, mark: &TextMark, key: &MarkedKey) -> impl Iterator<Item = Value> {
        let replace = self.replacement(mark, key).map(|(title, edit)| {
            let mut action = self.edit(mark, &title, &edit);
            action["isPreferred"] = json!(true);
            action
        });
        let allow = self.allowing(mark, key).map(|edit| {
            let title = format!("Allow it with a comment: it is not a secret ({})", key.rule.id);
            self.edit(mark, &title, &edit)
        });
        let open = page(key).filter(|_| self.features.shows_documents).map(|_| {
            let title = format!("Open the page to revoke it ({})", key.rule.issuer);
            let arguments = json!([{ "uri": self.uri, "rule": key.rule.id }]);
            json!({
                "title": title,
                "kind": "quickfix",
                "diagnostics": [diagnostics::diagnostic(mark, &self.document.text)],
                "command": { "title": title, "command": OPEN_PAGE, "arguments": arguments },
            })
        });
        [replace, allow, open].into_iter().flatten()
    }

    /// Reads the key from the environment, if the language can and the key is all of a literal.
    fn replacement(&self, mark: &TextMark, key: &MarkedKey) -> Option<(String, TextEdit)> {
        let text = &self.document.text;
        let line = text.line_around(mark.range.start);
        if !key.is_plain || mark.range.end > line.end {
            return None;
        }
        let root = crate::path::shown_text(&self.loaded.session.root);
        let inner = self.document.name.strip_prefix(&root).and_then(|inner| inner.strip_prefix('/'));
        let place = KeyPlace {
            path: inner.unwrap_or(&self.document.name),
            excerpt: &text.text()[line.clone()],
            marker: (mark.range.start - line.start, mark.range.end - line.start),
            is_in_git: false,
            is_output: false,
        };
        let KeyEdit { variable, expression, before, after } =
            KeyEdit::of(place, &key.rule.names, key.rule.named_after())?;
        // A name beside a key may hold another one.
        if self.loaded.session.redactor.line(&expression) != expression {
            return None;
        }
        let edit = TextEdit { range: mark.range.start - before..mark.range.end + after, with: expression };
        let title = format!("Read {variable} instead: {}", edit.with);
        self.takes_away(&edit, key).then_some((title, edit))
    }

    /// Adds a comment: it names the rule, or the key itself if that is not enough.
    fn allowing(&self, mark: &TextMark, key: &MarkedKey) -> Option<TextEdit> {
        let language = Language::of(&self.document.name, &self.document.language_id)?;
        [key.rule.id.as_str(), &key.fingerprint].into_iter().find_map(|name| {
            let what = format!("{name} {REASON}");
            let CommentInsertion { at, text } =
                comment_beside(&self.document.text, mark.range.clone(), language, &what)?;
            let edit = TextEdit { range: at..at, with: text };
            self.takes_away(&edit, key).then_some(edit)
        })
    }

    /// Whether a scan of the edited text finds the key less often, and no other one more or less often.
    fn takes_away(&self, edit: &TextEdit, key: &MarkedKey) -> bool {
        let mut text = self.document.text.text().to_owned();
        text.replace_range(edit.range.clone(), &edit.with);
        let Some(mut after) = count_keys(self.loaded, &self.document.name, &text) else { return false };
        let mut before = self.before.clone();
        let own = |counts: &mut BTreeMap<String, usize>| counts.remove(&key.fingerprint).unwrap_or_default();
        own(&mut after) < own(&mut before) && after == before
    }

    /// An action that edits the document.
    fn edit(&self, mark: &TextMark, title: &str, edit: &TextEdit) -> Value {
        let text = &self.document.text;
        let edits = json!([{ "range": diagnostics::range(&edit.range, text), "newText": edit.with }]);
        let edit = if self.features.edits_versions {
            let document = json!({ "uri": self.uri, "version": self.document.version });
            json!({ "documentChanges": [{ "textDocument": document, "edits": edits }] })
        } else {
            json!({ "changes": { self.uri: edits } })
        };
        json!({
            "title": title,
            "kind": "quickfix",
            "diagnostics": [diagnostics::diagnostic(mark, text)],
            "edit": edit,
        })
    }
}

/// The page to revoke a key. A configuration may name anything, so only pages of the web count.
fn page(key: &MarkedKey) -> Option<&str> {
    web_page(remedy::revoke_url(&key.rule))
}

/// The address, if it is one of the web.
pub(super) fn web_page(url: &str) -> Option<&str> {
    Some(url).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}
