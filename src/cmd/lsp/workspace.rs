//! What is open, how it is scanned, and what was found in it.

use std::{collections::BTreeSet, path::PathBuf, rc::Rc, sync::Arc};

use serde_json::Value;

use super::{
    actions,
    client::{ClientFeatures, apply_settings},
    config_file, diagnostics,
    documents::{OpenDocument, OpenDocuments, uri_of},
    sessions::{LoadOutcome, LoadedSessions},
    text_check::TextCheck,
};
use crate::{
    remedy,
    session::{Options, Redactor, or_builtin},
    source::is_ignored,
};

/// The documents, and the settings of their scans.
pub(super) struct EditorWorkspace {
    /// What is open.
    pub(super) documents: OpenDocuments,
    /// The first folder.
    pub(super) folder: Option<PathBuf>,
    /// The options of the call.
    called_with: Options,
    /// The same with what the editor sets.
    options: Options,
    sessions: LoadedSessions,
    redactor: Arc<Redactor>,
    /// Errors of configurations that have been told.
    told: BTreeSet<Rc<str>>,
}

impl EditorWorkspace {
    /// An empty one, in which these options count.
    pub(super) fn new(options: Options, redactor: &Arc<Redactor>) -> Self {
        Self {
            documents: OpenDocuments::default(),
            folder: None,
            called_with: options.clone(),
            options,
            sessions: LoadedSessions::default(),
            redactor: redactor.clone(),
            told: BTreeSet::new(),
        }
    }

    /// Takes what the editor sets. Returns what is wrong with it, safe to show.
    pub(super) fn set(&mut self, settings: &Value) -> Vec<String> {
        self.options = self.called_with.clone();
        let wrong = apply_settings(settings, self.folder.as_ref(), &mut self.options);
        self.forget();
        wrong.iter().map(|text| self.redactor.line(text)).collect()
    }

    /// Forgets what was read and found.
    pub(super) fn forget(&mut self) {
        self.sessions.clear();
        self.told.clear();
        self.documents.recheck();
    }

    /// The document was saved: git may have learned of it meanwhile.
    pub(super) fn note_saved(&mut self, uri: &str) {
        if let Some(document) = self.documents.get_mut(uri) {
            (document.is_ignored, document.check) = (None, None);
            self.documents.wait(uri);
        }
    }

    /// Scans a document, unless that was done already. Returns the error of a configuration that was not told yet.
    pub(super) fn check(&mut self, uri: &str) -> Option<Rc<str>> {
        let (outcome, has_changed) = self.session(uri)?;
        if has_changed {
            self.told.clear();
            self.documents.recheck();
            self.documents.wait_no_more(uri);
        }
        let document = self.documents.get_mut(uri).filter(|document| document.check.is_none())?;
        let mut check = TextCheck::caught(|| scan(document, &outcome));
        if let Some(file) = &document.file {
            check.marks.extend(config_file::problems(file, document.text.text()));
        }
        document.check = Some(check);
        outcome.err().filter(|why| self.told.insert(why.clone()))
    }

    /// What is to be shown in a document.
    pub(super) fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let Some(document) = self.documents.get_mut(uri) else { return Vec::new() };
        let marks = document.check.iter().flat_map(|check| &check.marks);
        marks.map(|mark| diagnostics::diagnostic(mark, &document.text)).collect()
    }

    /// What can be done about the keys in a part of a document, which has been checked.
    pub(super) fn code_actions(&mut self, params: &Value, features: ClientFeatures) -> Vec<Value> {
        let uri = uri_of(params).unwrap_or_default();
        let Some((Ok(loaded), _)) = self.session(uri) else { return Vec::new() };
        let Some(document) = self.documents.get_mut(uri) else { return Vec::new() };
        actions::code_actions(params, uri, document, &loaded, features)
    }

    /// The page to revoke keys of a rule that counts for a document.
    pub(super) fn page_of(&mut self, uri: &str, rule: &str) -> Option<String> {
        let loaded = self.session(uri)?.0.ok()?;
        let rules = loaded.session.settings.rule_set();
        let rule = or_builtin(rules.as_ref()).get(rule)?;
        actions::web_page(remedy::revoke_url(rule)).map(str::to_owned)
    }

    /// The session for a document, and whether a file that it depends on has changed.
    fn session(&mut self, uri: &str) -> Option<(LoadOutcome, bool)> {
        let file = self.documents.get_mut(uri)?.file.clone();
        let here = || self.folder.clone().unwrap_or_else(|| PathBuf::from("."));
        let directory = file.as_ref().and_then(|file| file.parent()).map_or_else(here, ToOwned::to_owned);
        // The file, and even its directory, may not exist yet.
        let existing = directory.ancestors().find(|directory| directory.is_dir()).map(ToOwned::to_owned);
        Some(self.sessions.for_directory(&existing.unwrap_or(directory), &self.options))
    }
}

fn scan(document: &mut OpenDocument, outcome: &LoadOutcome) -> TextCheck {
    let loaded = match outcome {
        Ok(loaded) => loaded,
        Err(why) => return TextCheck::not_scanned(why),
    };
    let file = document.file.as_deref().filter(|_| !loaded.session.reads_ignored(false));
    // Where that cannot be told, the file is scanned.
    let ask = || file.is_some_and(|file| is_ignored(file, &loaded.session.pool()).unwrap_or(false));
    match *document.is_ignored.get_or_insert_with(ask) {
        true => TextCheck::default(),
        false => TextCheck::of(loaded, &document.name, &document.text),
    }
}
