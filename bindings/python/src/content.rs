//! What Python gives to scan.

use std::path::PathBuf;

use pyo3::{
    exceptions::{PyTypeError, PyUnicodeEncodeError},
    intern,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyByteArray, PyBytes, PyMemoryView, PyString},
};

use crate::options::kind;

/// One thing to scan.
pub(crate) enum PyContent {
    /// A text, which Python keeps while it is scanned.
    Text(PyBackedBytes),
    /// A file or a directory.
    Path(PathBuf),
}

impl PyContent {
    /// Takes bytes, a text or a path.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn of(content: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = content.py();
        if let Ok(bytes) = content.cast::<PyBytes>() {
            return Ok(Self::Text(bytes.clone().into()));
        }
        if let Ok(text) = content.cast::<PyString>() {
            return Ok(Self::Text(utf8(text)?.into()));
        }
        if content.hasattr(intern!(py, "__fspath__"))? {
            return Ok(Self::Path(content.extract()?));
        }
        // These may change while they are scanned.
        if content.is_instance_of::<PyByteArray>() || content.is_instance_of::<PyMemoryView>() {
            let copy = py.get_type::<PyBytes>().call1((content,))?;
            return Ok(Self::Text(copy.cast_into::<PyBytes>()?.into()));
        }
        Err(PyTypeError::new_err(format!(
            "what is scanned must be bytes, str or a path such as pathlib.Path, not {}",
            kind(content)
        )))
    }
}

/// The bytes of a text. A lone surrogate, as in a file name that is not UTF-8, becomes three bytes.
pub(crate) fn utf8<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    text.encode_utf8().or_else(|error| match error.is_instance_of::<PyUnicodeEncodeError>(py) {
        true => Ok(text.call_method1(intern!(py, "encode"), ("utf-8", "surrogatepass"))?.cast_into()?),
        false => Err(error),
    })
}
