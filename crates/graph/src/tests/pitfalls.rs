//! The pitfalls of asking Prometheus about Istio, by number, each with a test that fails without its cure.
//!
//! Part of some cures lies in the shell, and is tested there: 9's spelling of bounds (`prometheus::decode`); 2's and 33's end
//! of the window on the scrape grid (`collector::align`), which all queries of a plan are sent with (`it::collector`); 34, a
//! skewed clock (`prometheus::engine`, and `it::observers`): the core has no clock at all. What counters lose between the
//! last scrape and a reset (5) no store knows, and none can tell.

mod histograms;
mod istio;
mod store;
