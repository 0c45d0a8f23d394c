//! What the browser remembers between visits. Storage may throw in a frame: then it is remembered until the page goes.

use leptos::prelude::window;
use std::cell::RefCell;
use web_sys::Storage;

thread_local! {
    /// A handful of keys, the newest last.
    static MEMORY: RefCell<Vec<(String, String)>> = RefCell::default();
}

pub(crate) fn get(key: &str) -> Option<String> {
    read(window().local_storage().ok().flatten(), key)
}

pub(crate) fn set(key: &str, value: &str) {
    write(window().local_storage().ok().flatten(), key, value);
}

/// A name by chance that tells this tab from the next one and lasts as long as the tab. The server counts by it.
pub(crate) fn tab() -> String {
    const KEY: &str = "portolan.tab";
    let session = window().session_storage().ok().flatten();
    read(session.clone(), KEY).unwrap_or_else(|| {
        let name = ((js_sys::Math::random() * 1e15) as u64).to_string();
        write(session, KEY, &name);
        name
    })
}

fn read(storage: Option<Storage>, key: &str) -> Option<String> {
    let stored = storage.and_then(|storage| storage.get_item(key).ok()?);
    stored.or_else(|| {
        MEMORY.with_borrow(|memory| {
            memory.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
        })
    })
}

fn write(storage: Option<Storage>, key: &str, value: &str) {
    let stored = storage.is_some_and(|storage| storage.set_item(key, value).is_ok());
    if !stored {
        MEMORY.with_borrow_mut(|memory| {
            memory.retain(|(known, _)| known != key);
            memory.push((key.to_owned(), value.to_owned()));
        });
    }
}
