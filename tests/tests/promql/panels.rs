//! The queries behind the side panel, which the core makes for one node or edge at a time: those of every node and every
//! edge of a mesh. The core gets its snapshot from the evaluator here; that the evaluator is right is what is tested.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use graph::sample::{RangeTable, Symbols, Table};
use graph::{Answers, Origin, Outcome, Query, Signals, Snapshot, SubjectId, View, ViewConfig, Window, plan};
use meshsim::Mesh;
use meshsim::native::{self, Histograms};
use meshsim::promql::{Options, Sample, Steps, Value, instant, range};
use meshsim::store::{Labels, Point, label};
use model::series::Metric;
use model::{Extras, GraphParams, GraphType};

/// Expressions for one instant, and expressions for the lines of charts.
pub(crate) struct Panels {
    pub(crate) figures: BTreeSet<String>,
    pub(crate) lines: BTreeSet<String>,
}

pub(crate) fn panels(mesh: &Mesh, origin: Origin, window: Window) -> Result<Panels> {
    let snapshot = snapshot(mesh, origin, window)?;
    let mut panels = Panels { figures: BTreeSet::new(), lines: BTreeSet::new() };
    for graph_type in GraphType::ALL {
        let params = GraphParams { graph_type, percentiles: true, ..GraphParams::default() };
        panels.add(&snapshot, &View::resolve(&params, &ViewConfig::default()))?;
    }
    Ok(panels)
}

impl Panels {
    fn add(&mut self, snapshot: &Snapshot, view: &View) -> Result<()> {
        let graph = graph::view(snapshot, view);
        for node in &graph.nodes {
            let detail = graph::node_detail(snapshot, view, &node.id).context("a node has its panel")?;
            self.figures.extend(detail.queries.into_iter().map(|query| query.promql));
            self.add_lines(snapshot, view, SubjectId::Node(&node.id))?;
        }
        for edge in &graph.edges {
            let detail = graph::edge_detail(snapshot, view, &edge.id).context("an edge has its panel")?;
            self.figures.extend(detail.queries.into_iter().map(|query| query.promql));
            self.add_lines(snapshot, view, SubjectId::Edge(&edge.id))?;
        }
        Ok(())
    }

    fn add_lines(&mut self, snapshot: &Snapshot, view: &View, subject: SubjectId<'_>) -> Result<()> {
        let lines = graph::series_queries(snapshot, view, subject, &Metric::ALL).context("it has lines")?;
        self.lines.extend(lines.into_iter().map(|line| line.promql));
        Ok(())
    }
}

fn snapshot(mesh: &Mesh, origin: Origin, window: Window) -> Result<Snapshot> {
    let mut answers = Answers::new(origin, window);
    let extras = Extras::BYTES.and(Extras::SIZES);
    let signals = Signals { percentiles: true, slow_lane: true, extras };
    for query in plan(&answers.origin.clone(), signals, &window) {
        let outcome = outcome(mesh, &query, window.at_s, &mut answers.symbols)?;
        answers.outcomes.insert(query.kind, (outcome, Vec::new()));
    }
    Ok(graph::snapshot(&answers).0)
}

fn outcome(mesh: &Mesh, query: &Query, at_s: i64, symbols: &mut Symbols) -> Result<Outcome> {
    let options = Options::default();
    let labels = query.by.to_vec();
    let Some(span) = query.range else {
        let Value::Vector(samples) = instant(mesh, &query.promql, at_s * 1000, &options)? else {
            anyhow::bail!("{} gives no vector", query.promql)
        };
        let mut table = Table { labels, ..Table::default() };
        let plain = |sample: &&Sample| native::part_of(&sample.labels).is_none() && sample.value.is_finite();
        for sample in samples.iter().filter(plain) {
            table.cells.extend(cells(query, &sample.labels, symbols));
            table.values.push(sample.value);
            if query.bucketed {
                table.le.push(label(&sample.labels, "le").context("a bucket has its bound")?.parse()?);
            }
        }
        for (labels, buckets) in histograms(&samples, at_s) {
            table.push_histogram(&cells(query, &labels, symbols), &buckets);
        }
        return Ok(Outcome::Answered(table));
    };
    let mut table = RangeTable { labels, ..RangeTable::default() };
    for series in range(mesh, &query.promql, crate::shop::steps(span, at_s), &options)? {
        table.cells.extend(cells(query, &series.labels, symbols));
        let points = series.points.iter().map(|point| (point.t_ms as f64 / 1000.0, point.value));
        table.points.push(points.collect());
    }
    Ok(Outcome::Series(table))
}

/// Above, up to, how many.
type Buckets = Vec<(f64, f64, f64)>;

/// Whole histograms by their buckets.
fn histograms(samples: &[Sample], at_s: i64) -> Vec<(Labels, Buckets)> {
    let point = |sample: &Sample| [Point { t_ms: at_s * 1000, value: sample.value }];
    let parts: Vec<(&Labels, [Point; 1])> =
        samples.iter().map(|sample| (&sample.labels, point(sample))).collect();
    let whole = native::gather(parts.iter().map(|(labels, points)| (*labels, &points[..])));
    let bucket = |(index, count): (&i32, &f64)| (native::upper(index - 1), native::upper(*index), *count);
    let of = |histograms: &Histograms| histograms.values().flat_map(|one| &one.buckets).map(bucket).collect();
    whole.iter().map(|(labels, histograms)| (labels.clone(), of(histograms))).collect()
}

fn cells(query: &Query, labels: &Labels, symbols: &mut Symbols) -> Vec<graph::sample::Symbol> {
    query.by.iter().map(|name| symbols.intern(label(labels, name).unwrap_or_default())).collect()
}

/// Sixty steps of a chart over the window.
pub(crate) fn chart(window: Window) -> Steps {
    let (end_ms, span_ms) = (window.at_s * 1000, window.window_s.cast_signed() * 1000);
    Steps { start_ms: end_ms - span_ms, end_ms, step_ms: span_ms / 60 }
}
