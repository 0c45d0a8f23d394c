//! Samples with what goes wrong in the field: resets, late births, gaps, ends, and bounds spelled in two ways.

use meshsim::store::{Labels, MemoryStore, Point, Series, labels_of};

use crate::generate::Random;

/// A multiple of the scrape interval.
pub(crate) const START_MS: i64 = 1_700_000_010_000;
const SCRAPE_MS: i64 = 15_000;
/// Forty minutes: the head of a Prometheus takes what is at most an hour older than the newest.
const SCRAPES: i64 = 160;
const APPS: [&str; 4] = ["web", "cart", "pay", "mail"];
const PODS: i64 = 4;
const BOUNDS: [(&str, &str); 6] =
    [("0.5", "0.5"), ("1", "1.0"), ("5", "5.0"), ("10", "10.0"), ("1800000", "1.8e+06"), ("+Inf", "+Inf")];
/// `end of series`, as Prometheus writes it.
const MARKER: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

pub(crate) fn store() -> MemoryStore {
    let mut random = Random::new(7);
    let mut series = Vec::new();
    for (app_number, app) in APPS.iter().enumerate() {
        for pod_number in 0..PODS {
            let pod = Pod { app, app_number, number: pod_number, name: format!("{app}-{pod_number}") };
            pod.requests(&mut random, &mut series);
            pod.latency(&mut random, &mut series);
            pod.gauges(&mut random, &mut series);
        }
        let team = if app_number % 2 == 0 { "shop" } else { "post" };
        let labels = labels_of([("__name__", "info"), ("app", app), ("team", team)]);
        series.push(Series { labels, points: scrapes(0).map(|t_ms| Point { t_ms, value: 1.0 }).collect() });
    }
    for (kind, value) in
        [("nan", f64::NAN), ("inf", f64::INFINITY), ("ninf", f64::NEG_INFINITY), ("zero", 0.0)]
    {
        let labels = labels_of([("__name__", "odd"), ("kind", kind)]);
        series.push(Series { labels, points: scrapes(3).map(|t_ms| Point { t_ms, value }).collect() });
    }
    MemoryStore { series }
}

/// A counter whose target went away and came back.
pub(crate) fn with_markers() -> MemoryStore {
    let values = (0..20).map(|at| if at == 10 { MARKER } else { f64::from(at) * 3.0 });
    let points = scrapes(0).zip(values).map(|(t_ms, value)| Point { t_ms, value }).collect();
    MemoryStore { series: vec![Series { labels: labels_of([("__name__", "ended"), ("pod", "a")]), points }] }
}

fn scrapes(phase_ms: i64) -> impl Iterator<Item = i64> {
    (0..SCRAPES).map(move |at| START_MS + at * SCRAPE_MS + phase_ms)
}

struct Pod<'a> {
    app: &'a str,
    app_number: usize,
    number: i64,
    name: String,
}

impl Pod<'_> {
    fn labels(&self, name: &str, more: &[(&str, &str)]) -> Labels {
        let zone = if self.number % 2 == 0 { "north" } else { "" };
        let own = [("__name__", name), ("app", self.app), ("pod", self.name.as_str()), ("zone", zone)];
        labels_of(own.into_iter().chain(more.iter().copied()))
    }

    /// Each pod is scraped at its own moment; the first ones on the dot.
    fn phase_ms(&self) -> i64 {
        self.number * 2_777
    }

    /// Pod 1 has a gap of three minutes and one of seven, pod 2 is born late, pod 3 ends early.
    fn lives(&self, scrape: i64) -> bool {
        match self.number {
            1 => !(50..62).contains(&scrape) && !(100..128).contains(&scrape),
            2 => scrape >= 60,
            3 => scrape < 118,
            _ => true,
        }
    }

    /// Pods 0 restart at different times, and then count from zero.
    fn restarts(&self, scrape: i64) -> bool {
        self.number == 0 && scrape == 70 + 9 * i64::try_from(self.app_number).unwrap_or(0)
    }

    fn counter(&self, labels: Labels, mut grow: impl FnMut() -> f64) -> Series {
        let mut value = 0.0;
        let mut points = Vec::new();
        for (scrape, t_ms) in (0..).zip(scrapes(self.phase_ms())) {
            if self.restarts(scrape) {
                value = 0.0;
            }
            value += grow();
            if self.lives(scrape) {
                points.push(Point { t_ms, value });
            }
        }
        Series { labels, points }
    }

    fn requests(&self, random: &mut Random, series: &mut Vec<Series>) {
        for (code, most) in [("200", 300), ("404", 20), ("500", 4)] {
            let most = most * (self.app_number as u64 + 1);
            let labels = self.labels("req_total", &[("code", code)]);
            series.push(self.counter(labels, || random.below(most) as f64));
        }
    }

    /// Odd pods spell bounds as newer scrapers do; the last app has no +Inf.
    fn latency(&self, random: &mut Random, series: &mut Vec<Series>) {
        for (at, (short, long)) in BOUNDS.into_iter().enumerate() {
            if short == "+Inf" && self.app_number == 3 {
                continue;
            }
            let le = if self.number % 2 == 0 { short } else { long };
            let labels = self.labels("lat_bucket", &[("le", le)]);
            // A steady flow whose share below a bound grows with the bound, so that counts are monotone.
            let growth = (at + 1) as f64 * 7.0 + (self.app_number * at) as f64;
            series.push(self.counter(labels, || growth));
        }
        let labels = self.labels("lat_sum", &[]);
        series.push(self.counter(labels, || random.below(10_000) as f64 / 16.0));
        let labels = self.labels("lat_count", &[]);
        series.push(self.counter(labels, || 42.0 + 5.0 * self.app_number as f64));
    }

    fn gauges(&self, random: &mut Random, series: &mut Vec<Series>) {
        let points = (0..)
            .zip(scrapes(self.phase_ms()))
            .filter(|(scrape, _)| self.lives(*scrape))
            .map(|(_, t_ms)| Point { t_ms, value: random.below(1 << 40) as f64 / f64::from(1 << 30) });
        let points = points.collect();
        series.push(Series { labels: self.labels("temp", &[]), points });
    }
}
