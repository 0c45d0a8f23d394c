//! What a Prometheus says of itself and its targets, and the page a real one scrapes. Knows no query.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use meshsim::exposition;
use serde_json::json;
use tokio::sync::mpsc;

use super::Source;
use super::answer::{self, Failure};

/// The engine whose semantics the evaluator has.
const PLAYED_VERSION: &str = "2.42.0";
/// The one whose ranges are open on the left.
const PLAYED_LEFT_OPEN: &str = "3.5.0";

pub(super) async fn buildinfo(State(source): State<Source>) -> Response {
    let version = if source.engine.left_open { PLAYED_LEFT_OPEN } else { PLAYED_VERSION };
    let data = json!({
        "version": version,
        "revision": "simulated",
        "branch": "HEAD",
        "buildUser": "portolan-demo",
        "buildDate": "",
        "goVersion": "",
    });
    answer::success(&data.to_string())
}

pub(super) async fn config(State(source): State<Source>) -> Response {
    let seconds = source.mesh.scrape_interval_ms() / 1_000;
    let yaml = format!(
        "global:\n  scrape_interval: {seconds}s\n  scrape_timeout: 10s\n  evaluation_interval: {seconds}s\n\
         scrape_configs:\n- job_name: kubernetes-pods\n  honor_labels: true\n  scrape_interval: {seconds}s\n"
    );
    answer::success(&json!({ "yaml": yaml }).to_string())
}

pub(super) async fn targets(State(source): State<Source>) -> Response {
    let targets = source.mesh.targets((source.now_ms)());
    let interval = format!("{}s", source.mesh.scrape_interval_ms() / 1_000);
    let active: Vec<serde_json::Value> = targets
        .into_iter()
        .map(|target| {
            let url = format!("http://{}/stats/prometheus", target.instance);
            let last = jiff::Timestamp::from_millisecond(target.last_scrape_ms).map(|time| time.to_string());
            json!({
                "discoveredLabels": { "__address__": target.instance },
                "labels": { "instance": target.instance, "job": target.job, "namespace": target.namespace, "pod": target.pod },
                "scrapePool": target.job,
                "scrapeUrl": url,
                "globalUrl": url,
                "lastError": if target.up { "" } else { "the container is restarting" },
                "lastScrape": last.unwrap_or_default(),
                "lastScrapeDuration": 0.01,
                "health": if target.up { "up" } else { "down" },
                "scrapeInterval": interval,
                "scrapeTimeout": "10s",
            })
        })
        .collect();
    answer::success(&json!({ "activeTargets": active, "droppedTargets": [] }).to_string())
}

/// Sent while it is being written: that of a large mesh has hundreds of megabytes.
pub(super) async fn metrics(State(source): State<Source>) -> Response {
    let at_ms = (source.now_ms)();
    let (send, receive) = mpsc::channel::<String>(4);
    tokio::task::spawn_blocking(move || {
        // Who hangs up in the middle does not want the rest.
        exposition::prometheus_in_parts(&source.mesh, at_ms, &mut |part| drop(send.blocking_send(part)));
    });
    let parts = stream::unfold(receive, |mut receive| async move {
        receive.recv().await.map(|part| (Ok::<_, Infallible>(part), receive))
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], Body::from_stream(parts))
        .into_response()
}

pub(super) async fn not_found(uri: Uri) -> Failure {
    Failure::not_found(format!("the simulated Prometheus has no {}", uri.path()))
}
