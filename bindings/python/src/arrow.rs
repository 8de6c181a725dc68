//! Batches of rows, by the Arrow C data interface: nothing is copied on the way in.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray, LargeStringArray, RecordBatch,
    StringArray, StringViewArray, StructArray,
    builder::{Int64Builder, StringBuilder},
    cast::AsArray,
    ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi},
    make_array,
};
use arrow_data::transform::MutableArrayData;
use arrow_schema::{DataType, Field, Schema};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyCapsule, PyCapsuleMethods, PyTuple},
};
use skanner::{Finding, Report};

use crate::failure::guarded;

const SCHEMA: &std::ffi::CStr = c"arrow_schema";
const ARRAY: &std::ffi::CStr = c"arrow_array";

/// So much is scanned before the interpreter may react to Ctrl-C, in bytes.
const AT_ONCE: usize = 4 << 20;

/// The columns of what is found, behind `id`: those of text.
const TEXTS: [&str; 11] = [
    "path",
    "kind",
    "rule",
    "confidence",
    "severity",
    "secret",
    "fingerprint",
    "archive",
    "encoding",
    "excerpt",
    "why",
];
/// And those of numbers.
const NUMBERS: [&str; 4] = ["line", "column", "end_line", "end_column"];

/// Rows, for whoever imports them by the C data interface.
#[pyclass(frozen, module = "skanner._native", name = "_ArrowBatch")]
pub(crate) struct ArrowBatch {
    rows: RecordBatch,
}

impl ArrowBatch {
    pub(crate) fn new(rows: RecordBatch) -> Self {
        Self { rows }
    }
}

#[pymethods]
impl ArrowBatch {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        // Whoever asks for another schema converts what it gets.
        drop(requested_schema);
        let rows = StructArray::from(self.rows.clone());
        let (array, schema) = to_ffi(&rows.into_data()).map_err(failed)?;
        let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
        let array = PyCapsule::new_with_value(py, array, ARRAY)?;
        PyTuple::new(py, [schema, array])
    }
}

/// Scans the rows of a batch, and returns a row for each place of a key, and for each thing that could not be read.
pub(crate) fn scan(
    py: Python<'_>,
    engine: &skanner::Scanner,
    batch: &Bound<'_, PyAny>,
) -> PyResult<RecordBatch> {
    let rows = import(batch)?;
    let ids = column(&rows, "id")?.clone();
    let contents = Contents::of("content", column(&rows, "content")?)?;
    let paths = optional_column(&rows, "path")?.map(|paths| Contents::of("path", paths)).transpose()?;
    let mut found = FoundRows::default();
    let mut at = 0;
    while at < rows.num_rows() {
        at = py.detach(|| {
            guarded(|| {
                let (mut at, mut size) = (at, 0);
                let mut texts = engine.text_scanner();
                while at < rows.num_rows() && size < AT_ONCE {
                    let path = paths.as_ref().and_then(|paths| paths.get(at)).unwrap_or_default();
                    let path = String::from_utf8_lossy(path);
                    match contents.get(at) {
                        Some(content) => {
                            size += content.len() + 64;
                            if let Some(report) = texts.scan(content, &path)? {
                                found.add(at, &report);
                            }
                        }
                        None => found.add_unread(at, &engine.mask(&path)?, "has no content, but null"),
                    }
                    at += 1;
                }
                Ok(at)
            })
        })?;
        py.check_signals()?;
    }
    // Somebody else chose the ids, and a text may hold a key.
    let ids = match found.rows.is_empty() {
        true => ids.slice(0, 0),
        false => guarded(|| Ok(masked_ids(engine, &ids, &found.rows)))??,
    };
    found.finish(ids)
}

