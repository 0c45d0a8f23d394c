//! Text in, text out: samples as Prometheus prints them become answers, graphs become a few terse lines.
//! For this crate's tests only.

use crate::{
    Answers, Outcome, QueryKind, Signals, Snapshot, View, ViewConfig, Window, plan,
    query::Origin,
    sample::{RangeTable, Symbol, Table},
    snapshot, view, words,
};
use model::{Edge, Extras, Graph, GraphParams, GraphType, Node, Protocol};
use std::fmt::Write as _;

pub(crate) const AT_S: i64 = 1_700_000_000;

/// Values are rates already. `@ a..b` after one makes it a presence sample, moving from a to b seconds before the end.
pub(crate) fn answers(samples: &str) -> Answers {
    answers_of(Origin::default(), samples)
}

/// The same, from a store that the preflight found to be like this.
pub(crate) fn answers_of(origin: Origin, samples: &str) -> Answers {
    let window = Window { at_s: AT_S, window_s: 600, scrape_interval_s: Some(15.0) };
    let mut answers = Answers::new(origin, window);
    for query in plan(
        &answers.origin.clone(),
        Signals { percentiles: true, slow_lane: true, extras: all_extras() },
        &window,
    ) {
        let labels = query.by.to_vec();
        let outcome = if query.range.is_some() {
            Outcome::Series(RangeTable { labels, ..RangeTable::default() })
        } else {
            Outcome::Answered(Table { labels, ..Table::default() })
        };
        answers.outcomes.insert(query.kind, (outcome, Vec::new()));
    }
    for line in samples.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        add(&mut answers, line);
    }
    answers
}

/// Whatever anybody can ask for.
pub(crate) fn all_extras() -> Extras {
    [Extras::BYTES, Extras::MESSAGES, Extras::SIZES, Extras::OPEN, Extras::SUCCESSFUL, Extras::IDLE]
        .into_iter()
        .fold(Extras::NONE, Extras::and)
}

fn add(answers: &mut Answers, line: &str) {
    let (metric, rest) = line.split_once('{').unwrap_or_else(|| panic!("a sample has labels: {line}"));
    let (labels, value) = rest.rsplit_once('}').unwrap_or_else(|| panic!("braces are closed: {line}"));
    let labels = parse_labels(labels);
    let presence = value.split_once('@');
    let kind = kind(metric, presence.is_some());
    let Answers { symbols, outcomes, .. } = answers;
    let mut cells = |names: &[&str]| -> Vec<Symbol> {
        let value = |name: &str| {
            labels.iter().find(|(label, _)| label == name).map_or("", |(_, value)| value.as_str())
        };
        names.iter().map(|name| symbols.intern(value(name))).collect()
    };
    match &mut outcomes.get_mut(&kind).unwrap_or_else(|| panic!("{kind:?} is planned")).0 {
        Outcome::Answered(table) => {
            table.cells.extend(cells(&table.labels.clone()));
            let value: f64 = value.trim().parse().unwrap_or_else(|_| panic!("a number: {line}"));
            // As the query gives it.
            let scale = if metric == "istio_request_duration_seconds_sum" { 1_000.0 } else { 1.0 };
            table.values.push(value * scale);
            if let Some((_, le)) = labels.iter().find(|(label, _)| label == "le") {
                table.le.push(le.parse().unwrap_or_else(|_| panic!("a bound: {line}")));
            }
        }
        Outcome::Series(series) => {
            let (rate, span) = presence.unwrap_or_else(|| panic!("a span: {line}"));
            let (from, to) = span.split_once("..").unwrap_or_else(|| panic!("from..to: {line}"));
            let seconds =
                |text: &str| text.trim().parse::<i64>().unwrap_or_else(|_| panic!("seconds: {line}"));
            let rate = rate.trim().parse().unwrap_or_else(|_| panic!("a rate: {line}"));
            series.cells.extend(cells(&series.labels.clone()));
            let times = (AT_S + seconds(from)..=AT_S + seconds(to)).step_by(30);
            series.points.push(times.map(|at_s| (at_s as f64, rate)).collect());
        }
        Outcome::Failed(_) => panic!("nothing failed yet"),
    }
}

