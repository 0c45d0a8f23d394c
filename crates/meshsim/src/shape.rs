//! Rates as sums of sines, piece by piece over a repeating period, with their integrals in closed form. Knows no mesh.

use std::f64::consts::TAU;

use crate::scenario::DAY_S;

/// Cycles a day: the daily wave first, then noise from 40 minutes down to 2. All divide a day, so the day repeats exactly.
pub(crate) const HARMONICS: [f64; 5] = [1.0, 37.0, 101.0, 263.0, 619.0];

const TERMS: usize = 1 + 2 * HARMONICS.len();

/// Share of the mean that the waves together may take away, so that no rate falls to zero by itself.
const DEEPEST: f64 = 0.95;

/// A rate a second over time: a mean, then a cosine and a sine for each harmonic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wave([f64; TERMS]);

/// The integrals of a wave's terms from zero to one instant, shared by all that are asked for the same instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Basis {
    terms: [f64; TERMS],
}

impl Basis {
    pub(crate) fn at(second: f64) -> Self {
        let mut terms = [0.0; TERMS];
        terms[0] = second;
        for (index, harmonic) in HARMONICS.iter().enumerate() {
            let omega = TAU * harmonic / DAY_S;
            let angle = omega * second.rem_euclid(DAY_S);
            terms[1 + 2 * index] = angle.sin() / omega;
            terms[2 + 2 * index] = (1.0 - angle.cos()) / omega;
        }
        Self { terms }
    }
}

impl Wave {
    pub(crate) const ZERO: Self = Self([0.0; TERMS]);

    pub(crate) fn constant(mean: f64) -> Self {
        let mut wave = Self::ZERO;
        wave.0[0] = mean;
        wave
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0[0]
    }

    /// Adds one harmonic whose height is `share` of the mean.
    #[must_use]
    pub(crate) fn with_harmonic(mut self, index: usize, share: f64, phase: f64) -> Self {
        let height = self.mean() * share;
        self.0[1 + 2 * index] += height * phase.cos();
        self.0[2 + 2 * index] += height * phase.sin();
        self
    }

    #[must_use]
    pub(crate) fn scaled(mut self, factor: f64) -> Self {
        for term in &mut self.0 {
            *term *= factor;
        }
        self
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (term, more) in self.0.iter_mut().zip(other.0) {
            *term += more;
        }
    }

    /// Flattens the waves where together they could pull the rate below zero.
    #[must_use]
    pub(crate) fn kept_positive(mut self) -> Self {
        let deepest: f64 = self.0[1..].chunks(2).map(|pair| pair[0].hypot(pair[1])).sum();
        let most = self.mean() * DEEPEST;
        if deepest > most {
            let flatter = most / deepest;
            for term in &mut self.0[1..] {
                *term *= flatter;
            }
        }
        self
    }

    /// The integral from zero to the basis' instant.
    pub(crate) fn integral(&self, basis: &Basis) -> f64 {
        self.0.iter().zip(basis.terms).map(|(term, integral)| term * integral).sum()
    }
}

/// An instant's place in the period, ready for any number of profiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant {
    /// Whole periods gone by since the origin.
    pub(crate) periods: f64,
    pub(crate) second: f64,
    pub(crate) basis: Basis,
}

impl Instant {
    /// `since_origin_s` before the origin counts as the origin: there was no mesh.
    pub(crate) fn new(since_origin_s: f64, period_s: f64) -> Self {
        let since = since_origin_s.max(0.0);
        let periods = (since / period_s).floor();
        let second = since - periods * period_s;
        Self { periods, second, basis: Basis::at(second) }
    }
}

/// A rate over the whole period: waves from one start to the next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) starts: Vec<f64>,
    waves: Vec<Wave>,
    /// Where in the period each piece begins to count: the piece's integral at its start.
    offsets: Vec<f64>,
    /// What each piece contributes in one period.
    pub(crate) amounts: Vec<f64>,
}

