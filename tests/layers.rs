//! Data flows one way: no module knows one above it, no stage knows another one, and no two files know each other.
//! A type is defined once, so that a name means one thing everywhere.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each module of the crate, its layer, and those of its own layer it may know all the same.
const LAYERS: &[(&str, u32, &[&str])] = &[
    ("bytes", 0, &[]),
    ("blob", 0, &["bytes"]),
    ("rule", 0, &[]),
    ("cold", 0, &[]),
    ("decode", 0, &["bytes"]),
    ("day", 0, &[]),
    ("hidden", 0, &[]),
    ("json_rpc", 0, &[]),
    ("json_text", 0, &[]),
    ("agent_files", 0, &[]),
    ("loose_toml", 0, &["bytes"]),
    ("notebook", 0, &[]),
    ("path", 0, &["bytes"]),
    ("reading", 0, &[]),
    ("regular_file", 0, &[]),
    ("root", 0, &["path", "regular_file"]),
    ("whole_file", 0, &["cold"]),
    ("yaml", 0, &[]),
    // Rules that come in files of other scanners.
    ("foreign_rules", 2, &[]),
    ("threads", 0, &[]),
    ("finding", 1, &[]),
    ("git", 1, &[]),
    ("baseline", 2, &[]),
    ("hook", 2, &[]),
    ("agent", 2, &["advice", "masking", "remedy"]),
    ("masking", 2, &[]),
    // One parser reads the list of gitleaks, wherever it counts.
    ("import", 2, &["suppression"]),
    // What editors need to know of a text.
    ("editor", 2, &[]),
    ("expand", 2, &[]),
    ("suppression", 2, &[]),
    ("locate", 2, &[]),
    ("scan", 2, &[]),
    ("source", 2, &[]),
    ("report", 2, &["advice", "remedy"]),
    ("advice", 2, &[]),
    ("plan", 2, &["advice", "remedy"]),
    ("remedy", 2, &[]),
    ("config", 3, &[]),
    // What is made up is told as the engine does.
    ("known", 3, &[]),
    // Its help lists the formats there are.
    ("cli", 3, &[]),
    // It composes the stages and takes plain values: neither commands nor the command line are below it.
    ("session", 4, &[]),
    ("cmd", 5, &[]),
    ("fuzzing", 5, &[]),
    // What programs that use the library see.
    ("scanner", 5, &[]),
];

/// Modules that may not know the command line, though it is on a lower layer.
const NOT_ABOVE_THE_COMMAND_LINE: &[&str] = &["session", "scanner"];

fn layer(module: &str) -> Option<&'static (&'static str, u32, &'static [&'static str])> {
    LAYERS.iter().find(|(name, ..)| *name == module)
}

/// The production code of the crate: each file by its path from `src`, without tests, comments and texts.
struct Crate {
    files: BTreeMap<PathBuf, String>,
    /// What each file brings in by `use`.
    uses: BTreeMap<PathBuf, Vec<Used>>,
}