fn kind(metric: &str, presence: bool) -> QueryKind {
    match (metric.trim(), presence) {
        ("istio_requests_total", false) => QueryKind::Requests,
        ("istio_requests_total", true) => QueryKind::PresenceRequests,
        ("istio_tcp_received_bytes_total", false) => QueryKind::TcpSent,
        ("istio_tcp_sent_bytes_total", false) => QueryKind::TcpReceived,
        ("istio_tcp_sent_bytes_total", true) => QueryKind::PresenceTcp,
        ("istio_tcp_connections_opened_total", false) => QueryKind::TcpOpened,
        ("istio_tcp_connections_closed_total", false) => QueryKind::TcpClosed,
        ("istio_request_duration_milliseconds_sum" | "istio_request_duration_seconds_sum", false) => {
            QueryKind::DurationSum
        }
        ("istio_request_duration_milliseconds_count" | "istio_request_duration_seconds_count", false) => {
            QueryKind::DurationCount
        }
        ("istio_request_duration_milliseconds_bucket" | "istio_request_duration_seconds_bucket", false) => {
            QueryKind::DurationBucket
        }
        ("istio_request_duration_bucket:successful", false) => QueryKind::SuccessfulBucket,
        ("istio_request_bytes_sum", false) => QueryKind::RequestBytes,
        ("istio_response_bytes_sum", false) => QueryKind::ResponseBytes,
        ("istio_request_bytes_bucket", false) => QueryKind::RequestSize,
        ("istio_response_bytes_bucket", false) => QueryKind::ResponseSize,
        ("messages", false) => QueryKind::Messages,
        ("open", false) => QueryKind::TcpOpen,
        ("known", false) => QueryKind::KnownRequests,
        ("known_tcp", false) => QueryKind::KnownTcp,
        ("new_series", false) => QueryKind::NewSeries,
        ("custom_1", false) => QueryKind::Custom(0),
        ("flagger_canary_weight", false) => QueryKind::IntendedWeight,
        (other, _) => panic!("no query asks for {other}"),
    }
}

/// `a="b",c="d"`; values have no quotes inside in tests.
fn parse_labels(text: &str) -> Vec<(String, String)> {
    text.split("\",")
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once("=\"").unwrap_or_else(|| panic!("name=\"value\": {pair}"));
            (name.trim().to_owned(), value.trim_end_matches('"').to_owned())
        })
        .collect()
}

pub(crate) fn snap(samples: &str) -> Snapshot {
    snapshot(&answers(samples)).0
}

pub(crate) fn a_view(graph_type: GraphType) -> View {
    let params = GraphParams { graph_type, percentiles: true, ..GraphParams::default() };
    View::resolve(&params, &ViewConfig::default())
}

pub(crate) fn graph(samples: &str, graph_type: GraphType) -> Graph {
    view(&snap(samples), &a_view(graph_type))
}

/// The edges of a graph of versions, one a line.
pub(crate) fn edges(samples: &str) -> String {
    edge_lines(&graph(samples, GraphType::VersionedApp))
}

pub(crate) fn edge_lines(graph: &Graph) -> String {
    lines(graph.edges.iter().map(|edge| edge_line(graph, edge)))
}

pub(crate) fn node_lines(graph: &Graph) -> String {
    lines(graph.nodes.iter().map(node_line))
}

fn lines(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    all.sort();
    all.join("\n").replace('\u{a0}', " ")
}

fn edge_line(graph: &Graph, edge: &Edge) -> String {
    let end = |id: &str, row: &Option<String>| {
        let node = graph.nodes.iter().find(|node| node.id == id).expect("edges end at nodes");
        row.as_ref().map_or(node.name.clone(), |row| format!("{}[{row}]", node.name))
    };
    let protocol = match edge.protocol {
        Protocol::Http => "http",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
    };
    let mut line = format!(
        "{} → {}  {protocol}",
        end(&edge.source, &edge.source_row),
        end(&edge.target, &edge.target_row)
    );
    if let Some(requests) = &edge.requests {
        write!(line, " {}/s", words::three_digits(requests.rate_rps)).expect("text");
        if requests.error_rate_rps > 0.0 {
            write!(line, "  err {}", words::share(requests.error_share.unwrap_or(0.0))).expect("text");
        }
        if let Some(unreached) = requests.unreached_rps {
            write!(line, "  unreached {}/s", words::three_digits(unreached)).expect("text");
        }
    }
    if let Some(tcp) = &edge.tcp {
        let show = |bytes: Option<f64>| bytes.map_or("?".into(), words::bytes_per_s);
        write!(line, " {} up, {} down", show(tcp.sent_bytes_per_s), show(tcp.received_bytes_per_s))
            .expect("text");
        if tcp.flagged_per_s.is_some_and(|flagged| flagged > 0.0) {
            write!(line, "  flagged {}/s", words::three_digits(tcp.flagged_per_s.unwrap_or(0.0)))
                .expect("text");
        }
    }
    if let Some(latency) = &edge.latency {
        if let Some(mean_ms) = latency.mean_ms {
            write!(line, "  mean {} ms", words::three_digits(mean_ms)).expect("text");
        }
        if let Some(p95) = latency.p95 {
            let least = if p95.at_least { "≥ " } else { "" };
            write!(line, "  p95 {least}{} ms", words::three_digits(p95.ms)).expect("text");
        }
    }
    if let Some(mtls) = edge.mtls_share {
        write!(line, "  mtls {}", words::share(mtls)).expect("text");
    }
    let flags = [
        (edge.flags.cycle, "cycle"),
        (edge.flags.silent, "silent"),
        (edge.flags.unreached, "never arrived"),
        (edge.flags.estimated, "estimated"),
        (edge.flags.idle, "idle"),
    ];
    for (_, word) in flags.iter().filter(|(set, _)| *set) {
        write!(line, "  {word}").expect("text");
    }
    line
}

