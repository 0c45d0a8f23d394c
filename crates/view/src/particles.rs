//! Traffic that moves. More requests, more departures; slower answers, slower travel; failed requests are diamonds in
//! exactly their share. Deterministic: what is drawn follows from graph, scene and the time stepped, nothing else.

use crate::{cards, curve::Arc, overlay::telling_ms, padlock, places::Places};
use layout::index::Index;
use layout::{Cubic, Scene};
use model::{Edge, Graph};

/// Departures a second: this much at the least traffic …
pub const DEPARTURES_BASE: f64 = 0.2;
/// … and so much more for each tenfold of `1 + rps`: 1 rps 0.4, 10 rps 0.9, 100 rps 1.6, 1,000 rps 2.3.
pub const DEPARTURES_PER_DECADE: f64 = 0.7;
/// Pixels a second where answers come within [`FAST_MS`].
pub const SPEED_MAX: f64 = 140.0;
/// So much slower for each tenfold of the latency beyond: 10 ms 129, 100 ms 93, 1 s 57.
pub const SPEED_PER_DECADE: f64 = 36.0;
pub const SPEED_MIN: f64 = 24.0;
pub const FAST_MS: f64 = 5.0;
/// TCP, and whatever has no known latency.
pub const SPEED_UNKNOWN: f64 = 80.0;
/// Lines shorter than this carry none: they would only flicker.
pub const LENGTH_MIN: f64 = 40.0;
/// They end where the arrow head begins.
const BEFORE_END: f64 = 9.0;
/// On all lines together; when more would travel, all edges send less in proportion.
pub const CAP: usize = 3_000;
/// A tab that slept does not catch up.
const STEP_MAX_S: f64 = 0.1;
/// Long enough that the slowest line is full.
const SETTLE_S: f64 = 30.0;

const RADIUS_THIN: f64 = 1.6;
const RADIUS_THICK: f64 = 1.9;
const WIDTH_THICK: f64 = 3.0;
const DIAMOND: f64 = 4.6;

/// One of them, in scene coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Particle {
    pub x: f64,
    pub y: f64,
    /// Radius of a round one; half the diagonal of a diamond.
    pub size: f64,
    /// A failed request.
    pub diamond: bool,
    /// Index of its edge in the graph.
    pub edge: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    pub all: u64,
    pub failed: u64,
}

#[derive(Debug, Default)]
pub struct Particles {
    lanes: Vec<Lane>,
    travelling: Vec<Travelling>,
    shown: Vec<Particle>,
    departures: Vec<Departures>,
}

/// An edge as the particles see it.
#[derive(Debug)]
struct Lane {
    id: String,
    arc: Arc,
    departures_per_s: f64,
    speed: f64,
    error_share: f64,
    radius: f64,
    /// A padlock sits on the middle of the line; nothing is drawn over it.
    padlock: bool,
    /// What is due: a particle leaves at 1.
    due: f64,
    failed_due: f64,
}

#[derive(Clone, Copy, Debug)]
struct Travelling {
    edge: usize,
    distance: f64,
    diamond: bool,
}

impl Lane {
    fn is_under_padlock(&self, distance: f64) -> bool {
        self.padlock && (distance - self.arc.length() / 2.0).abs() < padlock::RADIUS + 2.0
    }
}

/// Departures a second for a rate in requests a second; none where nothing flows.
pub fn departures_per_s(rps: f64) -> f64 {
    if rps > 0.0 { DEPARTURES_BASE + DEPARTURES_PER_DECADE * (1.0 + rps).log10() } else { 0.0 }
}

/// Pixels a second for a latency.
pub fn speed(latency_ms: Option<f64>) -> f64 {
    latency_ms.map_or(SPEED_UNKNOWN, |ms| {
        (SPEED_MAX - SPEED_PER_DECADE * (ms.max(FAST_MS) / FAST_MS).log10()).max(SPEED_MIN)
    })
}

impl Particles {
    /// Empty lines; [`Self::settle`] fills them as if they had run for a while.
    pub fn new(graph: &Graph, scene: &Scene) -> Self {
        let mut particles = Self::default();
        particles.update(graph, scene);
        particles
    }

    /// New figures or routes: particles stay in their place along the edge, departures go on counting.
    pub fn update(&mut self, graph: &Graph, scene: &Scene) {
        let places = Places::new(graph, scene);
        let lanes: Vec<Lane> = graph
            .edges
            .iter()
            .enumerate()
            .map(|(i, edge)| {
                lane(edge, places.routes[i].map(|route| Arc::new(&route.path)).unwrap_or_default())
            })
            .collect();
        let old = std::mem::replace(&mut self.lanes, lanes);
        let mut departures = vec![Departures::default(); self.lanes.len()];
        let by_id = Index::new(&mut self.lanes.iter().map(|lane| lane.id.as_str()));
        let moved_to: Vec<Option<usize>> = old.iter().map(|lane| by_id.get(&lane.id)).collect();
        for (i, before) in old.iter().enumerate() {
            let Some(new) = moved_to[i] else { continue };
            departures[new] = self.departures[i];
            self.lanes[new].due = before.due;
            self.lanes[new].failed_due = before.failed_due;
        }
        self.departures = departures;
        self.travelling.retain_mut(|particle| {
            let Some(new) = moved_to[particle.edge] else { return false };
            let (before, after) = (old[particle.edge].arc.length(), self.lanes[new].arc.length());
            particle.distance *= if before > 0.0 { after / before } else { 0.0 };
            particle.edge = new;
            self.lanes[new].departures_per_s > 0.0
        });
        self.keep_to_cap();
        self.travelling.reserve(CAP.saturating_sub(self.travelling.len()));
        self.shown.reserve(CAP.saturating_sub(self.shown.len()));
        self.show();
    }

