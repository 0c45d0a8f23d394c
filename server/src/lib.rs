//! The shell around the core: everything that touches a socket, a clock, the environment or a file.
//! Must not know how a graph is made from samples (`graph`), placed (`layout`) or drawn (`frontend`).

mod api;
mod app;
mod check;
pub mod cli;
mod collector;
pub mod config;
pub mod demo;
mod error;
mod health;
mod linger;
mod listen;
mod metrics;
mod middleware;
mod page;
pub mod prometheus;
mod serve;
mod shutdown;
mod sources;
mod telemetry;
mod tls;

pub use app::{App, router};
pub use check::{Outcome, Report, check};
pub use config::Config;
pub use health::health;
pub use serve::{Running, serve};
pub use shutdown::signalled;
pub use telemetry::log_to_stderr;
pub use tls::install as install_crypto;
