//! Which value was found.

use std::sync::Arc;

use crate::{
    finding::Secret,
    rule::{KnownValue, KnownValues},
};

/// The value that a match is of.
#[derive(Clone, Debug)]
pub(in crate::scan) struct KnownMatch {
    pub(in crate::scan) value: Arc<KnownValue>,
    /// Whether more of the value may follow.
    pub(in crate::scan) is_cut: bool,
    /// When another rule comes before.
    pub(in crate::scan) all: Arc<KnownValues>,
}

impl KnownMatch {
    /// What stands for the value.
    pub(in crate::scan) fn secret(&self) -> Secret {
        Secret::named(&self.value.label)
    }
}
