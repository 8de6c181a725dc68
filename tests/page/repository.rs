//! A repository with keys in every kind of place, and all that an audit says of it.

use std::fs;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::support::{NAMES, Run, Sandbox, key};

/// The word of a comment, in two parts, so that a scan of this file takes it for none.
const ALLOW: &str = concat!("skanner", ":allow");

/// Shapes, and how many bytes of each are public.
const SHAPES: [(&str, usize); 5] = [
    ("sk-or-v1-{h:64}", 9),
    ("sk_live_{A:24}", 8),
    ("sk_test_{A:24}", 8),
    ("gsk_{A:52}", 4),
    ("sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A", 8),
];

/// A repository, and its keys with the number of their public bytes.
pub(crate) struct Repository {
    pub(crate) sandbox: Sandbox,
    pub(crate) keys: Vec<(String, usize)>,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        Self { sandbox, keys: Vec::new() }
    }

    /// A new key.
    pub(crate) fn key(&mut self) -> String {
        let (shape, public) = SHAPES[self.keys.len() % SHAPES.len()];
        let key = key(shape, self.keys.len() as u64 + 1);
        self.keys.push((key.clone(), public));
        key
    }

    /// A file with a new key.
    fn plant(&mut self, path: &str) {
        let line = format!("import os\n\nTOKEN = \"{}\"  # of the demo\n", self.key());
        self.sandbox.write(path, line);
    }

    pub(crate) fn commit(&self, message: &str, date: &str) {
        self.sandbox.git("", &["add", "-A"]);
        let mut command = self.sandbox.command("git");
        command.args([
            "-c",
            "user.name=Jo O'D&e",
            "-c",
            "user.email=jo@example.org",
            "commit",
            "-qm",
            message,
        ]);
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
        assert_eq!(Run::of(&mut command).code, 0);
    }

    /// Keys of every exposure, hostile names, and all else that a page has a section for.
    pub(crate) fn of_all_kinds() -> Self {
        let mut all = Self::new();
        for at in 0..12 {
            all.plant(&format!("src/service{at}/settings.py"));
        }
        all.sandbox.write("LICENSE", "free\n");
        all.commit("Start", "2021-03-01T10:00:00Z");
        let (moved, encoded) = (all.keys[0].0.clone(), STANDARD.encode(&all.keys[1].0));
        all.sandbox.write("docs/copy.md", format!("the key is {moved}, again {encoded}\n"));
        (6..12).for_each(|at| {
            fs::remove_file(all.sandbox.path(format!("src/service{at}/settings.py"))).unwrap()
        });
        all.commit("Take <b>the keys</b> out", "2023-06-15T10:00:00+02:00");
        for name in NAMES {
            all.plant(&format!("names/{name}"));
        }
        all.commit("</script><script>window.pwned = 1</script>", "2024-01-31T23:59:59-08:00");
        all.sandbox.git("", &["checkout", "-q", "-b", "request"]);
        all.plant("request.py");
        all.commit("Try it", "2025-02-01T10:00:00Z");
        all.sandbox.git("", &["update-ref", "refs/pull/7/head", "HEAD"]);
        all.sandbox.git("", &["checkout", "-q", "main"]);
        all.sandbox.git("", &["branch", "-qD", "request"]);
        all.plant("lost.txt");
        all.sandbox.git("", &["hash-object", "-w", "lost.txt"]);
        fs::remove_file(all.sandbox.path("lost.txt")).unwrap();
        all.plant("<img src=x onerror=window.pwned=1>.env");
        let allowed = all.key();
        all.sandbox.write("allowed.py", format!("k = '{allowed}'  # {ALLOW}: revoked <i>long</i> ago\n"));
        let unused = format!("x = 1  # {ALLOW}\n");
        all.sandbox.write("unused.py", unused);
        all.sandbox.write("broken</style>.zip", b"PK\x03\x04 is cut short here");
        all.sandbox.git("", &["reflog", "expire", "--expire=now", "--all"]);
        all
    }

    /// Three hundred keys in a long history, and some more.
    pub(crate) fn of_many() -> Self {
        let mut many = Self::new();
        for at in 0..300 {
            many.plant(&format!("services/number{at}/settings/production.py"));
        }
        many.commit("Start", "2020-01-01T10:00:00Z");
        for at in 0..220 {
            many.sandbox.write(format!("services/number{at}/settings/production.py"), "TOKEN = 1\n");
        }
        many.commit("Read them from the environment", "2022-02-02T10:00:00Z");
        many
    }

    /// Runs the program with an output that must not be lost.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.sandbox.skanner(arguments)
    }

    /// The parts of keys that no page may show, in every form.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        for (key, public) in &self.keys {
            let body = &key.as_bytes()[*public..];
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let reversed: Vec<u8> = body.iter().rev().copied().collect();
            for body in [body, &reversed] {
                // The last four characters are shown.
                secrets.push(text(&body[4..16]));
                let hex: String = body[4..16].iter().map(|byte| format!("{byte:02x}")).collect();
                secrets.extend([hex.to_uppercase(), hex]);
                secrets.extend((0..3).map(|from| STANDARD.encode(&body[4 + from..13 + from])));
            }
        }
        secrets
    }
}
