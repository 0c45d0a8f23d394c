//! The shipped recording rules on a real Prometheus: it accepts them, and the graph from what they record is the graph
//! from the counters. Knows the API and the rules' file; must not know how the product asks.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use meshsim::Mesh;
use meshsim::store::{METRIC_NAME, MatchOp, Matcher, Point, Series, Store as _};
use serde_json::Value;
use tests::alike::alike;
use tests::product::Product;
use tests::prometheus::answer::Answer;
use tests::prometheus::{Prometheus, Setup, tool};
use tests::waiting::until;

fn rules_file() -> std::path::PathBuf {
    tests::workspace_root().join("deploy/prometheus/recording-rules.yaml")
}

/// Names and expressions, as they stand in the file line by line.
fn rules() -> Result<Vec<(String, String)>> {
    let text = std::fs::read_to_string(rules_file())?;
    let part = |word: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.trim().strip_prefix(word)?.trim().to_owned())).collect()
    };
    let (names, expressions) = (part("- record:"), part("expr:"));
    ensure!(names.len() == expressions.len() && names.len() == 12, "a name and an expression each");
    Ok(names.into_iter().zip(expressions).collect())
}

#[test]
fn prometheus_accepts_the_rules() -> Result<()> {
    let output = Command::new(tool("promtool")?).args(["check", "rules"]).arg(rules_file()).output()?;
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && told.contains("12 rules found"), "{told}");
    Ok(())
}

#[tokio::test]
async fn the_graph_from_recorded_series_is_the_graph_from_the_counters() -> Result<()> {
    // On the scrape grid, and young enough for what looks at the present to find it.
    let at_s = now_s()?.div_euclid(15) * 15;
    let prometheus = Prometheus::start().await?;
    prometheus.write(&samples(&Mesh::shop(), at_s)?).await?;
    let mut from_counters = BTreeMap::new();
    let product = on(&prometheus)?;
    for window in WINDOWS {
        let graph = graph(&product, window, at_s).await?;
        ensure!(!asked_for_recorded(&graph), "nothing is recorded yet");
        from_counters.insert(window, graph);
    }
    for (name, expression) in rules()? {
        let recorded = recorded(&prometheus, &name, &expression, at_s).await?;
        ensure!(recorded.len() > 10, "{name} has {} series", recorded.len());
        prometheus.write(&recorded).await?;
    }
    let product = on(&prometheus)?;
    for window in WINDOWS {
        let graph = graph(&product, window, at_s).await?;
        ensure!(asked_for_recorded(&graph), "{window}: what is recorded is not read");
        for part in ["nodes", "edges", "boxes", "namespaces", "totals", "findings"] {
            alike(&graph[part], &from_counters[window][part], &format!("{window} {part}"))?;
        }
        ensure!(graph["edges"].as_array().is_some_and(|edges| edges.len() > 10));
    }
    Ok(())
}

/// The rules as they are shipped, run by a Prometheus that evaluates them by itself, every second instead of at each scrape.
#[tokio::test]
async fn what_prometheus_records_by_itself_gives_the_graph_from_the_counters() -> Result<()> {
    let mesh = Mesh::named("bookinfo").context("it is a scenario")?;
    let text = std::fs::read_to_string(rules_file())?.replace("interval: 15s", "interval: 1s");
    let rules = std::env::temp_dir().join(format!("portolan-rules-{}.yaml", std::process::id()));
    std::fs::write(&rules, text)?;
    let config = format!("rule_files:\n- {}\n", rules.display());
    let prometheus = Prometheus::start_with(Setup { config, ..Setup::default() }).await?;
    std::fs::remove_file(rules)?;
    let begun_s = now_s()?;
    prometheus.write(&on_one_beat(&mesh, (begun_s - 900, begun_s + 600))?).await?;
    let first_s = recorded_beat(&prometheus, 0).await?;

    let by_rules = on(&prometheus)?;
    // A matcher of the installation's own keeps from recorded series, and this one leaves nothing out.
    let (url, matcher) = (prometheus.url(), ["--extra-matcher", "reporter!=\"nobody\""]);
    let counters = [&["serve", "--prometheus", &url, "--scrape-interval", "15s"], &matcher[..]].concat();
    let by_counters = Product::start(&counters)?;
    // What is recorded counts from when it was looked for, which is now; so the next beat is compared.
    graph(&by_rules, "1m", first_s).await?;
    let at_s = recorded_beat(&prometheus, now_s()?).await?;
    for window in WINDOWS {
        let (rules, counters) =
            (graph(&by_rules, window, at_s).await?, graph(&by_counters, window, at_s).await?);
        ensure!(asked_for_recorded(&rules) && !asked_for_recorded(&counters), "{window}: both read the same");
        for part in ["nodes", "edges", "boxes", "namespaces", "totals", "findings"] {
            alike(&rules[part], &counters[part], &format!("{window} {part}"))?;
        }
        ensure!(
            rules["edges"].as_array().is_some_and(|edges| edges.len() == 8),
            "{window}: {}",
            rules["edges"]
        );
    }
    Ok(())
}

