//! Which series a store has, and what their labels are: the questions of Prometheus' `/series`, `/labels` and
//! `/label/<name>/values`. Knows no value, no `PromQL` but selectors, and no HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::store::{Labels, Matcher, Store, label};

/// Of which series: those that pass all matchers of any selector, and have a sample in the span, both ends included.
#[derive(Debug, Clone)]
pub struct Asked {
    /// None at all: every series.
    pub selectors: Vec<Vec<Matcher>>,
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Asked {
    fn visit<S: Store + ?Sized>(&self, store: &S, each: &mut dyn FnMut(&Labels)) {
        if self.selectors.is_empty() {
            store.visit_labels(&[], self.from_ms, self.to_ms, each);
        }
        for matchers in &self.selectors {
            store.visit_labels(matchers, self.from_ms, self.to_ms, each);
        }
    }

    /// Their label sets, sorted, each once.
    pub fn series<S: Store + ?Sized>(&self, store: &S) -> Vec<Labels> {
        let mut found = Vec::new();
        self.visit(store, &mut |labels| found.push(Arc::clone(labels)));
        found.sort();
        found.dedup();
        found
    }

    /// The names of their labels, sorted.
    pub fn names<S: Store + ?Sized>(&self, store: &S) -> Vec<Arc<str>> {
        let mut found: FxHashSet<Arc<str>> = FxHashSet::default();
        self.visit(store, &mut |labels| {
            for (name, _) in labels.iter() {
                if !found.contains(name) {
                    found.insert(Arc::clone(name));
                }
            }
        });
        found.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The values that a label has among them, sorted.
    pub fn values<S: Store + ?Sized>(&self, store: &S, name: &str) -> Vec<Arc<str>> {
        let mut found: FxHashSet<Arc<str>> = FxHashSet::default();
        self.visit(store, &mut |labels| {
            if let Some(value) = label(labels, name).filter(|value| !found.contains(*value)) {
                found.insert(Arc::from(value));
            }
        });
        found.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promql::selector;
    use crate::store::{MemoryStore, Point, Series, labels_of};

    fn store() -> MemoryStore {
        let series = |t_ms, pairs: &[(&str, &str)]| Series {
            labels: labels_of(pairs.iter().copied()),
            points: vec![Point { t_ms, value: 1.0 }],
        };
        MemoryStore {
            series: vec![
                series(10, &[("__name__", "up"), ("pod", "b")]),
                series(20, &[("__name__", "up"), ("pod", "a"), ("job", "x")]),
                series(30, &[("__name__", "down"), ("zone", "north")]),
            ],
        }
    }

    fn asked(selectors: &[&str], to_ms: i64) -> Asked {
        let selectors = selectors.iter().map(|text| selector(text).unwrap()).collect();
        Asked { selectors, from_ms: 0, to_ms }
    }

    fn texts(found: &[Arc<str>]) -> Vec<&str> {
        found.iter().map(|text| &**text).collect()
    }

    #[test]
    fn no_selector_means_every_series_in_the_span() {
        assert_eq!(texts(&asked(&[], 30).names(&store())), ["__name__", "job", "pod", "zone"]);
        assert_eq!(texts(&asked(&[], 10).names(&store())), ["__name__", "pod"]);
        assert_eq!(asked(&[], 5).series(&store()), Vec::<Labels>::new());
    }

    #[test]
    fn selectors_add_up_and_nothing_comes_twice() {
        let both = asked(&["up", "{pod=~\"a|b\"}"], 30);
        assert_eq!(both.series(&store()).len(), 2);
        assert_eq!(texts(&both.values(&store(), "pod")), ["a", "b"]);
        assert_eq!(texts(&both.values(&store(), "zone")), Vec::<&str>::new());
    }

    #[test]
    fn only_a_bare_selector_is_one() {
        for text in ["up[5m]", "up offset 5m", "up @ 7", "rate(up[5m])", "(up)", "1", "{", "{}"] {
            assert!(selector(text).is_err(), "{text}");
        }
    }
}
