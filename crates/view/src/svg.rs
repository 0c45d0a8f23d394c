//! Marks as SVG text: for the legend, for exports, and for a look in tests. Everything from labels is escaped.

use crate::{mark::Mark, palette::Theme};
use layout::Rect;

/// Where colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// `var(--token)`: the page's own style decides.
    Variables,
    Fixed(Theme),
}

/// The marks as elements, without the `<svg>` round them.
pub fn elements(marks: &[Mark], colours: Colours) -> String {
    todo!()
}

/// A whole document. `title(owner)` names an element for the reader that hovers or listens.
pub fn document(marks: &[Mark], bounds: Rect, colours: Colours, title: &dyn Fn(crate::mark::Owner) -> Option<String>) -> String {
    todo!()
}
