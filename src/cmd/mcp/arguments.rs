//! The arguments of a tool.

use anyhow::{Result, anyhow, ensure};
use serde_json::{Map, Value};

/// The arguments of one call. Those that nobody has taken are mistakes.
pub(super) struct ToolArguments {
    left: Map<String, Value>,
}

impl ToolArguments {
    /// Takes them from a call; none is an empty object.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn new(arguments: &Value) -> Result<Self> {
        let left = match arguments {
            Value::Null => Map::new(),
            Value::Object(arguments) => arguments.clone(),
            _ => return Err(anyhow!("the arguments must be an object")),
        };
        Ok(Self { left })
    }

    /// A text.
    ///
    /// # Errors
    /// When it is something else, or is missing.
    pub(super) fn text(&mut self, name: &str) -> Result<String> {
        self.optional_text(name)?.ok_or_else(|| anyhow!("the argument `{name}` is missing"))
    }

    /// A text that may be missing.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(anyhow!("the argument `{name}` must be a text")),
        }
    }

    /// A list of texts that may be missing.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn optional_texts(&mut self, name: &str) -> Result<Option<Vec<String>>> {
        let wrong = || anyhow!("the argument `{name}` must be a list of texts");
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(all)) => {
                let texts = all.into_iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong));
                texts.collect::<Result<_>>().map(Some)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Whether something is wanted; not if it is missing.
    ///
    /// # Errors
    /// When it is neither true nor false.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(anyhow!("the argument `{name}` must be true or false")),
        }
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// When something is.
    pub(super) fn finish(self) -> Result<()> {
        let names: Vec<_> = self.left.keys().map(|name| format!("`{name}`")).collect();
        ensure!(names.is_empty(), "unknown arguments: {}", names.join(", "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_what_they_must_be() {
        let arguments = |value: Value| ToolArguments::new(&value).expect("it is an object");
        let mut all = arguments(json!({ "a": "x", "b": ["y", "z"], "c": true, "d": null }));
        assert_eq!(all.text("a").expect("it is a text"), "x");
        assert_eq!(
            all.optional_texts("b").expect("it is a list"),
            Some(vec!["y".to_owned(), "z".to_owned()])
        );
        assert!(all.flag("c").expect("it is a flag") && !all.flag("d").expect("it is missing"));
        assert!(all.text("a").is_err() && all.optional_text("a").expect("it is gone").is_none());
        all.finish().expect("all were taken");
        for wrong in [json!(1), json!({}), json!([1])] {
            assert!(arguments(json!({ "a": wrong })).text("a").is_err());
            assert!(arguments(json!({ "a": wrong })).optional_texts("a").is_err());
            assert!(arguments(json!({ "a": wrong })).flag("a").is_err());
        }
        assert!(ToolArguments::new(&json!([])).is_err());
        let error = arguments(json!({ "paht": 1 })).finish().expect_err("it is unknown");
        assert_eq!(error.to_string(), "unknown arguments: `paht`");
    }
}
