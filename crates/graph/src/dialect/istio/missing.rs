//! Which labels an answer lacks, by name, and what the picture loses by it.
//! It must not know how rows become flows.

use crate::{answers::Answers, query::QueryKind, sample::Table, words};
use model::graph::QualityNote;

/// A group of labels of which one is enough, and what happens without any of them.
struct Wanted {
    labels: &'static [&'static str],
    instead: &'static str,
}

const WANTED: &[Wanted] = &[
    Wanted {
        labels: &["reporter"],
        instead: "Who counted is unknown, so requests seen by both sides may count twice.",
    },
    Wanted { labels: &["source_workload"], instead: "Callers are told apart by their app's name." },
    Wanted { labels: &["source_workload_namespace"], instead: "Callers are drawn without a namespace." },
    Wanted {
        labels: &["source_canonical_service", "source_app"],
        instead: "Callers are named after their workload.",
    },
    Wanted {
        labels: &["source_canonical_revision", "source_version"],
        instead: "Callers' versions are named after their workload.",
    },
    Wanted { labels: &["destination_workload"], instead: "Targets are told apart by their app or service." },
    Wanted {
        labels: &["destination_workload_namespace"],
        instead: "Targets take their service's namespace.",
    },
    Wanted {
        labels: &["destination_canonical_service", "destination_app"],
        instead: "Targets are named after their workload.",
    },
    Wanted {
        labels: &["destination_canonical_revision", "destination_version"],
        instead: "Versions are named after their workload.",
    },
    Wanted { labels: &["destination_service"], instead: "Hosts outside the mesh cannot be named." },
    Wanted {
        labels: &["destination_service_name"],
        instead: "Services are named after the host that was asked for.",
    },
    Wanted { labels: &["request_protocol"], instead: "gRPC is drawn as HTTP." },
    Wanted { labels: &["response_code"], instead: "HTTP errors cannot be counted." },
    Wanted { labels: &["response_flags"], instead: "Requests that never reached a server cannot be told." },
    Wanted { labels: &["connection_security_policy"], instead: "Whether traffic is encrypted is not known." },
];

/// Without the labels that only HTTP has.
const TCP_LACKS: [&str; 2] = ["request_protocol", "response_code"];

pub(super) fn notes(answers: &Answers) -> Vec<QualityNote> {
    let requests = answers.table(QueryKind::Requests).filter(|table| table.rows() > 0);
    let tcp = answers.table(QueryKind::TcpSent).filter(|table| table.rows() > 0);
    let Some(table) = requests.or(tcp) else { return Vec::new() };
    let is_tcp = requests.is_none();
    WANTED
        .iter()
        .filter(|wanted| !(is_tcp && TCP_LACKS.contains(&wanted.labels[0])))
        .filter_map(|wanted| note(wanted, table))
        .collect()
}

fn note(wanted: &Wanted, table: &Table) -> Option<QualityNote> {
    let columns: Vec<usize> =
        wanted.labels.iter().filter_map(|name| table.labels.iter().position(|label| label == name)).collect();
    let without =
        (0..table.rows()).filter(|row| columns.iter().all(|at| table.row(*row)[*at].is_empty())).count();
    if without == 0 {
        return None;
    }
    let all = table.rows();
    let names = wanted.labels.join(" or ");
    let how_many = if without == all {
        "every row".to_owned()
    } else {
        format!("{} of {} rows", words::count(without as f64), words::count(all as f64))
    };
    Some(QualityNote {
        code: "missing_label".into(),
        sentence: format!("{names} is missing on {how_many}. {}", wanted.instead),
        fix: format!(
            "Keep {} in Istio's telemetry configuration and in Prometheus' metric_relabel_configs.",
            wanted.labels[0]
        ),
    })
}
