//! What hurts, ranked: each trouble told once, where it is, with its figure and a sentence.
//! It must not know how health is judged.

use super::node::{kind, name};
use crate::{figures::Figures, graph_type::NodeKey, picture::Picture, place::PlaceId, sample::Symbol, words};
use model::{Figure, Finding, FindingKind, Health, NodeKind, Status, Subject};
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, NodeIndex},
    visit::EdgeRef,
};
use rustc_hash::FxHashMap;

struct Ranked {
    finding: Finding,
    /// Greater is worse: kind of trouble, then requests or bytes a second concerned.
    group: u8,
    weight: f64,
}

pub(super) fn findings(picture: &Picture<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in &picture.selection.nodes {
        worse_versions(picture, *node, &mut found);
        troubled(picture, *node, &mut found);
        silent_node(picture, *node, &mut found);
    }
    plaintext(picture, &mut found);
    silent_edges(picture, &mut found);
    found.sort_by(|a, b| {
        b.group
            .cmp(&a.group)
            .then(b.weight.total_cmp(&a.weight))
            .then_with(|| a.finding.title.cmp(&b.finding.title))
            .then_with(|| format!("{:?}", a.finding.subject).cmp(&format!("{:?}", b.finding.subject)))
    });
    found.into_iter().map(|ranked| ranked.finding).collect()
}

const FAILING: u8 = 5;
const WORSE: u8 = 4;
const DEGRADED: u8 = 3;
const PLAINTEXT: u8 = 2;
const SILENT: u8 = 1;

fn worse_versions(picture: &Picture<'_>, node: NodeIndex, found: &mut Vec<Ranked>) {
    let map_node = picture.node(node);
    for (row, judged) in map_node.rows.iter().zip(&picture.judged(node).rows) {
        let Some(comparison) = judged.comparison.as_ref().filter(|_| judged.is_worse()) else { continue };
        let known = picture.snapshot.places.get(row.place);
        let key = picture.snapshot.text(known.row_key()).to_owned();
        let baseline = map_node
            .rows
            .iter()
            .map(|row| picture.snapshot.places.get(row.place))
            .find(|other| picture.snapshot.text(other.row_key()) == comparison.baseline)
            .map_or(comparison.baseline.as_str(), |other| picture.snapshot.text(other.row_name()));
        let (share, errors) = error_figures(&row.figures);
        found.push(Ranked {
            group: WORSE,
            weight: errors,
            finding: Finding {
                kind: FindingKind::WorseVersion,
                status: Status::Degraded,
                subject: Subject::Row { node: picture.id(node).to_owned(), row: key },
                title: titled(picture, node, picture.snapshot.text(known.row_name())),
                remark: format!("worse than {baseline}"),
                figure: Figure::ErrorShare(share),
                sentence: comparison.sentence.clone(),
            },
        });
    }
}

/// A node in trouble or the edges into it, never both: one bad edge explains its node, several are explained by it.
fn troubled(picture: &Picture<'_>, node: NodeIndex, found: &mut Vec<Ranked>) {
    let judged = picture.judged(node);
    let own = judged.own_status;
    let worse_rows: Vec<PlaceId> = picture
        .node(node)
        .rows
        .iter()
        .zip(&judged.rows)
        .filter(|(_, row)| row.is_worse())
        .map(|(row, _)| row.place)
        .collect();
    let bad: Vec<(EdgeIndex, Health)> = picture
        .map
        .graph
        .edges_directed(node, Direction::Incoming)
        .map(|edge| edge.id())
        .filter(|edge| {
            picture.selection.edges.contains(edge) && !picture.node(picture.ends(*edge).0).injected
        })
        .filter(|edge| !picture.edge(*edge).target_row.is_some_and(|row| worse_rows.contains(&row)))
        .map(|edge| (edge, picture.edge_health(edge)))
        .filter(|(_, health)| health.status >= Status::Degraded)
        .collect();
    let by_itself = own >= Status::Degraded && (bad.len() != 1 || bad[0].1.status < own);
    // A root sends what others fail to answer: the edges at the other end tell it.
    if by_itself && !picture.node(node).root {
        found.push(node_finding(picture, node));
    }
    for (edge, health) in bad {
        if !by_itself || health.status > own {
            found.push(edge_finding(picture, edge, &health));
        }
    }
}

