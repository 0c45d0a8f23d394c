//! A lognormal distribution of latencies (or sizes): its CDF, its mean and its bounds. Knows nothing of time or labels.

/// Istio's default bucket bounds in milliseconds, used for sizes as well; `+Inf` follows.
pub const BOUNDS: [f64; 19] = [
    0.5,
    1.0,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    1_000.0,
    2_500.0,
    5_000.0,
    10_000.0,
    30_000.0,
    60_000.0,
    300_000.0,
    600_000.0,
    1_800_000.0,
    3_600_000.0,
];

/// Buckets of a histogram, `+Inf` included.
pub const BUCKETS: usize = BOUNDS.len() + 1;

const SIZE_SIGMA: f64 = 0.6;

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;

/// Values whose logarithm is normally distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latency {
    pub median_ms: f64,
    pub sigma: f64,
}

impl Latency {
    /// From the two figures people know of a service.
    pub fn from_p95(median_ms: f64, p95_ms: f64) -> Self {
        Self { median_ms, sigma: (p95_ms / median_ms).ln() / Z95 }
    }

    /// Of sizes of so many bytes on average: widely spread, as bodies are.
    pub fn of_sizes(mean: f64) -> Self {
        Self { median_ms: mean / (SIZE_SIGMA * SIZE_SIGMA / 2.0).exp(), sigma: SIZE_SIGMA }
    }

    pub fn p95(self) -> f64 {
        self.median_ms * (self.sigma * Z95).exp()
    }

    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { median_ms: self.median_ms * factor, ..self }
    }

    pub fn mean(self) -> f64 {
        self.median_ms * (self.sigma * self.sigma / 2.0).exp()
    }

    /// The share of values at or below `bound`.
    pub fn cdf(self, bound: f64) -> f64 {
        if bound <= 0.0 {
            return 0.0;
        }
        if self.sigma <= 0.0 {
            return if bound >= self.median_ms { 1.0 } else { 0.0 };
        }
        normal_cdf((bound / self.median_ms).ln() / self.sigma)
    }

    /// The CDF at each bucket's bound; rising, and exactly 1 at `+Inf`.
    pub fn buckets(self) -> [f64; BUCKETS] {
        let mut shares = [1.0; BUCKETS];
        let mut floor: f64 = 0.0;
        for (share, bound) in shares.iter_mut().zip(BOUNDS) {
            floor = floor.max(self.cdf(bound)).min(1.0);
            *share = floor;
        }
        shares
    }
}

/// Abramowitz and Stegun's formula 7.1.26: wrong by less than 1.5e-7, far below what a count can show.
fn normal_cdf(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = ((((1.061_405_429 * t - 1.453_152_027) * t + 1.421_413_741) * t - 0.284_496_736) * t
        + 0.254_829_592)
        * t;
    let upper = poly * (-x * x).exp() / 2.0;
    if z >= 0.0 { 1.0 - upper } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_figures_come_back() {
        let latency = Latency::from_p95(30.0, 95.0);
        assert!((latency.cdf(30.0) - 0.5).abs() < 1e-6);
        assert!((latency.cdf(95.0) - 0.95).abs() < 1e-6);
        assert!((latency.times(3.0).cdf(285.0) - 0.95).abs() < 1e-6);
    }

    #[test]
    fn buckets_rise_to_one() {
        for latency in [
            Latency::from_p95(0.1, 90_000.0),
            Latency { median_ms: 5.0, sigma: 0.0 },
            Latency::from_p95(1e7, 2e7),
        ] {
            let shares = latency.buckets();
            assert!(shares.is_sorted(), "{shares:?}");
            assert!((shares[BUCKETS - 1] - 1.0).abs() < f64::EPSILON);
        }
    }
}
