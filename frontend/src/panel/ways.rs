//! From the selected node to another: only what lies on a way between them is drawn then.

use crate::state::shared::{Look, memo, part};
use crate::{
    state::page,
    widget::{Pick, Section},
};
use leptos::prelude::*;

#[component]
pub(crate) fn Ways(from: StoredValue<String>) -> impl IntoView {
    let page = page();
    // Ids and names of all others; new figures alone make no new list.
    let others = memo(move || {
        let mut others = vec![(String::new(), "choose where".to_owned())];
        page.feed.with(|feed| {
            for node in feed.graph.iter().flat_map(|graph| &graph.nodes) {
                if from.with_value(|from| *from != node.id) {
                    let place = node.namespace.as_ref().map(|namespace| [" in ", namespace].concat());
                    others.push((node.id.clone(), node.name.clone() + &place.unwrap_or_default()));
                }
            }
        });
        others
    });
    let chosen = memo(move || {
        page.params.with(|params| {
            let mine = from.with_value(|from| params.graph.focus.as_ref() == Some(from));
            params.graph.to.clone().filter(|_| mine).unwrap_or_default()
        })
    });
    let choose =
        move |to: String| if to.is_empty() { page.focus(None) } else { page.show_ways(from.get_value(), to) };
    let any = memo(move || others.look(Vec::len) > 1);
    move || {
        any.get().then(|| {
            view! {
                <Section title="Ways">
                    {part(move || view! { <Pick label="Show the ways to" options=others.get() value=chosen choose=choose/> })}
                </Section>
            }
        })
    }
}
