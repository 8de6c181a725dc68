//! Files, folders and standard input.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};

use super::{Read, Sight, Verdict, conclude, history, threads};
use crate::cmd::settings::{self, Start};
use crate::{
    blob::SourceKind,
    cli::ScanArgs,
    finding::Report,
    report,
    source::{Reading, Stdin, Walk},
};

pub(super) fn run(args: &ScanArgs, color: bool) -> Result<Verdict> {
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let call = settings::load(&args.report, Start::Path(&common(&paths)))?;
    conclude(&call, color, |workshop| {
        let (stdin, roots): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path == Path::new("-"));
        ensure!(
            args.stdin_filename.is_none() || !stdin.is_empty(),
            "--stdin-filename goes with the path `-`"
        );
        if !stdin.is_empty() {
            Stdin { name: args.stdin_filename.clone() }.feed(&mut workshop.worker());
        }
        let base = std::env::current_dir().context("the current folder is gone")?;
        let mut read = Read { sight: Sight::Files(roots.clone()), ..Read::files(base) };
        if args.history.history {
            let options = &args.history;
            read.filter = history::Filter::new(options)?;
            let reading = Reading {
                pool: threads(&call.args),
                allow_shallow: options.allow_shallow,
                second_opinion: options.second_opinion,
            };
            read.histories = history::read(&roots, reading, workshop);
            read.filter.find_refs(options, &read.histories)?;
            let is_part = options.since.is_some() || !options.refs.is_empty() || !options.path.is_empty();
            if let Some(at) = roots.into_iter().next() {
                let is_whole = !is_part && !read.histories.iter().any(history::Read::is_shallow);
                read.sight = Sight::History { at, with_files: false, is_whole };
            }
        } else if !roots.is_empty() {
            Walk {
                roots: distinct(roots.clone()),
                respect_ignore: !args.no_ignore,
                force_exclude: args.force_exclude,
                may_be_empty: false,
                pool: threads(&call.args),
            }
            .feed(&|| workshop.worker());
            read.folders = roots;
        }
        Ok(read)
    })
}

/// The deepest folder that all paths have in common, or the only path, so that their order does not matter for what
/// counts. Standard input belongs to where one stands.
fn common(paths: &[PathBuf]) -> PathBuf {
    let here = Path::new(".");
    let mut starts = paths.iter().map(|path| if path == Path::new("-") { here } else { path.as_path() });
    let Some(first) = starts.next() else { return here.to_owned() };
    if paths.len() == 1 {
        return first.to_owned();
    }
    // What is not there is named by whoever reads it.
    let mut whole = [first].into_iter().chain(starts).filter_map(|path| path.canonicalize().ok());
    let Some(start) = whole.next() else { return first.to_owned() };
    whole.fold(start, |common, path| {
        common.components().zip(path.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    })
}

fn distinct(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    paths.into_iter().filter(|path| seen.insert(path.clone())).collect()
}

/// Reads the files that hold findings once more, for a report that wants GitHub's hashes of their lines.
pub(super) fn add_line_hashes(report: &mut Report) {
    let mut lines: BTreeMap<Arc<str>, BTreeSet<u64>> = BTreeMap::new();
    let suppressed = report.suppressed.iter_mut().map(|one| &mut one.finding);
    let findings = report.findings.iter_mut().chain(suppressed);
    let mut places: Vec<_> = findings.flat_map(|finding| &mut finding.occurrences).collect();
    places.retain(|place| place.source == SourceKind::File && place.archive.is_none());
    for place in &places {
        lines.entry(place.path.clone()).or_default().insert(place.span.line);
    }
    let hashes: BTreeMap<_, _> = lines
        .into_iter()
        .filter_map(|(path, wanted)| {
            // What cannot be read again goes without: the hash only helps GitHub to tell alerts apart.
            if !std::fs::symlink_metadata(&*path).ok()?.is_file() {
                return None;
            }
            let file = File::open(&*path).ok()?;
            Some((path, report::line_hashes(BufReader::new(file), &wanted).ok()?))
        })
        .collect();
    for place in places {
        place.line_hash =
            hashes.get(&place.path).and_then(|lines| Some(lines.get(&place.span.line)?.clone()));
    }
}
