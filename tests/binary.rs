//! Keys in files that programs write, with programs that are on the machine, and keys between random letters.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a test says what it skipped")]

mod support;

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    io::Write,
    process::{Command, Stdio},
};

use skanner::testing::{
    blob::Content,
    rule::{Confidence, RuleSet, Shape},
    scan::{Engine, Scratch},
};
use support::Sandbox;

fn scan(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let engine = Engine::new(Confidence::Likely);
    let mut scratch = Scratch::default();
    engine.scan(Content::Bytes(text), &mut scratch, &mut 0, |one| found.push(one)).unwrap();
    found.retain(|one| one.confidence >= Confidence::Likely);
    found.iter().map(|one| one.secret.reveal()).collect()
}

/// The shapes of forms that need nothing beside them, and whether all their keys have one length.
fn shapes(least: Confidence) -> Vec<(&'static Shape, bool)> {
    // A key of unknown form may be any string, and has no end of its own.
    let rules = RuleSet::builtin().iter().filter(|rule| !rule.fallback);
    let forms = rules.flat_map(|rule| &rule.forms);
    let forms = forms.filter(|form| form.confidence >= least && !form.requires_context);
    let key = |shape: &Shape, seed| shape.generate(&mut fastrand::Rng::with_seed(seed));
    let mut known = HashSet::new();
    forms
        .flat_map(|form| &form.shapes)
        // Nothing tells where a key without a prefix begins.
        .filter(|shape| !shape.source().starts_with('{'))
        .filter(|shape| known.insert(shape.source()))
        .map(|shape| (shape, (0..20).map(|seed| key(shape, seed).len()).collect::<BTreeSet<_>>().len() == 1))
        .collect()
}

/// Writes each line of standard input with everything that Python has for it, into files named by writer and line.
const WRITER: &str = r#"
import marshal, pickle, plistlib, py_compile, sqlite3, sys
def put(name, line, data):
    open(f"{name}.{line}", "wb").write(data)
for line, key in enumerate(sys.stdin.read().split("\n")):
    open("module.py", "w").write(
        f"KEY = {key!r}\ndef f(m=1):\n    return g(m, {key!r}, t=3)\ndef h(a):\n    return c(api_key={key!r}, model='gpt')\n")
    py_compile.compile("module.py", "module.pyc", doraise=True)
    put("py_compile", line, open("module.pyc", "rb").read())
    put("marshal", line, marshal.dumps({"a": key, "b": [key, "zz", 1]}))
    for protocol in range(6):
        put(f"pickle-{protocol}", line, pickle.dumps({"a": "x", "b": [key, "tail"]}, protocol))
    put("plistlib", line, plistlib.dumps({"Key": key, "Name": "abc"}, fmt=plistlib.FMT_BINARY))
    put("wide-plistlib", line, plistlib.dumps({"Key": "é", "Name": key}, fmt=plistlib.FMT_BINARY))
    for name, values in [("between", ("production", key, "created")), ("first", (key, "created", 9)), ("last", (7, "created", key))]:
        database = sqlite3.connect(f"sqlite-{name}.{line}")
        database.execute("pragma journal_mode = off")
        database.execute("create table t (a, b, c)")
        database.executemany("insert into t values (?, ?, ?)", [values] * 3)
        database.commit()
        database.close()
"#;

