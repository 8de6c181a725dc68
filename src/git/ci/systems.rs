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
        event: Some(EventFile {
            file: "GITHUB_EVENT_PATH",
            // For `pull_request_target`, GITHUB_SHA is the target.
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
        // The first half of the range is used.
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
    // Last, since users also set its variable by hand for scripts that talk to it.
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
