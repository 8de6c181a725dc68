//! The effective settings. Command-line options take precedence over the environment, then the file, then the defaults.

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc};

use super::{
    environment::Environment,
    model::{Config, Scope, SeverityOverride},
    place::{ConfigPosition, Positioned},
    policy::Policy,
    rule_file::RuleFile,
    setting_source::SettingSource,
};
use crate::{
    finding::FailOn,
    rule::{Confidence, Families, Family, KNOWN_VALUE, KnownValues, Rule, RuleSet, Severity},
};

/// More threads than this only cost time to start.
const MOST_THREADS: usize = 128;

/// The lowest confidence that is reported by default.
pub(crate) const MIN_CONFIDENCE: Confidence = Confidence::Likely;

/// A value and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub from: SettingSource,
}

/// Values of command-line options; `None` or empty if not given.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptionValues {
    /// `--format`
    pub format: Option<String>,
    /// `--min-confidence`
    pub min_confidence: Option<Confidence>,
    /// `--min-severity`
    pub min_severity: Option<Severity>,
    /// `--fail-on`
    pub fail_on: Option<FailOn>,
    /// `--family`
    pub families: Vec<Family>,
    /// `--rule`
    pub rules: Vec<String>,
    /// `--exclude-rule`
    pub exclude_rules: Vec<String>,
    /// `--baseline`
    pub baseline: Option<PathBuf>,
    /// `--rules-from`
    pub rules_from: Vec<PathBuf>,
    /// `--values-from`
    pub values_from: Vec<PathBuf>,
    /// `--values-from-env`
    pub values_from_env: Vec<String>,
    /// `--isolated`
    pub isolated: bool,
    /// `--no-progress`
    pub no_progress: bool,
    /// `-j`
    pub threads: Option<NonZeroUsize>,
}

/// The effective settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The format of the report.
    pub format: Setting<String>,
    /// The lowest confidence that is reported.
    pub min_confidence: Setting<Confidence>,
    /// The lowest severity that is reported.
    pub min_severity: Setting<Severity>,
    /// What a finding must be to make a run fail; `None` means that any does.
    pub fail_on: Setting<Option<FailOn>>,
    /// Look only for these families; for all of them if empty.
    pub families: Setting<Vec<Family>>,
    /// Report only these rules; all of them if empty.
    pub rules: Setting<Vec<String>>,
    /// Do not report these rules.
    pub exclude_rules: Setting<Vec<String>>,
    /// The baseline file; `None` means the default one.
    pub baseline: Setting<Option<PathBuf>>,
    /// What an entry of the baseline applies to.
    pub baseline_scope: Setting<Scope>,
    /// Files of variables whose values are looked for.
    pub values_from: Setting<Vec<PathBuf>>,
    /// Environment variables whose values are looked for.
    pub values_from_env: Setting<Vec<String>>,
    /// These values, once the files have been read.
    pub known: Option<Arc<KnownValues>>,
    /// Ignore what the repository says about itself.
    pub isolated: Setting<bool>,
    /// Show no progress line.
    pub no_progress: Setting<bool>,
    /// The number of threads; `None` means one per processor.
    pub threads: Setting<Option<NonZeroUsize>>,
    /// The configuration file, if any.
    pub config: Option<Config>,
    /// The policy of an organization, if there is one.
    pub policy: Option<Arc<Policy>>,
    /// The rules of other scanners that an option or a variable names, if there is no configuration, which has them otherwise.
    pub named_rules: Vec<Positioned<Arc<Rule>>>,
    /// The files of these.
    pub named_rule_files: Vec<RuleFile>,
}

