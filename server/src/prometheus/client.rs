//! One HTTP client for one Prometheus: address, credentials, time-outs, a cap on size.
//! Must not know what the queries mean, nor read their answers.

use super::connections::Connections;
use super::credentials::Credentials;
use super::decode::{Arriving, Form, Told};
use super::{Body, PrometheusError};
use crate::config::PrometheusConfig;
use bytes::{Bytes, BytesMut};
use reqwest::{RequestBuilder, Response, header};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// An error document is read up to here; what follows is of no use to anybody.
const ERROR_BODY_BYTES: usize = 64_000;
/// Read without a pause: packed, it may be fifty times as much.
const PIECE_BYTES: usize = 16_000;

#[derive(Debug, Clone)]
pub(crate) struct Client {
    connections: Arc<Connections>,
    base: Url,
    credentials: Arc<Credentials>,
    parameters: Vec<(String, String)>,
    timeout: Duration,
    max_bytes: usize,
}

/// One answer, neither unpacked nor read.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) body: Body,
    /// The other side's clock, unix seconds, where it tells.
    pub(crate) date_s: Option<i64>,
}

/// An answer that was read as it came.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) told: Result<Told, PrometheusError>,
    /// What it weighed on the wire, as far as it was taken.
    pub(crate) wire_bytes: usize,
    pub(crate) begins_as_json: bool,
}

/// When a query is to be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// At this second since 1970.
    Instant(i64),
    Range(RangeSpan),
}

/// The points of a range query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "units stand in names: all three are seconds")]
pub(crate) struct RangeSpan {
    pub(crate) start_s: i64,
    pub(crate) end_s: i64,
    pub(crate) step_s: i64,
}

impl Client {
    pub(crate) fn new(config: &PrometheusConfig) -> anyhow::Result<Self> {
        Ok(Self {
            connections: Arc::new(Connections::new(config)?),
            base: config.url.clone(),
            credentials: Arc::new(Credentials::new(&config.auth)),
            parameters: config.parameters.clone(),
            timeout: config.timeout,
            max_bytes: config.max_answer_bytes,
        })
    }

    /// The address as it may be shown.
    pub(crate) fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    pub(crate) async fn instant(&self, promql: &str, at_s: i64) -> Result<Answer, PrometheusError> {
        self.send(self.query(promql, At::Instant(at_s))).await
    }

    pub(crate) async fn range(&self, promql: &str, span: RangeSpan) -> Result<Answer, PrometheusError> {
        self.send(self.query(promql, At::Range(span))).await
    }

