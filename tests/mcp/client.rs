//! An agent that talks to the program.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use serde_json::{Value, json};

use crate::support::Sandbox;

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Everything that was received.
    pub(crate) received: String,
    requests: i64,
}

impl Client {
    /// Starts the server in the tree.
    pub(crate) fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.arg("mcp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { input: child.stdin.take(), child, output, received: String::new(), requests: 0 }
    }

    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        Self::start(sandbox, &[])
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// The next message.
    pub(crate) fn receive(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.output.read_line(&mut line).unwrap() > 0, "the server answers");
        self.received.push_str(&line);
        serde_json::from_str(&line).unwrap()
    }

    /// The whole answer to a request.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.requests, "method": method, "params": params });
        self.send_raw(format!("{request}\n").as_bytes());
        let answer = self.receive();
        assert_eq!((&answer["id"], &answer["jsonrpc"]), (&json!(self.requests), &json!("2.0")));
        answer
    }

    /// The result of a tool.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments }))["result"].clone()
    }

    /// The data of a tool that succeeds. It fits the schema that the tool has, and the text goes with it.
    pub(crate) fn data(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], false, "{result}");
        assert!(result["content"][0]["text"].as_str().unwrap().len() > 10);
        let tools = self.ask("tools/list", json!({}));
        let all = tools["result"]["tools"].as_array().unwrap();
        let schema = &all.iter().find(|one| one["name"] == tool).unwrap()["outputSchema"];
        let data = &result["structuredContent"];
        let errors: Vec<String> = jsonschema::validator_for(schema)
            .unwrap()
            .iter_errors(data)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        data.clone()
    }

    /// The text of a tool that fails.
    pub(crate) fn failure(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Closes the input, and returns the exit code.
    pub(crate) fn hang_up(mut self) -> i32 {
        self.input = None;
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The verdict, and the places of all keys.
pub(crate) fn found(data: &Value) -> (String, Vec<String>) {
    let findings = data["findings"].as_array().unwrap();
    let places = findings.iter().flat_map(|finding| finding["occurrences"].as_array().unwrap());
    let places = places.map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["line"]));
    (data["verdict"].as_str().unwrap().to_owned(), places.collect())
}
