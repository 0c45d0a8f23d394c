//! What the panel asks for beside the graph: one node, one edge, lines over time. Asked anew with every new picture;
//! a newer question ends the older one, and what stood stays until the answer is there.

use super::Page;
use crate::api::{self, Answer, Failure, Leash, Received};
use crate::state::shared::{effect, memo};
use leptos::prelude::*;
use model::{Problem, json::FromJson};
use std::sync::Arc;

/// What came of a question.
#[derive(Debug)]
pub(crate) struct Load<T> {
    pub(crate) value: Option<Arc<T>>,
    /// Why the newest attempt failed.
    pub(crate) problem: Option<Problem>,
}

impl<T> Load<T> {
    fn nothing() -> Self {
        Self { value: None, problem: None }
    }
}

/// Follows an address; `None` asks nothing.
pub(crate) fn follow<T>(
    page: Page,
    address: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> RwSignal<Load<T>>
where
    T: FromJson + Send + Sync + 'static,
{
    let load = RwSignal::new(Load::nothing());
    let address = memo(address);
    let leash = StoredValue::new_local(None::<Leash>);
    let seen = memo(move || {
        page.feed.with(|feed| (feed.etag.clone(), feed.graph.as_ref().map(|graph| graph.meta.at_s)))
    });
    effect(move |before: Option<Option<String>>| {
        seen.track();
        let address = address.get();
        if before.as_ref().is_some_and(|before| *before != address) {
            load.set(Load::nothing());
        }
        if let Some(address) = address.clone() {
            ask(address, load, leash);
        }
        address
    });
    // The owner of the leash goes with the panel, and with it the open request.
    load
}

fn ask<T>(address: String, load: RwSignal<Load<T>>, leash: StoredValue<Option<Leash>, LocalStorage>)
where
    T: FromJson + Send + Sync + 'static,
{
    let take = move |received: Result<_, Failure>| {
        // The panel may be gone by now: then nobody wants to know.
        load.try_update(|load| match received.and_then(api::read) {
            Ok(Answer::Fresh { value, .. }) => *load = Load { value: Some(Arc::new(value)), problem: None },
            Ok(Answer::NotModified) | Err(Failure::Aborted) => {}
            Err(Failure::Told(problem)) => load.problem = Some(problem),
        });
    };
    fetch(address, leash, Box::new(take));
}

type Take = Box<dyn FnOnce(Result<Option<Received>, Failure>)>;

fn fetch(address: String, leash: StoredValue<Option<Leash>, LocalStorage>, take: Take) {
    let mine = Leash::new();
    let signal = mine.signal();
    leash.set_value(Some(mine));
    leptos::task::spawn_local(async move { take(api::fetch(&address, None, signal.as_ref()).await) });
}

impl Page {
    /// An address under the API, with what of the page's parameters decides on figures.
    pub(crate) fn detail_address(self, resource: &str, subject: (&str, &str), more: &str) -> String {
        let query = self.params.with(|params| {
            let mut graph = params.graph.clone();
            graph.percentiles = true;
            graph.to_query()
        });
        let (key, id) = subject;
        let id = String::from(js_sys::encode_uri_component(id));
        format!("{}/api/v1/{resource}?{key}={id}{more}&{query}", self.base_path())
    }
}
