//! Lists of other scanners: what a team has told them to let pass.
//!
//! Each tool has a file that parses its formats into an [`ImportedList`]. What is in there is matched with findings in
//! [`match_entries`], and what matches none is explained by [`why_unmatched`]. Secrets that a list holds are hashed as
//! soon as they are read: nothing here keeps or shows one.

mod detect;
mod detect_secrets;
mod entry;
mod ggshield;
mod gitleaks;
mod gitleaks_config;
mod json;
mod kinds;
mod matching;
mod refusal;
mod regex_path;
mod secret_hash;
mod standing;
mod trufflehog;

pub(crate) use detect::{NAMES, NOT_READ, read};
pub(crate) use entry::{ImportedEntry, ImportedList, ImportedPaths, Judgment};
pub(crate) use matching::{EntryMatch, MatchedBy, match_entries};
pub(crate) use standing::{FileTexts, why_unmatched};
