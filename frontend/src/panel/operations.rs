//! Kinds of requests, where the mesh tells them apart: how often, how well, how fast.

use crate::state::shared::{Look, Views, memo, part};
use crate::widget::Section;
use leptos::prelude::*;
use model::detail::Operation;
use view::format;

#[component]
pub(crate) fn Operations(operations: Memo<Vec<Operation>>) -> impl IntoView {
    let any = memo(move || operations.look(|operations| !operations.is_empty()));
    let queries = memo(move || {
        let mut queries = Vec::new();
        operations.look(|operations| {
            for operation in operations {
                queries.extend_from_slice(&operation.queries);
            }
        });
        queries
    });
    move || {
        any.get().then(|| {
            view! {
                <Section title="Operations" queries=queries>
                    <dl class="facts">{part(move || operations.get().into_iter().map(|one| {
                        let name = if one.name.is_empty() { "others".to_owned() } else { one.name.clone() };
                        view! { <dt>{name}</dt><dd>{figures(&one)}</dd> }
                    }).views())}</dl>
                </Section>
            }
        })
    }
}

/// "12 rps, 1.2 % failed, mean 34 ms".
fn figures(operation: &Operation) -> String {
    let mut words = format::rate(operation.rate_rps);
    if let Some(share) = operation.error_share {
        words.push_str(", ");
        words.push_str(&format::share(share));
        words.push_str(" failed");
    }
    if let Some(mean_ms) = operation.mean_ms {
        words.push_str(", mean ");
        words.push_str(&format::duration_ms(mean_ms));
    }
    words
}
