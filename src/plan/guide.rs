//! The README of a plan: what to do, in order, for the keys of this repository.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write, path::Path};

use git2::{Repository, Tree};

use super::{
    blob::BlobPlan,
    form::REMOVED,
    planning::{Plan, PlanInput, PlannedKey, is_in_blob},
    script::quoted,
};
use crate::{
    advice::{KeyPlace, Replacement},
    blob::SourceKind,
    cold,
    finding::{Occurrence, Report},
    git,
    hidden::escape_control,
    path::shown_text,
    remedy::{self, AFTER_REWRITE, NOT_REACHED, REVOKE_FIRST, WayOutPart},
};

/// At most this many files are listed.
const LISTED: usize = 200;

/// The whole text. It holds no key.
pub(super) fn guide(plan: &Plan<'_>, input: &PlanInput<'_>) -> String {
    let repository = input.repository;
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let mut text = String::new();
    // What only this clone holds, or nobody has committed, no rewrite reaches.
    let is_reachable =
        |key: &PlannedKey<'_>| key.finding.history.as_ref().is_some_and(|history| history.reachable);
    // A file of the work tree may be that of a submodule.
    let is_own = |place: &&Occurrence| {
        !matches!(place.source, SourceKind::File | SourceKind::Index)
            && place.repository.as_deref().is_none_or(|name| name == ".")
    };
    let is_reached = plan.keys.iter().any(|key| is_reachable(key) && key.places.iter().any(is_own));
    begin(&mut text, plan, input.report, root);
    revoke(&mut text, plan);
    replace(&mut text, plan, repository);
    if is_reached {
        rewrite(&mut text, plan, repository);
        publish(&mut text);
    } else {
        part(&mut text, 3, &NOT_REACHED);
        elsewhere(&mut text, plan);
    }
    text
}

fn begin(text: &mut String, plan: &Plan<'_>, report: &Report, root: &Path) {
    let name = root.file_name().map_or_else(|| shown_text(root), |name| name.to_string_lossy().into_owned());
    let _ = write!(
        text,
        "# Cleaning up {}\n\n{}. Go through the steps in this order, and check them off. Nothing here runs by \
         itself.\n\nThe other files of this directory hold the keys: keep them to yourself, and delete the directory when \
         you are done. This file holds none.\n\n",
        one_line(&name),
        count(plan.keys.len(), "key was found", "keys were found")
    );
    if !report.is_complete() {
        let _ = write!(
            text,
            "**The audit was incomplete.** {} could not be read, so there may be more keys. Read what `skanner audit` \
             calls `not scanned` first.\n\n",
            count(report.not_scanned.len(), "input", "inputs")
        );
    }
    left_out(text, report);
}

/// The keys that the audit did not report.
fn left_out(text: &mut String, report: &Report) {
    let planned = cold::set(report.findings.iter().map(|finding| finding.fingerprint.as_str()));
    let suppressed = report.suppressed.iter().map(|one| one.finding.fingerprint.as_str());
    let suppressed = cold::set(suppressed.filter(|key| !planned.contains(key))).len();
    let mut parts: Vec<String> = Vec::new();
    if suppressed > 0 {
        parts.push(format!("{suppressed} suppressed by comments, entries or a baseline"));
    }
    parts.extend(report.excluded.iter().map(|(by, number)| format!("{number} excluded by {}", one_line(by))));
    if !parts.is_empty() {
        let _ = write!(
            text,
            "**Not every key is in this plan:** {}. They stay in the history. To take them out as well, plan again without \
             that option, entry or comment.\n\n",
            parts.join(", ")
        );
    }
}

/// One list for each way to revoke a key.
fn revoke(text: &mut String, plan: &Plan<'_>) {
    let _ = write!(text, "## 1. Revoke the keys\n\n{REVOKE_FIRST}\n");
    let mut groups: BTreeMap<(&str, Vec<String>), Vec<&PlannedKey<'_>>> = BTreeMap::new();
    for key in &plan.keys {
        let rule = &key.finding.rule;
        groups.entry((&rule.issuer, remedy::steps(rule))).or_default().push(key);
    }
    for ((issuer, steps), keys) in groups {
        let _ = write!(text, "\n### {issuer}\n\n");
        for step in steps {
            let _ = writeln!(text, "- {step}");
        }
        text.push('\n');
        for key in keys {
            let _ = writeln!(text, "- [ ] `{}`, {}{}", masked(key), key.finding.rule.title, since(key));
        }
    }
    text.push('\n');
}

/// When and by whom a key was introduced.
fn since(key: &PlannedKey<'_>) -> String {
    let introduced = key.finding.history.as_ref().and_then(|history| history.introduced.as_ref());
    introduced.map_or_else(String::new, |event| {
        format!(", in the history since {} ({})", event.day(), one_line(&event.author))
    })
}

