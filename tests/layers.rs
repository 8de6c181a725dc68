//! Data flows one way: no module knows one above it, and no stage knows another one.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module of the crate, its layer, and those of its own layer it may know all the same.
const LAYERS: &[(&str, u32, &[&str])] = &[
    ("blob", 0, &[]),
    ("rule", 0, &[]),
    ("decode", 0, &[]),
    ("day", 0, &[]),
    ("hidden", 0, &[]),
    ("path", 0, &[]),
    ("whole_file", 0, &[]),
    ("finding", 1, &[]),
    ("git", 1, &[]),
    ("baseline", 2, &[]),
    ("hook", 2, &[]),
    ("expand", 2, &[]),
    ("filter", 2, &[]),
    ("locate", 2, &[]),
    ("scan", 2, &[]),
    ("source", 2, &[]),
    ("report", 2, &["remedy"]),
    ("remedy", 2, &[]),
    // It escapes what it quotes as reports do.
    ("config", 3, &[]),
    // Its help lists the formats there are.
    ("cli", 3, &[]),
    ("cmd", 4, &[]),
];

fn layer(module: &str) -> Option<&'static (&'static str, u32, &'static [&'static str])> {
    LAYERS.iter().find(|(name, ..)| *name == module)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The top-level modules that a file names: in `use crate::{a::…, b::…}`, `use crate::a` and `crate::a::…`.
fn named_modules(text: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for character in list.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => modules.push(word(std::mem::take(&mut item).trim())),
                    _ if depth == 0 => item.push(character),
                    _ => {}
                }
            }
            modules.push(word(item.trim()));
        } else {
            modules.push(word(rest));
        }
    }
    modules.retain(|module| !module.is_empty());
    modules
}

#[test]
fn no_module_knows_one_above_or_beside_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in sources(&src) {
        let inner = file.strip_prefix(&src).unwrap();
        let own = inner
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        let (_, own_layer, friends) =
            layer(&own).unwrap_or_else(|| panic!("{own} has no layer in tests/layers.rs"));
        for module in named_modules(&fs::read_to_string(&file).unwrap()) {
            if module == own {
                continue;
            }
            let (_, other_layer, _) =
                layer(&module).unwrap_or_else(|| panic!("{}: {module}?", inner.display()));
            let allowed = other_layer < own_layer || friends.contains(&module.as_str());
            assert!(allowed, "{} (layer {own_layer}) knows {module} (layer {other_layer})", inner.display());
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} uses seen: does the test still read them?");
}

#[test]
fn the_test_reads_every_form_of_use() {
    let text =
        "use crate::{\n    a::B,\n    c::{D, e::{F}},\n    g,\n};\nuse crate::h::I;\nlet x = crate::j::k();";
    assert_eq!(named_modules(text), ["a", "c", "g", "h", "j"]);
}
