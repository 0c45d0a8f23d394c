//! Makes up meshes of any size that look like real ones: few big namespaces and many small, tiers, hubs, databases,
//! canaries, hosts outside. Knows only the scenario's spelling.

use crate::scenario::{
    AppSpec, CallSpec, Kind, LatencySpec, NamespaceSpec, OutcomeSpec, Protocol, Spec, VersionSpec,
};
use crate::seed::Dice;

const WORDS: [&str; 24] = [
    "accounts", "billing", "cart", "catalog", "checkout", "claims", "feed", "fraud", "geo", "identity",
    "images", "ledger", "mail", "offers", "orders", "prices", "profiles", "quotes", "rewards", "search",
    "shipping", "stock", "tax", "tickets",
];

/// Tiers below the gateways; calls go from a lower tier to a higher only, so they never go in a circle.
const TIERS: usize = 6;

/// A scenario of so many services, gateways included.
pub(crate) fn spec(services: usize, seed: u64) -> Spec {
    let mut dice = Dice::new(seed ^ services as u64);
    let services = services.max(2);
    let gateways = (services / 250).clamp(1, 6);
    let namespaces = (services / 18).clamp(2, 80);
    let mut spec = Spec {
        name: format!("scaled-{services}"),
        cluster: "scale-1".to_owned(),
        trust_domain: "cluster.local".to_owned(),
        cycle: "24h".to_owned(),
        daily_wave: 0.2,
        peak_hour: 14.0,
        noise: 0.05,
        namespaces: (0..namespaces).map(|index| namespace(index, &mut dice)).collect(),
        ..Spec::default()
    };
    let outside = (services / 60).max(1);
    let mut tiers: Vec<Vec<usize>> = vec![Vec::new(); TIERS];
    for index in 0..services - gateways {
        let tier = tier(index, &mut dice);
        tiers[tier].push(index);
        spec.apps.push(service(index, namespaces, tier, &mut dice));
    }
    for tier in 0..TIERS - 1 {
        for position in 0..tiers[tier].len() {
            let caller = tiers[tier][position];
            let calls = calls(&spec, &tiers[tier + 1..], outside, &mut dice);
            spec.apps[caller].calls = calls;
        }
    }
    call_the_uncalled(&mut spec, &tiers, &mut dice);
    let gateways: Vec<AppSpec> =
        (0..gateways).map(|index| gateway(index, gateways, &tiers[0], &spec.apps)).collect();
    spec.apps.extend(gateways);
    spec.apps.extend((0..outside).map(|index| AppSpec {
        name: host(index),
        kind: Kind::External,
        ..AppSpec::default()
    }));
    spec
}

fn namespace(index: usize, dice: &mut Dice) -> NamespaceSpec {
    NamespaceSpec {
        name: format!("team-{:02}", index + 1),
        mtls: !dice.chance(0.06),
        sidecars: true,
        ..NamespaceSpec::default()
    }
}

/// The first services make sure that no tier stays empty where there are enough of them.
fn tier(index: usize, dice: &mut Dice) -> usize {
    const SHARES: [f64; TIERS] = [0.14, 0.24, 0.24, 0.18, 0.12, 0.08];
    if index < TIERS {
        return index;
    }
    let mut roll = dice.unit();
    SHARES
        .iter()
        .position(|share| {
            roll -= share;
            roll < 0.0
        })
        .unwrap_or(TIERS - 1)
}

/// Small numbers are much likelier than large ones, as Zipf found of words.
fn zipf(end: usize, dice: &mut Dice) -> usize {
    let skewed = (end as f64 + 1.0).powf(dice.unit()) - 1.0;
    (skewed as usize).min(end - 1)
}

