//! `--untrusted`: whoever wrote what is scanned has no say in what is reported. On a range, the configuration, the
//! baseline and comments count as the base of the range has them, and a key that only the range's own additions would
//! allow is a finding that says so.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use anyhow::{Result, ensure};

use super::{
    baseline,
    coverage::{Coverage, RunContext},
    options::Options,
    range_trust::RangeTrust,
    settings::{ConfigStart, Session, load},
    suppress,
    tracked::is_tracked,
    worker::WorkerPool,
};
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    finding::{CommentScope, Report, Suppression, SuppressionKind},
    git,
    path::{WholePath, current_directory},
    rule::Confidence,
    scan::Engine,
    source::Sink,
    suppression::LocatedComment,
};

/// A session that trusts what the range itself brings.
fn own_session(trust: &RangeTrust, session: &Session) -> Option<Session> {
    let repository = git::from_environment().ok()?;
    let tip = trust.of_tip();
    let document = tip.document(&repository).ok()?;
    let options = Options { untrusted: false, ..session.options.clone() };
    let start =
        ConfigStart::Tree { root: trust.root(), document: document.as_ref(), file: &|path| tip.file(path) };
    let own = load(options, start, &session.redactor).ok()?;
    Some(Session { range_trust: Some(tip), ..own })
}

/// Checks that a file named by the user does not come from the repository that is scanned.
///
/// # Errors
/// When git tracks it there.
pub(crate) fn refuse_tracked(file: &Path, option: &str) -> Result<()> {
    // A link to a file of the repository is that file.
    let Ok(whole) = file.whole() else { return Ok(()) };
    let Some(Ok(directory)) = whole.parent().map(WholePath::whole) else { return Ok(()) };
    let Ok(repository) = git::discover(&directory) else { return Ok(()) };
    let Some(root) = repository.workdir().and_then(|root| root.whole().ok()) else { return Ok(()) };
    let here = current_directory().ok();
    // A file of another repository, such as one of the organization, is not what is scanned.
    if !here.is_some_and(|here| here.starts_with(&root)) {
        return Ok(());
    }
    let path = directory.join(whole.file_name().unwrap_or_default());
    ensure!(
        !is_tracked(&repository, &root, &path)?,
        "{option} names {}, which is part of the repository, so --untrusted cannot rely on it; name a file outside of it",
        file.display()
    );
    Ok(())
}

/// What the range itself would allow: by fingerprint, the first suppression. Called before anything is suppressed.
pub(super) fn allowed_by_change(
    session: &Session,
    report: &Report,
    marked: &[LocatedComment],
    coverage: &Coverage,
    looked_for: Confidence,
) -> HashMap<String, Suppression> {
    let Some(own) = session.range_trust.as_ref().and_then(|trust| own_session(trust, session)) else {
        return HashMap::new();
    };
    let mut copy = Report {
        findings: report.findings.clone(),
        base: coverage.base.clone(),
        subject: coverage.subject.clone(),
        ..Report::default()
    };
    let excluded = HashSet::new();
    let context = RunContext { scope: &coverage.scope, redactor: &session.redactor, excluded: &excluded };
    // What is invalid allows nothing.
    let _ = suppress::apply(&own, &mut copy, marked, coverage, looked_for);
    let _ = baseline::apply(&mut copy, &context, &own);
    copy.mask_suppressions(|text| session.redactor.text(text.as_bytes()));
    copy.suppressed.into_iter().rev().map(|one| (one.finding.fingerprint, one.by)).collect()
}

/// Drops the comments that the base does not have: those of a key that it does not allow at this path, and those for a
/// whole file whose version there says nothing of the kind.
pub(super) fn keep_comments_of_base(session: &Session, engine: &Engine, report: &mut Report) {
    let Some(trust) = &session.range_trust else { return };
    let trusts_foreign = suppress::trusts_foreign(session);
    let mut known: HashMap<Arc<str>, AllowedAtBase> = HashMap::new();
    for finding in &mut report.findings {
        for place in &mut finding.occurrences {
            if place.markers.is_empty() {
                continue;
            }
            let path = place.path.clone();
            let base =
                known.entry(path).or_insert_with_key(|path| AllowedAtBase::new(session, trust, engine, path));
            place.markers.retain(|marker| match marker.scope {
                _ if marker.kind == SuppressionKind::Foreign && !trusts_foreign => false,
                CommentScope::File => base.files.contains(&marker.written()),
                _ => base.keys.contains(&finding.fingerprint),
            });
        }
    }
}

/// What comments in the base's version of a file allow.
#[derive(Default)]
struct AllowedAtBase {
    /// The fingerprints of keys.
    keys: HashSet<String>,
    /// The comments for the whole file, as they are written.
    files: HashSet<String>,
}

impl AllowedAtBase {
    fn new(session: &Session, trust: &RangeTrust, engine: &Engine, path: &str) -> Self {
        // A masked or escaped path names no file, so nothing is allowed there.
        let Some(content) = trust.file(Path::new(path)) else { return Self::default() };
        let pool = WorkerPool::new(engine, &session.redactor, None, None);
        let origin = Origin::new(SourceKind::File, path.as_bytes());
        pool.worker().blob(Blob::new(origin, Content::Bytes(&content)));
        let (mut report, marked) = pool.into_report();
        let is_file = |one: &&LocatedComment| one.marker.scope == CommentScope::File;
        let files = marked.iter().filter(is_file).map(|one| one.marker.written()).collect();
        suppress::comments(session, &mut report);
        let keys = report.suppressed.into_iter().map(|one| one.finding.fingerprint).collect();
        Self { keys, files }
    }
}
