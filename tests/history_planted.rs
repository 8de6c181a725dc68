//! Keys in all corners of a history, and what git itself says of them.
//!
//! The history is a small one. With `SKANNER_PLANT_IN=REPOSITORY` it is that of a real repository, of which nothing is
//! changed, since its objects are borrowed, and there are two hundred keys.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::Stdio,
};

use serde_json::Value;
use support::{Sandbox, openai_key};

/// The variable that names a real repository.
const REAL: &str = "SKANNER_PLANT_IN";

/// Where a key is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Corner {
    Head,
    Branch,
    Removed,
    Renamed,
    Merge,
    MergedAway,
    Remote,
    PullRequest,
    PickedTwice,
    TaggedOnly,
    Stash,
    UnreachableCommit,
    UnreachableBlob,
    Message,
    TagMessage,
}

use Corner::*;

const CORNERS: [Corner; 15] = [
    Head,
    Branch,
    Removed,
    Renamed,
    Merge,
    MergedAway,
    Remote,
    PullRequest,
    PickedTwice,
    TaggedOnly,
    Stash,
    UnreachableCommit,
    UnreachableBlob,
    Message,
    TagMessage,
];

/// Writes commits for `git fast-import`.
#[derive(Default)]
struct Stream {
    text: String,
    marks: usize,
}

impl Stream {
    /// A commit on the first of the parents; files without content are removed. Returns its mark.
    fn commit(
        &mut self,
        name: &str,
        message: &str,
        parents: &[&str],
        files: &[(String, Option<String>)],
    ) -> String {
        self.marks += 1;
        let time = 1_800_000_000 + self.marks * 60;
        let _ = write!(
            self.text,
            "commit {name}\nmark :{}\ncommitter C <c@example.org> {time} +0000\ndata {}\n{message}\n",
            self.marks,
            message.len()
        );
        for (at, parent) in parents.iter().enumerate() {
            let _ = writeln!(self.text, "{} {parent}", if at == 0 { "from" } else { "merge" });
        }
        for (path, content) in files {
            let _ = match content {
                Some(content) => {
                    writeln!(self.text, "M 100644 inline {path}\ndata {}\n{content}", content.len())
                }
                None => writeln!(self.text, "D {path}"),
            };
        }
        format!(":{}", self.marks)
    }

    fn forget(&mut self, name: &str) {
        let _ = write!(self.text, "reset {name}\nfrom {}\n\n", "0".repeat(40));
    }