#[allow(unsafe_code, reason = "the interface is made of pointers")]
fn import(batch: &Bound<'_, PyAny>) -> PyResult<RecordBatch> {
    let wrong = |what: &str| {
        let kind = batch.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        PyTypeError::new_err(format!(
            "scan_arrow takes a pyarrow.RecordBatch, or another batch of rows with __arrow_c_array__: {kind} {what}"
        ))
    };
    let method = batch
        .getattr_opt("__arrow_c_array__")?
        .ok_or_else(|| wrong("has none; of a table, scan each batch of to_batches()"))?;
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = method.call0()?.extract()?;
    let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: the names of the capsules say what they point to, and that it is valid; both are taken out of them, so that they
    // are released once.
    let (schema, array) =
        unsafe { (FFI_ArrowSchema::from_raw(schema.as_ptr()), FFI_ArrowArray::from_raw(array.as_ptr())) };
    // SAFETY: the array is one of this schema, as `__arrow_c_array__` promises.
    let data = unsafe { from_ffi(array, &schema) }.map_err(failed)?;
    if data.null_count() > 0 {
        return Err(wrong("has rows that are null as a whole"));
    }
    if !matches!(data.data_type(), DataType::Struct(_)) {
        return Err(wrong("is a column, and not a batch of rows"));
    }
    Ok(RecordBatch::from(StructArray::from(data)))
}

fn column<'b>(rows: &'b RecordBatch, name: &str) -> PyResult<&'b ArrayRef> {
    optional_column(rows, name)?.ok_or_else(|| {
        let fields = rows.schema();
        let names: Vec<&str> = fields.fields().iter().map(|field| field.name().as_str()).collect();
        PyValueError::new_err(format!(
            "the batch has no column {name:?}, but {names:?}; `id` and `content` must be there, `path` may be"
        ))
    })
}

fn optional_column<'b>(rows: &'b RecordBatch, name: &str) -> PyResult<Option<&'b ArrayRef>> {
    let count = rows.schema_ref().fields().iter().filter(|field| field.name() == name).count();
    if count > 1 {
        return Err(PyValueError::new_err(format!(
            "the batch has {count} columns {name:?}, of which only one can be meant: drop or rename the others"
        )));
    }
    Ok(rows.column_by_name(name))
}

fn failed(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the batch cannot be taken: {error}"))
}

/// A column of texts or bytes. Texts are taken as bytes, since nobody has checked that they are UTF-8.
enum Contents {
    Binary(BinaryArray),
    LargeBinary(LargeBinaryArray),
    View(BinaryViewArray),
}

impl Contents {
    fn of(name: &str, column: &ArrayRef) -> PyResult<Self> {
        Ok(match column.data_type() {
            DataType::Utf8 => Self::Binary(column.as_string::<i32>().clone().into()),
            DataType::LargeUtf8 => Self::LargeBinary(column.as_string::<i64>().clone().into()),
            DataType::Binary => Self::Binary(column.as_binary::<i32>().clone()),
            DataType::LargeBinary => Self::LargeBinary(column.as_binary::<i64>().clone()),
            DataType::BinaryView => Self::View(column.as_binary_view().clone()),
            DataType::Utf8View => Self::View(column.as_string_view().clone().to_binary_view()),
            other => {
                return Err(PyTypeError::new_err(format!(
                    "the column {name:?} must hold texts or bytes, not {other}; cast it to string or binary"
                )));
            }
        })
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Binary(column) => column.is_valid(row).then(|| column.value(row)),
            Self::LargeBinary(column) => column.is_valid(row).then(|| column.value(row)),
            Self::View(column) => column.is_valid(row).then(|| column.value(row)),
        }
    }
}

/// What is found, row by row.
#[derive(Default)]
struct FoundRows {
    /// The rows of the batch that they are about.
    rows: Vec<usize>,
    texts: [StringBuilder; TEXTS.len()],
    numbers: [Int64Builder; NUMBERS.len()],
}

impl FoundRows {
    fn add(&mut self, row: usize, report: &Report) {
        for finding in &report.findings {
            self.add_finding(row, report, finding);
        }
        for one in &report.not_scanned {
            self.add_unread(row, &one.what, &one.why);
        }
    }

