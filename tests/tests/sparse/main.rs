//! The product on a real Prometheus whose mesh keeps hardly any label, or speaks as Istio 1.3 did.
//! Knows the API; must not know how the product asks.

mod relabel;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use meshsim::Mesh;
use meshsim::store::{MatchOp, Matcher, Series, Store};
use model::detail::{EdgeDetail, NamedQuery, NodeDetail};
use model::{Graph, NodeKind, Requests};
use serde::de::DeserializeOwned;
use tests::product::Product;
use tests::prometheus::{Prometheus, answer::Answer};

const WINDOW_S: i64 = 600;
/// Figures may differ by this share: what summing in another order leaves.
const TOLERANCE: f64 = 1e-6;

/// A mesh in a Prometheus, and the product on it.
struct Stand {
    prometheus: Prometheus,
    product: Product,
    end_s: i64,
    view: &'static str,
}

impl Stand {
    async fn new(series: &[Series], end_s: i64, view: &'static str) -> Result<Self> {
        let prometheus = Prometheus::start().await?;
        prometheus.write(series).await?;
        let product = Product::on(&prometheus.url())?;
        Ok(Self { prometheus, product, end_s, view })
    }

    async fn graph(&self) -> Result<Graph> {
        let graph: Graph = self.ask("graph", None).await?;
        ensure!(graph.meta.warnings.is_empty(), "{:?}", graph.meta.warnings);
        Ok(graph)
    }

    async fn ask<T: DeserializeOwned>(&self, resource: &str, id: Option<&str>) -> Result<T> {
        let (url, end_s, view) = (&self.product.url, self.end_s, self.view);
        let url = format!("{url}/api/v1/{resource}?window={WINDOW_S}s&at={end_s}&{view}");
        let id: Vec<(&str, &str)> = id.into_iter().map(|id| ("id", id)).collect();
        let answer = tests::http::client(Duration::from_mins(1))?.get(&url).query(&id).send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{url}: {status}: {body}");
        serde_json::from_str(&body).context("the answer is not the model's")
    }

    /// By their labels' text.
    async fn rows(&self, promql: &str) -> Result<BTreeMap<String, f64>> {
        match self.prometheus.query(promql, self.end_s * 1_000).await? {
            Answer::Series(series) => Ok(series
                .into_iter()
                .filter_map(|(labels, points)| Some((labels, points.first()?.1)))
                .collect()),
            other => bail!("{promql}: {other:?}"),
        }
    }

    /// Every query that the product shows must be one, and give the figure that it stands beside.
    async fn check_shown_queries(&self, graph: &Graph) -> Result<()> {
        let mut wrong = Vec::new();
        for node in &graph.nodes {
            let detail: NodeDetail = self.ask("node", Some(&node.id)).await?;
            let latency = node.latency.as_ref().and_then(|latency| latency.mean_ms);
            wrong.extend(self.check(&node.id, &detail.queries, node.requests.as_ref(), latency).await?);
        }
        for edge in &graph.edges {
            let detail: EdgeDetail = self.ask("edge", Some(&edge.id)).await?;
            let latency = edge.latency.as_ref().and_then(|latency| latency.mean_ms);
            wrong.extend(self.check(&edge.id, &detail.queries, edge.requests.as_ref(), latency).await?);
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    }

    async fn check(
        &self,
        id: &str,
        queries: &[NamedQuery],
        requests: Option<&Requests>,
        mean_ms: Option<f64>,
    ) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for query in queries {
            let value = self.rows(&query.promql).await?.into_values().next();
            let figure = match (query.name.as_str(), requests) {
                ("rate", Some(requests)) => Some(requests.rate_rps),
                ("error_share", Some(requests)) => requests.error_share,
                ("mean", _) => mean_ms,
                _ => continue,
            };
            let value = value.filter(|value| !value.is_nan());
            if figure.is_some_and(|figure| !near(figure, value.unwrap_or(0.0))) {
                wrong
                    .push(format!("{id} shows {figure:?}, {} gives {value:?}: {}", query.name, query.promql));
            }
        }
        Ok(wrong)
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1e-3)
}

