//! Whether there was anything at all, over time. It must not know places or figures.

use super::Term;
use crate::{
    flow::{End, Field},
    query::{Matcher, Origin, selector},
    view::View,
};

/// A line that has points only where something was called within the view's namespaces.
pub fn traffic_query(origin: &Origin, view: &View, range_s: u64) -> String {
    let label = |end| origin.dialect.label(end, Field::Namespace);
    let terms: Vec<Term> = match &view.namespaces {
        Some(names) => {
            [End::Source, End::Destination].map(|end| vec![Matcher::OneOf(label(end), names.clone())]).into()
        }
        None if view.system => vec![Term::new()],
        None => {
            let system = &view.config.system_namespaces;
            vec![system.iter().map(|name| Matcher::IsNot(label(End::Destination), name.clone())).collect()]
        }
    };
    let words = origin.dialect.vocabulary(&origin.probe);
    let moves = |metric: &str| {
        let rates: Vec<String> = terms
            .iter()
            .map(|term| {
                format!("rate({}[{range_s}s])", selector(metric, term, origin.extra_matcher.as_deref()))
            })
            .collect();
        format!("sum({}) > 0", rates.join(" or "))
    };
    format!("{} or {}", moves(words.requests), moves(words.tcp_received))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ViewConfig;
    use model::GraphParams;

    fn query(params: &GraphParams) -> String {
        let origin = Origin { extra_matcher: Some("mesh=\"a\"".into()), ..Origin::default() };
        let mut config = ViewConfig::default();
        config.system_namespaces.truncate(1);
        traffic_query(&origin, &View::resolve(params, &config), 60)
    }

    #[test]
    fn chosen_namespaces_count_at_either_end() {
        let params = GraphParams { namespaces: Some(vec!["sh\"op".into()]), ..GraphParams::default() };
        let of = |metric: &str| {
            format!(
                "sum(rate({metric}{{source_workload_namespace=\"sh\\\"op\",mesh=\"a\"}}[60s]) or \
                 rate({metric}{{destination_workload_namespace=\"sh\\\"op\",mesh=\"a\"}}[60s])) > 0"
            )
        };
        let expected = format!("{} or {}", of("istio_requests_total"), of("istio_tcp_sent_bytes_total"));
        assert_eq!(query(&params), expected);
    }

    #[test]
    fn system_namespaces_do_not_count_unless_asked_for() {
        let all = query(&GraphParams::default());
        assert!(all.contains("{destination_workload_namespace!=\"istio-system\",mesh=\"a\"}"), "{all}");
        let system = query(&GraphParams { system: true, ..GraphParams::default() });
        assert!(system.starts_with("sum(rate(istio_requests_total{mesh=\"a\"}[60s])) > 0 or "), "{system}");
    }
}
