//! Programs that may hang or crash.

use std::{
    fs::File,
    io::{Read, Seek},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::Command,
    time::{Duration, Instant},
};

/// No command may take longer.
const LONGEST: Duration = Duration::from_secs(10);

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Code(i32),
    Signal(i32),
    /// It was stopped after ten seconds.
    Hung,
}

/// A program that has run.
pub(crate) struct Ran {
    pub(crate) end: End,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn is_success(&self) -> bool {
        self.end == End::Code(0)
    }
}

/// Runs a program. If it takes too long, it is killed together with all that it started.
pub(crate) fn run(command: &mut Command) -> Ran {
    let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap()).process_group(0);
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    let end = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().map_or_else(|| End::Signal(status.signal().unwrap_or(0)), End::Code);
        }
        if start.elapsed() > LONGEST {
            let group = rustix::process::Pid::from_child(&child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            child.wait().unwrap();
            break End::Hung;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let errors = read(&mut stderr);
    Ran { end, stdout: read(&mut stdout), stderr: String::from_utf8_lossy(&errors).into_owned() }
}

fn read(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}
