//! From a scenario's spelling to a scenario: every mistake is found in one go, each with its place. Knows no TOML.

use std::collections::HashMap;

use super::spec::{AppSpec, CallSpec, Kind, LatencySpec, OutcomeSpec, Protocol, Spec, VersionSpec};
use super::{App, Call, Namespace, Outcome, Scenario, Version, Volume, ambient, events, keeping, span};
use crate::latency::Latency;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Mistake {
    pub place: String,
    pub what: String,
}

/// All mistakes of one scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the scenario has {} mistake(s):\n{}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(pub Vec<Mistake>);

/// Collects mistakes while the rest goes on being checked.
#[derive(Debug, Default)]
pub(super) struct Log(pub(super) Vec<Mistake>);

impl Log {
    pub(super) fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.0.push(Mistake { place: place.into(), what: what.into() });
    }

    pub(super) fn unless(&mut self, holds: bool, place: &str, what: impl FnOnce() -> String) {
        if !holds {
            self.add(place, what());
        }
    }

    pub(super) fn span(&mut self, text: Option<&str>, place: &str, field: &str) -> Option<f64> {
        let text = text?;
        let seconds = span::seconds(text);
        self.unless(seconds.is_some(), place, || {
            format!("`{field}` is {text:?}, not a length of time such as \"90s\", \"15m\" or \"2h\"")
        });
        seconds
    }
}

/// How an app is found by the names others call it by.
#[derive(Debug)]
pub(super) struct Names(HashMap<String, Vec<usize>>);

impl Names {
    fn new(spec: &Spec) -> Self {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, app) in spec.apps.iter().enumerate() {
            let mut called = vec![app.name.clone()];
            if let Some(namespace) = &app.namespace {
                called.push(format!("{namespace}/{}", app.name));
                called.push(format!("{}/{namespace}/{}", cluster_of(app, spec), app.name));
            }
            for name in called {
                names.entry(name).or_default().push(index);
            }
        }
        Self(names)
    }

    pub(super) fn find(&self, name: &str) -> Result<usize, String> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([index]) => Ok(*index),
            Some(_) => Err(format!(
                "several apps are called {name:?}: write namespace/app, or cluster/namespace/app"
            )),
            None => Err(format!("there is no app {name:?}")),
        }
    }
}

fn cluster_of<'a>(app: &'a AppSpec, spec: &'a Spec) -> &'a str {
    app.cluster.as_deref().unwrap_or(&spec.cluster)
}

pub(super) fn scenario(spec: &Spec) -> Result<Scenario, Mistakes> {
    let mut log = Log::default();
    let names = Names::new(spec);
    let period_s = period(spec, &mut log);
    let waves_fit = spec.daily_wave >= 0.0 && spec.noise >= 0.0 && spec.daily_wave + spec.noise <= 0.8;
    log.unless(waves_fit, "the file", || {
        "`daily_wave` and `noise` must be 0 or more, and 0.8 or less together, so that no rate falls below zero".to_owned()
    });
    let namespaces = spec
        .namespaces
        .iter()
        .map(|ns| Namespace {
            name: ns.name.clone(),
            mtls: ns.mtls,
            sidecars: ns.sidecars && !ns.ambient,
            ambient: ns.ambient,
        })
        .collect::<Vec<_>>();
    distinct(spec.namespaces.iter().map(|ns| ns.name.clone()), "namespace", &mut log);
    let paths = spec.apps.iter().map(|app| {
        let cluster = app.cluster.as_ref().map_or(String::new(), |cluster| format!("{cluster}/"));
        format!("{cluster}{}/{}", app.namespace.as_deref().unwrap_or("-"), app.name)
    });
    distinct(paths, "app", &mut log);
    let apps: Vec<App> = spec.apps.iter().map(|app| check_app(app, spec, &names, &mut log)).collect();
    let cycle_s = span::seconds(&spec.cycle).unwrap_or(period_s);
    let (keeping, late_ms) = keeping::check(&spec.store, &mut log);
    let events = events::check(spec, &names, &apps, (cycle_s, period_s), &mut log);
    let order = order(&apps, &mut log);
    if !log.0.is_empty() {
        return Err(Mistakes(log.0));
    }
    Ok(Scenario {
        name: spec.name.clone(),
        cluster: spec.cluster.clone(),
        trust_domain: spec.trust_domain.clone(),
        period_s,
        daily_wave: spec.daily_wave,
        peak_hour: spec.peak_hour,
        noise: spec.noise,
        keeping,
        late_ms,
        namespaces,
        apps,
        order,
        events,
    })
}

