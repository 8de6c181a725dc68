//! skanner finds API keys of the `sk-` family in source trees.
//!
//! Data flows one way: a [`source`] feeds [`blob`]s through [`expand`], which opens archives, to the engine in [`scan`],
//! which undoes encodings by [`decode`] and whose detections are collected into [`finding`]s, and a reporter in
//! [`report`] writes them. A session composes the stages, and a command in [`cmd`] chooses what it reads; `docs/architecture.md` tells the whole story and
//! `tests/layers.rs` keeps it true.

pub mod baseline;
pub mod blob;
pub mod bytes;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod day;
pub mod decode;
pub mod expand;
pub mod finding;
pub mod git;
mod hidden;
pub mod hook;
pub mod locate;
pub mod path;
pub mod remedy;
pub mod report;
pub mod rule;
pub mod scan;
mod session;
pub mod source;
pub mod suppression;
pub mod threads;
pub mod whole_file;
