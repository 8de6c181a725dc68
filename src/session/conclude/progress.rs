//! A progress line for scans that take more than a second.

use std::{
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressStyle};

use crate::session::counts::Counts;

/// Scans that end sooner show no progress.
const PATIENCE: Duration = Duration::from_secs(1);

const TICK: Duration = Duration::from_millis(100);

/// Draws the progress line on standard error until dropped.
pub(super) struct Progress {
    counts: Arc<Counts>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(super) fn start() -> Self {
        let counts = Arc::new(Counts::default());
        let (stop, stopped) = channel::<()>();
        let read = counts.clone();
        let thread = std::thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {msg} in {elapsed}");
            let bar = ProgressBar::new_spinner()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let files = HumanCount(read.files.load(Ordering::Relaxed));
                let objects = read.objects.load(Ordering::Relaxed);
                let bytes = DecimalBytes(read.bytes.load(Ordering::Relaxed));
                let objects =
                    if objects > 0 { format!("{} objects, ", HumanCount(objects)) } else { String::new() };
                bar.set_message(format!("{objects}{files} files, {bytes}"));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Self { counts, stop: Some(stop), thread: Some(thread) }
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
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
