//! Embeds `rules/*.toml`: as compact JSON, which parses ten times faster than TOML on the first match, and as the list
//! of literals that the search needs before any rule is parsed. Also tells `skanner --version` what it was built from.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use evidence::evidence;
use families::SETS;
use model::{Confidence, Form, Guidance, Rule};
use prefixes::{LONG_LITERAL, minimal};

// Only the build reads what the program does not get.
#[path = "src/rule/evidence.rs"]
mod evidence;
// The program's own types, which validate the files. The build needs only some of them.
#[allow(dead_code)]
#[path = "src/rule/families.rs"]
mod families;
#[allow(dead_code, unreachable_pub)]
#[path = "src/rule/keyword.rs"]
mod keyword;
#[allow(dead_code, unreachable_pub, unused_imports)]
#[path = "src/rule/model.rs"]
mod model;
#[path = "src/rule/prefixes.rs"]
mod prefixes;
#[path = "src/rule/words.rs"]
mod words;

/// The build does not parse shapes. The program does so when it loads the rules.
mod shape {
    pub(crate) type Shape = String;
}

/// Nor regular expressions and allowlists, which no built-in rule has.
mod expression {
    pub(crate) type Expression = String;
}
mod allowlist {
    pub(crate) type Allowlist = ();
    pub(crate) type WordSet = ();
}

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule");
    println!("cargo::rerun-if-changed=src/cmd/schema");
    println!("cargo::rustc-env=SKANNER_VERSION={}", version());
    let mut files: Vec<_> = fs::read_dir("rules")
        .expect("the directory rules/ contains the rules")
        .map(|entry| entry.expect("rules/ is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();

    let (mut ids, mut rules, mut tables) = (BTreeSet::new(), Vec::new(), Vec::new());
    for path in &files {
        let name = path.display();
        for table in read(path).unwrap_or_else(|error| panic!("{name}: {error}")) {
            let rule: Rule = table.clone().try_into().unwrap_or_else(|error| panic!("{name}: {error}"));
            check(&rule).unwrap_or_else(|error| panic!("{name}: rule {} {error}", rule.id));
            assert!(ids.insert(rule.id.clone()), "{name}: duplicate rule {}", rule.id);
            rules.push(rule);
            tables.push(table);
        }
    }

    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    // A scan needs none of them, and they are a fifth of the text and three quarters of the shapes.
    let examples: Vec<_> = tables.iter_mut().map(take_examples).collect();
    let examples = serde_json::to_string(&examples).expect("TOML values are JSON values");
    fs::write(out.join("guidance.txt"), take_guidance(&mut tables)).expect("OUT_DIR is writable");
    fs::write(out.join("examples.json"), examples).expect("OUT_DIR is writable");
    let json = serde_json::to_string(&tables).expect("TOML values are JSON values");
    fs::write(out.join("rules.json"), json).expect("OUT_DIR is writable");
    fs::write(out.join("anchors.rs"), anchors(&rules)).expect("OUT_DIR is writable");
    for name in ["report", "config"] {
        fs::write(out.join(format!("{name}.schema.json")), schema(name)).expect("OUT_DIR is writable");
    }
}

/// A schema of `skanner schema`, without the space that makes it readable.
fn schema(name: &str) -> String {
    let file = format!("src/cmd/schema/{name}.json");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let schema: serde_json::Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    schema.to_string()
}

/// The version with the commit and its day, as far as they are known. A debug build has neither, since each commit would
/// build it anew.
fn version() -> String {
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets CARGO_PKG_VERSION");
    let built_from = match env::var("PROFILE").as_deref() {
        Ok("release") => commit().or_else(packaged_commit),
        _ => None,
    };
    built_from.map_or(version.clone(), |built_from| format!("{version} ({built_from})"))
}

/// Asks git, if this is a checkout of our own. A package that is unpacked in another project's tree is none.
fn commit() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    // Each commit, checkout and reset appends to this file.
    println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    let log = git(&["log", "-1", "--no-show-signature", "--format=%H %cd", "--date=format-local:%Y-%m-%d"])?;
    let (commit, day) = log.split_once(' ')?;
    Some(format!("{} {day}", commit.get(..9)?))
}

/// What git prints, or nothing if there is no git or it refuses. Days are those of UTC.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("--git-dir=.git").args(arguments).env("TZ", "UTC").output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?.map(|text| text.trim().to_owned())
}

/// The commit that `cargo package` notes in a crate.
fn packaged_commit() -> Option<String> {
    let noted: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(".cargo_vcs_info.json").ok()?).ok()?;
    noted["git"]["sha1"].as_str()?.get(..9).map(str::to_owned)
}

/// The examples of a rule, which remain empty in its table.
fn take_examples(table: &mut toml::Table) -> toml::Table {
    let keys = ["id", "examples", "counter_examples"];
    let taken = keys.iter().filter_map(|key| Some(((*key).to_owned(), table.get(*key)?.clone()))).collect();
    for key in &keys[1..] {
        table.insert((*key).to_owned(), toml::Value::Array(Vec::new()));
    }
    taken
}

