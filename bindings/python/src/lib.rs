//! The engine of skanner as a Python module. What Python sees of it stands in `python/skanner`, which is also where results
//! get their types.

mod arrow;
mod content;
mod failure;
mod many;
mod options;
mod scanner;

use pyo3::prelude::*;

/// The compiled part of the module `skanner`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::failure::{after_fork, fail};
    #[pymodule_export]
    use super::{arrow::ArrowBatch, many::Reports, scanner::Scanner};

    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::failure::keep_quiet();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
