//! Known findings, in a file that lies in the tree: what somebody has seen and accepted is not reported again.
//!
//! An entry is a line: the fingerprint of the secret, the rule that found it, and where it stands. Nothing in it changes
//! when lines move, when a rule gets a better name, or when time passes, and lines are sorted by fingerprint, so that two
//! branches that each add one merge without a conflict. `docs/baseline.md` tells it to users.

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

/// What the file is called where nobody names another one; it lies at the root of the repository.
pub const DEFAULT_NAME: &str = ".skanner-baseline";
