//! The URL is the state: every choice is written to the address, and the address is read back on "back" and "forward".

use super::{Page, settings};
use crate::nav::{self, Step};
use model::PageParams;

/// In a frame the address alone decides.
pub(crate) fn from_address(embed: bool) -> PageParams {
    let query = nav::query();
    let (mut params, mistakes) = PageParams::from_query(&query);
    for mistake in mistakes {
        leptos::logging::warn!("the address is not quite right: {mistake}");
    }
    if !embed
        && !query.split('&').any(|pair| pair.starts_with("theme="))
        && let Some(theme) = settings::remembered_theme()
    {
        params.theme = theme;
    }
    params
}

pub(crate) fn follow_history(page: Page) {
    nav::on_back_or_forward(move |_| page.params.set(from_address(page.is_embedded())));
}

impl Page {
    /// Changes the parameters and writes the address; nothing happens when nothing changed.
    pub(crate) fn change(self, step: Step, edit: impl FnOnce(&mut PageParams)) {
        let before = self.params.get_untracked();
        let mut after = before.clone();
        edit(&mut after);
        if after != before {
            // A frame must not fill the history of the page round it.
            let step = if self.is_embedded() { Step::Replace } else { step };
            nav::write(&after.to_query(), step);
            self.params.set(after);
        }
    }
}
