//! The commands: the only place that knows several stages, and composes them.

mod audit;
mod baseline;
mod configuration;
mod explain;
mod history;
mod hook;
mod init;
mod known;
mod mask;
mod progress;
mod rules;
mod scan;
mod settings;
mod worker;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Result, bail};
use clap::{CommandFactory, Parser, ValueEnum};

use crate::{
    cli::{Cli, Color, Command, SchemaDocument},
    config, report,
    rule::{Rule, RuleSet},
};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing found, everything read.
    Clean,
    /// Keys were found.
    Findings,
    /// The run proves nothing.
    NotAProof,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Clean => 0,
            Verdict::Findings => 1,
            Verdict::NotAProof => 2,
        })
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version go to standard output and are no failure; clap knows which is which.
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Verdict::NotAProof } else { Verdict::Clean }.into();
        }
    };
    match color(cli.color).and_then(|color| run(&cli, color)) {
        Ok(verdict) => verdict.into(),
        // Whoever read the output has seen enough of it.
        Err(error) if is_broken_pipe(&error) => Verdict::Clean.into(),
        Err(error) => {
            let mut stderr = AutoStream::auto(io::stderr());
            let _ = writeln!(stderr, "skanner: {}", settings::safe(&format!("{error:#}")));
            Verdict::NotAProof.into()
        }
    }
}

fn run(cli: &Cli, color: bool) -> Result<Verdict> {
    match &cli.command {
        Command::Scan(args) => scan::run(args, color),
        Command::Audit(args) => audit::run(args, color),
        Command::Baseline(args) => baseline::run(&args.command, color),
        Command::Hook(args) => hook::run(&args.command, color),
        Command::Rules(args) => rules::run(args),
        Command::Explain { rule, config } => {
            let rules = rules::known(config)?;
            print(&explain::page(find_rule_in(rules::of(rules.as_ref()), rule)?))
        }
        Command::Config { path, format, settings } => configuration::show(path, *format, settings),
        Command::Init { path, force } => init::run(path, *force),
        Command::Schema { document } => {
            let schema = match document {
                SchemaDocument::Report => report::schema(),
                SchemaDocument::Config => config::schema(),
            };
            print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "skanner", &mut script);
            print(&String::from_utf8(script)?)
        }
    }
}

fn print(text: &str) -> Result<Verdict> {
    // What rules of one's own say, and their examples, may be keys.
    let text = &if settings::has_own_rules() { settings::safe(text) } else { text.to_owned() };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Verdict::Clean)
}

/// The rule of this id, or an error that names the nearest one.
fn find_rule_in<'r>(rules: &'r RuleSet, id: &str) -> Result<&'r Rule> {
    if let Some(rule) = rules.get(id) {
        return Ok(rule);
    }
    match config::nearest(id, rules.iter().map(|rule| rule.id.as_str())) {
        Some(nearest) => bail!("there is no rule `{id}`; did you mean `{nearest}`?"),
        None => bail!("there is no rule `{id}`; `skanner rules list` shows them all"),
    }
}

/// Whether to use colors: as the call says, or the environment.
fn color(choice: Option<Color>) -> Result<bool> {
    if let Some(choice) = choice {
        return Ok(wants_color(choice));
    }
    let words = Color::value_variants().iter().map(|color| (color.name(), *color)).collect::<Vec<_>>();
    match std::env::var("SKANNER_COLOR") {
        Ok(text) if !text.is_empty() => Ok(wants_color(config::word("SKANNER_COLOR", &words, &text)?)),
        _ => Ok(wants_color(Color::Auto)),
    }
}

fn wants_color(choice: Color) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_set("FORCE_COLOR") => true,
        Color::Auto => {
            let stdout = io::stdout();
            AutoStream::choice(&stdout) != ColorChoice::Never
        }
    }
}

/// Whether a person is looking at standard error, and no hook or pipeline stands between.
fn wants_progress() -> bool {
    let is_absent = |name: &str| std::env::var_os(name).is_none();
    io::stderr().is_terminal() && is_absent("CI") && is_absent("PRE_COMMIT")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
