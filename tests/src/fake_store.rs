//! A store that answers as a Prometheus does but for one quirk, such as Thanos, Mimir, VictoriaMetrics and managed ones
//! have: it hands questions on to a real or simulated one and plays the quirk. Must not know what is asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where an answer says how many seconds it took.
const EVALUATED: &str = "\"evalTotalTime\":";

#[derive(Debug, Clone, Copy)]
pub enum Quirk {
    None,
    /// More fields in an answer than Prometheus has: `"name":value,`.
    Fields(&'static str),
    /// Who does not name this tenant in `X-Scope-OrgID` is not answered.
    Tenant(&'static str),
    /// Paths that hold one of these words are not for users.
    Forbidden(&'static [&'static str]),
    /// JSON that is called something else.
    ContentType(&'static str),
    /// Queries with this word read too much.
    TooMuch(&'static str),
    /// Of queries with this word it says that they took it so many milliseconds, whatever they took.
    Says(&'static str, &'static AtomicU64),
    /// Its clock runs ahead of ours by so many seconds.
    Ahead(i64),
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct FakeStore {
    addr: SocketAddr,
    task: JoinHandle<()>,
}

impl FakeStore {
    /// Before the Prometheus at this address.
    pub async fn start(origin: String, quirk: Quirk) -> Result<Self> {
        let client = crate::http::client(Duration::from_mins(1))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let service = Router::new().fallback(move |method, uri, headers, body| {
            answer((client.clone(), origin.clone(), quirk), method, uri, (headers, body))
        });
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap_or_default() });
        Ok(Self { addr, task })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for FakeStore {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    (client, origin, quirk): (reqwest::Client, String, Quirk),
    method: Method,
    uri: Uri,
    (headers, body): (HeaderMap, Bytes),
) -> Response {
    let asks = |word: &str| String::from_utf8_lossy(&body).contains(word);
    match quirk {
        Quirk::Tenant(name) if headers.get("x-scope-orgid").is_none_or(|told| told != name) => {
            return (StatusCode::UNAUTHORIZED, "no org id\n").into_response();
        }
        Quirk::Forbidden(words) if words.iter().any(|word| uri.path().contains(word)) => {
            return (StatusCode::FORBIDDEN, "not for you\n").into_response();
        }
        Quirk::TooMuch(word) if asks(word) => {
            let text = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}"#;
            return (StatusCode::UNPROCESSABLE_ENTITY, text).into_response();
        }
        _ => {}
    }
    let is_query = !body.is_empty();
    let says_ms = match quirk {
        Quirk::Says(word, ms) if asks(word) => Some(ms.load(Ordering::Relaxed)),
        _ => None,
    };
    let mut asked = client.request(method, format!("{origin}{uri}")).body(body);
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        asked = asked.header(header::CONTENT_TYPE, kind);
    }
    let Ok(answer) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = answer.status();
    let mut text = answer.text().await.unwrap_or_default();
    if let Quirk::Fields(fields) = quirk
        && is_query
        && text.starts_with('{')
    {
        text.insert_str(1, fields);
    }
    if let Some((before, after)) = says_ms.and(text.split_once(EVALUATED)) {
        let rest = after.find([',', '}']).map_or(after, |end| &after[end..]);
        text = format!("{before}{EVALUATED}{}e-3{rest}", says_ms.unwrap_or_default());
    }
    let kind = if let Quirk::ContentType(kind) = quirk { kind } else { "application/json" };
    let ahead_s = if let Quirk::Ahead(ahead_s) = quirk { ahead_s } else { 0 };
    (status, [(header::CONTENT_TYPE, kind.to_owned()), (header::DATE, date(ahead_s))], text).into_response()
}

/// The time of a clock that is so far ahead, as HTTP writes it.
fn date(ahead_s: i64) -> String {
    let moved = Timestamp::now() + SignedDuration::from_secs(ahead_s);
    DateTimePrinter::new().timestamp_to_rfc9110_string(&moved).unwrap_or_default()
}
