//! The policy of an organization.