/// The time after which daily wave and events both repeat.
fn period(spec: &Spec, log: &mut Log) -> f64 {
    let Some(cycle) = log.span(Some(&spec.cycle), "the file", "cycle") else { return span::DAY_S };
    let divides =
        |part: f64, whole: f64| part >= 60.0 && ((whole / part).round() * part - whole).abs() < 1e-6;
    let fits = cycle >= 60.0 && (divides(cycle, span::DAY_S) || divides(span::DAY_S, cycle));
    log.unless(fits, "the file", || {
        format!("`cycle` is {:?}: it must divide a day, or be a number of whole days", spec.cycle)
    });
    cycle.max(span::DAY_S)
}

pub(super) fn distinct(names: impl Iterator<Item = String>, what: &str, log: &mut Log) {
    let mut seen = HashMap::new();
    for name in names {
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        log.unless(*times != 2, &format!("{what} {name}"), || "is there more than once".to_owned());
        log.unless(!name.is_empty(), what, || "has an empty name".to_owned());
    }
}

fn check_app(app: &AppSpec, spec: &Spec, names: &Names, log: &mut Log) -> App {
    let place = format!("app {}", app.name);
    let namespace = app.namespace.as_ref().and_then(|name| {
        let found = spec.namespaces.iter().position(|ns| ns.name == *name);
        log.unless(found.is_some(), &place, || format!("there is no namespace {name:?}"));
        found
    });
    let in_cluster = matches!(app.kind, Kind::Service | Kind::Gateway | Kind::Waypoint);
    log.unless(!in_cluster || app.namespace.is_some(), &place, || "needs a `namespace`".to_owned());
    log.unless(app.rate_rps.is_finite() && app.rate_rps >= 0.0, &place, || {
        "`rate_rps` must be 0 or more".to_owned()
    });
    let versions = check_versions(app, &place, log);
    let calls: Vec<Call> =
        app.calls.iter().filter_map(|call| check_call(call, app, (spec, names), log)).collect();
    for (index, call) in calls.iter().enumerate() {
        let twice = calls[..index].iter().any(|earlier| overlap(earlier, call));
        log.unless(!twice, &format!("{place}, call {}", index + 1), || {
            "calls the same app by the same protocol as an earlier call: join them, or give them different versions".to_owned()
        });
    }
    log.unless(app.kind != Kind::External || app.calls.is_empty(), &place, || {
        "a host outside calls nobody".to_owned()
    });
    let policy = namespace.map(|index| &spec.namespaces[index]);
    let proxy = matches!(app.kind, Kind::Gateway | Kind::Waypoint);
    let ambient = app.kind == Kind::Service && policy.is_some_and(|ns| ns.ambient);
    App {
        name: app.name.clone(),
        namespace,
        cluster: cluster_of(app, spec).to_owned(),
        kind: app.kind,
        sidecar: in_cluster
            && (proxy || (!ambient && app.sidecar.unwrap_or(policy.is_some_and(|ns| ns.sidecars)))),
        ambient,
        waypoint: policy.filter(|_| ambient).and_then(|ns| ambient::waypoint(ns, (spec, names), log)),
        mtls: in_cluster && policy.is_some_and(|ns| ns.mtls),
        canary: app.canary,
        rate_rps: app.rate_rps,
        versions,
        calls,
    }
}

