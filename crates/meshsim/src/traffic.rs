//! Traffic that follows from a scenario: every call's rate from what its caller receives, in each piece of the period.
//! Knows rates and outcomes; no metric, no label, no pod.

use crate::latency::Latency;
use crate::scenario::{Call, Change, DAY_S, Kind, Outcome, Protocol, Scenario, Volume};
use crate::seed::{hash, unit};
use crate::shape::{HARMONICS, Profile, Wave};

/// Requests from one version of one app to one version of another, or to nobody.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) source: End,
    pub(crate) dest: End,
    pub(crate) call: usize,
    pub(crate) protocol: Protocol,
    pub(crate) profile: Profile,
    pub(crate) outcomes: Vec<LaneOutcome>,
}

/// One end of a lane; no version means the other side never learnt who it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct End {
    pub(crate) app: usize,
    pub(crate) version: Option<usize>,
}

/// A way in which a lane's requests end, piece by piece of the lane's profile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LaneOutcome {
    pub(crate) ending: Outcome,
    pub(crate) shares: Vec<f64>,
    pub(crate) latency: Vec<Latency>,
}

/// What holds in one piece of the period.
#[derive(Debug, Clone)]
struct Piece {
    weights: Vec<Vec<f64>>,
    errors: Vec<(usize, Option<usize>, Outcome)>,
    latency: Vec<(usize, Option<usize>, f64)>,
    rate: Vec<f64>,
    /// Calls that take place in this piece only by an event, and do not now.
    asleep: Vec<(usize, usize)>,
}

/// Starts of the pieces in which nothing changes: the beginning, and every event's start and end.
pub(crate) fn piece_starts(scenario: &Scenario) -> Vec<f64> {
    let lasting = scenario.events.iter().filter(|event| !matches!(event.change, Change::Restart(..)));
    let mut starts: Vec<f64> = lasting.flat_map(|event| [event.start_s, event.end_s]).collect();
    starts.push(0.0);
    starts.retain(|start| *start < scenario.period_s - 1e-6);
    starts.sort_by(f64::total_cmp);
    starts.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    starts
}

/// The weights of an app's versions at a second of the period.
pub(crate) fn weights_at(scenario: &Scenario, app: usize, second: f64) -> Option<&Vec<f64>> {
    scenario.events.iter().rev().find_map(|event| match &event.change {
        Change::Weights(weights) if event.app == app && event.start_s <= second && second < event.end_s => {
            Some(weights)
        }
        _ => None,
    })
}

impl Piece {
    fn at(scenario: &Scenario, start: f64) -> Self {
        // A moment later, so that rounding at the very start does not matter.
        let now = start + 1e-3;
        let mut piece = Self {
            weights: scenario
                .apps
                .iter()
                .map(|app| app.versions.iter().map(|v| v.weight).collect())
                .collect(),
            errors: Vec::new(),
            latency: Vec::new(),
            rate: vec![1.0; scenario.apps.len()],
            asleep: Vec::new(),
        };
        let mut awake = Vec::new();
        for event in &scenario.events {
            let on = event.start_s <= now && now < event.end_s;
            let app = event.app;
            match &event.change {
                Change::Call(call) if on => awake.push((app, *call)),
                Change::Call(call) => piece.asleep.push((app, *call)),
                _ if !on => {}
                Change::Weights(weights) => piece.weights[app].clone_from(weights),
                Change::Errors(version, outcome) => piece.errors.push((app, *version, outcome.clone())),
                Change::Latency(version, factor) => piece.latency.push((app, *version, *factor)),
                Change::Rate(factor) => piece.rate[app] *= factor,
                Change::Restart(..) => {}
            }
        }
        piece.asleep.retain(|call| !awake.contains(call));
        piece
    }

    fn factor(&self, end: End) -> f64 {
        let of = |(app, version, _): &&(usize, Option<usize>, f64)| {
            *app == end.app && version.is_none_or(|v| Some(v) == end.version)
        };
        self.latency.iter().filter(of).map(|(.., factor)| factor).product()
    }

    fn extra_errors(&self, end: End) -> impl Iterator<Item = &Outcome> {
        let of = move |(app, version, _): &&(usize, Option<usize>, Outcome)| {
            *app == end.app && version.is_none_or(|v| Some(v) == end.version)
        };
        self.errors.iter().filter(of).map(|(.., outcome)| outcome)
    }
}

/// All lanes of a scenario that carry traffic at some time.
pub(crate) fn lanes(scenario: &Scenario, seed: u64) -> Vec<Lane> {
    let starts = piece_starts(scenario);
    let pieces: Vec<Piece> = starts.iter().map(|&start| Piece::at(scenario, start)).collect();
    let mut flow = Propagation::new(scenario, seed, &pieces);
    flow.own_rates();
    for app in 0..scenario.apps.len() {
        flow.calls(app, |call| matches!(call.volume, Volume::Rate(_)));
    }
    for &app in &scenario.order {
        flow.calls(app, |call| matches!(call.volume, Volume::FanOut(_)));
    }
    let period_s = scenario.period_s;
    let lanes = flow.lanes.into_iter().map(|raw| raw.finish(&starts, period_s));
    lanes.filter(|lane| !lane.profile.is_silent() && !lane.outcomes.is_empty()).collect()
}

