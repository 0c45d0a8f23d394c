//! Answers only to names it knows. Else a web page elsewhere could point its own name at this address and read the mesh
//! through a visitor's browser (DNS rebinding).

use crate::app::App;
use crate::config::PROBES;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

pub(super) async fn checked(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = host(&request);
    if may_pass(&app, &host) || is_probe(&app, request.uri().path()) {
        return next.run(request).await;
    }
    let detail = if host.is_empty() {
        "The request names no host. Send a Host header.".to_owned()
    } else {
        format!(
            "This server does not answer to the name `{host}`. If that name is yours, start Portolan with --allowed-hosts {host} (or PORTOLAN_ALLOWED_HOSTS)."
        )
    };
    ApiError::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host", "Not under this name", detail)
        .into_response()
}

/// Lower case, without port; from the address of the request (HTTP/2) or its header.
fn host(request: &Request) -> String {
    let given = request
        .uri()
        .authority()
        .map(Authority::as_str)
        .or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()))
        .unwrap_or_default();
    let name = match given.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => given,
    };
    name.to_ascii_lowercase()
}

fn may_pass(app: &App, host: &str) -> bool {
    let bind = &app.config().bind;
    LOOPBACK.contains(&host)
        || bind.allowed_hosts.iter().any(|allowed| allowed == host)
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip == bind.listen.ip())
}

/// A platform's probes and scrapes call by the address of the moment, and the answers tell nothing of the mesh.
fn is_probe(app: &App, path: &str) -> bool {
    let path = path.strip_prefix(app.config().bind.base_path.as_str()).unwrap_or(path);
    PROBES.contains(&path)
}
