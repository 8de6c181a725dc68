//! What the protocol wants around the tools: greetings, versions, errors.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use serde_json::{Value, json};

use super::tools::ToolRunner;
use crate::{
    json_rpc::{Incoming, RpcError, RpcErrorCode, response},
    session::Redactor,
};

/// Versions that begin with `initialize`, the newest last.
const WITH_GREETING: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// Versions in which every request says its version.
const WITHOUT_GREETING: [&str; 1] = ["2026-07-28"];

/// Where a request says its version, and where a result says who gives it.
const VERSION_POINTER: &str = "/_meta/io.modelcontextprotocol~1protocolVersion";
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What a model is told about the server as a whole.
const INSTRUCTIONS: &str = "Finds API keys of the sk- family and of AI services in texts, files and staged changes. Keys are \
     masked in every result. A result with \"complete\": false proves nothing: not everything could be read. Nothing is \
     written, and nothing is sent anywhere.";

/// Names in messages are cut to this length, in characters.
const LONGEST_NAME: usize = 100;

/// Answers requests.
pub(super) struct McpServer<'a> {
    tools: ToolRunner,
    redactor: &'a Arc<Redactor>,
}

impl<'a> McpServer<'a> {
    /// A server of these tools.
    pub(super) fn new(tools: ToolRunner, redactor: &'a Arc<Redactor>) -> Self {
        Self { tools, redactor }
    }

    /// The answer to what arrived, if it wants one. Version 2025-03-26 has batches, which are answered by one.
    pub(super) fn answer(&self, body: &[u8]) -> Option<Value> {
        let (messages, is_batch) = Incoming::parse_batch(body);
        let mut answers: Vec<Value> =
            messages.into_iter().filter_map(|message| self.answer_one(message)).collect();
        match is_batch {
            true => Some(Value::Array(answers)).filter(|answers| *answers != json!([])),
            false => answers.pop(),
        }
    }

    fn answer_one(&self, message: Incoming) -> Option<Value> {
        match message {
            Incoming::Request { id, method, params } => {
                let outcome = panic::catch_unwind(AssertUnwindSafe(|| self.request(&method, &params)));
                let bug = |_| Err(RpcError::new(RpcErrorCode::Internal, internal_error()));
                Some(response(&id, outcome.unwrap_or_else(bug)))
            }
            Incoming::Notification { .. } | Incoming::Response { .. } => None,
            Incoming::Invalid { id, error } => Some(response(&id, Err(error))),
        }
    }

    fn request(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        let version = params.pointer(VERSION_POINTER);
        let Some(version) = version.filter(|_| method != "initialize") else {
            return self.result(method, params);
        };
        if !WITHOUT_GREETING.iter().any(|known| version == known) {
            let requested = self.name(version.as_str().unwrap_or_default());
            let data = json!({ "supported": WITHOUT_GREETING, "requested": requested });
            let error = RpcError::new(RpcErrorCode::UnsupportedVersion, "unsupported protocol version");
            return Err(RpcError { data, ..error });
        }
        let mut result = self.result(method, params)?;
        result["resultType"] = json!("complete");
        if matches!(method, "tools/list" | "server/discover") {
            result["ttlMs"] = json!(0);
            result["cacheScope"] = json!("private");
        }
        if method == "server/discover" {
            result["_meta"] = json!({ SERVER_INFO: server_info() });
        }
        Ok(result)
    }

    fn result(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        let capabilities = json!({ "tools": { "listChanged": false } });
        match method {
            "initialize" => {
                let asked = params.get("protocolVersion").and_then(Value::as_str);
                let version = WITH_GREETING.into_iter().find(|known| asked == Some(known));
                Ok(json!({
                    "protocolVersion": version.unwrap_or(WITH_GREETING[WITH_GREETING.len() - 1]),
                    "capabilities": capabilities,
                    "serverInfo": server_info(),
                    "instructions": INSTRUCTIONS,
                }))
            }
            "server/discover" => Ok(json!({
                "supportedVersions": WITHOUT_GREETING,
                "capabilities": capabilities,
                "instructions": INSTRUCTIONS,
            })),
            "ping" => Ok(json!({})),
            "tools/list" => Ok(json!({ "tools": ToolRunner::list() })),
            "tools/call" => {
                let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
                let arguments = params.get("arguments").unwrap_or(&Value::Null);
                self.tools.call(name, arguments).ok_or_else(|| {
                    let what = format!("there is no tool {}", self.name(name));
                    RpcError::new(RpcErrorCode::InvalidParams, what)
                })
            }
            _ => {
                let what = format!("there is no method {}", self.name(method));
                Err(RpcError::new(RpcErrorCode::MethodNotFound, what))
            }
        }
    }

    /// A name that the client has sent, as it may be shown.
    fn name(&self, name: &str) -> String {
        self.redactor.line(name).chars().take(LONGEST_NAME).collect()
    }
}

fn server_info() -> Value {
    json!({ "name": env!("CARGO_PKG_NAME"), "title": "skanner", "version": env!("CARGO_PKG_VERSION") })
}

/// A panic in a tool. What it says may quote what was scanned.
fn internal_error() -> String {
    format!(
        "internal error, so nothing is known about what was to be scanned; this is a bug in skanner {}: please report it",
        env!("CARGO_PKG_VERSION")
    )
}
