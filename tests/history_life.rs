//! What `skanner scan --history` says of the life of a key, held to a model of the same history.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Write as _,
    process::Stdio,
};

use serde_json::Value;
use support::{Sandbox, key, openai_key};

/// A history that was made up, and all that is to be known of it.
#[derive(Default)]
struct Model {
    /// The files of every commit: path and content.
    trees: Vec<BTreeMap<String, String>>,
    parents: Vec<Vec<usize>>,
    /// Refs and the commits they name.
    refs: BTreeMap<String, usize>,
}

impl Model {
    /// Commits with up to three parents, files that come, go, move and change, and `keys` of them in between.
    fn random(seed: u64, commits: usize, keys: &[String]) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut model = Self::default();
        for commit in 0..commits {
            let mut parents = BTreeSet::new();
            if commit > 0 && random.u8(..20) > 0 {
                for _ in 0..[1, 1, 1, 2, 3][random.usize(..5)] {
                    parents.insert(random.usize(commit.saturating_sub(6)..commit));
                }
            }
            let mut tree = BTreeMap::new();
            for parent in &parents {
                for (path, content) in &model.trees[*parent] {
                    if random.u8(..10) > 0 {
                        tree.insert(path.clone(), content.clone());
                    }
                }
            }
            for _ in 0..random.usize(1..4) {
                let folders = ["", "a/", "a/b/", "a/b/c/", "d/"];
                let path = format!("{}{}.txt", random.choice(folders).unwrap(), random.u8(..8));
                let mut content: String = (0..30).fold(String::new(), |mut text, line| {
                    let _ = writeln!(text, "line {line} {}", if random.u8(..10) == 0 { commit } else { 0 });
                    text
                });
                if random.u8(..4) == 0 {
                    let _ = writeln!(content, "KEY={}", random.choice(keys).unwrap());
                }
                tree.insert(path, content);
            }
            if random.bool()
                && let Some((path, content)) = tree.iter().next().map(|(a, b)| (a.clone(), b.clone()))
            {
                tree.remove(&path);
                tree.insert(format!("moved/{commit}.txt"), content);
            }
            model.trees.push(tree);
            model.parents.push(parents.into_iter().collect());
            if random.u8(..12) == 0 {
                let kind = ["heads/topic", "remotes/origin/x", "tags/v", "notes/n", "pull/7/head"];
                let name = format!("refs/{}{commit}", random.choice(kind).unwrap());
                model.refs.insert(name, commit);
            }
        }
        model.refs.insert("refs/heads/main".to_owned(), commits - 1);
        model
    }

    fn write(&self, sandbox: &Sandbox) {
        sandbox.git("", &["init", "-q"]);
        let mut stream = String::new();
        for (commit, tree) in self.trees.iter().enumerate() {
            let time = 1_700_000_000 + commit * 60;
            let _ = write!(
                stream,
                "commit refs/scratch/{commit}\nmark :{}\nauthor A {commit} <a@example.org> {time} +0130\n\
                 committer C <c@example.org> {time} +0000\ndata <<END\ncommit {commit}\n\nmore\nEND\n",
                commit + 1
            );
            for (at, parent) in self.parents[commit].iter().enumerate() {
                let _ = writeln!(stream, "{} :{}", if at == 0 { "from" } else { "merge" }, parent + 1);
            }
            let _ = writeln!(stream, "deleteall");
            for (path, content) in tree {
                let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
            }
        }
        for (name, commit) in &self.refs {
            let _ = write!(stream, "reset {name}\nfrom :{}\n\n", commit + 1);
        }
        for commit in 0..self.trees.len() {
            let _ = write!(stream, "reset refs/scratch/{commit}\nfrom {}\n\n", "0".repeat(40));
        }
        let mut command = sandbox.command("git");
        let mut child =
            command.args(["fast-import", "--quiet", "--force"]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn holds(&self, commit: usize, key: &str) -> bool {
        self.trees[commit].values().any(|content| content.contains(key))
    }

    fn paths(&self, commit: usize, key: &str) -> Vec<&str> {
        let tree = self.trees[commit].iter();
        tree.filter(|(_, content)| content.contains(key)).map(|(path, _)| path.as_str()).collect()
    }

    fn expected(&self, key: &str) -> Expected {
        let all = 0..self.trees.len();
        let parent_holds = |commit: usize| self.parents[commit].iter().any(|parent| self.holds(*parent, key));
        let head = self.trees.len() - 1;
        let mut reaches = vec![false; self.trees.len()];
        for commit in all.clone() {
            reaches[commit] =
                self.holds(commit, key) || self.parents[commit].iter().any(|parent| reaches[*parent]);
        }
        Expected {
            introduced: all.clone().find(|commit| self.holds(*commit, key) && !parent_holds(*commit)),
            removed: all
                .clone()
                .rev()
                .find(|commit| !self.holds(*commit, key) && parent_holds(*commit))
                .filter(|_| !self.holds(head, key)),
            at_head: self.holds(head, key),
            refs: self
                .refs
                .iter()
                .filter(|(_, commit)| reaches[**commit])
                .map(|(name, _)| name.clone())
                .collect(),
            commits: all.filter(|commit| self.holds(*commit, key)).count(),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Expected {
    introduced: Option<usize>,
    removed: Option<usize>,
    at_head: bool,
    refs: Vec<String>,
    commits: usize,
}

/// The number that a commit of the model has in its summary.
fn number(event: &Value) -> Option<usize> {
    event["summary"].as_str()?.strip_prefix("commit ")?.parse().ok()
}

/// What is found; libgit2 must give the same, to the byte.
fn findings(sandbox: &Sandbox) -> Vec<Value> {
    let arguments = ["scan", "--history", "--format", "json", "--show-secrets"];
    let run = sandbox.skanner(&arguments);
    let second_opinion = sandbox.skanner(&[&arguments[..], &["--second-opinion"]].concat());
    assert_eq!(run.stdout, second_opinion.stdout);
    let report = run.report();
    assert_eq!(report.not_scanned(), Vec::<String>::new());
    report.json["findings"].as_array().unwrap().clone()
}

#[track_caller]
fn assert_lives(sandbox: &Sandbox, model: &Model, keys: &[String]) -> Vec<Value> {
    let findings = findings(sandbox);
    for key in keys {
        let expected = model.expected(key);
        let found = findings.iter().find(|finding| finding["secret"] == **key);
        let Some(introduced) = expected.introduced else {
            assert!(found.is_none());
            continue;
        };
        let history = &found.unwrap()["history"];
        let refs = history["refs"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        let told = Expected {
            introduced: number(&history["introduced"]),
            removed: number(&history["removed"]),
            at_head: history["at_head"].as_bool().unwrap(),
            refs: refs.collect(),
            commits: history["commits"].as_u64().unwrap() as usize,
        };
        assert_eq!(told, expected);
        assert_eq!(history["reachable"], !expected.refs.is_empty());
        let path = history["introduced"]["path"].as_str().unwrap();
        assert!(model.paths(introduced, key).contains(&path), "{path}");
        assert_eq!(history["introduced"]["author"], format!("A {introduced} <a@example.org>"));
        assert!(history["introduced"]["date"].as_str().unwrap().ends_with("+01:30"));
        // Every place says a path that the key has, and at HEAD none is forgotten.
        let places: BTreeSet<&str> = found.unwrap()["occurrences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|place| place["path"].as_str().unwrap())
            .collect();
        let all: BTreeSet<&str> =
            (0..model.trees.len()).flat_map(|commit| model.paths(commit, key)).collect();
        assert!(places.is_subset(&all), "{places:?} {all:?}");
        let head = model.paths(model.trees.len() - 1, key);
        assert!(head.iter().all(|path| places.contains(path)), "{places:?} {head:?}");
    }
    findings
}

#[test]
fn random_histories_are_told_as_they_were() {
    for seed in 0..8 {
        let keys: Vec<String> = (0..6).map(|key| openai_key(seed * 100 + key)).collect();
        let model = Model::random(seed, 60, &keys);
        let sandbox = Sandbox::new();
        model.write(&sandbox);
        let imported = assert_lives(&sandbox, &model, &keys);
        let repack = match seed % 4 {
            0 => &["--depth=50", "--window=10"],
            1 => &["--depth=4000", "--window=60"],
            2 => &["--depth=1", "--window=2"],
            _ => &["--depth=10", "--window=100"],
        };
        // What nothing leads to stays.
        sandbox.git("", &[&["repack", "-q", "-a", "-d", "-k", "-f"], &repack[..]].concat());
        assert_eq!(assert_lives(&sandbox, &model, &keys), imported);
        let pack = std::fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
        let pack = pack
            .map(|file| file.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "pack"))
            .unwrap();
        let outside = sandbox.path("../pack");
        std::fs::rename(&pack, &outside).unwrap();
        std::fs::remove_file(pack.with_extension("idx")).unwrap();
        let _ = std::fs::remove_file(pack.with_extension("rev"));
        let mut command = sandbox.command("git");
        let file = std::fs::File::open(&outside).unwrap();
        assert!(command.args(["unpack-objects", "-q"]).stdin(file).status().unwrap().success());
        assert_eq!(assert_lives(&sandbox, &model, &keys), imported, "loose");
        pack_in_parts(&sandbox);
        assert_eq!(assert_lives(&sandbox, &model, &keys), imported, "several packs");
    }
}

/// Makes three packs that have some objects in common, and leaves some loose.
fn pack_in_parts(sandbox: &Sandbox) {
    let all = sandbox.git("", &["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let all: Vec<&str> = all.lines().collect();
    let size = all.len() / 3;
    for part in [&all[..size], &all[size / 2..2 * size], &all[2 * size..all.len() - 5]] {
        let mut command = sandbox.command("git");
        let mut child = command
            .args(["pack-objects", "-q", ".git/objects/pack/pack"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(part.join("\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
    sandbox.git("", &["prune-packed", "-q"]);
}

#[test]
fn stashes_tags_and_messages_have_lives_too() {
    let sandbox = Sandbox::new();
    let keys: Vec<String> = (0..5).map(openai_key).collect();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "a");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "first"]);
    for key in &keys[..2] {
        sandbox.write("a.txt", key);
        sandbox.git("", &["stash", "-q"]);
    }
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", &format!("with {}", keys[2])]);
    sandbox.git("", &["tag", "-a", "v1", "-m", &keys[3]]);
    sandbox.write("a.txt", &keys[4]);
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["reset", "-q", "--hard"]);
    let findings = findings(&sandbox);
    let history = |key: usize| {
        let found = findings.iter().find(|finding| finding["secret"] == *keys[key]).unwrap();
        found["history"].clone()
    };
    assert_eq!(history(0)["refs"], serde_json::json!(["refs/stash@{1}"]));
    assert_eq!(history(1)["refs"], serde_json::json!(["refs/stash"]));
    assert_eq!(history(2)["refs"], serde_json::json!(["refs/heads/main", "refs/tags/v1"]));
    assert_eq!((&history(2)["commits"], &history(2)["at_head"]), (&1.into(), &true.into()));
    assert_eq!(history(3)["refs"], serde_json::json!(["refs/tags/v1"]));
    assert_eq!((&history(4)["reachable"], &history(4)["introduced"]), (&false.into(), &Value::Null));
    let run = sandbox.skanner(&["scan", "--history", "--format", "json"]);
    assert!(keys.iter().all(|key| !run.stdout.contains(key.as_str())));
}

#[test]
fn the_name_of_a_file_tells_whose_key_it_is() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let secret = key("sk-{uuid4-hex}", 1);
    for name in ["notes.txt", "deepseek.env"] {
        sandbox.write(name, format!("{secret}\n"));
        sandbox.git("", &["add", "-A"]);
        sandbox.git("", &["commit", "-qm", name]);
    }
    let rule = sandbox.scan(&["deepseek.env"]).json["findings"][0]["rule"].clone();
    assert!(rule.as_str().is_some_and(|rule| rule.contains("deepseek")), "{rule}");
    assert_eq!(findings(&sandbox)[0]["rule"], rule);
}