/// Samples come this long after each quarter of a minute, so that until the next one a window holds the same samples.
const AFTER_BEAT_S: i64 = 5;

/// The mesh's samples of a time, all pods' at the same moments.
fn on_one_beat(mesh: &Mesh, (from_s, to_s): (i64, i64)) -> Result<Vec<Series>> {
    let every = Matcher::new(METRIC_NAME, MatchOp::Regex, "istio_.*")?;
    let mut series = mesh.select(&[every], from_s * 1000, to_s * 1000);
    for point in series.iter_mut().flat_map(|series| &mut series.points) {
        point.t_ms = (point.t_ms.div_euclid(15_000) * 15 + AFTER_BEAT_S) * 1000;
    }
    Ok(series)
}

/// Waits for the next quarter of a minute after some moment that has, of every rule, a record of the samples it has itself.
async fn recorded_beat(prometheus: &Prometheus, after_s: i64) -> Result<i64> {
    let names = rules()?;
    let look = async || {
        let at_s = now_s()?.div_euclid(15) * 15;
        for (name, _) in &names {
            let newest = format!("min(timestamp({name})) >= {}", at_s - 15 + AFTER_BEAT_S + 1);
            let Answer::Series(rows) = prometheus.query(&newest, at_s * 1000).await? else { bail!("{name}") };
            if rows.is_empty() || at_s <= after_s {
                return Ok(None);
            }
        }
        Ok(Some(at_s))
    };
    let waited = until(Duration::from_mins(1), "every rule to have recorded", look).await;
    waited.with_context(|| prometheus.log())
}

fn now_s() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

/// Prometheus scrapes nothing here, and so tells no interval that the samples keep.
fn on(prometheus: &Prometheus) -> Result<Product> {
    Product::start(&["serve", "--prometheus", &prometheus.url(), "--scrape-interval", "15s"])
}

const WINDOWS: [&str; 3] = ["1m", "5m", "10m"];

async fn graph(product: &Product, window: &str, at_s: i64) -> Result<Value> {
    let address = format!("{}/api/v1/graph?percentiles=true&window={window}&at={at_s}", product.url);
    let client = tests::http::client(Duration::from_mins(1))?;
    Ok(client.get(address).send().await?.error_for_status()?.json().await?)
}

/// All four queries that rules are made for, or none.
fn asked_for_recorded(graph: &Value) -> bool {
    let queries = graph["meta"]["queries"].as_array().into_iter().flatten();
    let recorded =
        queries.filter(|query| query["promql"].as_str().is_some_and(|text| text.contains("portolan:istio")));
    recorded.count() == 4
}

/// What Prometheus itself makes of the rule at that moment.
async fn recorded(prometheus: &Prometheus, name: &str, expression: &str, at_s: i64) -> Result<Vec<Series>> {
    let form = [("query", expression.to_owned()), ("time", at_s.to_string())];
    let client = tests::http::client(Duration::from_mins(1))?;
    let answer = client.post(format!("{}/api/v1/query", prometheus.url())).form(&form).send().await?;
    let answer: Value = answer.error_for_status()?.json().await?;
    let rows = answer["data"]["result"].as_array().context("a vector")?;
    rows.iter()
        .map(|row| {
            let labels = row["metric"].as_object().context("labels")?.iter();
            let mut labels: BTreeMap<&str, &str> =
                labels.map(|(label, value)| (label.as_str(), value.as_str().unwrap_or_default())).collect();
            labels.insert(METRIC_NAME, name);
            let value: f64 = row["value"][1].as_str().context("a number")?.parse()?;
            Ok(Series {
                labels: labels.into_iter().map(|(label, value)| (label.into(), value.into())).collect(),
                points: vec![Point { t_ms: at_s * 1000, value }],
            })
        })
        .collect()
}

/// What the mesh exports over a quarter of an hour, at every scrape.
fn samples(mesh: &Mesh, at_s: i64) -> Result<Vec<Series>> {
    let every = Matcher::new(METRIC_NAME, MatchOp::Regex, "istio_.*")?;
    Ok(mesh.select(&[every], (at_s - 900) * 1000, at_s * 1000))
}
