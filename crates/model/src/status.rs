//! What the server says of itself and of its Prometheus.

use crate::json::from_json_fields;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/status`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerStatus {
    pub version: String,
    /// Nobody has to log in; always true until authentication exists.
    pub open_to_all: bool,
    /// Where it listens, as printed at start.
    pub listen: String,
    /// What is as it was set but should not go unsaid: nobody has to log in, certificates are not checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<String>,
    /// Set while Prometheus is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    pub prometheus: PrometheusStatus,
    pub snapshots_held: usize,
    pub snapshots_bytes: u64,
}

/// How far the fetches under way have come, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asking {
    pub answered: usize,
    /// Queries planned so far; answered ones lead to more.
    pub of: usize,
    /// How long all of it takes about, where a long window had that estimated first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_s: Option<u64>,
}

/// Of a [`ServerStatus`] as much as a page needs that waits for its first picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    #[serde(default)]
    pub asking: Option<Asking>,
}

/// `GET /api/v1/last-traffic`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastTraffic {
    /// End of the window that was searched.
    pub at_s: i64,
    pub window_s: u64,
    /// Unix seconds, a minute or four scrapes after the last request at most. Absent: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_s: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrometheusStatus {
    /// Without user name, password or token; none when no URL is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub reachable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape_interval_s: Option<f64>,
    /// Why it could not be reached, or what it did not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Unix seconds of the last good answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_good_s: Option<i64>,
}

/// `GET /api/v1/labels`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Labels {
    /// What `operations` may name, in order.
    pub labels: Vec<String>,
    /// Why there are none, or that there are more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// `GET /api/v1/sources`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sources {
    /// Never empty; the first is meant where none is named.
    pub sources: Vec<Source>,
}

/// A Prometheus that may be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    pub name: String,
    /// Whose proxies it scrapes, where the settings say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Without user name, password or token; none when no URL is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it is known by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
}

/// `GET /api/v1/namespaces`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Namespaces {
    pub at_s: i64,
    pub window_s: u64,
    pub namespaces: Vec<crate::graph::NamespaceSummary>,
}

from_json_fields! {
    ServerStatus { version, open_to_all, listen, cautions, asking, prometheus, snapshots_held, snapshots_bytes }
    PrometheusStatus { url, reachable, engine, scrape_interval_s, notes, last_good_s }
    Asking { answered, of, about_s }
    Waiting { asking }
    LastTraffic { at_s, window_s, seen_s }
    Labels { labels, notes }
    Sources { sources }
    Source { name, cluster, url, engine }
    Namespaces { at_s, window_s, namespaces }
}
