//! What the documents say is there: links lead somewhere, the page of rules has every rule, and the README is short.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[cfg(unix)]
mod commands;
#[cfg(unix)]
mod picture;
mod releasing;
#[cfg(unix)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(unix)]
#[path = "../support/terminal.rs"]
mod terminal;
mod translation;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use skanner::testing::{config, remedy, report, rule::RuleSet};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All documents: those at the root, and those in docs.
fn documents() -> Vec<PathBuf> {
    let folders = [root().to_owned(), root().join("docs")];
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "md")).collect();
    files.sort();
    files
}

/// The text without fenced blocks and code, in which brackets are no links.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    let lines: Vec<String> =
        lines.map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("x")).collect();
    lines.join("\n")
}

/// The anchors of a document, as GitHub makes them of headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-' | '_'));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for file in documents() {
        let text = fs::read_to_string(&file).unwrap();
        for link in prose(&text).split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let is_right = fs::read_to_string(&target).map_or_else(
                |_| target.is_dir() && anchor.is_empty(),
                |text| anchor.is_empty() || anchors(&text).iter().any(|known| known == anchor),
            );
            if !is_right {
                broken.push(format!("{}: {link}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_readme_is_short() {
    let words = fs::read_to_string(root().join("README.md")).unwrap().split_whitespace().count();
    assert!((900..=1_250).contains(&words), "{words} words");
}

/// The page of built-in rules.
fn page() -> String {
    let mut page = String::from(
        "# Built-in rules\n\n<!-- Written by a test: `SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents`. -->\n\n\
         `skanner explain RULE` shows what the keys of a rule look like and what to do. [rules.md](rules.md) explains how to write one.\n",
    );
    for rule in RuleSet::builtin().iter() {
        let _ = write!(page, "\n## {}\n\n{}. {}\n\n", rule.id, rule.title, rule.impact);
        let _ = writeln!(
            page,
            "- Issuer: {}; severity: {}; family: `{}`",
            rule.issuer, rule.severity, rule.family
        );
        let mut levels: Vec<_> = rule.forms.iter().map(|form| form.confidence).collect();
        levels.sort();
        levels.dedup();
        let levels: Vec<_> = levels.iter().rev().map(ToString::to_string).collect();
        let _ = writeln!(page, "- Confidence: {}", levels.join(", "));
        for form in &rule.forms {
            for shape in &form.shapes {
                let _ = writeln!(page, "- `{}`", shape.source());
            }
        }
        for text in [remedy::revoke(rule), remedy::usage(rule), remedy::leaked(rule)] {
            if !text.is_empty() {
                let _ = writeln!(page, "- {}", linked(&text));
            }
        }
    }
    page
}

/// A text in which addresses are links.
fn linked(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let url = word.trim_end_matches(['.', ',', ';', ':']);
        let is_code = word.contains('`');
        if url.starts_with("https://") && !is_code {
            word.replacen(url, &format!("<{url}>"), 1)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What to do with the keys of each issuer, as a table for `docs/remediation.md`.
fn table() -> String {
    let mut table =
        String::from("| issuer | revoke | usage | limits | leaked keys |\n| --- | --- | --- | --- | --- |\n");
    let mut issuers: Vec<&str> = Vec::new();
    for rule in RuleSet::builtin().iter().filter(|rule| !rule.shared) {
        let Some(guidance) = rule.guidance().filter(|_| !issuers.contains(&&*rule.issuer)) else { continue };
        issuers.push(&rule.issuer);
        let cells =
            [remedy::revoke(rule), remedy::usage(rule), guidance.limits.clone(), remedy::leaked(rule)];
        let cells = cells.map(|text| {
            let text = linked(&text).replace("Revoke the key at ", "").replace("Usage is shown at ", "");
            match text.strip_suffix(">.") {
                Some(url) => format!("{url}>"),
                None if text.is_empty() => "not known".to_owned(),
                None => text,
            }
        });
        let _ = writeln!(table, "| {} | {} |", rule.issuer, cells.join(" | "));
    }
    table
}

const TABLE: [&str; 2] = [
    "<!-- The table is written by a test: `SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents`. -->\n\n",
    "\n<!-- End of the table. -->\n",
];

/// The page on leaked keys, with its table.
fn remediation(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(TABLE[0])?;
    let (_, after) = rest.split_once(TABLE[1])?;
    Some([before, TABLE[0], &table(), TABLE[1], after].concat())
}

#[test]
fn the_table_of_issuers_has_all_of_them() {
    let file = root().join("docs/remediation.md");
    let written = fs::read_to_string(&file).unwrap();
    let wanted = remediation(&written).expect("docs/remediation.md has the table's markers");
    if std::env::var_os("SKANNER_WRITE_DOCUMENTS").is_some() {
        fs::write(&file, &wanted).unwrap();
        return;
    }
    assert!(
        written == wanted,
        "docs/remediation.md is out of date; SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents writes it"
    );
}

#[test]
fn the_page_of_rules_has_all_of_them() {
    let file = root().join("docs/builtin-rules.md");
    if std::env::var_os("SKANNER_WRITE_DOCUMENTS").is_some() {
        fs::write(&file, page()).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page(),
        "docs/builtin-rules.md is out of date; SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents writes it"
    );
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in [("report", report::schema()), ("config", config::schema())] {
        let name = format!("src/cmd/schema/{name}.json");
        let file = root().join(&name);
        let wanted = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("SKANNER_WRITE_DOCUMENTS").is_some() {
            fs::write(&file, &wanted).unwrap();
        }
        assert!(
            fs::read_to_string(&file).unwrap_or_default() == wanted,
            "{name} is out of date; SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents writes it"
        );
    }
}
