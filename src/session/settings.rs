//! The settings of a run: options, environment and the configuration that is found.

use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

#[cfg(feature = "git")]
use super::range_trust::RangeTrust;
use super::{
    known::{self, KnownFiles},
    options::Options,
    policy::{is_inside, obeying, restricted, take_rules},
    redact::Redactor,
    rules::{find_rule, or_builtin},
    rules_from::{self, RulesFrom},
};
use crate::{
    config::{
        self, Config, ConfigDocument, ConfigKind, ConfigPosition, Environment, MOST_EXTENDED, NamedFiles,
        OptionValues, Policy, Positioned, Setting, SettingSource, Settings,
    },
    path::{WholePath, current_directory, shown_text},
    rule::{ContextWord, Families, Guidance, Rule, RuleSet},
    scan::may_hold_a_key,
    threads::Pool,
};

/// Where the search for a configuration starts.
#[derive(Clone, Copy)]
pub(crate) enum ConfigStart<'a> {
    /// A scanned file or directory.
    Path(&'a Path),
    /// A repository. A bare one has no configuration of its own.
    Repository {
        /// The root of its work tree.
        work_tree: Option<&'a Path>,
        /// Its own directory.
        directory: &'a Path,
    },
    /// A tree of a repository, whose configuration has been looked up there.
    Tree {
        /// The directory that its globs start from.
        root: &'a Path,
        /// The configuration, if there is one.
        document: Option<&'a ConfigDocument>,
        /// Reads another file of the tree, by its path from the root.
        file: &'a dyn Fn(&Path) -> Option<Vec<u8>>,
    },
    /// Nowhere: everything here comes from the people being checked.
    Nowhere,
}

/// A run that is about to start: its options, and the settings that result from them, the environment and the
/// configuration.
pub(crate) struct Session {
    /// What the caller requests.
    pub(crate) options: Options,
    /// The effective settings.
    pub(crate) settings: Settings,
    /// The root of what is scanned, absolute.
    pub(crate) root: PathBuf,
    /// Comments in the scanned content count, because it does not come from the people being checked.
    pub(crate) trusts_comments: bool,
    /// With `--untrusted` on a range: which state of the tree counts instead of what is in the work tree.
    #[cfg(feature = "git")]
    pub(crate) range_trust: Option<RangeTrust>,
    /// Keys that will not be reported are searched for as well, to learn whether they exist.
    pub(crate) looks_for_all: bool,
    /// The files whose values are looked for.
    pub(crate) known: KnownFiles,
    /// Masks everything that is shown.
    pub(crate) redactor: Arc<Redactor>,
}

impl Session {
    /// Whether the files of the work tree are not what counts.
    pub(crate) fn is_elsewhere(&self) -> bool {
        #[cfg(feature = "git")]
        return self.range_trust.is_some();
        #[cfg(not(feature = "git"))]
        false
    }

    /// Whether files that git ignores are read, because the call or the policy wants it.
    pub(crate) fn reads_ignored(&self, no_ignore: bool) -> bool {
        no_ignore || self.settings.policy.as_ref().is_some_and(|policy| policy.reads_ignored())
    }

    /// The requested number of threads, or one per processor. A run has one pool of them.
    pub(crate) fn pool(&self) -> Pool {
        Pool::new(self.settings.thread_count())
    }
}

/// Resolves the settings for a scan. The redactor learns the rules of the configuration.
///
/// # Errors
/// When the configuration is not valid, or an option names a rule that does not exist.
pub(crate) fn load(options: Options, start: ConfigStart<'_>, redactor: &Arc<Redactor>) -> Result<Session> {
    let mut settings = look_up(&options, start, redactor)?;
    require_rules(&settings)?;
    let root = base(start)?;
    let known = learn_known(&mut settings, &root, redactor)?;
    let options = obeying(options, &settings);
    let is_of_tree = matches!(start, ConfigStart::Tree { .. });
    let trusts_comments = !matches!(start, ConfigStart::Nowhere) && (is_of_tree || !options.untrusted);
    Ok(Session {
        options,
        settings,
        root,
        trusts_comments,
        #[cfg(feature = "git")]
        range_trust: None,
        looks_for_all: false,
        known,
        redactor: redactor.clone(),
    })
}

