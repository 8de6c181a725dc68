//! One key: what it gives away, where it stands, and what to do about it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::target::{Target, has_path};
use crate::{
    cli::{ExplainArgs, SettingArgs},
    cmd::{
        console::{self, Console},
        options, report, tree,
    },
    cold::ColdSort,
    finding::{Report, Suppression},
    path::{current_directory, shown_text},
    report::{FindingEntry, KeyText, ReportDocument, View, plural},
    rule::{Confidence, Family},
    session::{ConfigStart, Coverage, Options, ScanScope, Session, Verdict, gather, load, root_of, verdict},
    source::{LeftHistory, Walk},
};

/// How many other lines with keys are named.
const FEW: usize = 5;

/// What was searched.
struct SearchedPlaces {
    document: ReportDocument,
    /// In words, such as `the work tree /src/project`.
    what: String,
    /// The path of the target as the report has it.
    path: String,
}

/// Shows the key that is named.
///
/// # Errors
/// When there is none, or several have such a fingerprint.
pub(super) fn explain(target: &Target, args: &ExplainArgs, console: &Console) -> Result<Verdict> {
    let searched = search(target, args, console)?;
    let document = &searched.document;
    let keys: Vec<_> = document.all().filter(|(finding, _)| target.is(finding, &searched.path)).collect();
    let mut fingerprints: Vec<&str> = keys.iter().map(|(finding, _)| &*finding.fingerprint).collect();
    fingerprints.cold_sort();
    fingerprints.dedup();
    if fingerprints.is_empty() {
        return Err(not_found(target, args, &searched));
    }
    if let (Target::Fingerprint(start), [_, _, ..]) = (target, &fingerprints[..]) {
        bail!(
            "{} in {} have a fingerprint that begins with {start}; write more of it: {}",
            plural(fingerprints.len() as u64, "key"),
            searched.what,
            fingerprints.join(", ")
        );
    }
    let view = View {
        color: console.color,
        width: console::width(),
        links_from: console.links_from(),
        ..View::default()
    };
    let mut text = Vec::new();
    for fingerprint in fingerprints {
        let of_key = document.all().filter(|(finding, _)| finding.fingerprint == fingerprint);
        let parts: Vec<(&FindingEntry, Option<&Suppression>)> = of_key.collect();
        let texts = || {
            let text =
                |&(finding, suppressed)| KeyText { run: &document.run, finding, suppressed, view: &view };
            parts.iter().map(text)
        };
        texts().try_for_each(|key| key.write_facts(&mut text))?;
        texts().take(1).try_for_each(|key| key.write_remedy(&mut text))?;
    }
    // Texts of a report are masked. Other masks would hide the fingerprint.
    console.print_own(&String::from_utf8_lossy(&text))?;
    if !document.run.complete {
        let count = document.run.not_scanned.len() as u64;
        console.note(&format!(
            "incomplete: {} could not be read, so there may be more occurrences",
            plural(count, "input")
        ));
    }
    Ok(verdict(document.run.complete, false))
}

fn search(target: &Target, args: &ExplainArgs, console: &Console) -> Result<SearchedPlaces> {
    let named = match target {
        Target::Place { path, .. } => path.as_str(),
        Target::Fingerprint(_) => "",
    };
    if let Some(file) = &args.report {
        let document = report::read(file, console)?;
        ensure!(
            !document.run.unmasked,
            "{} was written with --show-secrets; explain a key of a report that is masked",
            file.display()
        );
        let what = format!("the report {}", file.display());
        return Ok(SearchedPlaces { document, what, path: named.to_owned() });
    }
    let here = current_directory().context("the current directory no longer exists")?;
    if let (Target::Place { path, .. }, false) = (target, args.tree.history) {
        let file = file_of(path)?;
        let session = session(args, ConfigStart::Path(&file), Ok, console)?;
        let found = gather(&session, |pool| {
            let walk = Walk {
                roots: vec![file.clone()],
                respect_ignore: true,
                force_exclude: false,
                may_be_empty: false,
                left_history: LeftHistory::All,
                pool: session.pool(),
            };
            walk.feed(&pool.workers());
            let roots = vec![file.clone()];
            Ok(Coverage { scope: ScanScope::Files(roots.clone()), roots, ..Coverage::files(here.clone()) })
        })?;
        let document = ReportDocument::new(&Report { show_suppressed: true, ..found });
        return Ok(SearchedPlaces { document, what: path.clone(), path: path.clone() });
    }
    let root = root_of(&here);
    let session = session(args, ConfigStart::Path(&root), |options| options.enter(&root), console)?;
    let found = gather(&session, |pool| tree::feed(&root, args.tree, &session, pool))?;
    let document = ReportDocument::new(&Report { show_suppressed: true, ..found });
    let what = if args.tree.history { "files, index and history of" } else { "the work tree" };
    // Paths start from the root, wherever one stands.
    let whole = here.join(named);
    let path = whole.strip_prefix(&root).map_or_else(|_| named.to_owned(), shown_text);
    Ok(SearchedPlaces { document, what: format!("{what} {}", root.display()), path })
}

