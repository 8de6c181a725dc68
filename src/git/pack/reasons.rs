//! Why an entry of a pack cannot be read.

/// Why an object whose base cannot be read is unreadable, too.
pub(crate) const LOST_BASE: &str = "is a delta against an object that cannot be read";

pub(super) const NO_BASE: &str = "is a delta against a missing object";

pub(super) const CIRCLE: &str = "is one of several deltas against each other, so none can be built";

/// Why an object is left to be read by itself. Nothing is wrong with it.
pub(crate) const NOT_HELD: &str = "is made from more than is held in memory at once";