impl Crate {
    fn read() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = BTreeMap::new();
        let mut directories = vec![src.clone()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(&src).unwrap().to_owned();
                    files.insert(name, production_code(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let uses = files.iter().map(|(file, text)| (file.clone(), uses(text, &module_of(file)))).collect();
        Self { files, uses }
    }

    /// The file of a module, by its path from the root of the crate.
    fn file_of(&self, module: &[String]) -> Option<PathBuf> {
        if module.is_empty() {
            return Some("lib.rs".into());
        }
        let path: PathBuf = module.iter().collect();
        let file = path.with_extension("rs");
        let folder = path.join("mod.rs");
        [file, folder].into_iter().find(|file| self.files.contains_key(file))
    }

    /// Where the item is defined that a path means: paths go through `mod`s and re-exports.
    fn resolve(&self, path: &[String], depth: usize) -> Option<PathBuf> {
        let mut module = path.to_vec();
        let mut rest = Vec::new();
        loop {
            if let Some(file) = self.file_of(&module) {
                let Some(item) = rest.last() else { return Some(file) };
                for used in self.uses[&file].iter().filter(|used| used.is_public) {
                    if used.name == *item && depth < 8 && used.path != path {
                        return self.resolve(&used.path, depth + 1).or(Some(file));
                    }
                }
                return Some(file);
            }
            rest.push(module.pop()?);
        }
    }

    /// The files that a file knows by `use` or by a path in its code; its own submodules' names alone are no knowledge.
    fn known_to(&self, file: &Path) -> BTreeSet<PathBuf> {
        let own = module_of(file);
        let text = &self.files[file];
        let mut known = BTreeSet::new();
        // A re-export lends a name to others; whoever uses it knows the file behind it.
        for used in self.uses[file].iter().filter(|used| !used.is_public) {
            known.extend(self.resolve(&used.path, 0));
        }
        for path in paths_in_code(text, &own, self) {
            known.extend(self.resolve(&path, 0));
        }
        known.remove(file);
        known
    }
}

/// A file without `#[cfg(test)]` modules, comments and texts.
fn production_code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(inner) = raw_text(rest) {
            code.push_str("\"\"");
            rest = inner;
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            code.push_str("\"\"");
            rest = &rest[end.map_or(rest.len(), |end| end + 2)..];
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            code.push_str("' '");
            rest = &rest[if rest.starts_with("'\"'") { 3 } else { 4 }..];
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    code
}

/// What follows a raw string literal, if the text begins with one.
fn raw_text(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let inner = inner[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    inner.find(&end).map(|at| &inner[at + end.len()..])
}

/// The path of a file's module from the root of the crate.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// One name that a `use` brings in.
struct Used {
    name: String,
    path: Vec<String>,
    is_public: bool,
}

/// All names that `use` brings into a file of this module from its own crate.
fn uses(text: &str, own: &[String]) -> Vec<Used> {
    let mut all = Vec::new();
    for statement in text.split(';') {
        let Some(at) = statement.rfind("use ") else { continue };
        let before = statement[..at].trim_end();
        let start = before.rfind(['\n', '}', '{']).map_or(0, |at| at + 1);
        let visibility = before[start..].trim();
        // An attribute says when it counts.
        if !(visibility.is_empty() || visibility.starts_with("pub") || visibility.starts_with("#[")) {
            continue;
        }
        let mut leaves = Vec::new();
        tree(statement[at + 4..].trim(), &mut Vec::new(), &mut leaves);
        for (path, name) in leaves {
            if let Some(path) = absolute(&path, own) {
                all.push(Used { name, path, is_public: visibility.starts_with("pub") });
            }
        }
    }
    all
}

/// The leaves of `a::{b, c::{d, e as f}}`, and the names they get.
fn tree(text: &str, prefix: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) {
    let text = text.trim();
    let depth = prefix.len();
    if let Some(inner) = text.strip_prefix('{') {
        let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
        let (mut level, mut start) = (0, 0);
        for (at, c) in inner.char_indices() {
            match c {
                '{' => level += 1,
                '}' => level -= 1,
                ',' if level == 0 => {
                    tree(&inner[start..at], prefix, leaves);
                    start = at + 1;
                }
                _ => {}
            }
        }
        tree(&inner[start..], prefix, leaves);
    } else if let Some((head, rest)) = text.split_once("::") {
        prefix.push(head.trim().to_owned());
        tree(rest, prefix, leaves);
    } else if !text.is_empty() {
        let (name, shown) = text.split_once(" as ").unwrap_or((text, text));
        let mut path = prefix.clone();
        if name.trim() != "self" {
            path.push(name.trim().to_owned());
        }
        let shown = if shown.trim() == "self" {
            path.last().cloned().unwrap_or_default()
        } else {
            shown.trim().to_owned()
        };
        leaves.push((path, shown));
    }
    prefix.truncate(depth);
}

/// A path from the root of the crate; `None` for one that leads out of it.
fn absolute(path: &[String], own: &[String]) -> Option<Vec<String>> {
    let mut module = own.to_vec();
    let mut rest = path;
    match rest.first().map(String::as_str)? {
        "crate" => {
            module.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                module.pop()?;
                rest = &rest[1..];
            }
        }
        _ => {}
    }
    let is_local = path[0] != "crate" && path[0] != "self" && path[0] != "super";
    module.extend(rest.iter().cloned());
    // Without a word in front it may be a module of this file, or a crate.
    (!is_local || own.is_empty() || path.len() > 1).then_some(module)
}

/// Paths in the code itself, such as `super::a::b()`, `crate::a::B` and `a::b()` of a module of this file.
fn paths_in_code(text: &str, own: &[String], whole: &Crate) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("use ")) {
        // How far something is visible is no knowledge of what is there.
        let line = line.replace("pub(in crate::", "pub(in ");
        let mut rest = line.as_str();
        while let Some(at) = rest.find("::") {
            let head: String =
                rest[..at].chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let head: String = head.chars().rev().collect();
            let tail = &rest[at..];
            let mut path = vec![head];
            let mut inner = tail;
            while let Some(next) = inner.strip_prefix("::") {
                let word: String = next.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if word.is_empty() {
                    break;
                }
                inner = &next[word.len()..];
                path.push(word);
            }
            rest = &tail[2.max(tail.len() - inner.len())..];
            let is_rooted = matches!(path[0].as_str(), "crate" | "super" | "self");
            let child = [own, std::slice::from_ref(&path[0])].concat();
            if is_rooted || !path[0].is_empty() && whole.file_of(&child).is_some() {
                paths.extend(absolute(&path, own));
            }
        }
    }
    paths
}

