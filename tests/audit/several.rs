//! Several repositories: named, or below a directory. Each has its own verdict, and all have one report.
// skanner:allow-file unused-suppression: these are texts of tests

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::support::{Report, Run, Sandbox, key, openai_key};

fn anthropic_key(seed: u64) -> String {
    key("sk-ant-api03-{B:93}AA", seed)
}

/// Every kind of place where a repository may be, below `src`.
fn places() -> Sandbox {
    let sandbox = Sandbox::new();
    let (one, two, shared) = (openai_key(1), anthropic_key(2), openai_key(3));
    sandbox.repository("src/app", &[("a.py", &one), ("b.py", &shared)]);
    sandbox.repository("src/group/web", &[("c.py", &two), ("b.py", &shared)]);
    sandbox.repository("src/clean", &[]);
    // In the work tree of another one, which does not know it.
    sandbox.repository("src/clean/vendor/inner", &[("d.py", &openai_key(4))]);
    sandbox.repository("elsewhere", &[("e.py", &anthropic_key(5))]);
    sandbox.git("", &["clone", "-q", "--bare", "elsewhere", "src/mirror.git"]);
    sandbox.git("src/app", &["worktree", "add", "-q", "../linked"]);
    sandbox.git(
        "src/clean",
        &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../../elsewhere", "module"],
    );
    sandbox.write("src/notes/todo.txt", openai_key(6));
    #[cfg(unix)]
    std::os::unix::fs::symlink(sandbox.path("elsewhere"), sandbox.path("src/link")).unwrap();
    sandbox
}

const NAMES: [&str; 7] = [
    "src/app",
    "src/clean",
    "src/clean/module",
    "src/clean/vendor/inner",
    "src/group/web",
    "src/linked",
    "src/mirror.git",
];

fn audit(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.skanner(&[&["audit"], arguments].concat())
}

fn audit_json(sandbox: &Sandbox, arguments: &[&str]) -> Report {
    audit(sandbox, &[&["--format", "json"], arguments].concat()).report()
}

fn entries(report: &Report) -> BTreeMap<String, Value> {
    let entries = report.json["repositories"].as_array().unwrap();
    entries.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one.clone())).collect()
}

/// Every occurrence, with the repository that `name` says.
fn occurrences(report: &Report, name: impl Fn(Option<&str>) -> String) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for finding in findings(report) {
        for place in finding["occurrences"].as_array().unwrap() {
            let fields = ["line", "column", "source", "blob", "commit", "excerpt"];
            let fields = fields.map(|field| place[field].to_string());
            all.insert(format!(
                "{} {} {fields:?}",
                finding["fingerprint"],
                name(place["repository"].as_str())
            ));
        }
    }
    all
}

fn findings(report: &Report) -> impl Iterator<Item = &Value> {
    report.json["findings"].as_array().unwrap().iter()
}

/// The numbers of keys in the table of the text report, by repository.
fn table(text: &str) -> BTreeMap<String, (Vec<String>, String)> {
    let lines = text.lines().skip_while(|line| !line.starts_with("repository ")).skip(1);
    let rows = lines.take_while(|line| !line.is_empty()).map(|line| {
        let (before, verdict) = line.rsplit_once("  ").unwrap();
        let mut words = before.split_whitespace();
        let name = words.next().unwrap().to_owned();
        (name, (words.map(str::to_owned).collect(), verdict.trim().to_owned()))
    });
    rows.collect()
}

