//! What is to be done about the keys of a repository: in which form they are written, and what becomes of each blob.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, anyhow};
use git2::{ObjectType, Repository};

use super::{
    blob::{BlobPlan, BlobPlanner, Probe},
    form::{WrittenForm, WrittenForms},
};
use crate::{
    blob::{ObjectId, SourceKind},
    finding::{Finding, Occurrence, Report, Secret},
    git,
};

/// What a plan is made from.
pub(crate) struct PlanInput<'a> {
    /// The repository that was audited.
    pub(crate) repository: &'a Repository,
    /// What was found in it.
    pub(crate) report: &'a Report,
    /// Scans a content as the audit did.
    pub(crate) probe: Probe<'a>,
    /// The program that audits the result.
    pub(crate) program: &'a [u8],
    /// The options with which it does.
    pub(crate) options: &'a [Vec<u8>],
    /// Masks keys in a text.
    pub(crate) mask: &'a dyn Fn(&str) -> String,
}

/// A key to remove, with every place that holds it.
pub(super) struct PlannedKey<'a> {
    /// From 1 on.
    number: usize,
    pub(super) finding: &'a Finding,
    pub(super) places: Vec<&'a Occurrence>,
}

/// What happens to a blob, and where it is.
pub(super) struct PlannedBlob<'a> {
    pub(super) plan: BlobPlan,
    pub(super) place: &'a Occurrence,
}

/// A plan before it is written.
pub(super) struct Plan<'a> {
    pub(super) keys: Vec<PlannedKey<'a>>,
    pub(super) forms: WrittenForms,
    pub(super) blobs: BTreeMap<ObjectId, PlannedBlob<'a>>,
    /// Places in other repositories, such as those of submodules.
    pub(super) elsewhere: Vec<&'a Occurrence>,
}

/// Plans what to do about every key of a report.
///
/// # Errors
/// When an object cannot be read.
pub(super) fn plan<'a>(input: &PlanInput<'a>) -> Result<Plan<'a>> {
    let keys = keys(input.report);
    let forms = forms(&keys);
    let targets: HashSet<String> = keys.iter().map(|key| key.finding.fingerprint.clone()).collect();
    let planner = BlobPlanner { probe: input.probe, forms: &forms, targets: &targets };
    let objects = git::Objects::new(input.repository)?;
    let (mut blobs, mut elsewhere) = (BTreeMap::new(), Vec::new());
    for (id, place) in blob_places(&keys) {
        if !objects.exists(id) {
            elsewhere.push(place);
            continue;
        }
        let object = objects.read(id, ObjectType::Blob).map_err(|why| anyhow!("{why}"))?;
        let plan = planner.plan(object.data(), place.path.as_bytes())?;
        blobs.insert(id, PlannedBlob { plan, place });
    }
    Ok(Plan { keys, forms, blobs, elsewhere })
}

/// All keys of a report. What is suppressed in one place and a finding in another goes everywhere.
fn keys(report: &Report) -> Vec<PlannedKey<'_>> {
    let mut keys: Vec<PlannedKey<'_>> = (1..)
        .zip(&report.findings)
        .map(|(number, finding)| PlannedKey { number, finding, places: finding.occurrences.iter().collect() })
        .collect();
    for suppressed in &report.suppressed {
        let same = |key: &&mut PlannedKey<'_>| key.finding.fingerprint == suppressed.finding.fingerprint;
        if let Some(key) = keys.iter_mut().find(same) {
            key.places.extend(&suppressed.finding.occurrences);
        }
    }
    keys
}

/// The keys as they are, and as they are escaped in texts. What is encoded in digits is edited blob by blob, except in names
/// and messages.
fn forms(keys: &[PlannedKey<'_>]) -> WrittenForms {
    let mut forms = Vec::new();
    // What stands for a value that nothing keeps is written nowhere.
    let keys = keys.iter().filter(|key| key.finding.secret.name().is_none());
    for PlannedKey { number, finding, places } in keys {
        let mut add = |bytes: &[u8]| forms.push(WrittenForm { bytes: bytes.to_vec(), key: *number });
        add(finding.secret.bytes());
        add(finding.secret.normalized());
        for place in places.iter().filter(|place| is_in_name(place) || is_escaped(place)) {
            if let Some(written) = &place.written {
                add(written.bytes());
            }
        }
    }
    WrittenForms::new(forms)
}

/// The blobs that hold keys, with one place in each.
fn blob_places<'a>(keys: &[PlannedKey<'a>]) -> BTreeMap<ObjectId, &'a Occurrence> {
    let mut places = BTreeMap::new();
    for place in keys.iter().flat_map(|key| &key.places).filter(|place| is_in_blob(place)) {
        if let Some(id) = place.object {
            places.entry(id).or_insert(*place);
        }
    }
    places
}

/// Whether a place is a name, a message or a setting.
fn is_in_name(place: &Occurrence) -> bool {
    let is_text = matches!(place.source, SourceKind::Name | SourceKind::Message | SourceKind::Config);
    is_text && place.archive.is_none()
}

/// Whether a word can stand in the place of the key as it is written.
fn is_escaped(place: &Occurrence) -> bool {
    const DIGITS: [&str; 6] = ["base64", "hex", "hex-dump", "byte-list", "utf-16le", "utf-16be"];
    let written = place.written.as_ref().map(Secret::bytes).unwrap_or_default();
    place.archive.is_none()
        && !place.encoding.iter().any(|name| DIGITS.contains(name))
        && written.iter().all(|byte| (b' '..0x7f).contains(byte))
}

/// Whether a place is in the content of an object: the names of what is in an archive are.
pub(super) fn is_in_blob(place: &Occurrence) -> bool {
    match place.source {
        SourceKind::Blob => true,
        SourceKind::Name => place.archive.is_some(),
        _ => false,
    }
}

impl Plan<'_> {
    /// How many blobs are planned to end in a way.
    pub(super) fn count(&self, is_so: impl Fn(&BlobPlan) -> bool) -> usize {
        self.blobs.values().filter(|blob| is_so(&blob.plan)).count()
    }

    /// The names of blobs that cannot be edited, one a line.
    pub(super) fn stripped(&self) -> String {
        let is_stripped = |blob: &PlannedBlob<'_>| blob.plan == BlobPlan::Strip;
        self.blobs.iter().filter(|(_, blob)| is_stripped(blob)).map(|(id, _)| format!("{id}\n")).collect()
    }
}