fn service(index: usize, namespaces: usize, tier: usize, dice: &mut Dice) -> AppSpec {
    let word = if tier == TIERS - 1 { "db" } else { WORDS[index % WORDS.len()] };
    let median_ms = dice.between(2.0, 30.0);
    let latency = LatencySpec { median_ms, p95_ms: Some(median_ms * dice.between(2.0, 5.0)), sigma: None };
    let version = |name: &str, weight: f64, errors: Vec<OutcomeSpec>| VersionSpec {
        name: name.to_owned(),
        workload: None,
        weight,
        intended: None,
        pods: 2,
        latency: Some(latency),
        errors,
    };
    let errors = if dice.chance(0.12) { vec![error(dice)] } else { Vec::new() };
    let canary = tier > 0 && tier < TIERS - 1 && dice.chance(0.05);
    let versions = if canary {
        vec![version("v1", 90.0, errors), version("v2", 10.0, vec![error(dice)])]
    } else {
        vec![version("v1", 1.0, errors)]
    };
    AppSpec {
        name: format!("{word}-{}", index + 1),
        namespace: Some(format!("team-{:02}", zipf(namespaces, dice) + 1)),
        canary,
        versions,
        ..AppSpec::default()
    }
}

fn error(dice: &mut Dice) -> OutcomeSpec {
    let kinds: [(u16, &str); 4] = [(503, "UC"), (500, "-"), (504, "UT"), (404, "-")];
    let (code, flag) = kinds[dice.below(kinds.len())];
    // Most are rare, a few are not.
    let share = 0.0005 * 200_f64.powf(dice.unit() * dice.unit());
    OutcomeSpec {
        share,
        code: Some(code),
        flag: Some(flag.to_owned()),
        grpc: None,
        reached: true,
        server_code: None,
        server_flag: None,
        latency: None,
    }
}

fn calls(spec: &Spec, below: &[Vec<usize>], outside: usize, dice: &mut Dice) -> Vec<CallSpec> {
    let wanted = 1 + zipf(9, dice);
    let mut calls: Vec<CallSpec> = Vec::new();
    for _ in 0..wanted {
        // Mostly the next tier, sometimes one further down.
        let far = zipf(below.len(), dice);
        let Some(tier) = below.get(far).filter(|tier| !tier.is_empty()) else { continue };
        let to = tier[zipf(tier.len(), dice)];
        add_call(&mut calls, spec, to, far + 1 == below.len(), dice);
    }
    if dice.chance(0.02) {
        calls.push(CallSpec { to: host(dice.below(outside)), fan_out: Some(0.2), ..CallSpec::default() });
    }
    calls
}

fn add_call(calls: &mut Vec<CallSpec>, spec: &Spec, to: usize, to_database: bool, dice: &mut Dice) {
    let name = spec.apps[to].name.clone();
    if calls.iter().any(|call| call.to == name) {
        return;
    }
    let protocol = match dice.unit() {
        _ if to_database => Protocol::Tcp,
        roll if roll < 0.2 => Protocol::Grpc,
        _ => Protocol::Http,
    };
    calls.push(CallSpec { to: name, protocol, fan_out: Some(dice.between(0.1, 0.9)), ..CallSpec::default() });
}

/// Nobody deploys what nobody calls: every service below the first tier gets a caller.
fn call_the_uncalled(spec: &mut Spec, tiers: &[Vec<usize>], dice: &mut Dice) {
    let called: std::collections::HashSet<String> =
        spec.apps.iter().flat_map(|app| app.calls.iter().map(|call| call.to.clone())).collect();
    for tier in 1..TIERS {
        for &callee in &tiers[tier] {
            let callers = &tiers[tier - 1];
            if called.contains(&spec.apps[callee].name) || callers.is_empty() {
                continue;
            }
            let caller = callers[dice.below(callers.len())];
            let mut calls = std::mem::take(&mut spec.apps[caller].calls);
            add_call(&mut calls, spec, callee, tier == TIERS - 1, dice);
            spec.apps[caller].calls = calls;
        }
    }
}

fn gateway(index: usize, gateways: usize, first: &[usize], apps: &[AppSpec]) -> AppSpec {
    let mine = first.iter().skip(index).step_by(gateways);
    let calls: Vec<CallSpec> = mine
        .map(|&to| CallSpec {
            to: apps[to].name.clone(),
            rate_rps: Some(4.0 + (to % 37) as f64),
            ..CallSpec::default()
        })
        .collect();
    AppSpec {
        name: format!("gateway-{}", index + 1),
        namespace: Some("team-01".to_owned()),
        kind: Kind::Gateway,
        pods: Some(2),
        calls,
        ..AppSpec::default()
    }
}

fn host(index: usize) -> String {
    format!("api-{}.partner.example", index + 1)
}
