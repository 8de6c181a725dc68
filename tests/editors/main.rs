//! The language server, as editors talk to it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod actions;
mod client;
mod configuration;
mod diagnostics;
mod lifecycle;
mod properties;
#[path = "../support/mod.rs"]
mod support;
