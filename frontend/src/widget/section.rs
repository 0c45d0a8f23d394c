//! A titled part of the panel whose figures can show the query they come from.

use super::{
    CopyButton,
    icon::{CODE, icon},
};
use crate::state::shared::{Look, Views, click, memo, part};
use leptos::prelude::*;
use model::detail::NamedQuery;

#[component]
pub(crate) fn Section(
    #[prop(into)] title: Signal<String>,
    #[prop(into, optional)] remark: Signal<String>,
    /// What to paste into Prometheus; the button is there only when there is something.
    #[prop(optional)]
    queries: Option<Memo<Vec<NamedQuery>>>,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let any = memo(move || queries.is_some_and(|queries| queries.look(|queries| !queries.is_empty())));
    view! {
        <section>
            <div class="bar">
                <h3>{title}</h3>
                <span class="sub">{remark}</span>
                {part(move || any.get().then(|| view! {
                    <button
                        class="square small" type="button" title="Show the query"
                        aria-label=move || format!("Show the query of {}", title.get())
                        aria-expanded=move || open.get().to_string()
                        on:click=click(move |_| open.update(|open| *open = !*open))
                    >{icon(CODE)}</button>
                }))}
            </div>
            {children()}
            {part(move || queries.filter(|_| open.get() && any.get()).map(|queries| view! { <Queries queries=queries/> }))}
        </section>
    }
}

/// Those of the names given, for a section that shows only some of the figures.
pub(crate) fn named(queries: &[NamedQuery], names: &[&str]) -> Vec<NamedQuery> {
    queries.iter().filter(|query| names.contains(&query.name.as_str())).cloned().collect()
}

#[component]
pub(crate) fn Queries(queries: Memo<Vec<NamedQuery>>) -> impl IntoView {
    move || {
        queries
            .get()
            .into_iter()
            .map(|query| {
                let promql = query.promql.clone();
                view! {
                    <div class="query">
                        <div class="bar">
                            <span class="sub">{query.name.replace('_', " ")}{query.source.map(|source| " in ".to_owned() + &source)}</span>
                            <CopyButton label="Copy" text=move || promql.clone()/>
                        </div>
                        <code tabindex="0">{query.promql.clone()}</code>
                    </div>
                }
            })
            .views()
    }
}
