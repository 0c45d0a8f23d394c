//! The connections to one Prometheus, made anew when a certificate or key that they rest on has changed on disk: clusters
//! renew them. Must not know what is asked.

use super::stamp::Stamp;
use crate::config::PrometheusConfig;
use anyhow::Context as _;
use reqwest::{Certificate, Identity};
use std::sync::{Mutex, PoisonError};
use url::Url;

#[derive(Debug)]
pub(super) struct Connections {
    config: PrometheusConfig,
    made: Mutex<Made>,
}

#[derive(Debug)]
struct Made {
    http: reqwest::Client,
    /// Of the files that it was made from, in their order.
    stamps: Vec<Option<Stamp>>,
}

impl Connections {
    pub(super) fn new(config: &PrometheusConfig) -> anyhow::Result<Self> {
        let (authorities, identity) = (&config.transport.authorities, &config.transport.identity);
        let http = made(config, authorities.clone(), identity.clone())?;
        let stamps = config.transport.files.paths().map(Stamp::of).collect();
        Ok(Self { config: config.clone(), made: Mutex::new(Made { http, stamps }) })
    }

    /// Files that are gone for a moment, or do not fit together, as while they are being replaced, leave what was known.
    pub(super) fn newest(&self) -> reqwest::Client {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps: Vec<Option<Stamp>> = self.config.transport.files.paths().map(Stamp::of).collect();
        let gone = stamps.iter().zip(&made.stamps).any(|(now, then)| now.is_none() && then.is_some());
        if gone || stamps == made.stamps {
            return made.http.clone();
        }
        made.stamps = stamps;
        match self.renewed() {
            Ok(http) => {
                tracing::info!("certificates for Prometheus have changed and were read again");
                made.http = http;
            }
            Err(error) => {
                tracing::warn!(%error, "certificates for Prometheus have changed but cannot be used; the last ones stay");
            }
        }
        made.http.clone()
    }

    fn renewed(&self) -> anyhow::Result<reqwest::Client> {
        let mut mistakes = Vec::new();
        let read = |path: &str| std::fs::read_to_string(path).map_err(|error| error.to_string());
        let (authorities, identity) = self.config.transport.files.read(&read, &mut mistakes);
        anyhow::ensure!(mistakes.is_empty(), mistakes.join(" "));
        made(&self.config, authorities, identity)
    }
}

fn made(
    config: &PrometheusConfig,
    authorities: Vec<Certificate>,
    identity: Option<Identity>,
) -> anyhow::Result<reqwest::Client> {
    crate::tls::install();
    let transport = &config.transport;
    let mut builder = reqwest::Client::builder()
        .default_headers(transport.headers.clone())
        .tls_certs_merge(authorities)
        .tls_danger_accept_invalid_certs(transport.skip_verify)
        .user_agent(concat!("portolan/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        // Unpacked by `Body`, where it is read.
        .gzip(false)
        // A redirected POST becomes a GET without its form, and a login page would be taken for an answer.
        .redirect(reqwest::redirect::Policy::none());
    if let Some(identity) = identity {
        builder = builder.identity(identity);
    }
    if config.url.scheme() == "http" {
        // Small images have no authorities at all, without which no client for https could be made.
        builder = builder.tls_certs_only([]);
    }
    if is_loopback(&config.url) {
        // A proxy cannot reach this machine's own loopback.
        builder = builder.no_proxy();
    }
    builder.build().context(
        "No connection to Prometheus can be secured: does this machine have certificates of authorities? Install ca-certificates, or set --prometheus-ca-file",
    )
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
