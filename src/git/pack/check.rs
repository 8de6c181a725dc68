//! Reads everything in packs only to know whether it can be read.

use super::{
    file::PackDamage,
    packs::Packs,
    visit::{Object, Visitor},
};
use crate::{
    blob::ObjectId,
    git::kind::{ObjectKind, ObjectKinds},
    threads::Pool,
};

/// Remembers what cannot be read.
struct Checker<'a> {
    packs: &'a Packs,
    failed: Vec<(ObjectId, &'static str)>,
}

impl Packs {
    /// What is wrong with these packs.
    pub(in crate::git) fn check(&self, pool: &Pool) -> Vec<PackDamage> {
        let checkers = self.walk(ObjectKinds::ALL, pool, &|| Checker { packs: self, failed: Vec::new() });
        let failed = checkers.into_iter().flat_map(|checker| checker.failed);
        let damage = |(id, why): (ObjectId, &str)| PackDamage {
            path: format!("object {id}").into(),
            why: format!("{why}, at least in one of several places"),
        };
        failed.map(damage).chain(self.gaps()).collect()
    }
}

impl Visitor for Checker<'_> {
    type Mark = ();

    fn object(&mut self, _: Object<'_, ()>) {}

    fn failed(&mut self, id: ObjectId, _: Option<ObjectKind>, why: &'static str) {
        self.failed.push((id, why));
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        self.packs.read(id).ok()
    }
}
