//! One case of a campaign, and the loop over them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    io::{Seek, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

use fastrand::Rng;
use serde_json::Value;

use super::{
    program::{End, Ran, run},
    support::{self, Sandbox, key},
};

/// Shapes of several issuers, none of which needs a name beside it.
const SHAPES: &[&str] = &[
    "sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A",
    "sk-ant-api03-{B:85}{Z16}-{B:5}{Z16}AA",
    "sk-or-v1-{h:64}",
    "sk_live_51{A:87}00{A:8}",
    "rk_live_51{A:87}00{A:8}",
    "sk-sp-{uuid4-hex}",
];

/// What may not happen. Each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A key that is there was not named, and nothing was said to be unread.
    FalseClean,
    Hang,
    /// A signal, a panic, or an exit code that means nothing.
    Crash,
    /// Something was reported or refused in which there is no key.
    FalseAlarm,
    /// Something was said to be unread in a sound repository.
    Unread,
    /// The test itself failed.
    Broken,
}

const FAULTS: [Fault; 6] =
    [Fault::FalseClean, Fault::Hang, Fault::Crash, Fault::FalseAlarm, Fault::Unread, Fault::Broken];

/// A key, and where it was put.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) key: String,
    pub(crate) place: String,
}

pub(crate) struct Case {
    pub(crate) rng: Rng,
    pub(crate) sandbox: Sandbox,
    pub(crate) planted: Vec<Planted>,
    /// One of so many places gets a key; none if it is zero.
    pub(crate) rarity: u32,
    /// The keys of objects and trees that the oracle has looked at.
    pub(crate) known: BTreeMap<String, BTreeSet<String>>,
    told: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
    faults: Vec<(Fault, String)>,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let rarity = if rng.u32(..5) == 0 { 0 } else { rng.u32(3..30) };
        Self {
            rng,
            sandbox: Sandbox::new(),
            planted: Vec::new(),
            rarity,
            known: BTreeMap::new(),
            told: Vec::new(),
            counts: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// Whether something happens that happens once in so many cases.
    pub(crate) fn once_in(&mut self, cases: u32) -> bool {
        self.rng.u32(..cases) == 0
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.rng.usize(..limit)
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// A new key for this place.
    pub(crate) fn plant(&mut self, place: &str) -> String {
        let shape = self.pick(SHAPES);
        let key = key(shape, self.rng.u64(..));
        self.planted.push(Planted { key: key.clone(), place: place.to_owned() });
        self.count("keys planted", 1);
        key
    }

    /// A key for this place, or none.
    pub(crate) fn chance(&mut self, place: &str) -> Option<String> {
        (self.rarity > 0 && self.once_in(self.rarity)).then(|| self.plant(place))
    }

    /// Some words, or a key.
    pub(crate) fn words(&mut self, place: &str) -> String {
        self.chance(place).unwrap_or_else(|| format!("word {}", self.rng.u32(..9)))
    }

    /// The content of a file.
    pub(crate) fn content(&mut self, place: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.once_in(12) {
            bytes.extend([0, 1, 2, 0]);
        }
        if self.once_in(120) {
            bytes.extend(b"a long line of nothing much\n".repeat(12_000));
        }
        for _ in 0..self.rng.u32(1..6) {
            let word = self.words(place);
            let line = match self.below(4) {
                0 => format!("KEY={word}\n"),
                1 => format!("  \"key\": \"{word}\",\r\n"),
                2 => format!("{}\n", self.rng.u32(..)),
                _ => format!("{word}\n"),
            };
            if !line.contains(&word) {
                let _ = writeln!(bytes, "{word}");
            }
            bytes.extend(line.into_bytes());
        }
        bytes
    }

    /// Notes what was done, for whoever has to repeat it.
    pub(crate) fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    pub(crate) fn count(&mut self, what: &'static str, number: u64) {
        *self.counts.entry(what).or_default() += number;
    }

    pub(crate) fn fault(&mut self, fault: Fault, what: impl Into<String>) {
        self.faults.push((fault, what.into()));
    }

    /// Git, which must succeed.
    pub(crate) fn git(&mut self, arguments: &[&str]) -> String {
        self.git_with("", arguments, b"")
    }

    /// Git in a folder with this input, which must succeed.
    pub(crate) fn git_with(&mut self, folder: &str, arguments: &[&str], input: &[u8]) -> String {
        let ran = self.try_git(folder, arguments, input);
        assert!(ran.is_success(), "git {arguments:?}: {:?}: {}", ran.end, ran.stderr);
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    pub(crate) fn try_git(&mut self, folder: &str, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.git_command(folder);
        if !input.is_empty() {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(input).unwrap();
            file.rewind().unwrap();
            command.stdin(file);
        }
        let shown: Vec<String> = arguments.iter().map(|one| one.chars().take(200).collect()).collect();
        self.tell(format!("git {}", shown.join(" ")));
        run(command.args(arguments))
    }

    pub(crate) fn git_command(&self, folder: &str) -> Command {
        let mut command = self.sandbox.command("git");
        command.current_dir(self.sandbox.path(folder)).env("GIT_NO_REPLACE_OBJECTS", "1");
        // The same seed gives the same names.
        command.env("GIT_AUTHOR_DATE", "1800000000 +0000").env("GIT_COMMITTER_DATE", "1800000000 +0000");
        for setting in [
            "user.name=A",
            "user.email=a@example.org",
            "init.defaultBranch=b0",
            "protocol.file.allow=always",
            "gc.auto=0",
            "pack.threads=1",
            "core.logAllRefUpdates=true",
            "advice.detachedHead=false",
        ] {
            command.args(["-c", setting]);
        }
        command
    }

    /// Runs skanner. It neither hangs nor crashes.
    pub(crate) fn skanner(&mut self, arguments: &[&str], variables: &[(&str, OsString)]) -> Said {
        let mut command = self.sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(arguments).args(["--format", "json", "--show-secrets"]).envs(variables.iter().cloned());
        command.env("SKANNER_THREADS", if self.rng.bool() { "1" } else { "2" });
        let ran = run(&mut command);
        self.count("commands run", 1);
        let name = format!("skanner {} {variables:?}", arguments.join(" "));
        self.judge(&name, &ran);
        Said::new(name, ran)
    }

    /// Whether a program of ours ended as it may.
    pub(crate) fn judge(&mut self, name: &str, ran: &Ran) {
        let end = &ran.end;
        match end {
            End::Hung => self.fault(Fault::Hang, name),
            End::Code(0..=2) if !ran.stderr.contains("panicked") && !ran.stderr.contains("a bug") => {}
            _ => self.fault(Fault::Crash, format!("{name}: {end:?}: {}", ran.stderr)),
        }
    }
}

/// What skanner said.
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) ran: Ran,
    pub(crate) code: i32,
    pub(crate) keys: BTreeSet<String>,
    pub(crate) not_scanned: Vec<String>,
}

impl Said {
    fn new(name: String, ran: Ran) -> Self {
        let json: Value = serde_json::from_slice(&ran.stdout).unwrap_or_default();
        let list = |name: &str| json[name].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            name,
            code: if let End::Code(code) = ran.end { code } else { -1 },
            keys: list("findings").iter().map(|finding| text(&finding["secret"])).collect(),
            not_scanned: list("not_scanned")
                .iter()
                .map(|one| format!("{}: {}", text(&one["what"]), text(&one["why"])))
                .collect(),
            ran,
        }
    }