/// A session that looks for every key there is, since the one that is meant may be in no usual report.
fn session(
    args: &ExplainArgs,
    start: ConfigStart<'_>,
    prepare: impl FnOnce(Options) -> Result<Options>,
    console: &Console,
) -> Result<Session> {
    let mut settings = SettingArgs {
        min_confidence: Some(Confidence::Possible),
        config: args.config.clone(),
        ..SettingArgs::default()
    };
    settings.family.family = Family::WORDS.iter().map(|(_, family)| *family).collect();
    let options = Options { progress: console::wants_progress(), ..options::of_settings(&settings)? };
    load(prepare(options)?, start, &console.redactor)
}

/// The file of a path as reports have it, which may go on inside of an archive.
fn file_of(path: &str) -> Result<PathBuf> {
    let ends = path.match_indices('!').map(|(at, _)| &path[..at]);
    let file = std::iter::once(path).chain(ends).map(Path::new).find(|file| file.symlink_metadata().is_ok());
    let file = file.ok_or_else(|| {
        anyhow!(
            "there is no file {path}; --history searches files that were deleted, and --report FILE a report"
        )
    })?;
    ensure!(!file.is_dir(), "{} is a directory; name a file and a line, as in src/app.py:12", file.display());
    Ok(file.to_owned())
}

fn not_found(target: &Target, args: &ExplainArgs, searched: &SearchedPlaces) -> anyhow::Error {
    let SearchedPlaces { document, what, path } = searched;
    let mut tries = Vec::new();
    if args.report.is_none() {
        if !args.tree.history {
            tries.push("--history searches the index and the history, too");
        }
        if matches!(target, Target::Fingerprint(_)) && !args.tree.no_ignore {
            tries.push("--no-ignore searches ignored files");
        }
        tries.push("--report FILE reads a report in JSON instead");
    }
    let tries = if tries.is_empty() { String::new() } else { format!("; {}", tries.join(", ")) };
    let excluded: u64 = document.run.excluded.values().sum();
    let excluded = match excluded {
        0 => String::new(),
        count => format!(" ({} excluded by settings)", plural(count, "key")),
    };
    let unread = match document.run.not_scanned.len() {
        0 => String::new(),
        count => format!("; {} could not be read", plural(count as u64, "input")),
    };
    match target {
        Target::Fingerprint(start) => {
            anyhow!("no key in {what}{excluded} has a fingerprint that begins with {start}{unread}{tries}")
        }
        Target::Place { line, column, .. } => {
            let column = column.map_or_else(String::new, |column| format!(", column {column}"));
            let places = document.all().flat_map(|(finding, _)| &finding.occurrences);
            let mut lines: Vec<u64> =
                places.filter(|place| has_path(place, path)).map(|place| place.line).collect();
            lines.sort_unstable();
            lines.dedup();
            let more = if lines.len() > FEW { ", …" } else { "" };
            let others = lines.iter().take(FEW).map(u64::to_string).collect::<Vec<_>>().join(", ");
            let others = match lines.len() {
                0 => String::new(),
                1 => format!("; there is one on line {others}"),
                _ => format!("; there are some on lines {others}{more}"),
            };
            anyhow!("no key in {what}{excluded} is on line {line}{column} of {path}{others}{unread}{tries}")
        }
    }
}
