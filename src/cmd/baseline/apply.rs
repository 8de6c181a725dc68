//! Takes from a report what the baseline knows.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use super::{
    Choice, Sight,
    location::Location,
    present::{Present, is_off_disk},
};
use crate::{
    baseline::{self, Baseline, Cover, Entry, Fingerprint, Judged, Place, Places, Scene, Scope},
    cli::ReportArgs,
    cmd::worker::Workshop,
    finding::{Kind, Report, Suppressed, Suppression, Unused},
    rule::Confidence,
    scan::Engine,
    source::FileReader,
};

/// Takes from a report what is known, and names the entries that nothing matches, where that can be told.
///
/// # Errors
/// When the baseline was named and is not there, or cannot be read.
pub(in crate::cmd) fn apply(
    report: &mut Report,
    sight: &Sight,
    engine: &Engine,
    args: &ReportArgs,
    choice: &Choice,
    scope: Scope,
) -> Result<()> {
    let Some(location) = Location::find(sight, &report.base, choice)? else { return Ok(()) };
    let judged = judged(sight, &location, report, args);
    if choice.named.is_none() && report.findings.is_empty() && judged == Judged::default() {
        return Ok(());
    }
    let Some(baseline) = baseline::read(&location.file, &location.shown, location.follow)? else {
        match choice.named {
            Some(_) => bail!(
                "there is no baseline {}; `skanner baseline create {0}` makes one of all that is found now",
                location.shown
            ),
            None => return Ok(()),
        }
    };
    let comparison = Comparison { sight, location: &location, scope };
    comparison.apply(report, &baseline, judged, engine);
    Ok(())
}

/// What a run has seen so completely that an entry without a match is useless. Options that leave findings out are
/// not the entries' fault.
fn judged(sight: &Sight, location: &Location, report: &Report, args: &ReportArgs) -> Judged {
    let is_plain =
        args.rule.is_empty() && args.exclude_rule.is_empty() && args.min_confidence <= Confidence::Likely;
    let is_root = |path: &Path| {
        let path = location.bases.files.join(path).canonicalize();
        path.is_ok_and(|path| location.root.starts_with(path))
    };
    let (files, history) = match sight {
        Sight::Files(named) => (named.iter().any(|path| is_root(path)), false),
        Sight::History { with_files, is_whole, .. } => (*with_files, *is_whole && report.is_complete()),
        Sight::Index | Sight::Commits { .. } => (false, false),
    };
    Judged { files: files && is_plain, history: history && is_plain }
}

/// One run, and the baseline it is compared with.
pub(super) struct Comparison<'a> {
    pub(super) sight: &'a Sight,
    pub(super) location: &'a Location,
    pub(super) scope: Scope,
}

