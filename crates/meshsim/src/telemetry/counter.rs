//! Values of counters at a pod's scrapes: whole numbers, never falling while the container lives. Knows no labels.

use std::ops::RangeInclusive;

use crate::latency::{BUCKETS, Latency};
use crate::native;
use crate::scenario::Call;
use crate::seed::{finish, unit};
use crate::shape::{Instant, Profile, Weighted};

use super::clock::Scrapes;
use super::family::{Measure, Part, TcpCount, Way};
use super::streams::Stream;

/// A place in a profile: whole periods, piece, and what the piece gave so far.
type Place = (f64, (usize, f64));

/// A stream as one pod counts it over some scrapes.
#[derive(Debug)]
pub(crate) struct Track<'a> {
    stream: &'a Stream,
    profile: &'a Profile,
    call: &'a Call,
    scrapes: &'a Scrapes,
    share: f64,
    /// How far into its first event the pod was at the beginning.
    phase: f64,
    at: Vec<Place>,
    since: Vec<Option<Place>>,
}

fn place(profile: &Profile, instant: &Instant) -> Place {
    (instant.periods, profile.within(instant))
}

/// Shares below the lower bound of each native bucket, and 1: the outermost take what lies beyond.
fn shares_below(distribution: Latency, indices: &RangeInclusive<i32>) -> Vec<f64> {
    let inner = indices.clone().skip(1).map(|index| distribution.cdf(native::upper(index - 1)).min(1.0));
    let mut highest: f64 = 0.0;
    let rising = inner.map(|share| {
        highest = highest.max(share);
        highest
    });
    std::iter::once(0.0).chain(rising).chain(std::iter::once(1.0)).collect()
}

impl<'a> Track<'a> {
    pub(crate) fn new(
        (stream, profile, call): (&'a Stream, &'a Profile, &'a Call),
        scrapes: &'a Scrapes,
        (pod, share): (usize, f64),
    ) -> Self {
        let phase = unit(finish(stream.seed ^ (pod as u64).wrapping_mul(0x9e37_79b9)));
        let at = scrapes.good.iter().map(|scrape| place(profile, &scrape.instant)).collect();
        let since =
            scrapes.epochs.iter().map(|epoch| epoch.map(|instant| place(profile, &instant))).collect();
        Self { stream, profile, call, scrapes, share, phase, at, since }
    }

    /// Sums `weights` (by piece) over the pod's requests and rounds down; `head` is what an event already begun is worth.
    fn sum(&self, weights: Vec<f64>, head: f64, at: &[Place], out: &mut Vec<f64>) {
        self.sum_from(self.phase * head, weights, at, out);
    }

    fn sum_from(&self, begun: f64, weights: Vec<f64>, at: &[Place], out: &mut Vec<f64>) {
        let weighted = Weighted::new(self.profile, weights);
        let value = |(periods, within): Place| weighted.value(periods, within);
        let bases: Vec<f64> = self.since.iter().map(|since| since.map_or(0.0, value)).collect();
        out.clear();
        out.extend(
            at.iter().zip(&self.scrapes.good).map(|(&at, scrape)| {
                ((value(at) - bases[scrape.epoch]).max(0.0) * self.share + begun).floor()
            }),
        );
    }

    /// Requests, or connections opened.
    pub(crate) fn counts(&self, out: &mut Vec<f64>) {
        self.sum(self.stream.shares.clone(), 1.0, &self.at, out);
    }

    /// The distribution that a histogram measures, by piece.
    fn distribution(&self, measure: Measure) -> Vec<Latency> {
        match measure {
            Measure::Duration => self.stream.latency.clone(),
            Measure::RequestBytes => {
                vec![Latency::of_sizes(self.call.request_bytes); self.stream.shares.len()]
            }
            Measure::ResponseBytes => {
                vec![Latency::of_sizes(self.call.response_bytes); self.stream.shares.len()]
            }
        }
    }

    /// Shares at or below each bucket's bound, by piece.
    pub(crate) fn bucket_shares(&self, measure: Measure) -> Vec<[f64; BUCKETS]> {
        self.distribution(measure).into_iter().map(Latency::buckets).collect()
    }

    /// One bucket; its phase is the count's, so a higher bound never has less.
    pub(crate) fn bucket(&self, shares: &[[f64; BUCKETS]], le: usize, out: &mut Vec<f64>) {
        let weights = self.stream.shares.iter().zip(shares).map(|(share, below)| share * below[le]).collect();
        self.sum(weights, 1.0, &self.at, out);
    }

    /// A native histogram, part by part. Each bucket counts for itself, as it never falls by itself; the count is the sum
    /// of them.
    pub(crate) fn native(&self, measure: Measure, each: &mut dyn FnMut(&str, &[f64])) {
        let indices = if measure == Measure::Duration { native::DURATIONS } else { native::SIZES };
        let distribution = self.distribution(measure).into_iter();
        let below: Vec<Vec<f64>> = distribution.map(|of_piece| shares_below(of_piece, &indices)).collect();
        let mut total = vec![0.0; self.at.len()];
        let mut values = Vec::new();
        for (place, index) in indices.enumerate() {
            let share = |below: &Vec<f64>| below[place + 1] - below[place];
            let weights =
                self.stream.shares.iter().zip(&below).map(|(all, below)| all * share(below)).collect();
            let begun = unit(finish(self.phase.to_bits() ^ place as u64));
            self.sum_from(begun, weights, &self.at, &mut values);
            total.iter_mut().zip(&values).for_each(|(total, value)| *total += value);
            each(&index.to_string(), &values);
        }
        each(native::COUNT, &total);
        self.part(measure, Part::Sum, &mut values);
        each(native::SUM, &values);
    }

    pub(crate) fn part(&self, measure: Measure, part: Part, out: &mut Vec<f64>) {
        match part {
            Part::Bucket | Part::Count => self.counts(out),
            Part::Sum => {
                let means: Vec<f64> = self.distribution(measure).into_iter().map(Latency::mean).collect();
                let head = means.first().copied().unwrap_or_default();
                let weights =
                    self.stream.shares.iter().zip(&means).map(|(share, mean)| share * mean).collect();
                self.sum(weights, head, &self.at, out);
            }
        }
    }

    pub(crate) fn messages(&self, way: Way, out: &mut Vec<f64>) {
        let (there, back) = self.call.messages.unwrap_or_default();
        let mean = if way == Way::There { there } else { back };
        self.sum(self.stream.shares.iter().map(|share| share * mean).collect(), mean, &self.at, out);
    }

    pub(crate) fn tcp(&self, count: TcpCount, period_s: f64, out: &mut Vec<f64>) {
        let bytes = |each: f64, out: &mut Vec<f64>| {
            let each = if self.stream.reached { each } else { 0.0 };
            let weights = self.stream.shares.iter().map(|share| share * each).collect();
            self.sum(weights, each, &self.at, out);
        };
        match count {
            TcpCount::Sent => bytes(self.call.response_bytes, out),
            TcpCount::Received => bytes(self.call.request_bytes, out),
            TcpCount::Opened => self.counts(out),
            TcpCount::Closed => {
                let life_ms = (self.call.connection_life_s * 1_000.0) as i64;
                let earlier = |t_ms: i64| Instant::new(super::clock::second_of(t_ms - life_ms), period_s);
                let at: Vec<Place> = self
                    .scrapes
                    .good
                    .iter()
                    .map(|scrape| place(self.profile, &earlier(scrape.t_ms)))
                    .collect();
                self.sum(self.stream.shares.clone(), 1.0, &at, out);
            }
        }
    }
}
