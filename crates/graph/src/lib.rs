//! The pure core: what Prometheus answered goes in, a graph and a list of warnings come out.
//! It must not know sockets, clocks, the environment, HTTP or a browser.
//!
//! `plan` says what to ask; `snapshot` reads the answers once; `view`, `node_detail`, `edge_detail`, `namespaces`
//! and `series_queries` are pure functions of one snapshot and one `View`.

pub mod answers;
pub mod dialect;
pub mod flow;
pub mod health;
pub mod present;
pub mod query;
pub mod sample;
pub mod snapshot;
pub mod view;

pub use answers::{Answers, Outcome};
pub use present::{SeriesQuery, SubjectId, edge_detail, namespaces, node_detail, series_queries, view};
pub use query::{Origin, Query, QueryKind, RangeOf, Signals, Window, plan};
pub use snapshot::{Snapshot, snapshot};
pub use view::{View, ViewConfig};
