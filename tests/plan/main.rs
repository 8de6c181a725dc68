//! `skanner audit --plan`: what it writes, and that what it writes takes every key out and leaves everything else, with the
//! real git-filter-repo.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod directory;
mod guide;
mod harness;
mod kinds;
mod odd;
mod whole;