fn node_finding(picture: &Picture<'_>, node: NodeIndex) -> Ranked {
    let judged = picture.judged(node);
    let failing = judged.own_status == Status::Failing;
    let (share, errors) = error_figures(&picture.node(node).figures);
    let title = titled(picture, node, "");
    Ranked {
        group: if failing { FAILING } else { DEGRADED },
        weight: errors,
        finding: Finding {
            kind: if failing { FindingKind::FailingNode } else { FindingKind::DegradedNode },
            status: judged.own_status,
            subject: Subject::Node { id: picture.id(node).to_owned() },
            remark: String::new(),
            figure: figure(&judged.health, share),
            sentence: sentence(&title, &judged.health),
            title,
        },
    }
}

fn edge_finding(picture: &Picture<'_>, edge: EdgeIndex, health: &Health) -> Ranked {
    let failing = health.status == Status::Failing;
    let (share, errors) = error_figures(&picture.edge(edge).figures);
    let title = edge_title(picture, edge);
    Ranked {
        group: if failing { FAILING } else { DEGRADED },
        weight: errors,
        finding: Finding {
            kind: if failing { FindingKind::FailingEdge } else { FindingKind::DegradedEdge },
            status: health.status,
            subject: Subject::Edge { id: picture.edge_id(edge) },
            remark: String::new(),
            figure: figure(health, share),
            sentence: sentence(&title, health),
            title,
        },
    }
}

/// The share that decided; for 4xx that is not the error share.
fn figure(health: &Health, error_share: f64) -> Figure {
    Figure::ErrorShare(health.reasons.first().and_then(|reason| reason.measured_share).unwrap_or(error_share))
}

fn sentence(title: &str, health: &Health) -> String {
    let reason = health.reasons.first().map_or("", |reason| reason.sentence.as_str());
    format!("{title}: {reason}.")
}

fn error_figures(figures: &Figures) -> (f64, f64) {
    figures.requests.map_or((0.0, 0.0), |sums| (sums.error_share().unwrap_or(0.0), sums.errors))
}

fn edge_title(picture: &Picture<'_>, edge: EdgeIndex) -> String {
    let (source, target) = picture.ends(edge);
    let row = |place: Option<PlaceId>| {
        place.map_or("", |place| picture.snapshot.text(picture.snapshot.places.get(place).row_name()))
    };
    let map_edge = picture.edge(edge);
    let [source, target] = [(source, map_edge.source_row), (target, map_edge.target_row)]
        .map(|(node, place)| titled(picture, node, row(place)));
    format!("{source} → {target}")
}

/// A node and its row as one name. Where others of that name are drawn, namespace or cluster tell them apart.
fn titled(picture: &Picture<'_>, node: NodeIndex, row: &str) -> String {
    let mut title = name(picture, node);
    if !row.is_empty() {
        title = format!("{title} {row}");
    }
    let Some([own, namespace, cluster]) = known_as(picture, node) else { return title };
    let others = || {
        let drawn = picture.selection.nodes.iter().filter_map(|other| known_as(picture, *other));
        drawn.filter(|other| other[0] == own)
    };
    let elsewhere = [
        (namespace, others().any(|other| other[1] != namespace)),
        (cluster, others().any(|other| other[1] == namespace && other[2] != cluster)),
    ];
    let told = elsewhere.iter().filter(|(place, differs)| *differs && !place.is_empty());
    let told: Vec<&str> = told.map(|(place, _)| picture.snapshot.text(*place)).collect();
    if told.is_empty() { title } else { format!("{title} in {}", told.join(", ")) }
}

/// Name, namespace and cluster.
fn known_as(picture: &Picture<'_>, node: NodeIndex) -> Option<[Symbol; 3]> {
    match picture.node(node).key {
        NodeKey::App { cluster, namespace, app } => Some([app, namespace, cluster]),
        NodeKey::Service(service) => Some([service.name, service.namespace, service.cluster]),
        NodeKey::Place(place) => {
            let known = picture.snapshot.places.get(place);
            known.is_workload().then(|| [known.party.workload, known.namespace(), known.cluster()])
        }
        NodeKey::Operation { .. } | NodeKey::MoreHosts { .. } => None,
    }
}

