//! Room for crate layout.
