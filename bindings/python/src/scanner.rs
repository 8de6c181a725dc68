//! The class `Scanner`.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use pyo3::{
    IntoPyObjectExt,
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    sync::PyOnceLock,
    types::{PyBytes, PyDict, PyIterator, PyString},
};
use skanner::{Confidence, Family, Report, ScannerBuilder, TextScanner};

use crate::{
    arrow::{self, ArrowBatch},
    content::{PyContent, utf8},
    failure::{self, Failure, caught, guarded},
    many::Reports,
};

/// What is shorter is scanned sooner than a thread that waits for the interpreter would get it, in bytes.
const WORTH_DETACHING: usize = 4 << 10;

/// Finds keys.
#[pyclass(frozen, module = "skanner")]
pub(crate) struct Scanner {
    builder: ScannerBuilder,
    /// The arguments it was made with, for pickle.
    arguments: Py<PyDict>,
    /// The engine, and how often this process had been forked off another one when it was made. Only a thread that is attached
    /// to the interpreter holds the lock, so no fork finds it locked.
    engine: Mutex<(u64, Arc<skanner::Scanner>)>,
    report_class: Py<PyAny>,
    /// The report of an empty text.
    clean: PyOnceLock<Py<PyString>>,
}

/// What came of a scan.
pub(crate) enum Outcome {
    /// A text of so many bytes was read whole, and there is nothing to tell.
    Clean(usize),
    /// There is something to tell.
    Told(Box<Report>),
}

#[pymethods]
impl Scanner {
    #[new]
    #[pyo3(signature = (
        *,
        min_confidence = "likely",
        families = None,
        rules = None,
        exclude_rules = None,
        config = None,
        allow_comments = true,
        read_ignored = false,
        threads = None,
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are the options of the builder, by name")]
    fn new(
        py: Python<'_>,
        min_confidence: &str,
        families: Option<Vec<String>>,
        rules: Option<Vec<String>>,
        exclude_rules: Option<Vec<String>>,
        config: Option<PathBuf>,
        allow_comments: bool,
        read_ignored: bool,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let arguments = PyDict::new(py);
        arguments.set_item("min_confidence", min_confidence)?;
        arguments.set_item("families", &families)?;
        arguments.set_item("rules", &rules)?;
        arguments.set_item("exclude_rules", &exclude_rules)?;
        arguments.set_item("config", &config)?;
        arguments.set_item("allow_comments", allow_comments)?;
        arguments.set_item("read_ignored", read_ignored)?;
        arguments.set_item("threads", threads)?;
        let families = families.unwrap_or_default();
        let families = families.iter().map(|name| one_of(py, "families", name, Family::WORDS));
        let mut builder = skanner::Scanner::builder()
            .min_confidence(one_of(py, "min_confidence", min_confidence, Confidence::WORDS)?)
            .families(families.collect::<PyResult<Vec<_>>>()?)
            .rules(rules.unwrap_or_default())
            .exclude_rules(exclude_rules.unwrap_or_default())
            .allow_comments(allow_comments)
            .read_ignored(read_ignored)
            .threads(threads.unwrap_or_default());
        if let Some(config) = config {
            builder = builder.config(config);
        }
        let engine = build(py, &builder)?;
        let report_class = py.import("skanner._results")?.getattr("Report")?.unbind();
        let (clean, arguments) = (PyOnceLock::new(), arguments.unbind());
        let engine = Mutex::new((failure::forks(), engine));
        Ok(Self { builder, arguments, engine, report_class, clean })
    }

