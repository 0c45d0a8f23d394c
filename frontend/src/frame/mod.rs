//! What stands round the map: time bar, toolbar and quality strip.

pub(crate) mod find;
pub(crate) mod help;
mod more;
pub(crate) mod namespaces;
pub(crate) mod strip;
pub(crate) mod time_bar;
pub(crate) mod toolbar;
