//! Graph type, overlay, figures on edges, the focus chip, and the theme.

use super::more::More;
use crate::state::shared::{Views, click, memo, part};
use crate::{
    nav::Step,
    state::{page, selection, settings},
    widget::{
        Menu, Pick, Segments,
        icon::{ADD, CLOSE, HALF, LESS, MOON, ROWS, SUN, icon},
    },
};
use leptos::prelude::*;
use model::{GraphType, params::HOPS_MAX};
use view::{label, overlay};

#[component]
pub(crate) fn Toolbar() -> impl IntoView {
    let page = page();
    let kind = memo(move || page.params.with(|params| params.graph.graph_type.word().to_owned()));
    let shown = memo(move || page.params.with(|params| overlay::by_word(&params.overlay).word.to_owned()));
    let kinds =
        GraphType::ALL.into_iter().map(|kind| (kind.word().to_owned(), words(kind).to_owned())).collect();
    let (first, others) = overlay::ALL.split_at(overlay::FIRST);
    // Which of the others have something to show.
    let offered = memo(move || {
        page.feed.with(|feed| {
            let graph = feed.graph.as_ref();
            let has = |at: &usize| graph.is_some_and(|graph| (others[*at].has)(graph));
            (0..others.len()).filter(has).collect::<Vec<usize>>()
        })
    });
    view! {
        <Segments
            label="Graph type" options=kinds value=kind
            choose=move |word| page.change(Step::Push, |params| {
                if let Some(kind) = GraphType::ALL.into_iter().find(|kind| kind.word() == word) {
                    params.graph.graph_type = kind;
                }
            })
        />
        <Segments
            label="Overlay" options=first.iter().map(option).collect() value=shown
            choose=move |word| page.change(Step::Push, |params| params.overlay = word)
        />
        {part(move || {
            let mut options = vec![(String::new(), "overlays".to_owned())];
            options.extend(offered.get().into_iter().map(|at| option(&others[at])));
            let known: Vec<String> = options.iter().map(|(word, _)| word.clone()).collect();
            let value = memo(move || Some(shown.get()).filter(|word| known.contains(word)).unwrap_or_default());
            let choose = move |word: String| page.change(Step::Push, |params| {
                overlay::by_word(&word).word.clone_into(&mut params.overlay);
            });
            view! { <Pick label="More" options=options value=value choose=choose/> }
        })}
        <Menu label="Labels" value=memo(move || label_words(&page.params.with(|params| params.labels.clone()))) narrow=true>
            <div role="group" aria-label="Figures on edges">
                {label::ALL.iter().map(|label| view! { <LabelEntry label=label/> }).views()}
            </div>
        </Menu>
        <More/>
        <button
            class="button show" type="button" title="The same in rows (d)" aria-pressed=move || page.params.with(|params| params.table.to_string())
            on:click=click(move |_| page.change(Step::Push, |params| params.table = !params.table))
        >{icon(ROWS)}"Table"</button>
        <FocusChip/>
    }
}

fn option(overlay: &overlay::Overlay) -> (String, String) {
    (overlay.word.to_owned(), overlay.name.to_owned())
}

fn words(kind: GraphType) -> &'static str {
    match kind {
        GraphType::App => "Apps",
        GraphType::VersionedApp => "Versions",
        GraphType::Workload => "Workloads",
        GraphType::Service => "Services",
    }
}

fn label_words(labels: &[String]) -> String {
    let known = labels.iter().filter_map(|word| label::ALL.iter().find(|label| label.word == word.as_str()));
    let mut names: Vec<String> = known.map(|label| label.name.to_owned()).collect();
    for name in &mut names {
        // As values only abbreviations keep their capital.
        if name.chars().nth(1).is_some_and(char::is_lowercase) {
            *name = name.to_ascii_lowercase();
        }
    }
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

#[component]
fn LabelEntry(label: &'static label::Label) -> impl IntoView {
    let page = page();
    let ticked = memo(move || page.params.with(|params| params.labels.iter().any(|word| word == label.word)));
    let mute = memo(move || {
        page.feed.with(|feed| feed.graph.as_ref().is_some_and(|graph| !label::speaks(label, graph)))
    });
    // The order of the table, whatever the order of the ticks.
    let toggle = move |_| {
        page.change(Step::Push, |params| {
            let wanted = !ticked.get_untracked();
            let keeps = |other: &&label::Label| {
                if other.word == label.word {
                    wanted
                } else {
                    params.labels.iter().any(|word| word == other.word)
                }
            };
            params.labels = label::ALL.iter().filter(keeps).map(|label| label.word.to_owned()).collect();
        });
    };
    view! {
        <label class="check" hidden=move || mute.get()>
            <input type="checkbox" prop:checked=ticked on:change=toggle/>
            <span class="name">{label.name}</span>
        </label>
    }
}

/// Says that only the surroundings of one node are drawn, how far they reach, and takes that away.
#[component]
fn FocusChip() -> impl IntoView {
    let page = page();
    move || {
        let (focus, hops, to) = page
            .params
            .with(|params| (params.graph.focus.clone(), params.graph.hops, params.graph.to.clone()));
        let focus = focus?;
        let name = |id: &String| {
            page.feed.with(|feed| {
                let node = feed.graph.as_ref().and_then(|graph| selection::node_of(graph, id));
                node.map_or_else(|| id.clone(), |node| node.name.clone())
            })
        };
        let words = if to.is_some() { "Ways from\u{a0}" } else { "Around\u{a0}" };
        let around = to.is_none().then(|| view! {
            <button class="square" type="button" aria-label="Fewer hops" disabled=hops <= 1 on:click=click(move |_| page.change_hops(-1))>{icon(LESS)}</button>
            <span>{hops}{if hops == 1 { " hop" } else { " hops" }}</span>
            <button class="square" type="button" aria-label="More hops" disabled={hops >= HOPS_MAX} on:click=click(move |_| page.change_hops(1))>{icon(ADD)}</button>
        });
        Some(view! {
            <span class="focus-chip" role="group" aria-label="Focus">
                {words}<b>{name(&focus)}</b>
                {to.as_ref().map(|to| view! { "\u{a0}to\u{a0}"<b>{name(to)}</b> })}
                {around}
                <button class="square" type="button" aria-label="Leave the focus" title="Leave the focus (f)" on:click=click(move |_| page.focus(None))>{icon(CLOSE)}</button>
            </span>
        })
    }
}

#[component]
pub(crate) fn ThemeButton() -> impl IntoView {
    let page = page();
    let theme = memo(move || page.params.with(|params| params.theme.clone()));
    let title = move || match theme.get().as_str() {
        "light" => "Theme: light. Change to dark",
        "dark" => "Theme: dark. Change to the system's",
        _ => "Theme: the system's. Change to light",
    };
    let picture = move || match theme.get().as_str() {
        "light" => SUN,
        "dark" => MOON,
        _ => HALF,
    };
    view! {
        <button
            class="square" type="button" aria-label=title title=title
            on:click=click(move |_| page.set_theme(settings::next_theme(&theme.get_untracked())))
        >{part(move || icon(picture()))}</button>
    }
}
