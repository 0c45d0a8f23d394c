//! Sources that refuse, mislead or overwhelm: each gives a problem document whose sentence says what to do.

use crate::support::Product;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use portolan::Config;
use portolan::cli::Settings;
use tokio::net::TcpListener;

/// A server that answers everything in the same way; its address.
async fn server<R, F>(answer: F) -> String
where
    F: Fn(HeaderMap) -> R + Clone + Send + Sync + 'static,
    R: IntoResponse + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let service = Router::new().fallback(move |headers: HeaderMap| {
        let response: Response = answer(headers).into_response();
        async move { response }
    });
    tokio::spawn(async move { axum::serve(listener, service).await });
    addr.to_string()
}

async fn detail(url: &str, change: impl FnOnce(&mut Config)) -> String {
    let mut config = Config::for_prometheus(url).unwrap();
    change(&mut config);
    let answer = Product::new(config).get("/api/v1/graph?at=1772618400").await;
    answer.problem(502)["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    for (status, part) in [
        (StatusCode::UNAUTHORIZED, "--prometheus-bearer-token-file"),
        (StatusCode::FORBIDDEN, "the right to query"),
        (StatusCode::NOT_FOUND, "Maybe a path prefix is missing"),
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: HTTP 503"),
    ] {
        let url = format!("http://{}", server(move |_| status).await);
        let detail = detail(&url, |_| {}).await;
        assert!(detail.contains(part), "{status}: {detail}");
    }
    let url = format!("http://{}", server(|_| Redirect::to("http://login.example/?token=secret")).await);
    let detail = detail(&url, |_| {}).await;
    assert!(detail.contains("redirect to http://login.example/") && !detail.contains("secret"), "{detail}");
}

#[tokio::test]
async fn a_plain_server_behind_https_is_told_as_such() {
    let url = format!("https://{}", server(|_| StatusCode::OK).await);
    let detail = detail(&url, |_| {}).await;
    assert!(detail.contains("The secure connection to"), "{detail}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_the_cap() {
    let url = format!("http://{}", server(|_| "x".repeat(3_000_000)).await);
    let detail =
        detail(&url, |config| config.prometheus.as_mut().unwrap().max_answer_bytes = 2_000_000).await;
    assert!(detail.contains("larger than 2 MB"), "{detail}");
}

#[tokio::test]
async fn who_we_are_goes_with_every_request() {
    let url = format!(
        "http://{}",
        server(|headers| match headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap()) {
            Some("Bearer s3cret") => StatusCode::NOT_FOUND,
            _ => StatusCode::UNAUTHORIZED,
        })
        .await
    );
    let settings =
        Settings { prometheus: Some(url), bearer_token: Some("s3cret".to_owned()), ..Settings::default() };
    let config = Config::from_settings(&settings, &|_| unreachable!()).unwrap();
    let product = Product::new(config);
    let answer = product.get("/api/v1/graph?at=1772618400").await;
    assert!(answer.problem(502)["detail"].as_str().unwrap().contains("answers 404"));
    assert!(!product.get("/api/v1/status").await.text().contains("s3cret"));
}
