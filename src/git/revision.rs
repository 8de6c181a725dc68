//! One revision in the syntax of gitrevisions(7): `HEAD`, `main~2`, `v1^{tree}`, `@{u}`, `:path`. libgit2 knows it as
//! well, but it reads loose objects and reflogs by itself, and so it may wait forever or create a file.

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, ObjectFormat, ObjectType, Repository};

use super::{
    index::Index,
    look,
    object::{Commit, Tag},
    objects::{Objects, object_id, oid},
    reflog, tree,
};
use crate::{blob::ObjectId, threads::Pool};

/// The fewest digits of an abbreviated name, as in git.
const FEWEST_DIGITS: usize = 4;

/// The object of this kind that an object leads to: tags lead to what they name, commits to their tree.
///
/// # Errors
/// When one of them cannot be read, or there is none.
pub(crate) fn peeled(objects: &Objects<'_>, id: ObjectId, kind: ObjectType) -> Result<ObjectId, String> {
    let mut id = id;
    loop {
        let found = objects.kind(id)?;
        id = match found {
            _ if found == kind => return Ok(id),
            // Anything that is no tag will do.
            ObjectType::Commit | ObjectType::Tree | ObjectType::Blob if kind == ObjectType::Any => {
                return Ok(id);
            }
            ObjectType::Tag => {
                let tag = objects.read(id, ObjectType::Tag)?;
                Tag::parse(tag.data()).target.ok_or_else(|| format!("tag {id} is damaged: run `git fsck`"))?
            }
            ObjectType::Commit if kind == ObjectType::Tree => {
                let commit = objects.read(id, ObjectType::Commit)?;
                let tree = Commit::parse(commit.data()).tree;
                tree.ok_or_else(|| format!("commit {id} is damaged: run `git fsck`"))?
            }
            _ => return Err(format!("object {id} is a {found}, where a {kind} was expected")),
        };
    }
}

/// The object that a revision names; `None` if there is none.
///
/// # Errors
/// When it cannot be read, or the syntax is none of those known here.
pub(super) fn find(
    repository: &Repository,
    objects: &Objects<'_>,
    revision: &str,
) -> Result<Option<ObjectId>> {
    if let Some(path) = revision.strip_prefix(':') {
        return staged(repository, path);
    }
    let is_end = |(at, _): &(usize, char)| {
        let rest = &revision[*at..];
        rest.starts_with(['^', '~', ':']) || rest.starts_with("@{")
    };
    let end = revision.char_indices().find(is_end).map_or(revision.len(), |(at, _)| at);
    let (name, mut rest) = revision.split_at(end);
    let mut found = None;
    let mut name = name.to_owned();
    while let Some(inner) = rest.strip_prefix("@{") {
        let Some((what, behind)) = inner.split_once('}') else { return Ok(None) };
        rest = behind;
        match at_sign(repository, &name, what)? {
            Some(Named::Reference(full)) => name = full,
            Some(Named::Object(id)) => found = Some(id),
            None => return Ok(None),
        }
        if found.is_some() {
            break;
        }
    }
    let found = match found {
        Some(id) => Some(id),
        None => base(repository, objects, &name)?,
    };
    match found.filter(|id| objects.exists(*id)) {
        Some(id) => follow(objects, id, rest),
        None => Ok(None),
    }
}

/// The object at a path of the index: `path` or `0:path`.
fn staged(repository: &Repository, path: &str) -> Result<Option<ObjectId>> {
    if path.starts_with('/') {
        bail!("`:/` and a text is not supported in a range; name the commit");
    }
    let (stage, path) = match path.as_bytes() {
        [stage @ b'0'..=b'3', b':', ..] => (u16::from(stage - b'0'), &path[2..]),
        _ => (0, path),
    };
    let index = Index::from_environment(repository, &Pool::default()).map_err(anyhow::Error::msg)?;
    let found = index
        .entries()
        .iter()
        .find(|entry| entry.stage as u16 == stage && index.name(entry) == path.as_bytes());
    Ok(found.map(|entry| index.id(entry)))
}

/// What `@{…}` leads to.
enum Named {
    Reference(String),
    Object(ObjectId),
}

/// What is meant by `NAME@{WHAT}`.
fn at_sign(repository: &Repository, name: &str, what: &str) -> Result<Option<Named>> {
    let full_name = || -> Option<String> {
        let reference = match name {
            "" | "@" | "HEAD" => repository.head().ok()?,
            name => {
                look::at_short_name(repository, name).ok()?;
                repository.resolve_reference_from_short_name(name).ok()?
            }
        };
        Some(reference.name().ok()?.to_owned())
    };
    if matches!(what.to_ascii_lowercase().as_str(), "u" | "upstream") {
        let Some(branch) = full_name() else { return Ok(None) };
        let upstream = repository.branch_upstream_name(&branch).ok();
        return Ok(upstream.and_then(|name| Some(Named::Reference(name.as_str().ok()?.to_owned()))));
    }
    if let Some(number) = what.strip_prefix('-').and_then(|digits| digits.parse::<usize>().ok()) {
        if !name.is_empty() || number == 0 {
            return Ok(None);
        }
        return Ok(reflog::earlier_branch(repository, number)?.map(Named::Reference));
    }
    let Ok(number) = what.parse::<usize>() else {
        bail!("`@{{{what}}}` is not supported in a range; expected a number, `u` or `upstream`");
    };
    let log = match name {
        "HEAD" => Some("HEAD".to_owned()),
        _ => full_name(),
    };
    let Some(log) = log else { return Ok(None) };
    let entries = reflog::read(repository, &log)?;
    Ok(entries.iter().rev().nth(number).map(|entry| Named::Object(entry.id)))
}

