//! What is left to do once the keys are revoked and taken out of the files: the same for every repository.

/// Why the keys are revoked first, and how.
pub(crate) const REVOKE_FIRST: &str = "This is the only step that makes a leaked key harmless. If something still uses a key, \
     create the new one first. Then look at the usage and the bill of the old one.";

/// A part of the way, with what to do in it.
pub(crate) struct WayOutPart {
    /// Its heading.
    pub(crate) title: &'static str,
    /// What a reader has to know first; empty if that is nothing.
    pub(crate) before: &'static str,
    /// What to do, in order.
    pub(crate) tasks: &'static [&'static str],
}

/// What follows the rewriting of a history.
pub(crate) const AFTER_REWRITE: [WayOutPart; 4] = [
    WayOutPart {
        title: "Publish the result",
        before: "",
        tasks: &[
            "Allow force pushes to protected branches on the host.",
            "Run the commands that `cleanup.sh` prints last.",
            "Protect the branches again.",
            "Publish releases and packages again that were made from the old commits, if they hold a key.",
        ],
    },
    WayOutPart {
        title: "Tell the others",
        before: "",
        tasks: &[
            "Work that is not pushed moves over as patches: `git format-patch` in the old clone, `git am` in a new one.",
            "Then everybody deletes their old clones. Nobody merges or pushes an old branch: that brings the keys back.",
            "Links to old commits, and files that name them, such as lists of submodules, are renewed. `work/commit-map` has \
             the old and the new ids.",
        ],
    },
    WayOutPart {
        title: "What no push can do",
        before: "Old commits stay on the host, in pull requests, forks and caches, and whoever knows an id can open them. This \
                 is why the keys must be revoked.",
        tasks: &[
            "GitHub: ask the support to remove pull-request refs and cached views.",
            "GitLab: upload `work/commit-map` under Settings > Repository > Repository maintenance, and start the \
             housekeeping.",
            "Other hosts: ask whoever runs it to delete what no branch or tag reaches, and to run `git gc --prune=now`.",
            "Ask the owners of forks to delete them, or to do the same.",
            "Git LFS: what was stored stays on the host, even if nothing refers to it. Ask whoever runs it to delete it.",
            "Mirrors, build caches, container images and backups hold the old history, too.",
        ],
    },
    WayOutPart {
        title: "Check again",
        before: "",
        tasks: &[
            "Clone what is published with `git clone --mirror`, and run `skanner audit` on it: it says `safe to publish`.",
            "Run `skanner hook install` in the new clone, and make a scan of every pull request a required check.",
            "Delete the directory of the plan, and the old clones: they hold the keys.",
        ],
    },
];

/// What to do if no ref reaches a key, so that there is no history to rewrite.
pub(crate) const NOT_REACHED: WayOutPart = WayOutPart {
    title: "Nothing to rewrite",
    before: "No branch, tag or other ref reaches a key, so a push does not publish one. What is left in your own clone, such \
             as commits that were taken back, is gone after `git reflog expire --expire=now --all` and \
             `git gc --prune=now`, and nothing can bring it back then.",
    tasks: &[
        "Run `skanner audit`: it says `safe to publish`.",
        "Run `skanner hook install`.",
        "Delete the directory of the plan, if there is one: it holds the keys.",
    ],
};
