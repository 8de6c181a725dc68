//! Determines from the environment of a CI system what triggered it: which commits are new.

mod systems;

use anyhow::{Context, Result, bail};
use git2::Repository;
use serde_json::Value;

use systems::{EventFile, SYSTEMS};

pub(crate) use systems::unshallow_advice;

use super::{
    ancestry::Ancestry,
    objects::Objects,
    revisions::{Selection, fetch_hint, resolve},
};
use crate::blob::ObjectId;

/// What a CI system says. Nothing has been looked up in the repository yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CiJob {
    /// The name of the CI system.
    pub system: &'static str,
    /// The commit to check.
    head: String,
    /// What a pull request will be merged into, the best name first; empty for a push.
    target: Vec<String>,
    /// What the branch pointed to before; `None` if it is new or the system does not say.
    before: Option<String>,
    /// The default branch, the best name first.
    default: Vec<String>,
    /// The ref that was pushed, as `refs/heads/main`, if the system says.
    pushed: Option<String>,
    /// What that ref names now, which may be an annotated tag, if the system says.
    after: Option<String>,
    /// What the system calls a request to merge a branch.
    request: &'static str,
}

impl CiJob {
    /// Detects the CI system, reading the environment through `variable`.
    ///
    /// # Errors
    /// When no system is recognized, or its event file cannot be read.
    pub(crate) fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let Some(system) = SYSTEMS.iter().find(|system| variable(system.sign).is_some()) else {
            let known: Vec<_> = SYSTEMS.iter().map(|system| system.name).collect();
            bail!(
                "--range auto reads the environment of a CI system, but none was found (known: {}); name the range, as in \
                 `--range origin/main..HEAD`",
                known.join(", ")
            );
        };
        let mut document = Value::Null;
        if let Some(file) = system.event.as_ref().and_then(|event| variable(event.file)) {
            let text = std::fs::read(&file)
                .with_context(|| format!("{}'s event {file} cannot be read", system.name));
            document = serde_json::from_slice(&text?)
                .with_context(|| format!("{}'s event {file} is not valid JSON", system.name))?;
        }
        let gather = |paths: &[&str], names: &[&str]| -> Vec<String> {
            let said = paths.iter().filter_map(|path| document.pointer(path)?.as_str().map(str::to_owned));
            said.chain(names.iter().filter_map(|name| variable(name))).collect()
        };
        let event =
            |part: fn(&EventFile) -> &'static [&'static str]| system.event.as_ref().map_or(&[][..], part);
        let target = gather(event(|event| event.target), system.target);
        let before = gather(event(|event| event.before), system.before)
            .into_iter()
            .map(|before| before.split("..").next().unwrap_or_default().to_owned())
            // All zeros mean none. Commit names have 40 or 64 digits.
            .find(|before| before.bytes().any(|digit| digit != b'0'));
        let default = gather(event(|event| event.default), system.default);
        let head = gather(event(|event| event.head), system.head)
            .into_iter()
            .next()
            .unwrap_or_else(|| "HEAD".to_owned());
        let first = |names: &[&str]| gather(&[], names).into_iter().next();
        // A tag counts first: some systems also set the branch to its name.
        let tag = first(system.tag).map(|tag| format!("refs/tags/{tag}"));
        let branch = || first(system.branch).map(|branch| format!("refs/heads/{}", local_name(&branch)));
        let pushed = tag.or_else(|| first(system.reference)).or_else(branch);
        let after = gather(event(|event| event.after), &[]);
        let after = after.into_iter().find(|after| after.bytes().any(|digit| digit != b'0'));
        Ok(Self {
            system: system.name,
            head,
            target,
            before,
            default,
            pushed,
            after,
            request: system.request,
        })
    }

    /// The commits to scan, and how to describe them in a report.
    ///
    /// A pull request is compared with its target. A push is compared with the previous state of the branch, or if that
    /// is unknown, with the default branch, which may already have everything. When the default branch itself is pushed,
    /// everything is scanned then. The text of a pushed annotated tag is scanned in any case.
    ///
    /// # Errors
    /// When a commit is missing. The error says how to get it.
    pub(crate) fn select(&self, repository: &Repository) -> Result<(Selection, String)> {
        let Self { system, head, target, before, .. } = self;
        let tip = resolve(repository, head).with_context(|| format!("{system} asks for it"))?;
        let mut tips = vec![tip];
        tips.extend(self.pushed_tag(repository)?);
        let selected = |base: Option<ObjectId>, words: &str| {
            let selection = Selection { tips, hidden: base.into_iter().collect() };
            let base = base.map(|base| format!("{}..", short(base))).unwrap_or_default();
            Ok((selection, format!("{base}{} ({system}: {words})", short(tip))))
        };
        if !target.is_empty() {
            let Some(base) = find(repository, target) else {
                bail!(
                    "the target `{}` that {system} names is not in this clone{}",
                    target.join("` or `"),
                    fetch_hint(repository)
                );
            };
            return selected(Some(base), self.request);
        }
        if let Some(base) = before.as_ref().and_then(|before| find(repository, std::slice::from_ref(before)))
        {
            return selected(Some(base), "push");
        }
        let why = if before.is_some() {
            "the commit before the push no longer exists"
        } else {
            "no previous commit is named"
        };
        match self.default_base(repository, tip) {
            Some(base) => selected(Some(base), &format!("{why}, so what is not on the default branch")),
            None => selected(None, &format!("{why}, so the whole history")),
        }
    }

    /// The default branch, if it can serve as the base of a push whose branch was rewritten or is new. The default
    /// branch itself would hide all of its own commits.
    fn default_base(&self, repository: &Repository, tip: ObjectId) -> Option<ObjectId> {
        let names = self.default.iter().map(String::as_str).chain(["HEAD"]);
        let here = |branch: &str| resolve(repository, &format!("refs/remotes/origin/{branch}")).ok();
        let mut bases = names.filter_map(|name| Some((name, here(name)?)));
        match &self.pushed {
            // Another branch or a tag adds nothing if the default branch has its tip.
            Some(pushed) if !self.default.is_empty() => {
                let is_default = |name: &String| *pushed == format!("refs/heads/{}", local_name(name));
                let is_default = self.default.iter().any(is_default);
                bases.find(|_| !is_default).map(|(_, base)| base)
            }
            _ => bases.map(|(_, base)| base).find(|base| !reaches(repository, *base, tip)),
        }
    }

    /// The objects that the pushed ref names, if it is a tag.
    ///
    /// # Errors
    /// When it is not here, so that it is unknown what its text says.
    fn pushed_tag(&self, repository: &Repository) -> Result<Vec<ObjectId>> {
        let Some((pushed, tag)) =
            self.pushed.as_ref().and_then(|pushed| Some((pushed, pushed.strip_prefix("refs/tags/")?)))
        else {
            return Ok(Vec::new());
        };
        let system = self.system;
        let advice = format!("fetch it with `git fetch --force origin tag {tag}`");
        // The checkout of some systems leaves a ref that names the commit, and drops the tag itself.
        let after = self.after.as_ref().map(|after| resolve(repository, after)).transpose();
        let Ok(after) = after else {
            bail!(
                "{system} says that the tag {tag} was pushed, but its object is not in this clone; {advice}"
            );
        };
        let here = resolve(repository, pushed).ok();
        if after.is_none() && here.is_none() {
            bail!("{system} says that the tag {tag} was pushed, but it is not in this clone; {advice}");
        }
        Ok(after.into_iter().chain(here).collect())
    }
}

