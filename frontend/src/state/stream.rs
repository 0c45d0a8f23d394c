//! One open stream of graphs, event by event. It must not know when to open one, nor what is done with what it tells.

use model::{
    Graph, Problem,
    json::{self, FromJson},
};
use std::sync::Arc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource};

/// What a stream has to say.
#[derive(Debug)]
pub(crate) enum Told {
    /// The server has taken it, perhaps anew.
    Open,
    Whole(Arc<Graph>),
    /// The text of a difference, which is read into the graph that is held.
    Change(String),
    Problem(Problem),
    /// The connection broke; the browser tries again by itself.
    Broken,
    /// Nothing will come any more.
    Refused,
}

/// Closes when it is dropped.
#[derive(Debug)]
pub(crate) struct Stream {
    source: EventSource,
    _heard: Closure<dyn FnMut(Event)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

impl Stream {
    /// None where the browser has no streams. Each event comes with its id, if it has one. Who is told must not drop the stream then and there.
    pub(crate) fn open(address: &str, tell: impl Fn(Told, String) + 'static) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let mine = source.clone();
        let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            tell(told(&event, &mine), field(&event, "lastEventId").unwrap_or_default());
        });
        for kind in ["open", "error", "graph", "change", "problem"] {
            source.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref()).ok()?;
        }
        Some(Self { source, _heard: heard })
    }
}

fn told(event: &Event, source: &EventSource) -> Told {
    match event.type_().as_str() {
        "open" => Told::Open,
        "graph" => read(event).map_or(Told::Refused, |graph| Told::Whole(Arc::new(graph))),
        "change" => field(event, "data").map_or(Told::Refused, Told::Change),
        "problem" => read(event).map_or(Told::Refused, Told::Problem),
        _ if source.ready_state() == EventSource::CLOSED => Told::Refused,
        _ => Told::Broken,
    }
}

/// None where it cannot be read: asking in the other way gives the words for that.
fn read<T: FromJson>(event: &Event) -> Option<T> {
    json::read(&field(event, "data")?).ok()
}

fn field(event: &Event, name: &str) -> Option<String> {
    js_sys::Reflect::get(event, &name.into()).ok()?.as_string()
}
