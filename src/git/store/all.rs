//! All objects of a repository, by name and number.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use git2::Repository;

use super::{directories, listing::ObjectListing, stamp::StoreStamp};
use crate::{
    blob::ObjectId,
    git::{
        hash,
        kind::ObjectKind,
        loose,
        objects::oid,
        pack::{PackCheck, PackDamage, Packs},
    },
    threads::Pool,
};

/// All objects of a repository.
pub(crate) struct Store {
    /// Objects in packs.
    pub packs: Packs,
    /// The names of loose objects that are in no pack, sorted.
    pub loose: Vec<ObjectId>,
    /// Loose files whose object is in a pack or another loose file, too. They have not been read.
    pub copies: Vec<LooseCopy>,
    /// Files and links in the object directories that are no objects by their name. They have not been read.
    pub others: Vec<PathBuf>,
    /// What exists but cannot be read.
    pub damages: Vec<PackDamage>,
    /// The directory of the repository itself, shared by all of its work trees.
    pub directory: PathBuf,
    /// Some pack came from a partial clone, so objects may be missing on purpose.
    pub is_partial: bool,
    /// Length of a name, in bytes.
    pub width: usize,
    /// What was there when it was opened, if that was asked for.
    pub stamp: Option<StoreStamp>,
    /// The loose objects that are to be read, if not all of them are.
    new_loose: Option<Vec<ObjectId>>,
    /// The object directories.
    directories: Vec<PathBuf>,
    /// The object directory of each loose object, by its number there.
    loose_in: Vec<u32>,
    /// If set, all objects are read from it instead.
    cross_check: Option<CrossCheck>,
}

/// A loose file whose object is somewhere else, too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LooseCopy {
    id: ObjectId,
    /// The number of its object directory.
    directory: u32,
}

/// Another reader of objects.
struct CrossCheck {
    repository: Mutex<Repository>,
    /// All objects, in an order in which it need not build the bases of deltas again and again.
    order: Vec<ObjectId>,
}

impl Store {
    /// Opens all packs and lists all loose objects. What is in the stamp of this store among `known` is passed over when
    /// objects are read, if all of it is still there.
    #[must_use]
    pub(crate) fn open(repository: &Repository, pool: &Pool, known: Option<&[&StoreStamp]>) -> Self {
        let directory = repository.commondir().to_owned();
        let width = match repository.object_format() {
            git2::ObjectFormat::Sha256 => 32,
            _ => 20,
        };
        let mut damages = Vec::new();
        let found = directories::find(&directory.join("objects"), &directory, true, &mut damages);
        let ObjectListing { mut indexes, mut loose, directories, others, damages: listed, is_partial } =
            ObjectListing::new(&found, width);
        damages.extend(listed);
        let path = |(id, at): &(ObjectId, u32)| loose_path(&directories, *id, *at);
        let stamp =
            known.map(|_| StoreStamp::of(&directory, &indexes, &loose.iter().map(path).collect::<Vec<_>>()));
        let known = known.into_iter().flatten().copied().find(|known| {
            stamp.as_ref().is_some_and(|stamp| known.directory == stamp.directory && known.is_in(stamp))
        });
        // What is new comes first, so that no object in it is taken for the copy of one that is passed over.
        if let Some(known) = known {
            indexes.sort_by_cached_key(|index| known.has_pack(index));
        }
        let (mut packs, broken) = Packs::open(&indexes, width, pool);
        if let Some(known) = known {
            packs.pass_over(|pack| known.has_pack(&pack.with_extension("idx")));
        }
        damages.extend(broken);
        loose.sort_unstable();
        let mut copies = Vec::new();
        let mut last = None;
        // Of several copies only one is searched, so the others must be verified.
        loose.retain(|&(id, directory)| {
            let before = last.replace((id, directory)).filter(|before| before.0 == id);
            let is_copy = packs.share(id) || before.is_some();
            if is_copy {
                copies.extend(
                    before
                        .into_iter()
                        .chain([(id, directory)])
                        .map(|(id, directory)| LooseCopy { id, directory }),
                );
            }
            !is_copy
        });
        copies.dedup();
        let (loose, loose_in): (Vec<ObjectId>, Vec<u32>) = loose.into_iter().unzip();
        let new_loose = known.zip(stamp.as_ref()).map(|(known, stamp)| {
            // Git sets the time of a loose object to now when it would write it again. If its content is what its name says, it
            // is what it was.
            let is_proved =
                |id: ObjectId, path: &Path| loose::read(path).and_then(|object| proved(id, object)).is_ok();
            let is_new = |one: &(ObjectId, u32)| {
                let path = path(one);
                let is_old =
                    known.has_loose(stamp, &path) || known.names_loose(&path) && is_proved(one.0, &path);
                !is_old
            };
            let new: Vec<(ObjectId, u32)> =
                loose.iter().copied().zip(loose_in.iter().copied()).filter(is_new).collect();
            // An object that is in a known pack, too, is read from there.
            let in_packs = new.iter().filter(|(id, _)| packs.number(*id).is_some());
            copies.extend(in_packs.map(|&(id, directory)| LooseCopy { id, directory }));
            copies.sort_unstable();
            new.into_iter().map(|(id, _)| id).collect()
        });
        Self {
            packs,
            loose,
            copies,
            others,
            damages,
            directory,
            is_partial,
            width,
            stamp,
            new_loose,
            directories,
            loose_in,
            cross_check: None,
        }
    }