/// The name of a branch without what Jenkins and Azure put before it.
fn local_name(branch: &str) -> &str {
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    branch.strip_prefix("origin/").unwrap_or(branch)
}

/// The first of the given commits or branches that exists here. Remote branches take precedence over local ones.
fn find(repository: &Repository, names: &[String]) -> Option<ObjectId> {
    names.iter().find_map(|name| {
        let branch = name.strip_prefix("refs/heads/").unwrap_or(name);
        let is_commit = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let remote = (!is_commit).then(|| resolve(repository, &format!("refs/remotes/origin/{branch}")).ok());
        remote.flatten().or_else(|| resolve(repository, branch).ok())
    })
}

/// Whether a commit is the other one or one of its descendants.
fn reaches(repository: &Repository, from: ObjectId, to: ObjectId) -> bool {
    let Ok(objects) = Objects::new(repository) else { return false };
    Ancestry::new(repository, &objects).and_then(|ancestry| ancestry.reaches(from, to)).unwrap_or(false)
}

fn short(id: ObjectId) -> String {
    let mut digits = id.to_string();
    digits.truncate(12);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From variables as a shell would print them.
    fn detect(variables: &str) -> Result<CiJob> {
        let find =
            |name: &str| variables.split(' ').find_map(|one| one.strip_prefix(name)?.strip_prefix('='));
        CiJob::detect(&|name| find(name).map(str::to_owned))
    }

    #[test]
    fn each_system_says_what_is_new() {
        let (zeros, long_zeros) = ("0".repeat(40), "0".repeat(64));
        for (variables, expected) in [
            ("GITHUB_ACTIONS=true GITHUB_SHA=h GITHUB_BASE_REF=main", "GitHub Actions: h [main] - []"),
            ("GITHUB_ACTIONS=true GITHUB_SHA=h GITHUB_BASE_REF=", "GitHub Actions: h [] - []"),
            ("GITLAB_CI=true CI_COMMIT_SHA=h CI_COMMIT_BEFORE_SHA=b", "GitLab CI: h [] b []"),
            (&format!("GITLAB_CI=true CI_COMMIT_BEFORE_SHA={zeros}"), "GitLab CI: HEAD [] - []"),
            (&format!("GITLAB_CI=true CI_COMMIT_BEFORE_SHA={long_zeros}"), "GitLab CI: HEAD [] - []"),
            (
                "GITLAB_CI=true CI_COMMIT_SHA=h CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main \
                 CI_MERGE_REQUEST_DIFF_BASE_SHA=b CI_DEFAULT_BRANCH=trunk",
                "GitLab CI: h [b main] - [trunk]",
            ),
            ("BITBUCKET_COMMIT=h BITBUCKET_PR_DESTINATION_BRANCH=main", "Bitbucket Pipelines: h [main] - []"),
            (
                "BUILD_BUILDID=1 BUILD_SOURCEVERSION=h SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main",
                "Azure Pipelines: h [refs/heads/main] - []",
            ),
            ("CIRCLECI=true CIRCLE_SHA1=h", "CircleCI: h [] - []"),
            ("TRAVIS=true TRAVIS_COMMIT=h TRAVIS_COMMIT_RANGE=b...h", "Travis CI: h [] b []"),
            (
                "DRONE=true DRONE_COMMIT_SHA=h DRONE_COMMIT_BEFORE=b DRONE_REPO_BRANCH=main",
                "Drone: h [] b [main]",
            ),
            ("BUILDKITE=true BUILDKITE_PULL_REQUEST_BASE_BRANCH=main", "Buildkite: HEAD [main] - []"),
            ("JENKINS_URL=x GIT_COMMIT=h GIT_PREVIOUS_COMMIT=b", "Jenkins: h [] b []"),
            ("JENKINS_URL=x CHANGE_TARGET=main", "Jenkins: HEAD [main] - []"),
        ] {
            let CiJob { system, head, target, before, default, .. } = detect(variables).unwrap();
            let before = before.as_deref().unwrap_or("-");
            let found = format!("{system}: {head} [{}] {before} [{}]", target.join(" "), default.join(" "));
            assert_eq!(found, expected, "{variables}");
        }
    }

    #[test]
    fn events_of_github_say_more() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("event.json");
        let name = file.to_str().unwrap();
        let job = |event: &str| {
            std::fs::write(&file, event).unwrap();
            detect(&format!("GITHUB_ACTIONS=true GITHUB_SHA=h GITHUB_EVENT_PATH={name}"))
        };
        let push = job(r#"{"before":"b","repository":{"default_branch":"trunk"}}"#).unwrap();
        assert_eq!((push.before.as_deref(), push.default), (Some("b"), vec!["trunk".to_owned()]));
        let zeros = format!(r#"{{"before":"{}"}}"#, "0".repeat(40));
        assert_eq!(job(&zeros).unwrap().before, None);
        let request = job(r#"{"pull_request":{"base":{"sha":"b"},"head":{"sha":"p"}}}"#).unwrap();
        assert_eq!((request.head.as_str(), request.target), ("p", vec!["b".to_owned()]));
        assert!(job("rubbish").unwrap_err().to_string().contains("is not valid JSON"));
    }

    #[test]
    fn elsewhere_the_range_has_to_be_named() {
        assert!(detect("CI=true").unwrap_err().to_string().contains("origin/main..HEAD"));
    }
}
