//! Repositories: where they are, and what is in them. libgit2 opens them, so that nothing of theirs is executed and no
//! user's configuration counts.

pub mod ci;
mod entries;
pub mod index;
mod kind;
mod loose;
pub mod object;
mod objects;
mod observer;
mod open;
pub mod pack;
mod path;
pub mod program;
mod refs;
pub(crate) mod regular_file;
pub mod rename;
pub mod revisions;
mod root;
pub mod staged;
pub mod store;
pub mod tree;

pub use entries::{Entries, entries};
pub use kind::{ObjectKind, ObjectKinds};
pub use objects::{Objects, object_id, oid};
pub use observer::HistoryObserver;
pub use open::{discover, from_environment, open};
pub use path::path;
pub use refs::refs;
pub use root::Root;
