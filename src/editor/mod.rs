//! What editors need to know of a text: where its lines are, how they count, and how its language writes comments.

mod comment;
mod encoding;
mod language;
mod text;
mod uri;

pub(crate) use comment::{CommentInsertion, comment_beside};
pub(crate) use encoding::PositionEncoding;
pub(crate) use language::Language;
pub(crate) use text::{EditorPosition, EditorText};
pub(crate) use uri::{file_of_uri, name_of_uri};
