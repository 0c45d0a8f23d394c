//! Label sets: interned text, and a series' labels put together from its stream's and its pod's. Knows no values.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::store::{Labels, METRIC_NAME};

use super::pods::Pod;

pub(crate) type Pair = (Arc<str>, Arc<str>);

/// One copy of each text that labels repeat.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: FxHashMap<String, Arc<str>>,
}

impl Names {
    pub(crate) fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.known.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.known.insert(text.to_owned(), Arc::clone(&new));
        new
    }

    /// Sorted pairs; those with an empty value are left out.
    pub(crate) fn base(&mut self, pairs: &[(&str, &str)]) -> Base {
        let mut pairs: Vec<Pair> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (self.text(name), self.text(value)))
            .collect();
        pairs.sort();
        let split = pairs.partition_point(|(name, _)| **name < *"instance");
        Base { pairs, split }
    }

    /// The pair that names a metric.
    pub(crate) fn metric(&mut self, name: &str) -> Pair {
        (self.text(METRIC_NAME), self.text(name))
    }

    /// The labels that scraping a pod adds.
    pub(crate) fn target(&mut self, pod: &Pod) -> [Pair; 4] {
        [("instance", &*pod.instance), ("job", pod.job), ("namespace", &*pod.namespace), ("pod", &*pod.name)]
            .map(|(name, value)| (self.text(name), self.text(value)))
    }
}

/// What a stream's labels are before a pod and a metric are known. None of Istio's names sorts between `instance` and
/// `pod`, so a target's labels go in at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base {
    pub(crate) pairs: Vec<Pair>,
    split: usize,
}

impl Base {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| **known == *name).map_or("", |(_, value)| value)
    }

    /// A series' whole label set, sorted.
    pub(crate) fn with(&self, metric: &Pair, target: &[Pair; 4], le: Option<&Pair>) -> Labels {
        let (before, after) = self.pairs.split_at(self.split);
        let (early, late) = target.split_at(2);
        let length = 1 + self.pairs.len() + target.len() + usize::from(le.is_some());
        let mut all = Vec::with_capacity(length);
        all.push(metric.clone());
        all.extend_from_slice(before);
        all.extend_from_slice(early);
        all.extend(le.cloned());
        all.extend_from_slice(late);
        all.extend_from_slice(after);
        all.into()
    }
}
