//! The baseline: a file in the tree that lists known findings, so that they are not reported again.
//!
//! An entry is a line with the fingerprint of the secret, the rule that found it, and where it is. Nothing in
//! it changes when lines move, when a rule is renamed, or when time passes. Lines are sorted by fingerprint,
//! so two branches that each add one merge without a conflict. See `docs/baseline.md`.

pub mod attributes;
mod change;
mod cover;
mod entry;
mod file;
mod place;
mod places;

pub use change::{Change, Moved};
pub use cover::{Cover, Found, Judged, Scene, Scope, Split};
pub use entry::Entry;
pub use file::{Baseline, Follow, read, write};
pub use place::{FilePath, Place};
pub use places::{Bases, Places};

/// The default name of the file, at the root of the repository.
pub const DEFAULT_NAME: &str = ".skanner-baseline";