fn node_line(node: &Node) -> String {
    let mut line = format!("{:?} {}", node.kind, node.name);
    if let Some(namespace) = &node.namespace {
        write!(line, " in {namespace}").expect("text");
    }
    write!(line, ": {:?}", node.health.status).expect("text");
    let flags = [
        (node.flags.root, "root"),
        (node.flags.outside, "outside"),
        (node.flags.silent, "silent"),
        (node.flags.injected, "injected"),
        (node.flags.cycle, "cycle"),
        (node.flags.out_of_mesh, "out of mesh"),
        (node.flags.estimated, "estimated"),
        (node.flags.idle, "idle"),
        (node.flags.waypoint, "waypoint"),
    ];
    for (_, word) in flags.iter().filter(|(set, _)| *set) {
        write!(line, ", {word}").expect("text");
    }
    for row in &node.versions {
        write!(line, "\n  {}: {:?}", row.name, row.health.status).expect("text");
        for (word, share) in [("share", row.share), ("intended", row.intended_share)] {
            if let Some(share) = share {
                write!(line, ", {word} {}", words::share(share)).expect("text");
            }
        }
        if let Some(comparison) = &row.comparison {
            write!(line, ", {:?}", comparison.verdict).expect("text");
        }
    }
    line
}

/// One end as tests write it: `web-v1.shop` is workload `web-v1` of app `web`, version `v1`, in namespace `shop`;
/// `unknown` is all unknown.
fn end_labels(prefix: &str, end: &str) -> String {
    let (workload, namespace) = end.split_once('.').unwrap_or((end, "unknown"));
    let (app, version) = match workload.rsplit_once('-') {
        Some((app, version)) if version.starts_with('v') => (app, version),
        _ => (workload, "unknown"),
    };
    let known = if workload == "unknown" { "unknown" } else { "c1" };
    format!(
        "{prefix}_workload=\"{workload}\",{prefix}_workload_namespace=\"{namespace}\",{prefix}_app=\"{app}\",\
         {prefix}_canonical_service=\"{app}\",{prefix}_version=\"{version}\",\
         {prefix}_canonical_revision=\"{version}\",{prefix}_cluster=\"{known}\",{prefix}_principal=\"unknown\""
    )
}

/// Labels of a series from one end to the other; those given in `more` win over the usual ones.
pub(crate) fn labels(reporter: &str, from: &str, to: &str, more: &str) -> String {
    let (workload, namespace) = to.split_once('.').unwrap_or((to, "unknown"));
    let app = workload.rsplit_once('-').filter(|(_, v)| v.starts_with('v')).map_or(workload, |(app, _)| app);
    let policy = if reporter == "source" { "unknown" } else { "mutual_tls" };
    format!(
        "{more}{}reporter=\"{reporter}\",{},{},destination_service=\"{app}.{namespace}.svc.cluster.local\",\
         destination_service_name=\"{app}\",destination_service_namespace=\"{namespace}\",\
         request_protocol=\"http\",response_code=\"200\",response_flags=\"-\",\
         connection_security_policy=\"{policy}\"",
        if more.is_empty() { "" } else { "," },
        end_labels("source", from),
        end_labels("destination", to),
    )
}

pub(crate) fn sample(metric: &str, labels: &str, value: impl std::fmt::Display) -> String {
    format!("{metric}{{{labels}}} {value}\n")
}

/// Requests as one side reports them.
pub(crate) fn req(reporter: &str, from: &str, to: &str, more: &str, rate: f64) -> String {
    sample("istio_requests_total", &labels(reporter, from, to, more), rate)
}

/// Requests that both sides report alike.
pub(crate) fn both(from: &str, to: &str, more: &str, rate: f64) -> String {
    req("source", from, to, more, rate) + &req("destination", from, to, more, rate)
}
