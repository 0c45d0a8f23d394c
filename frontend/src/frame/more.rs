//! What the picture may show besides: figures that cost a query more, services between callers and workloads, requests
//! told apart by a label, and which clusters.

use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    nav::Step,
    state::{Page, detail, page},
    widget::Menu,
};
use layout::sorting::Order as _;
use leptos::{ev, prelude::*};
use model::{BoxBy, Extras, status::Labels};
use view::fold;

/// In the words of somebody who wonders what they would see.
const FIGURES: [(Extras, &str); 6] = [
    (Extras::BYTES, "Bytes a second"),
    (Extras::SIZES, "Sizes of requests and answers"),
    (Extras::MESSAGES, "Messages of gRPC streams"),
    (Extras::OPEN, "Connections open now"),
    (Extras::SUCCESSFUL, "Percentiles without failures"),
    (Extras::IDLE, "What is idle, too"),
];

#[component]
pub(crate) fn More() -> impl IntoView {
    let page = page();
    view! {
        <Menu label="Show" value=memo(move || summary(page))>
            <div class="scroll">
                <div role="group" aria-label="More figures">
                    <h2>"More figures"</h2>
                    {FIGURES.iter().map(|(extra, words)| figure(page, *extra, words)).views()}
                </div>
                <div class="foot" role="group" aria-label="Between two cards">
                    <h2>"Between two cards"</h2>
                    {tick(
                        "Services",
                        memo(move || page.params.with(|params| params.graph.services)),
                        Box::new(move || page.change(Step::Push, |params| params.graph.services = !params.graph.services)),
                    )}
                    {operations(page)}
                </div>
                {part(move || clusters(page))}
                {folding(page)}
            </div>
        </Menu>
    }
}

/// "bytes, services"; nothing where nothing is asked for.
fn summary(page: Page) -> String {
    page.params.with(|params| {
        let graph = &params.graph;
        let more = [
            graph.extras.words().replace(',', ", "),
            if graph.services { "services".to_owned() } else { String::new() },
            graph.operations.clone().unwrap_or_default(),
            graph.clusters.as_ref().map(|clusters| clusters.join(", ")).unwrap_or_default(),
        ];
        let words: Vec<String> = more.into_iter().filter(|words| !words.is_empty()).collect();
        words.join(", ")
    })
}

fn figure(page: Page, extra: Extras, words: &'static str) -> AnyView {
    let ticked = memo(move || page.params.with(|params| params.graph.extras.has(extra)));
    let toggle = move || {
        page.change(Step::Push, |params| params.graph.extras = params.graph.extras.toggled(extra));
    };
    tick(words, ticked, Box::new(toggle))
}

fn tick(words: &str, ticked: Memo<bool>, toggle: Box<dyn Fn()>) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=ticked on:change=move |_| toggle()/>
            <span class="name">{words.to_owned()}</span>
        </label>
    }
    .into_any()
}

/// All of a kind at once; one by one they open and fold on the map.
fn folding(page: Page) -> AnyView {
    let entry = move |by: BoxBy, words: &str| {
        let usual = move || {
            page.drawn.look(|drawn| drawn.as_ref().map(|drawn| drawn.usual.clone())).unwrap_or_default()
        };
        let ticked = memo(move || usual().contains(&by));
        let toggle = move || {
            page.choices.set(Vec::new());
            let usual = untrack(usual);
            let folded =
                fold::KINDS.into_iter().filter(|kind| usual.contains(kind) != (*kind == by)).collect();
            page.change(Step::Push, |params| params.fold = Some(folded));
        };
        tick(words, ticked, Box::new(toggle))
    };
    let several = memo(move || {
        page.feed.with(|feed| feed.graph.as_ref().is_some_and(|graph| !graph.meta.clusters.is_empty()))
    });
    view! {
        <div class="foot" role="group" aria-label="One card for each">
            <h2>"One card for each"</h2>
            {part(move || several.get().then(|| entry(BoxBy::Cluster, "Cluster")))}
            {entry(BoxBy::Namespace, "Namespace")}
            {entry(BoxBy::App, "App, its versions summed")}
        </div>
    }
    .into_any()
}

/// Its values become nodes between caller and called.
fn operations(page: Page) -> AnyView {
    let label = memo(move || page.params.with(|params| params.graph.operations.clone().unwrap_or_default()));
    let wrong = RwSignal::new(false);
    let chosen = move |event: ev::Event| {
        let word = event_target_value(&event);
        // The codec of the address knows what can be the name of a label.
        let (read, mistakes) = model::GraphParams::from_query(&["operations=", word.trim()].concat());
        wrong.set(!mistakes.is_empty());
        if mistakes.is_empty() {
            page.change(Step::Push, |params| params.graph.operations = read.operations);
        }
    };
    let told = detail::follow::<Labels>(page, move || Some(page.address_at_source("/api/v1/labels")));
    // Istio's own name for it, where the store does not list its labels.
    let offered = memo(move || {
        let labels = told.look(|load| load.value.as_ref().map(|labels| labels.labels.clone()));
        labels.filter(|labels| !labels.is_empty()).unwrap_or_else(|| vec!["request_operation".to_owned()])
    });
    view! {
        <label class="field">
            <span>"Requests told apart by this label"</span>
            <input
                class="entry" type="text" list="operations" placeholder="request_operation" autocomplete="off" spellcheck="false"
                aria-invalid=move || wrong.get().to_string() prop:value=label on:change=chosen
            />
        </label>
        <datalist id="operations">{part(move || offered.get().into_iter().map(|label| view! { <option value=label></option> }).views())}</datalist>
        {part(move || wrong.get().then(|| view! { <p class="none" role="alert">"Labels have names like request_operation."</p> }))}
    }
    .into_any()
}

/// Only where there is something to choose.
fn clusters(page: Page) -> Option<AnyView> {
    let chosen = memo(move || page.params.with(|params| params.graph.clusters.clone()));
    let known = memo(move || {
        let mut names = chosen.get().unwrap_or_default();
        page.feed.with(|feed| {
            names.extend(feed.graph.iter().flat_map(|graph| &graph.meta.clusters).cloned());
        });
        names.order();
        names.dedup();
        names
    });
    let any = memo(move || known.look(|known| !known.is_empty()));
    let entry = move |name: String| {
        let this = name.clone();
        let ticked =
            memo(move || chosen.look(|chosen| chosen.as_ref().is_none_or(|names| names.contains(&this))));
        let words = name.clone();
        tick(&words, ticked, Box::new(move || toggle_cluster(page, &name, untrack(|| known.get()))))
    };
    any.get().then(|| {
        view! {
            <div class="foot" role="group" aria-label="Clusters">
                <h2>"Clusters"</h2>
                {part(move || known.get().into_iter().map(entry).views())}
                <div class="acts">
                    <button class="link" type="button" on:click=click(move |_| page.change(Step::Push, |params| params.graph.clusters = None))>"All clusters"</button>
                </div>
            </div>
        }
        .into_any()
    })
}

/// From "all" the first tick taken away names all the others; without any it is all again.
fn toggle_cluster(page: Page, name: &str, known: Vec<String>) {
    page.change(Step::Push, |params| {
        let mut names = params.graph.clusters.take().unwrap_or(known);
        match names.iter().position(|other| other == name) {
            Some(at) => drop(names.remove(at)),
            None => names.push(name.to_owned()),
        }
        names.order();
        params.graph.clusters = Some(names).filter(|names| !names.is_empty());
    });
}
