//! What commands print apart from reports.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    sync::Arc,
};

use anstream::{AutoStream, ColorChoice};
use anyhow::Result;
use clap::ValueEnum;

use crate::{
    cli::Color,
    config,
    hidden::escape_control,
    path::current_directory,
    session::{Redactor, Verdict},
};

/// Standard output and standard error, with secrets masked.
pub(super) struct Console {
    /// Use colors on standard output.
    pub(super) color: bool,
    /// Masks with the rules of this run.
    pub(super) redactor: Arc<Redactor>,
}

impl Console {
    /// The directory that relative paths begin in, if standard output is a terminal with hyperlinks.
    pub(super) fn links_from(&self) -> Option<PathBuf> {
        let has_links = self.color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        has_links.then(current_directory).and_then(Result::ok)
    }

    /// Prints a text that quotes others: paths, names, rules of a configuration.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(super) fn print(&self, text: &str) -> Result<Verdict> {
        self.print_own(&self.redactor.text(text.as_bytes()))
    }

    /// Prints a text that consists only of skanner's own words.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(super) fn print_own(&self, text: &str) -> Result<Verdict> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(Verdict::Clean)
    }

    /// Prints one line on standard error. Names in it come from strangers.
    pub(super) fn note(&self, text: &str) {
        let text = self.redactor.text(text.as_bytes());
        self.say(&format!("skanner: {}\n", escape_control(&text)));
    }

    /// Prints an error, which may have several lines.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let text = self.redactor.text(format!("{error:#}").as_bytes());
        self.say(&format!("skanner: {text}\n"));
    }

    /// Prints a text that is safe to show on standard error.
    pub(super) fn say(&self, text: &str) {
        // If nobody reads it, only words are lost. The exit code says the same.
        let _ = AutoStream::auto(io::stderr()).write_all(text.as_bytes());
    }
}

/// Whether to use colors, according to the option or the environment.
pub(super) fn color(choice: Option<Color>) -> Result<bool> {
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

/// The width of the terminal that standard output is, in columns.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into())
}

/// Whether standard error is a terminal, with no hook or pipeline in between.
pub(super) fn wants_progress() -> bool {
    let is_absent = |name: &str| std::env::var_os(name).is_none();
    io::stderr().is_terminal() && is_absent("CI") && is_absent("PRE_COMMIT")
}
