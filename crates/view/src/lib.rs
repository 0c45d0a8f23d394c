//! Room for crate view.
