//! Our own logs: structured, on stderr, so that stdout keeps the one line that people and scripts read.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging. `filter` is like `info` or `portolan=debug,warn`.
pub fn log_to_stderr(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        anyhow::anyhow!(
            "--log is `{filter}`, which is not a filter ({error}). Write it like info or portolan=debug."
        )
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init()
        .map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}
