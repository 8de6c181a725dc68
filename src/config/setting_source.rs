//! Where a value comes from.

use std::fmt;

use super::place::ConfigPosition;

/// Where a value comes from, in order of increasing precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingSource {
    /// The default.
    Default,
    /// A line of the policy, where nobody else decides.
    Policy(ConfigPosition),
    /// A line of the configuration.
    File(ConfigPosition),
    /// An environment variable.
    Environment(&'static str),
    /// A command-line option.
    Flag(&'static str),
}

impl SettingSource {
    /// The kind of source.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Policy(_) => "policy",
            Self::File(_) => "file",
            Self::Environment(_) => "environment",
            Self::Flag(_) => "flag",
        }
    }

    /// Whether the caller asked for it, by an option or a variable.
    pub(crate) fn is_requested(&self) -> bool {
        matches!(self, Self::Flag(_) | Self::Environment(_))
    }

    /// Whether it takes precedence over another source.
    pub(super) fn outranks(&self, other: &Self) -> bool {
        let rank = |source: &Self| match source {
            Self::Default | Self::Policy(_) => 0,
            Self::File(_) => 1,
            Self::Environment(_) => 2,
            Self::Flag(_) => 3,
        };
        rank(self) > rank(other)
    }

    /// Its name where the summary counts by it: `--rule`, `SKANNER_RULE`, `skanner.toml`.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(place) | Self::Policy(place) => place.file.to_string(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) | Self::Policy(place) => place.fmt(f),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}
