//! The measures of a good picture in pixels, in one place. Knows numbers only.

/// Between the cards of two neighbouring layers, at least.
pub(crate) const LAYER_GAP: f64 = 84.0;
/// What a label needs beside its line, so that the gap grows with it.
pub(crate) const LABEL_ROOM: f64 = 40.0;
/// No gap grows beyond this, however many lines run in it.
pub(crate) const LAYER_GAP_MOST: f64 = 190.0;
/// Between two cards of one layer.
pub(crate) const CARD_GAP: f64 = 34.0;
/// Between a line that passes and a card.
pub(crate) const LINE_CLEAR: f64 = 15.0;
/// Between two lines that pass side by side.
pub(crate) const LINE_GAP: f64 = 12.0;
/// Between two parallel lines of one pair.
pub(crate) const TWIN_GAP: f64 = 9.0;
/// Inside a band or a region, on all sides.
pub(crate) const BAND_PADDING: f64 = 12.0;
/// Between two bands or regions, one above the other.
pub(crate) const BAND_GAP: f64 = 60.0;
/// Between a band or a region and a card that belongs to none.
pub(crate) const OUTSIDE_GAP: f64 = 36.0;
/// Inside an app's box, and between its members.
pub(crate) const APP_PADDING: f64 = 8.0;
pub(crate) const APP_GAP: f64 = 10.0;
/// Between two separate parts of the picture.
pub(crate) const PART_GAP: f64 = 60.0;
/// Between two ends on one side of a card.
pub(crate) const PORT_STEP: f64 = 9.0;
/// The share of a side that free ends may use.
pub(crate) const PORT_SHARE: f64 = 0.6;
/// Between a label and anything else.
pub(crate) const LABEL_CLEAR: f64 = 4.0;
/// A line may climb this much for nothing before a shorter way is sought.
pub(crate) const DETOUR: f64 = 200.0;
/// Width ÷ height when the caller has no wish.
pub(crate) const ASPECT: f64 = 1.6;
