//! `portolan health`: asks the server on this machine whether it lives, for an image without a shell or curl.

use crate::config::Config;
use crate::serve::url_of;
use anyhow::{Context as _, ensure};
use std::time::Duration;

/// A server that does not answer within this time does not live.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks `/healthz` where these settings say that the server listens.
pub async fn health(config: &Config) -> anyhow::Result<()> {
    crate::install_crypto();
    let url = format!("{}/healthz", url_of(config.bind.listen, &config.bind.base_path));
    // Plain HTTP to this machine: no proxy, and no authorities, which small images do not have.
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().tls_certs_only([]).build()?;
    let answer = client.get(&url).send().await.with_context(|| format!("nothing answers at {url}"))?;
    ensure!(answer.status().is_success(), "{url} answers {}", answer.status());
    Ok(())
}