    /// Scans bytes, a text, or the files of a path.
    #[pyo3(signature = (content, name = None))]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        content: &Bound<'py, PyAny>,
        name: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let content = PyContent::of(content)?;
        if matches!(content, PyContent::Path(_)) && name.is_some() {
            return Err(PyTypeError::new_err(
                "a path has its own name, so `name` is for bytes and str alone",
            ));
        }
        let engine = self.engine(py)?;
        let scan =
            || guarded(|| scan(&engine, &mut engine.text_scanner(), &content, name.unwrap_or_default()));
        let outcome = match &content {
            PyContent::Text(text) if text.len() < WORTH_DETACHING => scan(),
            _ => py.detach(scan),
        };
        self.report(py, outcome)
    }

    /// Scans the contents of an iterable, and returns an iterator of their reports.
    fn scan_many(this: Py<Self>, contents: &Bound<'_, PyAny>) -> PyResult<Reports> {
        let contents = PyIterator::from_object(contents)?.unbind();
        Ok(Reports::new(this, contents))
    }

    /// Scans the rows of a batch.
    fn scan_arrow<'py>(&self, py: Python<'py>, batch: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let engine = self.engine(py)?;
        let found = caught(|| arrow::scan(py, &engine, batch))??;
        let batch = ArrowBatch::new(found).into_bound_py_any(py)?;
        py.import("pyarrow")?.call_method1("record_batch", (batch,))
    }

    /// Scans the whole history of a repository.
    fn scan_repository<'py>(&self, py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        let engine = self.engine(py)?;
        let outcome = py.detach(|| guarded(|| Ok(Outcome::told(engine.scan_repository(&path)?))));
        self.report(py, outcome)
    }

    /// The same text with its keys masked.
    fn mask<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let bytes: PyBackedBytes = if let Ok(text) = text.cast::<PyString>() {
            utf8(text)?.into()
        } else if let Ok(bytes) = text.cast::<PyBytes>() {
            bytes.clone().into()
        } else {
            let kind = text.get_type().name()?;
            return Err(PyTypeError::new_err(format!("what is masked must be str or bytes, not {kind}")));
        };
        let engine = self.engine(py)?;
        let mask = || {
            guarded(|| {
                let masked = engine.mask_bytes(&bytes)?;
                Ok(if *masked == *bytes { None } else { Some(masked.into_owned()) })
            })
        };
        let masked = if bytes.len() < WORTH_DETACHING { mask()? } else { py.detach(mask)? };
        let Some(masked) = masked else { return Ok(text.clone()) };
        let masked = PyBytes::new(py, &masked);
        match text.is_instance_of::<PyString>() {
            true => masked.call_method1("decode", ("utf-8", "surrogatepass")),
            false => Ok(masked.into_any()),
        }
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> ((), Bound<'py, PyDict>) {
        ((), self.arguments.bind(py).clone())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let arguments = self.arguments.bind(py).iter();
        let told = arguments.filter(|(_, value)| !value.is_none());
        let told = told.map(|(name, value)| Ok(format!("{name}={}", value.repr()?)));
        Ok(format!("Scanner({})", told.collect::<PyResult<Vec<_>>>()?.join(", ")))
    }
}

impl Scanner {
    /// The engine of this process.
    pub(crate) fn engine(&self, py: Python<'_>) -> PyResult<Arc<skanner::Scanner>> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if engine.0 != failure::forks() {
            // The threads of the old one are gone, so nobody can wait for them.
            let old = std::mem::replace(&mut *engine, (failure::forks(), build(py, &self.builder)?));
            std::mem::forget(old);
        }
        Ok(engine.1.clone())
    }

    /// What Python gets.
    pub(crate) fn report<'py>(
        &self,
        py: Python<'py>,
        outcome: Result<Outcome, Failure>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let class = self.report_class.bind(py);
        match outcome? {
            Outcome::Clean(size) => {
                let clean = self.clean.get_or_try_init(py, || {
                    let engine = self.engine(py)?;
                    let report = guarded(|| engine.scan_bytes(b"", ""))?;
                    PyResult::Ok(PyString::new(py, &report.to_json()).unbind())
                })?;
                class.call1((clean, size))
            }
            Outcome::Told(report) => class.call1((report.to_json(),)),
        }
    }
}

impl Outcome {
    fn told(report: Report) -> Self {
        Self::Told(Box::new(report))
    }
}

/// Scans one thing.
pub(crate) fn scan(
    engine: &skanner::Scanner,
    texts: &mut TextScanner<'_>,
    content: &PyContent,
    name: &str,
) -> Result<Outcome, skanner::Error> {
    Ok(match content {
        PyContent::Text(text) => match texts.scan(text, name)? {
            None => Outcome::Clean(text.len()),
            Some(report) => Outcome::told(report),
        },
        PyContent::Path(path) => Outcome::told(engine.scan_path(path)?),
    })
}

fn build(py: Python<'_>, builder: &ScannerBuilder) -> PyResult<Arc<skanner::Scanner>> {
    Ok(py.detach(|| guarded(|| builder.clone().build())).map(Arc::new)?)
}

/// The value with this name.
fn one_of<T: Copy>(py: Python<'_>, argument: &str, name: &str, words: &[(&str, T)]) -> PyResult<T> {
    words.iter().find(|(word, _)| *word == name).map(|(_, one)| *one).ok_or_else(|| {
        let all: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        let text = format!("{argument} must be one of {}, not {name:?}", all.join(", "));
        failure::error(py, "ConfigurationError", &text)
    })
}
