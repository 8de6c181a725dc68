//! Reading packs in bulk: every object of a kind, each inflated once. This is what makes a history fast to read;
//! anything it refuses can still be read one by one through libgit2.

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
mod single;
mod visit;
mod walk;

pub use delta::{Changes, apply};
pub(crate) use delta::{CopiedRange, LARGEST};
pub(crate) use file::PackDamage;
pub use header::EntryHeader;
pub use packs::Packs;
pub(crate) use visit::DeltaBase;
pub use visit::{Object, Visitor};
