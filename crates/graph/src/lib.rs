//! The pure core: what Prometheus answered goes in, a graph and a list of warnings come out.
//! It must not know sockets, clocks, the environment, HTTP or a browser.

pub mod sample;
