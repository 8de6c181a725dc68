//! Where a repository keeps its objects: packs and loose files, its own and those of its alternates. A history reads
//! all of them. To read a few, use `Objects`.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use git2::{Oid, Repository};

use super::{
    kind::ObjectKind,
    loose,
    objects::oid,
    pack::{PackDamage, Packs},
};
use crate::{blob::ObjectId, path::from_git, regular_file, threads::Pool};

/// Nested alternates are followed to this depth, as in git.
const DEEPEST: usize = 5;

/// All objects of a repository.
pub(crate) struct Store {
    /// Objects in packs.
    pub packs: Packs,
    /// The names of loose objects that are in no pack, sorted.
    pub loose: Vec<ObjectId>,
    /// What exists but cannot be read.
    pub damages: Vec<PackDamage>,
    /// The directory of the repository itself, shared by all of its work trees.
    pub directory: PathBuf,
    /// Some pack came from a partial clone, so objects may be missing on purpose.
    pub is_partial: bool,
    /// Length of a name, in bytes.
    pub width: usize,
    /// The object directories.
    directories: Vec<PathBuf>,
    /// If set, all objects are read from it instead.
    cross_check: Option<Mutex<Repository>>,
}

impl Store {
    /// Opens all packs and lists all loose objects.
    #[must_use]
    pub(crate) fn open(repository: &Repository, pool: &Pool) -> Self {
        let directory = repository.commondir().to_owned();
        let width = match repository.object_format() {
            git2::ObjectFormat::Sha256 => 32,
            _ => 20,
        };
        let mut damages = Vec::new();
        let directories = object_directories(&directory.join("objects"), &mut damages);
        let mut indexes = Vec::new();
        let mut is_partial = false;
        let mut loose = Vec::new();
        for objects in &directories {
            is_partial |= list_packs(&objects.join("pack"), &mut indexes, &mut damages);
            list_loose(objects, width, &mut loose, &mut damages);
        }
        let (packs, mut broken) = Packs::open(&indexes, width, pool);
        damages.append(&mut broken);
        loose.sort_unstable();
        loose.dedup();
        loose.retain(|id| !packs.contains(*id));
        Self { packs, loose, damages, directory, is_partial, width, directories, cross_check: None }
    }

    /// Reads every object through libgit2, one by one, as if none were packed. This is slow, and only for intact
    /// repositories: a damaged index makes libgit2 crash.
    ///
    /// # Errors
    /// When libgit2 cannot list the objects.
    pub(crate) fn open_for_cross_check(repository: &Repository, pool: &Pool) -> Result<Self, git2::Error> {
        let mut store = Self::open(repository, pool);
        store.packs = Packs::default();
        store.loose.clear();
        repository.odb()?.foreach(|oid| {
            store.loose.extend(ObjectId::new(oid.as_bytes()));
            true
        })?;
        store.loose.sort_unstable();
        store.loose.dedup();
        store.cross_check = Some(Mutex::new(Repository::open(repository.path())?));
        Ok(store)
    }
}

impl Store {
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

    fn loose_number(&self, id: ObjectId) -> Option<u32> {
        let at = self.loose.binary_search(&id).ok()?;
        Some((self.packs.len() + at) as u32)
    }

    /// Reads one object and verifies it by its hash. libgit2 is only asked for a second opinion: a damaged index makes
    /// it crash.
    ///
    /// # Errors
    /// Why it cannot be read, phrased to follow its name.
    pub(crate) fn read(&self, id: ObjectId) -> Result<(ObjectKind, Vec<u8>), String> {
        if let Some(repository) = &self.cross_check {
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
        let name = id.to_string();
        for directory in &self.directories {
            let path = directory.join(&name[..2]).join(&name[2..]);
            if path.symlink_metadata().is_ok() {
                match loose::read(&path).and_then(|object| proved(id, object)) {
                    Ok(object) => return Ok(object),
                    Err(error) => why = error,
                }
            }
        }
        Err(why)
    }

    /// The name of the object with this number.
    #[must_use]
    pub(crate) fn id(&self, number: u32) -> Option<ObjectId> {
        let at = number as usize;
        self.packs.id(number).or_else(|| self.loose.get(at.checked_sub(self.packs.len())?).copied())
    }
}

fn read_by_libgit2(repository: &Repository, id: ObjectId) -> Result<(ObjectKind, Vec<u8>), git2::Error> {
    let odb = repository.odb()?;
    let object = odb.read(oid(id))?;
    let kind = ObjectKind::of(object.kind()).ok_or_else(|| git2::Error::from_str("is of an unknown kind"))?;
    Ok((kind, object.data().to_vec()))
}

/// Looks up numbers and caches recent ones: neighboring trees in a delta chain refer to the same objects.
pub(crate) struct NumberCache<'a> {
    store: &'a Store,
    remembered: Vec<(Option<ObjectId>, u32)>,
    /// The numbers from the last lookup.
    numbers: Vec<Option<u32>>,
    /// Positions in the last lookup that were not cached, and their numbers.
    unknown: Vec<usize>,
    found: Vec<Option<u32>>,
}

/// How many numbers are cached, a power of two.
const REMEMBERED: usize = 1 << 14;

