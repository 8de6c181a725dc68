//! What Python gives as arguments. Errors name the argument, and the type of what was given.

use std::path::PathBuf;

use pyo3::{
    exceptions::{PyOverflowError, PyTypeError},
    prelude::*,
    types::{PyBool, PyByteArray, PyBytes, PyIterator, PyMapping, PyMemoryView, PyString},
};

use crate::failure;

/// A function for each argument, since PyO3 tells none of them which one it reads.
macro_rules! arguments {
    ($($name:ident: $read:ident -> $read_as:ty;)+) => {$(
        pub(crate) fn $name(given: &Bound<'_, PyAny>) -> PyResult<$read_as> {
            $read(stringify!($name), given)
        }
    )+};
}

arguments! {
    min_confidence: text -> Option<String>;
    families: texts -> Option<Vec<String>>;
    rules: texts -> Option<Vec<String>>;
    exclude_rules: texts -> Option<Vec<String>>;
    config: optional_path -> Option<PathBuf>;
    allow_comments: flag -> bool;
    read_ignored: flag -> bool;
    threads: number -> Option<usize>;
    name: text -> Option<String>;
    path: any_path -> PathBuf;
}

/// The name of the type of a value, as an error tells of it. Never the value: it may be a key.
pub(crate) fn kind(value: &Bound<'_, PyAny>) -> String {
    match value.is_none() {
        true => "None".to_owned(),
        false => value.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string()),
    }
}

/// A `TypeError` instead of the one that a conversion raised; whatever else it raised is not ours.
fn instead(error: PyErr, wrong: PyErr) -> PyErr {
    let is_of_type = Python::attach(|py| error.is_instance_of::<PyTypeError>(py));
    if is_of_type { wrong } else { error }
}

fn must_be(name: &str, what: &str, given: &Bound<'_, PyAny>, hint: &str) -> PyErr {
    PyTypeError::new_err(format!("{name} must be {what}, not {}{hint}", kind(given)))
}

/// A text. What is no Unicode, as in some names of files, becomes U+FFFD.
fn text(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if given.is_none() {
        return Ok(None);
    }
    let is_path = given.hasattr("__fspath__")?;
    let hint = if is_path { "; str() makes a text of a path" } else { "" };
    let text = given.cast::<PyString>().map_err(|_| must_be(name, "a str", given, hint))?;
    Ok(Some(text.to_string_lossy().into_owned()))
}

/// The texts of an iterable that is not a text itself.
fn texts(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<Vec<String>>> {
    if given.is_none() {
        return Ok(None);
    }
    let wrong = |hint: &str| must_be(name, "a list of str", given, hint);
    if given.is_instance_of::<PyString>() {
        return Err(wrong(": put it into a list"));
    }
    if is_bytes(given) {
        return Err(wrong(""));
    }
    let items = given.try_iter().map_err(|error| instead(error, wrong("")))?;
    let text = |(at, item): (usize, PyResult<Bound<'_, PyAny>>)| {
        let item = item?;
        let wrong = |_| must_be(&format!("item {at} of {name}"), "a str", &item, "");
        Ok(item.cast::<PyString>().map_err(wrong)?.to_string_lossy().into_owned())
    };
    items.enumerate().map(text).collect::<PyResult<_>>().map(Some)
}

fn optional_path(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    if given.is_none() { Ok(None) } else { any_path(name, given).map(Some) }
}

fn any_path(name: &str, given: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    let wrong = || must_be(name, "a str or a path such as pathlib.Path", given, "");
    given.extract().map_err(|error| instead(error, wrong()))
}

/// A choice between yes and no. What else Python takes for true says too little of what is meant.
fn flag(name: &str, given: &Bound<'_, PyAny>) -> PyResult<bool> {
    given.extract().map_err(|error| instead(error, must_be(name, "True or False", given, "")))
}

/// A number that is not negative.
fn number(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    let py = given.py();
    if given.is_none() {
        return Ok(None);
    }
    let wrong = || must_be(name, "an int, or None for one per processor", given, "");
    if given.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    match given.extract() {
        Ok(number) => Ok(Some(number)),
        Err(error) if !error.is_instance_of::<PyOverflowError>(py) => Err(instead(error, wrong())),
        Err(_) if given.lt(0)? => {
            let text =
                format!("{name} cannot be {given}: pass a number from 1 on, or None for one per processor");
            Err(failure::error(py, "ConfigurationError", &text))
        }
        // No machine has so many.
        Err(_) => Ok(Some(usize::MAX)),
    }
}

/// An iterator of contents, for an iterable that is not itself one of them.
///
/// # Errors
/// When it would give something else than contents: the characters of a text, or the names of parts.
pub(crate) fn contents<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    let kind = kind(given);
    let wrong = |text: String| Err(PyTypeError::new_err(text));
    if given.is_instance_of::<PyString>() || is_bytes(given) || given.hasattr("__fspath__")? {
        let one = if given.is_instance_of::<PyString>() { "text" } else { "content" };
        return wrong(format!(
            "scan_many takes an iterable of contents, and {kind} is one {one}: put it into a list, or call scan"
        ));
    }
    if given.cast::<PyMapping>().is_ok() {
        return wrong(format!(
            "scan_many would take only the keys of {kind}: pass .items(), of which each is a pair of a name and a content"
        ));
    }
    if given.hasattr("__dataframe__")? {
        return wrong(format!("scan_many would not take the rows of {kind}: pass a column of it"));
    }
    let wrong = format!("scan_many takes an iterable of contents, such as a list, not {kind}");
    given.try_iter().map_err(|error| instead(error, PyTypeError::new_err(wrong)))
}

/// Whether something is a sequence of bytes, as `bytes`, `memoryview`, `mmap` and arrays of bytes are.
fn is_bytes(given: &Bound<'_, PyAny>) -> bool {
    if given.is_instance_of::<PyBytes>() || given.is_instance_of::<PyByteArray>() {
        return true;
    }
    let format = PyMemoryView::from(given).and_then(|view| view.getattr("format")?.extract::<String>());
    format.is_ok_and(|format| matches!(format.as_str(), "B" | "b" | "c"))
}
