//! Messages to the editor.

use std::io;

use serde_json::{Value, json};

use crate::{
    json_rpc::{Framing, RpcError, notification, request, response, write_frame},
    json_text,
};

/// How grave a message to the user is, by its number in the protocol.
#[derive(Clone, Copy)]
pub(super) enum MessageKind {
    Error = 1,
    Warning = 2,
}

/// Messages that wait to be sent. Whatever is put in must be safe to show.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Vec<Value>,
    /// The number of requests of our own.
    requests: u64,
}

impl Outbox {
    /// Answers a request.
    pub(super) fn answer(&mut self, id: &Value, outcome: Result<Value, RpcError>) {
        self.waiting.push(response(id, outcome));
    }

    /// Tells something.
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.waiting.push(notification(method, params));
    }

    /// Asks for something, and returns the id that the answer will have.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> String {
        self.requests += 1;
        let id = format!("skanner-{}", self.requests);
        self.waiting.push(request(&id, method, params));
        id
    }

    /// Shows a message to the user.
    pub(super) fn show(&mut self, kind: MessageKind, text: &str) {
        let message = format!("skanner: {text}");
        self.notify("window/showMessage", json!({ "type": kind as u8, "message": message }));
    }

    /// Everything that waits.
    pub(super) fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.waiting)
    }

    /// Writes messages to standard output.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) fn send(messages: Vec<Value>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for message in messages {
            let mut body = Vec::new();
            json_text::write_line(&mut body, &message)?;
            write_frame(&mut out, Framing::Header, &body)?;
        }
        Ok(())
    }
}
