//! Embeds `rules/*.toml`: as one compact JSON text, which parses ten times faster than TOML at the first hit, and as
//! the list of literals the search needs before any rule is parsed.

use std::{collections::BTreeSet, env, fs, path::Path};

/// A form that can only ever be `possible` is not looked for at the default level, and neither is its literal.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Default,
    PossibleOnly,
}

#[path = "src/rule/prefixes.rs"]
mod prefixes;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule/prefixes.rs");
    let mut files: Vec<_> = fs::read_dir("rules")
        .expect("the folder rules/ holds the rules")
        .map(|entry| entry.expect("rules/ is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();

    let mut documents = Vec::new();
    let mut prefixes = BTreeSet::new();
    for path in &files {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        collect_prefixes(path, &table, &mut prefixes);
        documents.push(table);
    }

    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let json = serde_json::to_string(&documents).expect("TOML values are JSON values");
    fs::write(Path::new(&out).join("rules.json"), json).expect("OUT_DIR is writable");
    let of = |levels: &[Level]| {
        let wanted = prefixes.iter().filter(|(level, _)| levels.contains(level));
        Vec::from_iter(prefixes::minimal(&wanted.map(|(_, prefix)| prefix.as_str()).collect()))
    };
    let (default, all) = (of(&[Level::Default]), of(&[Level::Default, Level::PossibleOnly]));
    let code = format!(
        "/// Literals of every form that can reach `likely`.\npub(crate) const DEFAULT: &[&str] = &{default:?};\n\
         /// Literals of every form.\npub(crate) const ALL: &[&str] = &{all:?};\n"
    );
    fs::write(Path::new(&out).join("anchors.rs"), code).expect("OUT_DIR is writable");
}

/// The literal before the first `{` of each shape.
fn collect_prefixes(path: &Path, table: &toml::Table, prefixes: &mut BTreeSet<(Level, String)>) {
    let rules = table.get("rule").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let forms = rules.iter().filter_map(|rule| rule.get("form")?.as_array()).flatten();
    for form in forms {
        let reaches =
            |key: &str| form.get(key).and_then(toml::Value::as_str).is_some_and(|c| c != "possible");
        let level = if reaches("confidence") || reaches("with_evidence") {
            Level::Default
        } else {
            Level::PossibleOnly
        };
        for shape in form.get("shapes").and_then(toml::Value::as_array).into_iter().flatten() {
            let shape = shape.as_str().unwrap_or_default();
            let prefix = shape.split('{').next().unwrap_or_default();
            assert!(
                prefix.len() >= 3,
                "{}: shape {shape:?} needs three literal bytes to be searched by",
                path.display()
            );
            let level = if level == Level::Default { Level::Default } else { Level::PossibleOnly };
            prefixes.insert((level, prefix.to_owned()));
        }
    }
}
