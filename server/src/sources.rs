//! The Prometheus servers that may be looked at, each with a collector of its own; the first where none is named. Where each
//! has one cluster's reports, all of them together may be looked at too.

use crate::collector::{Collector, Joined, Keep, Member};
use crate::config::{Config, TOGETHER};
use crate::metrics::Queries;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Sources {
    /// Never empty: without a Prometheus the first says so.
    each: Vec<Source>,
    together: Option<Source>,
}

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) cluster: Option<String>,
    pub(crate) collector: Arc<Collector>,
}

impl Sources {
    pub(crate) fn new(config: &Config, queries: &Queries) -> anyhow::Result<Self> {
        let clusters = config.is_merged();
        let many = 1 + config.others.len() + usize::from(clusters);
        // All together may hold what was allowed.
        let bytes = config.limits.snapshot_bytes / many;
        // What is read with others is read again.
        let keep = if clusters { Keep::Answers } else { Keep::SnapshotOnly };
        let first = (config.source.as_str(), &config.cluster, config.prometheus.as_ref());
        let others = config.others.iter();
        let others = others.map(|other| (other.name.as_str(), &other.cluster, Some(&other.prometheus)));
        let each: Vec<Source> = std::iter::once(first)
            .chain(others)
            .map(|(name, cluster, prometheus)| {
                let collector = Collector::new(prometheus, bytes, &config.metrics, queries.of(name), keep)?;
                Ok(Source { name: name.to_owned(), cluster: cluster.clone(), collector })
            })
            .collect::<anyhow::Result<_>>()?;
        let together = clusters.then(|| Source {
            name: TOGETHER.to_owned(),
            cluster: None,
            collector: Collector::together(each.iter().filter_map(Source::member).collect(), bytes),
        });
        Ok(Self { each, together })
    }

    pub(crate) fn first(&self) -> &Source {
        self.each.first().expect("`new` put one there")
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Source> {
        self.all().find(|source| source.name == name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.all().map(|source| source.name.clone()).collect()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Source> {
        self.each.iter().chain(&self.together)
    }
}

impl Source {
    fn member(&self) -> Option<Member> {
        let (name, collector) = (self.name.clone(), self.collector.clone());
        Some(Member { name, cluster: self.cluster.clone()?, collector, first: Joined::default() })
    }
}
