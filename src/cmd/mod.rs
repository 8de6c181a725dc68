//! The commands. Each one chooses a source and settings, runs a session, and returns a verdict.

mod agent_files;
mod audit;
mod audits;
mod baseline;
mod config;
mod console;
mod explain;
mod filter;
mod foreign_rules;
mod guard;
mod hook;
mod import;
mod init;
mod lsp;
mod mcp;
mod options;
mod plan;
mod report;
mod rules;
mod scan;
mod schema;
mod since_scan;
mod tree;
mod try_rule;
mod words;

use std::{io, process::ExitCode, sync::Arc};

use anyhow::Result;
use clap::{CommandFactory, Parser, error::ErrorKind};

use self::console::Console;
use crate::{
    cli::{self, Cli, Command},
    session::{Redactor, Verdict},
};

/// The error that shows the help, since there are no arguments.
const HELP_IS_MISSING: ErrorKind = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

/// The exit code of a verdict. It is part of the interface.
fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Clean => 0,
        Verdict::Findings => 1,
        Verdict::Incomplete => 2,
    })
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let redactor = Arc::new(Redactor::default());
    let mask = |name: &[u8]| redactor.line(&String::from_utf8_lossy(name));
    guard::guarded(|| run_program(redactor.clone()), mask).unwrap_or_else(|message| {
        Console { color: false, redactor: Arc::default() }.say(&message);
        exit_code(Verdict::Incomplete)
    })
}

fn run_program(redactor: Arc<Redactor>) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version go to standard output and are not failures. clap knows the difference.
        Err(error) => {
            print_usage(&error, &redactor);
            return exit_code(if error.use_stderr() { Verdict::Incomplete } else { Verdict::Clean });
        }
    };
    let (console, result) = match console::color(cli.color) {
        Ok(color) => {
            let console = Console { color, redactor };
            let result = run(&cli, &console);
            (console, result)
        }
        Err(error) => (Console { color: false, redactor }, Err(error)),
    };
    match result {
        Ok(verdict) => exit_code(verdict),
        // The reader closed the pipe, and has seen only a part. A report is different: its verdict stands.
        Err(error) if is_broken_pipe(&error) => exit_code(Verdict::Incomplete),
        Err(error) => {
            console.error(&error);
            exit_code(Verdict::Incomplete)
        }
    }
}

/// Prints help, the version, or a usage error, which may contain a key.
fn print_usage(error: &clap::Error, redactor: &Redactor) {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|one| one.to_string_lossy().into_owned()).collect();
    if let Some(hint) =
        cli::hint(&arguments).filter(|_| error.use_stderr() && error.kind() != HELP_IS_MISSING)
    {
        // clap's own tip is a guess that would lead elsewhere.
        let what = error.render().to_string();
        let what = what.lines().next().unwrap_or_default();
        let text =
            redactor.text(format!("{what}\n\n  {hint}\n\nFor more information, try '--help'.\n").as_bytes());
        Console { color: false, redactor: Arc::default() }.say(&text);
        return;
    }
    let plain = error.render().to_string();
    let masked = if error.use_stderr() { redactor.text(plain.as_bytes()) } else { plain.clone() };
    if masked == plain {
        let _ = error.print();
    } else {
        Console { color: false, redactor: Arc::default() }.say(&masked);
    }
}

fn run(cli: &Cli, console: &Console) -> Result<Verdict> {
    match &cli.command {
        Command::Scan(args) => scan::run(args, console),
        Command::Audit(args) => audit::run(args, console),
        Command::Report(args) => report::run(args, console),
        Command::Baseline(args) => baseline::run(&args.command, console),
        Command::Import(args) => import::run(args, console),
        Command::Filter(args) => filter::run(args, console),
        Command::Hook(args) => hook::run(&args.command, console),
        Command::Rules(args) => rules::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Lsp(args) => lsp::run(args, console),
        Command::Mcp(args) => mcp::run(args, console),
        Command::Config(args) => config::show(&args.path, args.format, &args.settings, console),
        Command::Init(args) => init::run(&args.path, args.force, console),
        Command::Schema(args) => schema::run(args.document, console),
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "skanner", &mut script);
            console.print_own(&String::from_utf8(script)?)
        }
        Command::Man { directory } => {
            clap_mangen::generate_to(Cli::command(), directory)?;
            Ok(Verdict::Clean)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
