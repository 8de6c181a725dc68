//! Repositories: where they are, and what is in them. libgit2 opens them, so that nothing of theirs is executed and no
//! user's configuration counts.

mod beside;
pub mod ci;
mod entries;
pub mod index;
mod kind;
mod loose;
pub mod object;
mod objects;
mod open;
pub mod pack;
mod path;
pub(crate) mod plain;
pub mod program;
mod refs;
pub mod rename;
pub mod revisions;
mod root;
pub mod staged;
pub mod store;
pub mod tree;

pub use beside::Beside;
pub use entries::{Entries, entries};
pub use kind::{Kind, Kinds};
pub use objects::{Objects, object_id, oid};
pub use open::{discover, from_environment, open};
pub use path::path;
pub use refs::refs;
pub use root::Root;