    fn add_finding(&mut self, row: usize, report: &Report, finding: &Finding) {
        for place in &finding.occurrences {
            let span = place.span;
            let encoding = place.encoding.join(" ");
            self.push(
                row,
                [
                    Some(&place.path),
                    Some("finding"),
                    Some(&finding.rule.id),
                    Some(finding.confidence.name()),
                    Some(finding.severity().name()),
                    Some(&report.show(&finding.secret)),
                    Some(&finding.fingerprint),
                    place.archive.as_deref(),
                    Some(encoding.as_str()).filter(|encoding| !encoding.is_empty()),
                    Some(&place.excerpt.text),
                    Some(&finding.why),
                ],
                [span.line, span.column, span.end_line, span.end_column].map(Some),
            );
        }
    }

    fn add_unread(&mut self, row: usize, what: &str, why: &str) {
        let mut texts = [None; TEXTS.len()];
        (texts[0], texts[1], texts[TEXTS.len() - 1]) = (Some(what), Some("not_scanned"), Some(why));
        self.push(row, texts, [None; NUMBERS.len()]);
    }

    fn push(
        &mut self,
        row: usize,
        texts: [Option<&str>; TEXTS.len()],
        numbers: [Option<u64>; NUMBERS.len()],
    ) {
        self.rows.push(row);
        self.texts.iter_mut().zip(texts).for_each(|(column, text)| column.append_option(text));
        // Engines such as Spark have no unsigned numbers.
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let numbers = numbers.map(|number| number.map(signed));
        self.numbers.iter_mut().zip(numbers).for_each(|(column, number)| column.append_option(number));
    }

    fn finish(mut self, ids: ArrayRef) -> PyResult<RecordBatch> {
        let texts = self.texts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let numbers = self.numbers.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let columns: Vec<ArrayRef> = [ids].into_iter().chain(texts).chain(numbers).collect();
        let names = ["id"].into_iter().chain(TEXTS).chain(NUMBERS);
        let fields =
            names.zip(&columns).map(|(name, column)| Field::new(name, column.data_type().clone(), true));
        let schema = Schema::new(fields.collect::<Vec<_>>());
        RecordBatch::try_new(Arc::new(schema), columns).map_err(failed)
    }
}

/// The ids of these rows, of the same type, with keys in texts masked.
fn masked_ids(engine: &skanner::Scanner, ids: &ArrayRef, rows: &[usize]) -> PyResult<ArrayRef> {
    let texts = |text: &dyn Fn(usize) -> Vec<u8>| -> PyResult<Vec<Option<String>>> {
        let id = |row: &usize| {
            let id = ids.is_valid(*row).then(|| text(*row));
            let masked =
                id.map(|id| engine.mask_bytes(&id).map(|id| String::from_utf8_lossy(&id).into_owned()));
            masked.transpose().map_err(|error| PyValueError::new_err(error.to_string()))
        };
        rows.iter().map(id).collect()
    };
    Ok(match ids.data_type() {
        DataType::Utf8 => {
            let ids = BinaryArray::from(ids.as_string::<i32>().clone());
            Arc::new(StringArray::from(texts(&|row| ids.value(row).to_vec())?))
        }
        DataType::LargeUtf8 => {
            let ids = LargeBinaryArray::from(ids.as_string::<i64>().clone());
            Arc::new(LargeStringArray::from(texts(&|row| ids.value(row).to_vec())?))
        }
        DataType::Utf8View => {
            let ids = ids.as_string_view().clone().to_binary_view();
            Arc::new(StringViewArray::from_iter(texts(&|row| ids.value(row).to_vec())?))
        }
        kind if kind.is_integer() || matches!(kind, DataType::Null) => {
            let data = ids.to_data();
            let mut taken = MutableArrayData::new(vec![&data], true, rows.len());
            rows.iter().try_for_each(|row| taken.try_extend(0, *row, row + 1)).map_err(failed)?;
            make_array(taken.freeze())
        }
        other => {
            return Err(PyTypeError::new_err(format!(
                "the column \"id\" must hold integers or texts, not {other}; cast it to string"
            )));
        }
    })
}