#[derive(Default)]
struct Plain {
    requests: f64,
    bytes: f64,
    callers: Vec<String>,
}

/// One finding a target, by the word of the target itself: callers cannot know.
fn plaintext(picture: &Picture<'_>, found: &mut Vec<Ranked>) {
    let mut by_target: FxHashMap<NodeIndex, Plain> = FxHashMap::default();
    for edge in &picture.selection.edges {
        let (source, target) = picture.ends(*edge);
        let figures = &picture.edge(*edge).figures;
        let (requests, bytes) = (figures.request_security.plain, figures.tcp_security.plain);
        if (requests <= 0.0 && bytes <= 0.0) || picture.node(source).injected {
            continue;
        }
        let plain = by_target.entry(target).or_default();
        plain.requests += requests;
        plain.bytes += bytes;
        let caller = if kind(picture, source) == NodeKind::UnknownCallers {
            "callers without identity".to_owned()
        } else {
            name(picture, source)
        };
        plain.callers.push(caller);
    }
    for (target, mut plain) in by_target {
        plain.callers.sort();
        plain.callers.dedup();
        found.push(plaintext_finding(picture, target, &plain));
    }
}

fn plaintext_finding(picture: &Picture<'_>, target: NodeIndex, plain: &Plain) -> Ranked {
    let title = titled(picture, target, "");
    let (figure, amount) = if plain.requests > 0.0 {
        (Figure::RateRps(plain.requests), words::rate(plain.requests))
    } else {
        (Figure::BytesPerS(plain.bytes), words::bytes_per_s(plain.bytes))
    };
    let by = match plain.callers.as_slice() {
        [first, second, third, _, ..] => {
            format!("{first}, {second}, {third} and {} more", plain.callers.len() - 3)
        }
        few => few.join(", "),
    };
    Ranked {
        group: PLAINTEXT,
        weight: plain.requests,
        finding: Finding {
            kind: FindingKind::Plaintext,
            status: picture.judged(target).own_status,
            subject: Subject::Node { id: picture.id(target).to_owned() },
            remark: "called in plaintext".into(),
            figure,
            sentence: format!(
                "{title} is called in plaintext by {by}: {amount} are not mutually authenticated."
            ),
            title,
        },
    }
}

fn silent_node(picture: &Picture<'_>, node: NodeIndex, found: &mut Vec<Ranked>) {
    let judged = picture.judged(node);
    if let Some(seen_s) = judged.last_seen_s.filter(|_| judged.silent) {
        let subject = Subject::Node { id: picture.id(node).to_owned() };
        found.push(silent(picture, subject, titled(picture, node, ""), seen_s));
    }
}

/// Silent edges whose two ends still have other traffic.
fn silent_edges(picture: &Picture<'_>, found: &mut Vec<Ranked>) {
    for edge in &picture.selection.edges {
        let (source, target) = picture.ends(*edge);
        let figures = &picture.edge(*edge).figures;
        let told =
            [source, target].iter().any(|node| picture.judged(*node).silent || picture.node(*node).injected);
        if let Some(seen_s) = figures.last_seen_s.filter(|_| picture.is_silent(figures) && !told) {
            let subject = Subject::Edge { id: picture.edge_id(*edge) };
            found.push(silent(picture, subject, edge_title(picture, *edge), seen_s));
        }
    }
}

fn silent(picture: &Picture<'_>, subject: Subject, title: String, seen_s: f64) -> Ranked {
    let age_s = (picture.snapshot.window.at_s as f64 - seen_s).max(0.0);
    Ranked {
        group: SILENT,
        // The latest first.
        weight: -age_s,
        finding: Finding {
            kind: FindingKind::Silent,
            status: Status::Idle,
            subject,
            remark: "fell silent".into(),
            figure: Figure::AgeS(age_s),
            sentence: format!("{title} fell silent: its last traffic was {} ago.", words::age(age_s)),
            title,
        },
    }
}
