//! The HTTP side without a socket: headers, tags, problems, redirects, names it answers to.

use crate::support::{Product, Prometheus};
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use portolan::Config;
use portolan::cli::Settings;
use std::io::Read as _;

fn unconfigured() -> Product {
    Product::new(Config::from_settings(&Settings::default(), &|_| unreachable!()).unwrap())
}

#[tokio::test]
async fn a_caller_who_has_the_graph_is_told_so() {
    let product = Prometheus::start().await.product();
    let first = product.get("/api/v1/graph?at=1772618400").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(first.header("cache-control"), "no-cache");
    assert!(first.header("server-timing").contains("prometheus;dur="), "{}", first.header("server-timing"));
    let tag = first.header("etag").to_owned();
    let again = product.get_with("/api/v1/graph?at=1772618400", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
    let other =
        product.get_with("/api/v1/graph?at=1772618400&type=service", &[("if-none-match", &tag)]).await;
    assert_eq!(other.status, StatusCode::OK);
    assert_ne!(other.header("etag"), tag);
}

#[tokio::test]
async fn the_order_of_parameters_means_nothing() {
    let product = Prometheus::start().await.product();
    let one = product.get("/api/v1/graph?at=1772618400&namespaces=shop,data&type=workload").await;
    let two = product.get("/api/v1/graph?type=workload&namespaces=data,shop,shop&at=1772618400").await;
    assert_eq!((one.header("etag"), &one.body), (two.header("etag"), &two.body));
}

#[tokio::test]
async fn answers_are_packed_for_those_who_take_it() {
    let product = Prometheus::start().await.product();
    let plain = product.get("/api/v1/graph?at=1772618400").await;
    let packed = product.get_with("/api/v1/graph?at=1772618400", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let brotli = product.get_with("/api/v1/openapi.json", &[("accept-encoding", "br")]).await;
    assert_eq!(brotli.header("content-encoding"), "br");
    assert!(brotli.header("vary").contains("accept-encoding"));
}

#[tokio::test]
async fn every_answer_carries_the_policy_with_a_nonce_of_its_own() {
    let product = unconfigured();
    let mut nonces = Vec::new();
    for path in ["/graph", "/graph", "/api/v1/status", "/nowhere", "/healthz"] {
        let answer = product.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "'wasm-unsafe-eval'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        if path == "/graph" && !web_dist::script().is_empty() {
            assert!(answer.text().contains(&format!("nonce=\"{nonce}\"")), "{}", answer.text());
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5);
}

#[tokio::test]
async fn it_answers_to_loopback_names_and_to_those_it_was_told() {
    let mut config = Config::from_settings(&Settings::default(), &|_| unreachable!()).unwrap();
    config.bind.allowed_hosts = vec!["mesh.example.org".to_owned()];
    let product = Product::new(config);
    for host in
        ["localhost", "localhost:8080", "127.0.0.1:9", "[::1]:20001", "LOCALHOST", "mesh.example.org:443"]
    {
        assert_eq!(
            product.get_with("/api/v1/status", &[("host", host)]).await.status,
            StatusCode::OK,
            "{host}"
        );
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:20001", "10.0.0.7", ""] {
        let answer = product.get_with("/graph", &[("host", host)]).await;
        let problem = answer.problem(421);
        let detail = problem["detail"].as_str().unwrap();
        assert!(host.is_empty() || detail.contains("--allowed-hosts"), "{host}: {detail}");
        assert!(!answer.header("content-security-policy").is_empty());
    }
    assert_eq!(product.get_with("/healthz", &[("host", "10.0.0.7:20001")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_first_page_is_the_map_with_what_stood_in_the_address() {
    let product = unconfigured();
    let answer = product.get("/?window=5m&theme=dark").await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(answer.header("location"), "/graph?window=5m&theme=dark");
    let page = product.get("/graph?theme=dark").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().contains("data-theme=\"dark\""));
    assert!(page.text().contains("\"configured\":false"));
    assert!(page.text().contains("<noscript>"));
}

#[tokio::test]
async fn below_a_base_path_everything_moves_together() {
    let mut config = Config::from_settings(&Settings::default(), &|_| unreachable!()).unwrap();
    "/tools/mesh".clone_into(&mut config.bind.base_path);
    let product = Product::new(config);
    assert_eq!(product.get("/tools/mesh/graph").await.status, StatusCode::OK);
    assert!(product.get("/tools/mesh/graph").await.text().contains("\"base_path\":\"/tools/mesh\""));
    assert_eq!(product.get("/tools/mesh/").await.header("location"), "/tools/mesh/graph");
    assert_eq!(product.get("/tools/mesh/api/v1/status").await.status, StatusCode::OK);
    product.get("/api/v1/status").await.problem(404);
}

#[tokio::test]
async fn mistakes_come_at_once_and_name_their_field() {
    let product = unconfigured();
    let problem = product.get("/api/v1/graph?window=5x&hops=9&type=mesh").await.problem(400);
    assert_eq!(problem["field"], "window");
    for word in ["`window`", "`hops`", "`type`"] {
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    for (path, field) in [
        ("/api/v1/node", "id"),
        ("/api/v1/edge?window=1h", "id"),
        ("/api/v1/series", "node"),
        ("/api/v1/series?node=a&edge=b", "edge"),
        ("/api/v1/series?node=a&metrics=up", "metrics"),
        ("/api/v1/namespaces?at=tomorrow", "at"),
    ] {
        assert_eq!(product.get(path).await.problem(400)["field"], field, "{path}");
    }
}

#[tokio::test]
async fn without_a_prometheus_it_says_what_to_set() {
    let product = unconfigured();
    for path in ["/api/v1/graph", "/api/v1/namespaces", "/api/v1/node?id=x", "/api/v1/series?node=x"] {
        let problem = product.get(path).await.problem(503);
        assert!(problem["detail"].as_str().unwrap().contains("--prometheus"), "{problem}");
    }
    let status = product.get("/api/v1/status").await.json();
    assert!(status["prometheus"]["notes"][0].as_str().unwrap().contains("PORTOLAN_PROMETHEUS"));
    assert_eq!(product.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_and_what_only_writes_are_problems_too() {
    let product = Prometheus::start().await.product();
    product.get("/nowhere").await.problem(404);
    product.get("/assets/nothing.js").await.problem(404);
    product.get("/api/v1/node?id=nobody&at=1772618400").await.problem(404);
    product.get("/api/v1/edge?id=nothing&at=1772618400").await.problem(404);
    product.get("/api/v1/series?edge=nothing&at=1772618400").await.problem(404);
    let post = Request::post("/api/v1/graph").header("host", "localhost");
    product.send(post.body(Body::empty()).unwrap()).await.problem(405);
    let large = Request::get("/api/v1/graph").header("host", "localhost").header("content-length", "70000");
    let refused = product.send(large.body(Body::empty()).unwrap()).await;
    refused.problem(413);
    assert_eq!(refused.header("connection"), "close", "its body is not read, so nothing can follow it");
}

#[tokio::test]
async fn the_description_names_every_resource() {
    let description = unconfigured().get("/api/v1/openapi.json").await.json();
    let paths: Vec<&str> = description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "/api/v1/edge",
            "/api/v1/graph",
            "/api/v1/graph.svg",
            "/api/v1/graph/stream",
            "/api/v1/labels",
            "/api/v1/last-traffic",
            "/api/v1/namespaces",
            "/api/v1/node",
            "/api/v1/series",
            "/api/v1/sources",
            "/api/v1/status"
        ]
    );
}

#[tokio::test]
async fn embedded_files_are_kept_for_ever_and_packed_where_they_are() {
    let product = unconfigured();
    for asset in web_dist::assets() {
        let path = format!("/assets/{}", asset.name);
        let answer = product.get(&path).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, asset.raw.len()), "{path}");
        assert_eq!(answer.header("content-type"), asset.content_type);
        assert!(answer.header("cache-control").contains("immutable"));
        let held = product.get_with(&path, &[("if-none-match", asset.etag)]).await;
        assert_eq!(held.status, StatusCode::NOT_MODIFIED);
        if asset.brotli.is_some() {
            let packed = product.get_with(&path, &[("accept-encoding", "br")]).await;
            assert_eq!(packed.header("content-encoding"), "br");
        }
    }
}
