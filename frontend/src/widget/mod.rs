//! The few forms of control the page is made of. They know nothing of graphs.

pub(crate) mod copy;
pub(crate) mod icon;
pub(crate) mod menu;
pub(crate) mod pick;
pub(crate) mod section;
pub(crate) mod segments;

pub(crate) use copy::CopyButton;
pub(crate) use menu::Menu;
pub(crate) use pick::Pick;
pub(crate) use section::{Queries, Section, named};
pub(crate) use segments::Segments;
