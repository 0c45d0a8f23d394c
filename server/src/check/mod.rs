//! `portolan check`: what a Prometheus holds for a graph, in words, with what to do about each thing that is missing.
//! It asks through the ordinary client and collector, so what it finds is what the page would find.

mod metrics;
mod source;
mod traffic;

use crate::collector::Collector;
use crate::config::Config;
use crate::metrics::Queries;
use crate::prometheus::{Client, PrometheusError, preflight};
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// All that was found.
#[derive(Debug)]
pub struct Report {
    lines: Vec<Line>,
    pub outcome: Outcome,
}

/// What follows from it; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A graph can be drawn.
    Drawable = 0,
    Nothing = 1,
    /// There is nobody to ask.
    Unusable = 2,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Ok(String),
    /// What is missing, and what to do.
    Missing(String, String),
}

impl Line {
    fn ok(text: impl Into<String>) -> Self {
        Self::Ok(text.into())
    }

    fn missing(text: impl Into<String>, todo: impl Into<String>) -> Self {
        Self::Missing(text.into(), todo.into())
    }
}

/// Looks at everything. Fails only where no client can be made.
pub async fn check(config: &Config) -> anyhow::Result<Report> {
    let Some(prometheus) = &config.prometheus else {
        let lines = vec![Line::missing(
            "No Prometheus is set.",
            "Start with --prometheus http://your-prometheus:9090 or set PORTOLAN_PROMETHEUS.",
        )];
        return Ok(Report { lines, outcome: Outcome::Unusable });
    };
    let client = Client::new(prometheus)?;
    let engine = preflight(&client, now_s).await;
    let mut lines: Vec<Line> = config.cautions().into_iter().map(caution).collect();
    lines.extend(source::lines(&engine, client.address(), prometheus.scrape_interval_s));
    if engine.unreachable.is_some() {
        return Ok(Report { lines, outcome: Outcome::Nothing });
    }
    let collector =
        Collector::new(Some(prometheus), config.limits.snapshot_bytes, &config.metrics, Queries::default())?;
    let found = collector.snapshot(traffic::ASK).await;
    let origin = collector.origin();
    lines.extend(metrics::lines(&client, &origin, now_s() + engine.skew_s).await);
    let outcome = match found {
        Ok(found) => traffic::read(&found.collected, config, &mut lines),
        Err(failure) => {
            lines.push(failed(&failure.error));
            Outcome::Nothing
        }
    };
    Ok(Report { lines, outcome })
}

fn failed(error: &PrometheusError) -> Line {
    Line::missing(format!("No traffic could be read: {error}"), "See to that first, then check again.")
}

/// The first sentence says what is so, the last what to do.
fn caution(text: String) -> Line {
    match text.rfind(". ") {
        Some(at) => Line::missing(&text[..=at], &text[at + 2..]),
        None => Line::missing(text, "Decide whether it should be so."),
    }
}

fn now_s() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Ok(text) => writeln!(f, "ok       {text}")?,
                Line::Missing(text, todo) => writeln!(f, "missing  {text}\n         → {todo}")?,
            }
        }
        writeln!(
            f,
            "\n{}",
            match self.outcome {
                Outcome::Drawable => "A graph can be drawn.",
                Outcome::Nothing => "No graph can be drawn yet.",
                Outcome::Unusable => "There is no Prometheus to ask.",
            }
        )
    }
}
