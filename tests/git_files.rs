//! Git's own files where they are no repository that a command reads: bare repositories, packs, bundles, loose objects,
//! in folders and in archives. And what Git LFS keeps beside a repository.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::fs;

use sha2::{Digest, Sha256};
use support::{Sandbox, openai_key};

/// A repository in `source` with a key that only its history holds, among files that become deltas.
fn with_past(format: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", &format!("--object-format={format}"), "source"]);
    let lines: String =
        (0..400).map(|at| format!("line {at} of a file that is long enough for a delta\n")).collect();
    for (at, insert) in ["", &openai_key(1), "gone", "more", "and more"].iter().enumerate() {
        sandbox.write("source/a.txt", format!("{lines}{insert}\n{lines}{at}"));
        sandbox.git("source", &["add", "."]);
        sandbox.git("source", &["commit", "-qm", "a change"]);
    }
    sandbox
}

/// How many findings a scan of `path` has, which must be complete.
fn found(sandbox: &Sandbox, path: &str) -> usize {
    let report = sandbox.scan(&["--isolated", path]);
    assert_eq!(report.json["not_scanned"], serde_json::json!([]), "{path}");
    report.json["findings"].as_array().unwrap().len()
}

#[test]
fn objects_are_read_wherever_they_lie() {
    for format in ["sha1", "sha256"] {
        for is_packed in [true, false] {
            let s = with_past(format);
            if is_packed {
                s.git("source", &["gc", "-q", "--aggressive"]);
            }
            s.git("", &["clone", "-q", "--mirror", "source", "mirror.git"]);
            s.git("", &["clone", "-q", "--mirror", "source", "tree/mirror.git"]);
            s.write("bundles/x", "nothing");
            s.git("source", &["bundle", "create", "-q", "../bundles/all.bundle", "--all"]);
            s.write("archives/x", "nothing");
            let packed =
                s.command("tar").args(["czf", "archives/source.tgz", "source/.git"]).status().unwrap();
            assert!(packed.success());
            s.write("copied/x", "nothing");
            let copied =
                s.command("cp").args(["-r", "source/.git/objects", "copied/objects"]).status().unwrap();
            assert!(copied.success());
            let paths =
                ["mirror.git", "tree", "bundles", "bundles/all.bundle", "archives", "copied", "source/.git"];
            for path in paths {
                assert_eq!(found(&s, path), 1, "{path}, {format}, packed: {is_packed}");
            }
        }
    }
}

#[test]
fn the_place_in_a_bundle_is_told() {
    let s = with_past("sha1");
    s.git("source", &["bundle", "create", "-q", "../all.bundle", "--all"]);
    let report = s.scan(&["--isolated", "all.bundle"]);
    let place = &report.json["findings"][0]["occurrences"][0];
    let object = s.git("source", &["rev-parse", "HEAD~3:a.txt"]);
    assert_eq!(place["path"], "all.bundle");
    assert_eq!(place["archive"], object.trim());
}

#[test]
fn deltas_by_name_are_followed_and_missing_bases_are_told() {
    let s = with_past("sha1");
    // Without the option, deltas name their bases.
    let make = |range: &str, more: &[&str], to: &str| {
        let script = format!(
            "printf '%s\\n' {range} | git -C source pack-objects -q --revs --stdout {} > {to}",
            more.join(" ")
        );
        assert!(s.command("sh").args(["-c", &script]).status().unwrap().success());
    };
    s.git("source", &["gc", "-q"]);
    make("main", &["--no-reuse-delta"], "whole.pack");
    assert_eq!(found(&s, "whole.pack"), 1);
    make("main ^main~2", &["--thin"], "thin.pack");
    let report = s.scan(&["--isolated", "thin.pack"]);
    report.assert_not_scanned(&["what they are made from is not in it"]);
}

