//! JSON as text. Whatever is written as JSON goes through one serializer, since each other one would be compiled for all
//! types anew.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{
    Serializer,
    ser::{CompactFormatter, Formatter, PrettyFormatter},
};

/// Writes a value over several lines, indented by two spaces, without a line end after it.
pub(crate) fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, value, JsonLayout(Some(PrettyFormatter::new())))
}

/// Writes a value in one line, without a line end.
pub(crate) fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, value, JsonLayout(None))
}

/// A value in one line, without a line end.
pub(crate) fn line(value: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    write_line(&mut text, value)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// A value over several lines, without a line end after it.
pub(crate) fn pretty(value: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    write_pretty(&mut text, value)?;
    String::from_utf8(text).map_err(io::Error::other)
}

fn write(out: &mut dyn Write, value: &impl Serialize, layout: JsonLayout) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, layout))?)
}

/// Several lines or one.
struct JsonLayout(Option<PrettyFormatter<'static>>);

/// What the two layouts do differently.
macro_rules! by_layout {
    ($($method:ident($($argument:ident: $kind:ty),*);)+) => {$(
        fn $method<W: ?Sized + Write>(&mut self, out: &mut W, $($argument: $kind),*) -> io::Result<()> {
            match &mut self.0 {
                Some(pretty) => pretty.$method(out, $($argument),*),
                None => CompactFormatter.$method(out, $($argument),*),
            }
        }
    )+};
}

impl Formatter for JsonLayout {
    by_layout! {
        begin_array();
        end_array();
        begin_array_value(is_first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(is_first: bool);
        begin_object_value();
        end_object_value();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_those_of_serde_json() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([1, -2.5, "a\"\u{1}é", true, [[], {}]]),
            json!({ "a": {}, "b": [{ "c": null }, []], "d": { "e": { "f": 1 } } }),
        ] {
            assert_eq!(pretty(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap());
            let mut line = Vec::new();
            write_line(&mut line, &value).unwrap();
            assert_eq!(line, serde_json::to_vec(&value).unwrap());
        }
    }
}
