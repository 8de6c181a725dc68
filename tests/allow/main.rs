//! What is allowed, by comments and entries, and what is not.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod entries;
mod foreign;
mod grammar;
mod harness;
mod properties;
mod secrets;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod unread;
mod values;
