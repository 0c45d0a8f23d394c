//! What a refresh sends to who has the graph before: the difference beside the whole graph, plain and packed, and how much
//! of the difference is truly new. `cargo run --release -p tests --example differences` repeats the figures in BENCHMARKS.md.

use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use model::Graph;
use serde_json::{Map, Value};
use tests::product::Product;

const SERVICES: [u32; 3] = [30, 300, 1_000];
const SCRAPE_S: u64 = 15;

#[tokio::main]
async fn main() -> Result<()> {
    for services in SERVICES {
        let product = Product::start(&["demo", "--demo-scale", &services.to_string()])?;
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / SCRAPE_S * SCRAPE_S;
        for query in ["", "percentiles=true&"] {
            let (from, to) = (
                graph(&product, query, now_s - 60).await?,
                graph(&product, query, now_s - 60 + SCRAPE_S).await?,
            );
            let difference = graph::difference(&from, &to, 1);
            let (whole, told) = (serde_json::to_value(&to)?, serde_json::to_value(&difference)?);
            let by_field = changed(&serde_json::to_value(&from)?, &whole).unwrap_or_default();
            let (nodes, edges) = (&difference.update.nodes, &difference.update.edges);
            println!(
                "{services} services, {}: {} of {} nodes and {} of {} edges change",
                if query.is_empty() { "plain" } else { "with percentiles" },
                nodes.len(),
                to.nodes.len(),
                edges.len(),
                to.edges.len()
            );
            for (what, value) in
                [("whole", &whole), ("difference", &told), ("changed fields alone", &by_field)]
            {
                let text = serde_json::to_vec(value)?;
                println!("  {what}: {} kB, packed {} kB", text.len() / 1_000, packed(&text)? / 1_000);
            }
        }
    }
    Ok(())
}

async fn graph(product: &Product, query: &str, at_s: u64) -> Result<Graph> {
    let client = tests::http::client(Duration::from_mins(2))?;
    let address = format!("{}/api/v1/graph?{query}at={at_s}", product.url);
    Ok(client.get(address).send().await?.error_for_status()?.json().await?)
}

/// As the server packs a frame of its stream.
fn packed(text: &[u8]) -> Result<usize> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(3));
    packer.write_all(text)?;
    Ok(packer.finish()?.len())
}

/// The fields that are others now; of lists of things with an id, those things by what is new in them.
fn changed(from: &Value, to: &Value) -> Option<Value> {
    match (from, to) {
        _ if from == to => None,
        (Value::Object(from), Value::Object(to)) => {
            let mut new: Map<String, Value> = to
                .iter()
                .filter_map(|(key, value)| {
                    let before = from.get(key).unwrap_or(&Value::Null);
                    Some((key.clone(), changed(before, value)?))
                })
                .collect();
            new.extend(to.get("id").map(|id| ("id".to_owned(), id.clone())));
            Some(Value::Object(new))
        }
        (Value::Array(before), Value::Array(after)) if after.iter().all(|one| one.get("id").is_some()) => {
            let new = after.iter().filter_map(|one| {
                let known = before.iter().find(|known| known.get("id") == one.get("id"));
                changed(known.unwrap_or(&Value::Null), one)
            });
            Some(Value::Array(new.collect()))
        }
        _ => Some(to.clone()),
    }
}
