//! Asks Portolan's own server: JSON in, typed answers or a problem in words out.
//! It must not know when to ask or what is done with an answer.

use leptos::prelude::window;
use model::{
    Problem,
    json::{self, FromJson},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, Request, RequestCache, RequestInit, Response};

#[derive(Debug)]
pub(crate) enum Answer<T> {
    Fresh {
        value: T,
        etag: Option<String>,
    },
    /// The server says that what the page holds is still right.
    NotModified,
}

#[derive(Debug)]
pub(crate) enum Failure {
    /// Somebody asked again before this was answered: nothing to say.
    Aborted,
    Told(Problem),
}

/// Lets go of the request when it is dropped, so that a newer question ends the older one.
#[derive(Debug)]
pub(crate) struct Leash(Option<AbortController>);

impl Leash {
    pub(crate) fn new() -> Self {
        Self(AbortController::new().ok())
    }

    pub(crate) fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// An answer before it is read; how to read it is the caller's business, so that asking is compiled once.
#[derive(Debug)]
pub(crate) struct Received {
    text: String,
    etag: Option<String>,
    status: u16,
}

/// None where what the page holds is still right.
pub(crate) async fn fetch(
    address: &str,
    etag: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Option<Received>, Failure> {
    let response = send(address, etag, signal).await.map_err(|thrown| unreachable_or_aborted(&thrown))?;
    let status = response.status();
    if status == 304 {
        return Ok(None);
    }
    let etag = response.headers().get("etag").ok().flatten();
    let text = body(&response).await.map_err(|thrown| unreachable_or_aborted(&thrown))?;
    if response.ok() {
        Ok(Some(Received { text, etag, status }))
    } else {
        Err(Failure::Told(problem(status, &text)))
    }
}

pub(crate) fn read<T: FromJson>(received: Option<Received>) -> Result<Answer<T>, Failure> {
    let Some(Received { text, etag, status }) = received else { return Ok(Answer::NotModified) };
    json::read(&text).map(|value| Answer::Fresh { value, etag }).map_err(|error| unreadable(status, &error))
}

fn unreadable(status: u16, error: &json::Unreadable) -> Failure {
    Failure::Told(told(
        "unreadable-answer",
        "The answer could not be read",
        status,
        format!(
            "The server's answer is not what this page expects ({error}). Reload the page: it may be older than the server."
        ),
    ))
}

async fn send(address: &str, etag: Option<&str>, signal: Option<&AbortSignal>) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("x-portolan-tab", &crate::state::storage::tab())?;
    if let Some(etag) = etag {
        headers.set("if-none-match", etag)?;
    }
    let how = RequestInit::new();
    how.set_headers(&headers);
    // The page keeps the tag itself; the browser's cache between would hide the 304.
    how.set_cache(RequestCache::NoStore);
    how.set_signal(signal);
    let request = Request::new_with_str_and_init(address, &how)?;
    JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()
}

async fn body(response: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

fn unreachable_or_aborted(thrown: &JsValue) -> Failure {
    let name = js_sys::Reflect::get(thrown, &"name".into()).ok().and_then(|name| name.as_string());
    if name.as_deref() == Some("AbortError") {
        return Failure::Aborted;
    }
    Failure::Told(told(
        "server-unreachable",
        "Portolan's server does not answer",
        0,
        "The page cannot reach the server it came from. It may have been stopped, or the network is down."
            .into(),
    ))
}

fn problem(status: u16, text: &str) -> Problem {
    json::read(text).unwrap_or_else(|_| {
        told(
            "http",
            "The server refused",
            status,
            format!("The server answered {status} without saying why. Its log may tell more."),
        )
    })
}

fn told(kind: &str, title: &str, status: u16, detail: String) -> Problem {
    Problem { kind: format!("/problems/{kind}"), title: title.into(), status, detail, field: None }
}
