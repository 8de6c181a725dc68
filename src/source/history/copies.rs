//! Loose files that nobody reads, since their object is somewhere else, too.

use super::files;
use crate::{
    git::{pack::PackDamage, store::Store},
    source::sink::Sink,
    threads::{Pool, Turns},
};

/// This many copies are worth another thread.
const A_THREADS_WORTH: usize = 32;

/// Checks that each is what its name says, and so the same as what is read.
pub(super) fn check(store: &Store, pool: &Pool, sink: &mut impl Sink) {
    if store.copies.is_empty() {
        return;
    }
    let turns = Turns::new(&store.copies);
    let threads = pool.at_once(store.copies.len() / A_THREADS_WORTH + 1);
    let damages = pool.map(vec![(); threads], |()| {
        let copies = std::iter::from_fn(|| turns.take());
        copies.filter_map(|copy| store.check_copy(*copy)).collect::<Vec<_>>()
    });
    for PackDamage { path, why } in damages.into_iter().flatten() {
        sink.not_scanned(&files::name(&path), format!("{why}; another copy of the object exists"));
    }
}
