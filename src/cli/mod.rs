//! The command line: only the types that clap parses.

mod audit;
mod baseline;
mod config;
mod deferred;
mod filter;
mod generate;
mod heading;
mod hints;
mod hook;
mod import;
mod lsp;
mod mcp;
mod report;
mod report_command;
mod rules;
mod scan;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use deferred::Deferred;

pub(crate) use audit::{AuditArgs, REPORTS};
pub(crate) use baseline::{BaselineArgs, BaselineCommand, BaselineSource, ReviewArgs, TreeArgs};
pub(crate) use config::{InitArgs, ShowConfigArgs};
pub(crate) use filter::FilterArgs;
pub(crate) use generate::{CompletionsArgs, SchemaArgs, SchemaDocument};
pub(crate) use hints::{clone_first, hint, is_url};
pub(crate) use hook::{AgentCommand, AgentHookArgs, AgentInstallArgs, HookArgs, HookCommand};
pub(crate) use import::ImportArgs;
pub(crate) use lsp::LspArgs;
pub(crate) use mcp::McpArgs;
pub(crate) use report::{ConfigArgs, FamilyArgs, OutputFile, ReportArgs, SettingArgs, TrustArgs, WriteArgs};
pub(crate) use report_command::ConvertArgs;
pub(crate) use rules::{ExplainArgs, RulesArgs, RulesCommand, TryArgs};
pub(crate) use scan::{HistoryArgs, ScanArgs};

/// Find API keys of the sk- family and of AI services before they leak.
///
/// Other secrets, such as cloud credentials, private keys and passwords, are not looked for.
///
/// Exit code: 0 if no key was found and everything was read, 1 if keys were found, 2 if the run is
/// incomplete: wrong usage or configuration, or something could not be read. Keys that were found are
/// reported in any case.
#[derive(Debug, Parser)]
#[command(
    name = "skanner",
    version,
    long_version = env!("SKANNER_VERSION"),
    max_term_width = 110,
    arg_required_else_help = true,
    disable_help_flag = true,
    after_help = "Examples:
  skanner scan                    the files of this repository
  skanner audit                   its whole history, too: is it safe to publish?
  skanner hook install            check every commit from now on"
)]
pub(crate) struct Cli {
    /// When to use colors.
    ///
    /// With `auto`, on a terminal unless `NO_COLOR` is set, and elsewhere if `FORCE_COLOR` or `CLICOLOR_FORCE` is
    /// set [env: SKANNER_COLOR].
    #[arg(long, global = true, value_enum, value_name = "auto|always|never", hide_possible_values = true)]
    pub color: Option<Color>,

