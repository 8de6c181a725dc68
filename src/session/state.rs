//! What a scan of a history leaves for the next one, so that it only has to read what is new.
//!
//! A state is trusted as a configuration named on the command line is: it lies outside of what is scanned, and whoever can
//! write it can make a scan pass over objects. With a key, only who has the key can. Whatever does not fit is no error:
//! the whole history is read, which costs time and nothing else.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{
    baseline::BaselineLocation, call_digest::CallDigest, coverage::ScanScope, settings::Session,
    suppress::GITLEAKS,
};
use crate::{
    bytes::hex,
    day::Day,
    finding::{Audit, Report, SinceScan},
    git,
    path::{WholePath, parent},
    regular_file,
    report::ReportDocument,
    source::{HistoryStamp, ReadHistories},
    whole_file,
};

/// The variable with the key that states are signed with.
pub(crate) const STATE_KEY: &str = "SKANNER_STATE_KEY";

/// How a file begins that is a state of any version.
const ANY_MAGIC: &str = "skanner-state ";

/// How a file begins that is a state of this version.
const MAGIC: &str = "skanner-state 1 ";

/// The length of a block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// The file, and what a scan must agree with to go on from it.
pub(crate) struct StateFile {
    file: PathBuf,
    /// Its name, as it may be shown.
    shown: String,
    circumstances: String,
    key: Vec<u8>,
    /// The run also reads files.
    with_files: bool,
}

/// What an earlier scan left.
#[derive(Serialize, Deserialize)]
pub(crate) struct HistoryState {
    /// Everything but the repository that the report depends on.
    circumstances: String,
    /// The day it was written, in UTC.
    written: String,
    /// The last day on which everything that was suppressed still is, in UTC; absent if there is none.
    #[serde(default)]
    until: Option<String>,
    /// What was read.
    pub(crate) histories: Vec<HistoryStamp>,
    /// Something was found that is in no object, such as a file or git's configuration. It may be gone, and its place is read each
    /// time anyway.
    #[serde(default)]
    is_outside_objects: bool,
    /// What was found then.
    report: Box<RawValue>,
}

impl StateFile {
    /// A state for a scan of the histories of these repositories, or, `with_files`, for an audit of one of them. The file is
    /// shown under the name that it was given.
    ///
    /// # Errors
    /// When the file is in one of them, or something is looked for that a state must not tell.
    pub(crate) fn new(
        file: &Path,
        name: &Path,
        roots: &[PathBuf],
        with_files: bool,
        session: &Session,
    ) -> Result<Self> {
        let shown = session.redactor.text(name.display().to_string().as_bytes());
        ensure!(
            session.known.sources.is_empty(),
            "--since-scan cannot be used with values to look for (--values-from and its like): other values would be \
             found in what was read already"
        );
        ensure!(!file.is_dir(), "--since-scan {shown}: it is a directory, and one repository needs a file");
        if file.symlink_metadata().is_ok() {
            let text = regular_file::check(file).and_then(|()| regular_file::read(file));
            let text = text.with_context(|| format!("--since-scan {shown}: this file cannot be read"))?;
            ensure!(
                !file.is_symlink(),
                "--since-scan {shown}: this is a link, and would be replaced; name the file that it leads to"
            );
            ensure!(
                text.is_empty() || text.starts_with(ANY_MAGIC.as_bytes()),
                "--since-scan {shown}: this file is no state of a scan, and would be overwritten; name another one, or \
                 delete it"
            );
        }
        let directory = parent(file).map(WholePath::whole).transpose();
        let directory = directory.ok().flatten();
        let directory = directory
            .with_context(|| format!("--since-scan {shown}: the directory of this file cannot be read"))?;
        for root in roots {
            let Ok(repository) = git::discover(root) else { continue };
            for own in git::places(&repository, root) {
                ensure!(
                    !directory.starts_with(&own),
                    "--since-scan {shown}: this file is in the repository that is scanned, which must not decide what is \
                     read of it; name a file outside of it"
                );
            }
        }
        ensure!(
            std::env::var_os(STATE_KEY).is_none_or(|key| !key.is_empty()),
            "{STATE_KEY} is empty, as if a secret were missing: set it to the secret, or unset it"
        );
        let key = std::env::var_os(STATE_KEY).map(std::ffi::OsString::into_encoded_bytes).unwrap_or_default();
        let circumstances = circumstances(session, roots, with_files)?;
        Ok(Self { file: file.to_owned(), shown, circumstances, key, with_files })
    }

