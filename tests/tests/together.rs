//! Two real Prometheus servers, each with what one cluster's proxies report, looked at together: the graph is that of one
//! server with both. Knows the API and the scenario; must not know how answers are brought together.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::store::{METRIC_NAME, MatchOp, Matcher, Series, Store as _};
use serde_json::Value;
use tests::alike::alike;
use tests::product::Product;
use tests::prometheus::Prometheus;

#[tokio::test]
async fn two_servers_together_draw_the_graph_of_one_with_both() -> Result<()> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let at_s = now_s.div_euclid(15) * 15;
    let mesh = Mesh::named("multi-cluster").context("it comes with the simulator")?;
    let every = Matcher::new(METRIC_NAME, MatchOp::Regex, "istio_.*")?;
    let all = mesh.select(&[every], (at_s - 900) * 1000, at_s * 1000);
    let servers =
        (holding(&of(&all, "west")).await?, holding(&of(&all, "east")).await?, holding(&all).await?);
    let file = tests::target_dir()?.join(format!("together-{}.toml", std::process::id()));
    let source = |cluster: &str, server: &Prometheus| {
        let url = server.url();
        format!(
            "[[source]]\nname = '{cluster}-1'\ncluster = '{cluster}'\nprometheus = '{url}'\nscrape-interval = '15s'\n"
        )
    };
    std::fs::write(&file, source("west", &servers.0) + &source("east", &servers.1))?;
    let both = Product::start(&["serve", "--config", file.to_str().context("a plain path")?])?;
    let one = Product::start(&["serve", "--prometheus", &servers.2.url(), "--scrape-interval", "15s"])?;
    let together = graph(&both, "&source=all", at_s).await?;
    let alone = graph(&one, "", at_s).await?;
    for part in ["nodes", "edges", "boxes", "namespaces", "totals", "findings"] {
        alike(&together[part], &alone[part], part)?;
    }
    let edges = together["edges"].as_array().context("edges")?;
    ensure!(edges.len() > 4, "{edges:?}");
    ensure!(together["meta"]["warnings"] == alone["meta"]["warnings"], "{}", together["meta"]["warnings"]);
    for edge in edges.iter().filter(|edge| edge["requests"].is_object()) {
        pasted(&both, edge, at_s, [("west-1", &servers.0), ("east-1", &servers.1)]).await?;
    }
    std::fs::remove_file(file)?;
    Ok(())
}

/// The query that the panel shows, pasted into the server that it names, gives the figure.
async fn pasted(product: &Product, edge: &Value, at_s: i64, servers: [(&str, &Prometheus); 2]) -> Result<()> {
    let id = edge["id"].as_str().context("an id")?;
    let address = format!("{}/api/v1/edge", product.url);
    let at = at_s.to_string();
    let client = tests::http::client(Duration::from_mins(1))?;
    let asked = client.get(address).query(&[("id", id), ("at", &at), ("source", "all")]);
    let detail: Value = asked.send().await?.error_for_status()?.json().await?;
    let queries = detail["queries"].as_array().context("queries")?;
    let rate = queries.iter().find(|query| query["name"] == "rate").context("a rate")?;
    let (_, server) =
        servers.into_iter().find(|(name, _)| rate["source"] == *name).context("it names its source")?;
    let form = [("query", rate["promql"].as_str().context("text")?), ("time", &at)];
    let answer = client.post(format!("{}/api/v1/query", server.url())).form(&form).send().await?;
    let answer: Value = answer.error_for_status()?.json().await?;
    let told: f64 = answer["data"]["result"][0]["value"][1].as_str().context("one number")?.parse()?;
    let drawn = edge["requests"]["rate_rps"].as_f64().context("a rate")?;
    ensure!((told - drawn).abs() <= 1e-9 * drawn, "{id}: {told} {drawn}");
    Ok(())
}

/// What proxies of this cluster report.
fn of(all: &[Series], cluster: &str) -> Vec<Series> {
    let has = |series: &Series, label: &str, value: &str| {
        series.labels.iter().any(|(known, text)| **known == *label && **text == *value)
    };
    let reported = |series: &&Series| {
        let end = if has(series, "reporter", "source") { "source_cluster" } else { "destination_cluster" };
        has(series, end, cluster)
    };
    all.iter().filter(reported).cloned().collect()
}

async fn holding(series: &[Series]) -> Result<Prometheus> {
    ensure!(!series.is_empty(), "there is something to hold");
    let server = Prometheus::start().await?;
    server.write(series).await?;
    Ok(server)
}

async fn graph(product: &Product, more: &str, at_s: i64) -> Result<Value> {
    let address = format!("{}/api/v1/graph?percentiles=true&with=bytes&at={at_s}{more}", product.url);
    let client = tests::http::client(Duration::from_mins(1))?;
    Ok(client.get(address).send().await?.error_for_status()?.json().await?)
}
