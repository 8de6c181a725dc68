//! `skanner rules try`: what a regular expression would find as a rule, how often that is no key, and how fast it is.

use std::{
    fmt::Write,
    num::NonZero,
    path::Path,
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use serde_json::json;

use super::console::Console;
use crate::{
    cli::TryArgs,
    cold::ColdSort,
    config::{Config, ConfigDocument, ConfigKind},
    finding::Report,
    hidden::escape_control,
    rule::{Confidence, RuleSet},
    scan::{Engine, ExpressionCounts},
    session::{Verdict, trial},
    source::{LeftHistory, Walk},
    threads::Pool,
};

/// The id of the rule that is tried.
const ID: &str = "tried";

/// How many places are shown.
const MOST: usize = 20;

pub(super) fn run(args: &TryArgs, console: &Console) -> Result<Verdict> {
    let rules = Arc::new(rules(args, console)?);
    console.redactor.learn(rules.clone());
    let masker = console.redactor.masker();
    let engine = Engine::with_rules(Some(rules), Confidence::Possible, Some(masker)).watch(&[]);
    let start = Instant::now();
    let report = trial(&engine, &console.redactor, |pool| {
        let walk = Walk {
            roots: args.paths.clone(),
            respect_ignore: true,
            force_exclude: false,
            may_be_empty: false,
            left_history: LeftHistory::All,
            pool: Pool::new(available_parallelism().map_or(1, NonZero::get)),
        };
        walk.feed(&pool.workers());
    });
    let text = summary(&report, engine.expression_counts(), start.elapsed());
    console.print(&text)?;
    for not_scanned in &report.not_scanned {
        console.note(&format!("not scanned: {}: {}", not_scanned.what, not_scanned.why));
    }
    Ok(if report.not_scanned.is_empty() { Verdict::Clean } else { Verdict::Incomplete })
}

/// The rules with the one to try, read as a configuration has it, so that it is held to the same.
fn rules(args: &TryArgs, console: &Console) -> Result<RuleSet> {
    let regex = match &args.regex {
        plain if !plain.contains("'''") && !plain.starts_with('\n') && !plain.ends_with('\'') => {
            format!("'''{plain}'''")
        }
        other => json!(other).to_string(),
    };
    let mut text = format!(
        "[[rule]]\nid = \"{ID}\"\nissuer = \"the issuer\"\ntitle = \"Key\"\nimpact = \"Unknown.\"\nseverity = \"low\"\n\
         examples = [\"x\"]\ncounter_examples = [\"x\"]\n[[rule.form]]\nconfidence = \"likely\"\n\
         why = \"the form that is tried\"\nregex = {regex}\n"
    );
    let lists = [("keywords", &args.keyword), ("not", &args.not)];
    for (key, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
        let _ = writeln!(text, "{key} = {}", json!(values));
    }
    let entropy = args.entropy.map(|bits| format!("{bits:?}"));
    let digits = args.min_digits.map(|count| count.to_string());
    let path = args.path.as_ref().map(|path| json!(path).to_string());
    let slow = args.slow.then(|| "true".to_owned());
    for (key, value) in [("entropy", entropy), ("min_digits", digits), ("path", path), ("slow", slow)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {value}");
        }
    }
    let document =
        ConfigDocument { file: Path::new(ID).into(), base: ".".into(), kind: ConfigKind::Own, text };
    let config = Config::parse(&document, "the rule to try")
        .map_err(|invalid| anyhow!("{}", invalid.render(&mut |text| console.redactor.line(text))))?;
    Ok(RuleSet::with(config.own_rules.into_iter().map(|rule| rule.value), |_| None))
}

fn summary(report: &Report, counts: ExpressionCounts, elapsed: Duration) -> String {
    let mut text = String::new();
    let own = report.findings.iter().filter(|finding| finding.rule.id == ID);
    let mut places: Vec<_> = own.clone().flat_map(|finding| &finding.occurrences).collect();
    places.cold_sort_by_key(|place| (place.full_path().into_owned(), place.span));
    for place in places.iter().take(MOST) {
        let (path, line) = (place.full_path(), escape_control(place.excerpt.text.trim()));
        let _ = writeln!(text, "{}:{}:{}: {line}", escape_control(&path), place.span.line, place.span.column);
    }
    if places.len() > MOST {
        let _ = writeln!(text, "… and {} more places", places.len() - MOST);
    }
    let bytes = report.scanned.bytes;
    let megabytes = bytes as f64 / 1e6;
    let seconds = elapsed.as_secs_f64().max(1e-9);
    let each = |count: usize| count as f64 / megabytes.max(1e-6);
    let mut files: Vec<_> = places.iter().map(|place| place.full_path()).collect();
    files.dedup();
    let mut lines: Vec<_> = places.iter().map(|place| (place.full_path(), place.span.line)).collect();
    lines.dedup();
    if !places.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "found     {} keys in {} places of {} files; {:.2} lines per MB",
        own.count(),
        places.len(),
        files.len(),
        each(lines.len())
    );
    let ExpressionCounts { tried, keys, refused, made_up } = counts;
    let matches = keys + refused + made_up;
    let share = |count: u64, of: u64| 100.0 * count as f64 / of.max(1) as f64;
    let _ = writeln!(
        text,
        "matched   {matches} times: {:.0} % look like keys, {:.0} % like words or placeholders, {:.0} % lack what the \
         options ask for",
        share(keys, matches),
        share(made_up, matches),
        share(refused, matches)
    );
    let _ = writeln!(
        text,
        "read      {} files, {megabytes:.2} MB in {seconds:.2} s ({:.0} MB/s, with the built-in rules)",
        report.scanned.files,
        megabytes / seconds
    );
    let _ = writeln!(text, "tried on  {:.1} % of it, near its keywords", share(tried, bytes));
    text
}
