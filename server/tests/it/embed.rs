//! Who may frame the map, what lies below a base path, and what a caller without a known name may ask.

use crate::support::{Answer, Product, Prometheus};
use axum::http::StatusCode;
use portolan::Config;
use portolan::cli::Settings;

fn product(change: impl FnOnce(&mut Settings)) -> Product {
    let mut settings = Settings::default();
    change(&mut settings);
    Product::new(Config::from_settings(&settings, &|_| unreachable!()).unwrap())
}

fn framers(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    policy.split("frame-ancestors ").nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn nobody_may_frame_anything_unless_told() {
    let product = product(|_| {});
    for path in ["/embed/graph", "/graph", "/api/v1/status", "/healthz", "/metrics", "/nowhere"] {
        let answer = product.get(path).await;
        assert_eq!(framers(&answer), "'none'", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn the_origins_that_were_told_may_frame_the_embedded_map_and_nothing_else() {
    let product = product(|settings| {
        settings.embed_origins = vec!["https://dash.example.org,https://*.example.net:8443".to_owned()];
    });
    let embed = product.get("/embed/graph?namespaces=shop&theme=dark&window=5m").await;
    assert_eq!(embed.status, StatusCode::OK);
    assert_eq!(framers(&embed), "https://dash.example.org https://*.example.net:8443");
    assert_eq!(embed.header("cross-origin-resource-policy"), "cross-origin");
    assert!(!embed.headers.contains_key("cross-origin-opener-policy"));
    assert!(embed.text().contains("\"embed\":true") && embed.text().contains("data-theme=\"dark\""));
    for path in ["/graph", "/api/v1/status", "/nowhere", "/embed/nothing", "/embed/graph/"] {
        assert_eq!(framers(&product.get(path).await), "'none'", "{path}");
    }
    assert!(product.get("/graph").await.text().contains("\"embed\":false"));
    let refused = product.get_with("/embed/graph", &[("host", "evil.example")]).await;
    assert_eq!((refused.status.as_u16(), framers(&refused).as_str()), (421, "'none'"));
}

#[tokio::test]
async fn no_answer_sets_a_cookie_or_forbids_frames_in_the_old_way() {
    let source = Prometheus::start().await;
    let product =
        source.product_with(|config| config.bind.embed_origins = vec!["https://a.example".to_owned()]);
    for path in [
        "/",
        "/graph",
        "/embed/graph",
        "/api/v1/graph?at=1772618400",
        "/api/v1/status",
        "/metrics",
        "/nowhere",
    ] {
        let answer = product.get(path).await;
        for name in ["set-cookie", "x-frame-options"] {
            assert!(!answer.headers.contains_key(name), "{path} sends {name}");
        }
    }
}

#[tokio::test]
async fn everything_lies_below_the_base_path() {
    let source = Prometheus::start().await;
    let product = source.product_with(|config| "/x/y".clone_into(&mut config.bind.base_path));
    for path in
        ["/graph", "/embed/graph", "/api/v1/graph?at=1772618400", "/api/v1/status", "/api/v1/openapi.json"]
    {
        let below = product.get(&format!("/x/y{path}")).await;
        assert_eq!(below.status, StatusCode::OK, "{path}");
        if !path.starts_with("/api") {
            assert!(below.text().contains("\"base_path\":\"/x/y\""), "{path}");
            for link in below.text().split(['"', '\'']).filter(|text| text.contains("/assets/")) {
                assert!(link.starts_with("/x/y/assets/"), "{path} links to {link}");
            }
        }
        product.get(path).await.problem(404);
    }
    for path in ["/", "/x/y", "/x/y/"] {
        let answer = product.get(&format!("{path}?window=5m")).await;
        assert_eq!(answer.header("location"), "/x/y/graph?window=5m", "{path}");
    }
    let icon = product.get("/x/y/favicon.ico").await;
    assert!(icon.status == StatusCode::NO_CONTENT || icon.header("location").starts_with("/x/y/assets/"));
    product.get("/x/yz/graph").await.problem(404);
    for probe in ["/healthz", "/readyz", "/metrics"] {
        for path in [probe.to_owned(), format!("/x/y{probe}")] {
            let answer = product.get_with(&path, &[("host", "10.0.0.7:20001")]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
        }
    }
    for path in ["/x/y/graph", "/x/y/api/v1/status", "/x/y/healthz/", "/metrics/more"] {
        product.get_with(path, &[("host", "10.0.0.7:20001")]).await.problem(421);
    }
}

#[tokio::test]
async fn requests_count_under_their_templates_whatever_callers_make_up() {
    let source = Prometheus::start().await;
    for base_path in ["", "/x/y"] {
        let product = source.product_with(|config| base_path.clone_into(&mut config.bind.base_path));
        for path in
            ["/assets/a.js", "/assets/b/c.js", "/made/up", "/also/made/up", "/graph", "/", "/api/v1/none"]
        {
            product.get(&format!("{base_path}{path}")).await;
        }
        product.get(&format!("{base_path}/api/v1/graph?at=1772618400")).await;
        let text = product.get("/metrics").await.text();
        for line in [
            "portolan_http_requests_total{route=\"/assets/{*name}\",status=\"404\"} 2",
            "portolan_http_requests_total{route=\"other\",status=\"404\"} 3",
            "portolan_http_requests_total{route=\"/graph\",status=\"200\"} 1",
            "portolan_http_requests_total{route=\"/\",status=\"307\"} 1",
            "portolan_http_requests_total{route=\"/api/v1/graph\",status=\"200\"} 1",
            "portolan_http_request_duration_seconds_count{route=\"/api/v1/graph\"} 1",
            "portolan_prometheus_queries_total{source=\"127.0.0.1\",kind=\"requests\",outcome=\"answered\"} 1",
            "portolan_snapshots 1",
            "portolan_viewers 1",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "below `{base_path}` there is no {line} in\n{text}"
            );
        }
    }
}
