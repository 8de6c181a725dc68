//! `skanner import`: takes over what other scanners were told to let pass.

mod keys;
mod lists;
mod paths;
mod plan;
mod rules;
mod table;

use anyhow::{Context, Result, ensure};

use self::{
    keys::{ImportScan, plan_keys},
    paths::plan_paths,
    plan::ImportPlan,
    rules::NewRules,
};
use super::{
    baseline::{BaselineRun, Decisions, revocations},
    console::{self, Console},
    foreign_rules, options, tree,
};
use crate::{
    baseline::{self, NewOccurrence},
    cli::{BaselineSource, ImportArgs},
    cold,
    config::NewAllow,
    day::Day,
    finding::{Finding, Report},
    hidden::escape_control,
    import::FileTexts,
    path::current_directory,
    session::{BaselineComparison, Options, Session, Verdict, WorkerPool, gather_with, verdict},
    suppression::{self, AllowEntry, PathRoots, ReadExtent},
};

pub(super) fn run(args: &ImportArgs, console: &Console) -> Result<Verdict> {
    let here = current_directory().context("the current directory no longer exists")?;
    let source = BaselineSource { file: None, tree: args.tree };
    let mut options =
        Options { progress: console::wants_progress(), ..options::of_settings(&args.settings)? };
    let mut run = BaselineRun::open(&source, options.clone(), &console.redactor)?;
    ensure!(
        !run.session.settings.isolated.value,
        "{} cannot be used with `skanner import`, which adds to the configuration",
        run.session.settings.isolated.from
    );
    let (lists, not_read) = lists::open(&args.lists, &here, &run.location.root, &console.redactor)?;
    let rules = NewRules::of(&lists, &run)?;
    if !rules.files.is_empty() {
        // Lists also name the keys of these rules.
        options.flags.rules_from.extend(rules.files.iter().map(|(file, _)| file.clone()));
        run = BaselineRun::open(&source, options, &console.redactor)?;
    }
    let (session, location) = (&run.session, &run.location);
    let mask = |text: &str| console.redactor.line(text);
    let mut plan = plan_paths(&lists, session.settings.config.as_ref(), &mask);
    let feed = |pool: &WorkerPool<'_>| tree::feed(&location.root, args.tree, session, pool);
    let (report, found) = gather_with(session, feed, |report, context| {
        allow_paths(session, &plan, report);
        let comparison = BaselineComparison { context, location, settings: &session.settings };
        let old = baseline::read(&location.file, &location.shown, location.follow)?;
        let mut old = old.unwrap_or_default();
        old.take_expired(Day::today());
        Ok(comparison.run(report, &old).found().to_vec())
    })?;
    let read = |path: &str| lists::content(&location.root, path);
    let texts = FileTexts::new(&read);
    let has_rules = session.settings.rule_files().next().is_some();
    let unnamed = if has_rules { None } else { rules::unnamed(&lists, &location.root) };
    let compared = ImportScan {
        report: &report,
        found: &found,
        scope: session.settings.baseline_scope.value,
        has_history: args.tree.history,
        has_all_rules: unnamed.is_none(),
        texts: &texts,
    };
    plan_keys(&mut plan, &lists, &compared);
    for input in &report.not_scanned {
        let text = format!("not scanned: {}: {}\n", escape_control(&input.what), escape_control(&input.why));
        console.print(&text)?;
    }
    console.print(&table::table(&lists, &plan, &mask))?;
    for name in &not_read {
        console.print(&format!("  {name}: this version cannot read it, so nothing in it is taken over\n"))?;
    }
    console.print(&mask_lines(&foreign_rules::not_counted(session.settings.rule_files()), &mask))?;
    if let Some(name) = unnamed {
        console.print(&format!(
            "\n{name} is not in use: if it has rules, name it as well, so that their keys are recognized.\n"
        ))?;
    }
    let is_changed = !plan.allows.is_empty() || !plan.added.is_empty() || !rules.files.is_empty();
    let mut decisions = Decisions::new(&run, console, report.is_complete());
    if !report.is_complete() {
        console.print("\nNothing was written, because not everything could be read.\n")?;
    } else {
        rules.write(args.check, &decisions, console)?;
        write(&plan, args.check, &mut decisions, console, &location.shown)?;
        tell(&plan, &report, console)?;
    }
    console.print(&table::remaining(&plan.remaining))?;
    Ok(verdict(report.is_complete(), !plan.remaining.is_empty() || args.check && is_changed))
}

/// Each line, safe to show.
fn mask_lines(text: &str, mask: &dyn Fn(&str) -> String) -> String {
    text.split_inclusive('\n').map(|line| mask(line.trim_end_matches('\n')) + "\n").collect()
}

/// Suppresses what the planned entries for paths will.
fn allow_paths(session: &Session, plan: &ImportPlan, report: &mut Report) {
    let entry = |paths| AllowEntry {
        place: "skanner.toml",
        line: 0,
        rules: &[],
        paths,
        values: Vec::new(),
        fingerprints: Vec::new(),
        reason: None,
        until: None,
    };
    let entries: Vec<AllowEntry<'_>> = plan
        .allows
        .iter()
        .map(|allow| allow.patterns())
        .filter(|paths| !paths.is_empty())
        .map(entry)
        .collect();
    let root = || session.root.clone();
    let roots = PathRoots { patterns: root(), files: root(), tree: root() };
    suppression::entries(report, &entries, &roots, ReadExtent::Part, Day::today());
}

/// Writes both files, or only says what would be written.
fn write(
    plan: &ImportPlan,
    is_check: bool,
    decisions: &mut Decisions<'_>,
    console: &Console,
    baseline: &str,
) -> Result<()> {
    let entries: Vec<NewAllow<'_>> = plan.allows.iter().map(plan::PlannedAllow::entry).collect();
    let added: Vec<&NewOccurrence> = plan.added.iter().collect();
    let config = decisions.configuration_name();
    let (allowed, listed) = (entry_count(entries.len()), entry_count(added.len()));
    if is_check {
        // It may be one that cannot be added to.
        if !entries.is_empty() {
            decisions.configuration_with(&entries)?;
        }
        return console
            .print(&format!(
                "\nWould add {allowed} to {config} and {listed} to {baseline}. Nothing was written.\n"
            ))
            .map(drop);
    }
    decisions.allow_all(&entries)?;
    if !added.is_empty() {
        decisions.accept(&added, None)?;
    }
    console.print(&format!("\nAdded {allowed} to {config} and {listed} to {baseline}.\n")).map(drop)
}

fn entry_count(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// Says where to revoke the keys that the baseline will hide.
fn tell(plan: &ImportPlan, report: &Report, console: &Console) -> Result<()> {
    let listed = cold::set(plan.added.iter().map(|one| one.fingerprint.to_string()));
    let keys = report.findings.iter().filter(|one: &&Finding| listed.contains(&one.fingerprint));
    let lines = revocations(keys);
    if !lines.is_empty() {
        let mut text = "A baseline only hides keys. Revoke them, if they still work:\n".to_owned();
        lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        console.print(&text)?;
    }
    Ok(())
}
