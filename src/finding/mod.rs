//! What a run found, and everything else that it reports.

mod allow_comment;
mod audit;
mod collect;
mod display_name;
mod fingerprint;
mod found;
mod kind;
mod position;
mod report;
mod scanned;
mod secret;
mod suppress;
mod suppression;

pub use allow_comment::{AllowComment, CommentScope, WordMatch};
pub use audit::{Audit, AuditVerdict, Exposure};
pub use collect::Collector;
pub(crate) use display_name::short;
pub use fingerprint::Fingerprint;
pub use found::{Candidate, Detection, Event, Excerpt, Finding, History, Occurrence};
pub use kind::SuppressionKind;
pub use position::{Cursor, Span};
pub use report::{Configuration, Report, Subject};
pub use scanned::{NotScanned, Scanned};
pub use secret::Secret;
pub use suppress::SuppressedBy;
pub use suppression::{AcceptedInput, Suppressed, Suppression, Unused};
