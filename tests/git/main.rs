//! What git is about to commit or push, in repositories that the tests build with the real git.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod bombs;
mod damage;
mod harness;
mod hooks;
mod index;
mod limits;
mod news;
mod range;
mod revisions;
mod safety;
mod staged;
mod untrusted;