impl Profile {
    /// Waves and the seconds at which they start, the first at 0.
    pub(crate) fn new(starts: Vec<f64>, waves: Vec<Wave>, period_s: f64) -> Self {
        let offsets: Vec<f64> =
            starts.iter().zip(&waves).map(|(&start, wave)| wave.integral(&Basis::at(start))).collect();
        let ends = starts.iter().skip(1).copied().chain([period_s]);
        let amounts = ends
            .zip(waves.iter().zip(&offsets))
            .map(|(end, (wave, offset))| (wave.integral(&Basis::at(end)) - offset).max(0.0))
            .collect();
        Self { starts, waves, offsets, amounts }
    }

    pub(crate) fn piece_at(&self, second: f64) -> usize {
        self.starts.partition_point(|start| *start <= second).saturating_sub(1)
    }

    /// What the piece in force has contributed since it began, and which one it is.
    pub(crate) fn within(&self, instant: &Instant) -> (usize, f64) {
        let piece = if self.starts.len() == 1 { 0 } else { self.piece_at(instant.second) };
        // Rounding must not let a piece give more than it leaves behind, or a counter would step back at its end.
        let within = self.waves[piece].integral(&instant.basis) - self.offsets[piece];
        (piece, within.clamp(0.0, self.amounts[piece]))
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.waves.iter().all(|wave| wave.mean() <= 0.0)
    }
}

/// A profile weighted piece by piece (a bucket's share, a mean size), summed from the origin on.
#[derive(Debug, Clone)]
pub(crate) struct Weighted {
    weights: Vec<f64>,
    /// Contribution of all earlier pieces of the period.
    before: Vec<f64>,
    total: f64,
}

impl Weighted {
    pub(crate) fn new(profile: &Profile, weights: Vec<f64>) -> Self {
        let mut before = Vec::with_capacity(weights.len());
        let mut total = 0.0;
        for (amount, weight) in profile.amounts.iter().zip(&weights) {
            before.push(total);
            total += amount * weight;
        }
        Self { weights, before, total }
    }

    /// The sum from the origin to the instant of which `profile.within` told the rest.
    pub(crate) fn value(&self, periods: f64, (piece, within): (usize, f64)) -> f64 {
        let value = periods * self.total + (self.before[piece] + self.weights[piece] * within);
        // However the sum was rounded, the next period must not begin below it.
        value.min((periods + 1.0) * self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lively() -> Wave {
        Wave::constant(10.0).with_harmonic(0, 0.3, 1.0).with_harmonic(2, 0.1, 2.0).with_harmonic(4, 0.05, 3.0)
    }

    /// The rate itself, by the mean of a very short integral.
    fn rate(profile: &Profile, at: f64) -> f64 {
        let ones = Weighted::new(profile, vec![1.0; profile.starts.len()]);
        let value = |t: f64| {
            let instant = Instant::new(t, DAY_S);
            ones.value(instant.periods, profile.within(&instant))
        };
        (value(at + 0.5) - value(at - 0.5)).max(0.0)
    }

    #[test]
    fn the_integral_agrees_with_a_sum_over_small_steps() {
        let profile = Profile::new(vec![0.0, 40_000.0], vec![lively(), lively().scaled(2.0)], DAY_S);
        let ones = Weighted::new(&profile, vec![1.0, 1.0]);
        let by_steps: f64 = (0..DAY_S as usize * 2).map(|step| rate(&profile, step as f64 + 0.5)).sum();
        let instant = Instant::new(DAY_S * 2.0, DAY_S);
        let closed = ones.value(instant.periods, profile.within(&instant));
        assert!((closed - by_steps).abs() / closed < 1e-6, "{closed} {by_steps}");
    }

    #[test]
    fn waves_never_pull_a_rate_below_zero() {
        let wild = Wave::constant(5.0).with_harmonic(0, 0.8, 0.0).with_harmonic(1, 0.9, 1.0).kept_positive();
        let profile = Profile::new(vec![0.0], vec![wild], DAY_S);
        let ones = Weighted::new(&profile, vec![1.0]);
        let mut last = 0.0;
        for second in (0..200_000).step_by(7) {
            let instant = Instant::new(f64::from(second), DAY_S);
            let value = ones.value(instant.periods, profile.within(&instant));
            assert!(value >= last, "{second}: {value} < {last}");
            last = value;
        }
    }
}