#[test]
fn what_python_writes_is_read() {
    let sandbox = Sandbox::new();
    // What has any length may end in what looks like the type of the next value.
    let exact = shapes(Confidence::Likely).into_iter().filter(|(_, is_exact)| *is_exact);
    let (keys, sources): (Vec<String>, Vec<&str>) =
        exact.map(|(shape, _)| (shape.generate(&mut fastrand::Rng::with_seed(7)), shape.source())).unzip();
    let mut command = sandbox.command("python3");
    let Ok(mut python) = command.args(["-c", WRITER]).stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn()
    else {
        println!("skipped: there is no python3");
        return;
    };
    python.stdin.take().unwrap().write_all(keys.join("\n").as_bytes()).unwrap();
    if !python.wait().unwrap().success() {
        println!("skipped: this python3 lacks a module");
        return;
    }
    let (mut tried, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(sandbox.tree()).unwrap() {
        let path = entry.unwrap().path();
        let Some(line) = path.extension().and_then(|line| line.to_str()?.parse::<usize>().ok()) else {
            continue;
        };
        tried += 1;
        let found: BTreeSet<String> = scan(&fs::read(&path).unwrap()).into_iter().collect();
        if found != BTreeSet::from([keys[line].clone()]) {
            let lengths: Vec<usize> = found.iter().map(String::len).collect();
            let file = path.file_stem().unwrap().display();
            failures.push(format!(
                "{file} of {}: {} bytes, found {lengths:?}",
                sources[line],
                keys[line].len()
            ));
        }
    }
    println!("{tried} files of Python");
    assert!(tried > 1_000, "only {tried}");
    assert!(failures.is_empty(), "{} of {tried}: {failures:#?}", failures.len());
}

#[test]
fn what_a_c_compiler_writes_is_read() {
    let sandbox = Sandbox::new();
    let keys: Vec<(String, &str)> = shapes(Confidence::Likely)
        .iter()
        .map(|(shape, _)| (shape.generate(&mut fastrand::Rng::with_seed(8)), shape.source()))
        .filter(|(key, _)| !key.contains(['"', '\\', '?']))
        .collect();
    let list: Vec<String> = keys.iter().map(|(key, _)| format!("\"{key}\"")).collect();
    sandbox.write("a.c", format!("const char *const keys[] = {{ {} }};\n", list.join(",\n")));
    let is_compiled = |mut command: Command| command.status().is_ok_and(|status| status.success());
    let mut command = sandbox.command("cc");
    command.args(["-O2", "-c", "a.c", "-o", "a.o"]);
    if !is_compiled(command) {
        println!("skipped: there is no C compiler");
        return;
    }
    let found: BTreeSet<String> = scan(&fs::read(sandbox.path("a.o")).unwrap()).into_iter().collect();
    let missed = keys.iter().filter(|(key, _)| !found.contains(key));
    let missed: Vec<&str> = missed.map(|(_, source)| *source).collect();
    let is_key = |one: &String| keys.iter().any(|(key, _)| key == one);
    let others: Vec<usize> = found.iter().filter(|one| !is_key(one)).map(String::len).collect();
    assert!(missed.is_empty() && others.is_empty(), "missed {missed:?}, found others {others:?}");
}

/// Some letters, any of them.
fn letters(rng: &mut fastrand::Rng) -> String {
    (0..rng.usize(1..12)).map(|_| rng.alphabetic()).collect()
}

#[test]
fn a_key_that_proves_itself_is_cut_out_of_letters() {
    // Their prefixes are too short to say that these are keys.
    let is_short = |shape: &Shape| {
        ["sk-{l:48}", "sk_{h:48}", "xai-{A:80}"].contains(&shape.source())
            || ["sk_{d:1..2}x", "sk_{d:4}_"].iter().any(|start| shape.source().starts_with(start))
    };
    let (mut tried, mut failures) = (0, Vec::new());
    for (shape, is_exact) in shapes(Confidence::Certain) {
        if !is_exact || is_short(shape) {
            continue;
        }
        for seed in 0..40 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let key = shape.generate(&mut rng);
            let (before, after) = (letters(&mut rng), letters(&mut rng));
            for text in
                [format!("\0{before}{key}{after} "), format!("{before}{key}{after} {}\x01", "x ".repeat(30))]
            {
                tried += 1;
                let found = scan(text.as_bytes());
                if found != [key.clone()] {
                    let lengths: Vec<usize> = found.iter().map(String::len).collect();
                    failures.push(format!("{} {seed}: {lengths:?} for {}", shape.source(), key.len()));
                }
            }
        }
    }
    assert!(tried > 2_000, "only {tried}");
    // One in two hundred has a neighbor that makes another exact form of it.
    assert!(failures.len() * 200 <= tried, "{} of {tried}: {failures:#?}", failures.len());
}

#[test]
fn words_that_end_in_sk_are_no_keys_in_binary_data_either() {
    let texts = [
        "task-{A:48}",
        "disk-{uuid4-hex}",
        "flask-kimi-{A:64}",
        "task_{h:48}",
        "desk_live_{A:24}",
        "risk-{l:48}",
        "task-{uuid4}",
        "network_live_{A:99}",
        "disk-by-uuid-{uuid4}",
        "sk-{h:8}",
        "mask-{h:64}",
        "{A:30}-sk-{B:20}",
    ];
    for source in texts {
        let shape = Shape::parse(source).unwrap();
        for seed in 0..50 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let text = shape.generate(&mut rng);
            for text in
                [format!("\0{text}\0"), format!("\x01{text}{}\x02", letters(&mut rng)), format!("{text}\0")]
            {
                assert_eq!(scan(text.as_bytes()).len(), 0, "{source} seed {seed}");
            }
        }
    }
}

/// A string of any length whose end nobody can tell is not reported with the end of another one.
#[test]
fn no_key_has_a_wrong_end() {
    // What is shorter than the usual key is the usual key, together with the first letters of the other string.
    let exact: Vec<&Shape> =
        shapes(Confidence::Likely).into_iter().filter(|one| one.1).map(|one| one.0).collect();
    let is_usual = |one: &str| {
        let is_end = |end: usize| end == one.len();
        exact.iter().any(|shape| shape.matches(one.as_bytes(), &mut Vec::new(), is_end).is_some())
    };
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (shape, is_exact) in shapes(Confidence::Likely) {
        for seed in (0..40).filter(|_| !is_exact) {
            let key = shape.generate(&mut fastrand::Rng::with_seed(seed));
            for (before, after) in
                [("reflect: invalid mode", "runtime: bad pointer"), ("\0\0", "AuthorizationContent")]
            {
                tried += 1;
                let found = scan(format!("\0{before}{key}{after} ").as_bytes());
                if found.iter().any(|one| one.starts_with(&key) && one.len() > key.len() && !is_usual(one)) {
                    wrong.push(format!("{} {seed}", shape.source()));
                }
            }
        }
    }
    // Words of three letters, as in `AuthorizationContent`, are in random bodies as well.
    assert!(wrong.len() * 100 <= tried, "{} of {tried}: {wrong:#?}", wrong.len());
}