impl Comparison<'_> {
    fn places(&self) -> Places {
        let named: &[_] = if let Sight::Files(named) = self.sight { named } else { &[] };
        Places::new(&self.location.folder, &self.location.bases, named)
    }

    /// Takes what is known from the findings, and names what nothing matches. Returns how many entries that are.
    pub(super) fn apply(
        &self,
        report: &mut Report,
        baseline: &Baseline,
        judged: Judged,
        engine: &Engine,
    ) -> usize {
        let mut cover = self.run(report, baseline);
        let unused = self.unused(&mut cover, judged, engine);
        let shown = &self.location.shown;
        report.unused.extend(unused.iter().map(|at| told(&baseline.entries()[*at], shown)));
        report.unused.sort();
        unused.len()
    }

    /// Moves what is known from the findings to what is suppressed.
    pub(super) fn run<'b>(&self, report: &mut Report, baseline: &'b Baseline) -> Cover<'b> {
        let places = self.places();
        let present = Present::new(self.sight, &places, &self.location.bases.tree);
        let scene = Scene {
            places: &places,
            is_past: &|occurrence| present.is_past(occurrence),
            is_gone: &|path| present.is_gone(path),
        };
        let mut cover = Cover::new(baseline, self.scope);
        for finding in std::mem::take(&mut report.findings) {
            let split = cover.take(finding, &scene);
            report.findings.extend(split.open);
            report.suppressed.extend(split.known.into_iter().map(|(at, finding)| {
                let by = suppression(&baseline.entries()[at], &self.location.shown);
                Suppressed { finding, by }
            }));
        }
        cover
    }

    /// The entries that nothing matches. Where their file is still there, it may only not have been read: it is now.
    pub(super) fn unused(&self, cover: &mut Cover<'_>, judged: Judged, engine: &Engine) -> Vec<usize> {
        let places = self.places();
        let entries = cover.baseline().entries();
        let mut there: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
        for at in cover.unused(judged) {
            let Place::File(path) = &entries[at].place else { continue };
            let files = places.files(path);
            // A masked secret is in its name, or it lies outside of what was read.
            if files.is_empty() || !self.is_inside(path) {
                cover.confirm(at);
            }
            for file in files.into_iter().filter(|file| !is_off_disk(file)) {
                there.entry(file).or_default().push(at);
            }
        }
        if !there.is_empty() {
            let read = read(there.keys(), engine);
            let missed = read.not_scanned.iter().map(|input| input.file.as_ref().unwrap_or(&input.what));
            for at in missed.filter_map(|path| there.get(Path::new(path))).flatten() {
                cover.confirm(*at);
            }
            let waiting =
                there.values().flatten().map(|at| ((entries[*at].fingerprint, &entries[*at].place), *at));
            let waiting: HashMap<_, _> = waiting.collect();
            for finding in &read.findings {
                let Some(fingerprint) = Fingerprint::parse(&finding.fingerprint) else { continue };
                for path in finding.occurrences.iter().filter_map(|one| places.of(one)) {
                    if let Some(at) = waiting.get(&(fingerprint, &Place::File(path))) {
                        cover.confirm(*at);
                    }
                }
            }
        }
        cover.unused(judged)
    }

    /// Whether a path of the baseline leads to what was scanned.
    fn is_inside(&self, path: &baseline::FilePath) -> bool {
        if !path.path.starts_with("../") {
            return true;
        }
        let up = path.path.split('/').take_while(|part| *part == "..").count();
        self.location.folder.ancestors().nth(up).is_some_and(|folder| folder.starts_with(&self.location.root))
    }
}

/// Scans some files.
fn read<'a>(files: impl Iterator<Item = &'a PathBuf>, engine: &Engine) -> Report {
    let workshop = Workshop::new(engine, None);
    let mut worker = workshop.worker();
    let mut reader = FileReader::default();
    for file in files {
        match file.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => FileReader::feed_link(file, &mut worker),
            _ => reader.feed(file, false, &mut worker),
        }
    }
    drop(worker);
    workshop.into_report()
}

fn suppression(entry: &Entry, shown: &str) -> Suppression {
    let notes: Vec<&str> = entry.notes.iter().map(|note| note.trim_start_matches('#').trim()).collect();
    Suppression {
        kind: Kind::Baseline,
        place: shown.to_owned(),
        line: (entry.line > 0).then_some(entry.line),
        rule: None,
        reason: (!notes.is_empty()).then(|| notes.join(" ")),
        until: None,
    }
}

fn told(entry: &Entry, shown: &str) -> Unused {
    let why = match entry.place {
        Place::File(_) => "the key is not there any more",
        Place::History(_) => "the key is not in the history any more",
    };
    Unused {
        place: shown.to_owned(),
        line: Some(entry.line),
        what: in_words(entry),
        why: format!("{why}; `skanner baseline update` removes the entry"),
    }
}

/// A key by its rule and place, since it must not be shown itself.
pub(super) fn in_words(entry: &Entry) -> String {
    match &entry.place {
        Place::File(path) => format!("{} in {path}", entry.rule),
        Place::History(None) => format!("{} in the history", entry.rule),
        Place::History(Some(path)) => format!("{} in the history of {path}", entry.rule),
    }
}