/// A run that looks for nothing would call anything clean.
fn require_rules(settings: &Settings) -> Result<()> {
    let Settings { rules, exclude_rules, .. } = settings;
    let is_left = |rule: &String| !exclude_rules.value.contains(rule);
    ensure!(
        rules.value.is_empty() || rules.value.iter().any(is_left),
        "no rule is left: {} takes away all that {} chooses; remove one of the two",
        exclude_rules.from,
        rules.from
    );
    Ok(())
}

/// Reads the values that are looked for. The redactor learns them.
fn learn_known(settings: &mut Settings, root: &Path, redactor: &Redactor) -> Result<KnownFiles> {
    let known = known::learn(settings, root, redactor)?;
    if let Some(rules) = settings.known.as_ref().and_then(|_| settings.rule_set()) {
        redactor.learn(rules);
    }
    Ok(known)
}

/// The settings to be shown. The values that are looked for may stand in them; whoever scans is told if they cannot be read.
///
/// # Errors
/// The same as those of [`look_up`].
pub(crate) fn look_up_shown(
    options: &Options,
    start: ConfigStart<'_>,
    redactor: &Redactor,
) -> Result<Settings> {
    let mut settings = look_up(options, start, redactor)?;
    let _ = base(start).and_then(|root| learn_known(&mut settings, &root, redactor));
    Ok(settings)
}

/// Resolves the settings, even if nothing is scanned.
///
/// # Errors
/// The same as those of [`load`].
pub(crate) fn look_up(options: &Options, start: ConfigStart<'_>, redactor: &Redactor) -> Result<Settings> {
    let Options { flags, environment, config, .. } = options;
    let policy = options.policy.as_deref().map(|file| policy(file, start)).transpose()?;
    let is_isolated = flags.isolated || environment.isolated.unwrap_or_default();
    let document = match config {
        Some(file) => Some(config::named(file, &base(start)?)?),
        None if is_isolated => None,
        None if options.untrusted && !matches!(start, ConfigStart::Tree { .. }) => None,
        None => search(start)?,
    };
    let mut named = named_rules(flags, environment)?;
    let known = policy.as_ref().map_or(&[][..], |policy| &policy.config.own_rules);
    let config = match document {
        Some(document) => Some(read(&document, start, known, std::mem::take(&mut named))?),
        None => None,
    };
    let mut settings = match policy {
        None => Settings::new(flags.clone(), environment.clone(), config),
        Some(policy) => restricted(policy, options, config),
    };
    if options.by_library {
        settings.name_as_library();
    }
    if settings.config.is_none() {
        mask_rules(&mut named.rules)?;
        let yields = settings.policy.is_some();
        named.rules.iter_mut().for_each(|rule| Arc::make_mut(&mut rule.value).yields = yields);
        (settings.named_rules, settings.named_rule_files) = (named.rules, named.files);
    }
    if options.untrusted && !settings.values_from.from.is_requested() {
        // Whoever wrote what is scanned does not choose what is read.
        settings.values_from = Setting { value: Vec::new(), from: SettingSource::Default };
    }
    let rules = settings.rule_set();
    if let Some(rules) = &rules {
        redactor.learn(rules.clone());
    }
    for list in [&settings.rules, &settings.exclude_rules] {
        // Rules named in the file were checked when it was read.
        if list.from.is_requested() {
            for id in &list.value {
                find_rule(or_builtin(rules.as_ref()), id).with_context(|| list.from.to_string())?;
            }
        }
    }
    // Rules are only loaded where one is requested.
    if settings.families() != Families::ALL && settings.rules.from.is_requested() {
        include_families(&mut settings, or_builtin(rules.as_ref()))?;
    }
    Ok(settings)
}

/// A rule that is requested by name is looked for whatever families a file names. With an option for one family, a rule
/// of the other one is a mistake.
fn include_families(settings: &mut Settings, rules: &RuleSet) -> Result<()> {
    for id in settings.rules.value.clone() {
        let rule = find_rule(rules, &id)?;
        if let Some(source) = settings.include_family_of(rule) {
            bail!(
                "{}: the rule `{id}` belongs to the family {}, which {source} excludes; remove one of the two",
                settings.rules.from,
                rule.family
            );
        }
    }
    Ok(())
}

fn search(start: ConfigStart<'_>) -> Result<Option<ConfigDocument>> {
    match start {
        ConfigStart::Path(path) => config::find(path),
        ConfigStart::Repository { work_tree, .. } => match work_tree {
            Some(root) => config::find(root),
            None => Ok(None),
        },
        ConfigStart::Tree { document, .. } => Ok(document.cloned()),
        ConfigStart::Nowhere => Ok(None),
    }
}

