//! Room for crate meshsim.