    /// Runs it; returns the commits by their marks.
    fn import(self, sandbox: &Sandbox) -> BTreeMap<String, String> {
        let mut command = sandbox.command("git");
        command.args(["fast-import", "--quiet", "--force", "--export-marks=.git/marks"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(self.text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        let marks = fs::read_to_string(sandbox.path(".git/marks")).unwrap();
        marks.lines().map(|line| line.split_once(' ').unwrap()).map(|(a, b)| (a.into(), b.into())).collect()
    }
}

/// A repository to plant in, and commits to plant on.
fn ground(sandbox: &Sandbox) -> Vec<String> {
    sandbox.git("", &["init", "-q"]);
    let Some(real) = std::env::var_os(REAL) else {
        let mut stream = Stream::default();
        let mut last =
            stream.commit("refs/heads/old", "first", &[], &[("a/b/c.txt".into(), Some("x\n".into()))]);
        for number in 0..40 {
            let file = (format!("a/{}.txt", number % 7), Some(format!("line\n{number}\n")));
            last = stream.commit("refs/heads/old", "more", &[&last], &[file]);
        }
        let commits = stream.import(sandbox);
        sandbox.git("", &["repack", "-q", "-a", "-d"]);
        return commits.into_values().collect();
    };
    let real = Path::new(&real);
    let git = |arguments: &[&str]| {
        let mut command = sandbox.command("git");
        let output = command.arg("-C").arg(real).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let objects = git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
    sandbox.write(".git/objects/info/alternates", objects);
    let refs = git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
    sandbox.write(".git/packed-refs", refs);
    let tips = git(&["rev-list", "--all", "--max-count=60000"]);
    tips.lines().step_by(997).map(str::to_owned).collect()
}

struct Plot {
    corner: Corner,
    key: String,
    content: String,
    blob: String,
}

/// Where the file of a key is.
fn path(number: usize) -> String {
    format!("planted/{number}/config.txt")
}

/// Plants all keys. Returns the commits that are new.
fn plant(sandbox: &Sandbox, ground: &[String], plots: &[Plot]) -> Vec<String> {
    let mut stream = Stream::default();
    let mut random = fastrand::Rng::with_seed(5);
    let mut head = random.choice(ground).unwrap().clone();
    let mut stashes = Vec::new();
    let mut forgotten = Vec::new();
    for (number, Plot { corner, key, content, .. }) in plots.iter().enumerate() {
        let base = random.choice(ground).unwrap().as_str();
        let other = random.choice(ground).unwrap().as_str();
        let branch = format!("refs/heads/planted/{number}");
        let scratch = format!("refs/scratch/{number}");
        let file = || [(path(number), Some(content.clone()))];
        let none = || [(path(number), None)];
        match corner {
            Head => head = stream.commit("refs/heads/planted-head", "head", &[&head], &file()),
            Branch => {
                let first = stream.commit(&branch, "in", &[base], &file());
                stream.commit(&branch, "on", &[&first], &[("planted/other.txt".into(), Some("x\n".into()))]);
            }
            Removed => {
                let first = stream.commit(&branch, "in", &[base], &file());
                stream.commit(&branch, "out", &[&first], &none());
            }
            Renamed => {
                let first = stream.commit(&branch, "in", &[base], &file());
                let moved = (format!("planted/moved/{number}.txt"), Some(content.clone()));
                stream.commit(&branch, "moved", &[&first], &[(path(number), None), moved]);
            }
            Merge => {
                let left = stream.commit(&branch, "left", &[base], &[]);
                let right = stream.commit(&scratch, "right", &[other], &[]);
                stream.commit(&branch, "merge", &[&left, &right], &file());
                forgotten.push(scratch);
            }
            MergedAway => {
                let left = stream.commit(&branch, "left", &[base], &file());
                let right = stream.commit(&scratch, "right", &[base], &[]);
                stream.commit(&branch, "merge", &[&right, &left], &none());
                forgotten.push(scratch);
            }
            Remote => drop(stream.commit(&format!("refs/remotes/origin/p{number}"), "in", &[base], &file())),
            PullRequest => drop(stream.commit(&format!("refs/pull/9{number}/head"), "in", &[base], &file())),
            PickedTwice => {
                stream.commit(&branch, "in", &[base], &file());
                stream.commit(&format!("{branch}b"), "in", &[other], &file());
            }
            TaggedOnly | UnreachableCommit => {
                let commit = stream.commit(&scratch, "in", &[base], &file());
                if *corner == TaggedOnly {
                    let _ = write!(
                        stream.text,
                        "tag planted-{number}\nfrom {commit}\ntagger T <t@example.org> 1800000000 +0000\ndata 1\nt\n"
                    );
                }
                forgotten.push(scratch);
            }
            Stash => {
                let index = stream.commit(&scratch, "index on x", &[base], &[]);
                stashes.push(stream.commit(&scratch, "WIP on x", &[base, &index], &file()));
                forgotten.push(scratch);
            }
            Message => drop(stream.commit(&branch, &format!("a key: {key}"), &[base], &[])),
            TagMessage => {
                let text = format!("a key: {key}");
                let _ = write!(
                    stream.text,
                    "tag planted-{number}\nfrom {base}\ntagger T <t@example.org> 1800000000 +0000\ndata {}\n{text}\n",
                    text.len()
                );
            }
            UnreachableBlob => {}
        }
    }
    forgotten.iter().for_each(|name| stream.forget(name));
    let commits = stream.import(sandbox);
    for stash in stashes {
        sandbox.git("", &["stash", "store", "-m", "planted", &commits[&stash]]);
    }
    sandbox.git("", &["symbolic-ref", "HEAD", "refs/heads/planted-head"]);
    commits.into_values().collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_owned)
}

/// What git says of a key in a file.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    introduced: Option<String>,
    path: Option<String>,
    removed: Option<String>,
    at_head: bool,
    refs: BTreeSet<String>,
    commits: u64,
}

/// Asks git.
struct Oracle<'a> {
    sandbox: &'a Sandbox,
    /// The new commits, the oldest first, with their parents and the planted blobs that each holds.
    commits: Vec<(String, Vec<String>, BTreeSet<String>)>,
    stashes: Vec<String>,
    ground: &'a [String],
}

impl<'a> Oracle<'a> {
    fn new(sandbox: &'a Sandbox, commits: &[String], ground: &'a [String]) -> Self {
        let mut list = vec!["rev-list", "--no-walk=unsorted", "--parents", "--timestamp"];
        list.extend(commits.iter().map(String::as_str));
        let listed = sandbox.git("", &list);
        let mut rows: Vec<Vec<String>> = listed.lines().map(|line| words(line).collect()).collect();
        rows.sort();
        let holds = |commit: &str| {
            let listed = sandbox.git("", &["ls-tree", "-r", "--format=%(objectname)", commit, "planted/"]);
            words(&listed).collect()
        };
        let rows = rows.into_iter().map(|row| (row[1].clone(), row[2..].to_vec(), holds(&row[1]))).collect();
        let stashes = words(&sandbox.git("", &["rev-list", "-g", "refs/stash"])).collect();
        Self { sandbox, commits: rows, stashes, ground }
    }

