//! The server: what it answers, and what it tells by itself.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    actions,
    client::{ClientFeatures, first_folder},
    documents::uri_of,
    outbox::{MessageKind, Outbox},
    workspace::EditorWorkspace,
};
use crate::{
    json_rpc::{Incoming, RpcError, RpcErrorCode},
    session::{Options, Redactor},
};

/// How far the conversation has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lifecycle {
    /// `initialize` has not come.
    New,
    Running,
    /// `shutdown` has come.
    ShutDown,
}

/// The files that decide about a scan and that the editor is asked to watch. The others are looked at before each scan.
const WATCHED: [&str; 2] =
    ["**/{skanner,.skanner,pyproject,Cargo}.toml", "**/{.skanner-baseline,.gitignore,.gitleaksignore}"];

/// Names in messages are cut to this length, in characters.
const LONGEST_NAME: usize = 100;

/// The state of the server.
pub(super) struct LanguageServer {
    /// What is to be sent.
    pub(super) outbox: Outbox,
    lifecycle: Lifecycle,
    features: ClientFeatures,
    workspace: EditorWorkspace,
    redactor: Arc<Redactor>,
    /// The request for the settings that has not been answered.
    settings_request: Option<String>,
}

impl LanguageServer {
    /// A server that scans with these options.
    pub(super) fn new(options: Options, redactor: &Arc<Redactor>) -> Self {
        Self {
            outbox: Outbox::default(),
            lifecycle: Lifecycle::New,
            features: ClientFeatures::default(),
            workspace: EditorWorkspace::new(options, redactor),
            redactor: redactor.clone(),
            settings_request: None,
        }
    }

    /// Whether the editor has asked it to shut down.
    pub(super) fn is_shut_down(&self) -> bool {
        self.lifecycle == Lifecycle::ShutDown
    }

    /// Handles a message. Returns whether more may come.
    pub(super) fn handle(&mut self, body: &[u8]) -> bool {
        match Incoming::parse(body) {
            Incoming::Request { id, method, params } => {
                let outcome = panic::catch_unwind(AssertUnwindSafe(|| self.request(&method, &params)));
                let bug = "internal error; this is a bug in skanner, please report it";
                let bug = |_| Err(RpcError::new(RpcErrorCode::Internal, bug));
                self.outbox.answer(&id, outcome.unwrap_or_else(bug));
            }
            Incoming::Notification { method, .. } if method == "exit" => return false,
            Incoming::Notification { method, params } if self.lifecycle == Lifecycle::Running => {
                // A notification has no answer, so nobody can be told.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| self.notification(&method, &params)));
            }
            Incoming::Notification { .. } => {}
            Incoming::Response { id, result } => self.response(&id, &result),
            Incoming::Invalid { id, error } => self.outbox.answer(&id, Err(error)),
        }
        true
    }

    /// Checks the document that has waited least, if one waits. Returns whether one did.
    pub(super) fn check_next(&mut self) -> bool {
        let Some(uri) = self.workspace.documents.next_waiting() else { return false };
        // Who asks for diagnostics is not told them.
        if !self.features.pulls {
            self.check(&uri);
            self.publish(&uri);
        }
        true
    }

    fn request(&mut self, method: &str, params: &Value) -> Result<Value, RpcError> {
        let error = |code, message: &str| Err(RpcError::new(code, message));
        match (method, self.lifecycle) {
            ("initialize", Lifecycle::New) => Ok(self.initialize(params)),
            (_, Lifecycle::New) => error(RpcErrorCode::NotInitialized, "`initialize` has not come yet"),
            (_, Lifecycle::ShutDown) => error(RpcErrorCode::InvalidRequest, "the server is shut down"),
            ("initialize", _) => error(RpcErrorCode::InvalidRequest, "`initialize` has come already"),
            ("shutdown", _) => {
                self.lifecycle = Lifecycle::ShutDown;
                Ok(Value::Null)
            }
            ("textDocument/diagnostic", _) => {
                let uri = uri_of(params).unwrap_or_default();
                self.check(uri);
                Ok(json!({ "kind": "full", "items": self.workspace.diagnostics(uri) }))
            }
            ("textDocument/codeAction", _) => {
                self.check(uri_of(params).unwrap_or_default());
                Ok(Value::Array(self.workspace.code_actions(params, self.features)))
            }
            ("workspace/executeCommand", _) => self.execute(params),
            _ => {
                let method: String = self.redactor.line(method).chars().take(LONGEST_NAME).collect();
                error(RpcErrorCode::MethodNotFound, &format!("there is no method {method}"))
            }
        }
    }

