//! Resolves settings under a policy.

use std::{path::Path, sync::Arc};

use anyhow::{Result, ensure};

#[cfg(feature = "git")]
use crate::session::tracked::is_tracked;
use crate::{
    config::{Config, Policy, Positioned, Settings},
    day::Day,
    path::{WholePath, parent},
    rule::Rule,
    session::{entries::entry, options::Options},
    suppression::entry_in_short,
};

/// Whether a policy lies in what is scanned, so that whoever writes there can change it.
///
/// # Errors
/// When git tracks it there: then any change could bring its own policy.
pub(in crate::session) fn is_inside(file: &Path, scanned: &Path) -> Result<bool> {
    let Ok(root) = scanned.whole() else { return Ok(false) };
    // A link in what is scanned could be led elsewhere, and one from elsewhere may lead there.
    let link = parent(file).and_then(|parent| parent.whole().ok()).zip(file.file_name());
    let link = link.map(|(parent, name)| parent.join(name));
    let inside = file.whole().ok().into_iter().chain(link).filter(|file| file.starts_with(&root));
    let inside: Vec<_> = inside.collect();
    #[cfg(feature = "git")]
    if let (false, Ok(repository)) = (inside.is_empty(), crate::git::discover(&root))
        && let Some(Ok(tree)) = repository.workdir().map(WholePath::whole)
    {
        for one in &inside {
            ensure!(
                !is_tracked(&repository, &tree, one)?,
                "the policy {} is part of the repository that is scanned, so any change of the repository could change \
                 it; name a file outside of the repository",
                file.display()
            );
        }
    }
    Ok(!inside.is_empty())
}

/// Takes the rules of the policy out of a configuration that was read on top of them.
///
/// # Errors
/// When the configuration defines one of them anew.
pub(in crate::session) fn take_rules(config: &mut Config, known: &[Positioned<Arc<Rule>>]) -> Result<()> {
    for rule in known {
        let own = config.own_rules.iter().find(|own| own.value.id == rule.value.id);
        if let Some(own) = own.filter(|own| own.place != rule.place) {
            let (at, id, file) = (&own.place, &rule.value.id, &rule.place.file);
            ensure!(false, "{at}: `{id}` is a rule of the policy {file}; give your rule another id");
        }
    }
    config.own_rules.retain(|own| known.iter().all(|rule| rule.place != own.place));
    Ok(())
}

/// The settings of a run under a policy.
pub(in crate::session) fn restricted(
    mut policy: Policy,
    options: &Options,
    mut config: Option<Config>,
) -> Settings {
    let (mut flags, mut environment) = (options.flags.clone(), options.environment.clone());
    policy.restrict(&mut flags, &mut environment, config.as_mut());
    if options.exit_zero {
        policy.refuse_switch("--exit-zero", "fail-on", "keys make the exit code 1");
    }
    if options.accept_baseline {
        policy.refuse_switch(
            "--accept-baseline",
            "policy.allow-by",
            "an audit counts the keys of a baseline",
        );
    }
    if options.trust_foreign_markers && !policy.limits().kinds.foreign {
        let why = "comments and lists for other scanners do not count";
        policy.refuse_switch("--trust-foreign-markers", "policy.allow-by", why);
        policy.is_foreign_refused = true;
    }
    if let Some(config) = &mut config {
        refuse_entries(&mut policy, config, Day::today());
    }
    Settings::new(flags, environment, config).under(policy)
}

/// Takes away the entries that do not count, whatever they allow.
fn refuse_entries(policy: &mut Policy, config: &mut Config, today: Day) {
    use crate::finding::SuppressionKind::Config as Entry;
    let limits = policy.limits();
    let whole = config.clone();
    config.allow.retain(|allow| {
        let refusal = limits.of_kind(Entry, allow.reason.as_deref(), allow.until, today);
        let refused = refusal.map(|one| {
            policy.refuse(&allow.place, entry_in_short(&entry(allow)), one.limit, one.why);
        });
        refused.is_none()
    });
    config.accept_unread.retain(|accept| {
        let refused = limits.of_unread(accept.reason.as_deref(), accept.until, today).map(|one| {
            let what = format!("accept-unread path = \"{}\"", accept.path);
            policy.refuse(&accept.place, what, one.limit, one.why);
        });
        refused.is_none()
    });
    policy.whole = Some(whole);
}

/// The options without those that the policy refuses.
pub(in crate::session) fn obeying(options: Options, settings: &Settings) -> Options {
    let Some(policy) = &settings.policy else { return options };
    Options {
        exit_zero: false,
        accept_baseline: false,
        trust_foreign_markers: options.trust_foreign_markers && policy.limits().kinds.foreign,
        ..options
    }
}
