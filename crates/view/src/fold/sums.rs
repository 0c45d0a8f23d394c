//! Figures of several calls or cards together: what can be added is added, what cannot is not known.

use super::lines::flow;
use model::{
    Change, Edge, Presence, Requests, Tcp,
    traffic::{Custom, Volume},
};

pub(super) fn add_edge(sum: &mut Edge, edge: &Edge) {
    let (a, b) = (flow(sum), flow(edge));
    let weighted = |x: f64, y: f64| if a + b > 0.0 { (x * a + y * b) / (a + b) } else { x };
    sum.mtls_share = sum.mtls_share.zip(edge.mtls_share).map(|(x, y)| weighted(x, y));
    sum.latency = None;
    add_requests(&mut sum.requests, edge.requests.as_ref());
    add_tcp(&mut sum.tcp, edge.tcp.as_ref());
    add_volume(&mut sum.volume, edge.volume.as_ref());
    add_change(&mut sum.change, edge.change.as_ref());
    for more in &edge.custom {
        match sum.custom.iter_mut().find(|custom| custom.name == more.name) {
            Some(custom) => custom.per_s += more.per_s,
            None => sum.custom.push(Custom { parts: Vec::new(), ..more.clone() }),
        }
    }
    if edge.health.status > sum.health.status {
        sum.health = edge.health.clone();
    }
    sum.flags.silent &= edge.flags.silent;
    sum.flags.unreached &= edge.flags.unreached;
    sum.flags.cycle |= edge.flags.cycle;
    sum.flags.estimated |= edge.flags.estimated;
    sum.last_seen_s = sum.last_seen_s.max(edge.last_seen_s);
}

pub(super) fn add_requests(sum: &mut Option<Requests>, more: Option<&Requests>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    sum.rate_rps += more.rate_rps;
    sum.error_rate_rps += more.error_rate_rps;
    sum.count += more.count;
    sum.error_share = (sum.rate_rps > 0.0).then(|| sum.error_rate_rps / sum.rate_rps);
    add(&mut sum.unreached_rps, more.unreached_rps);
}

pub(super) fn add_tcp(sum: &mut Option<Tcp>, more: Option<&Tcp>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    add(&mut sum.sent_bytes_per_s, more.sent_bytes_per_s);
    add(&mut sum.received_bytes_per_s, more.received_bytes_per_s);
    add(&mut sum.opened_per_s, more.opened_per_s);
    add(&mut sum.closed_per_s, more.closed_per_s);
    add(&mut sum.flagged_per_s, more.flagged_per_s);
    add(&mut sum.open, more.open);
}

/// Of several, how large one is cannot be told.
pub(crate) fn add_volume(sum: &mut Option<Volume>, more: Option<&Volume>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    add(&mut sum.request_bytes_per_s, more.request_bytes_per_s);
    add(&mut sum.response_bytes_per_s, more.response_bytes_per_s);
    add(&mut sum.sent_messages_per_s, more.sent_messages_per_s);
    add(&mut sum.received_messages_per_s, more.received_messages_per_s);
    (sum.request_size, sum.response_size) = (None, None);
}

/// New or gone only where all of it is.
pub(super) fn add_change(sum: &mut Option<Change>, more: Option<&Change>) {
    let Some(more) = more else { return };
    let Some(sum) = sum else {
        *sum = Some(Change { error_share: None, mean_ms: None, ..more.clone() });
        return;
    };
    if sum.presence != more.presence {
        sum.presence = Presence::Both;
    }
    add(&mut sum.rate_rps, more.rate_rps);
    (sum.error_share, sum.mean_ms) = (None, None);
}

fn add(sum: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0.0) + more);
    }
}
