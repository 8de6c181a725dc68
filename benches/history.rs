//! Measures a scan of a history with all threads and with one, next to git reading the same objects.
//!
//! ```text
//! cargo bench --bench history -- REPOSITORY
//! ```
//!
//! All of them run in turns; what counts is the ratio within a round. Nothing is asserted; `docs/benchmarks.md` says what was
//! measured.
#![allow(clippy::print_stdout, reason = "the tables are what this program is for")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Parser;

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

    /// Cargo passes this.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let path = &args.repository;
    println!("{:>10} {:>10} {:>10} {:>10}", "history", "1 thread", "git", "ratio");
    for _ in 0..args.rounds {
        let all = skanner(path, &[])?;
        let one = skanner(path, &["-j", "1"])?;
        let git = if args.no_git { Duration::ZERO } else { cat_file(path)? };
        println!(
            "{:>10.2} {:>10.2} {:>10.2} {:>10.2}",
            all.as_secs_f64(),
            one.as_secs_f64(),
            git.as_secs_f64(),
            git.as_secs_f64() / all.as_secs_f64(),
        );
    }
    Ok(())
}

/// How long skanner takes for the whole history.
fn skanner(path: &Path, options: &[&str]) -> Result<Duration> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skanner"));
    timed(command.args(["scan", "--history", "--isolated"]).args(options).arg(path))
}

/// How long git takes to read all of its own objects.
fn cat_file(path: &Path) -> Result<Duration> {
    let mut command = Command::new("git");
    timed(command.arg("-C").arg(path).args(["cat-file", "--batch-all-objects", "--unordered", "--batch"]))
}

fn timed(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    command.stdout(Stdio::null()).status().context("cannot run it")?;
    Ok(start.elapsed())
}