/// A lane before pieces that are alike are merged.
#[derive(Debug)]
struct RawLane {
    source: End,
    dest: End,
    call: usize,
    protocol: Protocol,
    waves: Vec<Wave>,
    outcomes: Vec<LaneOutcome>,
}

#[derive(Debug)]
struct Propagation<'a> {
    scenario: &'a Scenario,
    seed: u64,
    pieces: &'a [Piece],
    /// By app, version, piece.
    inbound: Vec<Vec<Vec<Wave>>>,
    lanes: Vec<RawLane>,
}

impl<'a> Propagation<'a> {
    fn new(scenario: &'a Scenario, seed: u64, pieces: &'a [Piece]) -> Self {
        let silent = |app: &crate::scenario::App| vec![vec![Wave::ZERO; pieces.len()]; app.versions.len()];
        let inbound = scenario.apps.iter().map(silent).collect();
        Self { scenario, seed, pieces, inbound, lanes: Vec::new() }
    }

    fn own_rates(&mut self) {
        for (index, app) in self.scenario.apps.iter().enumerate() {
            if app.rate_rps <= 0.0 {
                continue;
            }
            let wave = self.lively(app.rate_rps, &[&app.name, "own"]);
            for (at, piece) in self.pieces.iter().enumerate() {
                for (version, weight) in piece.weights[index].iter().enumerate() {
                    self.inbound[index][version][at].add(&wave.scaled(weight * piece.rate[index]));
                }
            }
        }
    }

    /// A rate with the daily wave and noise of its own.
    fn lively(&self, rate: f64, name: &[&str]) -> Wave {
        let peak = std::f64::consts::TAU * self.scenario.peak_hour * 3_600.0 / DAY_S;
        let wave = Wave::constant(rate).with_harmonic(0, self.scenario.daily_wave, peak);
        self.noisy(wave, self.scenario.noise, name)
    }

    fn noisy(&self, mut wave: Wave, noise: f64, name: &[&str]) -> Wave {
        // The slower, the higher, as load in the open is.
        const HEIGHTS: [f64; HARMONICS.len() - 1] = [0.38, 0.28, 0.20, 0.14];
        let start = hash(self.seed, name);
        for (index, height) in HEIGHTS.iter().enumerate() {
            let phase = unit(crate::seed::finish(start ^ index as u64)) * std::f64::consts::TAU;
            wave = wave.with_harmonic(index + 1, noise * height, phase);
        }
        wave.kept_positive()
    }

    fn calls(&mut self, app: usize, which: impl Fn(&Call) -> bool) {
        let scenario = self.scenario;
        for (index, call) in scenario.apps[app].calls.iter().enumerate().filter(|(_, call)| which(call)) {
            for version in 0..scenario.apps[app].versions.len() {
                if call.from_version.is_none_or(|only| only == version) {
                    self.call(End { app, version: Some(version) }, index, call);
                }
            }
        }
    }

    fn call(&mut self, source: End, index: usize, call: &Call) {
        let attempts: Vec<Wave> =
            (0..self.pieces.len()).map(|at| self.attempts(source, (index, call), at)).collect();
        let callee = &self.scenario.apps[call.to];
        if callee.kind == Kind::External {
            let dest = End { app: call.to, version: Some(0) };
            self.push(source, dest, (index, call), (attempts, |_: &Outcome| true));
            return;
        }
        for version in 0..callee.versions.len() {
            if call.to_version.is_some_and(|only| only != version) {
                continue;
            }
            let share = |at: usize| match call.to_version {
                Some(_) => 1.0,
                None => self.pieces[at].weights[call.to][version],
            };
            let waves: Vec<Wave> =
                attempts.iter().enumerate().map(|(at, wave)| wave.scaled(share(at))).collect();
            let dest = End { app: call.to, version: Some(version) };
            let reached = 1.0 - unreached(call);
            for (sum, wave) in self.inbound[call.to][version].iter_mut().zip(&waves) {
                sum.add(&wave.scaled(reached));
            }
            self.push(source, dest, (index, call), (waves, |outcome: &Outcome| outcome.reached));
        }
        if unreached(call) > 0.0 {
            let nobody = End { app: call.to, version: None };
            self.push(source, nobody, (index, call), (attempts, |outcome: &Outcome| !outcome.reached));
        }
    }

    /// How often a version makes a call in one piece.
    fn attempts(&self, source: End, (index, call): (usize, &Call), at: usize) -> Wave {
        let piece = &self.pieces[at];
        if piece.asleep.contains(&(source.app, index)) {
            return Wave::ZERO;
        }
        let version = source.version.unwrap_or_default();
        let caller = &self.scenario.apps[source.app];
        let callee = &self.scenario.apps[call.to].name;
        let wave = match call.volume {
            Volume::FanOut(factor) => {
                let name = [caller.name.as_str(), callee, &caller.versions[version].name];
                self.noisy(
                    self.inbound[source.app][version][at].scaled(factor),
                    self.scenario.noise * 0.3,
                    &name,
                )
            }
            Volume::Rate(rate) => {
                self.lively(rate * piece.weights[source.app][version], &[&caller.name, callee])
            }
        };
        wave.scaled(piece.rate[call.to])
    }

