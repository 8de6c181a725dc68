//! Known findings: their fingerprints, the file they are kept in, and what scans make of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

mod commands;
mod fingerprint;
mod harness;
mod hostile;
mod keeping;
mod left_out;
mod merging;
mod review;
mod settings;
mod sources;