impl Settings {
    /// Combines the sources.
    #[must_use]
    pub(crate) fn new(flags: OptionValues, environment: Environment, config: Option<Config>) -> Self {
        let file = config.as_ref();
        let rules = first(
            named("--rule", Some(flags.rules).filter(|rules| !rules.is_empty())),
            named("SKANNER_RULE", environment.rules),
            file.and_then(|file| file.rules.clone()).map(|at| (at.value, at.place)),
            Vec::new(),
        );
        let mut exclude_rules = first(
            named("--exclude-rule", Some(flags.exclude_rules).filter(|rules| !rules.is_empty())),
            named("SKANNER_EXCLUDE_RULE", environment.exclude_rules),
            file.and_then(|file| file.exclude_rules.clone()).map(|at| (at.value, at.place)),
            Vec::new(),
        );
        // If a rule is requested by name, a file must not hide its findings.
        if rules.from.outranks(&exclude_rules.from) {
            exclude_rules.value.retain(|rule| !rules.value.contains(rule));
            if exclude_rules.value.is_empty() && exclude_rules.from != SettingSource::Default {
                exclude_rules.from = rules.from.clone();
            }
        }
        Self {
            format: first(
                named("--format", flags.format),
                named("SKANNER_FORMAT", environment.format),
                None,
                "text".to_owned(),
            ),
            min_confidence: first(
                named("--min-confidence", flags.min_confidence),
                named("SKANNER_MIN_CONFIDENCE", environment.min_confidence),
                file.and_then(|file| file.min_confidence.clone()).map(|at| (at.value, at.place)),
                MIN_CONFIDENCE,
            ),
            min_severity: first(
                named("--min-severity", flags.min_severity),
                named("SKANNER_MIN_SEVERITY", environment.min_severity),
                file.and_then(|file| file.min_severity.clone()).map(|at| (at.value, at.place)),
                Severity::Low,
            ),
            fail_on: first(
                named("--fail-on", flags.fail_on.map(Some)),
                named("SKANNER_FAIL_ON", environment.fail_on.map(Some)),
                file.and_then(|file| file.fail_on.clone()).map(|at| (Some(at.value), at.place)),
                None,
            ),
            families: first(
                named("--family", Some(flags.families).filter(|families| !families.is_empty())),
                named("SKANNER_FAMILY", environment.families.filter(|families| !families.is_empty())),
                file.and_then(|file| file.families.clone()).map(|at| (at.value, at.place)),
                Vec::new(),
            ),
            baseline: first(
                named("--baseline", flags.baseline.map(Some)),
                named("SKANNER_BASELINE", environment.baseline.map(Some)),
                file.and_then(|file| {
                    let at = file.baseline.file.clone()?;
                    Some((Some(file.base.join(at.value)), at.place))
                }),
                None,
            ),
            baseline_scope: first(
                None,
                None,
                file.and_then(|file| file.baseline.scope.clone()).map(|at| (at.value, at.place)),
                Scope::default(),
            ),
            values_from: first(
                named("--values-from", Some(flags.values_from).filter(|files| !files.is_empty())),
                named("SKANNER_VALUES_FROM", environment.values_from.filter(|files| !files.is_empty())),
                file.and_then(|file| {
                    let at = file.values_from.clone()?;
                    Some((at.value.iter().map(|one| file.base.join(one)).collect(), at.place))
                }),
                Vec::new(),
            ),
            values_from_env: first(
                named("--values-from-env", Some(flags.values_from_env).filter(|names| !names.is_empty())),
                None,
                None,
                Vec::new(),
            ),
            known: None,
            isolated: first(
                named("--isolated", flags.isolated.then_some(true)),
                named("SKANNER_ISOLATED", environment.isolated),
                None,
                false,
            ),
            no_progress: first(
                named("--no-progress", flags.no_progress.then_some(true)),
                named("SKANNER_NO_PROGRESS", environment.no_progress),
                None,
                false,
            ),
            threads: first(
                named("-j", flags.threads.map(Some)),
                named("SKANNER_THREADS", environment.threads.map(Some)),
                None,
                None,
            ),
            rules,
            exclude_rules,
            named_rules: Vec::new(),
            named_rule_files: Vec::new(),
            config,
            policy: None,
        }
    }

    /// Calls options by the methods of the library that set them: whoever called those wrote no command line.
    pub(crate) fn name_as_library(&mut self) {
        let named = [
            (&mut self.min_confidence.from, "min_confidence"),
            (&mut self.families.from, "families"),
            (&mut self.rules.from, "rules"),
            (&mut self.exclude_rules.from, "exclude_rules"),
            (&mut self.baseline.from, "baseline"),
            (&mut self.threads.from, "threads"),
        ];
        for (from, name) in named {
            if matches!(from, SettingSource::Flag(_)) {
                *from = SettingSource::Flag(name);
            }
        }
    }

    /// The configuration and the policy, as far as there are any.
    fn files(&self) -> impl Iterator<Item = &Config> {
        self.config.iter().chain(self.policy.iter().map(|policy| &policy.config))
    }

    /// The rules that are not built in.
    pub(crate) fn own_rules(&self) -> impl Iterator<Item = &Positioned<Arc<Rule>>> {
        self.files().flat_map(|config| &config.own_rules).chain(&self.named_rules)
    }

    /// The files with rules of other scanners.
    pub(crate) fn rule_files(&self) -> impl Iterator<Item = &RuleFile> {
        self.files().flat_map(|config| &config.rule_files).chain(&self.named_rule_files)
    }

    /// All rules, if the configuration adds some or changes their severity.
    #[must_use]
    pub(crate) fn rule_set(&self) -> Option<Arc<RuleSet>> {
        let has_severity = self.files().any(|config| !config.severity.is_empty());
        if self.known.is_none() && self.own_rules().next().is_none() && !has_severity {
            return None;
        }
        let own = self.own_rules().map(|rule| rule.value.clone());
        let rules = RuleSet::with(own, |rule| self.severity_of(&rule.id));
        Some(Arc::new(rules.knowing(self.known.clone())))
    }

    /// The severity that a configuration or the policy gives a rule.
    pub(crate) fn severity_of(&self, rule: &str) -> Option<Severity> {
        let mut severity = self.files().flat_map(|config| &config.severity);
        severity.find(|one| one.value.rule == rule).map(|one| one.value.severity)
    }

