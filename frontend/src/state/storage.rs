//! What the browser remembers between visits. Storage may throw in a frame: then it is remembered until the page goes.

use leptos::prelude::window;
use std::{cell::RefCell, collections::HashMap};

thread_local! {
    static MEMORY: RefCell<HashMap<String, String>> = RefCell::default();
}

pub(crate) fn get(key: &str) -> Option<String> {
    let stored = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(key).ok()?);
    stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(key).cloned()))
}

pub(crate) fn set(key: &str, value: &str) {
    let stored =
        window().local_storage().ok().flatten().is_some_and(|storage| storage.set_item(key, value).is_ok());
    if !stored {
        MEMORY.with_borrow_mut(|memory| memory.insert(key.to_owned(), value.to_owned()));
    }
}
