//! A proxy before the simulated mesh that changes queries and answers: a store that names or labels things otherwise.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// All queries that came, as they came.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

#[derive(Clone, Copy)]
pub(crate) struct Rewriting {
    /// None: the store knows nothing of it.
    pub(crate) query: fn(&str) -> Option<String>,
    pub(crate) answer: fn(&mut Value),
}

/// Serves it; its address, and what it was asked.
pub(crate) async fn start(rewriting: Rewriting) -> (String, Asked) {
    start_of(None, rewriting).await
}

/// The same of a scenario that comes with the demo.
pub(crate) async fn start_of(scenario: Option<&str>, rewriting: Rewriting) -> (String, Asked) {
    let scenario = scenario.map(|name| portolan::demo::scenario(name).unwrap());
    let upstream = portolan::demo::router(portolan::demo::mesh(scenario, None).unwrap());
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = asked.clone();
    let service = Router::new().fallback(move |request: Request| {
        let (upstream, seen) = (upstream.clone(), seen.clone());
        async move { relay(request, upstream, rewriting, &seen).await }
    });
    tokio::spawn(async move { axum::serve(listener, service).await });
    (url, asked)
}

async fn relay(request: Request, upstream: Router, rewriting: Rewriting, asked: &Asked) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::ACCEPT_ENCODING);
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = body.collect().await.unwrap().to_bytes();
    if parts.method == Method::GET {
        return upstream.oneshot(Request::from_parts(parts, Body::from(body))).await.unwrap();
    }
    let mut form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let query = &mut form.iter_mut().find(|(key, _)| key == "query").unwrap().1;
    asked.lock().unwrap().push(query.clone());
    let Some(rewritten) = (rewriting.query)(query) else {
        let kind = if parts.uri.path().ends_with("range") { "matrix" } else { "vector" };
        return format!(r#"{{"status":"success","data":{{"resultType":"{kind}","result":[]}}}}"#)
            .into_response();
    };
    *query = rewritten;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let answer = upstream.oneshot(Request::from_parts(parts, Body::from(body))).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let mut answer: Value = serde_json::from_slice(&body).unwrap();
    (rewriting.answer)(&mut answer);
    answer.to_string().into_response()
}
