//! Which labels requests carry beside those that every mesh has: what may be chosen to tell them apart by.
//! Must not know which labels those are: the dialect tells.

use super::fetch::Fetcher;
use super::lanes::Lane;
use super::{Collector, Failure, landed};
use crate::prometheus::PrometheusError;
use graph::Origin;
use model::status::Labels;
use moka::future::Cache;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// They change when somebody configures the proxies.
const KEPT_FOR: Duration = Duration::from_mins(10);
/// As far back as is looked: the store should not have to open old blocks for it.
const LOOKS_BACK_S: i64 = 3_600;
/// Nobody chooses from more.
const MOST: usize = 100;

pub(super) type LabelsCache = Cache<(), Arc<Labels>>;

pub(super) fn new_cache() -> LabelsCache {
    Cache::builder().max_capacity(1).time_to_live(KEPT_FOR).build()
}

#[derive(Deserialize)]
struct Document {
    data: Vec<String>,
}

impl Collector {
    /// Whether requests may be told apart by this label now; if not, when.
    pub(crate) fn may_tell_apart_by(&self, label: &str) -> Result<(), Duration> {
        self.ration.take(label)
    }

    pub(crate) async fn labels(self: &Arc<Self>) -> Result<Arc<Labels>, Failure> {
        if !self.members.is_empty() {
            return Box::pin(self.labels_of_all()).await;
        }
        let lone = |error| Failure { error, retry_in_s: None };
        let fetcher = self.fetcher.clone().ok_or(lone(PrometheusError::NotConfigured))?;
        let collector = self.clone();
        // Spawned for the same reason as a snapshot's flight.
        let flight = tokio::spawn(async move {
            let origin = collector.lookout.origin();
            let asking = fetcher.labels(&origin, collector.now_s());
            collector.labels.try_get_with((), asking).await
        });
        landed(flight.await).map_err(|error: Arc<PrometheusError>| lone((*error).clone()))
    }
}

impl Fetcher {
    /// A store without such lists has none to choose from, which is no failure.
    async fn labels(&self, origin: &Origin, now_s: i64) -> Result<Arc<Labels>, PrometheusError> {
        let requests = origin.dialect.vocabulary(&origin.probe).requests;
        let of_requests = match self.labels_of(requests, origin, now_s).await {
            Ok(labels) => labels,
            Err(error) if error.is_about_the_source() || error.is_timeout() => return Err(error),
            Err(error) => {
                let why = match error {
                    PrometheusError::NotFound { .. } => "it answers 404.".to_owned(),
                    error => error.to_string(),
                };
                let note = format!("The store does not list its labels: {why}");
                return Ok(Arc::new(Labels { labels: Vec::new(), notes: vec![note] }));
            }
        };
        // What `up` has too was put on by the scrape and says nothing about a request.
        let of_scrapes = self.labels_of("up", origin, now_s).await.unwrap_or_default();
        let mut labels: Vec<String> = of_requests
            .into_iter()
            .filter(|label| model::params::is_label(label) && !label.starts_with("__"))
            .filter(|label| !origin.dialect.is_own(label) && !of_scrapes.contains(label))
            .collect();
        let more = labels.len().saturating_sub(MOST);
        labels.truncate(MOST);
        let notes = (more > 0).then(|| format!("{more} more labels are not listed.")).into_iter().collect();
        Ok(Arc::new(Labels { labels, notes }))
    }

    async fn labels_of(
        &self,
        metric: &str,
        origin: &Origin,
        now_s: i64,
    ) -> Result<BTreeSet<String>, PrometheusError> {
        let matcher = origin.extra_matcher.as_deref().unwrap_or_default();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("match[]", &format!("{metric}{{{matcher}}}"))
            .append_pair("start", &(now_s - LOOKS_BACK_S).to_string())
            .append_pair("end", &now_s.to_string())
            .finish();
        let answer = {
            let _turn = self.lanes.turn(Lane::Detail).await;
            self.queries.noted("labels", self.client.get(&format!("api/v1/labels?{query}"))).await?
        };
        let body = answer.body.unpacked()?;
        let document: Document = serde_json::from_slice(&body)
            .map_err(|error| PrometheusError::from_decoding(error.into(), &body, self.client.address()))?;
        Ok(document.data.into_iter().collect())
    }
}