/// A whole minute that has just passed: the preflight looks at the present.
fn just_now_s() -> Result<i64> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(i64::try_from(now_s)? / 60 * 60 - 60)
}

fn series(metrics: &str, end_s: i64) -> Result<Vec<Series>> {
    let chosen = Matcher::new("__name__", MatchOp::Regex, metrics)?;
    Ok(Mesh::shop().select(&[chosen], (end_s - 1_200) * 1_000, end_s * 1_000))
}

#[tokio::test]
async fn three_labels_draw_apps_and_the_services_they_ask_for() -> Result<()> {
    let end_s = just_now_s()?;
    let kept = ["source_app", "destination_service", "response_code"];
    let sparse = relabel::keep_only(&series("istio_requests_total", end_s)?, &kept);
    let stand = Stand::new(&sparse, end_s, "type=versioned-app&system=true").await?;
    let graph = stand.graph().await?;

    let by = "by (source_app, destination_service)";
    let rates = stand.rows(&format!("sum {by} (rate(istio_requests_total[{WINDOW_S}s])) > 0")).await?;
    let failing = "istio_requests_total{response_code=~\"0|5..\"}";
    let errors = stand.rows(&format!("sum {by} (rate({failing}[{WINDOW_S}s])) > 0")).await?;
    ensure!(rates.len() > 10, "the shop has more edges than {}", rates.len());
    let mut expected: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (labels, rate) in &rates {
        let sums = expected.entry(labels.clone()).or_default();
        sums.0 += rate;
        sums.1 += errors.get(labels).copied().unwrap_or(0.0);
    }
    let drawn = drawn_by_labels(&graph);
    ensure!(
        drawn.keys().eq(expected.keys()),
        "drawn {:#?}\nthere {:#?}",
        drawn.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (labels, (rate, errors)) in &expected {
        let (drawn_rate, drawn_errors) = drawn[labels];
        ensure!(near(*rate, drawn_rate) && near(*errors, drawn_errors), "{labels}: {:?}", drawn[labels]);
    }
    ensure!(graph.nodes.iter().all(|node| node.version.is_none() && node.versions.is_empty()));

    let notes = notes(&graph);
    for label in
        ["reporter", "source_workload", "destination_workload", "destination_service_name", "response_flags"]
    {
        let named = notes.iter().any(|note| note.starts_with(&format!("{label} is missing on every row.")));
        ensure!(named, "no note names {label}: {notes:#?}");
    }
    ensure!(notes.iter().any(|note| note.ends_with("requests seen by both sides may count twice.")));
    ensure!(!notes.iter().any(|note| kept.iter().any(|kept| note.contains(&format!("{kept} is missing")))));
    stand.check_shown_queries(&graph).await
}

/// Rate and error rate, by the labels that each edge stands for, as Prometheus would write them.
fn drawn_by_labels(graph: &Graph) -> BTreeMap<String, (f64, f64)> {
    let node = |id: &str| graph.nodes.iter().find(|node| node.id == id).expect("edges end at nodes");
    let mut drawn: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for edge in &graph.edges {
        // One that fell silent before the window is drawn without traffic.
        let Some(requests) = edge.requests.as_ref().filter(|requests| requests.rate_rps > 0.0) else {
            continue;
        };
        let (source, target) = (node(&edge.source), node(&edge.target));
        let app = if source.kind == NodeKind::UnknownCallers { "unknown" } else { &source.name };
        let host = match (&target.kind, &target.namespace) {
            (NodeKind::NoRoute, _) => "unknown".to_owned(),
            (_, Some(namespace)) => format!("{}.{namespace}.svc.cluster.local", target.name),
            _ => target.name.clone(),
        };
        let sums = drawn.entry(format!("{{destination_service={host:?},source_app={app:?}}}")).or_default();
        sums.0 += requests.rate_rps;
        sums.1 += requests.error_rate_rps;
    }
    drawn
}

#[tokio::test]
async fn shown_queries_give_their_figures_whatever_labels_lack() -> Result<()> {
    let end_s = just_now_s()?;
    let full = series("istio_requests_total", end_s)?;
    let lacking: [&[&str]; 5] = [
        &["reporter"],
        &["source_workload_namespace", "destination_workload_namespace", "destination_service_namespace"],
        &["source_workload", "destination_workload"],
        &["destination_workload", "source_canonical_service", "destination_app", "destination_version"],
        &["destination_service", "destination_service_namespace", "response_flags", "request_protocol"],
    ];
    for dropped in lacking {
        let sparse = relabel::without(&full, dropped);
        let stand = Stand::new(&sparse, end_s, "type=versioned-app&system=true").await?;
        let graph = stand.graph().await?;
        ensure!(graph.edges.len() > 10, "without {dropped:?} there are {} edges", graph.edges.len());
        stand.check_shown_queries(&graph).await.with_context(|| format!("without {dropped:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn istio_1_3_draws_the_same_graph_as_today() -> Result<()> {
    let end_s = just_now_s()?;
    let today = series("istio_(requests|tcp|request_duration).*|flagger_.*", end_s)?;
    let view = "type=versioned-app&percentiles=true";
    let old = Stand::new(&relabel::as_istio_1_3(&today), end_s, view).await?;
    let today = Stand::new(&today, end_s, view).await?;
    let (old_graph, today_graph) = (old.graph().await?, today.graph().await?);

    let (drawn, expected) = (by_names(&old_graph), by_names(&today_graph));
    ensure!(expected.len() > 15, "the shop has more edges than {}", expected.len());
    ensure!(drawn.keys().eq(expected.keys()), "{:#?}\n{:#?}", drawn.keys(), expected.keys());
    for (edge, figures) in &expected {
        for (name, figure) in figures {
            let other = drawn[edge][name];
            let same = match (*figure, other) {
                (Some(a), Some(b)) => near(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            ensure!(same, "{edge}: {name} is {other:?} and today {figure:?}");
        }
    }
    ensure!(expected.values().any(|figures| figures["p95"].is_some() && figures["mean"].is_some()));
    // Nothing else is lacking than what today's says too.
    let lacks: Vec<&str> =
        notes(&old_graph).into_iter().filter(|note| !notes(&today_graph).contains(note)).collect();
    ensure!(lacks.len() == 2 && lacks.iter().all(|note| note.contains("_cluster is missing")), "{lacks:#?}");
    old.check_shown_queries(&old_graph).await?;
    today.check_shown_queries(&today_graph).await
}

fn notes(graph: &Graph) -> Vec<&str> {
    graph.meta.quality.notes.iter().map(|note| note.sentence.as_str()).collect()
}

type Figures = BTreeMap<&'static str, Option<f64>>;

fn by_names(graph: &Graph) -> BTreeMap<String, Figures> {
    let name = |id: &str, row: &Option<String>| {
        let node = graph.nodes.iter().find(|node| node.id == id).expect("edges end at nodes");
        format!("{:?} {:?} {} {row:?} {:?}", node.kind, node.namespace, node.name, node.health.status)
    };
    let edge = |edge: &model::Edge| {
        let ends = [name(&edge.source, &edge.source_row), name(&edge.target, &edge.target_row)];
        let (requests, latency) = (edge.requests.as_ref(), edge.latency.as_ref());
        let tcp = edge.tcp.as_ref();
        let figures = BTreeMap::from([
            ("rate", requests.map(|requests| requests.rate_rps)),
            ("error share", requests.and_then(|requests| requests.error_share)),
            ("mean", latency.and_then(|latency| latency.mean_ms)),
            ("p95", latency.and_then(|latency| latency.p95).map(|p95| p95.ms)),
            ("mTLS share", edge.mtls_share),
            ("bytes sent", tcp.and_then(|tcp| tcp.sent_bytes_per_s)),
            ("bytes received", tcp.and_then(|tcp| tcp.received_bytes_per_s)),
        ]);
        (format!("{} → {} {:?}", ends[0], ends[1], edge.protocol), figures)
    };
    graph.edges.iter().map(edge).collect()
}