    /// Reads every object through libgit2, one by one, as if none were packed. This is slow, and only for intact
    /// repositories: a damaged index makes libgit2 crash.
    ///
    /// # Errors
    /// When libgit2 cannot list the objects.
    pub(crate) fn open_for_cross_check(repository: &Repository, pool: &Pool) -> Result<Self, git2::Error> {
        let mut store = Self::open(repository, pool, None);
        let packs = std::mem::take(&mut store.packs);
        // libgit2 reads one copy of each object, and does not notice bytes that belong to none.
        let PackCheck { damages, is_endless } = packs.check();
        if is_endless {
            return Err(git2::Error::from_str(
                "libgit2 would take too long for a second opinion, since it builds long chains of deltas again for each \
                 object: scan without it",
            ));
        }
        store.damages.extend(damages);
        store.loose.clear();
        repository.odb()?.foreach(|oid| {
            store.loose.extend(ObjectId::new(oid.as_bytes()));
            true
        })?;
        store.loose.sort_unstable();
        store.loose.dedup();
        let order = packs.in_chains();
        let packed: std::collections::HashSet<ObjectId> = order.iter().copied().collect();
        let rest = store.loose.iter().filter(|id| !packed.contains(id));
        let order = order.iter().chain(rest).copied().collect();
        let repository = Mutex::new(Repository::open(repository.path())?);
        store.cross_check = Some(CrossCheck { repository, order });
        Ok(store)
    }
}

impl Store {
    /// The stamp of what was read, for a later scan that passes over it. That scan believes the checksums of packs, so that
    /// they are computed for those that are not `known`.
    #[must_use]
    pub(crate) fn proved_stamp(&self, known: Option<&StoreStamp>) -> Option<StoreStamp> {
        Some(self.stamp.clone()?.proved(known))
    }

    /// The stamp of what is here, if some of it is passed over.
    #[must_use]
    pub(crate) fn passes_over(&self) -> Option<&StoreStamp> {
        self.stamp.as_ref().filter(|_| self.new_loose.is_some())
    }

