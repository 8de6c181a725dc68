//! Runs a program on a terminal of its own.
#![allow(dead_code, unreachable_pub, reason = "every test binary uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

/// A program whose standard output and standard error are a terminal.
pub struct OnTerminal {
    pub child: Child,
    keyboard: File,
    written: Receiver<Vec<u8>>,
    so_far: Vec<u8>,
}

impl OnTerminal {
    /// Starts it on a terminal of this width, in columns, from which it reads nothing.
    pub fn start(command: &mut Command, width: u16) -> Self {
        Self::start_with(command, width, false)
    }

    /// Starts it on a terminal that is its standard input, too.
    pub fn start_typing(command: &mut Command, width: u16) -> Self {
        Self::start_with(command, width, true)
    }

    fn start_with(command: &mut Command, width: u16, types: bool) -> Self {
        let main = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&main).unwrap();
        unlockpt(&main).unwrap();
        let size = Winsize { ws_col: width, ws_row: 40, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&main, size).unwrap();
        let name = ptsname(&main, Vec::new()).unwrap();
        let side = || -> OwnedFd { open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap() };
        command.env("TERM", "xterm-256color").stdout(Stdio::from(side())).stderr(Stdio::from(side()));
        if types {
            command.stdin(Stdio::from(side()));
        }
        let child = command.spawn().unwrap();
        // The command would keep the terminal open.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if types {
            command.stdin(Stdio::null());
        }
        let (sender, written) = channel();
        let mut main = File::from(main);
        let keyboard = main.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = main.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, written, so_far: Vec::new() }
    }

    /// Types a text. `\n` is the Enter key, and `\x04` is Ctrl-D.
    pub fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Waits until the terminal shows this text.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |shown| shown.contains(text));
    }

    /// Waits until what the terminal shows is as it should be; `what` says in words how.
    pub fn wait_until(&mut self, what: &str, is_right: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !is_right(&self.shown()) {
            assert!(start.elapsed() < Duration::from_secs(60), "no {what:?} in {:?}", self.shown());
            if let Ok(more) = self.written.recv_timeout(Duration::from_millis(100)) {
                self.so_far.extend(more);
            }
        }
    }

    /// What has been written so far, with plain line ends.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.so_far).replace("\r\n", "\n")
    }

    /// Waits for its end, and returns everything it wrote.
    pub fn finish(mut self) -> (ExitStatus, String) {
        // Waiting would close it.
        let stdin = self.child.stdin.take();
        let status = self.child.wait().unwrap();
        drop(stdin);
        while let Ok(more) = self.written.recv_timeout(Duration::from_secs(10)) {
            self.so_far.extend(more);
        }
        (status, self.shown())
    }
}
