//! An editor that talks to the program.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::Sandbox;

/// Longer than anything takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that nobody has waited for yet.
    early: Vec<Value>,
    /// Everything that was received.
    pub(crate) received: String,
    requests: i64,
}

/// How a text is addressed in a client that counts like this.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counting {
    Bytes,
    Utf16,
    Points,
}

impl Counting {
    pub(crate) const ALL: [Self; 3] = [Self::Bytes, Self::Utf16, Self::Points];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bytes => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Points => "utf-32",
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Points => text.chars().count(),
        }
    }

    /// The position of an offset, the slow way.
    pub(crate) fn position(self, text: &str, at: usize) -> Value {
        let before = text[..at].replace("\r\n", "\n").replace('\r', "\n");
        let line = before.matches('\n').count();
        json!({ "line": line, "character": self.units(before.rsplit('\n').next().unwrap()) })
    }

    /// The offset of a position, the slow way.
    pub(crate) fn offset(self, text: &str, position: &Value) -> usize {
        let found = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let mut found = found.filter(|at| self.position(text, *at) == *position);
        found.next().unwrap_or_else(|| panic!("no offset of {position} in {text:?}"))
    }

    pub(crate) fn range(self, text: &str, range: std::ops::Range<usize>) -> Value {
        json!({ "start": self.position(text, range.start), "end": self.position(text, range.end) })
    }
}

impl Client {
    /// Starts the server in the tree, without saying anything.
    pub(crate) fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.arg("lsp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            loop {
                let (mut line, mut length) = (String::new(), 0);
                while output.read_line(&mut line).unwrap_or_default() > 2 {
                    if let Some(number) = line.strip_prefix("Content-Length: ") {
                        length = number.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if length == 0 || output.read_exact(&mut body).is_err() {
                    return;
                }
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, messages, early: Vec::new(), received: String::new(), requests: 0 }
    }

    /// Starts it, and introduces a client that counts like this and can do this.
    pub(crate) fn with(sandbox: &Sandbox, counting: Counting, capabilities: Value, options: Value) -> Self {
        let mut client = Self::start(sandbox, &[]);
        let mut all = json!({ "general": { "positionEncodings": [counting.name()] } });
        for (name, value) in capabilities.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        let root = uri(sandbox, "");
        let params = json!({
            "processId": null,
            "rootUri": root,
            "workspaceFolders": [{ "uri": root, "name": "tree" }],
            "capabilities": all,
            "initializationOptions": options,
        });
        let result = client.request("initialize", params);
        assert_eq!(result["capabilities"]["positionEncoding"], counting.name());
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, Counting::Utf16, json!({}), Value::Null)
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The result of a request, or its error in an object `error`.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = json!(self.requests);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let response = self.wait(|message| message["id"] == id && message["method"].is_null());
        match &response["error"] {
            Value::Null => response["result"].clone(),
            error => json!({ "error": error }),
        }
    }

    /// The next message like this; others are kept.
    pub(crate) fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.early.iter().position(&is_it) {
            return self.early.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server answers");
            self.received.push_str(&message.to_string());
            if is_it(&message) {
                return message;
            }
            self.early.push(message);
        }
    }

    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub(crate) fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The diagnostics of a version of a document.
    pub(crate) fn diagnostics(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Opens a document, and returns its diagnostics.
    pub(crate) fn opened(&mut self, uri: &str, language: &str, text: &str) -> Vec<Value> {
        self.open(uri, language, text);
        self.diagnostics(uri, 1)
    }

    pub(crate) fn actions(&mut self, uri: &str, range: &Value) -> Vec<Value> {
        let params =
            json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
        self.request("textDocument/codeAction", params).as_array().unwrap().clone()
    }

    /// Ends the conversation as the protocol wants, and returns the exit code.
    pub(crate) fn shut_down(mut self) -> i32 {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// The exit code, once the server has ended.
    pub(crate) fn ended(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    /// Closes the input of the server.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address of a path in the tree.
pub(crate) fn uri(sandbox: &Sandbox, path: &str) -> String {
    let whole = sandbox.tree().canonicalize().unwrap();
    let path = whole.join(path);
    let text = path.to_str().unwrap().trim_end_matches('/').replace(' ', "%20");
    format!("file://{text}")
}

/// The texts of diagnostics.
pub(crate) fn messages(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|one| one["message"].as_str().unwrap()).collect()
}
