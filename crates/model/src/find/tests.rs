//! Text in, names and lines out, over a small graph.

use super::*;
use crate::{
    Graph, Health, NodeKind, Protocol, Status,
    traffic::{Latency, QuantileMs, Requests, Tcp},
};

fn node(name: &str, namespace: &str, rate_rps: f64, status: Status) -> Node {
    let text = format!(
        r#"{{"id":"{name}","kind":"app","name":"{name}","namespace":"{namespace}","app":"{name}","health":{{"status":"healthy"}}}}"#
    );
    let mut node: Node = crate::json::read(&text).expect("a node");
    node.requests = Some(Requests { rate_rps, error_share: Some(0.02), ..Requests::default() });
    node.health = Health { status, reasons: vec![] };
    node
}

fn edge(source: &str, target: &str, protocol: Protocol, p95_ms: Option<f64>) -> Edge {
    let text = format!(
        r#"{{"id":"{source}>{target}","source":"{source}","target":"{target}","protocol":"http","health":{{"status":"healthy"}},"mtls_share":0.5}}"#
    );
    let mut edge: Edge = crate::json::read(&text).expect("an edge");
    edge.protocol = protocol;
    edge.requests = Some(Requests { rate_rps: 5.0, ..Requests::default() });
    edge.latency =
        p95_ms.map(|ms| Latency { p95: Some(QuantileMs { ms, at_least: false }), ..Latency::default() });
    edge
}

fn graph() -> (Vec<Node>, Vec<Edge>) {
    let mut web = node("web", "edge", 100.0, Status::Healthy);
    web.kind = NodeKind::Gateway;
    let cart = node("cart", "shop", 20.0, Status::Failing);
    let mut cart_db = node("cart-db", "data", 0.0, Status::Unknown);
    cart_db.requests = None;
    cart_db.tcp = Some(Tcp { sent_bytes_per_s: Some(2_000_000.0), ..Tcp::default() });
    cart_db.flags.idle = true;
    let edges =
        vec![edge("web", "cart", Protocol::Grpc, Some(250.0)), edge("cart", "cart-db", Protocol::Tcp, None)];
    (vec![web, cart, cart_db], edges)
}

/// Names of nodes, then of edges.
fn found(text: &str) -> String {
    let (nodes, edges) = graph();
    let find = Find::parse(text).expect("it reads").expect("it says something");
    let by_name = |name: &str| nodes.iter().find(|node| node.name == name).expect("drawn");
    let mut lit: Vec<&str> =
        nodes.iter().filter(|node| find.fits_node(node)).map(|node| node.name.as_str()).collect();
    lit.extend(
        edges
            .iter()
            .filter(|edge| find.fits_edge(edge, Some((by_name(&edge.source), by_name(&edge.target)))))
            .map(|edge| edge.id.as_str()),
    );
    lit.join(" ")
}

#[test]
fn what_is_typed_finds_what_it_says() {
    for (text, wanted) in [
        ("cart", "cart cart-db"),
        ("CART", "cart cart-db"),
        ("\"cart-d\"", "cart-db"),
        ("ns=shop", "cart"),
        ("namespace=SHOP", "cart"),
        ("ns!=shop", "web cart-db"),
        ("name=cart", "cart"),
        ("app~^cart", "cart cart-db"),
        ("app~^cart$", "cart"),
        ("app!~cart", "web"),
        ("ns=shop or app~db$", "cart cart-db"),
        ("ns=shop app~db$", ""),
        ("cart and !idle", "cart web>cart cart>cart-db"),
        ("ns=shop not kind=gateway", "cart"),
        ("rps > 10", "web cart"),
        ("rps>10 and error% >= 1", "web cart"),
        ("rps > 10 and (ns=edge or ns=data)", "web"),
        ("errors > 2%", ""),
        ("error%=2", "web cart"),
        ("p95 > 200ms", "web>cart"),
        ("p95 > 0.2s", "web>cart"),
        ("p95 <= 200", ""),
        ("protocol=grpc", "web>cart"),
        ("protocol=grpc cart", "web>cart"),
        ("protocol=tcp web", ""),
        ("mtls% < 100", "web>cart cart>cart-db"),
        ("mtls=no", "web>cart cart>cart-db"),
        ("health=failing", "cart"),
        ("status=failing || kind=gateway", "web cart web>cart"),
        ("bytes > 1M", "cart-db"),
        ("idle", "cart-db"),
        ("version=v2", ""),
        ("order", ""),
    ] {
        assert_eq!(found(text), wanted, "{text}");
    }
}