/// The directory that the globs of an external configuration start from: the root of what is scanned.
fn base(start: ConfigStart<'_>) -> Result<PathBuf> {
    let base = match start {
        ConfigStart::Repository { work_tree, directory } => work_tree.unwrap_or(directory),
        ConfigStart::Path(path) => {
            if let Some(root) = path.whole().ok().as_deref().and_then(config::root) {
                return Ok(root.to_owned());
            }
            Path::new(".")
        }
        ConfigStart::Tree { root, .. } => root,
        ConfigStart::Nowhere => Path::new("."),
    };
    base.whole().with_context(|| format!("the directory {} no longer exists", base.display()))
}

/// The rules that an option or a variable names.
fn named_rules(flags: &OptionValues, environment: &Environment) -> Result<RulesFrom> {
    let (files, from) = match (&flags.rules_from[..], &environment.rules_from) {
        ([], Some(files)) => (&files[..], SettingSource::Environment("SKANNER_RULES_FROM")),
        (files, _) => (files, SettingSource::Flag("--rules-from")),
    };
    rules_from::named(files, &from, &display_path)
}

/// The policy in a file. It is trusted, and its globs start from the root of what is scanned.
fn policy(file: &Path, start: ConfigStart<'_>) -> Result<Policy> {
    let root = base(start)?;
    let scanned = match start {
        // Outside of a repository, the current directory may be that of anything.
        ConfigStart::Path(path) if path.whole().ok().as_deref().and_then(config::root).is_none() => path,
        _ => &root,
    };
    let is_inside = is_inside(file, scanned)?;
    let document = config::policy_document(file, &root)?;
    Ok(Policy::new(read(&document, ConfigStart::Nowhere, &[], RulesFrom::default())?, is_inside))
}

/// Reads a configuration. It may name the rules that are `known` from elsewhere, and not define them anew.
fn read(
    document: &ConfigDocument,
    start: ConfigStart<'_>,
    known: &[Positioned<Arc<Rule>>],
    named: RulesFrom,
) -> Result<Config> {
    // All paths in git objects start from the root.
    let root = match start {
        ConfigStart::Repository { work_tree, .. } => work_tree.and_then(|root| root.whole().ok()),
        ConfigStart::Tree { root, .. } => root.whole().ok(),
        ConfigStart::Path(_) | ConfigStart::Nowhere => None,
    };
    let reading = ConfigChain { start, root, redactor: Redactor::default() };
    let own_rules = known.iter().cloned().chain(named.rules).collect();
    let base = Config { own_rules, rule_files: named.files, ..Config::default() };
    let mut config = reading.extending(document, base, &mut Vec::new())?;
    take_rules(&mut config, known)?;
    mask_rules(&mut config.own_rules)?;
    Ok(config)
}

/// Reads a configuration and those that it extends.
struct ConfigChain<'a> {
    start: ConfigStart<'a>,
    root: Option<PathBuf>,
    redactor: Redactor,
}

