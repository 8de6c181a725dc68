//! What a policy lets the other sources of settings decide: nothing that would make a run report less than the policy
//! alone. What is refused does not count, as if it were not there.

use std::{fmt, path::PathBuf, sync::Arc};

use super::{
    environment::Environment,
    model::{Config, Scope, SeverityOverride},
    place::{ConfigPosition, Positioned},
    policy::Policy,
    setting_source::SettingSource,
    settings::{MIN_CONFIDENCE, OptionValues, Setting, Settings},
};
use crate::{
    cold,
    finding::FailOn,
    path::shown_text,
    rule::{Confidence, Families, Family, RuleSet, Severity},
};

/// The places where one setting may be: an option, a variable, and a configuration.
struct SettingSources<'s, T> {
    /// The name of the setting.
    key: &'static str,
    option: (&'static str, &'s mut Option<T>),
    variable: (&'static str, &'s mut Option<T>),
    file: Option<&'s mut Option<Positioned<T>>>,
}

/// An option or a variable, as a place of a setting.
fn named(name: &str) -> ConfigPosition {
    ConfigPosition { file: name.into(), line: 0 }
}

impl Policy {
    /// Takes away what would weaken the policy, and records it.
    pub(crate) fn restrict(
        &mut self,
        flags: &mut OptionValues,
        environment: &mut Environment,
        mut config: Option<&mut Config>,
    ) {
        let least = self.config.min_confidence.as_ref().map_or(MIN_CONFIDENCE, |at| at.value);
        self.scalar(
            SettingSources {
                key: "min-confidence",
                option: ("--min-confidence", &mut flags.min_confidence),
                variable: ("SKANNER_MIN_CONFIDENCE", &mut environment.min_confidence),
                file: config.as_deref_mut().map(|file| &mut file.min_confidence),
            },
            least,
            |value| value > least,
        );
        let least = self.config.min_severity.as_ref().map_or(Severity::Low, |at| at.value);
        self.scalar(
            SettingSources {
                key: "min-severity",
                option: ("--min-severity", &mut flags.min_severity),
                variable: ("SKANNER_MIN_SEVERITY", &mut environment.min_severity),
                file: config.as_deref_mut().map(|file| &mut file.min_severity),
            },
            least,
            |value| value > least,
        );
        let own = self.config.fail_on.as_ref().map(|at| at.value);
        let rank = |one: FailOn| (one.severity, one.confidence.unwrap_or(Confidence::Possible));
        let least = own.map_or((Severity::Low, Confidence::Possible), rank);
        self.scalar(
            SettingSources {
                key: "fail-on",
                option: ("--fail-on", &mut flags.fail_on),
                variable: ("SKANNER_FAIL_ON", &mut environment.fail_on),
                file: config.as_deref_mut().map(|file| &mut file.fail_on),
            },
            own.map_or_else(|| "any key".to_owned(), |one| one.to_string()),
            |value| rank(value).0 > least.0 || rank(value).1 > least.1,
        );
        self.lists(flags, environment, config.as_deref_mut());
        self.baselines(flags, environment);
        if let Some(config) = config {
            self.repository(config);
        }
    }

    fn scalar<T: Copy + fmt::Display>(
        &mut self,
        sources: SettingSources<'_, T>,
        least: impl fmt::Display,
        is_weaker: impl Fn(T) -> bool,
    ) {
        let SettingSources { key, option, variable, file } = sources;
        let mut refuse = |place: &ConfigPosition, value: T| {
            let why = format!("the policy asks for {least}");
            self.refuse(place, format!("{key} = \"{value}\""), key, why);
        };
        for (name, value) in [option, variable] {
            if let Some(value) = value.take_if(|value| is_weaker(*value)) {
                refuse(&named(name), value);
            }
        }
        if let Some(at) = file.and_then(|at| at.take_if(|at| is_weaker(at.value))) {
            refuse(&at.place, at.value);
        }
    }

