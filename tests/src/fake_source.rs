//! What stands where a Prometheus should: it holds every question back, answers with a web page, or hands the question
//! on to a real one, with or without some of its series, as a test says. Must not know what is asked.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// None, until it is told otherwise.
    Withheld,
    /// The page of somebody who wants to be logged in to.
    WebPage,
    /// Those of the Prometheus at this address.
    Of(String),
    /// The same, but for series of which a label has this in its value.
    Without(String, &'static str),
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct FakeSource {
    addr: SocketAddr,
    answers: watch::Sender<Answers>,
    task: JoinHandle<()>,
}

impl FakeSource {
    pub async fn start(answers: Answers) -> Result<Self> {
        let client = http::client(Duration::from_secs(30))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let (answers, told) = watch::channel(answers);
        let service = Router::new().fallback(move |method, uri, headers, body| {
            answer(told.clone(), client.clone(), method, uri, (headers, body))
        });
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap_or_default() });
        Ok(Self { addr, answers, task })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// What was held back is answered in this way too.
    pub fn answer_with(&self, answers: Answers) {
        self.answers.send_replace(answers);
    }
}

impl Drop for FakeSource {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    mut told: watch::Receiver<Answers>,
    client: reqwest::Client,
    method: Method,
    uri: Uri,
    (headers, body): (HeaderMap, Bytes),
) -> Response {
    let answers = match told.wait_for(|answers| *answers != Answers::Withheld).await {
        Ok(answers) => answers.clone(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let (origin, hidden) = match answers {
        Answers::Of(origin) => (origin, None),
        Answers::Without(origin, hidden) => (origin, Some(hidden)),
        Answers::Withheld | Answers::WebPage => {
            return Html("<!doctype html><title>Sign in</title><h1>Sign in</h1>").into_response();
        }
    };
    let mut asked = client.request(method, format!("{origin}{uri}")).body(body);
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        asked = asked.header(header::CONTENT_TYPE, kind);
    }
    let Ok(answer) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let body = hidden.and_then(|hidden| without(&body, hidden)).unwrap_or(body);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// None for what has no series.
fn without(body: &[u8], hidden: &str) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    answer["data"].as_object_mut()?.get_mut("result")?.as_array_mut()?.retain(|series| {
        let mut labels = series["metric"].as_object().into_iter().flatten();
        !labels.any(|(_, value)| value.as_str().is_some_and(|value| value.contains(hidden)))
    });
    Some(answer.to_string().into())
}
