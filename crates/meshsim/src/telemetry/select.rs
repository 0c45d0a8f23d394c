//! Finds the series that matchers ask for and hands them out with their points, computing none that nobody asked for.

use crate::latency::BUCKETS;
use crate::mesh::Mesh;
use crate::native::PART;
use crate::scenario::Histograms;
use crate::store::{Labels, METRIC_NAME, Matcher, Point};

use super::clock::{Scrapes, Span, second_of};
use super::counter::Track;
use super::family::{Family, FamilyKind};
use super::labels::{Base, Pair};
use super::streams::{Gauge, GaugeKind, Stream, Tells};
use super::{FAMILIES, Pod};

/// Labels that a series has from its target or its bucket, not from its stream.
const LATE: [&str; 6] = [METRIC_NAME, "instance", "job", "le", "namespace", "pod"];

/// Which scrapes to tell of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Window {
    /// All on the pods' grids.
    Grid(Span),
    /// Of those only the last of each life of a container: enough to know which series there were.
    Lasts(Span),
    /// One of every pod, at this instant: what `/metrics` shows.
    Now(i64),
}

impl Window {
    fn scrapes(self, pod: &Pod, period_s: f64) -> Scrapes {
        match self {
            Self::Grid(span) => Scrapes::on_grid(pod, span, period_s),
            Self::Lasts(span) => Scrapes::lasts(pod, span, period_s),
            Self::Now(t_ms) => Scrapes::now(pod, t_ms, period_s),
        }
    }
}

type Each<'a> = &'a mut dyn FnMut(&Labels, &[Point]);

/// Matchers sorted by what they can be checked against.
struct Plan<'a> {
    families: Vec<(usize, &'static Family)>,
    histograms: Histograms,
    base: Vec<&'a Matcher>,
    target: Vec<&'a Matcher>,
    buckets: Vec<usize>,
    without_le: bool,
}

impl<'a> Plan<'a> {
    fn new(mesh: &Mesh, matchers: &'a [Matcher], window: Window) -> Self {
        let named =
            |name: &str, value: &str| matchers.iter().filter(|m| m.name == name).all(|m| m.accepts(value));
        // What a page shows as text has buckets whatever a store keeps.
        let histograms =
            if matches!(window, Window::Now(_)) { Histograms::Classic } else { mesh.histograms() };
        let kept = histograms.of_any();
        let asked = |family: &Family| family.is_kept(kept) && named(METRIC_NAME, family.name);
        let families = FAMILIES.iter().enumerate().filter(|(_, family)| asked(family)).collect();
        Self {
            families,
            histograms,
            base: matchers.iter().filter(|m| !LATE.contains(&m.name.as_str())).collect(),
            target: matchers
                .iter()
                .filter(|m| LATE[1..].contains(&m.name.as_str()) && m.name != "le")
                .collect(),
            buckets: (0..BUCKETS).filter(|&le| named("le", &mesh.le[le].1)).collect(),
            without_le: named("le", ""),
        }
    }

    fn base_passes(&self, base: &Base) -> bool {
        self.base.iter().all(|matcher| matcher.accepts(base.get(&matcher.name)))
    }

    fn target_passes(&self, target: &[Pair; 4]) -> bool {
        let value =
            |name: &str| target.iter().find(|(known, _)| **known == *name).map_or("", |(_, value)| &**value);
        self.target.iter().all(|matcher| matcher.accepts(value(&matcher.name)))
    }
}

/// Calls `each` for every series that matches and has a sample in the window.
pub(crate) fn visit(mesh: &Mesh, matchers: &[Matcher], window: Window, each: Each<'_>) {
    let plan = Plan::new(mesh, matchers, window);
    if plan.families.iter().any(|(_, family)| !matches!(family.kind, FamilyKind::Gauge(_))) {
        visit_streams(mesh, &plan, window, each);
    }
    for &(index, family) in &plan.families {
        if let (FamilyKind::Gauge(kind), true) = (family.kind, plan.without_le) {
            let mine = mesh.gauges.iter().filter(|gauge| gauge.kind == kind && plan.base_passes(&gauge.base));
            mine.for_each(|gauge| visit_gauge(mesh, &plan, (index, gauge), (window, &mut *each)));
        }
    }
}

fn visit_streams(mesh: &Mesh, plan: &Plan<'_>, window: Window, each: Each<'_>) {
    let mut buffers = Buffers::default();
    for group in mesh.streams.chunk_by(|a, b| a.pods == b.pods) {
        let wanted: Vec<&Stream> = group.iter().filter(|stream| plan.base_passes(&stream.base)).collect();
        let Some(first) = wanted.first() else { continue };
        for pod in first.pods.clone().filter(|&pod| plan.target_passes(&mesh.targets[pod])) {
            let scrapes = window.scrapes(&mesh.pods.all[pod], mesh.scenario.period_s);
            if scrapes.good.is_empty() {
                continue;
            }
            for stream in &wanted {
                buffers.stream(mesh, plan, (stream, pod, &scrapes), each);
            }
        }
    }
}

