//! The first look: the whole picture in the window, where no floating sheet lies over a card if that can be had without
//! making the picture too small to read. Knows no sheet's content.

use crate::viewport::{Insets, NEAR_FROM, Viewport};
use layout::sorting::Order as _;
use layout::{Rect, Size};

/// Room between a sheet and the picture.
const GAP: f64 = 10.0;
/// So much of its size the picture may lose to keep clear, where it would be readable otherwise.
const WORTH: f64 = 0.8;
/// Sheets beyond this many are taken as they come: each doubles the ways to be tried.
const SHEETS_MAX: usize = 4;
/// Places that are tried along each side.
const STEPS: u8 = 10;

/// The largest view of `bounds` in which no card lies under a covered part of the window; when keeping clear would cost
/// too much, the one in which the least is covered.
#[must_use]
pub fn clear_of(bounds: Rect, cards: &[Rect], window: Size, covered: &[Rect]) -> Viewport {
    let plain = Viewport::fit(bounds, window, Insets::default());
    let least_zoom = if plain.zoom >= NEAR_FROM { NEAR_FROM.min(plain.zoom) } else { plain.zoom * WORTH };
    let least = Viewport::in_middle(bounds.centre(), least_zoom, window);
    let mut views: Vec<(f64, Viewport)> = insets(window, covered)
        .into_iter()
        .map(|insets| Viewport::fit(bounds, window, insets))
        .chain([least])
        .flat_map(|view| shifted(view, bounds, window))
        .map(|view| (area_under(&view, cards, covered), view))
        .collect();
    views.order_by(|(area, view), (other_area, other)| {
        let key = |area: f64, zoom: f64| (zoom < least_zoom, area > 1.0, area.round(), -zoom);
        let (mine, theirs) = (key(*area, view.zoom), key(*other_area, other.zoom));
        mine.partial_cmp(&theirs).unwrap_or(std::cmp::Ordering::Equal)
    });
    views.first().map_or(plain, |(_, view)| *view)
}

/// The same view lower down by as little as uncovers most, with all of `kept` still in the window.
#[must_use]
pub fn lowered(view: Viewport, cards: &[Rect], kept: Rect, window: Size, covered: &[Rect]) -> Viewport {
    let room = window.height - GAP - view.screen_rect(kept).bottom();
    let mut best = (area_under(&view, cards, covered), view);
    for step in 1..=STEPS {
        let lower = view.panned(0.0, room.max(0.0) * f64::from(step) / f64::from(STEPS));
        let area = area_under(&lower, cards, covered);
        if area < best.0 {
            best = (area, lower);
        }
    }
    best.1
}

/// Every way to keep clear of each sheet: not at all, beside it, or above or below it.
fn insets(window: Size, covered: &[Rect]) -> Vec<Insets> {
    let mut ways = vec![Insets::default()];
    for sheet in covered.iter().take(SHEETS_MAX) {
        let left = sheet.centre().x < window.width / 2.0;
        let top = sheet.centre().y < window.height / 2.0;
        let beside = |way: &Insets| {
            if left {
                Insets { left: way.left.max(sheet.right() + GAP), ..*way }
            } else {
                Insets { right: way.right.max(window.width - sheet.x + GAP), ..*way }
            }
        };
        let over = |way: &Insets| {
            if top {
                Insets { top: way.top.max(sheet.bottom() + GAP), ..*way }
            } else {
                Insets { bottom: way.bottom.max(window.height - sheet.y + GAP), ..*way }
            }
        };
        ways = ways.iter().flat_map(|way| [*way, beside(way), over(way)]).collect();
    }
    ways
}

/// Where there is room to spare the picture may stand anywhere in it; the middle comes first.
fn shifted(view: Viewport, bounds: Rect, window: Size) -> Vec<Viewport> {
    let seen = view.screen_rect(bounds);
    let spare = |low: f64, length: f64, room: f64| {
        let slack = room - length - 2.0 * GAP;
        let steps = if slack > 2.0 * GAP { STEPS } else { 0 };
        let mut ways = vec![0.0];
        ways.extend((0..=steps).filter(|_| steps > 0).map(|step| {
            let share = f64::from(step) / f64::from(STEPS);
            GAP + slack * share - low
        }));
        ways.order_by(|a, b| a.abs().total_cmp(&b.abs()));
        ways
    };
    let across = spare(seen.x, seen.width, window.width);
    let down = spare(seen.y, seen.height, window.height);
    across.iter().flat_map(|dx| down.iter().map(|dy| view.panned(dx.round(), dy.round()))).collect()
}