    fn notification(&mut self, method: &str, params: &Value) {
        let uri = uri_of(params).unwrap_or_default();
        match method {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => drop(self.workspace.documents.open(params, self.features.encoding)),
            "textDocument/didChange" => self.change(params),
            "textDocument/didClose" => {
                self.workspace.documents.close(uri);
                self.publish(uri);
            }
            "textDocument/didSave" => self.workspace.note_saved(uri),
            "workspace/didChangeConfiguration" => match params.get("settings") {
                Some(settings) if !settings.is_null() => self.set(settings),
                _ if self.features.has_settings => {
                    let items = json!({ "items": [{ "section": "skanner" }] });
                    self.settings_request = Some(self.outbox.ask("workspace/configuration", items));
                }
                _ => {}
            },
            "workspace/didChangeWatchedFiles" => {
                self.workspace.forget();
                self.refresh();
            }
            _ => {}
        }
    }

    fn response(&mut self, id: &Value, result: &Value) {
        if self.settings_request.as_deref() == id.as_str() && self.settings_request.take().is_some() {
            self.set(&result[0]);
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.lifecycle = Lifecycle::Running;
        self.features = ClientFeatures::of(params);
        self.workspace.folder = first_folder(params);
        self.apply(&params["initializationOptions"]);
        let mut capabilities = json!({
            "positionEncoding": self.features.encoding.name(),
            "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            "executeCommandProvider": { "commands": [actions::OPEN_PAGE] },
            "workspace": { "workspaceFolders": { "supported": true } },
        });
        if self.features.pulls {
            capabilities["diagnosticProvider"] = json!({
                "identifier": "skanner",
                "interFileDependencies": false,
                "workspaceDiagnostics": false,
            });
        }
        json!({
            "capabilities": capabilities,
            "serverInfo": { "name": "skanner", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn watch_files(&mut self) {
        if self.features.watches {
            let watchers: Vec<_> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
            let registration = json!({
                "id": "skanner-files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": watchers },
            });
            self.outbox.ask("client/registerCapability", json!({ "registrations": [registration] }));
        }
    }

    fn set(&mut self, settings: &Value) {
        self.apply(settings);
        self.refresh();
    }

    fn apply(&mut self, settings: &Value) {
        for wrong in self.workspace.set(settings) {
            self.outbox.show(MessageKind::Warning, &wrong);
        }
    }

    /// Has an editor ask again that asks for diagnostics.
    fn refresh(&mut self) {
        if self.features.pulls {
            self.outbox.ask("workspace/diagnostic/refresh", Value::Null);
        }
    }

    /// Changes a document. If the change is not understood, nobody knows what the document holds.
    fn change(&mut self, params: &Value) {
        if self.workspace.documents.change(params, self.features.encoding).is_some() {
            return;
        }
        let uri = uri_of(params).unwrap_or_default();
        let text = "a change of a document could not be understood, so it is no longer scanned: close it and open it again";
        self.outbox.show(MessageKind::Error, text);
        self.workspace.documents.close(uri);
        self.publish(uri);
    }

    /// Scans a document, unless that was done already.
    fn check(&mut self, uri: &str) {
        if let Some(why) = self.workspace.check(uri) {
            self.outbox.show(MessageKind::Error, &why);
        }
    }

    /// Tells what was found in a document, which is nothing if it was closed.
    fn publish(&mut self, uri: &str) {
        if self.features.pulls || uri.is_empty() {
            return;
        }
        let mut params = json!({ "uri": uri, "diagnostics": self.workspace.diagnostics(uri) });
        if let Some(document) = self.workspace.documents.get_mut(uri) {
            params["version"] = document.version.clone();
        }
        self.outbox.notify("textDocument/publishDiagnostics", params);
    }

    fn execute(&mut self, params: &Value) -> Result<Value, RpcError> {
        let invalid = |what: &str| RpcError::new(RpcErrorCode::InvalidParams, what);
        if params.get("command").and_then(Value::as_str) != Some(actions::OPEN_PAGE) {
            return Err(invalid("there is no such command"));
        }
        let argument = |name: &str| params.pointer(&format!("/arguments/0/{name}")).and_then(Value::as_str);
        let (Some(uri), Some(rule)) = (argument("uri"), argument("rule")) else {
            return Err(invalid("the command takes an object with `uri` and `rule`"));
        };
        let page = self.workspace.page_of(uri, rule);
        let page =
            page.ok_or_else(|| invalid("there is no such document or rule, or the rule has no page"))?;
        self.outbox.ask("window/showDocument", json!({ "uri": page, "external": true, "takeFocus": true }));
        Ok(Value::Null)
    }
}
