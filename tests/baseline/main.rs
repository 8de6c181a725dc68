//! Known findings: their fingerprints, the file they are kept in, and what scans make of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod fingerprint;
mod harness;
mod hostile;
mod keeping;
mod left_out;
mod merging;
mod settings;
mod sources;
