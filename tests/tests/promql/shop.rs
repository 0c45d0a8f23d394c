//! The demo's mesh in a real Prometheus: every query of the product, and some it does not send.

use anyhow::{Context as _, Result, ensure};
use graph::{Form, Origin, Query, RangeOf, Signals, Window, plan};
use meshsim::Mesh;
use meshsim::promql::Steps;
use meshsim::scenario::Histograms;
use meshsim::store::Store as _;
use model::Extras;
use tests::prometheus::Prometheus;

use crate::Twins;
use crate::generate::Generator;
use crate::panels;

/// A whole number of the ramp's two hours, on a day that has nothing to do with today.
const ORIGIN_MS: i64 = 1_779_998_400_000;
const MINUTE_MS: i64 = 60_000;
/// As far back as the product looks at once in the windows asked here, and the looking back of instant selectors.
const HISTORY_MS: i64 = 35 * MINUTE_MS;
/// Some of the queries are asked a little off the scrape grid.
const OFF_GRID_MS: i64 = 437;

const MORE: &[&str] = &[
    "histogram_quantile(0.95, sum by (destination_workload, le) (rate(istio_request_duration_milliseconds_bucket[5m])))",
    "sum by (destination_service_name) (rate(istio_requests_total{reporter=\"destination\"}[1m]))",
    "sum(rate(istio_requests_total{response_code=~\"5..|0\"}[5m])) / sum(rate(istio_requests_total[5m]))",
    "topk(3, sum by (source_workload, destination_workload) (rate(istio_tcp_received_bytes_total[5m])))",
    "count by (__name__, reporter) ({__name__=~\"istio_.*_total\"})",
    "count(up) by (namespace)",
];

/// Whole histograms, and what is read off them.
const NATIVE: &[&str] = &[
    "istio_request_duration_milliseconds",
    "istio_request_duration_milliseconds{reporter=\"destination\"}[1m]",
    "sum by (destination_workload) (rate(istio_request_duration_milliseconds[5m]))",
    "histogram_quantile(0.95, sum by (destination_workload) (rate(istio_request_duration_milliseconds[5m])))",
    "histogram_quantile(0.5, istio_request_duration_milliseconds)",
    "histogram_quantile(0.9, sum by (destination_workload) (rate(istio_response_bytes[5m])))",
    "histogram_sum(increase(istio_request_duration_milliseconds[2m]))",
    "count by (reporter) (istio_request_duration_milliseconds)",
    "count_over_time(istio_request_duration_milliseconds[3m])",
    "timestamp(istio_request_duration_milliseconds)",
];

/// What the words of generated queries are in a mesh. Gauges become counters here, so nothing is ranked: equals abound.
const WORDS: &[(&str, &str)] = &[
    ("req_total", "istio_requests_total"),
    ("lat_bucket", "istio_request_duration_milliseconds_bucket"),
    ("lat_sum", "istio_request_duration_milliseconds_sum"),
    ("lat_count", "istio_request_duration_milliseconds_count"),
    ("temp", "istio_tcp_received_bytes_total"),
    ("info", "up"),
    ("app", "destination_workload"),
    ("zone", "reporter"),
    ("code", "response_code"),
    ("web", "reviews-v1"),
    ("cart", "cart"),
    ("mail", "ratings"),
    ("1700001210", "1779999810.5"),
];

fn in_mesh_words(query: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut text = String::new();
    for piece in query.split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c));
        let found = WORDS.iter().find(|(ours, _)| *ours == word).map_or(word, |(_, theirs)| theirs);
        text.push_str(found);
        text.push_str(&piece[word.len()..]);
    }
    text
}

#[tokio::test]
async fn generated_queries_over_the_shop_agree() -> Result<()> {
    let (mesh, at_ms) = (Mesh::shop(), ORIGIN_MS + 27 * MINUTE_MS);
    let prometheus = Prometheus::start().await?;
    prometheus.write(&mesh.select(&[], at_ms - HISTORY_MS, at_ms + 3 * MINUTE_MS)).await?;
    let mut twins = Twins::new(prometheus, &mesh);
    let mut generator = Generator::new(crate::SEED);
    let queries = std::iter::from_fn(|| Some(generator.query()));
    let unranked = queries.filter(|query| !query.contains("topk") && !query.contains("bottomk"));
    for (number, query) in (0..).zip(unranked.take(crate::GENERATED)) {
        let query = in_mesh_words(&query);
        let t_ms = at_ms - 15_000 * (number % 20) - if number % 2 == 0 { 0 } else { OFF_GRID_MS };
        twins.ask(&query, t_ms).await?;
        if number % 4 == 0 {
            let steps = Steps { start_ms: t_ms - 300_000, end_ms: t_ms, step_ms: 60_000 };
            twins.ask_range(&query, steps).await?;
        }
    }
    twins.verdict(0.7)
}

/// The queries of the product for a window that ends at an instant.
fn product_queries(mesh: &Mesh, at_s: i64, window_s: u64) -> Vec<Query> {
    let extras =
        [Extras::BYTES, Extras::MESSAGES, Extras::SIZES, Extras::OPEN, Extras::SUCCESSFUL, Extras::IDLE];
    let extras = extras.into_iter().fold(Extras::NONE, Extras::and);
    let signals = Signals { percentiles: true, slow_lane: true, extras };
    plan(&origin(mesh), signals, &Window { at_s, window_s, scrape_interval_s: Some(15.0) })
}

