//! `skanner import`: lists of other scanners, written as those write them, and what becomes of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod comments;
mod harness;
mod history;
mod lists;
mod matrix;
mod mistakes;
mod paths;
mod rules;
