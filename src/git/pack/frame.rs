//! Bases that are held while what is made from them is read.

use std::{ops::Range, sync::Arc};

use crate::git::kind::ObjectKind;

/// Bytes of a base: of this thread alone, until some of its children are given away.
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

/// A base, and which of its children are left.
pub(super) struct Frame<M> {
    pub(super) bytes: BaseBytes,
    pub(super) kind: ObjectKind,
    /// None where the visitor has not seen it.
    pub(super) mark: Option<M>,
    pub(super) left: Range<u32>,
}

/// Children that were given away.
pub(super) struct SharedWork<M> {
    pub(super) pack: usize,
    pub(super) frame: Frame<M>,
}
