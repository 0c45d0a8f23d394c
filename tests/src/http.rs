//! The one HTTP client of the tests. Knows no server in particular.

use std::time::Duration;

use anyhow::Result;

/// A client that talks to loopback only, so it takes no proxy from the environment.
pub fn client(timeout: Duration) -> Result<reqwest::Client> {
    Ok(builder(timeout).build()?)
}

/// The same, to be told more.
pub fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    // Whoever comes second finds a provider installed, and that is fine: it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().timeout(timeout)
}
