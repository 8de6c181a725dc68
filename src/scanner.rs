//! The library's front door: scans paths, readers, bytes and repositories as the program does, and returns reports.

use std::{
    borrow::Cow,
    fmt,
    io::Read,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    config::{OptionValues, Setting, SettingSource},
    finding::Report,
    path::current_directory,
    rule::{Confidence, Family},
    scan::Engine,
    session::{
        self, ConfigStart, Coverage, Options, Redactor, ScanScope, Session, TextScreens, WorkerBuffers,
        WorkerPool,
    },
    source::{LeftHistory, Sink, Walk},
};

/// Finds keys, with allow comments, names, archives, encodings and masking as in the program.
///
/// A scanner can be shared by threads and used again; rules are read once, when the first text needs them. It goes by what
/// it was built with: neither the environment nor a file of what is scanned configures it, but comments such as
/// `skanner:allow` count unless [`ScannerBuilder::allow_comments`] says otherwise.
///
/// A report says what was found *and* what could not be read, so check [`Report::is_complete`] before you call anything
/// clean.
///
/// ```
/// use skanner::{Confidence, Scanner};
///
/// let scanner = Scanner::builder().min_confidence(Confidence::Likely).build()?;
/// let report = scanner.scan_bytes(b"nothing to see here", "notes.txt")?;
/// assert!(report.findings.is_empty() && report.is_complete());
/// # Ok::<(), skanner::Error>(())
/// ```
pub struct Scanner {
    session: Session,
    engine: Engine,
    read_ignored: bool,
    /// Memory for texts, one for each thread that has scanned some at the same time as others.
    buffers: Mutex<Vec<WorkerBuffers>>,
}

/// Scans texts for one thread; see [`Scanner::text_scanner`].
pub struct TextScanner<'s> {
    scanner: &'s Scanner,
    buffers: WorkerBuffers,
}

/// Says what a [`Scanner`] looks for.
#[derive(Clone, Debug)]
pub struct ScannerBuilder {
    options: Options,
    families: Option<Vec<Family>>,
    rules: Option<Vec<String>>,
    exclude_rules: Option<Vec<String>>,
    read_ignored: bool,
    allow_comments: bool,
}

/// Why a scanner cannot be built, or cannot scan at all. What could not be read of an input is no error: it is in
/// [`Report::not_scanned`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be read or is not valid, or an option names a rule that does not exist. The text says
    /// which, where, and what to do; secrets in it are masked.
    Configuration(String),
    /// Something that every scan needs cannot be read: the current directory, the baseline, or a list of suppressions. The
    /// text says which and why; secrets in it are masked.
    Resource(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(text) | Self::Resource(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("options", &self.session.options).finish_non_exhaustive()
    }
}

impl Default for ScannerBuilder {
    fn default() -> Self {
        let flags = OptionValues { isolated: true, ..OptionValues::default() };
        Self {
            options: Options { flags, by_library: true, ..Options::default() },
            families: None,
            rules: None,
            exclude_rules: None,
            read_ignored: false,
            allow_comments: true,
        }
    }
}

impl ScannerBuilder {
    /// How sure a finding must be. If this is not called, the configuration decides, or else it is [`Confidence::Likely`].
    #[must_use]
    pub fn min_confidence(mut self, confidence: Confidence) -> Self {
        self.options.flags.min_confidence = Some(confidence);
        self
    }