#[test]
fn every_repository_below_a_directory_is_audited_as_by_itself() {
    let sandbox = places();
    let report = audit_json(&sandbox, &["src"]);
    let entries = entries(&report);
    assert_eq!(entries.keys().map(String::as_str).collect::<Vec<_>>(), NAMES);
    let mut expected = BTreeSet::new();
    for (name, entry) in &entries {
        let alone = audit_json(&sandbox, &[name]);
        assert_eq!(entry["audit"], alone.json["audit"], "{name}");
        assert_eq!(entry["scanned"], alone.json["scanned"], "{name}");
        assert_eq!(entry["complete"], alone.json["complete"], "{name}");
        // A submodule is named by its path within.
        expected.extend(occurrences(&alone, |inner| match inner {
            None | Some(".") => name.clone(),
            Some(inner) => format!("{name}/{inner}"),
        }));
    }
    let found = occurrences(&report, |repository| repository.unwrap().to_owned());
    assert_eq!(found, expected);
    // The key of the note is in no repository.
    assert_eq!(report.json["audit"]["keys"], 5);
    assert_eq!(report.json["subject"]["what"], "files, index and history of 7 repositories");
}

#[test]
fn the_table_counts_a_key_in_each_repository_that_has_it() {
    let sandbox = places();
    let run = audit(&sandbox, &["src"]);
    assert_eq!(run.code, 1, "{run:?}");
    let table = table(&run.stdout);
    let report = audit_json(&sandbox, &["src"]);
    for (name, entry) in entries(&report) {
        let (numbers, verdict) = &table[&name];
        let sum: u64 = numbers.iter().filter_map(|number| number.parse::<u64>().ok()).sum();
        assert_eq!(sum, entry["audit"]["keys"].as_u64().unwrap(), "{name}");
        assert_eq!(*verdict, if sum == 0 { "safe" } else { "not safe" }, "{name}");
    }
    assert!(run.stdout.contains("not safe: 5 keys"), "{}", run.stdout);
}

#[test]
fn the_report_is_the_same_however_many_run_at_once() {
    let sandbox = places();
    let one = audit(&sandbox, &["src", "--format", "json", "-j1"]).stdout;
    for threads in ["-j2", "-j3", "-j16"] {
        assert_eq!(audit(&sandbox, &["src", "--format", "json", threads]).stdout, one, "{threads}");
    }
}

#[test]
fn what_is_named_twice_is_audited_once() {
    let sandbox = places();
    sandbox.write("src/app/inner/x.txt", "");
    let named = ["src/app", "src/app/.", "src/app/inner", "src/app/.git", "src/group", "elsewhere"];
    let report = audit_json(&sandbox, &named);
    let names: Vec<_> = entries(&report).into_keys().collect();
    assert_eq!(names, ["elsewhere", "src/app", "src/group/web"]);
}

