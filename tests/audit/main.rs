//! `skanner audit`: the verdict on a repository, wherever in it a key is, and on several repositories.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod one;
mod several;
