//! The engine: bytes go in, and detections come out. It opens no files and knows nothing about them.
//!
//! It searches the bytes for the literals that keys begin with (`anchors`). At each of them, it tries the shapes of the
//! rules with that literal (`structure`). If a shape matches, it checks what is next to it (`edges`), whether someone
//! made it up (`placeholder`), and what the lines around it say (`context_match`). Custom rules may have regular expressions
//! in place of shapes (`expression`). Of several matches that overlap, the best one is kept (`resolve`).

mod add_decoded;
mod anchors;
mod binary;
mod change;
mod containers;
mod context;
mod edges;
mod encoded;
mod encoded_runs;
mod engine;
mod excerpt;
mod expression;
mod glued;
mod hints;
mod joins;
mod keywords;
mod known;
mod layer;
mod list_search;
mod literals;
mod markers;
mod mask;
mod mask_cache;
mod matcher;
mod named;
mod ngrams;
mod pairs;
mod pieces;
mod placeholder;
mod prefix_ends;
mod published;
mod ranges;
mod resolve;
mod runs;
mod scratch;
mod shape_entry;
mod shape_match;
mod structure;
mod weigh;
mod window;
mod word_before;
mod word_match;

pub use change::{TextChange, looks_wide};
pub use engine::Engine;
pub use expression::ExpressionCounts;
pub(crate) use mask::{Masker, may_hold_a_key};
pub(crate) use pieces::SecretPieces;
pub(crate) use placeholder::is_row;
pub use scratch::Scratch;