#[test]
fn one_that_fails_does_not_end_the_run() {
    let sandbox = places();
    sandbox.repository("src/broken", &[]);
    fs::remove_dir_all(sandbox.path("src/broken/.git/objects")).unwrap();
    sandbox.repository("src/damaged", &[("a.py", &openai_key(7))]);
    let id = sandbox.git("src/damaged", &["rev-parse", "HEAD^{tree}"]);
    let id = id.trim();
    fs::remove_file(sandbox.path(format!("src/damaged/.git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = audit(&sandbox, &["src"]);
    assert_eq!(run.code, 2, "{run:?}");
    let table = table(&run.stdout);
    assert_eq!(table["src/broken"].1, "not read");
    assert_eq!(table["src/damaged"].1, "not safe, incomplete");
    assert_eq!(table["src/app"].1, "not safe");
    assert!(run.stdout.contains("not scanned: src/broken: "), "{}", run.stdout);
    assert!(run.stdout.contains(".git has no objects"), "{}", run.stdout);
    assert!(run.stdout.contains("not scanned: src/damaged: "), "{}", run.stdout);
    let report = audit_json(&sandbox, &["src"]);
    assert_eq!(report.json["audit"]["verdict"], "incomplete");
    assert_eq!(report.json["audit"]["keys"], 6);
    assert!(entries(&report)["src/broken"].get("audit").is_none());
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_looked_into_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = places();
    let closed = sandbox.path("src/closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    if fs::read_dir(&closed).is_ok() {
        // Permissions do not apply to root.
        return;
    }
    let run = audit(&sandbox, &["src"]);
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("not scanned: src/closed: permission denied"), "{}", run.stdout);
}

#[test]
fn each_has_its_own_configuration_and_suppressions() {
    let sandbox = Sandbox::new();
    let (allowed, known) = (openai_key(1), openai_key(2));
    sandbox.repository("src/a", &[("a.py", &format!("k = '{allowed}'  # skanner:allow: a reason\n"))]);
    sandbox.repository("src/b", &[("b.py", &format!("k = '{known}'\n"))]);
    sandbox.repository("src/c", &[("c.py", &format!("k = '{}'\n", openai_key(3)))]);
    sandbox.write("src/b/skanner.toml", "exclude-rules = [\"openai-project-key\"]\n");
    let report = audit_json(&sandbox, &["src"]);
    assert_eq!(report.json["audit"]["keys"], 1, "{}", report.json);
    assert_eq!(report.json["suppressed_by"][0]["place"], "src/a/a.py");
    assert_eq!(report.json["configuration"]["file"], "src/b/skanner.toml");
    // What is named on the command line counts for all of them.
    sandbox.write("other.toml", "");
    let report = audit_json(&sandbox, &["src", "--config", "other.toml"]);
    assert_eq!(report.json["audit"]["keys"], 2, "{}", report.json);
    let report = audit_json(&sandbox, &["src", "--rule", "anthropic-api-key"]);
    assert_eq!(report.json["audit"]["keys"], 0, "{}", report.json);
}

#[test]
fn what_is_left_out_is_told_for_each() {
    let sandbox = Sandbox::new();
    sandbox.repository(
        "src/a",
        &[("a.py", &openai_key(1)), ("skanner.toml", "exclude-rules = [\"openai-project-key\"]\n")],
    );
    sandbox.repository("src/b", &[]);
    let run = audit(&sandbox, &["src", "--output", "html=../all.html", "--output", "json=../all.json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(table(&run.stdout)["src/a"].1, "safe, with exceptions", "{run:?}");
    assert!(run.stdout.contains("src/a       safe, with exceptions\nsrc/b       safe\n"), "{run:?}");
    let html = fs::read_to_string(sandbox.path("../all.html")).unwrap();
    assert!(html.contains("Safe, with exceptions</td>") && html.contains("Safe</td>"), "{html}");
    assert!(html.contains("apart from what is listed below"), "{html}");
    let json: Value = serde_json::from_slice(&fs::read(sandbox.path("../all.json")).unwrap()).unwrap();
    assert!(json["scope"]["rules"].as_u64().unwrap() > 100);
}

#[test]
fn a_repository_within_another_one_is_not_left_out_in_silence() {
    let sandbox = Sandbox::new();
    sandbox.repository("outer", &[("src/x.txt", "")]);
    sandbox.repository("outer/src/app", &[("a.py", &openai_key(1))]);
    fs::remove_file(sandbox.path("outer/src/app/a.py")).unwrap();
    sandbox.git("outer/src/app", &["commit", "-qam", "gone"]);
    sandbox.repository("module", &[]);
    sandbox.git(
        "outer",
        &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../module", "module"],
    );
    sandbox.git("outer", &["commit", "-qm", "a submodule"]);
    let run = audit(&sandbox, &["outer/src"]);
    assert!(!run.stdout.contains("nothing left out"), "{run:?}");
    assert!(
        run.stdout.contains(
            "not read: the history of a repository within (`skanner audit` with its path reads it): src/app"
        ),
        "{run:?}"
    );
}

#[test]
fn a_copy_of_a_git_directory_is_a_history() {
    let sandbox = Sandbox::new();
    sandbox.repository("project", &[("a.py", &openai_key(1))]);
    sandbox.write("backups/other/note.txt", openai_key(2));
    fs::rename(sandbox.path("project/.git"), sandbox.path("backups/project.git")).unwrap();
    for named in ["backups", "backups/project.git"] {
        let report = audit_json(&sandbox, &[named]);
        assert_eq!(report.json["audit"]["keys"], 1, "{named}: {}", report.json);
        assert_eq!(report.json["audit"]["at_head"], 1, "{named}");
        assert_eq!(report.json["complete"], true, "{named}");
    }
}

#[test]
fn names_of_repositories_stay_text_and_hold_no_key() {
    let sandbox = Sandbox::new();
    let (key, name) = (openai_key(1), openai_key(9));
    sandbox.repository(&format!("src/{name}"), &[("a.py", &key)]);
    #[cfg(unix)]
    sandbox.repository("src/<b>\x1b[31m\nx", &[("a.py", &key)]);
    sandbox.repository("src/-j0", &[("a.py", &key)]);
    for format in ["text", "json", "html", "sarif", "concise", "github", "junit", "gitlab", "rdjson", "jsonl"]
    {
        let run = audit(&sandbox, &["src", "--format", format]);
        assert_eq!(run.code, 1, "{run:?}");
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(!all.contains(&name) && !all.contains(&key), "{format}: {all}");
        assert!(!all.contains('\x1b'), "{format}: {all}");
        assert!(format != "html" || !all.contains("src/<b>"), "{all}");
    }
    let report = audit_json(&sandbox, &["src"]);
    assert_eq!(report.json["audit"]["keys"], 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let sandbox = places();
    fs::create_dir(sandbox.path("empty")).unwrap();
    for (arguments, expected) in [
        (&["src", "--plan", "../plan"][..], "--plan is for one repository at a time"),
        (&["empty"], "empty is not in a git repository, and none is below it"),
        (&["src/app", "empty"], "empty is not in a git repository, and none is below it"),
        (&["src/app", "missing"], "missing: no such file or directory"),
        (&["src/app", "https://example.org/a.git"], "clone"),
        (&["src", "--output", "json=none/a.json"], "cannot write none/a.json"),
    ] {
        let run = audit(&sandbox, arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn reports_go_to_files_as_well() {
    let sandbox = places();
    let run =
        audit(&sandbox, &["src", "--output", "json=all.json", "--output", "html=all.html", "--exit-zero"]);
    assert_eq!(run.code, 0, "{run:?}");
    let html = fs::read_to_string(sandbox.path("all.html")).unwrap();
    for name in NAMES {
        assert!(html.contains(&format!("<code class=\"path\">{name}</code></th>")), "{name}");
    }
    let again = sandbox.skanner(&["report", "all.json", "--format", "json"]);
    assert_eq!(again.stdout, fs::read_to_string(sandbox.path("all.json")).unwrap());
}

#[test]
fn rules_and_values_are_looked_for_in_each() {
    let sandbox = Sandbox::new();
    let (own, value) = (key("{a:32}", 7), key("{A:20}", 8));
    for folder in ["one", "two"] {
        sandbox.repository(folder, &[("a.py", &format!("k = 'acme_{own}'\np = '{value}'\n"))]);
    }
    sandbox.write("gitleaks.toml", "[[rules]]\nid = \"acme\"\nregex = '''acme_([a-z0-9]{32})'''\n");
    sandbox.write("my.env", format!("DB_PASSWORD={value}\n"));
    for (option, file, rule) in
        [("--rules-from", "gitleaks.toml", "acme"), ("--values-from", "my.env", "known-value")]
    {
        let report = audit(&sandbox, &["one", "two", option, file, "--format=json"]).report();
        let findings = report.json["findings"].as_array().unwrap().iter();
        let places: BTreeSet<String> = findings
            .filter(|finding| finding["rule"] == rule)
            .flat_map(|finding| finding["occurrences"].as_array().unwrap())
            .map(|place| place["path"].as_str().unwrap().to_owned())
            .collect();
        let expected: BTreeSet<String> = ["one/a.py".to_owned(), "two/a.py".to_owned()].into();
        assert_eq!(places, expected, "{option}: {}", report.json);
    }
}
