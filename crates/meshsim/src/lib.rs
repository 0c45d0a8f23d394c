//! A simulated mesh: Istio telemetry as a function of scenario, seed and time, and the `PromQL` over it. Pure: no I/O, no
//! clock; must not know HTTP.

pub mod catalogue;
pub mod exposition;
pub mod json;
mod kept;
mod latency;
mod mesh;
pub mod native;
pub mod promql;
mod scale;
pub mod scenario;
mod seed;
mod shape;
pub mod store;
mod telemetry;
mod traffic;
pub mod truth;

pub use latency::{BOUNDS, BUCKETS, Latency};
pub use mesh::{Known, Mesh, SCENARIOS, SEED, SHOP, Target};