/// Space for one series' points, used over and over.
#[derive(Default)]
struct Buffers {
    counts: Vec<f64>,
    values: Vec<f64>,
    points: Vec<Point>,
}

impl Buffers {
    fn stream(
        &mut self,
        mesh: &Mesh,
        plan: &Plan<'_>,
        (stream, pod, scrapes): (&Stream, usize, &Scrapes),
        each: Each<'_>,
    ) {
        let lane = &mesh.lanes[stream.lane];
        let call = &mesh.scenario.apps[lane.source.app].calls[lane.call];
        let track = Track::new((stream, &lane.profile, call), scrapes, (pod, mesh.pods.all[pod].share));
        track.counts(&mut self.counts);
        if self.counts.iter().all(|count| *count < 1.0) {
            return;
        }
        let kept = plan.histograms.of_pod(pod);
        for &(index, family) in plan.families.iter().filter(|(_, family)| family.is_kept(kept)) {
            let labels = |le| stream.base.with(&mesh.metrics[index], &mesh.targets[pod], le);
            if !family.is_bucket() && !plan.without_le {
                continue;
            }
            match family.kind {
                FamilyKind::Requests if stream.tells == Tells::Requests => {
                    self.values.clone_from(&self.counts);
                    self.emit(scrapes, || labels(None), each);
                }
                FamilyKind::Histogram(measure, _)
                    if stream.tells == Tells::Requests && family.is_bucket() =>
                {
                    let shares = track.bucket_shares(measure);
                    for &le in &plan.buckets {
                        track.bucket(&shares, le, &mut self.values);
                        self.emit(scrapes, || labels(Some(&mesh.le[le])), each);
                    }
                }
                FamilyKind::Histogram(measure, part) if stream.tells == Tells::Requests => {
                    track.part(measure, part, &mut self.values);
                    self.emit(scrapes, || labels(None), each);
                }
                FamilyKind::Native(measure) if stream.tells == Tells::Requests => {
                    let labels = labels(None);
                    track.native(measure, &mut |part, values| {
                        self.values.clear();
                        self.values.extend_from_slice(values);
                        self.emit(scrapes, || part_labels(&labels, part), each);
                    });
                }
                FamilyKind::Tcp(count) if stream.tells == Tells::Bytes => {
                    track.tcp(count, mesh.scenario.period_s, &mut self.values);
                    self.emit(scrapes, || labels(None), each);
                }
                FamilyKind::Messages(way) if stream.tells == Tells::Messages => {
                    track.messages(way, &mut self.values);
                    self.emit(scrapes, || labels(None), each);
                }
                _ => {}
            }
        }
    }

    /// Hands out the points from the stream's first event on.
    fn emit(&mut self, scrapes: &Scrapes, labels: impl Fn() -> Labels, each: Each<'_>) {
        self.points.clear();
        let there =
            scrapes.good.iter().zip(&self.values).zip(&self.counts).filter(|(_, count)| **count >= 1.0);
        self.points.extend(there.map(|((scrape, &value), _)| Point { t_ms: scrape.t_ms, value }));
        if !self.points.is_empty() {
            each(&labels(), &self.points);
        }
    }
}

fn part_labels(labels: &Labels, part: &str) -> Labels {
    std::iter::once((PART.into(), part.into())).chain(labels.iter().cloned()).collect()
}

fn visit_gauge(
    mesh: &Mesh,
    plan: &Plan<'_>,
    (index, gauge): (usize, &Gauge),
    (window, each): (Window, Each<'_>),
) {
    let mut target = mesh.targets[gauge.pod].clone();
    if let Some(namespace) = &gauge.namespace {
        target[2].1 = namespace.clone();
    }
    if !plan.target_passes(&target) {
        return;
    }
    let period_s = mesh.scenario.period_s;
    let scrapes = window.scrapes(&mesh.pods.all[gauge.pod], period_s);
    let value = |t_ms: i64| {
        let second = second_of(t_ms).rem_euclid(period_s);
        let step = gauge.steps.partition_point(|(start, _)| *start <= second).saturating_sub(1);
        gauge.steps[step].1
    };
    let mut points: Vec<Point> =
        scrapes.good.iter().map(|scrape| Point { t_ms: scrape.t_ms, value: value(scrape.t_ms) }).collect();
    if gauge.kind == GaugeKind::Up {
        points.extend(scrapes.failed.iter().map(|&t_ms| Point { t_ms, value: 0.0 }));
        points.sort_by_key(|point| point.t_ms);
    }
    if !points.is_empty() {
        each(&gauge.base.with(&mesh.metrics[index], &target, None), &points);
    }
}
