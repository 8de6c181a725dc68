//! One file, one scan, and what it says.

use serde_json::Value;

use crate::support::{Report, Sandbox, key};

/// Comments of the languages that people write, with `@` for what they hold.
pub(crate) const COMMENTS: &[&str] = &[
    "# @",
    "#@",
    "// @",
    "//@",
    "/* @ */",
    "/*@*/",
    "-- @",
    "--@",
    "; @",
    "<!-- @ -->",
    "<!--@-->",
    "% @",
    "' @",
    "REM @",
    "rem @",
    "\"\"\"@\"\"\"",
    "\"\"\" @ \"\"\"",
    "(* @ *)",
    "{- @ -}",
    "{# @ #}",
    "<%-- @ --%>",
    "{{!-- @ --}}",
    ".. @",
    "dnl @",
    "! @",
    "@",
    "\"_comment\": \"@\",",
    "[//]: # (@)",
];

/// What a file with this content is said to hold.
pub(crate) fn scan(content: impl AsRef<[u8]>) -> Report {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", content);
    sandbox.scan(&["--show-suppressed", "a.txt"])
}

/// A key of a rule that needs no context and is not OpenAI's.
pub(crate) fn other_key(seed: u64) -> String {
    key("sk-or-v1-{h:64}", seed)
}

/// The id of the rule of [`other_key`].
pub(crate) const OTHER: &str = "openrouter-api-key";

pub(crate) const OPENAI: &str = "openai-project-key";

impl Report {
    /// `line rule` of all that is suppressed.
    pub(crate) fn suppressed(&self) -> Vec<String> {
        let entries = self.json["suppressed"].as_array().unwrap();
        let places = entries.iter().flat_map(|one| {
            let rule = one["rule"].as_str().unwrap();
            one["occurrences"]
                .as_array()
                .unwrap()
                .iter()
                .map(move |place| format!("{} {rule}", place["line"]))
        });
        places.collect()
    }

    /// `line what: why` of every suppression that does nothing.
    pub(crate) fn unused(&self) -> Vec<String> {
        let entries = self.json["unused_suppressions"].as_array().map_or(&[][..], Vec::as_slice);
        entries
            .iter()
            .map(|one| format!("{} {}: {}", one["line"], text(&one["what"]), text(&one["why"])))
            .collect()
    }

    /// How many keys are findings, and how many entries of suppressed ones there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.json["findings"].as_array().unwrap().len(), self.json["suppressed"].as_array().unwrap().len())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
