//! How errors, panics and forks of Rust look to Python.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::atomic::{AtomicU64, Ordering},
};

use pyo3::{
    prelude::*,
    types::{PyString, PyType},
};

/// How often this process was forked off another one.
static FORKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Where this thread panicked last.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// What Rust says of why a call failed.
pub(crate) enum Failure {
    /// An error of the engine.
    Engine(skanner::Error),
    /// A panic, and where.
    Panic(Option<String>),
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        let (class, text) = match failure {
            Failure::Engine(skanner::Error::Configuration(text)) => ("ConfigurationError", text),
            Failure::Engine(error) => ("ResourceError", error.to_string()),
            Failure::Panic(place) => {
                let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
                let version = env!("CARGO_PKG_VERSION");
                let text = format!(
                    "skanner-engine {version} failed{place}, so the text was not scanned; this is a bug, please report it"
                );
                ("InternalError", text)
            }
        };
        Python::attach(|py| error(py, class, &text))
    }
}

/// An error of a class of ours.
pub(crate) fn error(py: Python<'_>, class: &str, text: &str) -> PyErr {
    let class = py.import("skanner._errors").and_then(|module| module.getattr(class));
    match class.and_then(|class| Ok(class.cast_into::<PyType>()?)) {
        Ok(class) => PyErr::from_type(class, PyString::new(py, text).unbind()),
        Err(error) => error,
    }
}

/// A panic may quote what is scanned, so only its place is kept. Other modules have a hook of their own.
pub(crate) fn keep_quiet() {
    panic::set_hook(Box::new(|panic| {
        PLACE.set(panic.location().map(ToString::to_string));
    }));
}

/// Runs the engine. A panic is an error, since `except Exception` would not catch it.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, skanner::Error>) -> Result<T, Failure> {
    caught(run)?.map_err(Failure::Engine)
}

/// The same for whatever else may panic.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| Failure::Panic(PLACE.take()))
}

/// How often this process was forked off another one. Threads do not survive that, nor does what they have locked.
pub(crate) fn forks() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

/// Python calls this in a process that was forked off.
#[pyfunction]
pub(crate) fn after_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// Panics, so that tests see what Python makes of that.
#[pyfunction]
pub(crate) fn fail(py: Python<'_>) -> PyResult<()> {
    Ok(py.detach(|| guarded(|| panic!("this may quote a key")))?)
}