/// Square pixels of cards that lie under sheets or out of the window.
fn area_under(view: &Viewport, cards: &[Rect], covered: &[Rect]) -> f64 {
    cards
        .iter()
        .map(|card| {
            let card = view.screen_rect(*card);
            covered.iter().map(|sheet| common_area(&card, &sheet.grown(GAP / 2.0))).sum::<f64>()
        })
        .sum()
}

fn common_area(a: &Rect, b: &Rect) -> f64 {
    let across = a.right().min(b.right()) - a.x.max(b.x);
    let down = a.bottom().min(b.bottom()) - a.y.max(b.y);
    across.max(0.0) * down.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_comes_out_from_under_a_sheet_as_long_as_what_matters_stays() {
        let (window, pill) = (Size::new(390.0, 700.0), [Rect::new(14.0, 14.0, 160.0, 44.0)]);
        let (card, kept) = (Rect::new(10.0, 30.0, 130.0, 46.0), Rect::new(100.0, 300.0, 130.0, 46.0));
        let lower = lowered(Viewport::default(), &[card, kept], kept, window, &pill);
        assert!(!lower.screen_rect(card).overlaps(&pill[0]), "{lower:?}");
        assert!(lower.y < 100.0, "no lower than need be: {lower:?}");
        let low = Rect::new(100.0, 680.0, 130.0, 46.0);
        assert_eq!(lowered(Viewport::default(), &[card, low], low, window, &pill), Viewport::default());
    }

    const WINDOW: Size = Size::new(1_064.0, 700.0);
    const LIST: Rect = Rect::new(14.0, 14.0, 312.0, 150.0);
    const LEGEND: Rect = Rect::new(14.0, 590.0, 620.0, 96.0);

    fn covered_area(view: &Viewport, cards: &[Rect]) -> f64 {
        area_under(view, cards, &[LIST, LEGEND])
    }

    #[test]
    fn without_sheets_it_is_the_plain_fit() {
        let bounds = Rect::new(0.0, 0.0, 900.0, 500.0);
        assert_eq!(
            clear_of(bounds, &[bounds], WINDOW, &[]),
            Viewport::fit(bounds, WINDOW, Insets::default())
        );
    }

    #[test]
    fn a_small_picture_steps_aside() {
        let bounds = Rect::new(0.0, 0.0, 600.0, 400.0);
        let cards = [Rect::new(0.0, 0.0, 126.0, 46.0), Rect::new(474.0, 354.0, 126.0, 46.0)];
        let view = clear_of(bounds, &cards, WINDOW, &[LIST, LEGEND]);
        assert!(covered_area(&view, &cards) < 1.0, "{view:?}");
        assert!((view.zoom - 1.0).abs() < 1e-9, "there was room: {view:?}");
    }

    #[test]
    fn a_little_smaller_is_worth_a_clear_view() {
        // As large as the window allows, something would lie under the list however the picture is shifted.
        let (window, list) = (Size::new(1_064.0, 607.0), [Rect::new(14.0, 14.0, 312.0, 172.0)]);
        let bounds = Rect::new(0.0, 0.0, 1_074.0, 615.0);
        let cards = [Rect::new(0.0, 151.0, 130.0, 26.0), Rect::new(914.0, 569.0, 149.0, 46.0)];
        let plain = Viewport::fit(bounds, window, Insets::default());
        assert!(plain.zoom > NEAR_FROM && area_under(&plain, &cards, &list) > 1.0);
        let view = clear_of(bounds, &cards, window, &list);
        assert!(area_under(&view, &cards, &list) < 1.0, "{view:?}");
        assert!((view.zoom - NEAR_FROM).abs() < f64::EPSILON, "and no smaller than can be read: {view:?}");
    }

    #[test]
    fn empty_corners_are_used() {
        // The picture has nothing where the sheets lie: it stays as large as it can be.
        let bounds = Rect::new(0.0, 0.0, 1_036.0, 672.0);
        let cards = [Rect::new(20.0, 300.0, 126.0, 46.0), Rect::new(800.0, 20.0, 126.0, 46.0)];
        let view = clear_of(bounds, &cards, WINDOW, &[LIST, LEGEND]);
        assert!((view.zoom - 1.0).abs() < 1e-9 && covered_area(&view, &cards) < 1.0, "{view:?}");
    }

    #[test]
    fn what_can_be_read_stays_readable() {
        // A full picture cannot keep clear without becoming too small: then something is covered.
        let bounds = Rect::new(0.0, 0.0, 1_030.0, 660.0);
        let cards: Vec<Rect> = (0..7)
            .flat_map(|x| {
                (0..9).map(move |y| Rect::new(f64::from(x) * 150.0, f64::from(y) * 74.0, 126.0, 46.0))
            })
            .collect();
        assert!(clear_of(bounds, &cards, WINDOW, &[LIST, LEGEND]).zoom >= NEAR_FROM);
    }
}
