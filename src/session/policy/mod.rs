//! The policy of an organization: what it takes from the settings of a run, and which suppressions it refuses.

mod restrict;
mod suppressions;

pub(super) use restrict::{is_inside, obeying, restricted, take_rules};
pub(super) use suppressions::{begin, finish, settle};
