//! The one card that stands for a box.

use super::sums::{add_change, add_requests, add_tcp, add_volume};
use crate::cards;
use model::{BoxBy, Health, Node, NodeKind, Reason, Status, graph::Verdict};

/// It has the box's id.
pub(super) fn of_box(id: &str, by: BoxBy, members: &[&Node]) -> Node {
    let first = members[0];
    let (kind, name, namespace) = match by {
        BoxBy::Cluster => (NodeKind::Cluster, &first.cluster, None),
        BoxBy::Namespace => (NodeKind::Namespace, &first.namespace, None),
        BoxBy::App => (NodeKind::App, &first.app, first.namespace.clone()),
    };
    let mut card = Node {
        name: name.clone().unwrap_or_default(),
        cluster: first.cluster.clone(),
        namespace,
        health: health(members),
        alerts: members.iter().filter_map(|node| node.alerts).reduce(|a, b| a + b),
        // Its size stands where other cards have their one version.
        version: Some(cards::counted_kinds(members.iter().map(|node| node.kind))),
        flags: first.flags,
        last_seen_s: members.iter().filter_map(|node| node.last_seen_s).max(),
        ..Node::blank(id, kind)
    };
    card.flags.folded = true;
    card.flags.silent = members.iter().all(|node| node.flags.silent);
    card.flags.idle = members.iter().all(|node| node.flags.idle);
    card.flags.outside = members.iter().all(|node| node.flags.outside);
    // What only sends counts where nobody receives.
    for roots in [false, true] {
        if card.requests.is_none() && card.tcp.is_none() {
            for node in members.iter().filter(|node| node.flags.root == roots) {
                add_requests(&mut card.requests, node.requests.as_ref());
                add_tcp(&mut card.tcp, node.tcp.as_ref());
                add_volume(&mut card.volume, node.volume.as_ref());
                add_change(&mut card.change, node.change.as_ref());
            }
        }
    }
    card
}

/// A card without its rows: the figures are those of the whole app already.
pub(super) fn without_rows(node: &Node) -> Node {
    let mut card = node.clone();
    let rows = std::mem::take(&mut card.versions);
    card.version = Some(format!("{}\u{a0}versions", rows.len()));
    card.flags.folded = true;
    for row in rows {
        let mut reasons: Vec<Reason> =
            row.health.reasons.iter().map(|reason| told_of(&row.name, reason)).collect();
        let mut status = row.health.status;
        if let Some(comparison) = row.comparison.filter(|comparison| comparison.verdict == Verdict::Worse) {
            // In its row it would look so too.
            status = status.max(Status::Degraded);
            let count = row.requests.map_or(0.0, |requests| requests.count);
            let (rule, sentence) = ("versions compared".into(), comparison.sentence);
            let (bound_share, measured_share) = (None, None);
            reasons.insert(0, Reason { status, rule, bound_share, measured_share, count, sentence });
        }
        if status > card.health.status {
            card.health = Health { status, reasons };
        }
    }
    card
}

/// Trouble anywhere is trouble; one that idles does not make the others idle.
fn health(members: &[&Node]) -> Health {
    let worst = members.iter().map(|node| node.health.status).max().unwrap_or_default();
    let well = members.iter().any(|node| node.health.status == Status::Healthy);
    if worst < Status::Degraded {
        return Health { status: if well { Status::Healthy } else { worst }, reasons: Vec::new() };
    }
    let troubled = members.iter().filter(|node| node.health.status == worst);
    let reasons = troubled.filter_map(|node| Some(told_of(&node.name, node.health.reasons.first()?)));
    Health { status: worst, reasons: reasons.collect() }
}

fn told_of(name: &str, reason: &Reason) -> Reason {
    Reason { sentence: format!("{name}: {}", reason.sentence), ..reason.clone() }
}
