//! What counts for this run: options, environment and the configuration that is found.

use std::{
    path::{Component, Path, PathBuf},
    sync::{Arc, OnceLock},
};

use anyhow::{Context, Result, anyhow, ensure};
use git2::Repository;

use super::{find_rule_in, worker::Workshop};
use crate::{
    cli::{ConfigArgs, ReportArgs, SettingArgs},
    config::{self, Config, Document, Environment, Flags, Settings, Source},
    report::visible,
    rule::{Confidence, ContextWord, Rule, RuleSet},
    scan::Engine,
};

/// Where the search for a configuration begins.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    /// A file or folder that is scanned.
    Path(&'a Path),
    /// The root of a work tree; a bare repository has no configuration of its own.
    Repository(&'a Repository),
    /// Nowhere: whatever is here comes from those who are checked.
    Nowhere,
}

/// A call that scans.
pub(super) struct Call {
    /// The options, with what the environment says where they say nothing.
    pub(super) args: ReportArgs,
    /// What counts.
    pub(super) settings: Settings,
    /// The root of what is scanned, absolute.
    pub(super) root: PathBuf,
    /// Comments in what is scanned count: it does not come from those who are checked.
    pub(super) trusts_comments: bool,
    /// Keys that are not reported are looked for as well, so that it is known whether they are there.
    pub(super) looks_for_all: bool,
}

/// Finds out what counts for a scan.
///
/// # Errors
/// When a variable or the configuration is not valid.
pub(super) fn load(args: &ReportArgs, start: Start<'_>) -> Result<Call> {
    let flags = Flags {
        format: args.format.clone(),
        no_progress: args.no_progress,
        threads: args.threads,
        ..flags(&args.settings)
    };
    let settings = resolve(flags, &args.settings.config, start)?;
    let args = ReportArgs {
        format: Some(settings.format.value.clone()),
        no_progress: settings.no_progress.value,
        threads: settings.threads.value,
        ..args.clone()
    };
    let trusts_comments = !matches!(start, Start::Nowhere);
    Ok(Call { args, settings, root: base(start)?, trusts_comments, looks_for_all: false })
}

/// Finds out what counts where nothing is scanned.
///
/// # Errors
/// As those of [`load`].
pub(super) fn look_up(args: &SettingArgs, start: &Path) -> Result<Settings> {
    resolve(flags(args), &args.config, Start::Path(start))
}

fn flags(args: &SettingArgs) -> Flags {
    Flags {
        min_confidence: args.min_confidence,
        rules: args.rule.clone(),
        exclude_rules: args.exclude_rule.clone(),
        baseline: args.baseline.clone(),
        isolated: args.config.isolated,
        ..Flags::default()
    }
}

fn resolve(flags: Flags, args: &ConfigArgs, start: Start<'_>) -> Result<Settings> {
    let environment = Environment::read(&|name| std::env::var_os(name))?;
    let is_isolated = flags.isolated || environment.isolated.unwrap_or_default();
    let document = match named(args) {
        Some(file) => Some(config::named(&file, &base(start)?)?),
        None if is_isolated => None,
        None => search(start)?,
    };
    let config = document.map(|document| read(&document, start)).transpose()?;
    let settings = Settings::new(flags, environment, config);
    let rules = settings.rule_set();
    if let Some(rules) = &rules {
        // A process goes by one configuration.
        let _ = OWN_RULES.set(rules.clone());
    }
    for list in [&settings.rules, &settings.exclude_rules] {
        // Those of the file were looked up when it was read.
        if matches!(list.from, Source::Flag(_) | Source::Environment(_)) {
            for id in &list.value {
                find_rule_in(super::rules::of(rules.as_ref()), id).with_context(|| list.from.to_string())?;
            }
        }
    }
    Ok(settings)
}

/// The configuration that the user has named.
pub(super) fn named(args: &ConfigArgs) -> Option<PathBuf> {
    let variable = || std::env::var_os("SKANNER_CONFIG").filter(|file| !file.is_empty());
    args.config.clone().or_else(|| variable().map(PathBuf::from))
}

fn search(start: Start<'_>) -> Result<Option<Document>> {
    match start {
        Start::Path(path) => config::find(path),
        Start::Repository(repository) => match repository.workdir() {
            Some(root) => config::find(root),
            None => Ok(None),
        },
        Start::Nowhere => Ok(None),
    }
}

/// The folder that the globs of a configuration from elsewhere start from: the root of what is scanned.
fn base(start: Start<'_>) -> Result<PathBuf> {
    let base = match start {
        Start::Repository(repository) => repository.workdir().unwrap_or_else(|| repository.path()),
        Start::Path(path) => {
            if let Some(root) = path.canonicalize().ok().as_deref().and_then(config::root) {
                return Ok(root.to_owned());
            }
            Path::new(".")
        }
        Start::Nowhere => Path::new("."),
    };
    base.canonicalize().with_context(|| format!("the folder {} is gone", base.display()))
}

fn read(document: &Document, start: Start<'_>) -> Result<Config> {
    // Of what git holds, all paths start from the root.
    let root = match start {
        Start::Repository(repository) => repository.workdir().and_then(|root| root.canonicalize().ok()),
        Start::Path(_) | Start::Nowhere => None,
    };
    let inner = root.and_then(|root| Some(document.file.strip_prefix(root).ok()?.display().to_string()));
    let mut config = masking(None, |mask| {
        let shown = mask(&inner.unwrap_or_else(|| shown(&document.file)));
        Config::parse(document, &shown).map_err(|invalid| anyhow!("{}", invalid.render(mask)))
    })?;
    mask_rules(&mut config)?;
    Ok(config)
}

/// Masks keys in what rules of one's own say: those that are built in find, and those that they find themselves.
fn mask_rules(config: &mut Config) -> Result<()> {
    if config.own_rules.is_empty() {
        return Ok(());
    }
    let own = config.own_rules.iter().map(|rule| rule.value.clone());
    masking(Some(Arc::new(RuleSet::with(own, |_| None))), |mask| {
        for rule in &mut config.own_rules {
            ensure!(
                mask(&rule.value.id) == rule.value.id,
                "{}: the `id` of this rule holds a key; give it another one",
                rule.place
            );
            let Rule {
                issuer, title, impact, names, hosts, words, context, revoke_url, steps, forms, ..
            } = Arc::make_mut(&mut rule.value);
            *issuer = mask(issuer).into();
            let told = [title, impact, revoke_url].into_iter();
            let lists = [names, hosts, words, steps].into_iter().flatten();
            let context = context.iter_mut().map(|ContextWord { shown, .. }| shown);
            let whys = forms.iter_mut().map(|form| &mut form.why);
            told.chain(lists).chain(context).chain(whys).for_each(|text| *text = mask(text));
        }
        Ok(())
    })
}

/// The rules of this run, where it has others than the built-in ones.
static OWN_RULES: OnceLock<Arc<RuleSet>> = OnceLock::new();

/// Whether this run has other rules than the built-in ones.
pub(super) fn has_own_rules() -> bool {
    OWN_RULES.get().is_some()
}

/// A text of any number of lines as it may be shown, with all that may be a secret masked.
pub(super) fn safe(text: &str) -> String {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine =
        ENGINE.get_or_init(|| Engine::with_rules(OWN_RULES.get().cloned(), Confidence::Possible, false));
    Workshop::new(engine, None).worker().safe(text.as_bytes())
}

/// Lends a way to make texts safe to show: a configuration, and the folders it is in, may hold secrets.
pub(super) fn masking<T>(
    rules: Option<Arc<RuleSet>>,
    act: impl FnOnce(&mut dyn FnMut(&str) -> String) -> T,
) -> T {
    let engine = Engine::with_rules(rules, Confidence::Possible, false);
    let workshop = Workshop::new(&engine, None);
    let mut worker = workshop.worker();
    act(&mut |text| visible(&worker.safe(text.as_bytes())).into_owned())
}

/// The file as a user here would write it.
fn shown(file: &Path) -> String {
    let whole = || file.display().to_string();
    let Some(here) = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok()) else {
        return whole();
    };
    let Some(folder) = file.parent() else { return whole() };
    if let Ok(below) = file.strip_prefix(&here) {
        return below.display().to_string();
    }
    let Ok(down) = here.strip_prefix(folder) else { return whole() };
    let up = down.components().filter(|part| matches!(part, Component::Normal(_))).map(|_| "..");
    let name = file.file_name().unwrap_or_default();
    up.map(Path::new).chain([Path::new(name)]).collect::<PathBuf>().display().to_string()
}
