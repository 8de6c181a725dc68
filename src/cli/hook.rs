//! Arguments of `skanner hook`.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    heading,
    report::{ConfigArgs, ReportArgs, SettingArgs, confidence_parser},
};
use crate::{
    agent::install::{AGENTS, AgentInstall},
    hook::GitHook,
    rule::Confidence,
};

/// Arguments of `skanner hook`.
#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// The hook to run, or how to install hooks.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// The hook that git runs, or how to install hooks.
#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Stop a commit that would add a key. Scans what is staged.
    ///
    /// Also for git's hook pre-merge-commit: what a merge changes compared with HEAD.
    #[command(
        visible_alias = "pre-merge-commit",
        after_help = "Example:
  skanner hook pre-commit                 as .git/hooks/pre-commit calls it"
    )]
    PreCommit {
        /// Only these files.
        ///
        /// Their staged version is read if they are staged, and the one in the work tree otherwise. Outside of a
        /// commit, both are read whole.
        files: Vec<PathBuf>,

        /// Git is about to commit a merge: give the advice for that.
        #[arg(long)]
        merge: bool,

        /// Skip files that git ignores and does not track, even if they are named.
        #[arg(long)]
        force_exclude: bool,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a commit whose message contains a key.
    #[command(after_help = "Example:
  skanner hook commit-msg -- \"$1\"        as .git/hooks/commit-msg calls it")]
    CommitMsg {
        /// The file with the message, as git passes it.
        file: PathBuf,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a push that would publish a key. Scans the commits that the remote repository does not have yet.
    ///
    /// Standard input has a line for each reference, as git writes them. If a hook framework has already
    /// consumed it, the variables of the framework are used, and otherwise HEAD is scanned.
    #[command(after_help = "Example:
  skanner hook pre-push --refs-from-git -- \"$@\"")]
    PrePush {
        /// The name of the remote, as git passes it.
        remote: Option<String>,

        /// The URL of the remote, as git passes it.
        url: Option<String>,

        /// Standard input comes from git itself.
        ///
        /// If it is empty, nothing is being pushed.
        #[arg(long)]
        refs_from_git: bool,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Refuse a push to this repository. Scans the commits that it does not have yet.
    ///
    /// Standard input has a line for each reference, as git writes them.
    #[command(after_help = "Example:
  skanner hook pre-receive                as hooks/pre-receive calls it")]
    PreReceive {
        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Keep keys out of what a coding agent reads, writes, runs and is asked.
    ///
    /// The agent runs this command before and after it runs a tool, and gives what it is about on standard input. A key in
    /// what would be written, run or sent is refused, a key in an output is masked, and a prompt with a key is stopped. Claude
    /// Code, Codex, Copilot, Cursor, Gemini CLI, Kiro, Mistral Vibe, opencode, Qwen Code and Windsurf are recognized. If all is
    /// well, nothing is printed.
    ///
    /// Neither comments nor a configuration, baseline or .gitignore of the repository count, since the agent could write them.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Examples:
  skanner hook agent install              for all agents that you use
  skanner hook agent install codex        only for this one
  skanner hook agent                      as an agent calls it"
    )]
    Agent(Box<AgentHookArgs>),
    /// Make git run the hooks. Existing hooks keep running.
    #[command(after_help = "Examples:
  skanner hook install                    in this repository
  skanner hook install pre-push           only this hook
  skanner hook install --global           in all of your repositories")]
    Install {
        /// Which hooks (default: all that fit).
        ///
        /// By default pre-commit, pre-merge-commit, commit-msg and pre-push; in a bare repository pre-receive.
        #[arg(value_parser = event_parser())]
        hooks: Vec<GitHook>,

        /// Install for all of your repositories.
        #[arg(long)]
        global: bool,
    },
    /// Remove the hooks of skanner, and restore what was there before.
    #[command(after_help = "Examples:
  skanner hook uninstall                  in this repository
  skanner hook uninstall --global         those for all of your repositories")]
    Uninstall {
        /// Which hooks (default: all).
        #[arg(value_parser = event_parser())]
        hooks: Vec<GitHook>,

        /// Remove those for all of your repositories.
        #[arg(long)]
        global: bool,
    },
}

/// Arguments of `skanner hook agent`.
#[derive(Args, Debug)]
pub(crate) struct AgentHookArgs {
    /// How to install it.
    #[command(subcommand)]
    pub command: Option<AgentCommand>,

