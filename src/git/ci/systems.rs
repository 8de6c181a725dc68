//! The CI systems that are known. A new one is a row in `SYSTEMS`.

/// One CI system: how it is told, and which variables say what, the better one first.
pub(super) struct System {
    pub(super) name: &'static str,
    /// Is set in it.
    pub(super) sign: &'static str,
    /// The commit to check.
    pub(super) head: &'static [&'static str],
    /// What a pull or merge request is to be merged into: a commit or a branch. Empty elsewhere.
    pub(super) target: &'static [&'static str],
    /// What the branch was before the push.
    pub(super) before: &'static [&'static str],
    /// The default branch.
    pub(super) default: &'static [&'static str],
    /// Where the JSON document is that says more, and what in it goes before the variables.
    pub(super) event: Option<EventFile>,
}

/// A document that says more than the variables.
pub(super) struct EventFile {
    /// The variable that names the file.
    pub(super) file: &'static str,
    pub(super) head: &'static [&'static str],
    pub(super) target: &'static [&'static str],
    pub(super) before: &'static [&'static str],
    pub(super) default: &'static [&'static str],
}

/// All that are known, with the variables their documentation names.
pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "GitHub Actions",
        sign: "GITHUB_ACTIONS",
        head: &["GITHUB_SHA"],
        target: &["GITHUB_BASE_REF"],
        before: &[],
        default: &[],
        event: Some(EventFile {
            file: "GITHUB_EVENT_PATH",
            // In `pull_request_target`, GITHUB_SHA is the target.
            head: &["/pull_request/head/sha", "/merge_group/head_sha"],
            target: &["/pull_request/base/sha", "/merge_group/base_sha"],
            before: &["/before"],
            default: &["/repository/default_branch"],
        }),
    },
    System {
        name: "GitLab CI",
        sign: "GITLAB_CI",
        head: &["CI_COMMIT_SHA"],
        target: &["CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"],
        before: &["CI_COMMIT_BEFORE_SHA"],
        default: &["CI_DEFAULT_BRANCH"],
        event: None,
    },
    System {
        name: "Bitbucket Pipelines",
        sign: "BITBUCKET_COMMIT",
        head: &["BITBUCKET_COMMIT"],
        target: &["BITBUCKET_PR_DESTINATION_COMMIT", "BITBUCKET_PR_DESTINATION_BRANCH"],
        before: &[],
        default: &[],
        event: None,
    },
    System {
        name: "Azure Pipelines",
        sign: "BUILD_BUILDID",
        head: &["BUILD_SOURCEVERSION"],
        target: &["SYSTEM_PULLREQUEST_TARGETBRANCH"],
        before: &[],
        default: &[],
        event: None,
    },
    System {
        name: "CircleCI",
        sign: "CIRCLECI",
        head: &["CIRCLE_SHA1"],
        target: &[],
        before: &[],
        default: &[],
        event: None,
    },
    System {
        name: "Travis CI",
        sign: "TRAVIS",
        head: &["TRAVIS_COMMIT"],
        target: &[],
        // The first half counts.
        before: &["TRAVIS_COMMIT_RANGE"],
        default: &[],
        event: None,
    },
    System {
        name: "Drone",
        sign: "DRONE",
        head: &["DRONE_COMMIT_SHA"],
        target: &[],
        before: &["DRONE_COMMIT_BEFORE"],
        default: &["DRONE_REPO_BRANCH"],
        event: None,
    },
    System {
        name: "Buildkite",
        sign: "BUILDKITE",
        head: &["BUILDKITE_COMMIT"],
        target: &["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
        before: &[],
        default: &["BUILDKITE_PIPELINE_DEFAULT_BRANCH"],
        event: None,
    },
    // Last, since its variable is also set by hand for scripts that talk to it.
    System {
        name: "Jenkins",
        sign: "JENKINS_URL",
        head: &["GIT_COMMIT"],
        target: &["CHANGE_TARGET"],
        before: &["GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"],
        default: &[],
        event: None,
    },
];