    /// How many threads a scan of a directory or repository may use; one per processor if this is not called or zero.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.flags.threads = NonZeroUsize::new(threads);
        self
    }

    /// Look only for keys of these families, of which there must be one. If this is not called, the configuration decides, or
    /// else all of them are looked for.
    #[must_use]
    pub fn families(mut self, families: impl IntoIterator<Item = Family>) -> Self {
        self.families = Some(families.into_iter().collect());
        self
    }

    /// Report only findings of these rules, by their ids, of which there must be one. If this is not called, the configuration
    /// decides, or else those of all rules are reported.
    #[must_use]
    pub fn rules<I: Into<String>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.rules = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Do not report findings of these rules, by their ids. [`Report::excluded`] counts them. If this is not called, the
    /// configuration decides; if there is no id, nothing is excluded, whatever the configuration says.
    #[must_use]
    pub fn exclude_rules<I: Into<String>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.exclude_rules = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// A configuration file, in the form of `skanner.toml`: allow entries, severities, rules of your own. What else is set here
    /// takes the place of what it sets.
    #[must_use]
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.config = Some(file.into());
        self
    }

    /// A baseline of known findings, which must exist.
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.flags.baseline = Some(file.into());
        self
    }

    /// Whether comments such as `skanner:allow` suppress findings. They do if this is not called; turn it off for texts of
    /// people you do not trust.
    #[must_use]
    pub fn allow_comments(mut self, count: bool) -> Self {
        self.allow_comments = count;
        self
    }

    /// Whether comments and lists for other scanners suppress findings as well, such as `gitleaks:allow`.
    #[must_use]
    pub fn trust_foreign_markers(mut self, count: bool) -> Self {
        self.options.trust_foreign_markers = count;
        self
    }

    /// Whether a scan of a directory reads files that git ignores and does not track. Without the feature `git`, it always
    /// does.
    #[must_use]
    pub fn read_ignored(mut self, read: bool) -> Self {
        self.read_ignored = read;
        self
    }

    /// Builds the scanner. Reads the configuration, if there is one, and nothing else.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn build(self) -> Result<Scanner, Error> {
        let Self { mut options, families, rules, exclude_rules, read_ignored, allow_comments } = self;
        // Nothing would be found, and an empty list among the options of a run means that none was given.
        let lists = [
            ("families", families.as_ref().is_some_and(Vec::is_empty)),
            ("rules", rules.as_ref().is_some_and(Vec::is_empty)),
        ];
        if let Some((name, _)) = lists.iter().find(|(_, is_empty)| *is_empty) {
            return Err(Error::Configuration(format!(
                "{name} is empty, so nothing would be found; add one, or leave it out for all"
            )));
        }
        let excludes_none = exclude_rules.as_ref().is_some_and(Vec::is_empty);
        options.flags.families = families.unwrap_or_default();
        options.flags.rules = rules.unwrap_or_default();
        options.flags.exclude_rules = exclude_rules.unwrap_or_default();
        let redactor = Arc::new(Redactor::default());
        let session = session::load(options, ConfigStart::Nowhere, &redactor)
            .map_err(|error| Error::Configuration(redactor.text(format!("{error:#}").as_bytes())))?;
        let mut session = Session { trusts_comments: allow_comments, ..session };
        if excludes_none {
            session.settings.exclude_rules =
                Setting { value: Vec::new(), from: SettingSource::Flag("exclude_rules") };
        }
        Ok(Scanner { engine: session.engine(), session, read_ignored, buffers: Mutex::default() })
    }
}

impl Scanner {
    /// Starts to build a scanner.
    #[must_use]
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// How sure a finding must be, by the builder, the configuration or the default.
    #[must_use]
    pub fn min_confidence(&self) -> Confidence {
        self.session.settings.min_confidence.value
    }

