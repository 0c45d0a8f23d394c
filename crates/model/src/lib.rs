//! Room for crate model.
