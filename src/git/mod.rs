//! Repositories: where they are, and what is in them. libgit2 opens them, without executing anything of theirs and
//! without reading the user's configuration.

pub(crate) mod ancestry;
pub(crate) mod ci;
pub(crate) mod difference;
mod entries;
mod hash;
pub(crate) mod index;
mod kind;
mod lfs;
mod look;
mod loose;
pub(crate) mod object;
mod object_directories;
mod objects;
mod observer;
mod open;
mod outside;
pub(crate) mod pack;
pub(crate) mod program;
pub(crate) mod quarantine;
mod reflog;
mod refs;
pub(crate) mod rename;
mod revision;
pub(crate) mod revisions;
pub(crate) mod shallow;
pub(crate) mod staged;
pub(crate) mod store;
pub(crate) mod tree;

pub(crate) use entries::{Entries, entries};
pub use kind::{ObjectKind, ObjectKinds};
pub(crate) use lfs::lfs_storage;
pub(crate) use objects::{Objects, object_id, oid};
pub(crate) use observer::HistoryObserver;
pub(crate) use open::{discover, from_environment, open};
pub(crate) use outside::places;
pub use outside::{Outside, outside};
pub(crate) use refs::refs;
pub(crate) use revision::peeled;
