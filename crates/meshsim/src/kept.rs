//! What a store keeps of a mesh's series, where that is not what the pods show: copies by replicas, dropped labels, bounds
//! in two spellings. Knows labels and no values.

use std::sync::Arc;

use crate::latency::BOUNDS;
use crate::scenario::Keeping;
use crate::store::{Labels, Matcher, Point, Store};

/// The label by which copies of one series differ, as the Prometheus Operator writes it.
const REPLICA: &str = "prometheus_replica";

/// A store that does something to label sets before it keeps them.
#[derive(Debug)]
pub(crate) struct Kept<'a, S> {
    pub(crate) inner: &'a S,
    pub(crate) keeping: &'a Keeping,
    /// Whose copies these are, where there are several.
    pub(crate) replica: Option<&'a str>,
}

impl<S: Store> Kept<'_, S> {
    fn drops(&self, label: &str) -> bool {
        self.keeping.dropped.iter().any(|dropped| dropped == label)
    }

    fn changes(&self, label: &str) -> bool {
        (label == REPLICA && self.replica.is_some())
            || (label == "le" && self.keeping.mixed_bounds)
            || self.drops(label)
    }

    /// What is kept of a label set that a pod shows.
    fn told(&self, labels: &Labels) -> Labels {
        let new_spelling = self.keeping.mixed_bounds && is_odd(labels);
        if self.replica.is_none() && self.keeping.dropped.is_empty() && !new_spelling {
            return Arc::clone(labels);
        }
        let mut pairs: Vec<(Arc<str>, Arc<str>)> =
            labels.iter().filter(|(name, _)| !self.drops(name)).cloned().collect();
        for (name, value) in &mut pairs {
            if new_spelling && &**name == "le" {
                *value = respelled(value);
            }
        }
        if let Some(replica) = self.replica {
            let at = pairs.partition_point(|(name, _)| &**name < REPLICA);
            pairs.insert(at, (REPLICA.into(), replica.into()));
        }
        pairs.into()
    }

    /// Matchers on what is changed can only be tried on what it became.
    fn sorted(&self, matchers: &[Matcher]) -> (Vec<Matcher>, Vec<Matcher>) {
        matchers.iter().cloned().partition(|matcher| self.changes(&matcher.name))
    }
}

impl<S: Store> Store for Kept<'_, S> {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<crate::store::Series> {
        crate::store::collected(self, matchers, from_ms, to_ms)
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        let (late, early) = self.sorted(matchers);
        self.inner.visit(&early, from_ms, to_ms, &mut |labels, points| {
            let labels = self.told(labels);
            if late.iter().all(|matcher| matcher.accepts_labels(&labels)) {
                each(&labels, points);
            }
        });
    }

    fn visit_labels(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels)) {
        let (late, early) = self.sorted(matchers);
        self.inner.visit_labels(&early, from_ms, to_ms, &mut |labels| {
            let labels = self.told(labels);
            if late.iter().all(|matcher| matcher.accepts_labels(&labels)) {
                each(&labels);
            }
        });
    }
}

/// Half of the pods are scraped by a newer Prometheus.
fn is_odd(labels: &Labels) -> bool {
    let address = crate::store::label(labels, "instance").and_then(|instance| instance.split(':').next());
    address.is_some_and(|address| address.ends_with(['1', '3', '5', '7', '9']))
}

/// A bound as Prometheus 3 writes what it scrapes: whole numbers with a point, from a million on with an exponent.
fn respelled(bound: &Arc<str>) -> Arc<str> {
    let known = BOUNDS.iter().find(|known| known.to_string() == **bound);
    match known {
        Some(&whole) if whole >= 1e6 => format!("{}e+06", whole / 1e6).into(),
        Some(&whole) if whole.fract() == 0.0 => format!("{whole}.0").into(),
        _ => Arc::clone(bound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MatchOp, MemoryStore, Series, labels_of};

    fn store() -> MemoryStore {
        let series = |instance, le, code| Series {
            labels: labels_of([
                ("__name__", "b"),
                ("instance", instance),
                ("le", le),
                ("response_code", code),
                ("zone", "x"),
            ]),
            points: vec![Point { t_ms: 1, value: 1.0 }],
        };
        MemoryStore {
            series: vec![
                series("10.8.0.2:1", "5", "200"),
                series("10.8.0.3:1", "5", "200"),
                series("10.8.0.3:1", "1800000", "200"),
                series("10.8.0.3:1", "0.5", "500"),
                series("10.8.0.3:1", "+Inf", "500"),
            ],
        }
    }

    fn found(keeping: &Keeping, replica: Option<&str>, matchers: &[Matcher]) -> Vec<String> {
        let inner = store();
        let kept = Kept { inner: &inner, keeping, replica };
        let mut labels = Vec::new();
        kept.visit_labels(matchers, 0, 9, &mut |set| labels.push(set.clone()));
        let visited: Vec<Labels> =
            kept.select(matchers, 0, 9).into_iter().map(|series| series.labels).collect();
        assert_eq!(visited, labels);
        assert!(labels.iter().all(|set| set.is_sorted()));
        labels.iter().map(|set| set.iter().map(|(_, v)| &**v).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn half_of_the_pods_spell_bounds_anew_and_matchers_see_it() {
        let keeping = Keeping { mixed_bounds: true, ..Keeping::default() };
        let le = |value: &str| found(&keeping, None, &[Matcher::equal("le", value)]).len();
        assert_eq!(
            [le("5"), le("5.0"), le("1.8e+06"), le("1800000"), le("0.5"), le("+Inf")],
            [1, 1, 1, 0, 1, 1]
        );
    }

    #[test]
    fn replicas_sign_and_dropped_labels_are_absent() {
        let keeping = Keeping { dropped: vec!["response_code".into()], ..Keeping::default() };
        let found = |matchers: &[Matcher]| found(&keeping, Some("a"), matchers);
        let all = found(&[]);
        assert_eq!(all.len(), 5);
        assert_eq!(all[0], "b 10.8.0.2:1 5 a x");
        assert_eq!(found(&[Matcher::equal("prometheus_replica", "a")]).len(), 5);
        assert_eq!(found(&[Matcher::equal("prometheus_replica", "b")]).len(), 0);
        assert_eq!(found(&[Matcher::equal("response_code", "500")]).len(), 0);
        assert_eq!(found(&[Matcher::new("response_code", MatchOp::NotEqual, "x").unwrap()]).len(), 5);
    }
}