#[test]
fn a_damaged_pack_is_no_clean_verdict() {
    let s = with_past("sha1");
    s.git("source", &["bundle", "create", "-q", "../all.bundle", "--all"]);
    let whole = fs::read(s.path("all.bundle")).unwrap();
    let start = whole.windows(4).position(|part| part == b"PACK").unwrap();
    let mut cuts: Vec<usize> = (start + 12..whole.len()).step_by(37).collect();
    cuts.extend([start - 1, start, start + 5, whole.len() - 1]);
    for cut in cuts {
        s.write("cut.bundle", &whole[..cut]);
        assert_eq!(s.scan(&["--isolated", "cut.bundle"]).code, 2, "{cut} of {}", whole.len());
    }
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..60 {
        let mut damaged = whole.clone();
        let at = rng.usize(start + 12..whole.len() - 20);
        damaged[at] ^= 1 << rng.u8(..8);
        s.write("damaged.bundle", damaged);
        // A key is still found, or something could not be read.
        assert_ne!(s.scan(&["--isolated", "damaged.bundle"]).code, 0, "byte {at}");
    }
    s.write("behind.bundle", [whole, openai_key(2).into_bytes()].concat());
    assert_eq!(s.scan(&["--isolated", "behind.bundle"]).json["findings"].as_array().unwrap().len(), 2);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pointer(content: &str) -> String {
    let name = hex(&Sha256::digest(content));
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {}\n", content.len())
}

/// A repository with a committed pointer to content with a key.
fn with_pointer(storage: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main"]);
    sandbox.write("a.txt", "nothing");
    sandbox.git("", &["add", "a.txt"]);
    sandbox.git("", &["commit", "-qm", "first"]);
    let content = format!("KEY={}\n", openai_key(1));
    sandbox.write("data.csv", pointer(&content));
    sandbox.git("", &["add", "data.csv"]);
    if let Some(folder) = storage {
        let name = hex(&Sha256::digest(&content));
        sandbox.write(format!("{folder}/objects/{}/{}/{name}", &name[..2], &name[2..4]), content);
    }
    sandbox
}

/// What reads the pointer, and whether it must be read.
const READERS: [(&[&str], bool); 5] = [
    (&["scan", "data.csv"], false),
    (&["scan"], false),
    (&["scan", "--history"], false),
    (&["scan", "--range", "main~1..main"], false),
    (&["audit"], true),
];

#[test]
fn what_a_pointer_stands_for_is_read() {
    let sandbox = with_pointer(Some(".git/lfs"));
    let staged = sandbox.skanner(&["scan", "--staged", "--format", "json"]).report();
    assert_eq!((staged.code, staged.paths()), (1, vec!["data.csv".to_owned()]));
    sandbox.git("", &["commit", "-qm", "data"]);
    for (arguments, _) in READERS {
        let report = sandbox.skanner(&[arguments, &["--format", "json"]].concat()).report();
        assert_eq!(report.code, 1, "{arguments:?}");
        assert!(report.paths().contains(&"data.csv".to_owned()), "{arguments:?}: {:?}", report.paths());
    }
}

#[test]
fn the_store_may_be_elsewhere() {
    let sandbox = with_pointer(Some(".git/elsewhere"));
    sandbox.git("", &["config", "lfs.storage", "elsewhere"]);
    assert_eq!(sandbox.scan(&["--isolated"]).paths(), ["data.csv"]);
}

#[test]
fn a_pointer_without_content_counts_or_fails() {
    let sandbox = with_pointer(None);
    let why = ["data.csv: is a Git LFS pointer whose content is missing: run `git lfs fetch --all`"];
    sandbox.skanner(&["scan", "--staged", "--format", "json"]).report().assert_not_scanned(&why);
    sandbox.git("", &["commit", "-qm", "data"]);
    for (arguments, must_read) in READERS {
        let report = sandbox.skanner(&[arguments, &["--format", "json"]].concat()).report();
        if must_read {
            report.assert_not_scanned(&why);
        } else {
            assert_eq!(
                (report.code, &report.json["not_read"]["lfs_object"]),
                (0, &serde_json::json!(1)),
                "{arguments:?}"
            );
        }
    }
    sandbox.write("skanner.toml", "accept-unread = [{ path = \"data.csv\", reason = \"public data\" }]\n");
    assert_eq!(sandbox.skanner(&["audit"]).code, 0);
}

#[test]
fn content_of_another_size_is_not_the_content() {
    let sandbox = with_pointer(Some(".git/lfs"));
    let content = format!("KEY={}\n", openai_key(1));
    let name = hex(&Sha256::digest(&content));
    sandbox.write(format!(".git/lfs/objects/{}/{}/{name}", &name[..2], &name[2..4]), "cut short");
    sandbox.skanner(&["scan", "--staged", "--format", "json"]).report().assert_not_scanned(&["data.csv"]);
}
