//! What the browser remembers between visits. Storage may throw in a frame: then it is remembered until the page goes.

use leptos::prelude::window;
use std::cell::RefCell;

thread_local! {
    /// A handful of keys, the newest last.
    static MEMORY: RefCell<Vec<(String, String)>> = RefCell::default();
}

pub(crate) fn get(key: &str) -> Option<String> {
    let stored = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(key).ok()?);
    stored.or_else(|| {
        MEMORY.with_borrow(|memory| {
            memory.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
        })
    })
}

pub(crate) fn set(key: &str, value: &str) {
    let stored =
        window().local_storage().ok().flatten().is_some_and(|storage| storage.set_item(key, value).is_ok());
    if !stored {
        MEMORY.with_borrow_mut(|memory| {
            memory.retain(|(known, _)| known != key);
            memory.push((key.to_owned(), value.to_owned()));
        });
    }
}

const TAB_KEY: &str = "portolan.tab";

/// A name by chance that tells this tab from the next one, and lasts as long as the tab. The server counts by it.
pub(crate) fn tab() -> String {
    let session = window().session_storage().ok().flatten();
    let stored = session.as_ref().and_then(|session| session.get_item(TAB_KEY).ok()?);
    let known = stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(TAB_KEY).cloned()));
    known.unwrap_or_else(|| {
        let name = ((js_sys::Math::random() * 1e15) as u64).to_string();
        if let Some(session) = session {
            // Where it throws, memory has it.
            let _ = session.set_item(TAB_KEY, &name);
        }
        MEMORY.with_borrow_mut(|memory| memory.insert(TAB_KEY.to_owned(), name.clone()));
        name
    })
}
