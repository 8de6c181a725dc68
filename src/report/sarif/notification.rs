//! Notifications about a run: what was not read, which suppressions were used or unused, and what the
//! configuration excludes.

use serde_json::{Value, json};

use super::uri::artifact;
use crate::{
    finding::{Configuration, Report},
    hidden::escape_control,
};

/// The kind of a notification.
#[derive(Clone, Copy)]
pub(super) enum Notification {
    /// Something should have been read but was not.
    NotScanned,
    /// Something was not read, and was accepted as such.
    AcceptedUnread,
    /// A suppression does nothing.
    UnusedSuppression,
    /// How many keys the suppressions of a file suppressed.
    Suppressed,
    /// The configuration reduces what is reported.
    Weakened,
    /// Something was left out on purpose.
    NotRead,
    /// Which secrets were looked for.
    Scope,
}

impl Notification {
    /// In the order of their indices.
    pub(super) const ALL: [Self; 7] = [
        Self::NotScanned,
        Self::AcceptedUnread,
        Self::UnusedSuppression,
        Self::Suppressed,
        Self::Weakened,
        Self::NotRead,
        Self::Scope,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::NotScanned => "not-scanned",
            Self::AcceptedUnread => "accepted-unread",
            Self::UnusedSuppression => "unused-suppression",
            Self::Suppressed => "suppressed",
            Self::Weakened => "weakened",
            Self::NotRead => "not-read",
            Self::Scope => "scope",
        }
    }

    /// The reference to its descriptor.
    fn reference(self) -> Value {
        json!({ "id": self.id(), "index": self as usize })
    }

    /// Its descriptor.
    pub(super) fn descriptor(self) -> Value {
        let (meaning, remedy) = match self {
            Self::NotScanned => (
                "Something that should have been read was not, so its contents are unknown.",
                "Follow the message, or make it readable for skanner, and scan again.",
            ),
            Self::AcceptedUnread => (
                "Something was not read, and the configuration accepts that.",
                "Remove the entry from accept-unread when it can be read again.",
            ),
            Self::UnusedSuppression => (
                "A suppression does nothing: nothing matches it, it has expired, or it is invalid.",
                "Remove it, or follow the message.",
            ),
            Self::Suppressed => {
                ("Keys were found and suppressed.", "Scan with --show-suppressed to see them.")
            }
            Self::Weakened => (
                "The configuration of the repository reduces what is reported by default.",
                "Scan with --isolated to see the rest.",
            ),
            Self::NotRead => (
                "Something was left out on purpose. The run is complete without it.",
                "The message says how to read it.",
            ),
            Self::Scope => (
                "Which families of secrets were looked for.",
                "Use another tool for other secrets, such as cloud credentials, private keys and passwords.",
            ),
        };
        json!({
            "id": self.id(),
            "name": pascal_case(self.id()),
            "shortDescription": { "text": meaning },
            "fullDescription": { "text": meaning },
            "help": { "text": remedy },
        })
    }
}

/// The invocation object of a run.
pub(super) fn invocation(report: &Report) -> Value {
    let mut notifications = Vec::new();
    let mut say = |what: Notification, level: &str, text: String, location: Value| {
        notifications.push(json!({
            "descriptor": what.reference(),
            "level": level,
            "message": { "text": text },
            "locations": [location],
        }));
    };
    for input in &report.not_scanned {
        let (what, why) = (escape_control(&input.what), escape_control(&input.why));
        let text = format!("{what} was not scanned: {}.", why.trim_end_matches('.'));
        let file = input.file.as_ref().unwrap_or(&input.what);
        say(Notification::NotScanned, "error", text, location(report, file, None));
    }
    for accepted in &report.accepted {
        let (what, why) = (escape_control(&accepted.input.what), escape_control(&accepted.input.why));
        let by = accepted.by.at();
        let text = format!(
            "{what} was not scanned: {}. {} accepts that.",
            why.trim_end_matches('.'),
            escape_control(&by)
        );
        let file = accepted.input.file.as_ref().unwrap_or(&accepted.input.what);
        say(Notification::AcceptedUnread, "note", text, location(report, file, None));
    }
    for unused in &report.unused {
        let (what, why) = (escape_control(&unused.what), escape_control(&unused.why));
        let text = format!("The suppression {what} does nothing: {}.", why.trim_end_matches('.'));
        say(Notification::UnusedSuppression, "warning", text, location(report, &unused.place, unused.line));
    }
    for by in report.suppressed_by() {
        let keys = if by.count == 1 { "key is" } else { "keys are" };
        let text = format!("{} {keys} suppressed by {}.", by.count, escape_control(&by.place));
        say(Notification::Suppressed, "note", text, location(report, &by.place, None));
    }
    if let Some(Configuration { file, weakened }) = &report.configuration {
        for way in weakened {
            say(Notification::Weakened, "warning", format!("{file} {way}."), location(report, file, None));
        }
        if let Some(count) = report.excluded.get(file) {
            let keys = if *count == 1 { "key was" } else { "keys were" };
            let text = format!("{count} {keys} excluded by {file}.");
            say(Notification::Weakened, "warning", text, location(report, file, None));
        }
    }
    for left_out in report.not_read.in_words() {
        let text = format!("Not read: {}.", escape_control(&left_out));
        say(Notification::NotRead, "note", text, location(report, ".", None));
    }
    let families = report.looked_for.in_words();
    let text = format!("Looked for {families}. Other secrets were not looked for.");
    say(Notification::Scope, "note", text, location(report, ".", None));
    json!({
        "executionSuccessful": report.is_complete(),
        "toolExecutionNotifications": notifications,
    })
}

/// A file, or a line of it.
pub(super) fn location(report: &Report, path: &str, line: Option<u64>) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(report, path) });
    if let Some(line) = line {
        physical["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": physical })
}

pub(super) fn pascal_case(id: &str) -> String {
    let mut at_start = true;
    let letters = id.chars().filter_map(|letter| {
        let start = std::mem::replace(&mut at_start, !letter.is_alphanumeric());
        letter.is_alphanumeric().then(|| if start { letter.to_ascii_uppercase() } else { letter })
    });
    letters.collect()
}
