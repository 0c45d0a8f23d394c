//! A simulated mesh, ready to be asked: a scenario, its traffic, its pods, and a `Store` over the series they give.

use std::slice::from_ref;
use std::sync::Arc;

use crate::kept::Kept;
use crate::latency::{BOUNDS, BUCKETS};
use crate::native;
use crate::scale;
use crate::scenario::{Histograms, Keeping, Mistakes, Replica, Scenario};
use crate::store::{self, Labels, Matcher, Point, Series, Store};
use crate::telemetry::{self, FAMILIES, Gauge, Names, Pods, Stream, Window};
use crate::traffic::{self, Lane};

/// The shop that the demo shows: steady traffic, a canary that is somewhat worse, a payment host that fails.
pub const SHOP: &str = include_str!("../scenarios/shop.toml");

/// Istio's own example with something more.
macro_rules! bookinfo {
    ($with:literal) => {
        concat!(include_str!("../scenarios/bookinfo.toml"), include_str!($with))
    };
}

/// The meshes that come with the simulator, each a scenario file, by name.
pub const SCENARIOS: &[(&str, &str)] = &[
    ("shop", SHOP),
    // The shop in motion: a canary that ramps, an error burst, a restart and more, within two hours.
    ("ramp", include_str!("../scenarios/ramp.toml")),
    ("bookinfo", include_str!("../scenarios/bookinfo.toml")),
    ("multi-cluster", include_str!("../scenarios/multi-cluster.toml")),
    ("ambient", include_str!("../scenarios/ambient.toml")),
    ("grpc-streams", include_str!("../scenarios/grpc-streams.toml")),
    ("resets", bookinfo!("../scenarios/with-resets.toml")),
    ("replicas", bookinfo!("../scenarios/with-replicas.toml")),
    ("uneven-replicas", bookinfo!("../scenarios/with-uneven-replicas.toml")),
    ("missing-labels", bookinfo!("../scenarios/with-missing-labels.toml")),
    ("mixed-bounds", bookinfo!("../scenarios/with-mixed-bounds.toml")),
    ("late-samples", bookinfo!("../scenarios/with-late-samples.toml")),
    ("native-histograms", bookinfo!("../scenarios/with-native-histograms.toml")),
    ("mixed-histograms", bookinfo!("../scenarios/with-mixed-histograms.toml")),
    ("native-replicas", bookinfo!("../scenarios/with-native-replicas.toml")),
];

/// The seed of the demo.
pub const SEED: u64 = 20_001;

/// Counters as a function of scenario, seed and time. Nothing is stored: any instant since 2020 can be asked for.
#[derive(Debug)]
pub struct Mesh {
    pub(crate) scenario: Scenario,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) pods: Pods,
    pub(crate) streams: Vec<Stream>,
    pub(crate) gauges: Vec<Gauge>,
    /// By pod: the labels its scrapes add.
    pub(crate) targets: Vec<[(Arc<str>, Arc<str>); 4]>,
    /// By family: its name as a label.
    pub(crate) metrics: Vec<(Arc<str>, Arc<str>)>,
    /// By bucket: its bound as a label.
    pub(crate) le: Vec<(Arc<str>, Arc<str>)>,
}

/// A scrape target, as `/api/v1/targets` tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub job: String,
    pub instance: String,
    pub namespace: String,
    pub pod: String,
    pub up: bool,
    pub last_scrape_ms: i64,
}