    /// What an earlier scan left here; if the whole history must be read, why.
    pub(crate) fn read(&self) -> Result<(HistoryState, ReportDocument), String> {
        let text = match regular_file::read(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!("{} does not exist yet", self.shown));
            }
            Err(error) => return Err(format!("{} cannot be read: {error}", self.shown)),
        };
        let not_whole = || format!("{} is no state of a scan, or not a whole one", self.shown);
        let text = std::str::from_utf8(&text).map_err(|_| not_whole())?;
        let (head, body) = text.split_once('\n').ok_or_else(not_whole)?;
        let signature = head.strip_prefix(MAGIC).ok_or_else(not_whole)?;
        // Both are no secrets, and a wrong one only costs time, so that it may be compared byte by byte.
        if signature != self.signature(body.as_bytes()) {
            return Err(format!(
                "{} has been changed since it was written, or was signed with another {STATE_KEY}",
                self.shown
            ));
        }
        let state: HistoryState = serde_json::from_str(body).map_err(|_| not_whole())?;
        if state.circumstances != self.circumstances {
            return Err(format!(
                "{} is of another version of skanner, or of other rules, options or files of configuration",
                self.shown
            ));
        }
        let today = Day::today().to_string();
        if state.until.as_ref().is_some_and(|until| *until < today) {
            return Err(format!(
                "something that was suppressed when {} was written is not any more",
                self.shown
            ));
        }
        if state.is_outside_objects {
            return Err(format!(
                "something was found outside of git's objects when {} was written",
                self.shown
            ));
        }
        if state.histories.iter().any(|history| history.has_found_names) {
            return Err(format!("something was found in the name of a file when {} was written", self.shown));
        }
        if state.histories.iter().any(|history| history.has_pointers) {
            return Err("the history has pointers of Git LFS, whose content is in no git object".to_owned());
        }
        let report = ReportDocument::read(state.report.get().as_bytes()).map_err(|_| not_whole())?;
        if !report.run.complete || state.histories.iter().any(|history| history.has_holes) {
            return Err(format!("something could not be read when {} was written", self.shown));
        }
        // Files may have lost what was suppressed or left out in them.
        if self.with_files && !report.is_plain() {
            return Err(format!("something was suppressed or left out when {} was written", self.shown));
        }
        Ok((state, report))
    }

    /// Leaves what a scan of everything has read and found for the next one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(
        &self,
        histories: Vec<HistoryStamp>,
        report: &Report,
        document: &ReportDocument,
    ) -> Result<()> {
        let suppressed = report.suppressed.iter().map(|one| &one.finding);
        let mut places = report.findings.iter().chain(suppressed).flat_map(|finding| &finding.occurrences);
        self.put(&HistoryState {
            circumstances: self.circumstances.clone(),
            written: Day::today().to_string(),
            until: first_until(report),
            histories,
            is_outside_objects: places.any(|place| place.object.is_none()),
            report: serde_json::value::to_raw_value(document)?,
        })
    }

    /// Leaves what was known, and what has been read besides.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write_again(
        &self,
        known: &HistoryState,
        histories: Vec<HistoryStamp>,
        document: &ReportDocument,
    ) -> Result<()> {
        self.put(&HistoryState {
            circumstances: self.circumstances.clone(),
            written: Day::today().to_string(),
            until: known.until.clone(),
            histories,
            is_outside_objects: known.is_outside_objects,
            report: serde_json::value::to_raw_value(document)?,
        })
    }

    fn put(&self, state: &HistoryState) -> Result<()> {
        let body = serde_json::to_string(state)?;
        let text = format!("{MAGIC}{}\n{body}", self.signature(body.as_bytes()));
        whole_file::replace(&self.file, text.as_bytes())
            .with_context(|| format!("cannot write {}", self.shown))
    }

    /// The digest of a state without a key, or its HMAC-SHA256 (RFC 2104) with one, in hexadecimal digits.
    fn signature(&self, body: &[u8]) -> String {
        let digest = match self.key.is_empty() {
            true => Sha256::digest(body).to_vec(),
            false => hmac(&self.key, body),
        };
        hex::digits(&digest)
    }
}

