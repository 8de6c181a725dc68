//! What a run found, and everything else that it reports.

mod allow_comment;
mod audit;
mod collect;
mod display_name;
mod fingerprint;
mod found;
mod kind;
mod not_read;
mod position;
mod refs;
mod report;
mod scanned;
mod scope;
mod secret;
mod suppress;
mod suppression;

pub(crate) use allow_comment::{AllowComment, CommentScope, WordMatch};
pub(crate) use audit::{Audit, AuditVerdict};
pub(crate) use collect::Collector;
pub(crate) use display_name::short;
pub(crate) use fingerprint::Fingerprint;
pub use found::{Candidate, Event, History};
pub use found::{Detection, Excerpt, Finding, Occurrence};
pub use kind::{Suppression, SuppressionKind};
pub use not_read::{NotRead, NotReadKind};
pub(crate) use position::Cursor;
pub use position::Span;
pub use refs::RefsRead;
pub use report::Report;
pub use report::{Configuration, Subject};
pub use scanned::NotScanned;
pub use scanned::Scanned;
pub use scope::{LookedFor, SearchedFamily};
pub use secret::Secret;
pub(crate) use suppress::SuppressedBy;
pub use suppression::{AcceptedInput, Suppressed, Unused};
