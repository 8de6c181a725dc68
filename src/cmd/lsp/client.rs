//! What the editor can do, and what it sets.

use std::path::PathBuf;

use serde_json::Value;

use crate::{
    editor::{PositionEncoding, file_of_uri},
    rule::Confidence,
    session::Options,
};

/// What the editor can do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClientFeatures {
    /// What its columns count.
    pub(super) encoding: PositionEncoding,
    /// It asks for diagnostics, and can be told to ask again.
    pub(super) pulls: bool,
    /// It takes edits for a version of a document.
    pub(super) edits_versions: bool,
    /// It shows pages.
    pub(super) shows_documents: bool,
    /// It can be asked to watch files.
    pub(super) watches: bool,
    /// It can be asked for its settings.
    pub(super) has_settings: bool,
}

impl ClientFeatures {
    /// Reads them from the parameters of `initialize`.
    pub(super) fn of(params: &Value) -> Self {
        let can = |path: &str| params.pointer(&format!("/capabilities{path}")) == Some(&Value::Bool(true));
        let has = |path: &str| params.pointer(&format!("/capabilities{path}")).is_some_and(Value::is_object);
        let encodings = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let names = encodings.into_iter().flatten().filter_map(Value::as_str);
        Self {
            encoding: PositionEncoding::first_of(names).unwrap_or_default(),
            pulls: has("/textDocument/diagnostic") && can("/workspace/diagnostics/refreshSupport"),
            edits_versions: can("/workspace/workspaceEdit/documentChanges"),
            shows_documents: can("/window/showDocument/support"),
            watches: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            has_settings: can("/workspace/configuration"),
        }
    }
}

/// The first folder of the workspace.
pub(super) fn first_folder(params: &Value) -> Option<PathBuf> {
    let uri = params.pointer("/workspaceFolders/0/uri").or_else(|| params.get("rootUri"));
    uri.and_then(Value::as_str).and_then(file_of_uri)
}

/// Puts what the editor sets over the options of the call. Returns what is wrong with it; what is not set is as in the call.
pub(super) fn apply_settings(
    settings: &Value,
    folder: Option<&PathBuf>,
    options: &mut Options,
) -> Vec<String> {
    // Many editors wrap them in the name of the server.
    let settings = settings.get("skanner").unwrap_or(settings);
    let mut wrong = Vec::new();
    let text = |name: &str, wrong: &mut Vec<String>| match settings.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
        Some(_) => {
            wrong.push(format!("the setting {name} must be a text"));
            None
        }
    };
    if let Some(word) = text("minConfidence", &mut wrong) {
        match Confidence::WORDS.iter().find(|(name, _)| name == word) {
            Some((_, confidence)) => options.flags.min_confidence = Some(*confidence),
            None => wrong.push(format!(
                "the setting minConfidence is `{word}`, but must be one of certain, likely and possible"
            )),
        }
    }
    if let Some(file) = text("config", &mut wrong) {
        options.config = Some(folder.map_or_else(|| PathBuf::from(file), |folder| folder.join(file)));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_taken_or_told() {
        let folder = PathBuf::from("/w");
        let applied = |settings: Value| {
            let mut options = Options::default();
            let wrong = apply_settings(&settings, Some(&folder), &mut options);
            (options.flags.min_confidence, options.config, wrong.len())
        };
        let file = |path: &str| Some(PathBuf::from(path));
        assert_eq!(applied(Value::Null), (None, None, 0));
        assert_eq!(applied(json!({ "other": 1 })), (None, None, 0));
        assert_eq!(applied(json!({ "minConfidence": "certain" })), (Some(Confidence::Certain), None, 0));
        assert_eq!(
            applied(
                json!({ "skanner": { "minConfidence": "possible", "config": "a.toml", "trace": "off" } })
            ),
            (Some(Confidence::Possible), file("/w/a.toml"), 0)
        );
        assert_eq!(
            applied(json!({ "config": "/b.toml", "minConfidence": null })),
            (None, file("/b.toml"), 0)
        );
        assert_eq!(applied(json!({ "config": "", "minConfidence": "sure" })), (None, None, 1));
        assert_eq!(applied(json!({ "config": 1, "minConfidence": [] })), (None, None, 2));
    }

    #[test]
    fn what_is_not_told_cannot_be_done() {
        let features = ClientFeatures::of(&Value::Null);
        assert!(!features.pulls && !features.shows_documents && features.encoding == PositionEncoding::Utf16);
        let features = ClientFeatures::of(&json!({ "capabilities": {
            "general": { "positionEncodings": ["utf-8", "utf-16"] },
            "textDocument": { "diagnostic": {} },
            "workspace": { "diagnostics": { "refreshSupport": true } },
        } }));
        assert!(features.pulls && features.encoding == PositionEncoding::Utf8);
    }
}