/// The files of today that hold a key.
fn replace(text: &mut String, plan: &Plan<'_>, repository: &Repository) {
    text.push_str("## 2. Replace the keys in your files\n\n");
    let head = repository.head().ok().and_then(|head| head.peel_to_tree().ok());
    let mut lines = BTreeMap::new();
    for key in &plan.keys {
        for place in key.places.iter().filter(|place| is_present(place, head.as_ref())) {
            // The same line of the work tree and of the commit is one.
            lines
                .entry((place.full_path(), place.span.line, masked(key)))
                .or_insert_with(|| instead(key, place));
        }
    }
    if lines.is_empty() {
        text.push_str("No file of today holds a key: there is nothing to do.\n\n");
        return;
    }
    text.push_str(
        "Take the key out, read it from an environment variable or a secret store, and commit that. Do not write a default \
         value. A file that is only on your machine, such as `.env`, may keep it as long as git ignores it.\n\n",
    );
    for ((path, line, key), instead) in &lines {
        let _ = writeln!(text, "- [ ] `{}`, line {line}: `{key}`{instead}", one_line(path));
    }
    text.push('\n');
}

/// What to write in the place of a key, after a colon.
fn instead(key: &PlannedKey<'_>, place: &Occurrence) -> String {
    let rule = &key.finding.rule;
    let advice = Some(place).filter(|place| place.encoding.is_empty() && !place.in_output);
    let advice = advice
        .map(KeyPlace::in_finding(key.finding))
        .and_then(|place| Replacement::of(place, &rule.names, rule.named_after()));
    let Some(Replacement { variable, expression, line, note }) = advice else {
        let names = rule.names.first();
        return names.map_or_else(String::new, |name| format!(": read `{name}` instead"));
    };
    let note = note.map_or_else(String::new, |note| format!(" {note}"));
    match line {
        Some(line) => format!(": write `{}`.{note}", one_line(&line)),
        None if expression.is_empty() => format!(".{note}"),
        None => format!(": read `{variable}` with `{expression}`.{note}"),
    }
}

/// Whether a place is in the work tree, the index or the checked-out commit.
fn is_present(place: &Occurrence, head: Option<&Tree<'_>>) -> bool {
    match (place.source, place.object) {
        (SourceKind::File | SourceKind::Index, _) => true,
        (SourceKind::Blob, Some(id)) => head
            .and_then(|head| head.get_path(Path::new(&*place.path)).ok())
            .is_some_and(|entry| entry.id() == git::oid(id)),
        _ => false,
    }
}

fn rewrite(text: &mut String, plan: &Plan<'_>, repository: &Repository) {
    let remote = repository.find_remote("origin").ok().and_then(|remote| remote.url().ok().and_then(address));
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let source = remote.unwrap_or_else(|| shown_text(root));
    // What has control characters in it must not be pasted.
    let source = match escape_control(&source) {
        Cow::Borrowed(plain) => String::from_utf8_lossy(&quoted(plain.as_bytes())).into_owned(),
        Cow::Owned(_) => "SOURCE".to_owned(),
    };
    let _ = write!(
        text,
        "## 3. Rewrite the history\n\nMerge or close what is open. Push what you have changed in step 2, ask everybody to push, \
         and then to stop. You need git-filter-repo 2.47 or later (`pipx install git-filter-repo`). Then run, in this \
         directory:\n\n    sh cleanup.sh {source}\n\nIt clones the repository from there, rewrites the clone, and audits \
         that. The exit code is 0 if nothing is left of what the audit reports. A path of a clone works, too, if it has \
         everything that is on the host: what it lacks is lost there when you publish the result.\n\n"
    );
    let edited = plan.count(|plan| matches!(plan, BlobPlan::Edit(_)));
    let replaced = plan.count(|plan| *plan == BlobPlan::Replace);
    let places = || plan.keys.iter().flat_map(|key| &key.places);
    let messages = places().filter(|place| place.source == SourceKind::Message).count();
    let versions = |number| count(number, "version of a file", "versions of files");
    if replaced > 0 {
        let _ = writeln!(text, "- {}: each key becomes `{REMOVED}`", versions(replaced));
    }
    if edited > 0 {
        let _ = writeln!(
            text,
            "- {} in which a key is encoded, split or in binary data: only its bytes are replaced. Each result has been \
             scanned, and is clean",
            versions(edited)
        );
    }
    if messages > 0 {
        let what = count(messages, "place", "places");
        let _ = writeln!(
            text,
            "- {what} in messages, authors and signatures of commits and tags: each key becomes `{REMOVED}`"
        );
    }
    if places().any(|place| place.source == SourceKind::Name && !is_in_blob(place)) {
        let _ = writeln!(text, "- Names of files, branches and tags: each key becomes `{REMOVED}-N`");
    }
    stripped(text, plan);
    text.push_str(
        "\nEverything else stays: files, commits, dates and merges. The ids of commits change from the first one on that \
         held a key, was signed, or was written in a way of old versions of git; signatures of commits and tags are lost. \
         Stashes other than the last one, and what no ref reaches, are not cloned.\n\n",
    );
    elsewhere(text, plan);
}

