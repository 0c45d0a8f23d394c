//! The one door to Prometheus: asking, reading answers, and telling failures apart.
//! Must not know what a metric means.

mod body;
mod client;
mod connections;
mod credentials;
mod decode;
mod duration;
mod engine;
mod error;
mod stamp;

pub(crate) use body::Body;
pub(crate) use client::{Answer, Arrived, At, Client, RangeSpan};
pub use decode::{DecodeError, Notes, decode_instant, decode_range};
pub(crate) use decode::{Form, Told};
pub(crate) use engine::{Engine, preflight};
pub use error::PrometheusError;
