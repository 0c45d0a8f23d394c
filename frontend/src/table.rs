//! The table twin of the map: the same nodes and edges in rows, with the map's selection, find and figures.
//! What stands in the rows, and their order, lies in `view::table`.

use crate::state::shared::{Look, Views, click, effect, memo, part};
use crate::{
    state::{Page, page},
    widget::{focus_on, icon::status_class, icon::status_glyph},
};
use leptos::{ev, prelude::*};
use model::{Status, Subject};
use view::table::{self, Of, Row};
use wasm_bindgen::JsCast;

/// Both tables; nothing while the map is shown or there is no picture.
pub(crate) fn tables() -> impl IntoView {
    let page = page();
    let shown = memo(move || {
        page.params.with(|params| params.table) && page.feed.with(crate::state::Feed::has_picture)
    });
    move || {
        shown.get().then(|| {
            view! { <div class="rows">{one(page, Of::Nodes, "nodes")}{one(page, Of::Edges, "edges")}</div> }
        })
    }
}

/// The arrow keys move along rows without the focus leaving the table, so that a refresh cannot lose it.
fn one(page: Page, of: Of, id: &'static str) -> AnyView {
    let sort = RwSignal::new(of.first_sort());
    let rows = memo(move || {
        let (matched, shown) = (page.matched(), page.shown.get().ok().flatten());
        let graph = page.feed.with(|feed| feed.graph.clone());
        graph.map_or_else(Vec::new, |graph| {
            table::rows(&graph, of, matched.as_ref(), shown.as_ref(), sort.get())
        })
    });
    // Where the keyboard is: the row walked to, else the selected one.
    let walked = RwSignal::new(None::<Subject>);
    let here = memo(move || {
        let at = walked.get().or_else(|| page.selection())?;
        rows.look(|rows| rows.iter().position(|row| row.subject == at))
    });
    let selected = memo(move || page.selection());
    effect(move |_| {
        // Whatever is selected anywhere is where the keyboard goes on from.
        if selected.get().is_some() {
            walked.set(None);
        }
    });
    effect(move |_| {
        if let Some(at) = here.get() {
            reveal(&row_id(id, at));
        }
    });
    let key = move |event: ev::KeyboardEvent| {
        let subject_at = |at: usize| rows.with_untracked(|rows| rows.get(at).map(|row| row.subject.clone()));
        let at = here.get_untracked();
        // On a heading Enter sorts.
        if event.key() == "Enter" && event.target() == event.current_target() {
            event.prevent_default();
            enter(page, at.and_then(subject_at));
        } else if let Some(next) = next_row(&event.key(), at, rows.with_untracked(Vec::len)) {
            event.prevent_default();
            walked.set(subject_at(next));
        }
    };
    let choose = move |event: ev::MouseEvent| {
        let subject =
            pressed_row(&event).and_then(|at| rows.look(|rows| Some(rows.get(at)?.subject.clone())));
        if subject.is_some() {
            walked.set(None);
            page.select(subject);
        }
    };
    view! {
        <table
            id=id role="grid" tabindex="0" aria-activedescendant=move || here.get().map(|at| row_id(id, at))
            aria-label=if of == Of::Nodes { "Nodes" } else { "Edges" } on:keydown=key
        >
            <caption>{part(move || rows.look(|rows| of.caption(rows, sort.get())))}</caption>
            <thead><tr>{headings(of, sort)}</tr></thead>
            <tbody on:click=click(choose)>
                {part(move || rows.look(|rows| rows.iter().enumerate().map(|(at, row)| line(page, of, (id, at, here), row)).views()))}
            </tbody>
        </table>
    }
    .into_any()
}

/// Where a key leads; without a place yet, to the first row.
fn next_row(key: &str, at: Option<usize>, rows: usize) -> Option<usize> {
    let last = rows.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(at.map_or(0, |at| (at + 1).min(last))),
        "ArrowUp" => Some(at.map_or(0, |at| at.saturating_sub(1))),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

fn pressed_row(event: &ev::MouseEvent) -> Option<usize> {
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    element.closest("tr").ok()??.id().rsplit_once('-')?.1.parse().ok()
}

fn row_id(table: &str, at: usize) -> String {
    format!("{table}-{at}")
}

/// Selects; on what is selected it goes on to the panel.
fn enter(page: Page, subject: Option<Subject>) {
    if subject.is_some() && subject == page.selection() {
        focus_on("panel");
    } else if subject.is_some() {
        page.select(subject);
    }
}

fn headings(of: Of, sort: RwSignal<table::Sort>) -> Vec<AnyView> {
    let heading = |(at, column): (usize, &'static table::Column)| {
        view! {
            <th scope="col" class=class(at, of, "") aria-sort=move || sort.get().aria(at)>
                <button type="button" on:click=click(move |_| sort.update(|sort| *sort = sort.chosen(of, at)))>{column.name}</button>
            </th>
        }
        .into_any()
    };
    of.columns().iter().enumerate().map(heading).collect()
}

fn class(at: usize, of: Of, more: &str) -> String {
    let column = &of.columns()[at];
    let words = if column.words { "text" } else { "" };
    format!("{words} {} {more}", if column.spare { "spare" } else { "" })
}

fn line(
    page: Page,
    of: Of,
    (id, at, here): (&'static str, usize, Memo<Option<usize>>),
    row: &Row,
) -> AnyView {
    let mine = row.subject.clone();
    let chosen = memo(move || page.params.with(|params| params.selection.as_ref() == Some(&mine)));
    let (nested, lit) = (row.nested, row.lit);
    let cells = row.cells.iter().enumerate().map(|(at, text)| cell(of, at, text.clone(), row.status));
    view! {
        <tr
            id=row_id(id, at) class:nested=nested class:lit=lit class:chosen=chosen class:here=move || here.get() == Some(at)
            aria-selected=move || chosen.get().to_string()
        >{cells.views()}</tr>
    }
    .into_any()
}

fn cell(of: Of, at: usize, text: String, status: Status) -> AnyView {
    let name = of.columns()[at].name;
    let tone = if ["Health", "Errors"].contains(&name) { status_class(status) } else { "" };
    let glyph = (name == "Health" && status >= Status::Degraded).then(|| status_glyph(status));
    view! { <td class=class(at, of, tone)><span class="with-glyph">{glyph}{text}</span></td> }.into_any()
}

fn reveal(id: &str) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
