//! Objects that were pushed, though nothing names them.

use git2::ObjectType;

use crate::{
    blob::{Blob, Content, ObjectId, Origin, SourceKind},
    finding::Scanned,
    git::{Objects, tree::Tree},
    source::{parallel, sink::Sink},
    threads::Pool,
};

/// Pushes each of these objects by itself: contents, the texts of commits and tags, and names in trees.
pub(super) fn feed<S: Sink>(
    ids: &[ObjectId],
    objects: &Objects<'_>,
    pool: &Pool,
    new_sink: &(impl Fn() -> S + Sync),
) {
    let size = |id: &ObjectId| objects.size(*id).unwrap_or(0);
    parallel::feed(ids, pool, size, new_sink, new_sink(), |id, sink| {
        if let Err(why) = object(*id, objects, sink) {
            sink.not_scanned(format!("object {id}").as_bytes(), why);
        }
    });
}

fn object(id: ObjectId, objects: &Objects<'_>, sink: &mut impl Sink) -> Result<(), String> {
    let kind = objects.kind(id)?;
    if kind == ObjectType::Tree {
        for (name, ..) in Tree::read(objects, id)?.entries() {
            let origin = Origin { object: Some(id), ..Origin::new(SourceKind::Name, name) };
            sink.blob(Blob::new(origin, Content::Bytes(b"")));
        }
        return Ok(());
    }
    let read = objects.read(id, kind)?;
    let source = if kind == ObjectType::Blob { SourceKind::Blob } else { SourceKind::Message };
    let commit = (kind == ObjectType::Commit).then_some(id);
    let origin = Origin { object: Some(id), commit, ..Origin::new(source, b"") };
    sink.blob(Blob::new(origin, Content::Bytes(read.data())));
    sink.count(Scanned {
        commits: u64::from(kind == ObjectType::Commit),
        tags: u64::from(kind == ObjectType::Tag),
        ..Scanned::default()
    });
    Ok(())
}
