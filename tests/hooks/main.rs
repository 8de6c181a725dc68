//! Git's hooks, run by the real git with the built program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod commit;
mod frameworks;
mod global;
mod harness;
mod install;
mod push;
mod receive;
