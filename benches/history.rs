//! Measures the parts of a scan of a history beside a bare decoding of the same objects and beside git.
//!
//! ```text
//! cargo bench --bench history -- REPOSITORY
//! ```
//!
//! All parts run in turns in this process; what counts is the ratio within a round. Nothing is asserted;
//! `docs/benchmarks.md` says what was measured.
#![allow(clippy::print_stdout, reason = "the tables are what this program is for")]

use std::{
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Parser;
use skanner::testing::{
    blob::{AnchorKinds, Blob, ObjectId, Origin},
    expand,
    finding::Scanned,
    git::{
        ObjectKind, ObjectKinds,
        pack::{Object, Visitor},
    },
    locate::{CommitReader, Gatherer, ObjectLocations},
    rule::Confidence,
    scan::{Engine, Scratch, TextChange, looks_wide},
    source::{FirstPass, HistorySource, Reading, Searcher, Sink, TriageResult},
    threads::Pool,
};

/// Measures a scan of one history.
#[derive(Parser)]
struct Args {
    /// A repository.
    repository: PathBuf,

    /// How many rounds to measure.
    #[arg(long, default_value_t = 5)]
    rounds: usize,

    /// Do not compare with git, which is slow.
    #[arg(long)]
    no_git: bool,

    /// Cargo says this.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Takes objects and does nothing with them.
struct Nothing;

impl Visitor for Nothing {
    type Mark = ();

    fn object(&mut self, object: Object<'_, ()>) {
        std::hint::black_box(object.bytes);
    }

    fn failed(&mut self, _: ObjectId, _: Option<ObjectKind>, _: &'static str) {}

    fn elsewhere(&mut self, _: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        None
    }
}

/// Looks at everything as a scan does, and keeps nothing.
struct Looker<'e> {
    engine: &'e Engine,
    scratch: Scratch,
}

impl Sink for Looker<'_> {
    fn blob(&mut self, _: Blob<'_>) {}

    fn count(&mut self, _: Scanned) {}

    fn not_scanned(&mut self, _: &[u8], _: String) {}
}

impl Searcher for Looker<'_> {
    fn look(&mut self, bytes: &[u8], base: Option<(&[Range<usize>], AnchorKinds)>) -> TriageResult {
        if expand::is_container(bytes) {
            return TriageResult::Suspect;
        }
        let change = base.map(|(changed_ranges, anchor_kinds)| TextChange { changed_ranges, anchor_kinds });
        match self.engine.prefilter(bytes, change, &mut self.scratch) {
            None => TriageResult::Suspect,
            Some(_) if looks_wide(bytes) => TriageResult::Alone,
            Some(anchor_kinds) => TriageResult::Clean(anchor_kinds),
        }
    }

    fn name(&mut self, origin: &Origin<'_>) {
        std::hint::black_box(origin.path);
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    let path = &args.repository;
    let threads = std::thread::available_parallelism()?.get();
    let pool = Pool::new(threads);
    println!(
        "{:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "open", "decode", "pass 1", "1 thread", "pass 2", "git", "p1/decode"
    );
    for _ in 0..args.rounds {
        let (history, open) = timed(|| open(path, &pool));
        let history = history?;
        let (_, decode) = timed(|| history.store().1.packs.walk(ObjectKinds::ALL, &pool, &|| Nothing));
        let engine = Engine::new(Confidence::Likely);
        let looker = || Looker { engine: &engine, scratch: Scratch::default() };
        let ((fed, commits), first) = timed(|| feed(&history, &looker));
        let (repository, store) = history.store();
        let (_, second) = timed(|| {
            let gathered = Gatherer::new(store, &fed.suspects).finish(Vec::new(), commits, &pool);
            ObjectLocations::new(repository, store, gathered, &[])
        });
        let alone = open_alone(path)?;
        let (_, single) = timed(|| feed(&alone, &looker));
        let git = if args.no_git { Duration::ZERO } else { cat_file(path)? };
        println!(
            "{:>10.2} {:>10.2} {:>10.2} {:>10.2} {:>10.2} {:>10.2} {:>10.2}",
            open.as_secs_f64(),
            decode.as_secs_f64(),
            first.as_secs_f64(),
            single.as_secs_f64(),
            second.as_secs_f64(),
            git.as_secs_f64(),
            first.as_secs_f64() / decode.as_secs_f64(),
        );
    }
    Ok(())
}

fn open(path: &Path, pool: &Pool) -> Result<HistorySource> {
    let reading = Reading { pool: pool.clone(), allow_shallow: true, cross_check: false };
    HistorySource::open(path, reading).with_context(|| format!("cannot open {}", path.display()))
}

/// The first pass, with nothing to locate.
fn feed<'e>(
    history: &HistorySource,
    looker: &(impl Fn() -> Looker<'e> + Sync),
) -> (FirstPass, Vec<CommitReader>) {
    let (contents, commits) = history.feed_contents(looker, &|| Some(CommitReader::default()));
    (history.feed_directories(contents, looker, &|| None::<CommitReader>).0, commits)
}

fn open_alone(path: &Path) -> Result<HistorySource> {
    open(path, &Pool::default())
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

/// How long git takes to read all of its own objects.
fn cat_file(path: &Path) -> Result<Duration> {
    let start = Instant::now();
    Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["cat-file", "--batch-all-objects", "--unordered", "--batch"])
        .stdout(Stdio::null())
        .status()
        .context("cannot run git")?;
    Ok(start.elapsed())
}