    /// Refuse what cannot be read, instead of letting it pass.
    ///
    /// That is a payload that is not valid JSON, or larger than 64 MiB, or comes from an agent or event that is not known. The
    /// exit code is then 2, and standard error says why: most agents take that for a refusal.
    #[arg(long, help_heading = heading::FINDINGS)]
    pub fail_closed: bool,

    /// Also refuse commands that run git without its hooks.
    ///
    /// Such as `git commit --no-verify`, `git -c core.hooksPath=… push` or `HUSKY=0 git commit`.
    #[arg(long, help_heading = heading::FINDINGS)]
    pub deny_no_verify: bool,

    /// Which findings count.
    #[command(flatten)]
    pub settings: AgentSettingArgs,
}

/// How to tell agents to run the hook.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Make agents run the hook. Everything else in their settings stays as it is.
    #[command(after_help = "Examples:
  skanner hook agent install              all agents that you use
  skanner hook agent install --project    those of this project
  skanner hook agent install claude-code cursor")]
    Install(AgentInstallArgs),
    /// Take the hook out of the settings of agents.
    #[command(after_help = "Example:
  skanner hook agent uninstall            of all agents")]
    Uninstall(AgentInstallArgs),
    /// Show which agents run the hook.
    #[command(after_help = "Example:
  skanner hook agent status")]
    Status,
}

/// Which agents, and whose settings.
#[derive(Args, Debug)]
pub(crate) struct AgentInstallArgs {
    /// Which agents (default: all that are used there).
    ///
    /// They are called claude-code, codex, copilot, cursor, gemini, opencode, qwen, vibe and windsurf.
    #[arg(value_name = "AGENT", value_parser = agent_parser(), hide_possible_values = true)]
    pub agents: Vec<&'static AgentInstall>,

    /// Your own settings, for all projects (default).
    #[arg(long, conflicts_with = "project")]
    pub user: bool,

    /// The settings of this project.
    #[arg(long)]
    pub project: bool,
}

/// Which findings count for an agent. What the repository says does not.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AgentSettingArgs {
    /// Keys that are certain, likely (default) or possible.
    ///
    /// The minimum confidence of a finding: `certain`, `likely` or `possible` [env: SKANNER_MIN_CONFIDENCE].
    #[arg(long, value_name = "LEVEL", value_parser = confidence_parser(), help_heading = heading::FINDINGS, hide_possible_values = true)]
    pub min_confidence: Option<Confidence>,

    /// No findings of this rule. Can be repeated.
    ///
    /// [env: SKANNER_EXCLUDE_RULE]
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = heading::FINDINGS, hide_short_help = true)]
    pub exclude_rule: Vec<String>,

    /// Also look for the values of a file such as .env. Can be repeated.
    ///
    /// [env: SKANNER_VALUES_FROM]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS)]
    pub values_from: Vec<PathBuf>,

    /// Also look for the values of these environment variables.
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = heading::FINDINGS, hide_short_help = true)]
    pub values_from_env: Vec<String>,

    /// Use this configuration. None is looked up.
    ///
    /// [env: SKANNER_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub config: Option<PathBuf>,

    /// Also look for keys by the rules of another scanner. Can be repeated.
    ///
    /// [env: SKANNER_RULES_FROM]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub rules_from: Vec<PathBuf>,

    /// Obey this policy of an organization, which nothing can weaken.
    ///
    /// [env: SKANNER_POLICY]
    #[arg(long, value_name = "FILE", help_heading = heading::FINDINGS, hide_short_help = true)]
    pub policy: Option<PathBuf>,
}

impl AgentSettingArgs {
    /// The same as settings of any command.
    pub(crate) fn settings(&self) -> SettingArgs {
        let Self { min_confidence, exclude_rule, values_from, values_from_env, config, rules_from, policy } =
            self.clone();
        let config = ConfigArgs { config, rules_from, policy, isolated: true };
        SettingArgs {
            min_confidence,
            exclude_rule,
            values_from,
            values_from_env,
            config,
            ..SettingArgs::default()
        }
    }
}

fn agent_parser() -> impl TypedValueParser<Value = &'static AgentInstall> {
    PossibleValuesParser::new(AGENTS.iter().map(|agent| agent.id))
        .try_map(|id| AgentInstall::of(&id).ok_or_else(|| format!("unknown agent `{id}`")))
}

fn event_parser() -> impl TypedValueParser<Value = GitHook> {
    PossibleValuesParser::new(GitHook::ALL.map(GitHook::name))
        .try_map(|name| GitHook::of(&name).ok_or_else(|| format!("unknown hook `{name}`")))
}
