//! A real Prometheus scrapes the demo's `/metrics`: it must parse all of it, and find the edges that the scenario has.
//! Knows the simulator's truth; must not know the product.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::scenario::Protocol;
use meshsim::truth::{Peer, TruthEdge};
use tests::prometheus::answer::Answer;
use tests::prometheus::{Prometheus, Setup};
use tests::waiting::until;

const DAY_MS: i64 = 86_400_000;
const SCRAPES: f64 = 12.0;
const DEADLINE: Duration = Duration::from_mins(1);

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// A Prometheus that scrapes the mesh every second, and the demo that it scrapes.
async fn scraping(mesh: &Arc<Mesh>) -> Result<(Prometheus, portolan::demo::Running)> {
    let demo = portolan::demo::start(Arc::clone(mesh), "127.0.0.1:0".parse()?).await?;
    let config = format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n- job_name: demo\n  honor_labels: true\n  \
         static_configs:\n  - targets: ['{}']\n",
        demo.addr
    );
    let prometheus = Prometheus::start_with(Setup { config, ..Setup::default() }).await?;
    let look = async || {
        let scrapes = scalar(&prometheus, "sum(count_over_time(up{job=\"demo\"}[1m]))").await?;
        Ok(scrapes.filter(|scrapes| *scrapes >= SCRAPES))
    };
    let waited = until(DEADLINE, &format!("{SCRAPES} scrapes"), look).await;
    waited.with_context(|| prometheus.log())?;
    Ok((prometheus, demo))
}

/// The value of a query that has one row at most.
async fn scalar(prometheus: &Prometheus, query: &str) -> Result<Option<f64>> {
    let Answer::Series(rows) = prometheus.query(query, now_ms()?).await? else { return Ok(None) };
    ensure!(rows.len() <= 1, "{query} has {} rows", rows.len());
    Ok(rows.values().next().and_then(|samples| samples.first()).map(|(_, value)| *value))
}

/// The rows' labels of a query, as text.
async fn labels(prometheus: &Prometheus, query: &str) -> Result<BTreeSet<String>> {
    match prometheus.query(query, now_ms()?).await? {
        Answer::Series(rows) => Ok(rows.into_keys().collect()),
        other => anyhow::bail!("{query}: {other:?}"),
    }
}

/// An edge as its labels' text.
fn text_of(edge: &TruthEdge) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    let end = |peer: &Peer, prefix: &str| {
        [("workload", or(&peer.workload)), ("workload_namespace", or(&peer.namespace))]
            .map(|(name, value)| (format!("{prefix}_{name}"), value))
    };
    let mut labels: Vec<(String, String)> = Vec::new();
    labels.extend(end(&edge.source, "source"));
    labels.extend(end(&edge.dest, "destination"));
    labels.push(("destination_service".to_owned(), edge.host.clone()));
    labels.push(("request_protocol".to_owned(), edge.protocol.label().to_owned()));
    labels.sort();
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(","))
}

const EDGE: &str = "source_workload, source_workload_namespace, destination_workload, \
                    destination_workload_namespace, destination_service, request_protocol";

#[tokio::test]
async fn a_real_prometheus_parses_all_and_finds_the_edges_of_the_truth() -> Result<()> {
    let mesh = Arc::new(Mesh::shop());
    let (prometheus, demo) = scraping(&mesh).await?;

    ensure!(
        scalar(&prometheus, "min_over_time(up{job=\"demo\"}[1m])").await? == Some(1.0),
        "a scrape failed"
    );
    let page = meshsim::exposition::prometheus(&mesh, now_ms()?);
    let printed = page.lines().filter(|line| !line.starts_with('#')).count();
    let parsed = scalar(&prometheus, "scrape_samples_scraped{job=\"demo\"}").await?.context("no scrape")?;
    ensure!((parsed - printed as f64).abs() < 0.5, "{printed} series printed, {parsed} parsed");
    let pods =
        scalar(&prometheus, "count(up{job=\"kubernetes-pods\", namespace=~\".+\", pod=~\".+\"})").await?;
    ensure!(pods == Some(35.0), "honor_labels keeps the pods' own labels: {pods:?}");

    // All counters have counted since long ago, so an edge that has traffic at some time of day has its series.
    let truth = mesh.truth(now_ms()? - DAY_MS, now_ms()?);
    let of =
        |tcp: bool| truth.iter().filter(move |edge| (edge.protocol == Protocol::Tcp) == tcp).map(text_of);
    let requests = labels(&prometheus, &format!("group by ({EDGE}) (istio_requests_total)")).await?;
    ensure!(requests == of(false).collect(), "requests: {requests:#?}");
    let opened =
        labels(&prometheus, &format!("group by ({EDGE}) (istio_tcp_connections_opened_total)")).await?;
    ensure!(opened == of(true).collect(), "TCP: {opened:#?}");
    demo.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_scraped_has_the_rates_of_the_truth() -> Result<()> {
    let mesh = Arc::new(Mesh::shop());
    let (prometheus, demo) = scraping(&mesh).await?;
    let at_ms = now_ms()?;
    let busy: Vec<TruthEdge> = mesh
        .truth(at_ms - 10_000, at_ms)
        .into_iter()
        .filter(|edge| edge.protocol != Protocol::Tcp && edge.requests > 500.0)
        .collect();
    ensure!(busy.len() >= 6, "{} edges are busy", busy.len());
    for edge in busy {
        let name = |peer: &Peer| peer.workload.clone().unwrap_or_else(|| "unknown".to_owned());
        let selector = format!(
            "{{reporter=\"{}\", source_workload=\"{}\", destination_workload=\"{}\", request_protocol=\"{}\"}}",
            edge.reporter,
            name(&edge.source),
            name(&edge.dest),
            edge.protocol.label()
        );
        let rate = scalar(&prometheus, &format!("sum(rate(istio_requests_total{selector}[10s]))")).await?;
        let rate = rate.with_context(|| format!("no rate for {selector}"))?;
        // The scrapes' own jitter is a good part of a second here.
        ensure!((rate / edge.rate_rps - 1.0).abs() < 0.08, "{rate} is not {} for {selector}", edge.rate_rps);
    }
    demo.shutdown().await?;
    Ok(())
}
