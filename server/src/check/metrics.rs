//! Which of the mesh's metrics the store has at all, moving or not.

use super::Line;
use crate::prometheus::{Client, PrometheusError, decode_instant};
use graph::Origin;
use graph::dialect::Vocabulary;
use graph::sample::Symbols;

pub(super) async fn lines(client: &Client, origin: &Origin, at_s: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, todo) in wanted(&origin.dialect.vocabulary(&origin.probe)) {
        lines.push(match series(client, origin, name, at_s).await {
            Ok(Some(count)) => Line::ok(format!("{name}: {count} series.")),
            Ok(None) => Line::missing(format!("{name} is not there{}.", within(origin)), todo),
            Err(error) => Line::missing(format!("{name} could not be counted: {error}"), todo),
        });
    }
    lines
}

fn within(origin: &Origin) -> String {
    origin
        .extra_matcher
        .as_ref()
        .map(|matcher| format!(" within --extra-matcher {matcher}"))
        .unwrap_or_default()
}

fn wanted(words: &Vocabulary) -> [(&'static str, &'static str); 8] {
    let mean = "Mean latency will be unknown. Keep it when scraping, and look for a Telemetry resource that switches it off.";
    let tcp = "Nothing to do if no plain TCP runs in the mesh.";
    let [bucket, sum, count] = words.duration.series(words.durations);
    [
        (
            words.requests,
            "Let Prometheus scrape the proxies (port 15020 or 15090, /stats/prometheus) and look whether they are among its targets; a Telemetry resource may switch it off.",
        ),
        (sum, mean),
        (count, mean),
        (
            bucket,
            "Latency percentiles will be unknown. Look for a rule that drops buckets (metric_relabel_configs, recording rules only).",
        ),
        (words.tcp_sent, tcp),
        (words.tcp_received, tcp),
        (words.tcp_opened, tcp),
        (words.tcp_closed, tcp),
    ]
}

/// How many; none is no answer at all.
async fn series(
    client: &Client,
    origin: &Origin,
    name: &str,
    at_s: i64,
) -> Result<Option<u64>, PrometheusError> {
    let matcher = origin.extra_matcher.as_deref().unwrap_or_default();
    let answer = client.instant(&format!("count({name}{{{matcher}}})"), at_s).await?;
    let body = answer.body.unpacked()?;
    let (table, _) = decode_instant(&body, &[], false, &mut Symbols::default())
        .map_err(|error| PrometheusError::from_decoding(error, &body, client.address()))?;
    Ok(table.values.first().map(|count| *count as u64))
}
