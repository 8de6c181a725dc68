//! Reads packs in bulk: every object of the requested kinds, each inflated once. This is what makes reading a history
//! fast. Whatever it refuses can still be read one by one through libgit2.

mod check;
mod deflate;
mod delta;
mod file;
mod forest;
mod frame;
mod header;
mod index;
mod inflate;
mod map;
mod one;
mod packs;
mod queue;
mod reasons;
mod roots;
mod single;
mod truncated;
mod visit;
mod walk;

pub(in crate::git) use check::PackCheck;
pub use delta::{Changes, apply};
pub(crate) use delta::{CopiedRange, LARGEST};
pub(crate) use file::PackDamage;
pub use header::EntryHeader;
pub(crate) use header::PackedContent;
pub use packs::Packs;
pub(crate) use reasons::NOT_HELD;
pub(crate) use visit::DeltaBase;
pub use visit::{Object, Visitor};
