//! The graph as an SVG file: what a README or a wiki gets, and that nothing in it but our own shapes is markup.

use crate::rewriting::{Rewriting, start};
use crate::support::{Product, Prometheus};
use axum::http::StatusCode;
use portolan::Config;
use serde_json::Value;
use std::io::Read as _;

const PICTURE: &str = "/api/v1/graph.svg?at=1772618400";

#[tokio::test]
async fn the_picture_holds_the_graph_and_may_stand_in_any_page() {
    let product = Prometheus::start().await.product();
    let answer = product.get(PICTURE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    let (text, graph) = (answer.text(), product.get("/api/v1/graph?at=1772618400").await.json());
    for node in graph["nodes"].as_array().unwrap() {
        let name = node["name"].as_str().unwrap();
        assert!(text.contains(&format!("<title>{name}")), "{name} is not named");
        assert!(text.contains(&format!(">{name}</text>")), "{name} is not written");
    }
    assert!(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && text.ends_with("</svg>\n"));
    assert!(
        text.contains(" · last 10\u{a0}min · 2026-03-04 10:00:00\u{a0}UTC</text>"),
        "the caption tells the time"
    );
    for never in ["<script", "<style", "style=", "href", "url(", "<foreignObject"] {
        assert!(!text.contains(never), "{never} is of no use in a picture");
    }
}

#[tokio::test]
async fn who_has_the_picture_is_told_so_and_it_travels_packed() {
    let product = Prometheus::start().await.product();
    let plain = product.get(PICTURE).await;
    let again = product.get_with(PICTURE, &[("if-none-match", plain.header("etag"))]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let packed = product.get_with(PICTURE, &[("accept-encoding", "gzip")]).await;
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let same =
        product.get("/api/v1/graph.svg?labels=rate,errors&theme=light&overlay=health&at=1772618400").await;
    assert_eq!(same.body, plain.body, "defaults may be said");
    for other in ["theme=dark", "overlay=mtls", "labels=none", "namespaces=data"] {
        assert_ne!(product.get(&format!("{PICTURE}&{other}")).await.body, plain.body, "{other}");
    }
}

#[tokio::test]
async fn mistakes_in_the_look_are_told_with_all_others() {
    let product = Prometheus::start().await.product();
    let path = "/api/v1/graph.svg?theme=pink&overlay=mood&labels=rate,luck&window=5x";
    let problem = product.get(path).await.problem(400);
    for part in [
        "`theme` must be light or dark",
        "`overlay` must be one of health",
        "`labels` must be none",
        "`window`",
    ] {
        assert!(problem["detail"].as_str().unwrap().contains(part), "{part} in {problem}");
    }
}

#[tokio::test]
async fn a_picture_of_nothing_says_so() {
    let product = Prometheus::start().await.product();
    let answer = product.get(&format!("{PICTURE}&namespaces=nowhere")).await;
    assert!(answer.text().contains(">No traffic in the last 10\u{a0}min</text>"), "{}", answer.text());
}

const HOSTILE: &str = "\"'><script>alert(1)</script>]]>&amp;";

/// Every name that a workload could choose for itself.
fn hostile_names(answer: &mut Value) {
    for row in answer["data"]["result"].as_array_mut().into_iter().flatten() {
        for (label, value) in row["metric"].as_object_mut().into_iter().flatten() {
            if label.starts_with("destination_") || label.starts_with("source_") {
                *value = format!("{HOSTILE}{}", value.as_str().unwrap_or_default()).into();
            }
        }
    }
}

#[tokio::test]
async fn names_from_the_mesh_are_never_markup() {
    let (url, _) = start(Rewriting { query: |query| Some(query.to_owned()), answer: hostile_names }).await;
    let product = Product::new(Config::for_prometheus(&url).unwrap());
    for theme in ["light", "dark"] {
        let answer = product.get(&format!("{PICTURE}&theme={theme}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let text = answer.text();
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the name is there, as text");
        let tags: Vec<&str> =
            text.split('<').skip(1).map(|rest| rest.split([' ', '>', '/']).next().unwrap()).collect();
        for tag in &tags {
            assert!(["svg", "title", "g", "rect", "circle", "path", "text", ""].contains(tag), "<{tag}");
        }
        assert!(tags.len() > 100, "{} elements", tags.len());
        assert!(!text.contains("]]>"));
    }
}