    /// All of it, for whoever has to repeat it.
    pub(crate) fn all(&self) -> String {
        let output = String::from_utf8_lossy(&self.ran.stdout);
        let output: String = output.chars().take(3000).collect();
        format!(
            "{}: {:?}\n{}\n{output}\n{}",
            self.name,
            self.ran.end,
            self.not_scanned.join("\n"),
            self.ran.stderr
        )
    }
}

/// Runs as many cases as are asked for, and fails at the end if one has failed.
pub(crate) fn campaign(name: &str, small: u64, full: u64, case: fn(&mut Case)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("SKANNER_SEED").unwrap_or(1);
    let cases = support::cases(small, full);
    let mut counts = BTreeMap::<&str, u64>::new();
    let mut faults: BTreeMap<Fault, u64> = FAULTS.iter().map(|fault| (*fault, 0)).collect();
    for seed in first..first + cases {
        let mut one = Case::new(seed);
        let result = catch_unwind(AssertUnwindSafe(|| case(&mut one)));
        if let Err(panic) = result {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
            one.fault(Fault::Broken, words.unwrap_or_default());
        }
        one.counts.into_iter().for_each(|(what, number)| *counts.entry(what).or_default() += number);
        for (fault, what) in &one.faults {
            *faults.entry(*fault).or_default() += 1;
            let planted: String =
                one.planted.iter().map(|one| format!("\n  {}: {}", one.place, one.key)).collect();
            let told = one.told.join("\n  ");
            eprintln!("{name}, seed {seed}: {fault:?}: {what}\nplanted:{planted}\ndone:\n  {told}\n");
        }
    }
    let counts: String = counts.iter().map(|(what, number)| format!(", {number} {what}")).collect();
    let last = (first + cases).saturating_sub(1);
    eprintln!("{name}: {cases} cases, seeds {first} to {last}{counts}; {faults:?}");
    assert!(faults.values().all(|number| *number == 0), "{name}: {faults:?}; what failed is above");
}
