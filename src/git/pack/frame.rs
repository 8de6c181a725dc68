//! Delta bases that are held while their children are read.

use std::{ops::Range, sync::Arc};

use crate::git::kind::ObjectKind;

/// The bytes of a base: owned by this thread until some of its children are handed to others.
pub(super) enum BaseBytes {
    Own(Vec<u8>),
    Shared(Arc<Vec<u8>>),
}

impl BaseBytes {
    pub(super) fn share(&mut self) -> Arc<Vec<u8>> {
        let shared = match self {
            Self::Own(bytes) => Arc::new(std::mem::take(bytes)),
            Self::Shared(shared) => return shared.clone(),
        };
        *self = Self::Shared(shared.clone());
        shared
    }
}

impl std::ops::Deref for BaseBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// A base, and its remaining children.
pub(super) struct Frame<M> {
    pub(super) bytes: BaseBytes,
    pub(super) kind: ObjectKind,
    /// `None` if the visitor has not seen it.
    pub(super) mark: Option<M>,
    pub(super) left: Range<u32>,
}

/// Children that were handed to another thread.
pub(super) struct SharedWork<M> {
    pub(super) pack: usize,
    pub(super) frame: Frame<M>,
}
