//! A simulated mesh: Istio telemetry as a function of scenario, seed and time, and the `PromQL` over it. Pure: no I/O, no
//! clock; must not know HTTP.

pub mod store;
pub mod promql;
