//! Where a repository keeps its objects: packs and loose files, its own and those of its alternates. A history reads
//! all of them. To read a few, use `Objects`.

mod all;
mod aside;
mod directories;
mod listing;
mod numbers;
mod stamp;

pub(crate) use all::Store;
pub(super) use all::directories_outside;
pub(crate) use aside::{Aside, look_aside};
pub(crate) use numbers::NumberCache;
pub(crate) use stamp::{PathDigest, StoreStamp};