    /// Families and rules.
    fn lists(
        &mut self,
        flags: &mut OptionValues,
        environment: &mut Environment,
        config: Option<&mut Config>,
    ) {
        let quoted = |names: &[String]| format!("[\"{}\"]", names.join("\", \""));
        let own = self.config.families.as_ref().map_or(Families::ALL, |at| Families::of(&at.value));
        let lacks_family = |value: &[_]| {
            let families = Families::of(value);
            own.iter().any(|family| !families.has(family))
        };
        let must: Vec<String> = self.config.rules.as_ref().map_or_else(Vec::new, |at| at.value.clone());
        // Without a list, all of them are reported.
        let lacks_rule = |value: &[String]| must.is_empty() || must.iter().any(|rule| !value.contains(rule));
        let may = cold::set(self.config.exclude_rules.iter().flat_map(|at| at.value.iter().cloned()));
        let mut refused = Vec::new();
        let mut families = |place: ConfigPosition, value: &[Family]| {
            let names: Vec<String> = value.iter().map(ToString::to_string).collect();
            refused.push((place, "families", quoted(&names), "the policy looks for other families as well"));
        };
        if !flags.families.is_empty() && lacks_family(&flags.families) {
            families(named("--family"), &std::mem::take(&mut flags.families));
        }
        let variable = environment.families.take_if(|value| !value.is_empty() && lacks_family(value));
        variable.iter().for_each(|value| families(named("SKANNER_FAMILY"), value));
        let mut files: Vec<&mut Config> = config.into_iter().collect();
        for config in &mut files {
            let at = config.families.take_if(|at| lacks_family(&at.value));
            at.iter().for_each(|at| families(at.place.clone(), &at.value));
        }
        let mut rules = |place: ConfigPosition, value: &[String]| {
            refused.push((place, "rules", quoted(value), "the policy reports other rules as well"));
        };
        if !flags.rules.is_empty() && lacks_rule(&flags.rules) {
            rules(named("--rule"), &std::mem::take(&mut flags.rules));
        }
        let variable = environment.rules.take_if(|value| !value.is_empty() && lacks_rule(value));
        variable.iter().for_each(|value| rules(named("SKANNER_RULE"), value));
        for config in &mut files {
            let at = config.rules.take_if(|at| lacks_rule(&at.value));
            at.iter().for_each(|at| rules(at.place.clone(), &at.value));
        }
        let mut excluded = |place: ConfigPosition, value: &mut Vec<String>| {
            let reported: Vec<String> = value.extract_if(.., |rule| !may.contains(rule)).collect();
            if !reported.is_empty() {
                refused.push((place, "exclude-rules", quoted(&reported), "the policy reports these"));
            }
        };
        excluded(named("--exclude-rule"), &mut flags.exclude_rules);
        if let Some(value) = &mut environment.exclude_rules {
            excluded(named("SKANNER_EXCLUDE_RULE"), value);
        }
        environment.exclude_rules.take_if(|value| value.is_empty());
        for config in &mut files {
            config.exclude_rules.iter_mut().for_each(|at| excluded(at.place.clone(), &mut at.value));
            config.exclude_rules.take_if(|at| at.value.is_empty());
        }
        for (place, key, value, why) in refused {
            self.refuse(&place, format!("{key} = {value}"), key, why.to_owned());
        }
    }

    /// Baselines that the call names, if the policy names one.
    fn baselines(&mut self, flags: &mut OptionValues, environment: &mut Environment) {
        let Some(own) = self.config.baseline.file.as_ref().map(|at| self.config.base.join(&at.value)) else {
            return;
        };
        let is_other = |file: &mut PathBuf| std::path::absolute(&*file).ok().as_ref() != Some(&own);
        for (name, file) in
            [("--baseline", &mut flags.baseline), ("SKANNER_BASELINE", &mut environment.baseline)]
        {
            if let Some(file) = file.take_if(is_other) {
                let what = format!("baseline.file = \"{}\"", shown_text(&file));
                self.refuse(&named(name), what, "baseline.file", "the policy names another file".to_owned());
            }
        }
    }

