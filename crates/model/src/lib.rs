//! The words server and page share: wire types and the URL codec.
//! It must not know Prometheus, the core, a clock or a browser; its types carry no logic beyond reading and writing themselves.

pub mod boot;
pub mod detail;
pub mod difference;
pub mod duration;
pub mod extras;
pub mod find;
pub mod findings;
pub mod graph;
pub mod health;
pub mod json;
mod meta;
pub mod page_params;
pub mod params;
pub mod problem;
mod query_string;
pub mod series;
pub mod status;
pub mod traffic;

pub use detail::{EdgeDetail, NodeDetail};
pub use difference::Difference;
pub use extras::Extras;
pub use find::{Find, FindError};
pub use findings::{Figure, Finding, FindingKind, Subject};
pub use graph::{BoxBy, Edge, Graph, GraphBox, GraphType, Meta, Node, NodeKind, VersionRow};
pub use health::{Health, Reason, Status};
pub use page_params::PageParams;
pub use params::GraphParams;
pub use problem::{Problem, Warning};
pub use traffic::{Change, Latency, Presence, Protocol, QuantileMs, Requests, Tcp, Volume};
