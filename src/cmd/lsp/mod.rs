//! `skanner lsp`: a language server, which shows keys in an editor while they are typed.

mod actions;
mod client;
mod config_file;
mod diagnostics;
mod documents;
mod outbox;
mod server;
mod sessions;
mod text_check;
mod workspace;

use std::{
    io,
    sync::mpsc::{self, Receiver, TryRecvError},
    thread,
};

use anyhow::{Context, Result};

use self::{outbox::Outbox, server::LanguageServer};
use super::{console::Console, options};
use crate::{
    cli::LspArgs,
    json_rpc::{FrameReader, Framing},
    session::Verdict,
};

/// What the thread that reads has read: the body of a message, or that no more will come.
type Arrival = io::Result<Vec<u8>>;

/// Serves until the editor says `exit`, or closes standard input.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn run(args: &LspArgs, console: &Console) -> Result<Verdict> {
    let arrivals = read_input()?;
    let mut server = LanguageServer::new(options::of_settings(&args.settings)?, &console.redactor);
    loop {
        // What has changed several times meanwhile is checked once, so messages come first.
        let arrival = match arrivals.try_recv() {
            Ok(arrival) => Some(arrival),
            Err(TryRecvError::Empty) if server.check_next() => None,
            Err(TryRecvError::Empty) => Some(arrivals.recv().unwrap_or_else(|_| at_end())),
            Err(TryRecvError::Disconnected) => Some(at_end()),
        };
        let goes_on = match arrival {
            None => true,
            Some(Ok(body)) => server.handle(&body),
            Some(Err(_)) => false,
        };
        Outbox::send(server.outbox.take()).context("cannot write to the editor")?;
        if !goes_on {
            // The protocol wants 1 from a server that nobody has asked to shut down.
            return Ok(if server.is_shut_down() { Verdict::Clean } else { Verdict::Findings });
        }
    }
}

fn at_end() -> Arrival {
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Reads standard input in a thread of its own, which ends with the program. It never waits, so that neither side does
/// while both write.
fn read_input() -> Result<Receiver<Arrival>> {
    let (sender, receiver) = mpsc::channel();
    let read = move || {
        let mut reader = FrameReader::new(io::stdin().lock(), Framing::Header);
        loop {
            let arrival = match reader.next() {
                Ok(Some(body)) => Ok(body),
                Ok(None) => at_end(),
                Err(error) => Err(error),
            };
            let is_last = arrival.is_err();
            if sender.send(arrival).is_err() || is_last {
                return;
            }
        }
    };
    thread::Builder::new().spawn(read).context("cannot start a thread to read standard input")?;
    Ok(receiver)
}
