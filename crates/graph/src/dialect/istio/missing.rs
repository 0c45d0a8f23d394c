//! Which labels the answers lack, by name, and what the picture loses by it.
//! It must not know how rows become flows.

use super::{BY_DURATION, BY_REQUESTS, BY_TCP};
use crate::{
    answers::Answers,
    query::QueryKind,
    sample::{Symbol, Table},
    words,
};
use model::graph::QualityNote;

/// A group of labels of which one is enough, and what happens without any of them.
struct Wanted {
    labels: &'static [&'static str],
    instead: &'static str,
    /// The same, where this label is missing too.
    nor: Option<(&'static str, &'static str)>,
}

const fn wanted(labels: &'static [&'static str], instead: &'static str) -> Wanted {
    Wanted { labels, instead, nor: None }
}

impl Wanted {
    const fn nor(self, label: &'static str, instead: &'static str) -> Self {
        Self { nor: Some((label, instead)), ..self }
    }
}

const WANTED: &[Wanted] = &[
    wanted(&["reporter"], "Who counted is unknown, so requests seen by both sides may count twice."),
    wanted(&["source_cluster"], "Callers of one name in several clusters are drawn as one."),
    wanted(
        &["source_workload_namespace"],
        "Callers take the namespace that others know for their name, or none.",
    ),
    wanted(&["source_workload"], "Callers are told apart by their app's name."),
    wanted(&["source_canonical_service", "source_app"], "Callers are named after their workload.")
        .nor("source_workload", "All callers are drawn as one."),
    wanted(
        &["source_canonical_revision", "source_version"],
        "Callers' versions are named after their workload.",
    )
    .nor("source_workload", "Callers' versions cannot be told apart."),
    wanted(&["destination_cluster"], "Targets of one name in several clusters are drawn as one."),
    wanted(&["destination_workload_namespace"], "Targets take their service's namespace."),
    wanted(&["destination_workload"], "Targets are told apart by their app or service."),
    wanted(&["destination_canonical_service", "destination_app"], "Targets are named after their workload.")
        .nor("destination_workload", "Targets are drawn as the services that were asked for."),
    wanted(
        &["destination_canonical_revision", "destination_version"],
        "Versions are named after their workload.",
    )
    .nor("destination_workload", "Versions cannot be told apart."),
    wanted(&["destination_service"], "Hosts outside the mesh cannot be named."),
    wanted(&["destination_service_name"], "Services are named after the host that was asked for."),
    wanted(&["destination_service_namespace"], "Services take the namespace in the host that was asked for."),
    wanted(&["request_protocol"], "gRPC is drawn as HTTP."),
    wanted(&["response_code"], "HTTP errors cannot be counted."),
    wanted(
        &["grpc_response_status"],
        "Errors of gRPC that come with a code of HTTP's success cannot be counted.",
    ),
    wanted(&["response_flags"], "Requests that never reached a server cannot be told."),
    wanted(&["connection_security_policy"], "Whether traffic is encrypted is not known."),
    wanted(&["source_principal"], "Who callers are by their certificates is not known."),
    wanted(&["destination_principal"], "Who targets are by their certificates is not known."),
];

/// Rows of plain HTTP rightly have no such label.
const OF_GRPC: &str = "grpc_response_status";

/// What is looked at, in this order: a label is named for the first that lacks it.
const LOOKED_AT: [(QueryKind, &[&str], &str); 3] = [
    (QueryKind::Requests, BY_REQUESTS, ""),
    (QueryKind::TcpSent, BY_TCP, " of TCP traffic"),
    (QueryKind::DurationCount, BY_DURATION, " of latency"),
];

pub(super) fn notes(answers: &Answers) -> Vec<QualityNote> {
    let tables: Vec<(&Table, &[&str], &str)> = LOOKED_AT
        .iter()
        .filter_map(|(kind, by, of)| Some((answers.table(*kind)?, *by, *of)))
        .filter(|(table, ..)| table.rows() > 0)
        .collect();
    let grpc = answers.symbols.find("grpc");
    let first = |wanted: &Wanted| {
        tables
            .iter()
            .filter(|(_, by, _)| wanted.labels.iter().all(|label| by.contains(label)))
            .find_map(|(table, _, of)| note(wanted, table, grpc, of))
    };
    WANTED.iter().filter_map(first).collect()
}

fn note(wanted: &Wanted, table: &Table, grpc: Option<Symbol>, of: &str) -> Option<QualityNote> {
    let of_grpc = wanted.labels == [OF_GRPC];
    let rows = if of_grpc { rows_of_grpc(table, grpc?) } else { (0..table.rows()).collect() };
    let without = count_without(wanted.labels, table, &rows);
    // A call of gRPC that got no response has no status.
    if without == 0 || (of_grpc && without < rows.len()) {
        return None;
    }
    let names = wanted.labels.join(" or ");
    let grpc = if of_grpc { " of gRPC" } else { "" };
    let how_many = if without == rows.len() {
        format!("every row{grpc}{of}")
    } else {
        format!("{} of {} rows{of}", words::count(without as f64), words::count(rows.len() as f64))
    };
    let instead = match wanted.nor {
        Some((label, instead)) if count_without(&[label], table, &rows) == rows.len() => instead,
        _ => wanted.instead,
    };
    Some(QualityNote {
        code: "missing_label".into(),
        sentence: format!("{names} is missing on {how_many}. {instead}"),
        fix: format!(
            "Keep {} in Istio's telemetry configuration and in Prometheus' metric_relabel_configs.",
            wanted.labels[0]
        ),
        number: Some(without as f64),
    })
}

fn rows_of_grpc(table: &Table, grpc: Symbol) -> Vec<usize> {
    let Some(at) = column(table, "request_protocol") else { return Vec::new() };
    (0..table.rows()).filter(|row| table.row(*row)[at] == grpc).collect()
}

fn count_without(labels: &[&str], table: &Table, rows: &[usize]) -> usize {
    let columns: Vec<usize> = labels.iter().filter_map(|label| column(table, label)).collect();
    rows.iter().filter(|row| columns.iter().all(|at| table.row(**row)[*at].is_empty())).count()
}

fn column(table: &Table, label: &str) -> Option<usize> {
    table.labels.iter().position(|known| *known == label)
}
