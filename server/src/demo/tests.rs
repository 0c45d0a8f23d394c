//! The demo's API as a client sees it, without a socket but for the last test.

use std::io::{Read, Write};
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use meshsim::Mesh;
use serde_json::Value;
use tower::ServiceExt;

use super::*;

/// 2026-03-04T10:00:00Z.
const NOON_MS: i64 = 1_772_618_400_000;

static MESH: LazyLock<Arc<Mesh>> = LazyLock::new(|| Arc::new(Mesh::shop()));

async fn send(request: Request<Body>) -> (StatusCode, String) {
    let response =
        router_at(Arc::clone(&MESH), || NOON_MS, Options::default()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get_json(path: &str) -> (StatusCode, Value) {
    let (status, body) = send(Request::get(path).body(Body::empty()).unwrap()).await;
    (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error} in {body}")))
}

async fn post_json(path: &str, form: &str) -> (StatusCode, Value) {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (status, body) = send(request.body(Body::from(form.to_owned())).unwrap()).await;
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn an_instant_query_is_answered_by_get_and_post_alike() {
    let query =
        "query=sum%20by%20(reporter)%20(rate(istio_requests_total%5B5m%5D))&time=1772618400&timeout=10s";
    let (status, got) = get_json(&format!("/api/v1/query?{query}")).await;
    let (posted_status, posted) = post_json("/api/v1/query", query).await;
    assert_eq!((status, posted_status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(got, posted);
    assert_eq!(got["data"]["resultType"], "vector");
    let rows = got["data"]["result"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["value"][0], 1_772_618_400);
    let rate: f64 = rows[0]["value"][1].as_str().unwrap().parse().unwrap();
    assert!((1_000.0..2_500.0).contains(&rate), "{rate}");
    let (_, now) =
        get_json("/api/v1/query?query=sum%20by%20(reporter)%20(rate(istio_requests_total%5B5m%5D))").await;
    assert_eq!(now, got, "without a time, now is meant");
}

#[tokio::test]
async fn a_range_query_takes_both_spellings_of_time_and_step() {
    let query = "query=count(up)";
    let (_, seconds) =
        get_json(&format!("/api/v1/query_range?{query}&start=1772618400&end=1772618460&step=15")).await;
    let (_, words) = post_json(
        "/api/v1/query_range",
        &format!("{query}&start=2026-03-04T10:00:00Z&end=2026-03-04T10:01:00Z&step=15s"),
    )
    .await;
    assert_eq!(seconds, words);
    assert_eq!(seconds["data"]["resultType"], "matrix");
    let values = seconds["data"]["result"][0]["values"].as_array().unwrap();
    assert_eq!(values.len(), 5);
    assert_eq!(values[0], serde_json::json!([1_772_618_400, "37"]));
}

#[tokio::test]
async fn special_values_and_the_other_result_types_are_told_as_prometheus_tells_them() {
    let at = |query: &str| format!("/api/v1/query?time=1772618400&query={query}");
    let (_, scalar) = get_json(&at("1%2F0")).await;
    assert_eq!(
        scalar["data"],
        serde_json::json!({ "resultType": "scalar", "result": [1_772_618_400, "+Inf"] })
    );
    let (_, nan) = get_json(&at("vector(0%2F0)")).await;
    assert_eq!(
        nan["data"]["result"][0],
        serde_json::json!({ "metric": {}, "value": [1_772_618_400, "NaN"] })
    );
    let (_, matrix) = get_json(&at("up%7Bjob%3D%22flagger%22%7D%5B1m%5D")).await;
    assert_eq!(matrix["data"]["resultType"], "matrix");
    assert_eq!(matrix["data"]["result"][0]["values"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn failures_name_their_kind_and_their_reason() {
    let cases = [
        ("/api/v1/query", 400, "bad_data", "\"query\" is missing"),
        ("/api/v1/query?query=sum(", 400, "bad_data", "cannot be parsed"),
        ("/api/v1/query?query=holt_winters(up%5B5m%5D,0.5,0.5)", 400, "bad_data", "holt_winters"),
        ("/api/v1/query?query=up%20%2B%20on(job)%20up", 422, "execution", ""),
        ("/api/v1/query?query=up&time=noon", 400, "bad_data", "\"time\" is \"noon\""),
        ("/api/v1/query?query=up&timeout=soon", 400, "bad_data", "\"timeout\" is \"soon\""),
        ("/api/v1/query?query=up&timeout=0s", 503, "timeout", "timeout"),
        ("/api/v1/query_range?query=up&start=1&end=2", 400, "bad_data", "\"step\" is missing"),
        ("/api/v1/query_range?query=up&start=5&end=2&step=1", 400, "bad_data", "before"),
        ("/api/v1/query_range?query=up&start=1&end=2&step=0", 400, "bad_data", "above zero"),
        ("/api/v1/query_range?query=up&start=0&end=20000&step=1", 400, "bad_data", "11000 steps"),
        ("/api/v1/rules", 404, "not_found", "/api/v1/rules"),
        ("/api/v1/series", 400, "bad_data", "\"match[]\" is missing"),
        ("/api/v1/series?match%5B%5D=rate(up%5B5m%5D)", 400, "bad_data", "not a bare selector"),
        ("/api/v1/labels?match%5B%5D=%7B", 400, "bad_data", "cannot be parsed"),
        ("/api/v1/labels?start=5&end=2", 400, "bad_data", "before"),
        ("/api/v1/label/bad-name/values", 400, "bad_data", "bad-name"),
        ("/api/v1/query_exemplars", 400, "bad_data", "\"query\" is missing"),
        ("/api/v1/query_exemplars?query=sum(", 400, "bad_data", "cannot be parsed"),
    ];
    for (path, code, kind, reason) in cases {
        let (status, body) = get_json(path).await;
        assert_eq!(status.as_u16(), code, "{path}: {body}");
        assert_eq!(
            (&body["status"], &body["errorType"]),
            (&Value::from("error"), &Value::from(kind)),
            "{path}"
        );
        assert!(body["error"].as_str().unwrap().contains(reason), "{path}: {body}");
    }
}

#[tokio::test]
async fn series_labels_and_values_are_those_of_the_mesh() {
    let (_, values) = get_json("/api/v1/label/namespace/values?match%5B%5D=istio_requests_total").await;
    let namespaces: Vec<&str> =
        values["data"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(namespaces.is_sorted() && namespaces.contains(&"shop"), "{namespaces:?}");

    let form = "match%5B%5D=istio_build%7Bcomponent%3D%22pilot%22%7D&match%5B%5D=up%7Bjob%3D%22flagger%22%7D";
    let (status, series) = post_json("/api/v1/series", form).await;
    assert_eq!(status, StatusCode::OK);
    let names: Vec<&Value> = series["data"].as_array().unwrap().iter().map(|set| &set["__name__"]).collect();
    assert_eq!(names, ["istio_build", "up"], "both selectors are heard");

    let (_, all) = get_json("/api/v1/labels").await;
    let (_, of_up) = get_json("/api/v1/labels?match%5B%5D=up").await;
    assert_eq!(of_up["data"], serde_json::json!(["__name__", "instance", "job", "namespace", "pod"]));
    assert!(all["data"].as_array().unwrap().contains(&Value::from("destination_service")), "{all}");

    let (_, none) = get_json("/api/v1/query_exemplars?query=up").await;
    assert_eq!(none, serde_json::json!({ "status": "success", "data": [] }));
}

#[tokio::test]
async fn it_says_what_it_is_and_whom_it_scrapes() {
    let (_, build) = get_json("/api/v1/status/buildinfo").await;
    assert_eq!(build["data"]["version"], "2.42.0");
    let (_, config) = get_json("/api/v1/status/config").await;
    assert!(config["data"]["yaml"].as_str().unwrap().contains("scrape_interval: 15s"));
    let (_, targets) = get_json("/api/v1/targets").await;
    let active = targets["data"]["activeTargets"].as_array().unwrap();
    assert_eq!(active.len(), 37);
    assert!(active.iter().all(|target| target["health"] == "up" && target["scrapeInterval"] == "15s"));
}

#[tokio::test]
async fn hostile_labels_stay_valid_json() {
    let scenario = "name = \"h\"\n[[namespace]]\nname = \"n\"\n[[app]]\nname = \"g\"\nnamespace = \"n\"\nkind = \"gateway\"\n\
                    rate_rps = 9\n[[app.call]]\nto = \"<script>\\\"\\\\\\n\u{202e}\"\nfan_out = 1\n\
                    [[app]]\nname = \"<script>\\\"\\\\\\n\u{202e}\"\nkind = \"external\"\n";
    let mesh = Arc::new(Mesh::from_toml(scenario, 1).unwrap());
    let request = Request::get("/api/v1/query?query=istio_requests_total").body(Body::empty()).unwrap();
    let response = router_at(mesh, || NOON_MS, Options::default()).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["data"]["result"][0]["metric"]["destination_service"], "<script>\"\\\n\u{202e}");
}

#[tokio::test]
async fn metrics_are_plain_text() {
    let (status, text) = send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.starts_with("# HELP istio_requests_total"), "{}", &text[..200]);
    assert!(text.contains("\nistio_requests_total{"));
}

#[tokio::test]
async fn it_starts_on_a_free_port_and_stops_when_told() {
    let running = start(Arc::clone(&MESH), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    assert_ne!(running.addr.port(), 0);
    let answer = get_over_socket(running.addr, "/-/healthy").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let addr = running.addr;
    running.shutdown().await.unwrap();
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

/// One request over a plain socket.
async fn get_over_socket(addr: SocketAddr, path: &'static str) -> String {
    let ask = move || -> io::Result<String> {
        let mut stream = std::net::TcpStream::connect(addr)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    tokio::task::spawn_blocking(ask).await.unwrap().unwrap()
}