    /// Lines that swing to another course: what travels on them keeps its share of the way.
    pub fn bend<'a>(&mut self, courses: impl Iterator<Item = (&'a str, &'a [Cubic])>) {
        let by_id = Index::new(&mut self.lanes.iter().map(|lane| lane.id.as_str()));
        let arcs: Vec<(usize, Arc)> =
            courses.filter_map(|(id, path)| Some((by_id.get(id)?, Arc::new(path)))).collect();
        let mut stretch = vec![1.0; self.lanes.len()];
        for (edge, arc) in arcs {
            let before = self.lanes[edge].arc.length();
            stretch[edge] = if before > 0.0 { arc.length() / before } else { 1.0 };
            self.lanes[edge].arc = arc;
        }
        for particle in &mut self.travelling {
            particle.distance *= stretch[particle.edge];
        }
        self.show();
    }

    fn keep_to_cap(&mut self) {
        let expected: f64 =
            self.lanes.iter().map(|lane| lane.departures_per_s * lane.arc.length() / lane.speed).sum();
        let factor = CAP as f64 * 0.9 / expected.max(1.0);
        if factor < 1.0 {
            self.lanes.iter_mut().for_each(|lane| lane.departures_per_s *= factor);
        }
    }

    /// Fills the lines as they look after a while, without counting departures.
    pub fn settle(&mut self) {
        let counted = self.departures.clone();
        for _ in 0..(SETTLE_S / STEP_MAX_S) as usize {
            self.advance(STEP_MAX_S);
        }
        self.departures = counted;
        self.show();
    }

    /// Moves everything on by `dt_s` seconds (a long pause counts as a tenth of a second).
    pub fn step(&mut self, dt_s: f64) {
        self.advance(if dt_s.is_finite() { dt_s.clamp(0.0, STEP_MAX_S) } else { 0.0 });
        self.show();
    }

    fn advance(&mut self, dt_s: f64) {
        let lanes = &self.lanes;
        self.travelling.retain_mut(|particle| {
            let lane = &lanes[particle.edge];
            particle.distance += lane.speed * dt_s;
            particle.distance < lane.arc.length() - BEFORE_END
        });
        for (edge, lane) in self.lanes.iter_mut().enumerate() {
            if lane.departures_per_s <= 0.0 {
                continue;
            }
            lane.due += lane.departures_per_s * dt_s;
            while lane.due >= 1.0 {
                lane.due -= 1.0;
                lane.failed_due += lane.error_share;
                let diamond = lane.error_share > 0.0 && lane.failed_due >= 1.0;
                if diamond {
                    lane.failed_due -= 1.0;
                }
                self.departures[edge].all += 1;
                self.departures[edge].failed += u64::from(diamond);
                if self.travelling.len() < CAP {
                    let late_s = lane.due / lane.departures_per_s;
                    self.travelling.push(Travelling {
                        edge,
                        distance: lane.speed * late_s.min(dt_s),
                        diamond,
                    });
                }
            }
        }
    }

    fn show(&mut self) {
        self.shown.clear();
        for diamond in [false, true] {
            for particle in self.travelling.iter().filter(|particle| particle.diamond == diamond) {
                let lane = &self.lanes[particle.edge];
                if lane.is_under_padlock(particle.distance) {
                    continue;
                }
                let at = lane.arc.at(particle.distance);
                let size = if diamond { DIAMOND } else { lane.radius };
                self.shown.push(Particle { x: at.x, y: at.y, size, diamond, edge: particle.edge });
            }
        }
    }

    /// Those under way now. All round ones come before all diamonds, so that each batch has one colour.
    pub fn all(&self) -> &[Particle] {
        &self.shown
    }

    /// How many have left so far on each edge of the graph: all, and those that failed.
    pub fn departures(&self) -> &[Departures] {
        &self.departures
    }

    /// Nothing moves or will: the loop may stop.
    pub fn is_still(&self) -> bool {
        self.travelling.is_empty() && self.lanes.iter().all(|lane| lane.departures_per_s <= 0.0)
    }
}

fn lane(edge: &Edge, arc: Arc) -> Lane {
    let rps = cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref()).unwrap_or(0.0);
    let moves = arc.length() > LENGTH_MIN && !edge.flags.silent;
    let error_share = edge.requests.as_ref().and_then(|requests| requests.error_share).unwrap_or(0.0);
    let thick = cards::edge_width(edge) >= WIDTH_THICK;
    // Edges do not beat in step: each begins at a phase of its own.
    let phase = phase(&edge.id);
    Lane {
        id: edge.id.clone(),
        arc,
        departures_per_s: if moves { departures_per_s(rps) } else { 0.0 },
        speed: speed(edge.latency.as_ref().and_then(telling_ms)),
        error_share: if error_share.is_finite() { error_share.clamp(0.0, 1.0) } else { 0.0 },
        radius: if thick { RADIUS_THICK } else { RADIUS_THIN },
        padlock: padlock::is_plaintext(edge),
        due: phase,
        failed_due: 1.0 - error_share.clamp(0.0, 1.0) * (1.0 + phase),
    }
}

/// 0 to 1, from the key alone (FNV-1a).
fn phase(key: &str) -> f64 {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    f64::from((hash >> 40) as u32) / f64::from(1_u32 << 24)
}
