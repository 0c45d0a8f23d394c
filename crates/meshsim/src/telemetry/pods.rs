//! The pods of a scenario: their names, when they are scraped, how much of the load each takes, when they restart.

use std::ops::Range;

use crate::scenario::{Change, Scenario};
use crate::seed::{finish, hash, unit};

use super::clock::SCRAPE_MS;

/// A scrape target.
#[derive(Debug, Clone)]
pub(crate) struct Pod {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) instance: String,
    pub(crate) job: &'static str,
    /// Where on the scrape grid its scrapes lie.
    pub(crate) phase_ms: i64,
    /// Share of its workload's traffic.
    pub(crate) share: f64,
    /// When in the period its container goes down, and when it is back with new counters.
    pub(crate) restarts: Vec<(f64, f64)>,
}

/// All pods, grouped by app and version.
#[derive(Debug, Clone)]
pub(crate) struct Pods {
    pub(crate) all: Vec<Pod>,
    /// By app, then version.
    groups: Vec<Vec<Range<usize>>>,
    /// Flagger's pod, where some app is a canary.
    pub(crate) flagger: Option<usize>,
    pub(crate) istiod: usize,
    /// The tunnel, where some namespace is ambient; one stands for those of all nodes.
    pub(crate) ztunnel: Option<usize>,
}

impl Pods {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut all = Vec::new();
        let mut groups = Vec::with_capacity(scenario.apps.len());
        for app in 0..scenario.apps.len() {
            let mut versions = Vec::new();
            for version in 0..scenario.apps[app].versions.len() {
                let start = all.len();
                add_pods(&mut all, scenario, seed, (app, version));
                versions.push(start..all.len());
            }
            groups.push(versions);
        }
        let istiod = all.len();
        all.push(service_pod("istiod", "istio-system", "istiod", (seed, istiod)));
        let flagger = scenario.apps.iter().any(|app| app.canary).then(|| {
            all.push(service_pod("flagger", "istio-system", "flagger", (seed, all.len())));
            all.len() - 1
        });
        let ztunnel = scenario.namespaces.iter().any(|ns| ns.ambient).then(|| {
            all.push(service_pod("ztunnel", "istio-system", "kubernetes-pods", (seed, all.len())));
            all.len() - 1
        });
        Self { all, groups, flagger, istiod, ztunnel }
    }

    /// The pods that report for a version; none where no proxy runs.
    pub(crate) fn of(&self, app: usize, version: usize) -> Range<usize> {
        self.groups[app][version].clone()
    }
}

fn add_pods(all: &mut Vec<Pod>, scenario: &Scenario, seed: u64, (index, version): (usize, usize)) {
    let app = &scenario.apps[index];
    let (Some(namespace), true) = (scenario.namespace_of(index), app.sidecar) else { return };
    let workload = &app.versions[version].workload;
    // In the first cluster names alone tell pods apart.
    let elsewhere = if app.cluster == scenario.cluster { "" } else { app.cluster.as_str() };
    let seed = if elsewhere.is_empty() { seed } else { hash(seed, &[elsewhere]) };
    let count = app.versions[version].pods;
    // Uneven by a few percent, as round robin over uneven callers is.
    let lean =
        |pod: u32| 1.0 + 0.06 * (unit(hash(seed, &[namespace, workload, "lean", &pod.to_string()])) - 0.5);
    let total: f64 = (0..count).map(lean).sum();
    for pod in 0..count {
        let id = hash(seed, &[namespace, workload, &pod.to_string()]);
        let set = hash(seed, &[namespace, workload]);
        all.push(Pod {
            name: format!("{workload}-{}-{}", letters(set, 9), letters(id, 5)),
            namespace: namespace.to_owned(),
            instance: instance(all.len()),
            job: "kubernetes-pods",
            phase_ms: (id % SCRAPE_MS as u64).cast_signed(),
            share: lean(pod) / total,
            restarts: restarts(scenario, (index, version), pod),
        });
    }
}

fn restarts(scenario: &Scenario, (app, version): (usize, usize), pod: u32) -> Vec<(f64, f64)> {
    let mine = scenario.events.iter().filter(|event| match event.change {
        Change::Restart(only, which) => {
            event.app == app
                && only.is_none_or(|only| only == version)
                && which.is_none_or(|which| which == pod)
        }
        _ => false,
    });
    let mut spans: Vec<(f64, f64)> = mine.map(|event| (event.start_s, event.end_s)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    spans
}

fn service_pod(name: &str, namespace: &str, job: &'static str, (seed, index): (u64, usize)) -> Pod {
    let id = hash(seed, &[namespace, name]);
    Pod {
        name: format!("{name}-{}-{}", letters(finish(id), 9), letters(id, 5)),
        namespace: namespace.to_owned(),
        instance: instance(index),
        job,
        phase_ms: (id % SCRAPE_MS as u64).cast_signed(),
        share: 1.0,
        restarts: Vec::new(),
    }
}

/// An address of its own for each of the first 16 million pods.
fn instance(index: usize) -> String {
    let index = index + 2;
    format!("10.{}.{}.{}:15020", 8 + (index >> 16), (index >> 8) & 0xff, index & 0xff)
}

/// Letters and digits as Kubernetes names pods with.
fn letters(mut hash: u64, length: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    (0..length)
        .map(|_| {
            let letter = ALPHABET[(hash % ALPHABET.len() as u64) as usize];
            hash = finish(hash);
            char::from(letter)
        })
        .collect()
}
