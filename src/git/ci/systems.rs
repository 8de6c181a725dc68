//! The supported CI systems. To add one, add a row to `SYSTEMS`.

/// A CI system: how it is recognized, and which variables hold what, the most reliable first.
pub(super) struct System {
    pub(super) name: &'static str,
    /// The variable that identifies it.
    pub(super) sign: &'static str,
    /// The commit to check.
    pub(super) head: &'static [&'static str],
    /// What a pull or merge request will be merged into: a commit or a branch. Empty for other events.
    pub(super) target: &'static [&'static str],
    /// What the branch pointed to before the push.
    pub(super) before: &'static [&'static str],
    /// The default branch.
    pub(super) default: &'static [&'static str],
    /// The full name of the ref that was pushed.
    pub(super) reference: &'static [&'static str],
    /// The branch that was pushed. Unset or empty if it was a tag.
    pub(super) branch: &'static [&'static str],
    /// The tag that was pushed. Unset or empty if it was a branch.
    pub(super) tag: &'static [&'static str],
    /// What it calls a request to merge a branch.
    pub(super) request: &'static str,
    /// How to make it clone the whole history, phrased to follow "or".
    pub(super) whole_clone: &'static str,
    /// The JSON event file, if any. Its values take precedence over the variables.
    pub(super) event: Option<EventFile>,
}

/// A document with more details than the variables.
pub(super) struct EventFile {
    /// The variable that holds the file's path.
    pub(super) file: &'static str,
    pub(super) head: &'static [&'static str],
    pub(super) target: &'static [&'static str],
    pub(super) before: &'static [&'static str],
    pub(super) default: &'static [&'static str],
    /// The object that the pushed ref now names.
    pub(super) after: &'static [&'static str],
}

/// All supported systems, with the variables from their documentation.
pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "GitHub Actions",
        sign: "GITHUB_ACTIONS",
        head: &["GITHUB_SHA"],
        target: &["GITHUB_BASE_REF"],
        before: &[],
        default: &[],
        reference: &["GITHUB_REF"],
        branch: &[],
        tag: &[],
        request: "pull request",
        whole_clone: "check out with `fetch-depth: 0`",
        event: Some(EventFile {
            file: "GITHUB_EVENT_PATH",
            // For `pull_request_target`, GITHUB_SHA is the target.
            head: &["/pull_request/head/sha", "/merge_group/head_sha"],
            target: &["/pull_request/base/sha", "/merge_group/base_sha"],
            before: &["/before"],
            default: &["/repository/default_branch"],
            after: &["/after"],
        }),
    },
    System {
        name: "GitLab CI",
        sign: "GITLAB_CI",
        head: &["CI_COMMIT_SHA"],
        target: &["CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"],
        before: &["CI_COMMIT_BEFORE_SHA"],
        default: &["CI_DEFAULT_BRANCH"],
        reference: &[],
        branch: &["CI_COMMIT_BRANCH"],
        tag: &["CI_COMMIT_TAG"],
        request: "merge request",
        whole_clone: "set the variable `GIT_DEPTH: \"0\"` for the job",
        event: None,
    },
    System {
        name: "Bitbucket Pipelines",
        sign: "BITBUCKET_COMMIT",
        head: &["BITBUCKET_COMMIT"],
        target: &["BITBUCKET_PR_DESTINATION_COMMIT", "BITBUCKET_PR_DESTINATION_BRANCH"],
        before: &[],
        default: &[],
        reference: &[],
        branch: &["BITBUCKET_BRANCH"],
        tag: &["BITBUCKET_TAG"],
        request: "pull request",
        whole_clone: "set `clone: depth: full`",
        event: None,
    },
    System {
        name: "Azure Pipelines",
        sign: "BUILD_BUILDID",
        head: &["BUILD_SOURCEVERSION"],
        target: &["SYSTEM_PULLREQUEST_TARGETBRANCH"],
        before: &[],
        default: &[],
        reference: &["BUILD_SOURCEBRANCH"],
        branch: &[],
        tag: &[],
        request: "pull request",
        whole_clone: "check out with `fetchDepth: 0`",
        event: None,
    },
    System {
        name: "CircleCI",
        sign: "CIRCLECI",
        head: &["CIRCLE_SHA1"],
        target: &[],
        before: &[],
        default: &[],
        reference: &[],
        branch: &["CIRCLE_BRANCH"],
        tag: &["CIRCLE_TAG"],
        request: "pull request",
        whole_clone: "check out with `method: full`",
        event: None,
    },
    System {
        name: "Travis CI",
        sign: "TRAVIS",
        head: &["TRAVIS_COMMIT"],
        target: &[],
        // The first half of the range is used.
        before: &["TRAVIS_COMMIT_RANGE"],
        default: &[],
        reference: &[],
        branch: &["TRAVIS_BRANCH"],
        tag: &["TRAVIS_TAG"],
        request: "pull request",
        whole_clone: "set `git: depth: false`",
        event: None,
    },
    System {
        name: "Drone",
        sign: "DRONE",
        head: &["DRONE_COMMIT_SHA"],
        target: &[],
        before: &["DRONE_COMMIT_BEFORE"],
        default: &["DRONE_REPO_BRANCH"],
        reference: &["DRONE_COMMIT_REF"],
        branch: &[],
        tag: &[],
        request: "pull request",
        whole_clone: "remove `clone: depth`",
        event: None,
    },
    System {
        name: "Buildkite",
        sign: "BUILDKITE",
        head: &["BUILDKITE_COMMIT"],
        target: &["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
        before: &[],
        default: &["BUILDKITE_PIPELINE_DEFAULT_BRANCH"],
        reference: &[],
        branch: &["BUILDKITE_BRANCH"],
        tag: &["BUILDKITE_TAG"],
        request: "pull request",
        whole_clone: "remove `--depth` from BUILDKITE_GIT_CLONE_FLAGS",
        event: None,
    },
    // Last, since users also set its variable by hand for scripts that talk to it.
    System {
        name: "Jenkins",
        sign: "JENKINS_URL",
        head: &["GIT_COMMIT"],
        target: &["CHANGE_TARGET"],
        before: &["GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"],
        default: &[],
        reference: &[],
        branch: &["BRANCH_NAME", "GIT_BRANCH"],
        tag: &["TAG_NAME"],
        request: "pull request",
        whole_clone: "turn off \"Shallow clone\" for the job",
        event: None,
    },
];

/// How to get the whole history in this CI system, or in general.
#[must_use]
pub(crate) fn unshallow_advice() -> String {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let here = SYSTEMS.iter().find(|system| is_set(system.sign)).map(|system| system.whole_clone);
    let whole = here
        .unwrap_or("in a CI job, check out with `fetch-depth: 0` (GitHub) or `GIT_DEPTH: \"0\"` (GitLab)");
    format!("fetch the rest with `git fetch --unshallow`, or {whole}")
}