#[test]
fn no_module_knows_one_above_or_beside_it() {
    let whole = Crate::read();
    let mut seen = 0;
    for file in whole.files.keys() {
        let own = module_of(file);
        let Some(own) = own.first() else { continue };
        let (_, own_layer, friends) =
            layer(own).unwrap_or_else(|| panic!("{own} has no layer in tests/layers.rs"));
        for known in whole.known_to(file) {
            let Some(module) = module_of(&known).first().cloned() else { continue };
            if module == *own {
                continue;
            }
            let (_, other_layer, _) =
                layer(&module).unwrap_or_else(|| panic!("{}: {module}?", file.display()));
            let is_hidden = module == "cli" && NOT_ABOVE_THE_COMMAND_LINE.contains(&own.as_str());
            let allowed = (other_layer < own_layer || friends.contains(&module.as_str())) && !is_hidden;
            assert!(
                allowed,
                "{} (layer {own_layer}) knows {} (layer {other_layer})",
                file.display(),
                known.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 200, "only {seen} uses seen: does the test still read them?");
}

#[test]
fn no_two_files_know_each_other() {
    let whole = Crate::read();
    let graph: BTreeMap<&Path, BTreeSet<PathBuf>> =
        whole.files.keys().map(|file| (file.as_path(), whole.known_to(file))).collect();
    let circles = circles(&graph);
    assert!(circles.is_empty(), "{} circles of files:\n{}", circles.len(), circles.join("\n"));
}

/// Every strongly connected part of a graph with more than one file, as `a → b → a`.
fn circles(graph: &BTreeMap<&Path, BTreeSet<PathBuf>>) -> Vec<String> {
    let reach = |from: &Path| {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(file) = waiting.pop() {
            for next in graph.get(file.as_path()).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&Path, BTreeSet<PathBuf>> = graph.keys().map(|file| (*file, reach(file))).collect();
    let mut found = Vec::new();
    let mut done: BTreeSet<&Path> = BTreeSet::new();
    for (file, others) in &reached {
        if !others.contains(*file) || done.contains(file) {
            continue;
        }
        let part: BTreeSet<&Path> = reached
            .iter()
            .filter(|(other, back)| others.contains(**other) && back.contains(*file))
            .map(|(other, _)| *other)
            .collect();
        let edges = part.iter().flat_map(|from| {
            let inner = graph[from].iter().filter(|to| part.contains(to.as_path()));
            inner.map(move |to| format!("{} → {}", from.display(), to.display()))
        });
        found.push(edges.collect::<Vec<_>>().join(", "));
        done.extend(part);
    }
    found
}

/// On Windows the standard library writes whole paths as nobody else does, so that they equal no others.
#[test]
fn whole_paths_come_from_one_place() {
    let asks = |(file, text): (&PathBuf, &String)| text.contains("canonicalize").then(|| file.clone());
    let files: Vec<PathBuf> = Crate::read().files.iter().filter_map(asks).collect();
    assert_eq!(files, [Path::new("path.rs")]);
}

#[test]
fn a_type_is_defined_once() {
    let mut defined: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (file, text) in &Crate::read().files {
        for line in text.lines() {
            let words: Vec<&str> =
                line.split_whitespace().skip_while(|word| word.starts_with("pub")).collect();
            let [kind, name, ..] = words[..] else { continue };
            // What a trait or an implementation calls its own is indented.
            let is_type = matches!(kind, "struct" | "enum" | "trait" | "type" | "union");
            if is_type && !(kind == "type" && line.starts_with(' ')) {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // A macro has a parameter there.
                if !name.is_empty() {
                    defined.entry(name).or_default().push(file.clone());
                }
            }
        }
    }
    assert!(defined.len() > 200, "only {} types seen: does the test still read them?", defined.len());
    let twice: Vec<_> = defined.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{} names stand for several types: {twice:#?}", twice.len());
}

#[test]
fn the_test_reads_every_form_of_use() {
    let own = ["x".to_owned(), "y".to_owned()];
    let text = "use crate::{\n    a::B,\n    c::{D, e::{F as G}},\n    g::{self, H},\n};\npub(crate) use super::h::I;\n#[cfg(unix)]\nuse crate::j::K;\nuse std::fmt;";
    let found: Vec<String> =
        uses(text, &own).iter().map(|used| format!("{}={}", used.name, used.path.join("::"))).collect();
    assert_eq!(
        found,
        ["B=a::B", "D=c::D", "G=c::e::F", "g=g", "H=g::H", "I=x::h::I", "K=j::K", "fmt=x::y::std::fmt"]
    );
    assert_eq!(production_code("a \"b::c\" // d\nr#\"e\"f\"# g"), "a \"\" \n\"\" g");
}

#[test]
fn the_test_finds_circles() {
    let file = |name: &str| PathBuf::from(name);
    let (a, b, c) = (file("a"), file("b"), file("c"));
    let graph = BTreeMap::from([
        (a.as_path(), BTreeSet::from([b.clone()])),
        (b.as_path(), BTreeSet::from([c.clone()])),
        (c.as_path(), BTreeSet::from([b.clone()])),
    ]);
    assert_eq!(circles(&graph), ["b → c, c → b"]);
}