    /// The families whose keys are looked for, by the builder, the configuration or the default.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        self.session.settings.families().iter().collect()
    }

    /// The only rules whose findings are reported, by the builder or the configuration; empty if there is no such limit.
    #[must_use]
    pub fn rules(&self) -> &[String] {
        &self.session.settings.rules.value
    }

    /// The rules whose findings are not reported, by the builder or the configuration.
    #[must_use]
    pub fn exclude_rules(&self) -> &[String] {
        &self.session.settings.exclude_rules.value
    }

    /// Scans a file, or all files of a directory: hidden ones too, and those that git tracks though it ignores them. Without
    /// the feature `git`, it is not known what git tracks, so no file is left out because git ignores it.
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn scan_path(&self, path: impl AsRef<Path>) -> Result<Report, Error> {
        let root = path.as_ref().to_owned();
        self.run(|pool, coverage| {
            Walk {
                roots: vec![root.clone()],
                respect_ignore: !self.read_ignored,
                force_exclude: false,
                may_be_empty: false,
                left_history: LeftHistory::All,
                pool: self.session.pool(),
            }
            .feed(&pool.workers());
            Coverage { scope: ScanScope::Files(vec![root.clone()]), roots: vec![root], ..coverage }
        })
    }

    /// Scans what a reader gives, up to its end, in bounded memory. The name stands in the report, and may tell whose key
    /// something is; what cannot be read is in [`Report::not_scanned`].
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn scan_reader(&self, mut reader: impl Read, name: &str) -> Result<Report, Error> {
        self.scan_content(Content::Stream(&mut reader), name)
    }

    /// Scans bytes. The name stands in the report, and may tell whose key something is.
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn scan_bytes(&self, bytes: &[u8], name: &str) -> Result<Report, Error> {
        self.scan_content(Content::Bytes(bytes), name)
    }

    /// Scans one of many small texts, of which few hold a key: does what [`Self::scan_bytes`] does in a fraction of the time,
    /// but returns no report about a text that was read whole and has nothing to tell of.
    ///
    /// ```
    /// let scanner = skanner::Scanner::builder().build()?;
    /// for text in ["nothing", "to see", "here"] {
    ///     assert!(scanner.scan_text(text.as_bytes(), "notes.txt")?.is_none());
    /// }
    /// # Ok::<(), skanner::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn scan_text(&self, text: &[u8], name: &str) -> Result<Option<Report>, Error> {
        self.text_scanner().scan(text, name)
    }

    /// What scans texts for one thread, which is quicker than [`Self::scan_text`] if there are many: threads that share a scanner
    /// then share no lock.
    #[must_use]
    pub fn text_scanner(&self) -> TextScanner<'_> {
        let unused = self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        TextScanner { scanner: self, buffers: unused.unwrap_or_default() }
    }

    /// The text with every key in it replaced by its masked form, such as `sk-proj-…w9QA`; every other character is unchanged.
    /// Keys that a comment or the configuration suppresses are masked, too. Encoded data that keys were found in, or that cannot
    /// be opened, is shown as `…`, and so is a whole text whose keys cannot be told apart from what is around them.
    ///
    /// A masked text stays as it is if it is masked again.
    ///
    /// ```
    /// let scanner = skanner::Scanner::builder().build()?;
    /// let key = ["sk-proj", "-"].concat(); // and so on
    /// assert_eq!(scanner.mask(&key)?, key, "a prefix alone is no secret");
    /// # Ok::<(), skanner::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn mask<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, Error> {
        Ok(match self.mask_bytes(text.as_bytes())? {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        })
    }

    /// The same for a text in any encoding that ASCII is a part of. A text in UTF-16 that holds a key is hidden as a whole.
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn mask_bytes<'t>(&self, text: &'t [u8]) -> Result<Cow<'t, [u8]>, Error> {
        if self.text_scanner().is_clean(text, "") {
            return Ok(Cow::Borrowed(text));
        }
        let masked = session::masked(&self.session, &self.engine, text);
        masked.map(Cow::Owned).map_err(|error| self.resource(&error))
    }

    /// Scans the whole history of the repository that a path is in: every object, name and message, with the history of each
    /// key. [`Self::scan_path`] reads its work tree.
    ///
    /// # Errors
    /// [`Error::Resource`].
    #[cfg(feature = "git")]
    pub fn scan_repository(&self, path: impl AsRef<Path>) -> Result<Report, Error> {
        let at = path.as_ref().to_owned();
        self.run(|pool, coverage| {
            let reading = crate::source::Reading {
                pool: self.session.pool(),
                allow_shallow: false,
                cross_check: false,
                stamps: None,
            };
            let histories = session::read_histories(std::slice::from_ref(&at), reading, pool);
            let scope = ScanScope::History { at, with_files: false, is_whole: true };
            Coverage { histories, scope, ..coverage }
        })
    }

    fn scan_content<'a>(&self, content: Content<'a>, name: &'a str) -> Result<Report, Error> {
        self.run(|pool, coverage| {
            pool.worker().blob(Blob::new(Origin::new(SourceKind::Stdin, name.as_bytes()), content));
            coverage
        })
    }

    fn run(&self, feed: impl FnOnce(&WorkerPool<'_>, Coverage) -> Coverage) -> Result<Report, Error> {
        let feed = |pool: &WorkerPool<'_>| {
            let base = current_directory().unwrap_or_default();
            Ok(feed(pool, Coverage::files(base)))
        };
        session::report(&self.session, &self.engine, feed).map_err(|error| self.resource(&error))
    }

    fn resource(&self, error: &anyhow::Error) -> Error {
        Error::Resource(self.session.redactor.text(format!("{error:#}").as_bytes()))
    }
}

impl TextScanner<'_> {
    /// Does what [`Scanner::scan_text`] does.
    ///
    /// # Errors
    /// [`Error::Resource`].
    pub fn scan(&mut self, text: &[u8], name: &str) -> Result<Option<Report>, Error> {
        match self.is_clean(text, name) {
            true => Ok(None),
            false => self.scanner.scan_bytes(text, name).map(Some),
        }
    }

    /// Whether a text was read whole and has nothing to tell of.
    fn is_clean(&mut self, text: &[u8], name: &str) -> bool {
        let screens = TextScreens::new(&self.scanner.session, &self.scanner.engine);
        let mut screen = screens.screen_with(std::mem::take(&mut self.buffers));
        let is_clean = screen.is_clean(text, name.as_bytes());
        self.buffers = screen.into_buffers();
        is_clean
    }
}

impl fmt::Debug for TextScanner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextScanner").field("scanner", self.scanner).finish_non_exhaustive()
    }
}

impl Drop for TextScanner<'_> {
    fn drop(&mut self) {
        // After a panic, nobody knows what is in them.
        if !std::thread::panicking() {
            let buffers = std::mem::take(&mut self.buffers);
            self.scanner.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
        }
    }
}
