//! Files of secrets, such as `.env`: reads their variables, and tells which values can be looked for.
//!
//! Everything that holds a value is cleared when it is dropped, and no error shows one.

mod dotenv;
mod file;
mod json;
mod judge;
mod parts;
mod variable;

pub(crate) use file::{Unreadable, read};
pub(crate) use judge::{Judged, judge};
pub(crate) use variable::Variable;