    /// Reads the answer as it comes: it never lies in memory whole, neither packed nor unpacked.
    pub(crate) async fn read(&self, promql: &str, at: At, form: Form) -> Result<Arrived, PrometheusError> {
        let mut response = self.answered(self.query(promql, at)).await?;
        let mut arriving = Arriving::new(form, is_packed(&response), self.max_bytes);
        let mut wire_bytes = 0;
        'coming: while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(&error))? {
            wire_bytes += chunk.len();
            for piece in chunk.chunks(PIECE_BYTES) {
                if !arriving.take(piece) {
                    break 'coming;
                }
                tokio::task::yield_now().await;
            }
        }
        let begins_as_json = arriving.begins_as_json();
        match arriving.told(self.address()) {
            Err(error @ PrometheusError::TooLarge { .. }) => Err(error),
            told => Ok(Arrived { told, wire_bytes, begins_as_json }),
        }
    }

    fn query(&self, promql: &str, at: At) -> RequestBuilder {
        let (path, times) = match at {
            At::Instant(at_s) => ("api/v1/query", vec![("time", at_s)]),
            At::Range(RangeSpan { start_s, end_s, step_s }) => {
                ("api/v1/query_range", vec![("start", start_s), ("end", end_s), ("step", step_s)])
            }
        };
        // With its own word for what it took; who does not know that parameter lets it be.
        let mut form =
            vec![("query", promql.to_owned()), ("timeout", self.timeout_text()), ("stats", "1".to_owned())];
        form.extend(times.into_iter().map(|(name, s)| (name, s.to_string())));
        self.connections.newest().post(self.url(path)).form(&form)
    }

    /// A page of the API beside queries, such as `api/v1/status/buildinfo`.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, PrometheusError> {
        self.send(self.connections.newest().get(self.url(path))).await
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{path}", self.base.path()));
        url.set_query(query);
        if !self.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.parameters);
        }
        url
    }

    /// We stop waiting at the same moment as Prometheus stops working.
    fn timeout_text(&self) -> String {
        format!("{}s", self.timeout.as_secs().max(1))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, PrometheusError> {
        let response = self.answered(request).await?;
        let date_s = date_s(&response);
        let packed = is_packed(&response);
        let bytes = self.body(response).await?;
        let body = Body { bytes, packed, max_bytes: self.max_bytes };
        if body.is_said_too_large() {
            return Err(PrometheusError::too_large(self.max_bytes));
        }
        Ok(Answer { body, date_s })
    }

    /// The head of an answer that is no refusal.
    async fn answered(&self, request: RequestBuilder) -> Result<Response, PrometheusError> {
        let request = self.credentials.on(request).header(header::ACCEPT_ENCODING, "gzip");
        let response = request.send().await.map_err(|error| self.transport(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    /// Reads as it comes and stops at the cap, whatever the announced length, packed or not.
    async fn body(&self, mut response: Response) -> Result<Bytes, PrometheusError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(&error))? {
            if body.len() + chunk.len() > self.max_bytes {
                return Err(PrometheusError::too_large(self.max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    async fn refusal(&self, mut response: Response) -> PrometheusError {
        let status = response.status().as_u16();
        let location = response
            .headers()
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(without_secrets);
        let packed = is_packed(&response);
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > ERROR_BODY_BYTES {
                break;
            }
        }
        let body = Body { bytes: body.into(), packed, max_bytes: ERROR_BODY_BYTES };
        let said = body.unpacked().unwrap_or_default();
        PrometheusError::from_answer(status, location.as_deref(), &said, self.address())
    }

    fn transport(&self, error: &reqwest::Error) -> PrometheusError {
        PrometheusError::from_transport(error, self.address(), self.timeout.as_secs())
    }
}

/// A login redirect often carries tokens in its query.
fn without_secrets(location: &str) -> String {
    location.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn is_packed(response: &Response) -> bool {
    response.headers().get(header::CONTENT_ENCODING).is_some_and(|value| value == "gzip")
}

fn date_s(response: &Response) -> Option<i64> {
    let text = response.headers().get(header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn client(url: &str) -> Client {
        Client::new(&Config::for_prometheus(url).unwrap().prometheus.unwrap()).unwrap()
    }

    #[test]
    fn the_path_prefix_is_kept() {
        for (url, query) in [
            ("http://p:9090", "http://p:9090/api/v1/query"),
            ("http://p/mimir/prometheus/", "http://p/mimir/prometheus/api/v1/query"),
            ("http://p/base/api/v1", "http://p/base/api/v1/query"),
            ("http://p:9090/graph", "http://p:9090/api/v1/query"),
        ] {
            assert_eq!(client(url).url("api/v1/query").as_str(), query);
        }
        assert_eq!(client("http://p/x").url("api/v1/targets?state=active").query(), Some("state=active"));
    }

    #[tokio::test]
    async fn a_refused_connection_says_so() {
        // A port that was free a moment ago, and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let error = client(&url).instant("up", 0).await.unwrap_err();
        assert_eq!(error, PrometheusError::Refused { at: url });
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_says_so() {
        let error = client("http://no-such-host.invalid:9090").instant("up", 0).await.unwrap_err();
        assert_eq!(error, PrometheusError::NameNotFound { host: "no-such-host.invalid".to_owned() });
    }
}
