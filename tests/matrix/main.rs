//! The recall and silence matrices: every rule's keys in every context, and nothing in what only looks like a key.
//! Keys are generated when the tests run; a failing cell names its rule, shape, context and seed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix prints its size")]

#[path = "../support/mod.rs"]
mod support;

mod binary;
mod contexts;
mod encodings;
mod formats;
mod harness;
mod known;
mod lookalikes;
mod nested;
mod silence;
mod splits;
mod table;
mod unknown;
mod writing;
