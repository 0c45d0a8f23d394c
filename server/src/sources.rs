//! The Prometheus servers that may be looked at, each with a collector of its own; the first where none is named.

use crate::collector::Collector;
use crate::config::Config;
use crate::metrics::Queries;
use std::sync::Arc;

/// Never empty: without a Prometheus the first says so.
#[derive(Debug)]
pub(crate) struct Sources(Vec<Source>);

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) collector: Arc<Collector>,
}

impl Sources {
    pub(crate) fn new(config: &Config, queries: &Queries) -> anyhow::Result<Self> {
        let first = (config.source.as_str(), config.prometheus.as_ref());
        let others = config.others.iter().map(|other| (other.name.as_str(), Some(&other.prometheus)));
        // All together may hold what was allowed.
        let bytes = config.limits.snapshot_bytes / (1 + config.others.len());
        let all = std::iter::once(first).chain(others).map(|(name, prometheus)| {
            let collector = Collector::new(prometheus, bytes, &config.metrics, queries.clone())?;
            Ok(Source { name: name.to_owned(), collector })
        });
        all.collect::<anyhow::Result<_>>().map(Self)
    }

    pub(crate) fn first(&self) -> &Source {
        self.0.first().expect("`new` put one there")
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Source> {
        self.0.iter().find(|source| source.name == name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|source| source.name.clone()).collect()
    }

    pub(crate) fn all(&self) -> &[Source] {
        &self.0
    }
}
