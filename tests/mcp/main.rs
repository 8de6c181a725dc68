//! The server of the Model Context Protocol, as agents talk to it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod client;
mod protocol;
mod roots;
#[path = "../support/mod.rs"]
mod support;
mod tools;
