//! Many contents one after the other.

use std::{collections::VecDeque, sync::Mutex};

use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyIterator, PyTuple},
};

use crate::{
    content::PyContent,
    failure::{Failure, guarded},
    options::{self, kind},
    scanner::{Outcome, Scanner, scan},
};

/// So much is taken from an iterable before it is scanned: contents, and bytes of them.
const MOST_TAKEN: usize = 256;
const MOST_BYTES: usize = 1 << 20;

/// The reports of the contents of an iterable, in its order.
#[pyclass(frozen, module = "skanner._native", name = "_Reports")]
pub(crate) struct Reports {
    scanner: Py<Scanner>,
    state: Mutex<ReportsState>,
}

struct ReportsState {
    /// `None` after its end.
    contents: Option<Py<PyIterator>>,
    /// How many contents it has given.
    given: usize,
    outcomes: VecDeque<Result<Outcome, Failure>>,
    /// What the iterable raised behind them.
    raised: Option<PyErr>,
}

impl Reports {
    pub(crate) fn new(scanner: Py<Scanner>, contents: Py<PyIterator>) -> Self {
        let contents = Some(contents);
        let state = Mutex::new(ReportsState { contents, given: 0, outcomes: VecDeque::new(), raised: None });
        Self { scanner, state }
    }
}

#[pymethods]
impl Reports {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // A thread that waits for the other one would keep it from the interpreter.
        let Ok(mut state) = self.state.try_lock() else {
            return Err(PyValueError::new_err(
                "the reports of this scan_many are already being made, for another thread or for its own iterable: call \
                 scan_many once for each",
            ));
        };
        if state.outcomes.is_empty() && state.raised.is_none() {
            let taken = state.take(py);
            let engine = self.scanner.get().engine(py)?;
            state.outcomes = py.detach(|| {
                let mut texts = engine.text_scanner();
                let mut scan = |(content, name): &(PyContent, String)| {
                    guarded(|| scan(&engine, &mut texts, content, name))
                };
                taken.iter().map(&mut scan).collect()
            });
        }
        match state.outcomes.pop_front() {
            Some(outcome) => self.scanner.get().report(py, outcome).map(Some),
            None => state.raised.take().map_or(Ok(None), Err),
        }
    }
}

impl ReportsState {
    /// Takes contents, as many as are scanned at once.
    fn take(&mut self, py: Python<'_>) -> Vec<(PyContent, String)> {
        let mut taken = Vec::new();
        let mut size = 0;
        let Some(contents) = &self.contents else { return taken };
        let mut contents = contents.bind(py).clone();
        while taken.len() < MOST_TAKEN && size < MOST_BYTES {
            let content =
                contents.next().map(|content| content.and_then(|content| named(&content, self.given)));
            self.given += 1;
            match content {
                Some(Ok(content)) => {
                    size += if let PyContent::Text(text) = &content.0 { text.len() } else { MOST_BYTES };
                    taken.push(content);
                }
                Some(Err(error)) => {
                    self.raised = Some(error);
                    self.contents = None;
                    break;
                }
                None => {
                    self.contents = None;
                    break;
                }
            }
        }
        taken
    }
}

/// A content, or a pair of its name and it. An error says which one it is, counted from 0.
fn named(content: &Bound<'_, PyAny>, at: usize) -> PyResult<(PyContent, String)> {
    let py = content.py();
    let Ok(pair) = content.cast::<PyTuple>() else {
        return Ok((PyContent::of(content).map_err(|error| of_item(py, error, at))?, String::new()));
    };
    if pair.len() != 2 {
        return Err(PyTypeError::new_err(format!(
            "item {at} of scan_many is a tuple of {}: it must be a content, or a pair of a name and a content",
            pair.len()
        )));
    }
    let (name, content) = (pair.get_item(0)?, pair.get_item(1)?);
    let Ok(Some(name)) = options::name(&name) else {
        return Err(PyTypeError::new_err(format!(
            "item {at} of scan_many has a name that is {}: it must be a str, and stand before the content",
            kind(&name)
        )));
    };
    Ok((PyContent::of(&content).map_err(|error| of_item(py, error, at))?, name))
}

/// Says what an error is about.
fn of_item(py: Python<'_>, error: PyErr, at: usize) -> PyErr {
    match error.is_instance_of::<PyTypeError>(py) {
        true => PyTypeError::new_err(format!("item {at} of scan_many: {}", error.value(py))),
        false => error,
    }
}
