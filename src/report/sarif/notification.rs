//! Notifications about a run: what was not read, which suppressions were used or unused, and what the
//! configuration excludes.

use serde_json::{Value, json};

use super::{
    limit::{KeptResults, SHOWN_RESULTS},
    uri::artifact,
};
use crate::{
    finding::{Configuration, RuleFileUse},
    hidden::escape_control,
    report::document::{ReportDocument, RunReport},
};

/// How many notifications of a kind are written: more than anybody reads, and few enough for a file that GitHub takes.
const LISTED: usize = 1000;

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
    /// The policy of an organization refused something.
    Refused,
    /// Something was left out on purpose.
    NotRead,
    /// Which secrets were looked for.
    Scope,
    /// Results were left out so that the file is not too large.
    ResultsLeftOut,
    /// GitHub shows only a part of the results.
    ResultsNotShown,
}

impl Notification {
    /// In the order of their indices.
    pub(super) const ALL: [Self; 10] = [
        Self::NotScanned,
        Self::AcceptedUnread,
        Self::UnusedSuppression,
        Self::Suppressed,
        Self::Weakened,
        Self::Refused,
        Self::NotRead,
        Self::Scope,
        Self::ResultsLeftOut,
        Self::ResultsNotShown,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::NotScanned => "not-scanned",
            Self::AcceptedUnread => "accepted-unread",
            Self::UnusedSuppression => "unused-suppression",
            Self::Suppressed => "suppressed",
            Self::Weakened => "weakened",
            Self::Refused => "refused",
            Self::NotRead => "not-read",
            Self::Scope => "scope",
            Self::ResultsLeftOut => "results-left-out",
            Self::ResultsNotShown => "results-not-shown",
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
            Self::Refused => (
                "The policy of an organization does not let a setting or suppression count.",
                "Remove it, or change it so that it is within the limits of the policy.",
            ),
            Self::NotRead => (
                "Something was left out on purpose. The run is complete without it.",
                "The message says how to read it.",
            ),
            Self::Scope => (
                "Which families of secrets were looked for.",
                "Use another tool for other secrets, such as cloud credentials, private keys and passwords.",
            ),
            Self::ResultsLeftOut => (
                "Results were left out, since GitHub code scanning refuses files with more.",
                "Read the report in JSON, which has all of them, or scan fewer things at once.",
            ),
            Self::ResultsNotShown => (
                "GitHub code scanning shows only a part of the results.",
                "Read the report in JSON, or scan fewer things at once.",
            ),
        };
        let mut descriptor = json!({
            "id": self.id(),
            "shortDescription": { "text": meaning },
            "fullDescription": { "text": meaning },
            "help": { "text": remedy },
        });
        add_name(&mut descriptor, self.id());
        descriptor
    }
}