impl<'a> NumberCache<'a> {
    /// An empty cache.
    #[must_use]
    pub(crate) fn new(store: &'a Store) -> Self {
        Self {
            store,
            remembered: vec![(None, 0); REMEMBERED],
            numbers: Vec::new(),
            unknown: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The numbers of the objects with these names, in order. The same as [`Store::number`], but faster.
    pub(crate) fn get<'n>(&mut self, names: impl Iterator<Item = &'n [u8]>) -> &[Option<u32>] {
        self.numbers.clear();
        self.unknown.clear();
        let mut unknown = Vec::new();
        for (at, name) in names.enumerate() {
            let id = ObjectId::new(name);
            let (known, number) = &self.remembered[slot(name)];
            let is_known = known.is_some() && *known == id;
            self.numbers.push(is_known.then_some(*number));
            if !is_known {
                self.unknown.push(at);
                unknown.push(name);
            }
        }
        self.store.packs.numbers(&unknown, &mut self.found);
        for ((at, name), found) in self.unknown.iter().zip(unknown).zip(&self.found) {
            let Some(id) = ObjectId::new(name) else { continue };
            let number = found.or_else(|| self.store.loose_number(id));
            self.numbers[*at] = number;
            if let Some(number) = number {
                self.remembered[slot(name)] = (Some(id), number);
            }
        }
        &self.numbers
    }
}

fn slot(name: &[u8]) -> usize {
    name.get(2..4).map_or(0, |bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]])) % REMEMBERED)
}

/// Returns the object if its hash matches its name.
fn proved(id: ObjectId, (kind, bytes): (ObjectKind, Vec<u8>)) -> Result<(ObjectKind, Vec<u8>), String> {
    let format =
        if id.as_bytes().len() == 32 { git2::ObjectFormat::Sha256 } else { git2::ObjectFormat::Sha1 };
    match Oid::hash_object_ext(kind.of_libgit2(), &bytes, format) {
        Ok(hash) if hash.as_bytes() == id.as_bytes() => Ok((kind, bytes)),
        Ok(_) => Err("is damaged: its content does not match its name".to_owned()),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// The object directory and those of all alternates, each once.
fn object_directories(own: &Path, damages: &mut Vec<PackDamage>) -> Vec<PathBuf> {
    let mut directories = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(own.to_owned(), 0)];
    while let Some((directory, depth)) = waiting.pop() {
        let whole = match directory.canonicalize() {
            Ok(whole) => whole,
            Err(error) => {
                damages.push(PackDamage {
                    path: directory,
                    why: format!("is an object directory that cannot be read: {error}"),
                });
                continue;
            }
        };
        if !seen.insert(whole.clone()) {
            continue;
        }
        let list = whole.join("info/alternates");
        match regular_file::read(&list) {
            Ok(text) if depth >= DEEPEST && !text.is_empty() => {
                let why = format!(
                    "names alternates at a depth of more than {DEEPEST}, where git does not look either"
                );
                damages.push(PackDamage { path: list, why });
            }
            Ok(text) => {
                let lines =
                    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#');
                waiting.extend(lines.map(|line| (whole.join(from_git(line)), depth + 1)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => damages.push(PackDamage { path: list, why: error.to_string() }),
        }
        directories.push(whole);
    }
    directories
}

/// Adds the indexes of packs, and returns whether any pack is from a partial clone.
fn list_packs(directory: &Path, indexes: &mut Vec<PathBuf>, damages: &mut Vec<PackDamage>) -> bool {
    let mut names = BTreeSet::new();
    for entry in entries(directory, damages) {
        names.insert(entry);
    }
    let has = |path: &Path, extension: &str| names.contains(&path.with_extension(extension));
    let mut is_partial = false;
    for path in &names {
        let extension = path.extension().unwrap_or_default();
        if extension == "idx" && has(path, "pack") {
            indexes.push(path.clone());
        } else if extension == "idx" {
            damages.push(PackDamage {
                path: path.clone(),
                why: "is the index of a pack that does not exist".to_owned(),
            });
        } else if extension == "pack" && !has(path, "idx") {
            let why = "is a pack without its index: `git index-pack` creates one".to_owned();
            damages.push(PackDamage { path: path.clone(), why });
        } else if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"tmp_")) {
            damages.push(leftover(path));
        }
        is_partial |= extension == "promisor";
    }
    is_partial
}

fn leftover(path: &Path) -> PackDamage {
    let why =
        "is left over from an interrupted command, and is not an object yet: `git gc` removes it".to_owned();
    PackDamage { path: path.to_owned(), why }
}

fn list_loose(objects: &Path, width: usize, loose: &mut Vec<ObjectId>, damages: &mut Vec<PackDamage>) {
    for directory in entries(objects, damages) {
        let name = directory.file_name().unwrap_or_default().as_encoded_bytes().to_owned();
        if name.starts_with(b"tmp_") {
            damages.push(leftover(&directory));
        }
        if name.len() != 2 || !name.iter().all(u8::is_ascii_hexdigit) {
            continue;
        }
        for path in entries(&directory, damages) {
            let rest = path.file_name().unwrap_or_default().as_encoded_bytes();
            match ObjectId::from_hex(&[&name, rest].concat()).filter(|id| id.as_bytes().len() == width) {
                Some(id) => loose.push(id),
                None => damages.push(leftover(&path)),
            }
        }
    }
}

/// The entries of a directory; empty if it does not exist.
fn entries(directory: &Path, damages: &mut Vec<PackDamage>) -> Vec<PathBuf> {
    let list = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    match list() {
        Ok(paths) => paths,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            damages.push(PackDamage { path: directory.to_owned(), why: error.to_string() });
            Vec::new()
        }
    }
}
