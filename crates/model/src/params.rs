//! The parameters of a graph request and their codec, the one both sides use.
//! Reading never fails as a whole: it gives all mistakes at once, each naming its field.

use crate::{
    duration,
    extras::Extras,
    graph::{BoxBy, GraphType},
    query_string,
};

pub const WINDOW_MIN_S: u64 = 30;
pub const WINDOW_MAX_S: u64 = 30 * 86_400;
pub const WINDOW_DEFAULT_S: u64 = 600;
pub const HOPS_MAX: u8 = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphParams {
    /// None: every namespace with traffic but the system ones.
    pub namespaces: Option<Vec<String>>,
    /// Show istio-system, kube-system and the like too.
    pub system: bool,
    pub graph_type: GraphType,
    /// Clusters are framed only where there are several.
    pub boxes: Vec<BoxBy>,
    pub window_s: u64,
    /// End of the window, unix seconds; none is now.
    pub at_s: Option<i64>,
    pub percentiles: bool,
    /// Node id; only what lies within `hops` of it is drawn.
    pub focus: Option<String>,
    pub hops: u8,
    /// Node id; with it, only what lies on a way from `focus` to here is drawn, whatever the hops.
    pub to: Option<String>,
    /// None: every cluster.
    pub clusters: Option<Vec<String>>,
    /// Put a service between a client and the workloads that answer for it.
    pub services: bool,
    /// A label of the requests whose values are drawn as nodes, such as `request_operation`.
    pub operations: Option<String>,
    pub extras: Extras,
    /// Name of the Prometheus; none is the first.
    pub source: Option<String>,
}

impl Default for GraphParams {
    fn default() -> Self {
        Self {
            namespaces: None,
            system: false,
            graph_type: GraphType::VersionedApp,
            boxes: vec![BoxBy::Namespace, BoxBy::App, BoxBy::Cluster],
            window_s: WINDOW_DEFAULT_S,
            at_s: None,
            percentiles: false,
            focus: None,
            hops: 1,
            to: None,
            clusters: None,
            services: false,
            operations: None,
            extras: Extras::NONE,
            source: None,
        }
    }
}

/// A parameter that could not be read, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {fix}")]
pub struct BadParam {
    pub field: String,
    pub fix: String,
}

impl GraphParams {
    /// Unknown keys are left to others (the page has its own in the same query string).
    pub fn from_query(query: &str) -> (Self, Vec<BadParam>) {
        let mut params = Self::default();
        let mut mistakes = Vec::new();
        for (key, value) in query_string::parse(query) {
            if let Some(Err(fix)) = params.set(&key, &value) {
                mistakes.push(BadParam { field: key, fix });
            }
        }
        (params, mistakes)
    }

