//! Tells one state of a file from the next, without reading it.

use std::time::SystemTime;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: SystemTime,
    bytes: u64,
}

impl Stamp {
    /// None where there is no such file now.
    pub(super) fn of(path: &str) -> Option<Self> {
        let about = std::fs::metadata(path).ok()?;
        Some(Self { changed: about.modified().ok()?, bytes: about.len() })
    }
}
