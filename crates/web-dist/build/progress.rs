//! Tells the person who waits what is going on. Cargo shows nothing of a build script's output while it runs, so the
//! lines go where cargo itself writes: its standard error, or else the terminal. Failing to tell is never an error.

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Between two lines about the same step: often enough to see that it lives, seldom enough not to flood a log.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) struct Progress {
    sink: Option<File>,
    last_line: Option<Instant>,
}

impl Progress {
    pub(crate) fn open() -> Self {
        Self { sink: cargo_stderr().or_else(terminal), last_line: None }
    }

    /// Says it now.
    pub(crate) fn say(&mut self, text: &str) {
        self.last_line = Some(Instant::now());
        if let Some(sink) = &mut self.sink {
            // On a terminal cargo's progress bar stands in this line: wipe it, cargo draws it anew below.
            let wipe = if sink.is_terminal() { "\r\x1b[K" } else { "" };
            // One write a line, so that it does not mix with cargo's own.
            drop(sink.write_all(format!("{wipe}        Page {text}\n").as_bytes()));
        }
    }

    /// Says it if nothing was said for a while.
    pub(crate) fn mention(&mut self, text: impl FnOnce() -> String) {
        if self.last_line.is_none_or(|last| last.elapsed() >= PAUSE) {
            self.say(&text());
        }
    }
}

/// Our parent is cargo, and on Linux its standard error can be opened by name. Not if that is a plain file: two
/// writers would overwrite each other, and nobody watches a file.
#[cfg(target_os = "linux")]
fn cargo_stderr() -> Option<File> {
    let path = format!("/proc/{}/fd/2", std::os::unix::process::parent_id());
    let watched = !std::fs::metadata(&path).ok()?.is_file();
    watched.then(|| OpenOptions::new().append(true).open(path).ok()).flatten()
}

#[cfg(not(target_os = "linux"))]
fn cargo_stderr() -> Option<File> {
    None
}

fn terminal() -> Option<File> {
    OpenOptions::new().append(true).open("/dev/tty").ok()
}
