//! What a push has brought, before git accepts it: a directory of objects that is not yet part of the repository.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use git2::Repository;

use super::{objects::oid, open};
use crate::{blob::ObjectId, path::WholePath, regular_file};

/// The length of the header of an index of version 2, and of the table that follows it.
const HEADER: usize = 8;
const TABLE: usize = 256 * 4;

/// The objects in the quarantine that the repository itself does not have, sorted. None if there is no quarantine.
///
/// # Errors
/// What cannot be listed.
pub(crate) fn new_objects(repository: &Repository) -> Result<Vec<ObjectId>, String> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let Some(directory) = variable("GIT_QUARANTINE_PATH").or_else(|| variable("GIT_OBJECT_DIRECTORY")) else {
        return Ok(Vec::new());
    };
    let own = repository.commondir().join("objects");
    if directory.whole().ok() == own.whole().ok() {
        return Ok(Vec::new());
    }
    let width = match repository.object_format() {
        git2::ObjectFormat::Sha256 => 32,
        git2::ObjectFormat::Sha1 => 20,
    };
    let mut ids = Vec::new();
    for path in entries(&directory)? {
        let name = name_of(&path);
        if name.len() != 2 || !name.iter().all(u8::is_ascii_hexdigit) {
            continue;
        }
        // What is no object yet, such as `tmp_obj_…`, git does not take over either.
        let rest = entries(&path)?;
        ids.extend(rest.iter().filter_map(|path| ObjectId::from_hex(&[name, name_of(path)].concat())));
    }
    for path in entries(&directory.join("pack"))? {
        if path.extension().is_some_and(|extension| extension == "idx") {
            ids.extend(listed(&path, width)?);
        }
    }
    ids.retain(|id| id.as_bytes().len() == width);
    ids.sort_unstable();
    ids.dedup();
    // Opened anew, it does not know the quarantine. A pack may repeat what is here, as bases of deltas.
    let without = open::open(repository.path()).map_err(|error| error.message().to_owned())?;
    let here = without.odb().map_err(|error| error.message().to_owned())?;
    ids.retain(|id| !here.exists(oid(*id)));
    Ok(ids)
}

fn name_of(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}

/// The entries of a directory; none if it does not exist.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let list = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    match list() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{} cannot be read: {error}", directory.display()))
        }
        paths => Ok(paths.unwrap_or_default()),
    }
}

/// The objects in the index of a pack.
fn listed(path: &Path, width: usize) -> Result<Vec<ObjectId>, String> {
    let bytes =
        regular_file::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    parse(&bytes, width).ok_or_else(|| format!("{} is damaged", path.display()))
}

fn parse(bytes: &[u8], width: usize) -> Option<Vec<ObjectId>> {
    let is_second = bytes.starts_with(b"\xfftOc\0\0\0\x02");
    let table = if is_second { HEADER } else { 0 };
    let names = table + TABLE;
    let count = u32::from_be_bytes(*bytes.get(names - 4..)?.first_chunk()?) as usize;
    // Version 1 has the offset before each name.
    let (before, length) = if is_second { (0, width) } else { (4, width + 4) };
    let names = bytes.get(names..names.checked_add(count.checked_mul(length)?)?)?;
    names.chunks_exact(length).map(|entry| ObjectId::new(&entry[before..])).collect()
}
