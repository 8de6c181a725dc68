//! Messages of JSON-RPC 2.0, as editors and agents exchange them with servers. Source: the specification at jsonrpc.org.

mod frame;

use serde_json::{Value, json};

pub(crate) use frame::{FrameReader, Framing, write_frame};

/// An error of the protocol, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RpcErrorCode {
    /// The text is not JSON.
    Parse = -32700,
    /// The JSON is no message, or comes at the wrong time.
    InvalidRequest = -32600,
    /// There is no such method.
    MethodNotFound = -32601,
    /// The parameters are not those of the method.
    InvalidParams = -32602,
    /// The server has a bug.
    Internal = -32603,
    /// Of the Language Server Protocol: `initialize` has not come yet.
    NotInitialized = -32002,
    /// Of the Model Context Protocol: the client asks for a version that the server does not speak.
    UnsupportedVersion = -32022,
}

/// An error that answers a request. The text must be safe to show.
#[derive(Clone, Debug)]
pub(crate) struct RpcError {
    /// Its number.
    pub(crate) code: RpcErrorCode,
    /// What was wrong.
    pub(crate) message: String,
    /// What the protocol wants to be said beside it; null for nothing.
    pub(crate) data: Value,
}

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// It wants an answer.
    Request {
        /// To be repeated in the answer: a number or a text.
        id: Value,
        /// What is asked for.
        method: String,
        /// Null if there are none.
        params: Value,
    },
    /// It wants none.
    Notification {
        /// What happened.
        method: String,
        /// Null if there are none.
        params: Value,
    },
    /// The answer to a request of our own.
    Response {
        /// That of the request.
        id: Value,
        /// Null for an error.
        result: Value,
    },
    /// No message at all.
    Invalid {
        /// Null if it cannot be told.
        id: Value,
        /// What is wrong.
        error: RpcError,
    },
}

impl RpcError {
    /// An error without data.
    pub(crate) fn new(code: RpcErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: Value::Null }
    }
}

impl Incoming {
    /// Parses the body of a message.
    pub(crate) fn parse(body: &[u8]) -> Self {
        // What serde says may quote the text.
        serde_json::from_slice(body).map_or_else(
            |_| Self::invalid(Value::Null, RpcErrorCode::Parse, "the message is not valid JSON"),
            Self::of_value,
        )
    }

    /// Parses a body that may hold several messages: a list of them is a batch.
    pub(crate) fn parse_batch(body: &[u8]) -> (Vec<Self>, bool) {
        match serde_json::from_slice(body) {
            Ok(Value::Array(all)) if !all.is_empty() => (all.into_iter().map(Self::of_value).collect(), true),
            Ok(one) => (vec![Self::of_value(one)], false),
            Err(_) => (vec![Self::parse(body)], false),
        }
    }

    fn invalid(id: Value, code: RpcErrorCode, message: &str) -> Self {
        Self::Invalid { id, error: RpcError::new(code, message) }
    }

    fn of_value(mut message: Value) -> Self {
        if !message.is_object() {
            let what = "the message is not a JSON object";
            return Self::invalid(Value::Null, RpcErrorCode::InvalidRequest, what);
        }
        let id = Some(message["id"].take()).filter(|id| id.is_string() || id.is_number());
        let params = message["params"].take();
        match (message["method"].take(), id) {
            (Value::String(method), Some(id)) => Self::Request { id, method, params },
            (Value::String(method), None) => Self::Notification { method, params },
            (Value::Null, Some(id)) => Self::Response { id, result: message["result"].take() },
            (_, id) => {
                let what = "the message has neither a method nor the id of a request";
                Self::invalid(id.unwrap_or_default(), RpcErrorCode::InvalidRequest, what)
            }
        }
    }
}

/// The answer to a request.
pub(crate) fn response(id: &Value, outcome: Result<Value, RpcError>) -> Value {
    match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(RpcError { code, message, data }) => {
            let mut error = json!({ "code": code as i32, "message": message });
            if !data.is_null() {
                error["data"] = data;
            }
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    }
}

/// A notification.
pub(crate) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// A request of our own.
pub(crate) fn request(id: &str, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_by_its_fields() {
        for (text, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":1}}"#, "request 1 a {\"b\":1}"),
            (r#"{"id":"x","method":"a"}"#, "request \"x\" a null"),
            (r#"{"method":"a","params":[1]}"#, "notification a [1]"),
            (r#"{"id":null,"method":"a"}"#, "notification a null"),
            (r#"{"id":7,"result":{"c":2}}"#, "response 7 {\"c\":2}"),
            (r#"{"id":7,"error":{"code":1,"message":"x"}}"#, "response 7 null"),
            (r#"{"id":7,"method":3}"#, "invalid 7 -32600"),
            (r#"{"method":{}}"#, "invalid null -32600"),
            ("{}", "invalid null -32600"),
            ("[]", "invalid null -32600"),
            ("7", "invalid null -32600"),
            ("{", "invalid null -32700"),
            ("", "invalid null -32700"),
            ("\u{0}", "invalid null -32700"),
        ] {
            let told = match Incoming::parse(text.as_bytes()) {
                Incoming::Request { id, method, params } => format!("request {id} {method} {params}"),
                Incoming::Notification { method, params } => format!("notification {method} {params}"),
                Incoming::Response { id, result } => format!("response {id} {result}"),
                Incoming::Invalid { id, error } => format!("invalid {id} {}", error.code as i32),
            };
            assert_eq!(told, expected, "{text}");
        }
    }

    #[test]
    fn a_list_is_a_batch_if_something_is_in_it() {
        for (text, expected) in [
            ("[]", (1, false)),
            ("[1]", (1, true)),
            (r#"[{"id":1},{}]"#, (2, true)),
            ("{}", (1, false)),
            ("[", (1, false)),
        ] {
            let (messages, is_batch) = Incoming::parse_batch(text.as_bytes());
            assert_eq!((messages.len(), is_batch), expected, "{text}");
        }
    }
}
