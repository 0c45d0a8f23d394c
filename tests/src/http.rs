//! The one HTTP client of the tests. Knows no server in particular.

use std::time::Duration;

use anyhow::Result;

/// A client that talks to loopback only, so it takes no proxy from the environment.
pub fn client(timeout: Duration) -> Result<reqwest::Client> {
    // Whoever comes second finds a provider installed, and that is fine: it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(reqwest::Client::builder().no_proxy().timeout(timeout).build()?)
}
