//! Counts each request under its route's template, never under the path as it came: that would let callers make series.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::time::Instant;

/// Who is at the other end of the connection. Absent where there is none, as in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The route whose callers are viewers: every page on which a map is shown asks it.
const VIEWED: &str = "/api/v1/graph";
/// What a page sends to be told from the one in the next tab.
const TAB: &str = "x-portolan-tab";

pub(super) async fn counted(State(app): State<App>, request: Request, next: Next) -> Response {
    let metrics = &app.0.metrics;
    let route = route(&app, &request);
    let _viewing = (route == VIEWED).then(|| metrics.viewers.looking(viewer(&request)));
    let mut counting = metrics.requests.begun(route, Instant::now());
    let response = next.run(request).await;
    counting.answered(response.status().as_u16());
    response
}

/// The template without the base path; "other" for what no route takes.
fn route(app: &App, request: &Request) -> String {
    let template = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let base_path = app.config().bind.base_path.as_str();
    let template = template.strip_prefix(base_path).unwrap_or(template);
    match template {
        "" if request.uri().path().trim_end_matches('/') == base_path => "/".to_owned(),
        "" => "other".to_owned(),
        template if template.contains("__private") => "other".to_owned(),
        template => template.to_owned(),
    }
}

/// One tab: the address it comes from, as the last proxy tells it, with the name the page gave itself; callers who give
/// none go by their program's. Only a hash of it is kept.
fn viewer(request: &Request) -> u64 {
    let headers = request.headers();
    let forwarded = headers.get("x-forwarded-for").and_then(|list| list.to_str().ok());
    let mut hasher = DefaultHasher::new();
    match forwarded.and_then(|list| list.rsplit(',').next()) {
        Some(address) => address.trim().hash(&mut hasher),
        None => request.extensions().get::<Peer>().map(|peer| peer.0).hash(&mut hasher),
    }
    let name = headers.get(TAB).or_else(|| headers.get(header::USER_AGENT));
    name.map(header::HeaderValue::as_bytes).hash(&mut hasher);
    hasher.finish()
}
