//! `skanner config`: shows the effective settings and where each one comes from.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{console::Console, options};
use crate::{
    baseline::DEFAULT_NAME,
    cli::{ListFormat, SettingArgs},
    cold::ColdSort,
    config::{Allow, Config, ConfigPosition, RuleFile, SettingSource, Settings},
    json_text,
    rule::Rule,
    session::{ConfigStart, Verdict, look_up_shown},
};

/// One setting.
#[derive(Serialize)]
struct SettingRow {
    key: String,
    value: Value,
    /// The kind of source: `flag`, `environment`, `file` or `default`.
    source: &'static str,
    /// The option, variable or line it comes from.
    place: String,
}

pub(super) fn show(
    path: &Path,
    format: ListFormat,
    args: &SettingArgs,
    console: &Console,
) -> Result<Verdict> {
    ensure!(path.exists(), "{}: no such file or directory", path.display());
    let start = ConfigStart::Path(path);
    let settings = look_up_shown(&options::of_settings(args)?, start, &console.redactor)?;
    let mut rows = rows(&settings);
    let mask = |text: &str| console.redactor.line(text);
    for row in &mut rows {
        row.key = mask(&row.key);
        mask_value(&mut row.value, &mask);
    }
    let file = settings.config.as_ref().map(|config| &*config.shown);
    let policy = settings.policy.as_ref();
    let mut refused = policy.map_or_else(Vec::new, |policy| policy.refused.clone());
    for one in &mut refused {
        [&mut one.what, &mut one.why].into_iter().for_each(|text| *text = mask(text));
    }
    refused.cold_sort();
    match format {
        ListFormat::Json => {
            let mut document = json!({ "configuration": file, "settings": rows });
            if let Some(policy) = policy {
                document["policy"] = json!({ "file": policy.shown(), "inside": policy.is_inside });
                document["refused"] = json!(refused);
            }
            console.print(&format!("{}\n", json_text::pretty(&document)?))
        }
        ListFormat::Text => {
            let lead = match file {
                Some(file) => format!("configuration: {file}\n\n"),
                None if settings.isolated.value => {
                    format!("configuration: none, because of {}\n\n", settings.isolated.from)
                }
                None => "configuration: none\n\n".to_owned(),
            };
            let lead = match policy {
                Some(policy) => format!("policy: {}\n{lead}", policy.shown()),
                None => lead,
            };
            let mut end = String::new();
            for one in &refused {
                let _ = writeln!(end, "refused: {}: {}: {} ({})", one.at(), one.what, one.why, one.limit);
            }
            let gap = if end.is_empty() { "" } else { "\n" };
            console.print(&(lead + &table(&rows) + gap + &end))
        }
    }
}

fn rows(settings: &Settings) -> Vec<SettingRow> {
    let row = |key: &str, value: Value, from: &SettingSource| SettingRow {
        key: key.to_owned(),
        value,
        source: from.kind(),
        place: from.to_string(),
    };
    let baseline = match &settings.baseline.value {
        Some(file) => {
            let base = settings.config.as_ref().map(|config| &config.base);
            json!(base.and_then(|base| file.strip_prefix(base).ok()).unwrap_or(file))
        }
        None if settings.isolated.value => Value::Null,
        None => json!(DEFAULT_NAME),
    };
    let base = settings.config.as_ref().map(|config| &config.base);
    let below = |file: &PathBuf| json!(base.and_then(|base| file.strip_prefix(base).ok()).unwrap_or(file));
    let values_from: Value = settings.values_from.value.iter().map(below).collect();
    let mut rows = vec![
        row("min-confidence", json!(settings.min_confidence.value), &settings.min_confidence.from),
        row("rules", json!(settings.rules.value), &settings.rules.from),
        row("exclude-rules", json!(settings.exclude_rules.value), &settings.exclude_rules.from),
        row("families", json!(settings.families().iter().collect::<Vec<_>>()), &settings.families.from),
        row("min-severity", json!(settings.min_severity.value), &settings.min_severity.from),
        row("fail-on", json!(settings.fail_on.value.map(|one| one.to_string())), &settings.fail_on.from),
        row("baseline.file", baseline, &settings.baseline.from),
        row("baseline.scope", json!(settings.baseline_scope.value.name()), &settings.baseline_scope.from),
        row("values-from", values_from, &settings.values_from.from),
        row("values-from-env", json!(settings.values_from_env.value), &settings.values_from_env.from),
        row("isolated", json!(settings.isolated.value), &settings.isolated.from),
        row("format", json!(settings.format.value), &settings.format.from),
        row("no-progress", json!(settings.no_progress.value), &settings.no_progress.from),
        row("threads", json!(settings.threads.value), &settings.threads.from),
    ];
    let config = settings.config.as_ref();
    let mut of_file = |key: &str, value: Option<(Value, &ConfigPosition)>, default: Value| {
        let (value, from) = match value {
            Some((value, place)) => (value, SettingSource::File(place.clone())),
            None => (default, SettingSource::Default),
        };
        rows.push(row(key, value, &from));
    };
    let policy = settings.policy.as_ref().map(|policy| &policy.config);
    let trust = config.and_then(|config| config.trust_foreign_markers.as_ref());
    let trust = trust.or_else(|| policy?.trust_foreign_markers.as_ref());
    of_file("trust-foreign-markers", trust.map(|at| (json!(at.value), &at.place)), json!(false));
    rows.extend(settings.rule_files().map(rule_file));
    rows.extend(config.into_iter().flat_map(entries));
    if let Some(policy) = policy {
        let own = entries(policy).into_iter().map(|row| SettingRow { source: "policy", ..row });
        rows.extend(own.chain(limits(policy)));
    }
    rows
}

