//! The styles of texts.

use anstyle::{AnsiColor, Style};

use crate::{report::view::View, rule::Severity};

pub(super) const RED: AnsiColor = AnsiColor::BrightRed;

pub(super) fn severity_color(severity: Severity) -> AnsiColor {
    match severity {
        Severity::Critical => RED,
        Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::BrightYellow,
        Severity::Low => AnsiColor::BrightCyan,
    }
}

pub(super) fn paint(view: &View, color: AnsiColor, text: &str) -> String {
    styled(view, Style::new().bold().fg_color(Some(color.into())), text)
}

pub(super) fn bold(view: &View, text: &str) -> String {
    styled(view, Style::new().bold(), text)
}

fn styled(view: &View, style: Style, text: &str) -> String {
    if view.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
