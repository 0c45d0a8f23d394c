//! What stands where a Prometheus should: it holds every question back, answers with a web page, or hands the question
//! on to a real one, as a test says. Must not know what is asked.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
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
    let Answers::Of(origin) = answers else {
        return Html("<!doctype html><title>Sign in</title><h1>Sign in</h1>").into_response();
    };
    let mut asked = client.request(method, format!("{origin}{uri}")).body(body);
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        asked = asked.header(header::CONTENT_TYPE, kind);
    }
    let Ok(answer) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
