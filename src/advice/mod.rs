//! What is said about a key because of the file that it stands in: how to read it from elsewhere, and what its place means.

mod key_place;
mod language;
mod place;

pub(crate) use key_place::KeyPlace;
pub(crate) use language::Replacement;
pub(crate) use place::{Placement, PlacementKind};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_place_can_be_advised_on(path in ".{0,20}(\\.py|\\.json|\\.tf|\\.env)?", before in ".{0,30}[=:\"'` ]{0,3}", after in ".{0,30}", is_in_git: bool, is_output: bool) {
            let excerpt = format!("{before}sk-…abcd{after}");
            let marker = (before.len(), excerpt.len() - after.len());
            let place = KeyPlace { path: &path, excerpt: &excerpt, marker, is_in_git, is_output };
            let _ = Placement::of(place);
            if let Some(replacement) = Replacement::of(place, &[], "Acme") {
                prop_assert!(!replacement.variable.is_empty());
                prop_assert!(replacement.line.is_none_or(|line| !line.contains("sk-…")));
            }
        }
    }
}
