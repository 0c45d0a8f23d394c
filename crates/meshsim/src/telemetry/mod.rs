//! Istio's metrics over a scenario's traffic: which series there are, and each one's value at any instant. Knows no
//! `PromQL` and no HTTP.

mod clock;
mod counter;
mod family;
mod labels;
mod pods;
mod select;
mod streams;

pub(crate) use clock::{SCRAPE_MS, Span, second_of};
pub(crate) use family::FAMILIES;
pub(crate) use labels::Names;
pub(crate) use pods::{Pod, Pods};
pub(crate) use select::{Window, visit};
pub(crate) use streams::{
    Gauge, GaugeKind, Side, Stream, gauges, is_known, is_mutual, reporters, seen_by, streams,
};
