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
    types::{PyBytes, PyDict, PyList, PyString},
};
use skanner::{Confidence, Family, Report, ScannerBuilder, TextScanner};

use crate::{
    arrow::{self, ArrowBatch},
    content::{PyContent, utf8},
    failure::{self, Failure, caught, guarded},
    many::Reports,
    options,
};

/// What is shorter is scanned sooner than a thread that waits for the interpreter would get it, in bytes.
const WORTH_DETACHING: usize = 4 << 10;

/// Finds keys, with allow comments, names, archives, encodings and masks as in the program `skanner`.
///
/// A scanner can be shared by threads, sent to other processes, and used after a fork. Neither the environment nor a file
/// beside what is scanned configures it. All options are keywords; what is None is as `config` says, or else the default:
///
/// min_confidence: how sure a finding must be: "certain", "likely" (the default) or "possible".
/// families: ["sk"] or ["ai"], to look only for keys of these families; by default for all.
/// rules: to report only findings of these rules, by their ids; by default those of all.
/// exclude_rules: not to report findings of these rules; [] excludes none, whatever `config` says.
/// config: a configuration file, such as skanner.toml. It must exist wherever the scanner is sent to.
/// allow_comments: whether comments such as `skanner:allow` suppress findings; True by default. Turn it off for texts of
///     people you do not trust.
/// read_ignored: whether a scan of a directory reads files that git ignores; False by default.
/// threads: for directories and repositories, one per processor by default. Everything else runs in the thread that calls.
///
/// A str is a text, never a path: pass a pathlib.Path to scan a file or a directory. A text may have a name, which stands in
/// the report, and may tell whose key something is, as that of a file does.
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
        min_confidence = None,
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
        #[pyo3(from_py_with = options::min_confidence)] min_confidence: Option<String>,
        #[pyo3(from_py_with = options::families)] families: Option<Vec<String>>,
        #[pyo3(from_py_with = options::rules)] rules: Option<Vec<String>>,
        #[pyo3(from_py_with = options::exclude_rules)] exclude_rules: Option<Vec<String>>,
        #[pyo3(from_py_with = options::config)] config: Option<PathBuf>,
        #[pyo3(from_py_with = options::allow_comments)] allow_comments: bool,
        #[pyo3(from_py_with = options::read_ignored)] read_ignored: bool,
        #[pyo3(from_py_with = options::threads)] threads: Option<usize>,
    ) -> PyResult<Self> {
        let arguments = PyDict::new(py);
        arguments.set_item("min_confidence", &min_confidence)?;
        arguments.set_item("families", &families)?;
        arguments.set_item("rules", &rules)?;
        arguments.set_item("exclude_rules", &exclude_rules)?;
        arguments.set_item("config", &config)?;
        arguments.set_item("allow_comments", allow_comments)?;
        arguments.set_item("read_ignored", read_ignored)?;
        arguments.set_item("threads", threads)?;
        // What is not given is left to the configuration.
        let mut builder = skanner::Scanner::builder()
            .allow_comments(allow_comments)
            .read_ignored(read_ignored)
            .threads(threads.unwrap_or_default());
        if let Some(word) = min_confidence {
            builder = builder.min_confidence(one_of(py, "min_confidence", &word, Confidence::WORDS)?);
        }
        if let Some(families) = families {
            let families = families.iter().map(|name| one_of(py, "families", name, Family::WORDS));
            builder = builder.families(families.collect::<PyResult<Vec<_>>>()?);
        }
        if let Some(rules) = rules {
            builder = builder.rules(rules);
        }
        if let Some(rules) = exclude_rules {
            builder = builder.exclude_rules(rules);
        }
        if let Some(config) = config {
            builder = builder.config(config);
        }
        let engine = build(py, &builder)?;
        let report_class = py.import("skanner._results")?.getattr("Report")?.unbind();
        let (clean, arguments) = (PyOnceLock::new(), arguments.unbind());
        let engine = Mutex::new((failure::forks(), engine));
        Ok(Self { builder, arguments, engine, report_class, clean })
    }

    /// Scans bytes, a text, or the files of a path: a str is a text, so a path must be a pathlib.Path.
    ///
    /// The name of a text stands in the report, and may tell whose key something is, as that of a file does.
    #[pyo3(signature = (content, name = None))]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        content: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = options::name)] name: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let content = PyContent::of(content)?;
        if matches!(content, PyContent::Path(_)) && name.is_some() {
            return Err(PyTypeError::new_err(
                "a path has its own name, so `name` is for bytes and str alone",
            ));
        }
        let (engine, name) = (self.engine(py)?, name.unwrap_or_default());
        let scan = || guarded(|| scan(&engine, &mut engine.text_scanner(), &content, &name));
        let outcome = match &content {
            PyContent::Text(text) if text.len() < WORTH_DETACHING => scan(),
            _ => py.detach(scan),
        };
        self.report(py, outcome)
    }

    /// Scans contents, or pairs of a name and a content, as they come, and yields their reports in order.
    fn scan_many(this: Py<Self>, contents: &Bound<'_, PyAny>) -> PyResult<Reports> {
        Ok(Reports::new(this, options::contents(contents)?.unbind()))
    }

    /// Scans the rows of a pyarrow.RecordBatch by its columns id, path and content, and returns one with a row for each
    /// place of a key, and for each thing that could not be read. Of a table, scan each batch of to_batches().
    fn scan_arrow<'py>(&self, py: Python<'py>, batch: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let engine = self.engine(py)?;
        let found = caught(|| arrow::scan(py, &engine, batch))??;
        let batch = ArrowBatch::new(found).into_bound_py_any(py)?;
        py.import("pyarrow")?.call_method1("record_batch", (batch,))
    }

    /// Scans the whole history of a repository: every object, name and message.
    fn scan_repository<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = options::path)] path: PathBuf,
    ) -> PyResult<Bound<'py, PyAny>> {
        let engine = self.engine(py)?;
        let outcome = py.detach(|| guarded(|| Ok(Outcome::told(engine.scan_repository(&path)?))));
        self.report(py, outcome)
    }

    /// The text with every key in it replaced by its masked form, and nothing else changed.
    fn mask<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let bytes: PyBackedBytes = if let Ok(text) = text.cast::<PyString>() {
            utf8(text)?.into()
        } else if let Ok(bytes) = text.cast::<PyBytes>() {
            bytes.clone().into()
        } else {
            let kind = options::kind(text);
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

    /// The options that count, by the arguments, the configuration or the defaults; those that limit nothing are left out.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let engine = self.engine(py)?;
        let shown = PyDict::new(py);
        shown.set_item("min_confidence", engine.min_confidence().name())?;
        let families: Vec<_> = engine.families().iter().map(|family| family.name()).collect();
        if families.len() < Family::WORDS.len() {
            shown.set_item("families", PyList::new(py, families)?)?;
        }
        for (name, rules) in [("rules", engine.rules()), ("exclude_rules", engine.exclude_rules())] {
            if !rules.is_empty() {
                shown.set_item(name, PyList::new(py, rules)?)?;
            }
        }
        for name in ["config", "allow_comments", "read_ignored", "threads"] {
            if let Some(value) = self.arguments.bind(py).get_item(name)?.filter(|value| !value.is_none()) {
                shown.set_item(name, value)?;
            }
        }
        let shown = shown.iter().map(|(name, value)| Ok(format!("{name}={}", value.repr()?)));
        Ok(format!("Scanner({})", shown.collect::<PyResult<Vec<_>>>()?.join(", ")))
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