    /// The number of objects. Each has a number below this.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.packs.len() + self.loose.len()
    }

    /// The number of an object.
    #[must_use]
    pub(crate) fn number(&self, id: ObjectId) -> Option<u32> {
        self.packs.number(id).or_else(|| self.loose_number(id))
    }

    pub(super) fn loose_number(&self, id: ObjectId) -> Option<u32> {
        let at = self.loose.binary_search(&id).ok()?;
        Some((self.packs.len() + at) as u32)
    }

    /// The objects that are read one by one, in the best order for that.
    #[must_use]
    pub(crate) fn one_by_one(&self) -> &[ObjectId] {
        let loose = self.new_loose.as_ref().unwrap_or(&self.loose);
        self.cross_check.as_ref().map_or(loose, |check| &check.order)
    }

    /// Reads one object and verifies it by its hash. libgit2 is only asked for a second opinion: a damaged index makes
    /// it crash.
    ///
    /// # Errors
    /// Why it cannot be read, phrased to follow its name.
    pub(crate) fn read(&self, id: ObjectId) -> Result<(ObjectKind, Vec<u8>), String> {
        if let Some(CrossCheck { repository, .. }) = &self.cross_check {
            let repository = repository.lock().unwrap_or_else(PoisonError::into_inner);
            return read_by_libgit2(&repository, id).map_err(|error| error.message().to_owned());
        }
        let mut why = "is missing".to_owned();
        match self
            .packs
            .read(id)
            .map_err(|why| why.map(str::to_owned))
            .and_then(|object| proved(id, object).map_err(Some))
        {
            Ok(object) => return Ok(object),
            Err(Some(error)) => why = error,
            Err(None) => {}
        }
        let own = self.loose.binary_search(&id).ok().map(|at| self.loose_in[at]);
        let start = self.copies.partition_point(|copy| copy.id < id);
        let copies = self.copies[start..].iter().take_while(|copy| copy.id == id);
        for directory in own.into_iter().chain(copies.map(|copy| copy.directory)) {
            match self.read_loose(id, directory) {
                Ok(object) => return Ok(object),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    fn read_loose(&self, id: ObjectId, directory: u32) -> Result<(ObjectKind, Vec<u8>), String> {
        loose::read(&self.loose_path(id, directory)).and_then(|object| proved(id, object))
    }

    fn loose_path(&self, id: ObjectId, directory: u32) -> PathBuf {
        loose_path(&self.directories, id, directory)
    }

    /// Checks that a copy is what its name says, and so the same as the object that is searched.
    pub(crate) fn check_copy(&self, copy: LooseCopy) -> Option<PackDamage> {
        let why = self.read_loose(copy.id, copy.directory).err()?;
        Some(PackDamage { path: self.loose_path(copy.id, copy.directory), why })
    }

    /// The name of the object with this number.
    #[must_use]
    pub(crate) fn id(&self, number: u32) -> Option<ObjectId> {
        let at = number as usize;
        self.packs.id(number).or_else(|| self.loose.get(at.checked_sub(self.packs.len())?).copied())
    }
}

/// The object directories of the repository in `directory` that lie outside of `inside`, canonical. None of them is
/// opened.
#[must_use]
pub(in crate::git) fn directories_outside(directory: &Path, inside: &Path) -> Vec<PathBuf> {
    let found = directories::find(&directory.join("objects"), inside, false, &mut Vec::new());
    found.into_iter().filter(|one| !one.is_own).map(|one| one.path).collect()
}

fn read_by_libgit2(repository: &Repository, id: ObjectId) -> Result<(ObjectKind, Vec<u8>), git2::Error> {
    let odb = repository.odb()?;
    let object = odb.read(oid(id))?;
    let kind = ObjectKind::of(object.kind()).ok_or_else(|| git2::Error::from_str("is of an unknown kind"))?;
    Ok((kind, object.data().to_vec()))
}

/// The file of a loose object in one of these object directories.
fn loose_path(directories: &[PathBuf], id: ObjectId, directory: u32) -> PathBuf {
    let name = id.to_string();
    directories[directory as usize].join(&name[..2]).join(&name[2..])
}

/// Returns the object if its hash matches its name.
fn proved(id: ObjectId, (kind, bytes): (ObjectKind, Vec<u8>)) -> Result<(ObjectKind, Vec<u8>), String> {
    hash::prove(id, kind, &bytes)?;
    Ok((kind, bytes))
}