fn check_versions(app: &AppSpec, place: &str, log: &mut Log) -> Vec<Version> {
    let short = VersionSpec {
        name: "v1".to_owned(),
        workload: Some(app.name.clone()),
        weight: 1.0,
        intended: None,
        pods: app.pods.unwrap_or(1),
        latency: app.latency,
        errors: app.errors.clone(),
    };
    let short_used = app.pods.is_some() || app.latency.is_some() || !app.errors.is_empty();
    log.unless(!short_used || app.versions.is_empty(), place, || {
        "has `version` tables, so `pods`, `latency` and `errors` belong into them".to_owned()
    });
    distinct(app.versions.iter().map(|version| version.name.clone()), &format!("{place}, version"), log);
    let specs = if app.versions.is_empty() { std::slice::from_ref(&short) } else { &app.versions };
    let total: f64 = specs.iter().map(|version| version.weight).sum();
    log.unless(total > 0.0 && specs.iter().all(|version| version.weight >= 0.0), place, || {
        "version weights must be 0 or more, and one of them more".to_owned()
    });
    specs
        .iter()
        .map(|version| {
            let place = format!("{place}, version {}", version.name);
            log.unless((1..=200).contains(&version.pods), &place, || "`pods` must be 1 to 200".to_owned());
            let weight = version.weight / total;
            Version {
                name: version.name.clone(),
                workload: version
                    .workload
                    .clone()
                    .unwrap_or_else(|| format!("{}-{}", app.name, version.name)),
                weight,
                intended: version.intended.map_or(weight, |intended| intended / total),
                pods: version.pods.clamp(1, 200),
                latency: latency(version.latency.as_ref(), &place, log).unwrap_or(DEFAULT_LATENCY),
                errors: outcomes(&version.errors, Protocol::Http, &place, log),
            }
        })
        .collect()
}

/// A service nobody described answers like most do.
const DEFAULT_LATENCY: Latency = Latency { median_ms: 8.0, sigma: 0.7 };

fn latency(spec: Option<&LatencySpec>, place: &str, log: &mut Log) -> Option<Latency> {
    let spec = spec?;
    let usable = match (spec.p95_ms, spec.sigma) {
        (Some(p95), None) => p95 >= spec.median_ms && p95.is_finite(),
        (None, Some(sigma)) => sigma >= 0.0 && sigma.is_finite(),
        _ => false,
    } && spec.median_ms > 0.0;
    log.unless(usable, place, || {
        "`latency` needs `median_ms` above 0 and either `p95_ms`, at least the median, or `sigma`".to_owned()
    });
    usable.then(|| match spec.p95_ms {
        Some(p95) => Latency::from_p95(spec.median_ms, p95),
        None => Latency { median_ms: spec.median_ms, sigma: spec.sigma.unwrap_or_default() },
    })
}

pub(super) fn outcomes(
    specs: &[OutcomeSpec],
    protocol: Protocol,
    place: &str,
    log: &mut Log,
) -> Vec<Outcome> {
    let total: f64 = specs.iter().map(|spec| spec.share).sum();
    let sound = specs.iter().all(|spec| spec.share >= 0.0) && total <= 1.0;
    log.unless(sound, place, || {
        format!("error shares must be 0 or more and add up to 1 at most, not {total}")
    });
    specs.iter().map(|spec| outcome(spec, protocol, place, log)).collect()
}

fn outcome(spec: &OutcomeSpec, protocol: Protocol, place: &str, log: &mut Log) -> Outcome {
    let code_fits = match protocol {
        Protocol::Tcp => spec.code.is_none() && spec.flag.is_some(),
        Protocol::Grpc | Protocol::Http => spec.code.is_some() || spec.grpc.is_some(),
    };
    log.unless(code_fits, place, || match protocol {
        Protocol::Tcp => "an error of a TCP call has a `flag` and no `code`".to_owned(),
        _ => "an error needs a `code`, or for gRPC a status `grpc`".to_owned(),
    });
    let known = spec.code.is_none_or(|code| code == 0 || (100..600).contains(&code));
    log.unless(known, place, || "`code` must be 0 (no response) or 100 to 599".to_owned());
    let code = spec.code.unwrap_or(200);
    let flag = spec.flag.clone().unwrap_or_else(|| "-".to_owned());
    Outcome {
        share: spec.share,
        code,
        grpc: spec.grpc,
        reached: spec.reached,
        server_code: spec.server_code.unwrap_or(code),
        server_flag: spec.server_flag.clone().unwrap_or_else(|| flag.clone()),
        flag,
        latency: latency(spec.latency.as_ref(), place, log),
    }
}