    fn holds(&self, commit: &str, blob: &str) -> bool {
        self.commits.iter().any(|(id, _, blobs)| id == commit && blobs.contains(blob))
    }

    fn tell(&self, blob: &str) -> Told {
        let git = |arguments: &[&str]| self.sandbox.git("", arguments);
        // Where the number of its places changes, by git's own account.
        let mut find = vec!["log", "--format=%H", "-m", "--root"];
        let find_object = format!("--find-object={blob}");
        find.push(&find_object);
        find.extend(self.commits.iter().map(|(id, ..)| id.as_str()));
        find.push("--not");
        find.extend(self.ground.iter().map(String::as_str));
        let changed: BTreeSet<String> = words(&git(&find)).collect();
        let parent_holds = |parents: &[String]| parents.iter().any(|parent| self.holds(parent, blob));
        let changes = |holds: bool| -> Vec<&str> {
            let is_change = |(id, parents, blobs): &&(String, Vec<String>, BTreeSet<String>)| {
                changed.contains(id) && blobs.contains(blob) == holds && parent_holds(parents) != holds
            };
            self.commits.iter().filter(is_change).map(|(id, ..)| id.as_str()).collect()
        };
        let came = changes(true);
        let at_head = words(&git(&["ls-tree", "-r", "--format=%(objectname)", "HEAD", "planted/"]))
            .any(|id| id == blob);
        let mut refs = BTreeSet::new();
        for commit in &came {
            refs.extend(words(&git(&["for-each-ref", "--format=%(refname)", "--contains", commit])));
            for (number, stash) in self.stashes.iter().enumerate().skip(1) {
                let range = format!("{stash}..{commit}");
                if git(&["rev-list", "--max-count=1", &range]).is_empty() {
                    refs.insert(format!("refs/stash@{{{number}}}"));
                }
            }
        }
        let path = came.first().map(|commit| {
            let listed = git(&["ls-tree", "-r", "--format=%(objectname) %(path)", commit, "planted/"]);
            listed.lines().find_map(|line| line.strip_prefix(blob)).unwrap().trim().to_owned()
        });
        let removed = changes(false).last().map(|id| (*id).to_owned());
        Told {
            introduced: came.first().map(|id| (*id).to_owned()),
            path,
            removed: removed.filter(|_| !at_head),
            at_head,
            refs,
            commits: self.commits.iter().filter(|(.., blobs)| blobs.contains(blob)).count() as u64,
        }
    }
}

fn told(history: &Value) -> Told {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Told {
        introduced: text(&history["introduced"]["commit"]),
        path: text(&history["introduced"]["path"]),
        removed: text(&history["removed"]["commit"]),
        at_head: history["at_head"].as_bool().unwrap(),
        refs: history["refs"].as_array().unwrap().iter().filter_map(text).collect(),
        commits: history["commits"].as_u64().unwrap(),
    }
}

#[test]
fn keys_in_all_corners_are_found_and_located_as_git_does_it() {
    let sandbox = Sandbox::new();
    let ground = ground(&sandbox);
    let keys = if std::env::var_os(REAL).is_some() { 200 } else { 3 * CORNERS.len() };
    let plots: Vec<Plot> = (0..keys)
        .map(|number| {
            let key = openai_key(number as u64);
            let content = format!("# {number}\nKEY={key}\n");
            sandbox.write("file", &content);
            let blob = sandbox.git("", &["hash-object", "file"]).trim().to_owned();
            if CORNERS[number % CORNERS.len()] == UnreachableBlob {
                sandbox.git("", &["hash-object", "-w", "file"]);
            }
            Plot { corner: CORNERS[number % CORNERS.len()], key, content, blob }
        })
        .collect();
    let commits = plant(&sandbox, &ground, &plots);
    // Git takes minutes without.
    sandbox.git("", &["commit-graph", "write", "--reachable"]);
    let oracle = Oracle::new(&sandbox, &commits, &ground);
    let run = sandbox.skanner(&["scan", "--history", "--format", "json", "--show-secrets"]);
    let report = run.report();
    let findings: BTreeMap<&str, &Value> = report.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["secret"].as_str().unwrap(), &finding["history"]))
        .collect();
    let mut expectations = Vec::new();
    for (number, Plot { corner, key, blob, .. }) in plots.iter().enumerate() {
        let history =
            *findings.get(key.as_str()).unwrap_or_else(|| panic!("key {number} is lost: {corner:?}"));
        let told = told(history);
        let reachable = history["reachable"].as_bool().unwrap();
        match corner {
            Message => {
                let summary = history["introduced"]["summary"].as_str().unwrap();
                assert!(summary.starts_with("a key: sk-proj-"), "{number}");
                assert_eq!((told.commits, reachable), (1, true), "{number}");
            }
            TagMessage => {
                let name = format!("refs/tags/planted-{number}");
                assert_eq!((told.introduced, told.commits, reachable), (None, 0, true), "{number}");
                assert_eq!(told.refs, BTreeSet::from([name]), "{number}");
            }
            _ => {
                let expected = oracle.tell(blob);
                let is_unreachable = matches!(corner, UnreachableCommit | UnreachableBlob);
                assert_eq!(expected.refs.is_empty(), is_unreachable, "{number}: {corner:?}");
                assert_eq!(told, expected, "{number}: {corner:?}");
                assert_eq!(reachable, !is_unreachable, "{number}");
                expectations.push((number, expected));
            }
        }
    }
    fs::remove_file(sandbox.path("file")).unwrap();
    assert_audit(&sandbox, &plots, &expectations);
}