    fn push(
        &mut self,
        source: End,
        dest: End,
        (index, call): (usize, &Call),
        (waves, belongs): (Vec<Wave>, impl Fn(&Outcome) -> bool),
    ) {
        let mut outcomes: Vec<LaneOutcome> = Vec::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            for (ending, latency) in endings(self.scenario, call, piece, dest) {
                if belongs(&ending) {
                    add(&mut outcomes, ending, (at, self.pieces.len()), latency);
                }
            }
        }
        outcomes.retain(|outcome| outcome.shares.iter().any(|share| *share > 0.0));
        self.lanes.push(RawLane { source, dest, call: index, protocol: call.protocol, waves, outcomes });
    }
}

fn unreached(call: &Call) -> f64 {
    call.errors.iter().filter(|error| !error.reached).map(|error| error.share).sum()
}

/// A failed connection is noticed at once.
const REFUSED: Latency = Latency { median_ms: 2.0, sigma: 0.5 };

/// All ways in which a call ends in one piece; the shares, of all attempts, add up to 1.
fn endings(scenario: &Scenario, call: &Call, piece: &Piece, dest: End) -> Vec<(Outcome, Latency)> {
    let version = &scenario.apps[dest.app].versions[dest.version.unwrap_or_default()];
    let usual = call.latency.unwrap_or(version.latency).times(piece.factor(dest));
    let reached = 1.0 - unreached(call);
    let own = call.errors.iter().cloned();
    let tcp = call.protocol == Protocol::Tcp;
    let theirs = version.errors.iter().chain(piece.extra_errors(dest)).filter(|_| !tcp).map(|error| {
        let mut error = error.clone();
        error.share *= reached;
        error
    });
    let mut left = 1.0;
    let mut all = Vec::new();
    for mut error in own.chain(theirs) {
        error.share = error.share.min(left);
        left -= error.share;
        if call.protocol == Protocol::Grpc && error.grpc.is_none() {
            error.grpc = Some(status_of(error.code));
        }
        if call.protocol == Protocol::Http {
            error.grpc = None;
        }
        let slow = error.latency.unwrap_or(if error.reached { usual } else { REFUSED });
        all.push((error, slow));
    }
    let success = Outcome {
        share: left,
        code: 200,
        flag: "-".to_owned(),
        grpc: (call.protocol == Protocol::Grpc).then_some(0),
        reached: true,
        server_code: 200,
        server_flag: "-".to_owned(),
        latency: None,
    };
    all.push((success, usual));
    all
}

/// The gRPC status a proxy gives where only an HTTP code is known.
fn status_of(code: u16) -> u8 {
    match code {
        200 => 0,
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    }
}

fn add(outcomes: &mut Vec<LaneOutcome>, ending: Outcome, (at, pieces): (usize, usize), latency: Latency) {
    let alike = |known: &Outcome| {
        (known.code, &known.flag, known.grpc, known.server_code, &known.server_flag, known.reached)
            == (
                ending.code,
                &ending.flag,
                ending.grpc,
                ending.server_code,
                &ending.server_flag,
                ending.reached,
            )
    };
    if let Some(found) = outcomes.iter_mut().find(|outcome| alike(&outcome.ending)) {
        if found.shares[at] <= 0.0 {
            found.latency[at] = latency;
        }
        found.shares[at] += ending.share;
        return;
    }
    let mut shares = vec![0.0; pieces];
    shares[at] = ending.share;
    outcomes.push(LaneOutcome { ending, shares, latency: vec![latency; pieces] });
}

impl RawLane {
    /// Merges neighbouring pieces in which nothing about this lane changes.
    fn finish(mut self, starts: &[f64], period_s: f64) -> Lane {
        let same = |at: usize| {
            self.waves[at] == self.waves[at - 1]
                && self.outcomes.iter().all(|o| {
                    o.shares[at].to_bits() == o.shares[at - 1].to_bits() && o.latency[at] == o.latency[at - 1]
                })
        };
        let kept: Vec<usize> = (0..starts.len()).filter(|&at| at == 0 || !same(at)).collect();
        let waves = kept.iter().map(|&at| self.waves[at]).collect();
        for outcome in &mut self.outcomes {
            outcome.shares = kept.iter().map(|&at| outcome.shares[at]).collect();
            outcome.latency = kept.iter().map(|&at| outcome.latency[at]).collect();
        }
        let profile = Profile::new(kept.iter().map(|&at| starts[at]).collect(), waves, period_s);
        let Self { source, dest, call, protocol, outcomes, .. } = self;
        Lane { source, dest, call, protocol, profile, outcomes }
    }
}
