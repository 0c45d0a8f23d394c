//! `portolan check`: what a Prometheus holds for a graph, in words, with what to do about each thing that is missing.
//! It asks through the ordinary client and collector, so what it finds is what the page would find.

mod metrics;
mod source;
mod traffic;

use crate::collector::{Collector, Keep};
use crate::config::{Config, PrometheusConfig};
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
    /// What follows is about this one of several.
    Source(String),
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

/// Looks at every source. Fails only where no client can be made.
pub async fn check(config: &Config) -> anyhow::Result<Report> {
    let mut lines: Vec<Line> = config.cautions().into_iter().map(caution).collect();
    let Some(first) = &config.prometheus else {
        lines.push(Line::missing(
            "No Prometheus is set.",
            "Start with --prometheus http://your-prometheus:9090 or set PORTOLAN_PROMETHEUS.",
        ));
        return Ok(Report { lines, outcome: Outcome::Unusable });
    };
    let others = config.others.iter().map(|other| (&other.name, &other.prometheus));
    let mut outcome = Outcome::Drawable;
    for (name, prometheus) in std::iter::once((&config.source, first)).chain(others) {
        if !config.others.is_empty() {
            lines.push(Line::Source(name.clone()));
        }
        if !one(prometheus, config, &mut lines).await? {
            outcome = Outcome::Nothing;
        }
    }
    Ok(Report { lines, outcome })
}

/// Whether it gives a graph, with what there is to say about it.
async fn one(prometheus: &PrometheusConfig, config: &Config, lines: &mut Vec<Line>) -> anyhow::Result<bool> {
    let client = Client::new(prometheus)?;
    let engine = preflight(&client, now_s).await;
    lines.extend(source::lines(&engine, client.address(), prometheus.scrape_interval_s));
    if engine.unreachable.is_some() {
        return Ok(false);
    }
    let bytes = config.limits.snapshot_bytes;
    let (queries, keep) = (Queries::default(), Keep::SnapshotOnly);
    let collector = Collector::new(Some(prometheus), bytes, &config.metrics, queries, keep)?;
    let found = collector.snapshot(traffic::ASK).await;
    let origin = collector.origin();
    lines.extend(metrics::lines(&client, &origin, now_s() + engine.skew_s).await);
    match found {
        Ok(found) => Ok(traffic::read(&found.collected, config, lines)),
        Err(failure) => {
            lines.push(failed(&failure.error));
            Ok(false)
        }
    }
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

impl Report {
    fn has_several(&self) -> bool {
        self.lines.iter().any(|line| matches!(line, Line::Source(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Source(name) => writeln!(f, "\nsource   {name}")?,
                Line::Ok(text) => writeln!(f, "ok       {text}")?,
                Line::Missing(text, todo) => writeln!(f, "missing  {text}\n         → {todo}")?,
            }
        }
        writeln!(
            f,
            "\n{}",
            match self.outcome {
                Outcome::Drawable if self.has_several() => "A graph can be drawn of each source.",
                Outcome::Drawable => "A graph can be drawn.",
                Outcome::Nothing if self.has_several() => "Not of each source a graph can be drawn yet.",
                Outcome::Nothing => "No graph can be drawn yet.",
                Outcome::Unusable => "There is no Prometheus to ask.",
            }
        )
    }
}
