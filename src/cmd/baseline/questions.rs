//! Questions at a terminal, and their answers.

use std::io::{self, BufRead, IsTerminal};

use anyhow::{Context, Result, bail};

use crate::{cmd::console::Console, day::Day};

/// Asks whoever sits at the terminal.
pub(super) struct Questions<'c> {
    console: &'c Console,
}

/// The answer to a question that may be left open.
pub(super) enum Answer<T> {
    /// What was typed.
    Given(T),
    /// An empty line.
    None,
    /// The end of the input, as by Ctrl-D.
    End,
}

impl<'c> Questions<'c> {
    /// # Errors
    /// When nobody can answer: a question must never stop a pipeline.
    pub(super) fn new(console: &'c Console) -> Result<Self> {
        let why = if std::env::var_os("CI").is_some() {
            "the variable CI is set"
        } else if !io::stdin().is_terminal() {
            "standard input is no terminal"
        } else if !io::stdout().is_terminal() {
            "standard output is no terminal"
        } else {
            return Ok(Self { console });
        };
        bail!(
            "`skanner baseline review` asks questions, and {why}. Without a terminal, `skanner baseline update --add` \
             adds all new keys to the baseline, and an [[allow]] entry with a fingerprint in skanner.toml allows one key"
        )
    }

    /// Asks for one line.
    ///
    /// # Errors
    /// When the terminal cannot be written or read.
    pub(super) fn ask(&self, question: &str) -> Result<Answer<String>> {
        self.console.print(question)?;
        let mut line = Vec::new();
        io::stdin().lock().read_until(b'\n', &mut line).context("cannot read the answer")?;
        if line.is_empty() {
            // What comes next begins on a line of its own.
            self.console.print_own("\n")?;
            return Ok(Answer::End);
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        Ok(if line.is_empty() { Answer::None } else { Answer::Given(line) })
    }

    /// Asks for a day that is not over, until it gets one or none.
    ///
    /// # Errors
    /// Those of [`Self::ask`].
    pub(super) fn ask_day(&self, question: &str) -> Result<Answer<Day>> {
        loop {
            let text = match self.ask(question)? {
                Answer::Given(text) => text,
                Answer::None => return Ok(Answer::None),
                Answer::End => return Ok(Answer::End),
            };
            match Day::parse(&text) {
                Some(day) if day >= Day::today() => return Ok(Answer::Given(day)),
                Some(_) => self.console.print_own("That day is over.\n")?,
                None => self.console.print_own("Write the day as in 2027-03-01.\n")?,
            };
        }
    }
}
