//! JUnit's XML, which nearly every CI system shows: each key is a failed test, what could not be read is an error.
//! Source: the schema of Apache Ant's junitreport task, as Jenkins and GitLab read it.

use std::io::{self, Write};

use super::{
    document::ReportDocument,
    message,
    place::{RootPath, path_of},
    view::View,
};

pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let (failures, errors) = (report.findings.len(), report.run.not_scanned.len());
    // Some systems take an empty suite for a mistake.
    let tests = (failures + errors).max(1);
    let counts = format!(
        r#"name="skanner" tests="{tests}" failures="{failures}" errors="{errors}" time="{:.3}""#,
        view.elapsed.as_secs_f64()
    );
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, "<testsuites {counts}>\n  <testsuite {counts}>")?;
    for finding in &report.findings {
        let place = &finding.occurrences[0];
        let path = RootPath::new(&report.run, &path_of(place)).text();
        let name = format!("{} {path}:{}:{}", finding.rule, place.line, place.column);
        let places = finding.occurrences.iter().map(|place| {
            let path = RootPath::new(&report.run, &path_of(place)).text();
            format!("{path}:{}:{}{}\n", place.line, place.column, message::aside(place))
        });
        let text = format!("{}{}", places.collect::<String>(), finding.remedy.steps.join("\n"));
        writeln!(
            out,
            r#"    <testcase classname="skanner.{}" name="{}" file="{}"><failure type="{}" message="{}">{}</failure></testcase>"#,
            xml(&finding.rule),
            xml(&name),
            xml(&path),
            xml(&finding.rule),
            xml(&message::headline(finding)),
            xml(&text),
        )?;
    }
    for input in &report.run.not_scanned {
        writeln!(
            out,
            r#"    <testcase classname="skanner.not-scanned" name="{}"><error type="not-scanned" message="{}"/></testcase>"#,
            xml(&input.what),
            xml(&message::not_scanned(input)),
        )?;
    }
    if failures + errors == 0 {
        writeln!(out, r#"    <testcase classname="skanner" name="no key found"/>"#)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// Text of an element or of an attribute in quotes. What XML 1.0 cannot contain, not even as a reference, is escaped as
/// everywhere else; line feeds stay.
fn xml(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = crate::hidden::escape_control(line);
        let line = line.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    });
    lines.collect::<Vec<_>>().join("&#10;")
}
