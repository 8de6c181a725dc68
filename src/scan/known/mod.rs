//! Values that are looked for as they are, in every way to write them. A run without such values has nothing of this.
//!
//! A few bytes of each value are searched for, in each way to write them (`keywords`). Where they stand, the value is
//! followed in both directions, character by character, however each of them is written (`walk`, `forms`), and over the
//! seams of split strings (`seams`). What base64, hex and UTF-16 make of a value is compared as a whole (`digits`), and long
//! runs are decoded and searched. Only short pieces of a value are in tables; all the rest is cleared when it is dropped.

mod digits;
mod forms;
mod found;
mod keywords;
mod seams;
mod search;
mod walk;

pub(super) use found::KnownMatch;
pub(super) use search::KnownSearch;
