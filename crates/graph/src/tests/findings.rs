//! What hurts, ranked.

use crate::testing::{both, graph, req};
use model::{Figure, GraphType};

fn list(samples: &str) -> Vec<String> {
    let figure = |figure: Figure| match figure {
        Figure::ErrorShare(share) => crate::words::share(share),
        Figure::RateRps(rate) => crate::words::rate(rate),
        Figure::BytesPerS(bytes) => crate::words::bytes_per_s(bytes),
        Figure::AgeS(age_s) => crate::words::age(age_s),
    };
    graph(samples, GraphType::VersionedApp)
        .findings
        .into_iter()
        .map(|found| {
            format!("{:?} {} | {} | {}", found.kind, found.title, found.remark, figure(found.figure))
        })
        .map(|line| line.replace('\u{a0}', " "))
        .collect()
}

fn failing(from: &str, to: &str, rate: f64, share: f64) -> String {
    both(from, to, "", rate * (1.0 - share)) + &both(from, to, "response_code=\"500\"", rate * share)
}

#[test]
fn worst_first_and_each_once() {
    let pay = |code: &str, rate| {
        let more = format!(
            "destination_service=\"pay.acme.example\",destination_service_name=\"pay.acme.example\",\
             destination_service_namespace=\"unknown\",response_code=\"{code}\""
        );
        req("source", "checkout-v1.shop", "unknown", &more, rate)
    };
    let samples = pay("200", 15.8)
        + &pay("503", 2.1)
        + &failing("web-v1.edge", "checkout-v1.shop", 18.0, 0.02)
        + &failing("web-v1.edge", "reviews-v1.shop", 200.0, 0.005)
        + &failing("web-v1.edge", "reviews-v2.shop", 20.0, 0.04)
        + &both("web-v1.edge", "cart-v1.shop", "", 90.0)
        + &req("destination", "unknown", "cart-v1.shop", "connection_security_policy=\"none\"", 4.31);
    assert_eq!(
        list(&samples),
        [
            "FailingEdge checkout → pay.acme.example |  | 11.7 %",
            "WorseVersion reviews v2 | worse than v1 | 4.00 %",
            "DegradedEdge web → checkout |  | 2.00 %",
            "Plaintext cart | called in plaintext | 4.31 rps"
        ]
    );
}

#[test]
fn a_node_that_fails_several_callers_stands_for_its_edges() {
    let samples =
        failing("a-v1.shop", "db-v1.data", 10.0, 0.2) + &failing("b-v1.shop", "db-v1.data", 10.0, 0.2);
    assert_eq!(list(&samples), ["FailingNode db |  | 20.0 %"]);
}

#[test]
fn an_edge_that_is_worse_than_its_node_is_told_too() {
    let samples = failing("a-v1.shop", "db-v1.data", 100.0, 0.0)
        + &failing("b-v1.shop", "db-v1.data", 10.0, 0.3)
        + &failing("c-v1.shop", "db-v1.data", 10.0, 0.02);
    assert_eq!(list(&samples), ["FailingEdge b → db |  | 30.0 %", "DegradedNode db |  | 2.67 %"]);
}

#[test]
fn sentences_say_what_and_how_much() {
    let found = graph(&failing("web-v1.shop", "db-v1.data", 17.9, 0.118), GraphType::VersionedApp).findings;
    assert_eq!(
        found[0].sentence.replace('\u{a0}', " "),
        "web → db: 5xx answers are 11.8 % of 10,740 requests; failing from 10 %."
    );
}

#[test]
fn a_healthy_mesh_has_no_findings() {
    assert_eq!(list(&both("web-v1.shop", "cart-v1.shop", "", 5.0)), Vec::<String>::new());
}

#[test]
fn namesakes_are_told_apart_by_what_they_differ_in() {
    let at = |cluster: &str| format!("source_cluster=\"east\",destination_cluster=\"{cluster}\"");
    let failing = |to: &str, cluster: &str| {
        both("web-v1.edge", to, &at(cluster), 9.0)
            + &both("web-v1.edge", to, &format!("{},response_code=\"500\"", at(cluster)), 1.0)
    };
    let (east, west) = (failing("cart-v1.shop", "east"), failing("cart-v1.shop", "west"));
    let titles = |samples: &str| -> Vec<String> {
        graph(samples, GraphType::App).findings.into_iter().map(|finding| finding.title).collect()
    };
    assert_eq!(titles(&east), ["web → cart"]);
    assert_eq!(titles(&(east.clone() + &west)), ["web → cart in east", "web → cart in west"]);
    let bank = failing("cart-v1.bank", "east");
    assert_eq!(titles(&(east.clone() + &bank)), ["web → cart in bank", "web → cart in shop"]);
    assert_eq!(
        titles(&(east + &west + &bank)),
        ["web → cart in bank", "web → cart in shop, east", "web → cart in shop, west"]
    );
}
