//! skanner finds API keys of the `sk-` family in source trees.
//!
//! Start with [`Scanner`]. It scans paths, readers, bytes and repositories, and returns a [`Report`] each time.
//!
//! # Features
//!
//! Both are on by default. `git` reads repositories, and knows which ignored files git tracks; `cli` is the program, and
//! needs `git`. An engine for files, readers and bytes is what is left with `default-features = false`.
//!
//! # The house
//!
//! Data flows one way: a source feeds blobs through `expand`, which opens archives, to the engine in `scan`, which
//! undoes encodings and whose detections are collected into findings, and a reporter writes them. A session composes the
//! stages; a command chooses what it reads. `docs/architecture.md` tells the whole story, and `tests/layers.rs` keeps it
//! true.

#![cfg_attr(
    not(feature = "cli"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        unused_mut,
        reason = "the program and its tests use more of the stages than the library alone"
    )
)]

mod advice;
#[cfg(feature = "cli")]
mod agent;
mod agent_files;
mod baseline;
mod blob;
mod bytes;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod cmd;
mod cold;
mod config;
mod day;
mod decode;
#[cfg(feature = "cli")]
mod editor;
mod expand;
mod finding;
mod foreign_rules;
#[cfg(feature = "cli")]
mod fuzzing;
#[cfg(feature = "git")]
mod git;
mod hidden;
#[cfg(feature = "cli")]
mod hook;
#[cfg(feature = "cli")]
mod import;
#[cfg(feature = "cli")]
mod json_rpc;
mod json_text;
mod known;
#[cfg(feature = "git")]
mod locate;
mod loose_toml;
mod masking;
mod notebook;
mod path;
#[cfg(feature = "cli")]
mod plan;
mod reading;
mod regular_file;
mod remedy;
mod report;
mod root;
mod rule;
mod scan;
mod scanner;
mod session;
mod source;
mod suppression;
mod threads;
mod whole_file;
mod yaml;

#[doc(hidden)]
#[cfg(feature = "cli")]
pub use cmd::main;
pub use {
    blob::{ObjectId, SourceKind},
    finding::{
        AcceptedInput, AppliedPolicy, Candidate, Configuration, Event, Excerpt, Finding, History,
        LeftOutValue, LookedFor, NotRead, NotReadKind, NotScanned, Occurrence, RefsRead, Refused, Report,
        Scanned, SearchedFamily, Secret, SinceScan, Span, Subject, Suppressed, Suppression, SuppressionKind,
        Unused, ValueSource,
    },
    rule::{
        Confidence, ContextWord, Edges, Expression, Family, Form, Github, Guidance, Keyword, Rule, Severity,
        Shape,
    },
    scanner::{Error, Scanner, ScannerBuilder, TextScanner},
};

/// Parts of the program for its own tests, benchmarks and fuzz targets. They may change at any time.
#[doc(hidden)]
#[cfg(feature = "cli")]
pub mod testing {
    pub mod blob {
        pub use crate::blob::{Blob, Content, ObjectId, Origin, SourceKind, WINDOW, WrappedContainers};
    }

    pub mod day {
        pub use crate::day::Day;
    }

    pub mod expand {
        pub use crate::expand::{Expander, Output};
    }

    pub mod scan {
        pub use crate::scan::{Engine, ExpressionCounts, Scratch, TextChange, looks_wide};
    }

    pub mod fuzz {
        pub use crate::fuzzing::*;
    }

    pub mod threads {
        pub use crate::threads::Pool;
    }

    pub mod config {
        pub use crate::config::{
            Config, ConfigDocument, ConfigKind, ConfigPosition, Invalid, Scope, TEMPLATE, VARIABLES, schema,
        };
    }

    pub mod foreign_rules {
        use std::{path::Path, sync::Arc};

        use crate::rule::Rule;

        /// The rules of a file of this name.
        #[must_use]
        pub fn rules(name: &str, text: &str) -> Vec<Arc<Rule>> {
            let beside = |path: &str| anyhow::bail!("{path} cannot be read");
            let read = crate::foreign_rules::read(Path::new(name), &name.into(), text, &beside);
            let rules = read.map(|read| read.rules).unwrap_or_default();
            rules.into_iter().map(|rule| Arc::new(rule.rule)).collect()
        }
    }

    pub mod finding {
        pub use crate::finding::{
            AcceptedInput, Detection, Excerpt, Finding, NotScanned, Occurrence, Report, RunMode, Secret,
            Span, Suppressed, Suppression, SuppressionKind, Unused,
        };
    }

    pub mod git {
        pub use crate::git::{ObjectKind, ObjectKinds, Outside, outside};

        pub mod pack {
            pub use crate::git::pack::{Changes, EntryHeader, Object, Packs, Visitor, apply};
        }

        pub mod object {
            pub use crate::git::object::*;
        }
    }

    pub mod report {
        pub use crate::report::{ReportDocument, View, format, schema};
    }

    pub mod remedy {
        pub use crate::remedy::{leaked, revoke, usage};
    }

    pub mod rule {
        pub use crate::rule::{
            Confidence, Edges, Expression, Form, Github, Guidance, Rule, RuleSet, Severity, Shape,
        };
    }
}
