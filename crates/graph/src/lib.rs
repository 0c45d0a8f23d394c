//! Room for crate graph.