    /// Only what differs from the default is written.
    pub fn to_query(&self) -> String {
        query_string::write(&self.pairs())
    }

    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let standard = Self::default();
        let mut pairs = Vec::new();
        if let Some(namespaces) = &self.namespaces {
            pairs.push(("namespaces", namespaces.join(",")));
        }
        if self.system {
            pairs.push(("system", "true".into()));
        }
        if self.graph_type != standard.graph_type {
            pairs.push(("type", self.graph_type.word().into()));
        }
        if self.boxes != standard.boxes {
            pairs.push(("boxes", box_words(&self.boxes)));
        }
        if self.window_s != standard.window_s {
            pairs.push(("window", duration::format_s(self.window_s)));
        }
        if let Some(at_s) = self.at_s {
            pairs.push(("at", at_s.to_string()));
        }
        if self.percentiles {
            pairs.push(("percentiles", "true".into()));
        }
        if let Some(focus) = &self.focus {
            pairs.push(("focus", focus.clone()));
            if self.hops != standard.hops {
                pairs.push(("hops", self.hops.to_string()));
            }
        }
        self.push_narrower(&mut pairs);
        pairs
    }

    fn push_narrower(&self, pairs: &mut Vec<(&'static str, String)>) {
        if let Some(to) = &self.to {
            pairs.push(("to", to.clone()));
        }
        if let Some(clusters) = &self.clusters {
            pairs.push(("clusters", clusters.join(",")));
        }
        if self.services {
            pairs.push(("services", "true".into()));
        }
        if let Some(label) = &self.operations {
            pairs.push(("operations", label.clone()));
        }
        if self.extras != Extras::NONE {
            pairs.push(("with", self.extras.words()));
        }
        if let Some(source) = &self.source {
            pairs.push(("source", source.clone()));
        }
    }

    /// None when the key is not one of ours.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        let outcome = match key {
            "namespaces" => {
                self.namespaces = Some(names(value));
                Ok(())
            }
            "system" => assign(&mut self.system, flag(value)),
            "type" => assign(&mut self.graph_type, GraphType::parse(value)),
            "boxes" => assign(&mut self.boxes, boxes(value)),
            "window" => assign(&mut self.window_s, window(value)),
            "at" => assign(&mut self.at_s, at(value)),
            "percentiles" => assign(&mut self.percentiles, flag(value)),
            "focus" => {
                self.focus = (!value.is_empty()).then(|| value.to_owned());
                Ok(())
            }
            "hops" => assign(&mut self.hops, hops(value)),
            "to" => {
                self.to = (!value.is_empty()).then(|| value.to_owned());
                Ok(())
            }
            "clusters" => {
                self.clusters = Some(names(value));
                Ok(())
            }
            "services" => assign(&mut self.services, flag(value)),
            "operations" => assign(&mut self.operations, label(value)),
            "with" => assign(&mut self.extras, Extras::parse(value)),
            "source" => {
                self.source = (!value.is_empty()).then(|| value.to_owned());
                Ok(())
            }
            _ => return None,
        };
        Some(outcome)
    }
}

fn assign<T>(slot: &mut T, parsed: Result<T, String>) -> Result<(), String> {
    parsed.map(|value| *slot = value)
}

/// Sorted, without doubles: the order in the address bar means nothing.
fn names(value: &str) -> Vec<String> {
    // The standard sort would be four kilobytes of the page for a handful of names.
    let mut names: Vec<String> = Vec::new();
    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let at = names.iter().position(|other| other.as_str() >= name).unwrap_or(names.len());
        if names.get(at).is_none_or(|other| other != name) {
            names.insert(at, name.to_owned());
        }
    }
    names
}

pub(crate) fn flag(value: &str) -> Result<bool, String> {
    match value {
        "true" | "1" | "" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

pub(crate) fn boxes(value: &str) -> Result<Vec<BoxBy>, String> {
    value.split(',').filter(|word| !word.is_empty() && *word != "none").map(BoxBy::parse).collect()
}

/// As they stand in an address.
pub fn box_words(boxes: &[BoxBy]) -> String {
    let words: Vec<&str> = boxes.iter().map(|by| by.word()).collect();
    if words.is_empty() { "none".into() } else { words.join(",") }
}

fn window(value: &str) -> Result<u64, String> {
    duration::parse_s(value)
        .filter(|s| (WINDOW_MIN_S..=WINDOW_MAX_S).contains(s))
        .ok_or_else(|| "must be a time between 30s and 30d, such as 10m or 1h".to_owned())
}

fn at(value: &str) -> Result<Option<i64>, String> {
    match value {
        "" | "now" => Ok(None),
        _ => value
            .parse()
            .ok()
            .filter(|at_s| (0..=253_402_300_799).contains(at_s))
            .map(Some)
            .ok_or_else(|| "must be unix seconds, or be left out for the present".to_owned()),
    }
}

/// Whether requests can be told apart by a label of this name. It becomes part of a query, so nothing else is let through.
pub fn is_label(name: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| {
        byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit())
    };
    (1..=100).contains(&name.len()) && name.bytes().enumerate().all(fits)
}

fn label(value: &str) -> Result<Option<String>, String> {
    match value {
        "" => Ok(None),
        _ if is_label(value) => Ok(Some(value.to_owned())),
        _ => Err("must be the name of a label, such as request_operation".into()),
    }
}

fn hops(value: &str) -> Result<u8, String> {
    value.parse().ok().filter(|hops| (1..=HOPS_MAX).contains(hops)).ok_or_else(|| "must be 1 to 5".to_owned())
}

impl GraphType {
    pub const ALL: [Self; 4] = [Self::App, Self::VersionedApp, Self::Workload, Self::Service];

    /// The word used in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::VersionedApp => "versioned-app",
            Self::Workload => "workload",
            Self::Service => "service",
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| "must be one of app, versioned-app, workload, service".to_owned())
    }
}

