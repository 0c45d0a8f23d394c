//! The pitfalls of asking Prometheus about Istio, by number, each with a test that fails without its cure.
//!
//! Those that only the shell can hold are held there: 2 and 33 (the window's end and the one time for all queries:
//! `collector::align`), 5 and 7 (resets and gaps are the store's own arithmetic), 9's spelling of bounds
//! (`prometheus::decode`), 34 (skew: `prometheus::engine`). 35 (a window longer than its namespace is old) is only said,
//! by the note about series that have just begun.

mod histograms;
mod istio;
mod store;
