//! What had traffic and has none now.

use crate::testing::{AT_S, both, edge_lines, graph, labels, node_lines};
use model::{Figure, FindingKind, GraphType, Subject};

fn seen(from: &str, to: &str, span: &str) -> String {
    let labels = labels("destination", from, to, "");
    format!("istio_requests_total{{{labels}}} 1 @ {span}\n")
}

#[test]
fn what_fell_silent_keeps_its_place_for_a_while() {
    // The rate over two minutes reached zero two minutes ago, so its last request was about four minutes ago.
    let samples = both("web-v1.shop", "cart-v1.shop", "", 2.0)
        + &seen("web-v1.shop", "cart-v1.shop", "-900..0")
        + &both("web-v1.shop", "promo-v1.shop", "", 1.0)
        + &seen("web-v1.shop", "promo-v1.shop", "-900..-150")
        + &seen("web-v1.shop", "old-v1.shop", "-900..-660");
    let graph = graph(&samples, GraphType::App);
    assert_eq!(
        edge_lines(&graph),
        "web → cart  http 2.00/s  mtls 100 %\n\
         web → old  http 0.00/s  silent\n\
         web → promo  http 1.00/s  mtls 100 %  silent"
    );
    assert!(node_lines(&graph).contains("App promo in shop: Healthy, silent"));
    assert!(node_lines(&graph).contains("App old in shop: Idle, silent"));
    let promo = graph.nodes.iter().find(|node| node.name == "promo").expect("drawn");
    let age_s = AT_S - promo.last_seen_s.expect("seen before");
    assert!((230..=270).contains(&age_s), "{age_s}");
}

#[test]
fn silence_is_found_once_where_it_is() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 2.0)
        + &seen("web-v1.shop", "cart-v1.shop", "-900..0")
        + &seen("web-v1.shop", "promo-v1.shop", "-900..-300")
        + &both("api-v1.shop", "cart-v1.shop", "", 2.0)
        + &seen("api-v1.shop", "cart-v1.shop", "-900..0")
        + &seen("api-v1.shop", "web-v1.shop", "-900..-300");
    let silent: Vec<(String, Subject)> = graph(&samples, GraphType::App)
        .findings
        .into_iter()
        .filter(|finding| finding.kind == FindingKind::Silent)
        .map(|finding| {
            assert!(matches!(finding.figure, Figure::AgeS(age_s) if age_s > 300.0));
            (finding.title, finding.subject)
        })
        .collect();
    assert_eq!(
        silent,
        [
            ("api → web".into(), Subject::Edge { id: "app/shop/api@c1>app/shop/web@c1/http".into() }),
            ("promo".into(), Subject::Node { id: "app/shop/promo@c1".into() })
        ]
    );
}

#[test]
fn without_the_slow_lane_nothing_is_said_to_be_silent() {
    let graph = graph(&both("web-v1.shop", "cart-v1.shop", "", 2.0), GraphType::App);
    assert!(graph.nodes.iter().all(|node| !node.flags.silent && node.last_seen_s.is_none()));
}
