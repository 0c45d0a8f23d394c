//! Work of which one at a time is enough: who comes while it is under way waits for the same. Must not know what it is.

use futures::future::{BoxFuture, FutureExt as _, Shared};
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Joined<T: Clone>(Mutex<Option<Shared<BoxFuture<'static, T>>>>);

impl<T: Clone> Default for Joined<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> fmt::Debug for Joined<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Joined")
    }
}

impl<T: Clone + Send + Sync + 'static> Joined<T> {
    /// What is under way, else this, which goes on also where nobody waits for it any more.
    pub(super) fn or_begin(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Shared<BoxFuture<'static, T>> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*under_way {
            Some(joined) if joined.peek().is_none() => joined.clone(),
            _ => {
                let begun = under_way.insert(work.boxed().shared()).clone();
                drop(tokio::spawn(begun.clone()));
                begun
            }
        }
    }

    /// Lets go of what came of it.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
