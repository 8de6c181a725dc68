//! Compares skanner with its peers: wall time of whole processes in alternating runs, and peak memory.
//!
//! ```text
//! cargo bench --bench peers -- TREE
//! ```
//!
//! Times depend on the machine and on what else it does, so the programs take turns and what counts is the ratio
//! within a round; processor time suffers least from the neighbors. Nothing is asserted; `docs/benchmarks.md` says what was measured and how to read it.
#![allow(clippy::print_stdout, reason = "the tables are what this program is for")]

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use skanner::testing::rule::Shape;

/// Compares skanner with its peers on one tree.
#[derive(Parser)]
struct Args {
    /// A folder of source files.
    tree: Option<PathBuf>,

    /// How many rounds to measure.
    #[arg(long, default_value_t = 15)]
    rounds: usize,

    /// How many of them the slow programs take part in.
    #[arg(long, default_value_t = 3)]
    slow_rounds: usize,

    /// How many rounds to run before measuring.
    #[arg(long, default_value_t = 2)]
    warm_up: usize,

    /// What `cargo bench` tells every program that it runs.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Runs of each program for its peak memory, of which the largest is shown.
const MEMORY_RUNS: usize = 5;

/// Time between two looks at a process's memory.
const LOOK: Duration = Duration::from_micros(200);

/// The kernel's ticks in a second, as `/proc` counts them on all common machines.
const TICKS: f64 = 100.0;

const SMALL: usize = 2 << 10;
const SPARSE: u64 = 5 << 30;

fn main() -> Result<()> {
    let args = Args::parse();
    if !args.bench {
        println!("nothing measured: this is run by `cargo bench --bench peers -- TREE`");
        return Ok(());
    }
    let Some(tree) = &args.tree else {
        bail!("no tree to scan: run `cargo bench --bench peers -- TREE`");
    };
    let tree = tree.canonicalize().with_context(|| tree.display().to_string())?;

    let rg = find("rg");
    let kingfisher = find("kingfisher");
    describe_run(&tree, &[("rg", &rg), ("kingfisher", &kingfisher)])?;

    let skanner = Path::new(env!("CARGO_BIN_EXE_skanner"));
    let peers = |path: &Path| {
        let rg = rg
            .as_deref()
            .map(|rg| Contestant::new("rg -c", rg, &["-c", "--no-ignore", "--hidden", "sk-"], path));
        let kingfisher = kingfisher.as_deref().map(|kingfisher| {
            let options = ["scan", "--no-validate", "--git-history", "none", "--no-update-check"];
            Contestant { is_slow: true, ..Contestant::new("kingfisher scan", kingfisher, &options, path) }
        });
        rg.into_iter().chain(kingfisher)
    };

    let mut contestants = vec![
        Contestant::new("skanner scan", skanner, &["scan"], &tree),
        Contestant::new("skanner scan --no-ignore", skanner, &["scan", "--no-ignore"], &tree),
        Contestant::new("skanner scan -j 1", skanner, &["scan", "-j", "1"], &tree),
    ];
    contestants.extend(peers(&tree));
    compare("the tree", &contestants, &args)?;

    let folder = tempfile::tempdir()?;
    let plain = folder.path().join("plain.txt");
    fs::write(&plain, small_text(""))?;
    let keyed = folder.path().join("keyed.txt");
    fs::write(&keyed, small_text(&openai_key()?))?;
    let mut contestants = vec![
        Contestant::new("skanner scan", skanner, &["scan"], &plain),
        Contestant::new("skanner scan, a key in it", skanner, &["scan"], &keyed),
    ];
    contestants
        .extend(find("true").map(|path| Contestant::new("true, which does nothing", &path, &[], &plain)));
    contestants.extend(peers(&plain));
    compare("one file of 2 kB", &contestants, &args)?;

    let sparse = folder.path().join("sparse");
    let mut file = File::create(&sparse)?;
    file.seek(SeekFrom::Start(SPARSE))?;
    writeln!(file, " {}", openai_key()?)?;
    let sparse = Contestant { is_slow: true, ..Contestant::new("skanner scan", skanner, &["scan"], &sparse) };
    compare("one sparse file of 5 GB, a key at its end", &[sparse], &args)
}

/// A program and what it is asked to do.
struct Contestant {
    label: &'static str,
    command: Vec<PathBuf>,
    is_slow: bool,
}

impl Contestant {
    fn new(label: &'static str, program: &Path, options: &[&str], path: &Path) -> Self {
        let mut command = vec![program.to_owned()];
        command.extend(options.iter().map(PathBuf::from));
        command.push(path.to_owned());
        Self { label, command, is_slow: false }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Seconds from before the start of the process to after its end.
    fn time(&self) -> Result<(f64, ExitStatus)> {
        let start = Instant::now();
        let output = self.command().output().with_context(|| self.label)?;
        Ok((start.elapsed().as_secs_f64(), output.status))
    }

    /// The most memory the process held, in bytes; `None` where `/proc` does not tell.
    ///
    /// The kernel keeps the high-water mark, so nothing between two looks is missed; what the process takes after the
    /// last look, less than [`LOOK`] before its end, is.
    fn peak_memory(&self) -> Result<Option<u64>> {
        let mut peak = None;
        for _ in 0..MEMORY_RUNS {
            let mut child = self.command().spawn().with_context(|| self.label)?;
            let status = format!("/proc/{}/status", child.id());
            let output = child.stdout.take();
            let drain =
                thread::spawn(move || output.map(|mut output| io::copy(&mut output, &mut io::sink())));
            while child.try_wait()?.is_none() {
                peak = peak.max(fs::read_to_string(&status).ok().as_deref().and_then(high_water_mark));
                thread::sleep(LOOK);
            }
            let _ = drain.join();
        }
        Ok(peak)
    }
}

/// `VmHWM` of a `/proc/PID/status`, in bytes.
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// Processor time, of user and system, of all processes that have been waited for. A tick is long, but what one run
/// loses by rounding the next one gains, so the mean of many is exact enough.
fn ticks_of_children() -> Option<u64> {
    /// Fields between the name of the program and the two wanted, in `proc_pid_stat(5)`.
    const SKIPPED: usize = 13;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(SKIPPED).map(str::parse::<u64>);
    Some(fields.next()?.ok()? + fields.next()?.ok()?)
}

/// Lets the contestants take turns and prints what came of it; the first one is what the others are compared with.
fn compare(title: &str, contestants: &[Contestant], args: &Args) -> Result<()> {
    let mut times = vec![Vec::new(); contestants.len()];
    let mut exits = vec![None; contestants.len()];
    let mut ticks = vec![Some(0); contestants.len()];
    for contestant in contestants {
        for _ in 0..if contestant.is_slow { args.warm_up.min(1) } else { args.warm_up } {
            contestant.time()?;
        }
    }
    for round in 0..args.rounds {
        for turn in 0..contestants.len() {
            // Who goes first changes, since the one before leaves its traces in the caches.
            let at = (turn + round) % contestants.len();
            if !contestants[at].is_slow || round < args.slow_rounds {
                let before = ticks_of_children();
                let (seconds, status) = contestants[at].time()?;
                ticks[at] = ticks[at]
                    .zip(before)
                    .zip(ticks_of_children())
                    .map(|((sum, before), after)| sum + after - before);
                times[at].push(seconds);
                exits[at] = status.code();
            }
        }
    }
    println!("\n| {title} | median | minimum | ratio | processor | peak memory | exit | rounds |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (at, contestant) in contestants.iter().enumerate() {
        let ratios = times[at].iter().zip(&times[0]).map(|(own, first)| own / first);
        println!(
            "| {} | {} | {} | {:.2} | {} | {} | {} | {} |",
            contestant.label,
            milliseconds(median(times[at].iter().copied())),
            milliseconds(times[at].iter().copied().fold(f64::INFINITY, f64::min)),
            median(ratios),
            ticks[at].map_or_else(|| "?".to_owned(), |ticks| processor_time(ticks, times[at].len())),
            contestant.peak_memory()?.map_or_else(|| "?".to_owned(), megabytes),
            exits[at].map_or_else(|| "signal".to_owned(), |code| code.to_string()),
            times[at].len(),
        );
    }
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

fn milliseconds(seconds: f64) -> String {
    let milliseconds = seconds * 1e3;
    if milliseconds < 100.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

/// The mean of some runs, where ticks are fine enough to tell it.
fn processor_time(ticks: u64, runs: usize) -> String {
    let seconds = ticks as f64 / TICKS / runs as f64;
    if seconds < 1.0 / TICKS { format!("< {}", milliseconds(1.0 / TICKS)) } else { milliseconds(seconds) }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// What is measured, with what, and on what kind of machine.
fn describe_run(tree: &Path, programs: &[(&str, &Option<PathBuf>)]) -> Result<()> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_skanner")).args(["scan", "--format", "json"]).arg(tree).output()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let scanned = &report["scanned"];
    println!("tree: {} files, {} bytes", scanned["files"], scanned["bytes"]);
    println!("skanner: version {}, complete: {}", env!("CARGO_PKG_VERSION"), report["complete"]);
    for (name, path) in programs {
        match path {
            None => println!("{name}: not found, left out"),
            Some(path) => {
                let version = Command::new(path).arg("--version").output()?;
                let version =
                    String::from_utf8_lossy(&version.stdout).lines().next().unwrap_or_default().to_owned();
                let note = if is_script(path) { " (started by a script, whose time counts)" } else { "" };
                println!("{name}: {version}{note}");
            }
        }
    }
    println!("processors: {}", thread::available_parallelism()?);
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        println!("load before: {}", load.trim());
    }
    Ok(())
}

/// The program of this name on `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(OsStr::new(name))).find(|file| file.is_file())
}

fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok_and(|()| &start == b"#!")
}

/// A text of about [`SMALL`] bytes that looks like source code, with `secret` in its middle.
fn small_text(secret: &str) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= SMALL {
            break;
        }
        if number == 20 {
            text.push_str(&format!("    key = \"{secret}\"\n"));
        }
        text.push_str(&format!("    value_{number} = compute(value_{}, factor={number})\n", number * 7 % 31));
    }
    text
}

/// A key that opens nothing. It is made here, since no whole key may stand in a file of the repository.
fn openai_key() -> Result<String> {
    Ok(Shape::parse("sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A")?.generate(&mut fastrand::Rng::with_seed(1)))
}
