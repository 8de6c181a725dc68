//! The documents that are open in the editor.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;

use super::text_check::TextCheck;
use crate::{
    editor::{EditorPosition, EditorText, Language, PositionEncoding, file_of_uri, name_of_uri},
    path::{shown_text, with_whole_parent},
};

/// A document that is open.
pub(super) struct OpenDocument {
    /// The file that it is, if it is one.
    pub(super) file: Option<PathBuf>,
    /// Its path, or its name if it is no file.
    pub(super) name: String,
    /// What the editor calls its language.
    pub(super) language_id: String,
    /// Its version, as the editor counts.
    pub(super) version: Value,
    /// What is in it.
    pub(super) text: EditorText,
    /// Whether git ignores the file; `None` if that has to be found out.
    pub(super) is_ignored: Option<bool>,
    /// What was found in this version; `None` if it was not looked at yet.
    pub(super) check: Option<TextCheck>,
}

/// All of them, by their addresses.
#[derive(Default)]
pub(super) struct OpenDocuments {
    open: BTreeMap<String, OpenDocument>,
    /// Those that have changed since they were checked, the last one last.
    waiting: Vec<String>,
}

impl OpenDocuments {
    /// Opens the document that the parameters hold.
    pub(super) fn open(&mut self, params: &Value, encoding: PositionEncoding) -> Option<()> {
        let item = params.get("textDocument")?;
        let word = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (uri, language_id) = (word("uri"), word("languageId"));
        // Globs start from paths without links.
        let file = file_of_uri(&uri).map(|file| with_whole_parent(&file).unwrap_or(file));
        let name = match &file {
            Some(file) => shown_text(file),
            None => Language::named(name_of_uri(&uri), &language_id),
        };
        let document = OpenDocument {
            file,
            name,
            language_id,
            version: item.get("version").cloned().unwrap_or_default(),
            text: EditorText::new(item.get("text")?.as_str()?.to_owned(), encoding),
            is_ignored: None,
            check: None,
        };
        self.open.insert(uri.clone(), document);
        self.wait(&uri);
        Some(())
    }

    /// Changes the document that the parameters name. `None` if they are not understood: then the text is no longer known,
    /// and neither is the document.
    pub(super) fn change(&mut self, params: &Value, encoding: PositionEncoding) -> Option<()> {
        let uri = uri_of(params)?;
        let document = self.open.get_mut(uri)?;
        let changed = params.get("contentChanges").and_then(Value::as_array).and_then(|changes| {
            changes.iter().try_for_each(|change| {
                let text = change.get("text")?.as_str()?;
                match change.get("range").filter(|range| !range.is_null()) {
                    None => document.text = EditorText::new(text.to_owned(), encoding),
                    Some(range) => {
                        let (start, end) = (position(range.get("start")?)?, position(range.get("end")?)?);
                        document.text.change(start..end, text);
                    }
                }
                Some(())
            })
        });
        if changed.is_none() {
            self.open.remove(uri);
            return None;
        }
        document.version = params.pointer("/textDocument/version").cloned().unwrap_or_default();
        document.check = None;
        self.wait(uri);
        Some(())
    }

    /// Closes a document.
    pub(super) fn close(&mut self, uri: &str) {
        self.open.remove(uri);
        self.waiting.retain(|waiting| waiting != uri);
    }

    /// Forgets what was found in all documents: what decides about them has changed.
    pub(super) fn recheck(&mut self) {
        for (uri, document) in &mut self.open {
            document.check = None;
            document.is_ignored = None;
            if !self.waiting.contains(uri) {
                self.waiting.push(uri.clone());
            }
        }
    }

    /// Has a document checked before the others.
    pub(super) fn wait(&mut self, uri: &str) {
        self.waiting.retain(|waiting| waiting != uri);
        self.waiting.push(uri.to_owned());
    }

    /// Notes that a document has been checked.
    pub(super) fn wait_no_more(&mut self, uri: &str) {
        self.waiting.retain(|waiting| waiting != uri);
    }

    /// The document to check next: the one that was changed last, which is being looked at.
    pub(super) fn next_waiting(&mut self) -> Option<String> {
        self.waiting.pop()
    }

    /// An open document.
    pub(super) fn get_mut(&mut self, uri: &str) -> Option<&mut OpenDocument> {
        self.open.get_mut(uri)
    }
}

/// The address of the document that parameters name.
pub(super) fn uri_of(params: &Value) -> Option<&str> {
    params.pointer("/textDocument/uri").and_then(Value::as_str)
}

/// A position as the protocol writes it.
pub(super) fn position(value: &Value) -> Option<EditorPosition> {
    let number = |name: &str| value.get(name)?.as_u64().and_then(|number| usize::try_from(number).ok());
    Some(EditorPosition { line: number("line")?, column: number("character")? })
}
