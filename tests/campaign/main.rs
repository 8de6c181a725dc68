//! Campaigns: many random repositories, changes, pushes and damages, each a function of its seed, against what git says.
//!
//! A small run is a part of `cargo test`. `SKANNER_CAMPAIGN=full` runs as many cases as docs/reliability.md promises,
//! `SKANNER_CAMPAIGN=50` runs fifty, and `SKANNER_SEED` is the seed of the first.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stderr, reason = "a campaign says what it counted")]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod changes;
mod damages;
mod histories;
mod oracle;
mod places;
mod program;
mod pushes;
mod ranges;
mod repository;
mod since;
mod staged;
mod storage;
mod stream;
