//! What in files with rules of other scanners does not count, in words.

use std::fmt::Write;

use crate::{config::RuleFile, foreign_rules::LeftOutPart, hidden::escape_control};

/// How many parts of a file are named that do not count for the same reason.
const MOST_PARTS: usize = 20;

/// Lists what in files with rules of other scanners has no effect, or another one. Parts of many rules that share a reason
/// are told once.
pub(super) fn not_counted<'f>(files: impl IntoIterator<Item = &'f RuleFile>) -> String {
    let mut out = String::new();
    for file in files {
        let mut by_reason: Vec<(&str, Vec<&LeftOutPart>)> = Vec::new();
        for part in &file.left_out {
            match by_reason.iter_mut().find(|(why, _)| *why == part.why) {
                Some((_, parts)) => parts.push(part),
                None => by_reason.push((&part.why, vec![part])),
            }
        }
        if by_reason.is_empty() {
            continue;
        }
        let RuleFile { file, rules, unused, .. } = file;
        let _ = writeln!(
            out,
            "\n{file}: {rules} of {} rules are used. What does not count in it:",
            rules + unused
        );
        for (why, parts) in by_reason {
            let place =
                |part: &LeftOutPart| format!("{}:{}: {}", part.file, part.line, escape_control(&part.what));
            let _ = writeln!(out, "  {why}:");
            for part in parts.iter().take(MOST_PARTS) {
                let _ = writeln!(out, "    {}", place(part));
            }
            if parts.len() > MOST_PARTS {
                let _ = writeln!(out, "    … and {} more", parts.len() - MOST_PARTS);
            }
        }
    }
    out
}
