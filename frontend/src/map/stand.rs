//! The handle to the stage that event handlers and effects share, and the loop of frames behind it.

use super::{canvas::Canvas, placing::Sign, stage::Stage};
use crate::state::shared::memo;
use crate::state::{Page, settings};
use layout::{Point, Rect};
use leptos::{html, prelude::*};
use view::{Level, overview::Overview};
use wasm_bindgen::JsCast;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    /// Held by handle: both together would be too large to hand round.
    page: StoredValue<Page>,
    stage: StoredValue<Option<Stage>, LocalStorage>,
    asked: StoredValue<bool>,
    pub(crate) element: NodeRef<html::Div>,
    pub(crate) zoom: RwSignal<f64>,
    pub(crate) system_dark: RwSignal<bool>,
    pub(crate) dark: Memo<bool>,
    /// The reader wants nothing to move.
    pub(crate) still: RwSignal<bool>,
    /// Frames painted on the lower canvas.
    pub(crate) generation: RwSignal<u32>,
    /// The small map, while there is need of one.
    pub(crate) overview: RwSignal<Option<Overview>>,
    /// What is told of a placing that takes its time.
    pub(crate) sign: RwSignal<Option<Sign>>,
    pub(crate) tidier: RwSignal<bool>,
    pub(crate) small: NodeRef<html::Canvas>,
}

impl Stand {
    pub(crate) fn new(page: Page) -> Self {
        let system_dark = RwSignal::new(settings::prefers("(prefers-color-scheme: dark)"));
        let dark = memo(move || match page.params.with(|params| params.theme.clone()).as_str() {
            "dark" => true,
            "light" => false,
            _ => system_dark.get(),
        });
        Self {
            page: StoredValue::new(page),
            stage: StoredValue::new_local(None),
            asked: StoredValue::new(false),
            element: NodeRef::new(),
            zoom: RwSignal::new(1.0),
            system_dark,
            dark,
            still: RwSignal::new(settings::reduced_motion()),
            generation: RwSignal::new(0),
            overview: RwSignal::new(None),
            sign: RwSignal::new(None),
            tidier: RwSignal::new(false),
            small: NodeRef::new(),
        }
    }

    pub(crate) fn set(self, stage: Stage) {
        self.stage.set_value(Some(stage));
    }

    /// None before the canvases are there, and after they are gone.
    pub(crate) fn with<R>(self, act: impl FnOnce(&mut Stage) -> R) -> Option<R> {
        self.stage.try_update_value(|stage| stage.as_mut().map(act)).flatten()
    }

    /// Changes the stage and paints the result in the next frame.
    pub(crate) fn act(self, act: impl FnOnce(&mut Stage)) {
        self.with(act);
        self.ask_frame();
    }

    pub(crate) fn repaint(self) {
        self.act(Stage::resize);
    }

    pub(crate) fn ask_frame(self) {
        if self.asked.try_get_value() != Some(false) {
            return;
        }
        self.asked.set_value(true);
        request_animation_frame(move || {
            if self.asked.try_get_value().is_some() {
                self.asked.set_value(false);
                self.frame();
            }
        });
    }

    fn frame(self) {
        let Some(painted) =
            self.with(|stage| stage.frame(now_ms(), || self.covered(), || self.small_canvas()))
        else {
            return;
        };
        if (self.zoom.get_untracked() - painted.zoom).abs() > 1e-4 {
            self.zoom.set(painted.zoom);
        }
        let near = painted.level == Level::Near;
        let page = self.page.get_value();
        let drawn = page.feed.with_untracked(|feed| feed.graph.is_some());
        if drawn && page.near.get_untracked() != near {
            page.near.set(near);
        }
        if self.generation.get_untracked() != painted.generation {
            self.generation.set(painted.generation);
        }
        if painted.tidier != self.tidier.get_untracked() {
            self.tidier.set(painted.tidier);
        }
        if painted.sign != self.sign.get_untracked() {
            self.sign.set(painted.sign);
        }
        let before = self.overview.get_untracked();
        if painted.overview != before {
            self.overview.set(painted.overview);
            if before.is_none() {
                // It has been given its place only now.
                self.ask_frame();
            }
        }
        if painted.again {
            self.ask_frame();
        }
    }

    /// The small map's canvas comes and goes with the picture.
    fn small_canvas(self) -> Option<Canvas> {
        Canvas::new(self.small.get_untracked()?)
    }

    /// The parts of the map that sheets lie over, in its own pixels.
    pub(crate) fn covered(self) -> Vec<Rect> {
        let Some(area) = self.element.get_untracked() else { return Vec::new() };
        let origin = area.get_bounding_client_rect();
        // Below a certain width the panel lies over the map too.
        let Ok(sheets) = document().query_selector_all("[data-covers], #panel") else { return Vec::new() };
        (0..sheets.length())
            .filter_map(|at| sheets.item(at)?.dyn_into::<web_sys::Element>().ok())
            .map(|sheet| sheet.get_bounding_client_rect())
            .map(|rect| Rect::new(rect.x() - origin.x(), rect.y() - origin.y(), rect.width(), rect.height()))
            .filter(|rect| rect.overlaps(&Rect::new(0.0, 0.0, origin.width(), origin.height())))
            .collect()
    }

    pub(crate) fn fit(self) {
        let covered = self.covered();
        self.act(|stage| stage.fit(&covered));
    }

    /// Keeps the selected card clear of a panel that has come to lie over the map.
    pub(crate) fn show_selected(self) {
        request_animation_frame(move || {
            let Some(subject) =
                self.page.get_value().params.try_with_untracked(|params| params.selection.clone()).flatten()
            else {
                return;
            };
            let insets = self.beneath_panel().unwrap_or_default();
            self.act(|stage| stage.show(&subject, insets));
        });
    }

    /// What the panel takes of the map: a drawer at the right, a sheet from below, or nothing.
    fn beneath_panel(self) -> Option<view::Insets> {
        let map = self.element.get_untracked()?.get_bounding_client_rect();
        let panel = document().get_element_by_id("panel")?.get_bounding_client_rect();
        let over = panel.width() > 0.0 && panel.left() < map.right() - 1.0;
        let sheet = panel.left() <= map.left() + 1.0;
        Some(match (over, sheet) {
            (false, _) => view::Insets::default(),
            (true, false) => view::Insets { right: map.right() - panel.left(), ..view::Insets::default() },
            (true, true) => view::Insets { bottom: map.bottom() - panel.top(), ..view::Insets::default() },
        })
    }

    /// A point of the window in the map's own pixels.
    pub(crate) fn local(self, client_x: f64, client_y: f64) -> Point {
        self.element.get_untracked().map_or_else(Point::default, |element| {
            let origin = element.get_bounding_client_rect();
            Point::new(client_x - origin.x(), client_y - origin.y())
        })
    }
}

/// The clock of animation frames.
pub(crate) fn now_ms() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