impl Mesh {
    /// The same scenario and seed give the same mesh everywhere.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let lanes = traffic::lanes(&scenario, seed);
        let pods = Pods::new(&scenario, seed);
        let mut names = Names::default();
        let streams = telemetry::streams(&scenario, &lanes, &pods, (&mut names, seed));
        let gauges = telemetry::gauges(&scenario, &pods, &mut names);
        let targets = pods.all.iter().map(|pod| names.target(pod)).collect();
        let metrics = FAMILIES.iter().map(|family| names.metric(family.name)).collect();
        let le = (0..BUCKETS).map(|le| (names.text("le"), names.text(&le_text(le)))).collect();
        Self { scenario, lanes, pods, streams, gauges, targets, metrics, le }
    }

    /// A mesh from a scenario file.
    pub fn from_toml(text: &str, seed: u64) -> Result<Self, Mistakes> {
        Scenario::from_toml(text).map(|scenario| Self::new(scenario, seed))
    }

    /// One of `SCENARIOS`; none by another name.
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = SCENARIOS.iter().find(|(known, _)| *known == name)?;
        Some(
            Self::from_toml(text, SEED).expect("what comes with the simulator is tested to have no mistakes"),
        )
    }

    /// The demo.
    pub fn shop() -> Self {
        Self::named("shop").expect("it is among them")
    }

    /// The demo in motion.
    pub fn ramp() -> Self {
        Self::named("ramp").expect("it is among them")
    }

    /// A made-up mesh of so many services, for benches and load.
    pub fn scaled(services: usize) -> Self {
        let spec = scale::spec(services, SEED);
        let scenario = Scenario::from_spec(&spec).expect("generated meshes are tested to have no mistakes");
        Self::new(scenario, SEED)
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Where a pod's scrapes lie, in milliseconds.
    pub fn scrape_interval_ms(&self) -> i64 {
        telemetry::SCRAPE_MS
    }

    /// How long samples are on their way until a question finds them.
    pub fn late_ms(&self) -> i64 {
        self.scenario.late_ms
    }

    /// Whether some samples reach the store later than they were taken.
    pub fn comes_late(&self) -> bool {
        let mut replicas = self.scenario.keeping.iter().flat_map(|keeping| &keeping.replicas);
        self.late_ms() > 0 || replicas.any(|replica| replica.lag_ms > 0)
    }

    /// What a store has of it at an instant.
    pub fn known_at(&self, now_ms: i64) -> Known<'_> {
        Known { mesh: self, now_ms }
    }

    /// In which form the store has durations and sizes.
    pub(crate) fn histograms(&self) -> Histograms {
        self.scenario.keeping.as_ref().map_or(Histograms::Classic, |keeping| keeping.histograms)
    }

    /// All scrape targets as they stand at an instant.
    pub fn targets(&self, at_ms: i64) -> Vec<Target> {
        let mut targets = Vec::with_capacity(self.pods.all.len());
        let from_ms = at_ms - telemetry::SCRAPE_MS + 1;
        let scraped = Scraped { mesh: self, shift_ms: 0 };
        scraped.visit(&[Matcher::equal("__name__", "up")], from_ms, at_ms, &mut |labels, points| {
            let text = |name| store::label(labels, name).unwrap_or_default().to_owned();
            let Some(last) = points.last() else { return };
            targets.push(Target {
                job: text("job"),
                instance: text("instance"),
                namespace: text("namespace"),
                pod: text("pod"),
                up: last.value > 0.0,
                last_scrape_ms: last.t_ms,
            });
        });
        targets
    }
}

/// What a store has of a mesh at some instant: nothing of what is still on its way.
#[derive(Debug)]
pub struct Known<'a> {
    mesh: &'a Mesh,
    now_ms: i64,
}

impl Known<'_> {
    /// Has every replica tell what it has by now; without any there is one store, which signs nothing.
    fn each_copy(&self, to_ms: i64, tell: &mut dyn FnMut(Kept<'_, Scraped<'_>>, i64)) {
        let plain = Keeping::default();
        let keeping = self.mesh.scenario.keeping.as_ref().unwrap_or(&plain);
        let alone = Replica::default();
        let replicas = if keeping.replicas.is_empty() { from_ref(&alone) } else { &keeping.replicas };
        for replica in replicas {
            let inner = Scraped { mesh: self.mesh, shift_ms: replica.shift_ms };
            let last_ms = self.now_ms.saturating_sub(self.mesh.late_ms() + replica.lag_ms);
            let signed = Some(replica.name.as_str()).filter(|name| !name.is_empty());
            tell(Kept { inner: &inner, keeping, replica: signed }, to_ms.min(last_ms));
        }
    }
}

impl Store for Known<'_> {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
        store::collected(self, matchers, from_ms, to_ms)
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        self.each_copy(to_ms, &mut |kept, to_ms| kept.visit(matchers, from_ms, to_ms, each));
    }

    fn visit_labels(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels)) {
        self.each_copy(to_ms, &mut |kept, to_ms| kept.visit_labels(matchers, from_ms, to_ms, each));
    }
}

/// As if everything had arrived.
impl Store for Mesh {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
        self.known_at(i64::MAX).select(matchers, from_ms, to_ms)
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        self.known_at(i64::MAX).visit(matchers, from_ms, to_ms, each);
    }

    fn visit_labels(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels)) {
        self.known_at(i64::MAX).visit_labels(matchers, from_ms, to_ms, each);
    }
}

/// The series as scraping brings them.
struct Scraped<'a> {
    mesh: &'a Mesh,
    shift_ms: i64,
}

impl Store for Scraped<'_> {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
        store::collected(self, matchers, from_ms, to_ms)
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        let span = telemetry::Span { from_ms, to_ms, shift_ms: self.shift_ms };
        telemetry::visit(self.mesh, matchers, Window::Grid(span), each);
    }

    /// Counters never fall while a container lives, so its last scrapes tell which series there were.
    fn visit_labels(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels)) {
        let span = telemetry::Span { from_ms, to_ms, shift_ms: self.shift_ms };
        telemetry::visit(self.mesh, matchers, Window::Lasts(span), &mut |labels, _| {
            match native::part_of(labels).map(|part| &**part) {
                None => each(labels),
                // A histogram is one series, and any of its parts tells of it.
                Some(native::COUNT) => each(&native::without_part(labels)),
                Some(_) => {}
            }
        });
    }
}

/// A bucket's bound as a proxy prints it.
fn le_text(le: usize) -> String {
    BOUNDS.get(le).map_or_else(|| "+Inf".to_owned(), ToString::to_string)
}