/// The places of an audit, as the text, the page and the JSON report call them.
const PLACES: [(&str, &str, &str); 4] = [
    ("still at HEAD", "At HEAD", "at_head"),
    ("only in history", "Only in history", "only_in_history"),
    ("only in pull-request refs", "Only in pull requests", "only_in_pull_requests"),
    ("only in objects that no ref reaches", "Unreachable", "unreachable"),
];

/// Every number that an audit shows is what git says.
fn assert_audit(sandbox: &Sandbox, plots: &[Plot], expectations: &[(usize, Told)]) {
    let mut expected = [0_u64; 4];
    for (number, Plot { corner, .. }) in plots.iter().enumerate() {
        let told = expectations.iter().find(|(of, _)| *of == number).map(|(_, told)| told);
        let place = match (corner, told) {
            (_, Some(told)) if told.at_head => 0,
            // The text of a message is no file, and these are reached.
            (Message | TagMessage, _) => 1,
            (_, Some(told)) if told.refs.is_empty() => 3,
            (_, Some(told)) if told.refs.iter().all(|name| name.starts_with("refs/pull/")) => 2,
            _ => 1,
        };
        expected[place] += 1;
    }
    let arguments = ["audit", "--output", "html=../audit.html", "--output", "json=../audit.json"];
    let run = sandbox.skanner(&arguments);
    let json: Value = serde_json::from_slice(&fs::read(sandbox.path("../audit.json")).unwrap()).unwrap();
    let page = fs::read_to_string(sandbox.path("../audit.html")).unwrap();
    let verdict = run.stdout.lines().last().unwrap();
    assert!(verdict.starts_with(&format!("not safe: {} keys, ", plots.len())), "{verdict}");
    for ((in_text, on_page, in_json), number) in PLACES.into_iter().zip(expected) {
        assert!(number > 0, "{in_json}");
        assert_eq!(json["audit"][in_json], number, "{in_json}");
        assert!(verdict.contains(&format!(", {number} {in_text}")), "{in_text}: {number}: {verdict}");
        let tile = format!("<b>{number}</b> <span>{on_page}</span>");
        assert!(page.contains(&tile), "{tile}");
    }
    let cards: Vec<&str> = page.split("<article").skip(1).collect();
    assert_eq!(cards.len(), plots.len());
    for (number, told) in expectations {
        // An object that no commit holds has no path.
        let Some(path) = &told.path else { continue };
        let is_in = |card: &&&str| card.contains(&format!(">{path}<")) || card.contains(&format!(">{path}:"));
        let card = cards.iter().find(is_in).unwrap_or_else(|| panic!("{number}: {path}"));
        for commit in told.introduced.iter().chain(&told.removed) {
            assert!(card.contains(&format!("<code>{}</code>", &commit[..12])), "{number}: {commit}: {card}");
        }
        let verb = if told.commits == 1 { "contains it" } else { "contain it" };
        assert!(card.contains(&format!("{} {verb}", told.commits)), "{number}: {}: {card}", told.commits);
        assert_eq!(card.contains("Not yet: it is still at HEAD"), told.at_head, "{number}");
        assert_eq!(card.contains("None: it is only in the object store"), told.refs.is_empty(), "{number}");
    }
}
