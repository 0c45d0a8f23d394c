//! The pure core: what Prometheus answered goes in, a graph and a list of warnings come out.
//! It must not know sockets, clocks, the environment, HTTP or a browser.
//!
//! `plan` says what to ask; `snapshot` reads the answers once; `view`, `node_detail`, `edge_detail`, `namespaces`
//! and `series_queries` are pure functions of one snapshot and one `View`.

pub mod answers;
mod ask;
mod canary;
pub mod custom;
pub mod dialect;
mod difference;
mod figures;
pub mod flow;
mod form;
mod graph_type;
pub mod health;
mod histogram;
mod hops;
mod ids;
mod link;
mod naming;
mod picture;
mod place;
pub mod present;
mod quality;
pub mod query;
mod reporter;
pub mod sample;
mod select;
pub mod snapshot;
pub mod thrift;
mod traffic_map;
mod union;
pub mod view;
mod words;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use answers::{Answers, Outcome};
pub use ask::{
    OperationRow, OperationsQuery, SeriesQuery, SubjectId, operations, operations_queries, series_queries,
    traffic_query,
};
pub use custom::{CustomMetric, EndLabels, NamedBy};
pub use difference::difference;
pub use form::{Form, Histogram};
pub use present::{edge_detail, namespaces, node_detail, view};
pub use query::{Origin, Query, QueryKind, RangeOf, Signals, Window, plan};
pub use snapshot::{Snapshot, snapshot};
pub use thrift::Thrift;
pub use union::{Member, Part, union};
pub use view::{IntendedSplit, View, ViewConfig};