/// What to do with leaked keys, which a rule that has none of it does not pay for: a line for each guidance, with the ids of
/// its rules, a tab and JSON. The tables no longer have it.
fn take_guidance(tables: &mut [toml::Table]) -> String {
    let mut rules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for table in tables {
        if let (Some(guidance), Some(id)) = (table.remove("remedy"), table["id"].as_str()) {
            let json = serde_json::to_string(&guidance).expect("TOML values are JSON values");
            rules.entry(json).or_default().push(id.to_owned());
        }
    }
    rules.iter().map(|(json, ids)| format!("{}\t{json}\n", ids.join(" "))).collect()
}

/// What the program must know of the rules without parsing them, for each set of families.
fn anchors(rules: &[Rule]) -> String {
    let of = |set: usize| rules.iter().filter(move |rule| 1 << rule.family as usize & set != 0);
    let table = |least: Confidence| {
        let literals = |set: usize| {
            let forms = of(set).flat_map(|rule| &rule.forms).filter(|form: &&Form| form.reach() >= least);
            Vec::from_iter(minimal(
                &forms.flat_map(|form| &form.shapes).map(|shape| literal(shape)).collect(),
            ))
        };
        let lists: Vec<_> = (0..SETS).map(|set| format!("&{:?}", literals(set))).collect();
        lists.join(", ")
    };
    let counts: Vec<_> = (0..SETS).map(|set| of(set).count()).collect();
    format!(
        "/// Literals of every form that can reach `likely`.\npub(crate) const DEFAULT: [&[&str]; {SETS}] = [{}];\n\
         /// Literals of every form.\npub(crate) const ALL: [&[&str]; {SETS}] = [{}];\n\
         /// The number of rules.\npub(crate) const RULES: [usize; {SETS}] = {counts:?};\n",
        table(Confidence::Likely),
        table(Confidence::Possible),
    )
}

/// The rules of a file, each merged with the file's header.
fn read(path: &Path) -> Result<Vec<toml::Table>, Box<dyn Error>> {
    let mut head: toml::Table = fs::read_to_string(path)?.parse()?;
    let mut rules: Vec<toml::Table> = head.remove("rule").ok_or("there is no [[rule]]")?.try_into()?;
    let is_shared = |rule: &toml::Table| rule.get("shared").and_then(toml::Value::as_bool) == Some(true);
    match head.get_mut("remedy").and_then(toml::Value::as_table_mut) {
        Some(remedy) => evidence(remedy).map_err(|error| format!("[remedy] {error}"))?,
        None if rules.iter().all(is_shared) => {}
        None => return Err("there is no [remedy]".into()),
    }
    for rule in &mut rules {
        inherit(rule, &head);
    }
    Ok(rules)
}

/// Gives a table what it does not say itself. What a rule says of its keys goes into the guidance of the file.
fn inherit(table: &mut toml::Table, from: &toml::Table) {
    for (key, value) in from {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(own)), toml::Value::Table(value)) => inherit(own, value),
            (Some(_), _) => {}
            (None, _) => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

/// Checks what the types of a rule do not express.
fn check(rule: &Rule) -> Result<(), &'static str> {
    let has_context = [&rule.names, &rule.hosts, &rule.words].iter().any(|texts| !texts.is_empty());
    let mut shapes = rule.forms.iter().flat_map(|form| &form.shapes);
    let has_way = rule.own_guidance.as_ref().is_some_and(|guidance: &Guidance| !guidance.revoke.is_empty());
    let page = rule.revoke_url.trim_start_matches("https://");
    // A shared rule does not know the issuer.
    let has_way = has_way || rule.shared;
    match () {
        () if page.is_empty() && !has_way => {
            Err("has neither revoke_url nor `revoke` in its remedy; say where its keys are revoked")
        }
        () if page.split_once('/').is_none_or(|(_, path)| path.is_empty()) && !has_way => {
            Err("has a home page as its revoke_url; give the page for keys, or say the way in `revoke`")
        }
        () if rule.forms.is_empty() => Err("has no form"),
        () if rule.forms.iter().any(|form| form.regex.is_some()) => {
            Err("has a regex; built-in rules have shapes, which also generate keys")
        }
        () if rule.forms.iter().any(|form| form.shapes.is_empty()) => Err("has a form without shapes"),
        () if rule.examples.is_empty() => Err("has no example"),
        () if rule.counter_examples.is_empty() => Err("has no counter-example"),
        () if !has_context && rule.forms.iter().any(|form| form.requires_context) => {
            Err("requires context, but has no names, hosts or words to look for")
        }
        () if shapes.any(|shape| literal(shape).len() < 3) => Err(
            "has a shape that begins neither with three literal bytes nor with a run of one length and eight literal bytes, which the search needs",
        ),
        () => Ok(()),
    }
}

/// The literal of a shape that is searched for, as `Shape::anchored` has it: its prefix, or a long literal behind a run
/// of one length.
fn literal(shape: &str) -> &str {
    let prefix = |shape: &str| shape.split('{').next().unwrap_or_default().len();
    let behind_run = || {
        let (run, rest) = shape.strip_prefix('{')?.split_once('}')?;
        let (_, length) = run.split_once(':')?;
        (length.parse::<usize>().is_ok() && prefix(rest) >= LONG_LITERAL).then(|| &rest[..prefix(rest)])
    };
    behind_run().unwrap_or(&shape[..prefix(shape)])
}
