//! What all matrices share: who is tested, what a cell expects, how cells run on all cores and how they fail.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use skanner::testing::{
    blob::Content,
    finding::{Detection, Span},
    rule::{Confidence, Form, Rule, RuleSet, Shape},
    scan::{Engine, Scratch},
};

use super::known;

/// How many failures are worth reading.
const SHOWN: usize = 40;

/// One way to write the keys of one rule: a row of every matrix.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) rule: &'static Rule,
    pub(crate) form: &'static Form,
    pub(crate) shape: &'static Shape,
}

impl Subject {
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for rule in RuleSet::builtin().iter() {
            for form in &rule.forms {
                all.extend(form.shapes.iter().map(|shape| Self { rule, form, shape }));
            }
        }
        all
    }

    pub(crate) fn key(&self, seed: u64) -> String {
        self.shape.generate(&mut fastrand::Rng::with_seed(seed))
    }

    /// What points at the issuer, for rules that name something.
    pub(crate) fn word(&self) -> &'static str {
        self.rule.context.first().map_or("nothing", |word| word.shown.as_str())
    }

    /// A seed of its own for each cell, so that a matrix tries many keys of a shape.
    pub(crate) fn seed(&self, column: &str, round: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.rule.id, self.shape.source(), column, round).hash(&mut hasher);
        hasher.finish()
    }

    /// The levels at which such a key must be found.
    pub(crate) fn levels(&self) -> &'static [Confidence] {
        match self.form.confidence {
            Confidence::Possible => &[Confidence::Possible],
            _ => &[Confidence::Likely, Confidence::Possible],
        }
    }
}

/// A text with a key in it, and where.
pub(crate) struct Cell {
    /// Names the column: a context, an encoding.
    pub(crate) column: String,
    pub(crate) seed: u64,
    pub(crate) key: String,
    pub(crate) text: Vec<u8>,
    /// Where the key begins in it, in bytes.
    pub(crate) text_start: usize,
    /// Where the key must be reported; the end is compared only if it is known.
    pub(crate) start: (u64, u64),
    pub(crate) end: Option<(u64, u64)>,
    pub(crate) encoding: Vec<&'static str>,
    /// Only the issuer's own rule will do, since the text names the issuer.
    pub(crate) names_issuer: bool,
}

/// The line and column that follow `before`, counted without the engine's help.
pub(crate) fn place_after(before: &str) -> (u64, u64) {
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) as u64 + 1;
    (line, column)
}

/// What one thread needs.
pub(crate) struct Bench {
    default: Engine,
    all: Engine,
    scratch: Scratch,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let engine = |least| Engine::new(least);
        Self {
            default: engine(Confidence::Likely),
            all: engine(Confidence::Possible),
            scratch: Scratch::default(),
        }
    }

    pub(crate) fn scan(&mut self, least: Confidence, text: &[u8]) -> Vec<Detection> {
        let engine = if least == Confidence::Possible { &self.all } else { &self.default };
        let mut found = Vec::new();
        engine.scan(Content::Bytes(text), &mut self.scratch, &mut 0, |one| found.push(one)).unwrap();
        // As a scan reports them.
        found.retain(|one| one.confidence >= least);
        found
    }

    /// Whether the key is found once and told rightly, at every level it should be found at.
    pub(crate) fn check(&mut self, subject: &Subject, cell: &Cell) -> Result<(), String> {
        for level in subject.levels() {
            let found = self.scan(*level, &cell.text);
            if let Err(error) = verify(subject, cell, &found) {
                let Cell { column, seed, .. } = cell;
                let source = subject.shape.source();
                let found: Vec<String> = found.iter().map(|one| Shown(one, cell).to_string()).collect();
                return Err(format!(
                    "{} {source} in [{column}] seed {seed} at {level}: {error}; found {found:?}",
                    subject.rule.id
                ));
            }
        }
        Ok(())
    }
}

fn verify(subject: &Subject, cell: &Cell, found: &[Detection]) -> Result<(), String> {
    let [one] = found else { return Err(format!("{} detections", found.len())) };
    let ensure = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    ensure(one.secret.reveal() == cell.key, "another secret")?;
    let Span { line, column, end_line, end_column } = one.span;
    ensure((line, column) == cell.start, &format!("start should be {:?}", cell.start))?;
    if let Some(end) = cell.end {
        ensure((end_line, end_column) == end, &format!("end should be {end:?}"))?;
    }
    ensure(one.encoding == cell.encoding, &format!("encoding should be {:?}", cell.encoding))?;
    ensure(one.confidence >= subject.form.confidence, "less sure than its form")?;
    let rule = subject.rule;
    let is_shared = !cell.names_issuer
        && one.rule.shared
        && one.candidates.iter().any(|candidate| candidate.issuer == rule.issuer);
    let is_right = one.rule.id == rule.id || is_shared || known::may_be(subject, &one.rule.id);
    ensure(is_right, "another rule")
}

/// A detection without its secret, for messages.
struct Shown<'a>(&'a Detection, &'a Cell);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(one, cell) = self;
        let secret = one.secret.reveal();
        let relation = match &*secret {
            same if same == cell.key => "the key".to_owned(),
            longer if longer.contains(&cell.key) => format!("{} more bytes", longer.len() - cell.key.len()),
            shorter if cell.key.contains(shorter) => format!("{} bytes less", cell.key.len() - shorter.len()),
            _ => "something else".to_owned(),
        };
        let Span { line, column, end_line, end_column } = one.span;
        let candidates: Vec<&str> = one.candidates.iter().map(|candidate| &*candidate.issuer).collect();
        write!(f, "{relation} as {} ({}) ", one.rule.id, one.confidence)?;
        write!(f, "at {line}:{column}-{end_line}:{end_column} {:?} {}", one.encoding, candidates.join("|"))
    }
}

/// Runs `check`, which returns how many cells it has checked and which failed, over all rows on all cores. Prints the
/// size of the matrix, and fails if it has shrunk.
pub(crate) fn run<Row: Sync>(
    title: &str,
    rows: &[Row],
    least_cells: usize,
    check: impl Fn(&mut Bench, &Row) -> (usize, Vec<String>) + Sync,
) {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut bench = Bench::new();
        let (mut cells, mut failures) = (0, Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(row) = rows.get(at) else { break };
            let (count, failed) = check(&mut bench, row);
            cells += count;
            failures.extend(failed.into_iter().map(|failure| (at, failure)));
        }
        (cells, failures)
    };
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    let (mut cells, mut failures) = (0, Vec::new());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            let (count, failed) = worker.join().unwrap();
            cells += count;
            failures.extend(failed);
        }
    });
    // Their order must not depend on the threads.
    failures.sort_by_key(|(at, _)| *at);
    let size = format!("{title}: {} rows, {cells} cells", rows.len());
    println!("{size}");
    // Failures of all kinds, not of the first rule alone.
    let step = 1 + failures.len() / SHOWN;
    let shown: Vec<&str> = failures.iter().step_by(step).map(|(_, failure)| failure.as_str()).collect();
    assert!(failures.is_empty(), "{size}, {} failed:\n{}", failures.len(), shown.join("\n"));
    assert!(cells >= least_cells, "{size}: it has shrunk, there were {least_cells}");
}