/// The object that a name without suffixes stands for.
fn base(repository: &Repository, objects: &Objects<'_>, name: &str) -> Result<Option<ObjectId>> {
    let name = if name == "@" { "HEAD" } else { name };
    let is_hex = name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let width = match repository.object_format() {
        ObjectFormat::Sha256 => 64,
        ObjectFormat::Sha1 => 40,
    };
    if is_hex && name.len() == width {
        return Ok(ObjectId::from_hex(name.to_ascii_lowercase().as_bytes()));
    }
    look::at_short_name(repository, name)?;
    let reference = repository.resolve_reference_from_short_name(name);
    match reference.and_then(|reference| reference.resolve()) {
        Ok(reference) => return Ok(reference.target().map(object_id)),
        Err(error)
            if matches!(
                error.code(),
                ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::UnbornBranch
            ) => {}
        Err(error) => return Err(error).with_context(|| format!("the reference `{name}` cannot be read")),
    }
    // An abbreviated name may follow a description, as in `v1.0-3-g0123abc`.
    let digits = if is_hex { name } else { name.rsplit_once("-g").map_or("", |(_, digits)| digits) };
    if !(FEWEST_DIGITS..=width).contains(&digits.len())
        || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(None);
    }
    abbreviated(repository, objects, digits, width)
}

/// The only object whose name begins with these digits.
fn abbreviated(
    repository: &Repository,
    objects: &Objects<'_>,
    digits: &str,
    width: usize,
) -> Result<Option<ObjectId>> {
    let padded = format!("{digits:0<width$}");
    let Some(prefix) = ObjectId::from_hex(padded.to_ascii_lowercase().as_bytes()) else { return Ok(None) };
    match repository.odb()?.exists_prefix(oid(prefix), digits.len()) {
        Ok(found) => Ok(Some(object_id(found)).filter(|id: &ObjectId| objects.exists(*id))),
        Err(error) if error.code() == ErrorCode::Ambiguous => {
            bail!("several objects have names that begin with `{digits}`; write more digits")
        }
        Err(_) => Ok(None),
    }
}

/// Follows `~N`, `^N`, `^{KIND}` and `:PATH` from an object.
fn follow(objects: &Objects<'_>, id: ObjectId, suffixes: &str) -> Result<Option<ObjectId>> {
    let mut id = id;
    let mut rest = suffixes;
    let peel = |id, kind| peeled(objects, id, kind).map_err(anyhow::Error::msg);
    while !rest.is_empty() {
        if let Some(path) = rest.strip_prefix(':') {
            let tree = peel(id, ObjectType::Tree)?;
            if path.is_empty() {
                return Ok(Some(tree));
            }
            let found = tree::at(objects, tree, path.as_bytes()).map_err(anyhow::Error::msg)?;
            return Ok(found.map(|(_, id)| id));
        }
        if let Some(inner) = rest.strip_prefix("^{") {
            let Some((kind, behind)) = inner.split_once('}') else { return Ok(None) };
            rest = behind;
            id = match kind {
                "" => peel(id, ObjectType::Any)?,
                "commit" => peel(id, ObjectType::Commit)?,
                "tree" => peel(id, ObjectType::Tree)?,
                "blob" => peel(id, ObjectType::Blob)?,
                "tag" => peel(id, ObjectType::Tag)?,
                "object" => id,
                _ => bail!("`^{{{kind}}}` is not supported in a range; name the commit"),
            };
            continue;
        }
        let Some(behind) = rest.strip_prefix(['^', '~']) else { return Ok(None) };
        let is_generation = rest.starts_with('~');
        let count = behind.bytes().take_while(u8::is_ascii_digit).count();
        let number = if count == 0 { Ok(1) } else { behind[..count].parse::<u32>() };
        let Ok(number) = number else { return Ok(None) };
        rest = &behind[count..];
        id = peel(id, ObjectType::Commit)?;
        let steps = if is_generation { number } else { u32::from(number > 0) };
        let parent = if is_generation { 1 } else { number as usize };
        for _ in 0..steps {
            let commit = objects.read(id, ObjectType::Commit).map_err(anyhow::Error::msg)?;
            let Some(next) = Commit::parse(commit.data()).parents.get(parent - 1).copied() else {
                return Ok(None);
            };
            if !objects.exists(next) {
                return Ok(None);
            }
            id = next;
        }
    }
    Ok(Some(id))
}
