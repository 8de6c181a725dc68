//! A progress line for scans that take more than a second.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressStyle};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag, low_level,
};

use crate::session::counts::Counts;

/// Scans that end sooner show no progress.
const PATIENCE: Duration = Duration::from_secs(1);

const TICK: Duration = Duration::from_millis(100);

/// Draws the progress line on standard error until dropped.
pub(crate) struct Progress {
    counts: Arc<Counts>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Draws it from now on. A total is one of these `things`.
    pub(crate) fn start(things: &'static str) -> Self {
        let counts = Arc::new(Counts::default());
        let (stop, stopped) = channel::<()>();
        let read = counts.clone();
        let thread = std::thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                draw(&read, things, &stopped);
            }
        });
        Self { counts, stop: Some(stop), thread: Some(thread) }
    }

    /// What it shows.
    pub(in crate::session) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }
}

impl Progress {
    /// Says how many things there are.
    pub(crate) fn set_total(&self, total: u64) {
        self.counts.all_objects.store(total, Ordering::Relaxed);
    }

    /// Says that one more is done, in which this many bytes were read.
    pub(crate) fn advance(&self, bytes: u64) {
        self.counts.objects.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn draw(read: &Counts, things: &str, stopped: &Receiver<()>) {
    let interruption = Interruption::watch();
    let bar = ProgressBar::new_spinner().with_style(style(None)).with_message(message(read));
    let mut has_total = false;
    while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if let Some(signal) = interruption.signal() {
            bar.finish_and_clear();
            // If nobody reads it, the exit status says the same.
            let _ = std::io::stderr().write_all(b"skanner: interrupted: no verdict\n");
            let _ = low_level::emulate_default_handler(signal);
        }
        let all = read.all_objects.load(Ordering::Relaxed);
        if all > 0 {
            bar.set_length(all);
            bar.set_position(read.objects.load(Ordering::Relaxed).min(all));
        }
        bar.set_message(message(read));
        if all > 0 && !has_total {
            has_total = true;
            bar.set_style(style(Some(things)));
        }
        bar.tick();
    }
    bar.finish_and_clear();
}

/// What has been read, apart from objects of a repository.
fn message(read: &Counts) -> String {
    let files = read.files.load(Ordering::Relaxed);
    let bytes = DecimalBytes(read.bytes.load(Ordering::Relaxed));
    match read.all_objects.load(Ordering::Relaxed) > 0 && files == 0 {
        true => bytes.to_string(),
        false => format!("{} files, {bytes}", HumanCount(files)),
    }
}

fn style(total: Option<&str>) -> ProgressStyle {
    let template = total.map_or_else(
        || "{spinner} {msg} in {elapsed}".to_owned(),
        |things| {
            format!("{{spinner}} {{human_pos}} of {{human_len}} {things} ({{percent}} %), {{msg}} in {{elapsed}}, {{eta}} left")
        },
    );
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// The signals that end a run. While this exists they only leave a note, so that the progress line can be cleared.
struct Interruption {
    signal: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Interruption {
    fn watch() -> Self {
        let (signal, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for one in [SIGINT, SIGTERM] {
            // If one cannot be watched, it ends the program as ever.
            let _ = flag::register_conditional_default(one, is_over.clone())
                .and_then(|_| flag::register_usize(one, signal.clone(), one.unsigned_abs() as usize));
        }
        Self { signal, is_over }
    }

    fn signal(&self) -> Option<i32> {
        i32::try_from(self.signal.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }
}

impl Drop for Interruption {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
