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
        let (matched, hide) = (page.matched(), page.params.with(|params| params.hide));
        let graph = page.feed.with(|feed| feed.graph.clone());
        graph.map_or_else(Vec::new, |graph| table::rows(&graph, of, matched.as_ref(), hide, sort.get()))
    });
    // Where the keyboard is: the row walked to, else the selected one.
    let walked = RwSignal::new(None::<Subject>);
    let here = memo(move || {
        let at = walked.get().or_else(|| page.selection())?;
        rows.look(|rows| rows.iter().position(|row| row.subject == at))
    });
    effect(move |_| {
        if page.selection().is_some() {
            walked.set(None);
        }
        if let Some(at) = here.get() {
            reveal(&row_id(id, at));
        }
    });
    let key = move |event: ev::KeyboardEvent| {
        let last = rows.with_untracked(Vec::len).checked_sub(1);
        let (Some(last), at) = (last, here.get_untracked()) else { return };
        let next = match event.key().as_str() {
            "ArrowDown" => at.map_or(0, |at| (at + 1).min(last)),
            "ArrowUp" => at.map_or(0, |at| at.saturating_sub(1)),
            "Home" => 0,
            "End" => last,
            // On a heading Enter sorts.
            "Enter" if event.target() == event.current_target() => {
                event.prevent_default();
                enter(
                    page,
                    at.and_then(|at| rows.with_untracked(|rows| Some(rows.get(at)?.subject.clone()))),
                );
                return;
            }
            _ => return,
        };
        event.prevent_default();
        walked.set(rows.with_untracked(|rows| rows.get(next).map(|row| row.subject.clone())));
    };
    let choose = move |event: ev::MouseEvent| {
        let row = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("tr").ok().flatten());
        let at = row.and_then(|row| row.id().rsplit_once('-')?.1.parse::<usize>().ok());
        if let Some(subject) = at.and_then(|at| rows.look(|rows| Some(rows.get(at)?.subject.clone()))) {
            walked.set(None);
            page.select(Some(subject));
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
