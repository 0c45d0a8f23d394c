//! Sizes, widths and groups as the layout sees them.
