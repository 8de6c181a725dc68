//! What a run found, and everything else that it reports.

mod audit;
mod collect;
mod fingerprint;
mod found;
mod kind;
mod marker;
mod name;
mod position;
mod report;
mod scanned;
mod secret;
mod suppress;
mod suppression;

pub use audit::{Audit, Safety, Standing};
pub use collect::Collector;
pub use fingerprint::Fingerprint;
pub use found::{Candidate, Detection, Event, Excerpt, Finding, History, Occurrence};
pub use kind::Kind;
pub use marker::{Marker, Scope, Sighting};
pub(crate) use name::short;
pub use position::{Cursor, Span};
pub use report::{Configuration, Report, Subject};
pub use scanned::{NotScanned, Scanned};
pub use secret::Secret;
pub use suppress::SuppressedBy;
pub use suppression::{Accepted, Suppressed, Suppression, Unused};