impl ConfigChain<'_> {
    /// `files` are those that lead here.
    /// `first` is below all of them.
    fn extending(
        &self,
        document: &ConfigDocument,
        first: Config,
        files: &mut Vec<PathBuf>,
    ) -> Result<Config> {
        files.push(document.file.clone());
        let shown = self.shown(&document.file);
        let NamedFiles { extends, rules } = document.named_files();
        let mut base = match extends {
            None => first,
            Some(named) => {
                let file = document.file_beside(&named);
                let chain = || {
                    let names: Vec<_> = files.iter().chain([&file]).map(|file| self.shown(file)).collect();
                    names.join(", which extends ")
                };
                ensure!(!files.contains(&file), "a configuration extends itself: {}", chain());
                ensure!(
                    files.len() <= MOST_EXTENDED,
                    "more than {MOST_EXTENDED} configurations extend each other: {}",
                    chain()
                );
                let of_tree = self.of_tree(&file);
                self.extending(&document.extended(&file, of_tree.transpose()?)?, first, files)?
            }
        };
        self.add_rules(document, &shown, &rules, &mut base)?;
        Config::parse_over(document, &shown, base).map_err(|invalid| {
            // A configuration must not make errors show lines of any file.
            let is_trusted = document.kind == ConfigKind::Policy;
            if files.len() > 1 && !is_trusted && !document.file.starts_with(&document.base) {
                let file = shown_text(&document.file);
                return anyhow!(
                    "{} is not a valid configuration; `skanner config --config {file}` says why",
                    invalid.place()
                );
            }
            anyhow!("{}", invalid.render(&mut |text| self.redactor.line(text)))
        })
    }

    /// Adds the rules of the files that a configuration names.
    fn add_rules(
        &self,
        document: &ConfigDocument,
        shown: &str,
        named: &[(String, u64)],
        config: &mut Config,
    ) -> Result<()> {
        if named.is_empty() {
            return Ok(());
        }
        let mut rules = RulesFrom {
            rules: std::mem::take(&mut config.own_rules),
            files: std::mem::take(&mut config.rule_files),
        };
        let of_tree = |file: &Path| match self.of_tree(file) {
            Some(bytes) => {
                String::from_utf8(bytes?).map_err(|_| anyhow!("{} is not UTF-8", self.shown(file)))
            }
            None => rules_from::of_disk(file),
        };
        for (name, line) in named {
            let file = document.file_beside(name);
            let from = SettingSource::File(ConfigPosition { file: shown.into(), line: *line });
            let added = rules.add(&file, &from, &of_tree, &|file| self.shown(file));
            added.with_context(|| format!("{from}: rules-from"))?;
        }
        (config.own_rules, config.rule_files) = (rules.rules, rules.files);
        Ok(())
    }

    /// The text of a file, if it is one of a tree of git.
    fn of_tree(&self, file: &Path) -> Option<Result<Vec<u8>>> {
        let ConfigStart::Tree { root, file: read, .. } = self.start else { return None };
        let path = file.strip_prefix(root).ok()?;
        let missing = || format!("{} does not exist in the commit that counts", self.shown(file));
        Some(read(path).with_context(missing))
    }

    /// The name of a file, as it may be shown.
    fn shown(&self, file: &Path) -> String {
        let inner = self.root.as_ref().and_then(|root| Some(shown_text(file.strip_prefix(root).ok()?)));
        self.redactor.line(&inner.unwrap_or_else(|| display_path(file)))
    }
}

/// Masks keys in the text of custom rules, both those that the built-in rules find and those that the custom rules
/// find.
fn mask_rules(rules: &mut [Positioned<Arc<Rule>>]) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let masker = |own: Vec<Arc<Rule>>| {
        let redactor = Redactor::default();
        redactor.learn(Arc::new(RuleSet::with(own, |_| None)));
        redactor
    };
    let own = || rules.iter().map(|rule| rule.value.clone());
    let has_shapes = |rule: &Arc<Rule>| rule.forms.iter().any(|form| !form.shapes.is_empty());
    // The keywords of regular expressions are words of these texts. Nearly no text is long enough to try one on, and to
    // compile a thousand of them would take longer than many scans.
    let (short, long) = (masker(own().filter(has_shapes).collect()), masker(own().collect()));
    let mask = |text: &str| if may_hold_a_key(text.as_bytes()) { long.line(text) } else { short.line(text) };
    for rule in rules.iter_mut() {
        ensure!(
            mask(&rule.value.id) == rule.value.id,
            "{}: the `id` of this rule contains a key; choose another id",
            rule.place
        );
        let Rule {
            issuer,
            title,
            impact,
            names,
            hosts,
            words,
            context,
            revoke_url,
            steps,
            forms,
            own_guidance,
            ..
        } = Arc::make_mut(&mut rule.value);
        *issuer = mask(issuer).into();
        let texts = [title, impact, revoke_url].into_iter();
        let lists = [names, hosts, words, steps].into_iter().flatten();
        let context = context.iter_mut().map(|ContextWord { shown, .. }| shown);
        let whys = forms.iter_mut().map(|form| &mut form.why);
        let guidance = own_guidance.iter_mut().flat_map(Guidance::texts_mut);
        texts.chain(lists).chain(context).chain(whys).chain(guidance).for_each(|text| *text = mask(text));
    }
    Ok(())
}

/// The file as a user here would write it.
fn display_path(file: &Path) -> String {
    let whole = || shown_text(file);
    let Some(here) = current_directory().ok() else {
        return whole();
    };
    let Some(directory) = file.parent() else { return whole() };
    if let Ok(below) = file.strip_prefix(&here) {
        return shown_text(below);
    }
    let Ok(down) = here.strip_prefix(directory) else { return whole() };
    let up = down.components().filter(|part| matches!(part, Component::Normal(_))).map(|_| "..");
    let name = file.file_name().unwrap_or_default();
    shown_text(&up.map(Path::new).chain([Path::new(name)]).collect::<PathBuf>())
}
