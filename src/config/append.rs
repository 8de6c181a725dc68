//! Adds an `[[allow]]` entry to the text of a configuration. What is there stays as it is, comments included.

use super::{
    error::{Invalid, Problem},
    find::{ConfigDocument, ConfigKind},
    model::Config,
};

/// An entry that allows one key by its fingerprint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAllow<'a> {
    /// The fingerprint, 32 hex digits.
    pub fingerprint: &'a str,
    /// Which key it is, for readers. On one line, and safe to show.
    pub about: &'a str,
    /// Why it is allowed; not empty, on one line, and safe to show.
    pub reason: &'a str,
}

impl ConfigDocument {
    /// The text with the entry at its end. `shown` is the name of the file, as it may be shown.
    ///
    /// # Errors
    /// When the configuration is not valid, or would not be with the entry, such as one with a line `allow = [...]`.
    pub(crate) fn with_allow(&self, entry: NewAllow<'_>, shown: &str) -> Result<String, Invalid> {
        let before = Config::parse(self, shown)?.allow.len();
        let mut first_problem = None;
        // A Cargo.toml has one of two tables, and the other one would be a mistake.
        for table in self.kind.allow_tables() {
            let document = Self { text: appended(&self.text, &table, entry), ..self.clone() };
            let parsed = Config::parse(&document, shown);
            let is_added = |config: &Config| {
                let last = config.allow.last().and_then(|allow| allow.fingerprints.first());
                config.allow.len() == before + 1 && last.is_some_and(|last| last.value == entry.fingerprint)
            };
            match parsed {
                Ok(config) if is_added(&config) => return Ok(document.text),
                Ok(_) => {}
                Err(problem) => first_problem = first_problem.or(Some(problem)),
            }
        }
        Err(first_problem.unwrap_or_else(|| {
            let message = "an entry at the end of the file would have no effect".to_owned();
            let end = self.text.len();
            let problems = vec![Problem { message, span: end..end }];
            Invalid { shown: shown.to_owned(), text: self.text.clone(), problems }
        }))
    }
}

impl ConfigKind {
    /// The names that a table of the list `allow` may have.
    fn allow_tables(self) -> Vec<String> {
        match self.tables() {
            [] => vec!["allow".to_owned()],
            tables => tables.iter().map(|table| format!("{}.allow", table.join("."))).collect(),
        }
    }
}

impl NewAllow<'_> {
    /// The entry as a table of this name.
    fn text(self, table: &str) -> String {
        let Self { fingerprint, about, reason } = self;
        // A string of JSON is one of TOML.
        let reason = serde_json::Value::from(reason);
        format!("[[{table}]]\nfingerprints = [\"{fingerprint}\"] # {about}\nreason = {reason}\n")
    }
}

fn appended(text: &str, table: &str, entry: NewAllow<'_>) -> String {
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let added = format!("{gap}{}", entry.text(table));
    // Lines end as those before.
    let added = if text.contains("\r\n") { added.replace('\n', "\r\n") } else { added };
    format!("{text}{added}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(kind: ConfigKind, text: &str) -> ConfigDocument {
        ConfigDocument { file: "/x/skanner.toml".into(), base: "/x".into(), kind, text: text.to_owned() }
    }

    fn entry<'a>(fingerprint: &'a str, reason: &'a str) -> NewAllow<'a> {
        NewAllow { fingerprint, about: "openai-project-key in a.py", reason }
    }

    #[test]
    fn what_was_there_stays_there() {
        let fingerprint = "1".repeat(32);
        for (kind, text) in [
            (ConfigKind::Own, ""),
            (ConfigKind::Own, "# why\n"),
            (ConfigKind::Own, "# why\r\nmin-confidence = \"certain\" # so\r\n"),
            (ConfigKind::Own, "min-confidence = \"likely\""),
            (ConfigKind::Own, super::super::TEMPLATE),
            (ConfigKind::Own, "[severity]\nuuid-key = \"low\"\n[[allow]]\npaths = [\"a\"]\n\n\n"),
            (ConfigKind::PyProject, "[tool.skanner]\nmin-confidence = \"likely\"\n\n[tool.ruff]\nx = 1\n"),
            (ConfigKind::Cargo, "[package]\nname = \"a\"\n[package.metadata.skanner]\n[dependencies]\n"),
            (
                ConfigKind::Cargo,
                "[workspace.metadata.skanner]\n[[workspace.metadata.skanner.allow]]\npaths = [\"a\"]\n",
            ),
        ] {
            let before = document(kind, text);
            let after = before
                .with_allow(entry(&fingerprint, "made up"), "x")
                .unwrap_or_else(|error| panic!("{text}: {}", error.render(&mut |text| text.to_owned())));
            assert!(after.starts_with(text), "{after}");
            assert_eq!(
                after.matches("\r\n").count(),
                if text.contains('\r') { after.lines().count() } else { 0 }
            );
            let more = document(kind, &after).with_allow(entry(&"2".repeat(32), "x"), "x").unwrap();
            assert!(more.starts_with(&after) && more.len() > after.len());
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "allow = [{ paths = [\"a\"] }]\n",
            "min-confidence = \"sure\"\n",
            "x = \"\"\"\n",
            "[allow]\n",
            "no-such-key = 1\n",
        ] {
            let fingerprint = "1".repeat(32);
            assert!(
                document(ConfigKind::Own, text).with_allow(entry(&fingerprint, "x"), "x").is_err(),
                "{text}"
            );
        }
        let inline = document(ConfigKind::PyProject, "[tool]\nskanner = { min-confidence = \"likely\" }\n");
        assert!(inline.with_allow(entry(&"1".repeat(32), "x"), "x").is_err());
    }

    proptest! {
        #[test]
        fn a_reason_is_read_as_it_was_given(reason in "[^\u{7f}]{0,20}[a-z]") {
            let fingerprint = "1".repeat(32);
            let text = document(ConfigKind::Own, "").with_allow(entry(&fingerprint, &reason), "x").unwrap();
            let config = Config::parse(&document(ConfigKind::Own, &text), "x").unwrap();
            prop_assert_eq!(config.allow[0].reason.as_deref(), Some(&*reason));
        }
    }
}