/// The invocation object of a run. GitHub refuses the results of one that was not successful, and keeps the alerts that it
/// has (codeql-action, pull requests 1393 and 1732).
pub(super) fn invocation(report: &ReportDocument, kept: &KeptResults) -> Value {
    let run = &report.run;
    let mut notifications = Vec::new();
    let mut counts = [0_usize; Notification::ALL.len()];
    let mut say = |what: Notification, level: &str, text: String, location: Value| {
        counts[what as usize] += 1;
        if counts[what as usize] > LISTED {
            return;
        }
        notifications.push(notification(what, level, &text, &location));
    };
    for input in &run.not_scanned {
        let (what, why) = (escape_control(&input.what), escape_control(&input.why));
        let text = format!("{what} was not scanned: {}.", why.trim_end_matches('.'));
        let file = input.file.as_ref().unwrap_or(&input.what);
        say(Notification::NotScanned, "error", text, location(run, file, None));
    }
    for accepted in &run.accepted {
        let (what, why) = (escape_control(&accepted.input.what), escape_control(&accepted.input.why));
        let by = accepted.suppression.at();
        let text = format!(
            "{what} was not scanned: {}. {} accepts that.",
            why.trim_end_matches('.'),
            escape_control(&by)
        );
        let file = accepted.input.file.as_ref().unwrap_or(&accepted.input.what);
        say(Notification::AcceptedUnread, "note", text, location(run, file, None));
    }
    for unused in &run.unused_suppressions {
        let (what, why) = (escape_control(&unused.what), escape_control(&unused.why));
        let text = format!("The suppression {what} does nothing: {}.", why.trim_end_matches('.'));
        say(Notification::UnusedSuppression, "warning", text, location(run, &unused.place, unused.line));
    }
    for by in &run.suppressed_by {
        let keys = if by.count == 1 { "key is" } else { "keys are" };
        let text = format!("{} {keys} suppressed by {}.", by.count, escape_control(&by.place));
        say(Notification::Suppressed, "note", text, location(run, &by.place, None));
    }
    if let Some(Configuration { file, weakened, .. }) = &run.configuration {
        for way in weakened {
            say(Notification::Weakened, "warning", format!("{file} {way}."), location(run, file, None));
        }
        if let Some(count) = run.excluded.get(file) {
            let keys = if *count == 1 { "key was" } else { "keys were" };
            let text = format!("{count} {keys} excluded by {file}.");
            say(Notification::Weakened, "warning", text, location(run, file, None));
        }
    }
    for what in RuleFileUse::not_used_in(&run.rules_from) {
        let text = format!("{}.", escape_control(&what));
        say(Notification::Weakened, "note", text, location(run, ".", None));
    }
    for one in &run.refused {
        let policy = run.policy.as_ref().map_or("the policy", |policy| &policy.file);
        let [policy, place, what, why, limit] = [policy, &one.place, &one.what, &one.why, &one.limit]
            .map(|text| escape_control(text).into_owned());
        let text = format!("{policy} refuses {what} of {place}: {why} ({limit}).");
        // An option or a variable is in no file.
        let file = if one.is_in_file() { &one.place } else { "." };
        say(Notification::Refused, "warning", text, location(run, file, one.line));
    }
    for left_out in run.left_out_in_words() {
        let text = format!("Not read: {}.", escape_control(&left_out));
        say(Notification::NotRead, "note", text, location(run, ".", None));
    }
    let families = escape_control(&run.looked_for_in_words()).into_owned();
    let text = format!("Looked for {families}. Other secrets were not looked for.");
    say(Notification::Scope, "note", text, location(run, ".", None));
    if let Some(left_out) = kept.left_out() {
        say(Notification::ResultsLeftOut, "warning", format!("{left_out}."), location(run, ".", None));
    }
    if kept.kept > SHOWN_RESULTS {
        let text = format!(
            "GitHub code scanning shows {SHOWN_RESULTS} of the {} results, the most severe ones.",
            kept.kept
        );
        say(Notification::ResultsNotShown, "note", text, location(run, ".", None));
    }
    for what in Notification::ALL {
        let more = counts[what as usize].saturating_sub(LISTED);
        if more > 0 {
            let text = format!("{more} more are not listed here; a report in JSON has all of them.");
            notifications.push(notification(what, "warning", &text, &location(run, ".", None)));
        }
    }
    json!({
        "executionSuccessful": report.has_results(),
        "toolExecutionNotifications": notifications,
    })
}

fn notification(what: Notification, level: &str, text: &str, location: &Value) -> Value {
    json!({
        "descriptor": what.reference(),
        "level": level,
        "message": { "text": text },
        "locations": [location],
    })
}

/// A file, or a line of it.
pub(super) fn location(run: &RunReport, path: &str, line: Option<u64>) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(run, path) });
    if let Some(line) = line {
        physical["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": physical })
}

/// Adds a name to the descriptor with this id, which must differ in more than its case.
pub(super) fn add_name(descriptor: &mut Value, id: &str) {
    let name = pascal_case(id);
    if !name.eq_ignore_ascii_case(id) {
        descriptor["name"] = name.into();
    }
}

fn pascal_case(id: &str) -> String {
    let mut at_start = true;
    let letters = id.chars().filter_map(|letter| {
        let start = std::mem::replace(&mut at_start, !letter.is_alphanumeric());
        letter.is_alphanumeric().then(|| if start { letter.to_ascii_uppercase() } else { letter })
    });
    letters.collect()
}