fn check_call(spec: &CallSpec, app: &AppSpec, (all, names): (&Spec, &Names), log: &mut Log) -> Option<Call> {
    let place = format!("app {}, call to {}", app.name, spec.to);
    let to = names.find(&spec.to).map_err(|what| log.add(&place, what)).ok();
    let volume = match (spec.fan_out, spec.rate_rps) {
        (Some(factor), None) => Volume::FanOut(factor),
        (None, Some(rate)) => Volume::Rate(rate),
        _ => {
            log.add(&place, "needs either `fan_out` or `rate_rps`");
            Volume::Rate(0.0)
        }
    };
    let (Volume::FanOut(amount) | Volume::Rate(amount)) = volume;
    log.unless(amount.is_finite() && amount >= 0.0, &place, || "its rate must be 0 or more".to_owned());
    let callee = to.map(|to| &all.apps[to]);
    log.unless(
        callee.is_none_or(|callee| !matches!(callee.kind, Kind::Caller | Kind::Waypoint)),
        &place,
        || "that is a caller or a waypoint, which nobody can call".to_owned(),
    );
    if let Some(callee) = callee {
        ambient::check_call(spec, callee, all, (&place, log));
    }
    let unseen = |app: &AppSpec| app.kind == Kind::Caller;
    log.unless(!unseen(app) || spec.errors.iter().all(|error| error.reached), &place, || {
        "a caller without proxy cannot tell of requests that never arrived".to_owned()
    });
    Some(Call {
        to: to?,
        protocol: spec.protocol,
        volume,
        from_version: version_index(spec.from_version.as_deref(), Some(app), &place, log),
        to_version: version_index(spec.to_version.as_deref(), callee, &place, log),
        errors: outcomes(&spec.errors, spec.protocol, &place, log),
        latency: latency(spec.latency.as_ref(), &place, log),
        request_bytes: spec.request_bytes.unwrap_or(700.0),
        response_bytes: spec.response_bytes.unwrap_or(2_400.0),
        messages: messages(spec),
        connection_life_s: log
            .span(spec.connection_life.as_deref(), &place, "connection_life")
            .unwrap_or(30.0),
    })
}

/// A call that is no stream has one message each way, and proxies count those too.
fn messages(spec: &CallSpec) -> Option<(f64, f64)> {
    let unary = (spec.protocol == Protocol::Grpc).then_some((1.0, 1.0));
    spec.request_messages.zip(spec.response_messages).or(unary)
}

/// Whether two calls of one app would be reported as the same series.
fn overlap(a: &Call, b: &Call) -> bool {
    let apart = |x: Option<usize>, y: Option<usize>| matches!((x, y), (Some(x), Some(y)) if x != y);
    a.to == b.to
        && a.protocol == b.protocol
        && !apart(a.from_version, b.from_version)
        && !apart(a.to_version, b.to_version)
}

pub(super) fn version_index(
    name: Option<&str>,
    app: Option<&AppSpec>,
    place: &str,
    log: &mut Log,
) -> Option<usize> {
    let (name, app) = (name?, app?);
    let only = app.versions.is_empty() && name == "v1";
    let found = if only { Some(0) } else { app.versions.iter().position(|version| version.name == name) };
    log.unless(found.is_some(), place, || format!("{} has no version {name:?}", app.name));
    found
}

/// Callers before callees; calls with a rate of their own do not count, for they follow from nothing.
fn order(apps: &[App], log: &mut Log) -> Vec<usize> {
    let mut waits = vec![0_usize; apps.len()];
    let derived = |app: &App| -> Vec<usize> {
        app.calls.iter().filter(|call| matches!(call.volume, Volume::FanOut(_))).map(|call| call.to).collect()
    };
    for callee in apps.iter().flat_map(derived) {
        waits[callee] += 1;
    }
    let mut order: Vec<usize> = (0..apps.len()).filter(|&app| waits[app] == 0).collect();
    let mut next = 0;
    while let Some(&app) = order.get(next) {
        next += 1;
        for callee in derived(&apps[app]) {
            waits[callee] -= 1;
            if waits[callee] == 0 {
                order.push(callee);
            }
        }
    }
    if order.len() < apps.len() {
        let stuck: Vec<&str> =
            (0..apps.len()).filter(|&app| waits[app] > 0).map(|app| apps[app].name.as_str()).collect();
        log.add(
            "the file",
            format!(
                "calls with `fan_out` go in a circle through {}: give one a `rate_rps`",
                stuck.join(", ")
            ),
        );
    }
    order
}
