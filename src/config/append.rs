//! Adds `[[allow]]` entries to the text of a configuration. What is there stays as it is, comments included.

use super::{
    error::{Invalid, Problem},
    find::{ConfigDocument, ConfigKind},
    model::{Allow, Config},
};

/// What a new entry allows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewAllowed<'a> {
    /// One key, by its fingerprint of 32 hex digits.
    Fingerprint(&'a str),
    /// All keys in files that match one of these patterns.
    Paths(&'a [String]),
}

/// A new entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAllow<'a> {
    /// What it allows.
    pub what: NewAllowed<'a>,
    /// Which key it is or where it is from, for readers. On one line, and safe to show.
    pub about: &'a str,
    /// Why it is allowed; not empty, on one line, and safe to show.
    pub reason: &'a str,
}

impl ConfigDocument {
    /// The text with the entries at its end. `shown` is the name of the file, as it may be shown.
    ///
    /// # Errors
    /// When the configuration is not valid, or would not be with the entries, such as one with a line `allow = [...]`.
    pub(crate) fn with_allows(&self, entries: &[NewAllow<'_>], shown: &str) -> Result<String, Invalid> {
        let before = Config::parse(self, shown)?.allow.len();
        let mut first_problem = None;
        // A Cargo.toml has one of two tables, and the other one would be a mistake.
        for table in self.kind.allow_tables() {
            let document = Self { text: appended(&self.text, &table, entries), ..self.clone() };
            let parsed = Config::parse(&document, shown);
            let are_added = |config: &Config| {
                let new = config.allow.get(before..).unwrap_or_default();
                new.len() == entries.len() && new.iter().zip(entries).all(|(new, entry)| entry.is(new))
            };
            match parsed {
                Ok(config) if are_added(&config) => return Ok(document.text),
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

impl ConfigDocument {
    /// The text with the key `rules-from` for these files, before all other keys of its table. `shown` is the name of the
    /// file, as it may be shown.
    ///
    /// # Errors
    /// When the configuration is not valid, or names other files already.
    pub(crate) fn with_rules_from(&self, names: &[String], shown: &str) -> Result<String, Invalid> {
        Config::parse(self, shown)?;
        let quoted: Vec<String> =
            names.iter().map(|name| serde_json::Value::from(&**name).to_string()).collect();
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let line = format!("rules-from = [{}]{end}", quoted.join(", "));
        let mut first_problem = None;
        for at in self.kind.starts(&self.text) {
            let document =
                Self { text: format!("{}{line}{}", &self.text[..at], &self.text[at..]), ..self.clone() };
            let named: Vec<String> = document.named_files().rules.into_iter().map(|(name, _)| name).collect();
            match Config::parse(&document, shown) {
                Ok(_) if named == names => return Ok(document.text),
                Ok(_) => {}
                Err(problem) => first_problem = first_problem.or(Some(problem)),
            }
        }
        Err(first_problem.unwrap_or_else(|| {
            let message = "there is no place for `rules-from`, such as a line [tool.skanner]".to_owned();
            let problems = vec![Problem { message, span: 0..0 }];
            Invalid { shown: shown.to_owned(), text: self.text.clone(), problems }
        }))
    }
}

impl ConfigKind {
    /// Where the keys of the table may begin.
    fn starts(self, text: &str) -> Vec<usize> {
        if self.tables().is_empty() {
            return vec![0];
        }
        let headers: Vec<String> =
            self.tables().iter().map(|table| format!("[{}]", table.join("."))).collect();
        let mut at = 0;
        let ends = text.split_inclusive('\n').filter_map(|line| {
            at += line.len();
            headers.iter().any(|header| line.trim() == header).then_some(at)
        });
        ends.collect()
    }

    /// The names that a table of the list `allow` may have.
    fn allow_tables(self) -> Vec<String> {
        match self.tables() {
            [] => vec!["allow".to_owned()],
            tables => tables.iter().map(|table| format!("{}.allow", table.join("."))).collect(),
        }
    }
}

impl NewAllow<'_> {
    /// Whether this is the entry as it was read back.
    fn is(&self, read: &Allow) -> bool {
        let fingerprints = || read.fingerprints.iter().map(|one| one.value.as_str());
        match self.what {
            NewAllowed::Fingerprint(own) => read.paths.is_empty() && fingerprints().eq([own]),
            NewAllowed::Paths(own) => read.fingerprints.is_empty() && read.paths == own,
        }
    }

    /// The entry as a table of this name.
    fn text(self, table: &str) -> String {
        let Self { what, about, reason } = self;
        // A string of JSON is one of TOML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let what = match what {
            NewAllowed::Fingerprint(fingerprint) => format!("fingerprints = [\"{fingerprint}\"]"),
            NewAllowed::Paths(paths) => {
                let paths: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
                format!("paths = [{}]", paths.join(", "))
            }
        };
        format!("[[{table}]]\n{what} # {about}\nreason = {}\n", quoted(reason))
    }
}

fn appended(text: &str, table: &str, entries: &[NewAllow<'_>]) -> String {
    let mut whole = text.to_owned();
    for entry in entries {
        let gap = match &*whole {
            "" => "",
            text if text.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        let added = format!("{gap}{}", entry.text(table));
        // Lines end as those before.
        whole.push_str(&if text.contains("\r\n") { added.replace('\n', "\r\n") } else { added });
    }
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(kind: ConfigKind, text: &str) -> ConfigDocument {
        ConfigDocument { file: "/x/skanner.toml".into(), base: "/x".into(), kind, text: text.to_owned() }
    }

    fn entry<'a>(fingerprint: &'a str, reason: &'a str) -> [NewAllow<'a>; 1] {
        let what = NewAllowed::Fingerprint(fingerprint);
        [NewAllow { what, about: "openai-project-key in a.py", reason }]
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
                .with_allows(&entry(&fingerprint, "made up"), "x")
                .unwrap_or_else(|error| panic!("{text}: {}", error.render(&mut |text| text.to_owned())));
            assert!(after.starts_with(text), "{after}");
            assert_eq!(
                after.matches("\r\n").count(),
                if text.contains('\r') { after.lines().count() } else { 0 }
            );
            let more = document(kind, &after).with_allows(&entry(&"2".repeat(32), "x"), "x").unwrap();
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
                document(ConfigKind::Own, text).with_allows(&entry(&fingerprint, "x"), "x").is_err(),
                "{text}"
            );
        }
        let inline = document(ConfigKind::PyProject, "[tool]\nskanner = { min-confidence = \"likely\" }\n");
        assert!(inline.with_allows(&entry(&"1".repeat(32), "x"), "x").is_err());
    }

    #[test]
    fn rules_are_named_before_all_other_keys() {
        let names = [".gitleaks.toml".to_owned(), "a \"b\".toml".to_owned()];
        for (kind, text) in [
            (ConfigKind::Own, ""),
            (ConfigKind::Own, "# why\r\n[severity]\r\nuuid-key = \"low\"\r\n"),
            (ConfigKind::Own, "min-confidence = \"likely\""),
            (
                ConfigKind::PyProject,
                "[tool.ruff]\nx = 1\n[tool.skanner]\n[[tool.skanner.allow]]\npaths = [\"a\"]\n",
            ),
            (
                ConfigKind::Cargo,
                "[package]\nname = \"a\"\n[package.metadata.skanner]\nmin-confidence = \"likely\"\n",
            ),
        ] {
            let after = document(kind, text).with_rules_from(&names, "x").unwrap();
            assert!(text.lines().all(|line| after.contains(line)), "{after}");
            let named = document(kind, &after).named_files().rules;
            assert_eq!(named.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
            assert!(document(kind, &after).with_rules_from(&names, "x").is_err());
        }
        let inline = document(ConfigKind::PyProject, "[tool]\nskanner = { min-confidence = \"likely\" }\n");
        assert!(inline.with_rules_from(&names, "x").is_err());
    }

    #[test]
    fn several_entries_are_added_at_once() {
        let fingerprints = ["1".repeat(32), "2".repeat(32)];
        let paths = ["docs/\\*.md".to_owned(), "a \"b\"/**".to_owned()];
        let [first] = entry(&fingerprints[0], "x");
        let [last] = entry(&fingerprints[1], "y");
        let by_path = NewAllow { what: NewAllowed::Paths(&paths), ..first };
        let text = document(ConfigKind::Own, "# why\n").with_allows(&[first, by_path, last], "x").unwrap();
        let config = Config::parse(&document(ConfigKind::Own, &text), "x").unwrap();
        assert_eq!(config.allow.len(), 3);
        assert_eq!((&config.allow[1].paths[..], config.allow[2].reason.as_deref()), (&paths[..], Some("y")));
        assert!(document(ConfigKind::Own, "# why\n").with_allows(&[], "x").unwrap() == "# why\n");
    }

    proptest! {
        #[test]
        fn a_reason_is_read_as_it_was_given(reason in "[^\u{7f}]{0,20}[a-z]") {
            let fingerprint = "1".repeat(32);
            let text = document(ConfigKind::Own, "").with_allows(&entry(&fingerprint, &reason), "x").unwrap();
            let config = Config::parse(&document(ConfigKind::Own, &text), "x").unwrap();
            prop_assert_eq!(config.allow[0].reason.as_deref(), Some(&*reason));
        }
    }
}