/// As the preflight finds the store.
fn origin(mesh: &Mesh) -> Origin {
    let mut origin = Origin::default();
    let Some(keeping) = &mesh.scenario().keeping else { return origin };
    let form = match keeping.histograms {
        Histograms::Classic => Form::Classic,
        Histograms::Native => Form::Native,
        Histograms::Mixed => Form::Mixed,
    };
    (origin.probe.durations, origin.probe.sizes) = (form, form);
    let replicas = keeping.replicas.len();
    origin.probe.copies = (replicas > 1).then_some(replicas as f64);
    origin
}

fn has_native(mesh: &Mesh) -> bool {
    origin(mesh).probe.durations != Form::Classic
}

#[tokio::test]
async fn the_shop_answers_as_prometheus_does() -> Result<()> {
    agree(&Mesh::shop(), ORIGIN_MS + 27 * MINUTE_MS).await
}

/// All its counters began anew three minutes before.
#[tokio::test]
async fn a_mesh_after_restarts_answers_as_prometheus_does() -> Result<()> {
    agree(&Mesh::ramp(), ORIGIN_MS + 3 * MINUTE_MS).await
}

/// With a canary at its third weight, errors and a new edge in the window, and a pod that is just back.
#[tokio::test]
async fn a_mesh_in_motion_answers_as_prometheus_does() -> Result<()> {
    agree(&Mesh::ramp(), ORIGIN_MS + 67 * MINUTE_MS).await
}

/// Whatever else comes with the simulator: Istio's example, resets, replicas, missing labels, two spellings of bounds …
#[tokio::test]
async fn every_other_scenario_answers_as_prometheus_does() -> Result<()> {
    for (name, _) in meshsim::SCENARIOS.iter().filter(|(name, _)| !["shop", "ramp"].contains(name)) {
        let mesh = Mesh::named(name).context("it is among them")?;
        agree(&mesh, ORIGIN_MS + 27 * MINUTE_MS).await.with_context(|| format!("in {name}"))?;
    }
    Ok(())
}

/// Least share of answers that have samples: what is empty on both sides agrees too easily.
const WITH_SAMPLES: f64 = 0.8;

async fn agree(mesh: &Mesh, at_ms: i64) -> Result<()> {
    let prometheus = Prometheus::start().await?;
    prometheus.write(&mesh.select(&[], at_ms - HISTORY_MS, at_ms + OFF_GRID_MS)).await?;
    let mut twins = Twins::new(prometheus, mesh);
    // On the scrape grid, and one second off it.
    for at_s in [at_ms / 1000, at_ms / 1000 - 61] {
        for window_s in [60, 300, 900] {
            let queries = product_queries(mesh, at_s, window_s);
            ensure!(queries.len() >= 10, "the product asks more than {} queries", queries.len());
            for query in queries {
                ask(&mut twins, &query, at_s).await?;
            }
        }
        for query in if has_native(mesh) { NATIVE } else { MORE } {
            twins.ask(query, at_s * 1000 + OFF_GRID_MS).await?;
        }
    }
    twins.verdict(WITH_SAMPLES)
}

async fn ask(twins: &mut Twins<'_>, query: &Query, at_s: i64) -> Result<()> {
    match query.range {
        None => twins.ask(&query.promql, at_s * 1000).await,
        Some(range) => twins.ask_range(&query.promql, steps(range, at_s)).await,
    }
}

pub(crate) fn steps(range: RangeOf, at_s: i64) -> Steps {
    let (span_ms, step_ms) = (range.span_s.cast_signed() * 1000, range.step_s.cast_signed() * 1000);
    Steps { start_ms: at_s * 1000 - span_ms, end_ms: at_s * 1000, step_ms }
}

#[tokio::test]
async fn the_panels_of_the_shop_answer_as_prometheus_does() -> Result<()> {
    panels_agree(&Mesh::shop(), ORIGIN_MS + 27 * MINUTE_MS).await
}

#[tokio::test]
async fn the_panels_of_a_mesh_in_motion_answer_as_prometheus_does() -> Result<()> {
    panels_agree(&Mesh::ramp(), ORIGIN_MS + 67 * MINUTE_MS).await
}

/// Whole histograms, those of which some are there as buckets too, and copies of either.
#[tokio::test]
async fn the_panels_of_stores_with_native_histograms_answer_as_prometheus_does() -> Result<()> {
    for name in ["native-histograms", "mixed-histograms", "native-replicas", "uneven-replicas"] {
        let mesh = Mesh::named(name).context("it is a scenario")?;
        panels_agree(&mesh, ORIGIN_MS + 27 * MINUTE_MS).await.with_context(|| format!("in {name}"))?;
    }
    Ok(())
}

async fn panels_agree(mesh: &Mesh, at_ms: i64) -> Result<()> {
    let window = Window { at_s: at_ms / 1000, window_s: 600, scrape_interval_s: Some(15.0) };
    let panels = panels::panels(mesh, origin(mesh), window)?;
    let (figures, lines) = (panels.figures.len(), panels.lines.len());
    ensure!(figures > 90 && lines > 60, "{figures} figures and {lines} lines are too few for a mesh");
    let prometheus = Prometheus::start().await?;
    prometheus.write(&mesh.select(&[], at_ms - HISTORY_MS, at_ms)).await?;
    let mut twins = Twins::new(prometheus, mesh);
    for figure in &panels.figures {
        twins.ask(figure, at_ms).await?;
    }
    for line in &panels.lines {
        twins.ask_range(line, panels::chart(window)).await?;
    }
    twins.verdict(0.8)
}