    /// The number of rules that are looked for. The built-in ones are parsed only if some of them are left out.
    #[must_use]
    pub(crate) fn rule_count(&self) -> usize {
        let own = self.own_rules().map(|rule| rule.value.family);
        let families = self.families();
        if self.rules.value.is_empty() && self.exclude_rules.value.is_empty() {
            return RuleSet::builtin_count(families) + own.filter(|family| families.has(*family)).count();
        }
        let rules = self.rule_set();
        let rules = rules.as_deref().unwrap_or_else(|| RuleSet::builtin());
        let is_counted = |rule: &&Arc<Rule>| families.has(rule.family) && self.leaves_out(&rule.id).is_none();
        rules.iter().filter(is_counted).count()
    }

    /// The number of threads that are requested, or one per processor.
    #[must_use]
    pub(crate) fn thread_count(&self) -> usize {
        let threads = self.threads.value.or_else(|| std::thread::available_parallelism().ok());
        threads.map_or(1, NonZeroUsize::get).min(MOST_THREADS)
    }

    /// The families that are looked for.
    #[must_use]
    pub(crate) fn families(&self) -> Families {
        Families::of(&self.families.value)
    }

    /// Includes the family of a rule that is requested by name, unless what excludes it counts as much. Then returns
    /// the source of that setting.
    pub(crate) fn include_family_of(&mut self, rule: &Rule) -> Option<SettingSource> {
        // Values are of no family.
        if rule.id == KNOWN_VALUE || self.families().has(rule.family) {
            return None;
        }
        if !self.rules.from.outranks(&self.families.from) {
            return Some(self.families.from.clone());
        }
        self.families.value.push(rule.family);
        None
    }

    /// The source of the setting that excludes findings of a rule, if any.
    #[must_use]
    pub(crate) fn leaves_out(&self, rule: &str) -> Option<String> {
        let is_among = |rules: &[String]| rules.iter().any(|one| one == rule);
        if !self.rules.value.is_empty() && !is_among(&self.rules.value) {
            return Some(self.rules.from.name());
        }
        is_among(&self.exclude_rules.value).then(|| self.exclude_rules.from.name())
    }

    /// How the configuration file reduces what is reported, compared with the defaults, phrased to follow its name.
    #[must_use]
    pub(crate) fn weakened(&self) -> Vec<String> {
        let mut ways = Vec::new();
        let Some(config) = &self.config else { return ways };
        let all = || RuleSet::builtin().iter().count() + self.own_rules().count();
        let is_file = |source: &SettingSource| matches!(source, SettingSource::File(_));
        let mut excluded = 0;
        if is_file(&self.rules.from) {
            excluded += all() - self.rules.value.len();
        }
        if is_file(&self.exclude_rules.from) {
            let is_excluded = |rule: &&String| !is_file(&self.rules.from) || self.rules.value.contains(rule);
            excluded += self.exclude_rules.value.iter().filter(is_excluded).count();
        }
        if excluded > 0 {
            ways.push(format!("excludes {}", rules(excluded)));
        }
        if is_file(&self.min_confidence.from) && self.min_confidence.value > MIN_CONFIDENCE {
            ways.push(format!("raises min-confidence to {}", self.min_confidence.value));
        }
        if is_file(&self.min_severity.from) && self.min_severity.value > Severity::Low {
            ways.push(format!("raises min-severity to {}", self.min_severity.value));
        }
        if is_file(&self.families.from) {
            let all = Family::WORDS.iter().map(|(_, family)| *family);
            ways.extend(
                all.filter(|family| !self.families().has(*family))
                    .map(|family| format!("excludes the family {family}")),
            );
        }
        let is_lower = |severity_override: &&Positioned<SeverityOverride>| {
            let rule = RuleSet::builtin().get(&severity_override.value.rule);
            rule.is_some_and(|rule| severity_override.value.severity < rule.severity)
        };
        let lowered = config.severity.iter().filter(is_lower).count();
        if lowered > 0 {
            ways.push(format!("lowers the severity of {}", rules(lowered)));
        }
        ways
    }
}

fn rules(count: usize) -> String {
    format!("{count} rule{}", if count == 1 { "" } else { "s" })
}

fn named<T>(name: &'static str, value: Option<T>) -> Option<(T, &'static str)> {
    value.map(|value| (value, name))
}

/// The first value that is set.
fn first<T>(
    flag: Option<(T, &'static str)>,
    environment: Option<(T, &'static str)>,
    file: Option<(T, ConfigPosition)>,
    default: T,
) -> Setting<T> {
    if let Some((value, name)) = flag {
        Setting { value, from: SettingSource::Flag(name) }
    } else if let Some((value, name)) = environment {
        Setting { value, from: SettingSource::Environment(name) }
    } else if let Some((value, place)) = file {
        Setting { value, from: SettingSource::File(place) }
    } else {
        Setting { value: default, from: SettingSource::Default }
    }
}
