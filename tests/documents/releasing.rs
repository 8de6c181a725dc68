//! What must agree before a release: docs/releasing.md tells a maintainer where to set it.

use std::{collections::BTreeSet, fs, path::Path};

use ignore::WalkBuilder;

const GUIDE: &str = include_str!("../../docs/releasing.md");
/// What stands for the repository until it is set. It is in two parts, so that this file is none of the places.
const UNSET: &str = concat!("OWNER", "/skanner");

/// `owner/skanner`, as Cargo.toml has it.
fn repository() -> &'static str {
    env!("CARGO_PKG_REPOSITORY").strip_prefix("https://github.com/").expect("the repository is on GitHub")
}

/// The files of the tree that hold a text, without what git ignores.
fn holding(text: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let files =
        walk.map(|entry| entry.expect("the tree can be read").into_path()).filter(|path| path.is_file());
    let holding = files.filter(|file| fs::read_to_string(file).is_ok_and(|content| content.contains(text)));
    holding.map(|file| file.strip_prefix(root).expect("it is in the tree").display().to_string()).collect()
}

#[test]
fn the_address_of_the_repository_is_where_the_guide_says() {
    let (_, places) = GUIDE.split_once("<!-- places -->").unwrap();
    let (places, _) = places.split_once("<!-- /places -->").unwrap();
    let listed: BTreeSet<_> =
        places.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`')).collect();
    let found = holding(repository());
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
    // What was forgotten when the others were set.
    if repository() != UNSET {
        assert_eq!(holding(UNSET), BTreeSet::new());
    }
    for address in [env!("CARGO_PKG_HOMEPAGE"), include_str!("../../SECURITY.md")] {
        assert!(address.contains(repository()));
    }
}

#[test]
fn the_version_is_the_same_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(include_str!("../../setup.py").contains(&format!("\"skanner=={version}\"")), "setup.py");
    let module = include_str!("../../bindings/python/Cargo.toml");
    assert!(module.contains(&format!("\nversion = \"{version}\"")), "bindings/python/Cargo.toml");
    let changes = fs::read_to_string("CHANGELOG.md").unwrap();
    assert!(changes.contains(version) || changes.contains("Unreleased"), "CHANGELOG.md");
}
