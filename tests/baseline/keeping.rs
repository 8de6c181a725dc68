//! What a known finding survives, and what ends it.

use std::fs;

use super::{fingerprint::written, harness::*};

/// What somebody does to the text that holds the key.
type Edit = (&'static str, fn(&str, &str) -> String);

const EDITS: &[Edit] = &[
    ("moved down", |text, _| format!("import os\n\n\n{text}")),
    ("indented", |text, _| format!("if x:\n\t\t    {text}")),
    ("line ends of Windows", |text, _| text.replace('\n', "\r\n")),
    ("without the last line end", |text, _| text.trim_end().to_owned()),
    ("in another line", |_, key| format!("<a href=\"https://example.org/?key={key}\">\n")),
    ("twice", |text, _| format!("{text}{text}")),
    ("far down", |text, _| format!("{}{text}", "x = 1\n".repeat(100_000))),
];

#[test]
fn edits_of_the_file_keep_it() {
    for (seed, (name, edit)) in EDITS.iter().enumerate() {
        let sandbox = known(seed as u64);
        let key = openai_key(seed as u64);
        let text = fs::read_to_string(sandbox.path("src/a.py")).unwrap();
        let edited = edit(&text, &key);
        sandbox.write("src/a.py", &edited);
        assert_eq!(counts(&sandbox.scan(&[])), (0, 1), "{name}");
        // One character, and it is another key.
        sandbox.write("src/a.py", edited.replace(&key, &with_one_other_character(&key)));
        let report = sandbox.scan(&[]);
        assert_eq!(counts(&report), (1, 0), "{name}");
        assert_eq!(unused(&report), ["openai-project-key in src/a.py"], "{name}");
        // A second one beside it is news.
        sandbox.write("src/a.py", edited.replace(&key, &format!("{key} {}", openai_key(1000 + seed as u64))));
        let report = sandbox.scan(&[]);
        assert_eq!(counts(&report), (1, 1), "{name}");
        assert_eq!(unused(&report), [""; 0], "{name}");
    }
}

#[test]
fn another_encoding_in_the_same_file_keeps_it() {
    let key = openai_key(3);
    for (name, content) in written(&key) {
        let sandbox = known(3);
        sandbox.write("src/a.py", &content);
        assert_eq!(counts(&sandbox.scan(&[])), (0, 1), "{name}");
        let other =
            written(&with_one_other_character(&key)).into_iter().find(|(own, _)| *own == name).unwrap();
        sandbox.write("src/a.py", other.1);
        assert_eq!(counts(&sandbox.scan(&[])).0, 1, "{name}");
    }
}

#[test]
fn a_renamed_file_keeps_it_one_for_one() {
    let text = format!("k = '{}'\n", openai_key(4));
    for target in ["src/b.py", "a.py", "deep/er/a b#c!.txt", "src/a.py.bak", "src/a.py/x"] {
        let sandbox = known(4);
        fs::remove_file(sandbox.path("src/a.py")).unwrap();
        sandbox.write(target, &text);
        let report = sandbox.scan(&[]);
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]), "{target}");
        // A copy of it is a new file.
        sandbox.write("copy.py", &text);
        let report = sandbox.scan(&[]);
        assert_eq!(counts(&report), (1, 1), "{target}");
    }
    // While the old one is there, the other one is new, whether the key is still in the old one or not.
    let sandbox = known(4);
    sandbox.write("b.py", &text);
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), report.paths()), ((1, 1), vec!["b.py".to_owned()]));
    sandbox.write("src/a.py", "k = environ['KEY']\n");
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), report.paths()), ((1, 0), vec!["b.py".to_owned()]));
    assert_eq!(unused(&report), ["openai-project-key in src/a.py"]);
}

#[test]
fn the_file_of_the_same_name_takes_over_first() {
    let sandbox = known(5);
    let text = fs::read_to_string(sandbox.path("src/a.py")).unwrap();
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    sandbox.write("b.py", &text);
    sandbox.write("lib/a.py", &text);
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), report.paths()), ((1, 1), vec!["b.py".to_owned()]));
}

#[test]
fn a_folder_with_many_keys_can_be_renamed() {
    let sandbox = repository();
    for seed in 0..20 {
        sandbox.write(format!("old/{}.py", seed / 2), format!("k = '{}'\n", openai_key(100 + seed)));
    }
    create(&sandbox, &[]);
    let before = entries(&sandbox).len();
    fs::rename(sandbox.path("old"), sandbox.path("new")).unwrap();
    assert_eq!(counts(&sandbox.scan(&[])), (0, 10));
    let run = sandbox.skanner(&["baseline", "update"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(entries(&sandbox).len(), before);
    assert!(places(&sandbox).iter().all(|place| place.starts_with("new/")));
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 10), vec![]));
}

#[test]
fn a_rule_with_another_name_changes_nothing() {
    let sandbox = known(6);
    let text =
        fs::read_to_string(sandbox.path(FILE)).unwrap().replace("openai-project-key", "called-otherwise");
    sandbox.write(FILE, &text);
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    for arguments in [&["update"][..], &["update", "--add"], &["create", "--force"], &["check"]] {
        assert_eq!(sandbox.skanner(&[&["baseline"], arguments].concat()).code, 0);
        assert_eq!(fs::read_to_string(sandbox.path(FILE)).unwrap(), text, "{arguments:?}");
    }
}