impl HistoryState {
    /// Whether there are blobs in which something may be found under another path.
    pub(crate) fn has_suspects(&self) -> bool {
        self.histories.iter().any(|history| !history.suspects.is_empty())
    }

    /// Whether all that was read then was passed over.
    pub(crate) fn is_passed_over(&self, now: &ReadHistories) -> bool {
        self.histories.iter().all(|then| now.passed_over.contains(&then.store.directory))
    }

    /// Whether each `HEAD` is where it was.
    pub(crate) fn has_heads_of(&self, now: &ReadHistories) -> bool {
        let is_same = |then: &HistoryStamp| {
            now.stamps.iter().any(|now| now.store.directory == then.store.directory && now.head == then.head)
        };
        self.histories.iter().all(is_same)
    }

    /// The report of a scan that found nothing in what is new: what was known then, and what was read now.
    pub(crate) fn carried(
        &self,
        file: &StateFile,
        known: ReportDocument,
        new: ReportDocument,
    ) -> ReportDocument {
        let mut run = new.run;
        let since = SinceScan {
            state: file.shown.clone(),
            written: self.written.clone(),
            keys: known.findings.len() as u64,
            in_part: false,
        };
        run.since_scan = Some(since);
        // Where keys are is as of then.
        run.audit = known.run.audit.map(Audit::since_scan);
        run.accepted = known.run.accepted;
        run.suppressed = known.run.suppressed;
        run.suppressed_by = known.run.suppressed_by;
        run.suppressions = known.run.suppressions;
        if !file.with_files {
            run.unused_suppressions = known.run.unused_suppressions;
        }
        run.excluded = known.run.excluded;
        run.tolerated = known.run.tolerated;
        run.refused = known.run.refused;
        ReportDocument { run, findings: known.findings }
    }
}

/// The last day of the suppression of a report that ends first.
fn first_until(report: &Report) -> Option<String> {
    let until = report.suppressed.iter().filter_map(|one| one.by.until.clone());
    until.chain(report.accepted.iter().filter_map(|one| one.by.until.clone())).min()
}

impl Session {
    /// Whether there are lists of other tools that allow what stands in some commits.
    pub(crate) fn knows_commits(&self) -> bool {
        self.settings.rule_files().next().is_some() || self.root.join(GITLEAKS).exists()
    }
}

/// Everything that a report depends on, apart from the repository, as a digest: the program, how it was called, and the files
/// that configure it.
fn circumstances(session: &Session, roots: &[PathBuf], with_files: bool) -> Result<String> {
    let mut all = CallDigest::default();
    all.add("version", &env!("SKANNER_VERSION"));
    // A build of the same version is another file.
    let program =
        std::env::current_exe().and_then(std::fs::metadata).context("cannot find skanner itself")?;
    all.add("program", &(program.len(), program.modified().ok()));
    for word in std::env::args_os().skip(1) {
        all.add_bytes(word.as_encoded_bytes());
    }
    let mut variables: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| name.as_encoded_bytes().starts_with(b"SKANNER_") && name != STATE_KEY)
        .collect();
    variables.sort();
    all.add("variables", &variables);
    let here = std::env::current_dir().context("the current directory no longer exists")?;
    all.add_bytes(here.as_os_str().as_encoded_bytes());
    let settings = &session.settings;
    all.add("settings", &(&settings.config, &settings.policy, &settings.named_rules));
    for root in roots {
        let scope = ScanScope::History { at: root.clone(), with_files, is_whole: true };
        let baseline = BaselineLocation::find(&scope, &here, session)?;
        let lists = baseline.map(|baseline| baseline.file).into_iter().chain([session.root.join(GITLEAKS)]);
        for file in lists {
            // One that cannot be read is reported where it is used.
            let text = regular_file::read(&file);
            all.add("is read", &text.is_ok());
            all.add_bytes(&text.unwrap_or_default());
        }
    }
    Ok(all.digits())
}

/// See RFC 2104.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; BLOCK];
    match key.len() {
        ..=BLOCK => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second and the sixth test case of RFC 4231.
    #[test]
    fn signatures_are_those_of_the_standard() {
        assert_eq!(
            hex::digits(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex::digits(&hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