    /// What only a configuration can say.
    fn repository(&mut self, config: &mut Config) {
        let before = |id: &str, policy: &Self| {
            let regraded = policy.config.severity.iter().find(|at| at.value.rule == id);
            let own = || policy.config.own_rules.iter().map(|at| &at.value).find(|rule| rule.id == id);
            let rule = || RuleSet::builtin().get(id).or_else(own).map(|rule| rule.severity);
            regraded.map(|at| at.value.severity).or_else(rule)
        };
        let is_lower = |at: &mut Positioned<SeverityOverride>| {
            before(&at.value.rule, self).is_some_and(|before| at.value.severity < before)
        };
        let lowered: Vec<_> = config.severity.extract_if(.., is_lower).collect();
        for at in lowered {
            let SeverityOverride { rule, severity } = at.value;
            let before = before(&rule, self).unwrap_or(severity);
            let why = format!("it is below {before}, the severity that the policy leaves it");
            self.refuse(&at.place, format!("severity.{rule} = \"{severity}\""), "severity", why);
        }
        let is_trusted = self.limits().kinds.foreign;
        if let Some(at) = config.trust_foreign_markers.take_if(|at| at.value && !is_trusted) {
            self.is_foreign_refused = true;
            let why = "comments and lists for other scanners do not count".to_owned();
            self.refuse(&at.place, "trust-foreign-markers = true".to_owned(), "policy.allow-by", why);
        }
        let own = self.config.baseline.file.clone();
        let is_other =
            |at: &mut Positioned<_>| own.as_ref().is_some_and(|own: &Positioned<_>| own.value != at.value);
        if let Some(at) = config.baseline.file.take_if(is_other) {
            let what = format!("baseline.file = \"{}\"", shown_text(&at.value));
            self.refuse(&at.place, what, "baseline.file", "the policy names another file".to_owned());
        }
        let is_wide = self.config.baseline.scope.as_ref().is_some_and(|at| at.value == Scope::Secret);
        if let Some(at) = config.baseline.scope.take_if(|at| at.value == Scope::Secret && !is_wide) {
            let why = "a key in a baseline is known in its own file only".to_owned();
            self.refuse(&at.place, "baseline.scope = \"secret\"".to_owned(), "baseline.scope", why);
        }
        for rule in &mut config.own_rules {
            Arc::make_mut(&mut rule.value).yields = true;
        }
    }

    /// Refuses a switch of the command line.
    pub(crate) fn refuse_switch(&mut self, name: &str, limit: &str, why: &str) {
        self.refuse(&named(name), name.trim_start_matches('-').to_owned(), limit, why.to_owned());
    }
}

impl Settings {
    /// These settings, where what nobody else says is as the policy has it.
    #[must_use]
    pub(crate) fn under(mut self, policy: Policy) -> Self {
        let config = &policy.config;
        fill(&mut self.min_confidence, config.min_confidence.clone());
        fill(&mut self.min_severity, config.min_severity.clone());
        let fail_on = config.fail_on.clone();
        fill(&mut self.fail_on, fail_on.map(|at| Positioned { value: Some(at.value), place: at.place }));
        fill(&mut self.families, config.families.clone());
        fill(&mut self.rules, config.rules.clone());
        fill(&mut self.exclude_rules, config.exclude_rules.clone());
        // If a rule is requested by name, no file hides its findings.
        if self.rules.from.is_requested() {
            self.exclude_rules.value.retain(|rule| !self.rules.value.contains(rule));
        }
        let file = config.baseline.file.clone();
        let file = file.map(|at| Positioned { value: Some(config.base.join(at.value)), place: at.place });
        fill(&mut self.baseline, file);
        fill(&mut self.baseline_scope, config.baseline.scope.clone());
        if let Some(own) = config.values_from.clone() {
            // Values are looked for in addition to others, so both count. Those of the organization stand beside its file.
            let folder = config.file.parent().unwrap_or(&config.base);
            let files: Vec<PathBuf> = own.value.iter().map(|file| folder.join(file)).collect();
            let more =
                files.into_iter().filter(|file| !self.values_from.value.contains(file)).collect::<Vec<_>>();
            self.values_from.value.extend(more);
            if self.values_from.from == SettingSource::Default {
                self.values_from.from = SettingSource::File(own.place);
            }
        }
        self.policy = Some(Arc::new(policy));
        self
    }
}

fn fill<T>(setting: &mut Setting<T>, at: Option<Positioned<T>>) {
    if let (SettingSource::Default, Some(Positioned { value, place })) = (&setting.from, at) {
        *setting = Setting { value, from: SettingSource::Policy(place) };
    }
}