    /// Print help; --help explains all options.
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    pub help: Option<bool>,

    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The command to run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan files, what is staged, a range of commits, or a history.
    #[command(after_help = "Examples:
  skanner scan                            the files of this repository
  skanner scan --staged                   what the next commit would add
  skanner scan --range origin/main...     what this branch adds
  skanner scan --history --output sarif=skanner.sarif")]
    Scan(Box<Deferred<ScanArgs>>),
    /// Check whether repositories are safe to publish.
    ///
    /// Reads the work tree, the index, and every object, name and message in the repository. Shows each key
    /// once, with its occurrences and its history, the most dangerous first. The last line is the verdict:
    /// safe to publish, not safe, or incomplete. It is about keys of the sk- family and of AI
    /// services; other secrets are not looked for. Machine-readable reports are sorted by path, and JSON has
    /// the verdict in `audit`.
    #[command(after_help = "Examples:
  skanner audit                           this repository
  skanner audit --repositories list.txt   many repositories, a report a line
  skanner audit --plan ../cleanup         how to take the keys out
  skanner audit --output html=audit.html ~/src")]
    Audit(Box<Deferred<AuditArgs>>),
    /// Convert reports in JSON to another format, or merge several.
    ///
    /// Reads what `--format json` and `--format reports` have written. A key that several reports have is one finding, and the
    /// merged report is incomplete if one of them is, or if a part of a list is missing. The exit code is that of the report:
    /// 0, 1 or 2.
    #[command(after_help = "Examples:
  skanner report audit.json --format html > audit.html
  skanner report a.json b.json --output sarif=all.sarif
  skanner report shard-*.jsonl            all parts of many repositories")]
    Report(Box<Deferred<ConvertArgs>>),
    /// Scan texts in JSON Lines: one object a line in, findings out.
    ///
    /// For engines that process data. A line has `text` or `content_base64`, and may have an `id` and a `path`. What is found in
    /// a line is written as one line with its number, its `id` and `findings` as in a JSON report; lines without a key are left
    /// out. The order is kept. The last line is `{"summary": …}`: without it, the output is not whole. A line that cannot be
    /// read gets a line with `error`, and makes the exit code 2.
    #[command(after_help = "Example:
  skanner filter < blobs.jsonl > findings.jsonl")]
    Filter(Box<Deferred<FilterArgs>>),
    /// Manage the baseline: known findings that are not reported again.
    ///
    /// The baseline is a file in the tree, `.skanner-baseline` at the root of the repository. Scans, audits
    /// and hooks use it if it exists. An entry is the fingerprint of a secret and the file that holds it. The
    /// secret may move within the file, and the file may be renamed; in another file it is a new finding. No
    /// entry reveals a secret.
    #[command(after_help = "Example:
  skanner baseline create                 from now on, only new keys fail")]
    Baseline(Box<Deferred<BaselineArgs>>),
    /// Take over what other scanners were told to let pass.
    ///
    /// Reads lists of gitleaks, betterleaks, TruffleHog, detect-secrets and ggshield, and scans the work tree. What a list
    /// knows becomes an entry of the baseline, a false positive or a path an `[[allow]]` entry of `skanner.toml`. What
    /// cannot be taken over is named with its line. Exit code: 0 if everything that was found is in one of the lists, 1 if
    /// keys are left, 2 if something could not be read.
    #[command(after_help = "Examples:
  skanner import --check                  what would be taken over
  skanner import                          the lists at the root
  skanner import --history leaks.json     a report with keys of old commits")]
    Import(Box<Deferred<ImportArgs>>),
    /// Run as a git hook, or install the hooks.
    #[command(after_help = "Example:
  skanner hook install                    check every commit, message and push")]
    Hook(Box<Deferred<HookArgs>>),
    /// List the rules, or test them on their examples.
    #[command(after_help = "Examples:
  skanner rules                           a table of all rules
  skanner rules list --format json        with shapes and pages
  skanner rules test                      try your own rules on their examples")]
    Rules(Box<Deferred<RulesArgs>>),
    /// Explain a rule, or one key: what it opens, where it stands, and what to do.
    ///
    /// For a key, the file is scanned, or the work tree for a fingerprint. Shows every occurrence, what to write in its
    /// place, and the steps to take. A key that a comment or the baseline suppresses is shown, too.
    #[command(after_help = "Examples:
  skanner explain openai-project-key      a rule
  skanner explain src/app.py:12           the key on this line
  skanner explain 6ad1f00d --history      the key with this fingerprint
  skanner explain 6ad1f00d --report audit.json")]
    Explain(Box<Deferred<ExplainArgs>>),
    /// Run as a language server, which shows keys in an editor.
    ///
    /// Speaks the Language Server Protocol over standard input and output. Editors start it; docs/editors.md says how to set
    /// them up. It scans what is open while it is typed, as `skanner scan FILE` scans the file, but not what git ignores.
    /// Exit code: 0 after a request to shut down, 1 otherwise.
    #[command(after_help = "Example:
  skanner lsp                             what an editor starts")]
    Lsp(Box<Deferred<LspArgs>>),
    /// Run as a server of the Model Context Protocol, for agents.
    ///
    /// Speaks the protocol over standard input and output, and has four tools: scan_text, scan_paths, scan_staged and
    /// explain_rule. It reads only below one directory, writes nothing, and masks every key.
    #[command(after_help = "Example:
  skanner mcp --root ~/src/project        what an agent starts")]
    Mcp(Box<Deferred<McpArgs>>),
    /// Show the effective settings, and where each one comes from.
    #[command(after_help = "Example:
  skanner config src                      what counts for a scan of src")]
    Config(Box<Deferred<ShowConfigArgs>>),
    /// Write a commented `skanner.toml`, and offer to install the hooks.
    ///
    /// The file goes to the root of the repository, or to the directory itself outside of a repository.
    #[command(after_help = "Example:
  skanner init")]
    Init(Deferred<InitArgs>),
    /// Print the JSON Schema of the report or the configuration.
    #[command(after_help = "Example:
  skanner schema config > skanner.schema.json")]
    Schema(Deferred<SchemaArgs>),
    /// Print a shell completion script.
    #[command(after_help = "Example:
  skanner completions bash > ~/.local/share/bash-completion/completions/skanner")]
    Completions(Deferred<CompletionsArgs>),
    /// Write the man pages, one for each command.
    #[command(hide = true)]
    Man {
        /// An existing directory.
        directory: PathBuf,
    },
}

/// The format of a list.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table.
    #[default]
    Text,
    /// One document with everything that is known.
    Json,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always, even into a pipe.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// The value as it is written on the command line.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}
