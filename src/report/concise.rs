//! One line for each key, as compilers write their errors: for grep, and for editors that jump to a file and line.

use std::io::{self, Write};

use super::{document::ReportDocument, message, text, view::View};
use crate::hidden::escape_control;

pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let place = &finding.occurrences[0];
        let name = place.name();
        let others = match finding.occurrences.len() - 1 {
            0 => String::new(),
            1 => " (and 1 other place)".to_owned(),
            others => format!(" (and {others} other places)"),
        };
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}{}{others}",
            escape_control(&name),
            place.line,
            place.column,
            finding.severity,
            escape_control(&finding.rule),
            message::headline(finding),
            message::aside(place),
        )?;
    }
    for input in &report.run.not_scanned {
        writeln!(out, "{}: not scanned: {}", escape_control(&input.what), escape_control(&input.why))?;
    }
    text::write_summary(report, view, out)
}
