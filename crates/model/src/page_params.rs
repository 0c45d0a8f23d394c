//! What the page keeps in its address besides the graph's own parameters, so that a copied link opens the same view.

use crate::{
    BoxBy, GraphParams,
    findings::Subject,
    params::{self, BadParam, flag},
    query_string,
};

pub const REFRESH_DEFAULT_S: u64 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageParams {
    pub graph: GraphParams,
    /// Word of an overlay; the page falls back to health when it does not know it.
    pub overlay: String,
    /// Figures written on edges, in order: "rate", "errors", "p95", "mtls", …
    pub labels: Vec<String>,
    pub find: String,
    /// What does not match `find` is left out rather than left unlit.
    pub only: bool,
    /// What this finds is left out, in the language of `find`.
    pub hide: String,
    /// What is drawn as one card each; as the size of the picture has it where the address says nothing.
    pub fold: Option<Vec<BoxBy>>,
    pub selection: Option<Subject>,
    /// Rows instead of the map.
    pub table: bool,
    pub refresh_s: u64,
    pub paused: bool,
    /// "light", "dark", or "system".
    pub theme: String,
}

impl Default for PageParams {
    fn default() -> Self {
        Self {
            graph: GraphParams::default(),
            overlay: "health".into(),
            labels: vec!["rate".into(), "errors".into()],
            find: String::new(),
            only: false,
            hide: String::new(),
            fold: None,
            selection: None,
            table: false,
            refresh_s: REFRESH_DEFAULT_S,
            paused: false,
            theme: "system".into(),
        }
    }
}

impl PageParams {
    /// Reads page and graph parameters from one query string; keys nobody knows are left alone.
    pub fn from_query(query: &str) -> (Self, Vec<BadParam>) {
        let mut params = Self::default();
        let mut mistakes = Vec::new();
        for (key, value) in query_string::parse(query) {
            let outcome = params.graph.set(&key, &value).unwrap_or_else(|| params.set(&key, &value));
            if let Err(fix) = outcome {
                mistakes.push(BadParam { field: key, fix });
            }
        }
        (params, mistakes)
    }

    pub fn to_query(&self) -> String {
        let standard = Self::default();
        let mut pairs = self.graph.pairs();
        if self.overlay != standard.overlay {
            pairs.push(("overlay", self.overlay.clone()));
        }
        if self.labels != standard.labels {
            pairs
                .push(("labels", if self.labels.is_empty() { "none".into() } else { self.labels.join(",") }));
        }
        if !self.find.is_empty() {
            pairs.push(("find", self.find.clone()));
        }
        if self.only {
            pairs.push(("only", "true".into()));
        }
        if !self.hide.is_empty() {
            pairs.push(("hide", self.hide.clone()));
        }
        if let Some(fold) = &self.fold {
            pairs.push(("fold", params::box_words(fold)));
        }
        if let Some(selection) = &self.selection {
            pairs.extend(selection_pairs(selection));
        }
        if self.table {
            pairs.push(("show", "table".into()));
        }
        if self.refresh_s != standard.refresh_s {
            pairs.push(("refresh", crate::duration::format_s(self.refresh_s)));
        }
        if self.paused {
            pairs.push(("paused", "true".into()));
        }
        if self.theme != standard.theme {
            pairs.push(("theme", self.theme.clone()));
        }
        query_string::write(&pairs)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "overlay" => value.clone_into(&mut self.overlay),
            "labels" => {
                self.labels =
                    value.split(',').filter(|w| !w.is_empty() && *w != "none").map(str::to_owned).collect();
            }
            "find" => value.clone_into(&mut self.find),
            "only" => self.only = flag(value)?,
            "hide" => value.clone_into(&mut self.hide),
            "fold" => {
                // Older links know namespaces alone.
                self.fold = Some(params::boxes(if value == "all" { "namespace" } else { value })?);
            }
            "node" => self.selection = Some(Subject::Node { id: value.into() }),
            "row" => {
                if let Some(Subject::Node { id }) = self.selection.take() {
                    self.selection = Some(Subject::Row { node: id, row: value.into() });
                }
            }
            "edge" => self.selection = Some(Subject::Edge { id: value.into() }),
            "show" => {
                self.table = match value {
                    "table" => true,
                    "map" => false,
                    _ => return Err("must be map or table".into()),
                };
            }
            "refresh" => {
                self.refresh_s = crate::duration::parse_s(value)
                    .filter(|s| (5..=3_600).contains(s))
                    .ok_or("must be a time between 5s and 1h")?;
            }
            "paused" => self.paused = flag(value)?,
            "theme" => {
                if !["light", "dark", "system"].contains(&value) {
                    return Err("must be light, dark or system".into());
                }
                value.clone_into(&mut self.theme);
            }
            _ => {}
        }
        Ok(())
    }
}

fn selection_pairs(selection: &Subject) -> Vec<(&'static str, String)> {
    match selection {
        Subject::Node { id } => vec![("node", id.clone())],
        Subject::Row { node, row } => vec![("node", node.clone()), ("row", row.clone())],
        Subject::Edge { id } => vec![("edge", id.clone())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_the_same_view() {
        let params = PageParams {
            graph: GraphParams { window_s: 300, ..GraphParams::default() },
            overlay: "latency".into(),
            labels: vec![],
            find: "ns=shop \"<b>\" & more".into(),
            only: true,
            hide: "idle or app~^test".into(),
            fold: Some(vec![BoxBy::Cluster, BoxBy::App]),
            selection: Some(Subject::Row { node: "app:shop/reviews".into(), row: "reviews-v2".into() }),
            table: true,
            refresh_s: 30,
            paused: true,
            theme: "dark".into(),
        };
        assert_eq!(PageParams::from_query(&params.to_query()), (params, vec![]));
    }

    #[test]
    fn what_is_folded_is_named_and_older_links_know_namespaces_alone() {
        let fold = |query: &str| PageParams::from_query(query).0.fold;
        assert_eq!(fold("fold=all"), Some(vec![BoxBy::Namespace]));
        assert_eq!(fold("fold=cluster,app"), Some(vec![BoxBy::Cluster, BoxBy::App]));
        assert_eq!((fold("fold=none"), fold("")), (Some(vec![]), None));
        let open = PageParams { fold: Some(vec![]), ..PageParams::default() };
        assert_eq!(open.to_query(), "fold=none");
    }

    #[test]
    fn mistakes_name_their_field_and_leave_the_default() {
        let (params, mistakes) = PageParams::from_query("refresh=1s&theme=blue&window=31d&fold=some");
        assert_eq!(params, PageParams::default());
        assert_eq!(
            mistakes.iter().map(|m| m.field.as_str()).collect::<Vec<_>>(),
            ["refresh", "theme", "window", "fold"]
        );
    }
}