impl BoxBy {
    pub fn word(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::App => "app",
            Self::Cluster => "cluster",
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        match word {
            "namespace" => Ok(Self::Namespace),
            "app" => Ok(Self::App),
            "cluster" => Ok(Self::Cluster),
            _ => Err("must be a list of app, namespace and cluster, or none".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_mistakes_come_at_once_and_name_their_field() {
        let (_, mistakes) = GraphParams::from_query("type=mesh&window=5x&hops=9&system=maybe&overlay=health");
        let fields: Vec<&str> = mistakes.iter().map(|m| m.field.as_str()).collect();
        assert_eq!(fields, ["type", "window", "hops", "system"]);
        assert_eq!(mistakes[0].to_string(), "`type` must be one of app, versioned-app, workload, service");
    }

    #[test]
    fn a_label_cannot_carry_a_query() {
        for wrong in ["a b", "1a", "x)}", "a.b", "é"] {
            let (params, mistakes) = GraphParams::from_query(&format!("operations={wrong}"));
            assert_eq!((params.operations, mistakes.len()), (None, 1), "{wrong}");
        }
    }

    #[test]
    fn the_default_is_an_empty_query() {
        assert_eq!(GraphParams::default().to_query(), "");
        assert_eq!(GraphParams::from_query(""), (GraphParams::default(), vec![]));
    }

    prop_compose! {
        fn any_params()(
            namespaces in proptest::option::of(proptest::collection::btree_set("[a-z][a-z0-9-]{0,8}", 0..4)),
            system: bool,
            kind in 0_usize..4,
            boxes in proptest::sample::subsequence(vec![BoxBy::Namespace, BoxBy::App, BoxBy::Cluster], 0..=3),
            window_s in WINDOW_MIN_S..=WINDOW_MAX_S,
            at_s in proptest::option::of(0_i64..4_000_000_000),
            percentiles: bool,
            focus in proptest::option::of("\\PC{1,30}"),
            hops in 1_u8..=HOPS_MAX,
            to in proptest::option::of("\\PC{1,30}"),
            clusters in proptest::option::of(proptest::collection::btree_set("[a-z][a-z0-9-]{0,8}", 0..3)),
            operations in proptest::option::of("[a-z_][a-z0-9_]{0,20}"),
            services: bool,
            source in proptest::option::of("[a-z][a-z0-9.-]{0,8}"),
            extras in proptest::sample::subsequence(vec![Extras::BYTES, Extras::OPEN, Extras::IDLE], 0..=3),
        ) -> GraphParams {
            let hops = if focus.is_some() { hops } else { 1 };
            GraphParams {
                namespaces: namespaces.map(|set| set.into_iter().collect()),
                system, graph_type: GraphType::ALL[kind], boxes, window_s, at_s, percentiles, focus, hops,
                to, services, operations, clusters: clusters.map(|set| set.into_iter().collect()),
                extras: extras.into_iter().fold(Extras::NONE, Extras::and),
                source,
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(params in any_params()) {
            prop_assert_eq!(GraphParams::from_query(&params.to_query()), (params, vec![]));
        }
    }
}
