//! A native histogram as an answer has it: bounds and counts are texts. Must not know rows.

use serde::de::IgnoredAny;

#[derive(serde::Deserialize)]
pub(super) struct Whole<'a> {
    /// Kind of bounds, above, up to, count.
    #[serde(borrow, default)]
    buckets: Vec<(IgnoredAny, &'a str, &'a str, &'a str)>,
}

impl Whole<'_> {
    /// Above, up to, count; what is no number is counted as such by whoever keeps it.
    pub(super) fn read(&self, out: &mut Vec<(f64, f64, f64)>) {
        let number = |text: &str| text.parse().unwrap_or(f64::NAN);
        out.extend(
            self.buckets.iter().map(|(_, above, up_to, count)| (number(above), number(up_to), number(count))),
        );
    }
}