/// A file with rules of another scanner.
fn rule_file(file: &RuleFile) -> SettingRow {
    let RuleFile { file, tool, from, rules, unused, .. } = file;
    SettingRow {
        key: "rules-from".to_owned(),
        value: json!({ "file": file, "tool": tool, "rules": rules, "unused": unused }),
        source: from.kind(),
        place: from.to_string(),
    }
}

/// What a policy lets repositories do.
fn limits(policy: &Config) -> impl Iterator<Item = SettingRow> {
    let table = &policy.policy;
    let words = |kinds: &Vec<_>| json!(kinds);
    let kinds = table.allow_by.as_ref().map_or(json!(["comment", "baseline", "entry"]), words);
    let place = policy.shown.to_string();
    let rows = [
        ("policy.allow-by", kinds),
        ("policy.require-reason", table.require_reason.map_or(json!(true), |rule| rule.value())),
        ("policy.latest-until", json!(table.latest_until.map(|days| format!("{days}d")))),
        ("policy.paths", json!(table.paths)),
        ("policy.rules", json!(table.rules)),
        ("policy.max-severity", json!(table.max_severity)),
        ("policy.read-ignored", json!(table.read_ignored.unwrap_or_default())),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_null());
    rows.map(move |(key, value)| SettingRow {
        key: key.to_owned(),
        value,
        source: "policy",
        place: place.clone(),
    })
}

/// Settings that only a configuration file can contain.
fn entries(config: &Config) -> Vec<SettingRow> {
    let row = |key: String, value: Value, place: &ConfigPosition| SettingRow {
        key,
        value,
        source: "file",
        place: place.to_string(),
    };
    let mut rows = Vec::new();
    for at in &config.severity {
        rows.push(row(format!("severity.{}", at.value.rule), json!(at.value.severity), &at.place));
    }
    for one in &config.accept_unread {
        let value = json!({ "path": one.path, "reason": one.reason, "until": one.until });
        rows.push(row("accept-unread".to_owned(), value, &one.place));
    }
    for Allow { place, rules, paths, fingerprints, values, reason, until } in &config.allow {
        let fingerprints: Vec<_> = fingerprints.iter().map(|at| &at.value).collect();
        let values: Vec<_> = values.iter().map(|at| &at.value).collect();
        let value = json!({
            "rule": rules, "paths": paths, "fingerprints": fingerprints, "values": values, "reason": reason, "until": until,
        });
        rows.push(row("allow".to_owned(), value, place));
    }
    let is_foreign = |rule: &Rule| rule.forms.iter().any(|form| form.is_foreign);
    for at in config.own_rules.iter().filter(|at| !is_foreign(&at.value)) {
        let rule = &at.value;
        let value = json!({ "id": rule.id, "title": rule.title, "severity": rule.severity });
        rows.push(row("rule".to_owned(), value, &at.place));
    }
    rows
}

fn table(rows: &[SettingRow]) -> String {
    let cells: Vec<_> = rows.iter().map(|row| (&row.key, of_row(row), &row.place)).collect();
    let width =
        |of: &dyn Fn(&(&String, String, &String)) -> usize| cells.iter().map(of).max().unwrap_or_default();
    let (keys, values) = (width(&|cell| cell.0.width()), width(&|cell| cell.1.width()).min(60));
    let mut table = String::new();
    for (key, value, place) in &cells {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
        let _ = writeln!(table, "{key}{}  {value}{}  {place}", pad(key, keys), pad(value, values));
    }
    table
}

/// The value of a row for people, who need to be told what an empty value means.
fn of_row(row: &SettingRow) -> String {
    let is_empty = row.value.is_null() || row.value.as_array().is_some_and(Vec::is_empty);
    match row.key.as_str() {
        "fail-on" if is_empty => "any key".to_owned(),
        "rules" if is_empty => "all".to_owned(),
        "values-from" | "values-from-env" if is_empty => "none".to_owned(),
        "exclude-rules" if is_empty => "none".to_owned(),
        "threads" if is_empty => "one per processor".to_owned(),
        _ => in_words(&row.value),
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let is_there =
                |value: &Value| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty());
            let fields = fields.iter().filter(|(_, value)| is_there(value));
            fields.map(|(key, value)| format!("{key}: {}", in_words(value))).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

fn mask_value(value: &mut Value, mask: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = mask(text),
        Value::Array(all) => all.iter_mut().for_each(|one| mask_value(one, mask)),
        Value::Object(fields) => fields.values_mut().for_each(|one| mask_value(one, mask)),
        _ => {}
    }
}
