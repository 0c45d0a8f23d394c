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
