//! `skanner filter`: texts in JSON Lines in, findings in JSON Lines out, for engines that process data.
//!
//! A thread reads batches of lines. What has been read is divided among the threads of the run, and written in order before more
//! is taken. So memory is bounded, and a reader that waits makes the writer wait.

mod batch;
mod input;
mod line;
mod members;

use std::{
    io::{self, Write},
    path::Path,
    sync::mpsc::sync_channel,
};

use anyhow::{Context, Result};

use self::{
    batch::{Batch, BatchReader},
    line::{FilteredLines, LineFilter, LineSummary},
};
use super::{console::Console, options};
use crate::{
    cli::FilterArgs,
    config::OptionValues,
    session::{ConfigStart, Options, Session, TextScreens, Verdict, load, verdict},
};

/// How many batches may wait to be scanned: a pipe gives little at once.
const WAITING: usize = 16;

/// So much is divided among threads, in bytes, or what there is.
const WORTHY: usize = 1 << 20;

pub(super) fn run(args: &FilterArgs, console: &Console) -> Result<Verdict> {
    let options = options::of_settings(&args.settings)?;
    let flags = OptionValues { threads: args.threads, ..options.flags };
    let options = Options { flags, untrusted: args.untrusted, ..options };
    let session = load(options, ConfigStart::Path(Path::new(".")), &console.redactor)?;
    let session = Session { trusts_comments: session.trusts_comments && !args.untrusted, ..session };
    let engine = session.engine();
    let screens = TextScreens::new(&session, &engine);
    let filter = LineFilter { screens: &screens, redactor: &console.redactor, writes_all: args.all };
    let mut summary = LineSummary::default();
    let mut out = io::stdout().lock();
    std::thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        scope.spawn(move || {
            let mut reader = BatchReader::new(io::stdin().lock());
            loop {
                let batch = reader.next();
                let is_last = !matches!(&batch, Ok(batch) if !batch.is_last);
                // Nobody takes it any more if the output could not be written.
                if sender.send(batch).is_err() || is_last {
                    break;
                }
            }
        });
        let read = |batch: io::Result<Batch>| batch.context("standard input cannot be read");
        while let Ok(first) = batches.recv() {
            let mut taken = vec![read(first)?];
            let mut size = taken[0].size();
            while size < WORTHY
                && let Ok(next) = batches.try_recv()
            {
                let next = read(next)?;
                size += next.size();
                taken.push(next);
            }
            filter_batches(&session, &filter, &taken, &mut summary, &mut out)?;
        }
        anyhow::Ok(())
    })?;
    summary.write(&session, &mut out)?;
    out.flush()?;
    Ok(verdict(summary.is_complete(), summary.failing > 0))
}

fn filter_batches(
    session: &Session,
    filter: &LineFilter<'_>,
    batches: &[Batch],
    summary: &mut LineSummary,
    out: &mut dyn Write,
) -> Result<()> {
    let pool = session.pool();
    let threads = pool.at_once(pool.threads());
    let each = threads.div_ceil(batches.len());
    let parts =
        batches.iter().flat_map(|batch| batch.parts(each).into_iter().map(move |lines| (batch, lines)));
    for filtered in pool.map(parts.collect(), |(batch, lines)| filter.lines(batch, lines)) {
        let FilteredLines { text, summary: part } = filtered?;
        out.write_all(&text)?;
        summary.add(&part);
    }
    // Whoever waits for the answer to a line gets it.
    Ok(out.flush()?)
}