#[test]
fn what_is_unknown_fits_neither_a_test_nor_its_opposite() {
    assert_eq!(found("rps < 1"), "");
    assert_eq!(found("!(rps < 1)"), "web cart web>cart cart>cart-db", "cart-db's rate is unknown, not 0");
    assert_eq!(found("!(p95 > 1)"), "");
    assert_eq!(found("p95 > 1 or idle"), "cart-db web>cart", "but a whole may be known all the same");
}

#[test]
fn mistakes_say_where_and_what() {
    let wrong = |text| {
        let error = Find::parse(text).expect_err(text);
        (error.at, error.sentence)
    };
    for (text, at, part) in [
        ("colour=red", 0, "There is no key “colour”. The keys are ns, app,"),
        ("cart ns=", 8, "Say what ns should be, as in ns=shop."),
        ("health=sick", 7, "“sick” is no health. It can be failing, degraded,"),
        ("rps > much", 6, "“much” is no value of rps: write rps > 10."),
        ("p95 > 2k", 6, "“2k” is no value of p95"),
        ("ns > shop", 5, "ns has no order: write ns=shop."),
        ("(cart", 0, "This “(” is never closed."),
        ("cart)", 4, "This “)” closes nothing."),
        ("cart and", 8, "Say here what to find"),
        ("cart or or", 8, "Say here what to find"),
        ("!", 1, "Say here what to find"),
        ("name=\"x", 5, "These quotes are never closed."),
        ("idle=yes", 5, "“yes” is no value of idle: write !idle."),
    ] {
        let (found_at, sentence) = wrong(text);
        assert!(found_at == at && sentence.starts_with(part), "{text}: {found_at} {sentence}");
    }
    assert!(wrong(&"(".repeat(5_000)).1.contains("too deeply"));
    assert_eq!(Find::parse("  "), Ok(None));
}

#[test]
fn every_line_of_the_help_reads_as_it_says() {
    for line in &OPERANDS {
        let find = Find::parse(line.example).expect(line.example).expect(line.example);
        let about = |step: &Step| matches!(step, Step::Test { operand, .. } if *operand == line.operand);
        assert!(find.steps.iter().any(about), "{}", line.example);
        assert!(parse::find(line.also).is_some_and(|found| found.operand == line.operand), "{}", line.also);
    }
}

#[test]
fn what_could_come_next_is_told_from_the_same_table() {
    let (nodes, edges) = graph();
    let text = r#"{"meta":{"graph_type":"app","window_s":60,"at_s":0,"percentiles":"not_asked","queries":[],"warnings":[],"quality":{}},"totals":{"nodes":0,"edges":0}}"#;
    let mut graph: Graph = crate::json::read(text).expect("a graph");
    (graph.nodes, graph.edges) = (nodes, edges);
    let next = |before: &str| {
        let list = suggestions(before, &graph);
        (
            list.first().map(|first| first.from),
            list.into_iter().map(|one| one.text).collect::<Vec<_>>().join(" "),
        )
    };
    assert_eq!(next("p9"), (Some(0), "p90 p95 p99".into()));
    assert_eq!(next("cart and (he"), (Some(10), "health".into()));
    assert_eq!(next("health=f"), (Some(7), "failing few".into()));
    assert_eq!(next("ns="), (Some(3), "edge shop data".into()));
    assert_eq!(next("!app!=cart-"), (Some(6), "cart-db".into()));
    assert_eq!(next("rps>"), (None, String::new()));
    assert_eq!(next("zzz"), (None, String::new()));
}