/// An address that works from anywhere, without the password that may be in it.
fn address(url: &str) -> Option<String> {
    if Path::new(url).is_absolute() {
        return Some(url.to_owned());
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        // As in `git@host:path`.
        return url.split_once(':').filter(|(host, _)| host.contains('@')).map(|_| url.to_owned());
    };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rsplit_once('@').filter(|_| scheme.starts_with("http")) {
        Some((user, _)) => Some(format!("{scheme}://{}", &rest[user.len() + 1..])),
        None => Some(url.to_owned()),
    }
}

/// Keys that this plan does not reach.
fn elsewhere(text: &mut String, plan: &Plan<'_>) {
    if plan.elsewhere.is_empty() {
        return;
    }
    text.push_str(
        "Keys in other repositories, such as those of submodules, need a plan of their own, made in their own clone:\n\n",
    );
    let name = |place: &&Occurrence| match place.repository.as_deref() {
        Some(repository) if repository != "." => format!("{repository}/{}", place.full_path()),
        _ => place.full_path().into_owned(),
    };
    for path in cold::set(plan.elsewhere.iter().map(name)) {
        let _ = writeln!(text, "- [ ] `{}`", one_line(&path));
    }
    text.push('\n');
}

/// The files that are lost.
fn stripped(text: &mut String, plan: &Plan<'_>) {
    let blobs = plan.blobs.values().filter(|blob| blob.plan == BlobPlan::Strip);
    let paths = cold::set(blobs.map(|blob| &*blob.place.path));
    if paths.is_empty() {
        return;
    }
    text.push_str(
        "\nThese files are **removed** from the commits in which they hold a key, since it cannot be taken out of them, such \
         as of an archive. Add them again without the key afterward:\n\n",
    );
    for path in paths.iter().take(LISTED) {
        let path = if path.is_empty() { "(a file without a path)" } else { path };
        let _ = writeln!(text, "- [ ] `{}`", one_line(path));
    }
    if paths.len() > LISTED {
        let _ = writeln!(text, "- and {} more: see strip-blobs.txt", paths.len() - LISTED);
    }
}

/// What to write to the support of a host.
const LETTER: &str = "\
What to write to the support of GitHub. Do not send a key, nor a file of this directory that holds one:

    We rewrote the history of OWNER/REPOSITORY to remove credentials, which have been revoked, and force-pushed the result.
    Please delete or dereference the pull requests concerned, collect the objects that no ref reaches any more, and purge
    cached views.
    First changed commits: (the lines of work/first-changed-commits)
    Pull requests concerned: (the numbers in work/changed-pull-requests, which are complete if SOURCE was the address)
    Forks: (how many there are, and that their owners have been asked to delete them)
";

fn publish(text: &mut String) {
    for (number, one) in (4..).zip(&AFTER_REWRITE) {
        if number > 4 {
            text.push('\n');
        }
        part(text, number, one);
        if one.title == "What no push can do" {
            let _ = write!(text, "\n{LETTER}");
        }
    }
}

fn part(text: &mut String, number: usize, one: &WayOutPart) {
    let _ = write!(text, "## {number}. {}\n\n", one.title);
    if !one.before.is_empty() {
        let _ = write!(text, "{}\n\n", one.before);
    }
    one.tasks.iter().for_each(|task| {
        let _ = writeln!(text, "- [ ] {task}");
    });
}

/// A name that a stranger chose, as it may stand in a line between backticks.
fn one_line(text: &str) -> String {
    escape_control(text).replace('`', "'")
}

fn masked(key: &PlannedKey<'_>) -> String {
    key.finding.secret.masked()
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_password_and_works_from_anywhere() {
        for (url, expected) in [
            ("https://example.org/a/b.git", Some("https://example.org/a/b.git")),
            ("https://me:word@example.org/a@b.git", Some("https://example.org/a@b.git")),
            ("https://word@example.org", Some("https://example.org")),
            ("ssh://git@example.org/a.git", Some("ssh://git@example.org/a.git")),
            ("git@example.org:a/b.git", Some("git@example.org:a/b.git")),
            ("../origin.git", None),
            ("a:b", None),
        ] {
            assert_eq!(address(url).as_deref(), expected, "{url}");
        }
    }
}
