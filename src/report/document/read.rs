//! Reads a report in JSON back. Others may have changed it, so that it is checked for what reporters rely on.

use std::{borrow::Cow, error::Error, fmt};

use serde::Deserialize;

use super::{FindingEntry, ReportDocument, RepositoryEntry, RunReport, SCHEMA, SuppressedKeys};
use crate::{cold, hidden::escape_control};

/// What is wrong with a file that should be a report.
#[derive(Debug)]
pub struct NotAReport(String);

impl fmt::Display for NotAReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Error for NotAReport {}

impl NotAReport {
    pub(in crate::report) fn new(why: String) -> Self {
        Self(why)
    }
}

/// What tells a report from other JSON and from other reports.
#[derive(Debug, Deserialize)]
pub(in crate::report) struct ReportHeader {
    schema: u32,
    tool: Name,
    #[serde(default)]
    pub(in crate::report) call: Option<String>,
    #[serde(default)]
    pub(in crate::report) repositories: Vec<RepositoryEntry>,
}

#[derive(Debug, Deserialize)]
struct Name {
    name: String,
    version: String,
}

impl ReportHeader {
    /// Checks that the report can be read here.
    pub(in crate::report) fn check(&self) -> Result<(), NotAReport> {
        let Self { schema, tool, .. } = self;
        if tool.name != env!("CARGO_PKG_NAME") {
            return Err(NotAReport(format!("it is a report of {}, not of skanner", tool.name)));
        }
        if *schema != SCHEMA {
            return Err(NotAReport(format!(
                "it has version {schema} of the format (written by skanner {}), and this is skanner {}, which reads \
                 version {SCHEMA}; use a skanner that writes and reads the same version",
                tool.version,
                env!("CARGO_PKG_VERSION")
            )));
        }
        Ok(())
    }

    /// The version of the program that wrote it.
    pub(in crate::report) fn version(&self) -> &str {
        &self.tool.version
    }
}

impl ReportDocument {
    /// Reads a report as `--format json` writes it.
    ///
    /// # Errors
    /// When it is no such report, or one of a version that is not known here.
    pub fn read(text: &[u8]) -> Result<Self, NotAReport> {
        let header: ReportHeader = serde_json::from_slice(text).map_err(|error| no_report(text, &error))?;
        header.check()?;
        let mut report: Self = serde_json::from_slice(text)
            .map_err(|error| NotAReport(format!("it is not a whole report of skanner: {error}")))?;
        let unmasked = report.run.unmasked;
        own_words(&mut report.run);
        let listed = match &mut report.run.suppressed {
            SuppressedKeys::List(list) => &mut list[..],
            SuppressedKeys::Count(_) => &mut [],
        };
        for (at, finding) in report.findings.iter_mut().enumerate() {
            check(finding, unmasked).map_err(|what| NotAReport(format!("{what} in `findings[{at}]`")))?;
        }
        for (at, one) in listed.iter_mut().enumerate() {
            check(&mut one.finding, unmasked)
                .map_err(|what| NotAReport(format!("{what} in `suppressed[{at}]`")))?;
        }
        Ok(report)
    }
}

/// What is wrong with a text that has no header of a report.
fn no_report(text: &[u8], error: &serde_json::Error) -> NotAReport {
    let hint = "`--format json` writes reports that can be read";
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    NotAReport(match first {
        None => format!("it is empty; {hint}"),
        _ if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) => {
            "it is UTF-16, as some shells write it; write it with `--output json=FILE`".to_owned()
        }
        _ if text.starts_with(b"{\"type\":") => {
            "it is in JSON Lines; `--format json` writes reports that can be read".to_owned()
        }
        Some(b'{') if error.is_eof() => format!("it ends too soon: {error}; was it written completely?"),
        _ => format!("it is not a report of skanner in JSON: {error}; {hint}"),
    })
}

/// Checks what reporters rely on, and makes safe to show what they take for words of their own.
fn check(finding: &mut FindingEntry, unmasked: bool) -> Result<(), String> {
    if unmasked && finding.masked.is_none() {
        return Err("the field `masked` is missing".to_owned());
    }
    if finding.occurrences.is_empty() {
        return Err("there is no occurrence".to_owned());
    }
    for (at, place) in finding.occurrences.iter().enumerate() {
        let (start, end) = place.marker;
        if start > end || place.excerpt.get(start..end).is_none() {
            return Err(format!("the marker of `occurrences[{at}]` is not within its excerpt"));
        }
    }
    if finding.remedy.steps.is_empty() {
        return Err("there is no step to take".to_owned());
    }
    let events = finding.history.iter().flat_map(|history| history.introduced.iter().chain(&history.removed));
    let ids = events.map(|event| &event.commit);
    let places = finding.occurrences.iter().flat_map(|place| place.commit.iter().chain(&place.blob));
    if let Some(id) = ids.chain(places).find(|id| !id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Err(format!("`{}` is not the id of an object", escape_control(id)));
    }
    let own = [&mut finding.rule, &mut finding.issuer, &mut finding.title, &mut finding.impact];
    let remedy = &mut finding.remedy;
    own.into_iter().chain(&mut remedy.steps).chain([&mut remedy.revoke_url]).for_each(make_safe);
    Ok(())
}

/// The same for the run.
fn own_words(run: &mut RunReport) {
    for family in &mut run.scope.families {
        make_safe(family.id.to_mut());
        make_safe(family.description.to_mut());
    }
    make_safe(run.tool.version.to_mut());
    let excluded = std::mem::take(&mut run.excluded).into_iter();
    run.excluded = cold::map(excluded.map(|(by, count)| (escape_control(&by).into_owned(), count)));
}

fn make_safe(text: &mut String) {
    if let Cow::Owned(safe) = escape_control(text) {
        *text = safe;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Report;

    fn why(text: &str) -> String {
        ReportDocument::read(text.as_bytes()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_report_is_told_apart() {
        let report = serde_json::to_string(&ReportDocument::new(&Report::default())).unwrap();
        assert!(ReportDocument::read(report.as_bytes()).is_ok());
        for (text, message) in [
            (String::new(), "it is empty"),
            (report[..report.len() / 2].to_owned(), "it ends too soon"),
            (
                report.replace("\"schema\":1", "\"schema\":7"),
                "it has version 7 of the format (written by skanner",
            ),
            (report.replace("\"skanner\"", "\"other\""), "it is a report of other"),
            (
                report.replace("\"mode\"", "\"node\""),
                "it is not a whole report of skanner: missing field `mode`",
            ),
            ("{\"type\":\"finding\"}\n{\"type\":\"summary\"}".to_owned(), "it is in JSON Lines"),
            ("[]".to_owned(), "it is not a report of skanner in JSON"),
            ("{}".to_owned(), "it is not a report of skanner in JSON: missing field `schema`"),
        ] {
            assert!(why(&text).starts_with(message), "{message}: {}", why(&text));
        }
    }
}
