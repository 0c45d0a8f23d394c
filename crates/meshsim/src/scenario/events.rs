//! Checks a scenario's timeline and spreads its repeating events over the whole period. Knows no rates.

use super::check::{Log, Names, outcomes, version_index};
use super::spec::{EventKind, EventSpec, Protocol, Spec};
use super::{App, Change, Event};

/// More spans than this in one period are a slip of the pen, and would cost every query.
const MOST_SPANS: usize = 2_000;

/// A container that nobody said more of is back after this long.
const RESTART_S: f64 = 30.0;

pub(super) fn check(
    spec: &Spec,
    names: &Names,
    apps: &[App],
    (cycle_s, period_s): (f64, f64),
    log: &mut Log,
) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, event) in spec.events.iter().enumerate() {
        let place = format!("event {} ({:?} of {})", index + 1, event.kind, event.app);
        let app = match names.find(&event.app) {
            Ok(app) => app,
            Err(what) => {
                log.add(&place, what);
                continue;
            }
        };
        let change = change(event, (spec, app), apps, &place, log);
        let spans = spans(event, (cycle_s, period_s), &place, log);
        if let Some(change) = change {
            events.extend(spans.into_iter().map(|(start_s, end_s)| Event {
                start_s,
                end_s,
                app,
                change: change.clone(),
            }));
        }
    }
    log.unless(events.len() <= MOST_SPANS, "the file", || {
        format!("its events take place {} times in one period; {MOST_SPANS} is the most", events.len())
    });
    events
}

/// Start and end of each time the event takes place.
fn spans(event: &EventSpec, (cycle_s, period_s): (f64, f64), place: &str, log: &mut Log) -> Vec<(f64, f64)> {
    let at = log.span(event.at.as_deref(), place, "at").unwrap_or(0.0);
    let every = log.span(event.every.as_deref(), place, "every").unwrap_or(cycle_s);
    let lasts = log.span(event.lasts.as_deref(), place, "for").unwrap_or(match event.kind {
        EventKind::Restart => RESTART_S,
        _ => every - at,
    });
    let repeats = (cycle_s / every).round();
    let fits = every > 0.0
        && repeats >= 1.0
        && (repeats * every - cycle_s).abs() < 1e-6
        && repeats * (period_s / cycle_s) <= 2_000.0;
    log.unless(fits, place, || "`every` must divide the cycle, into 2,000 parts at most".to_owned());
    let inside = lasts > 0.0 && at + lasts <= every + 1e-9;
    log.unless(inside, place, || "it must end within the cycle (or `every`) it starts in".to_owned());
    if !(fits && inside) {
        return Vec::new();
    }
    let times = (period_s / every).round() as usize;
    (0..times).map(|time| time as f64 * every + at).map(|start| (start, start + lasts)).collect()
}

fn change(
    event: &EventSpec,
    (spec, app): (&Spec, usize),
    apps: &[App],
    place: &str,
    log: &mut Log,
) -> Option<Change> {
    let app_spec = &spec.apps[app];
    let version = version_index(event.version.as_deref(), Some(app_spec), place, log);
    match event.kind {
        EventKind::Weights => weights(event, &apps[app], place, log),
        EventKind::Errors => {
            let error = event.error.as_ref();
            log.unless(error.is_some(), place, || "needs an `error`".to_owned());
            let outcome = outcomes(std::slice::from_ref(error?), Protocol::Http, place, log).pop()?;
            log.unless(outcome.reached, place, || "its error must have reached the app".to_owned());
            Some(Change::Errors(version, outcome))
        }
        EventKind::Latency => factor(event, place, log).map(|factor| Change::Latency(version, factor)),
        EventKind::Rate => factor(event, place, log).map(Change::Rate),
        EventKind::Call => call(event, app, apps, place, log),
        EventKind::Restart => {
            let pods = |version: usize| apps[app].versions[version].pods;
            let most =
                version.map_or_else(|| apps[app].versions.iter().map(|v| v.pods).max().unwrap_or(0), pods);
            log.unless(event.pod.is_none_or(|pod| pod < most), place, || {
                format!("`pod` counts from 0 and must be below {most}")
            });
            Some(Change::Restart(version, event.pod))
        }
    }
}

fn factor(event: &EventSpec, place: &str, log: &mut Log) -> Option<f64> {
    let usable = event.factor.filter(|factor| factor.is_finite() && *factor >= 0.0);
    let zero_latency = event.kind == EventKind::Latency && usable == Some(0.0);
    log.unless(usable.is_some() && !zero_latency, place, || {
        "needs a `factor` of 0 or more (latency: above 0)".to_owned()
    });
    usable.filter(|_| !zero_latency)
}

fn weights(event: &EventSpec, app: &App, place: &str, log: &mut Log) -> Option<Change> {
    for name in event.weights.keys() {
        let known = app.versions.iter().any(|version| version.name == *name);
        log.unless(known, place, || format!("{} has no version {name:?}", app.name));
    }
    let of = |name: &String| event.weights.get(name).copied().unwrap_or(0.0);
    let weights: Vec<f64> = app.versions.iter().map(|version| of(&version.name)).collect();
    let total: f64 = weights.iter().sum();
    let sound = total > 0.0 && weights.iter().all(|weight| *weight >= 0.0);
    log.unless(sound, place, || "needs `weights`, each 0 or more and one of them more".to_owned());
    sound.then(|| Change::Weights(weights.iter().map(|weight| weight / total).collect()))
}

fn call(event: &EventSpec, app: usize, apps: &[App], place: &str, log: &mut Log) -> Option<Change> {
    let to = event.to.as_deref().unwrap_or_default();
    let name = to.rsplit('/').next().unwrap_or_default();
    let found = apps[app].calls.iter().position(|call| apps[call.to].name == name);
    log.unless(found.is_some(), place, || format!("{} makes no call `to` {to:?}", event.app));
    found.map(Change::Call)
}
