//! Signals, memos and effects whose code exists once for each type of value. Leptos copies its own for each closure that
//! reads or computes, and the page has hundreds. It must not know what the values are.

use leptos::{ev, prelude::*};

/// As `RwSignal`, with the same names.
#[derive(Debug)]
pub(crate) struct Shared<T: 'static>(RwSignal<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

impl<T: Send + Sync + 'static> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(RwSignal::new(value))
    }

    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let (mut read, mut out) = (Some(read), None);
        self.lend(true, &mut |value| out = read.take().map(|read| read(value)));
        out.expect("who tracks lives within the page that owns the value")
    }

    pub(crate) fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.try_with_untracked(read).expect("who reads lives within the page that owns the value")
    }

    /// None once the page is gone.
    pub(crate) fn try_with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        let (mut read, mut out) = (Some(read), None);
        self.lend(false, &mut |value| out = read.take().map(|read| read(value)));
        out
    }

    pub(crate) fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    pub(crate) fn set(self, value: T) {
        self.update(|held| *held = value);
    }

    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    pub(crate) fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let (mut change, mut out) = (Some(change), None);
        self.change(&mut |value| out = change.take().map(|change| change(value)));
        out
    }

    #[inline(never)]
    fn lend(self, tracked: bool, reader: &mut dyn FnMut(&T)) {
        if tracked {
            self.0.track();
        }
        let _ = self.0.try_with_untracked(|value| reader(value));
    }

    #[inline(never)]
    fn change(self, changer: &mut dyn FnMut(&mut T)) {
        self.0.update(|value| changer(value));
    }
}

/// A memo of what is computed.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    boxed_memo(Box::new(compute))
}

#[inline(never)]
fn boxed_memo<T: PartialEq + Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| compute())
}

/// Runs now and whenever what it read has changed, with what it gave before.
pub(crate) fn effect<T: 'static>(run: impl FnMut(Option<T>) -> T + 'static) {
    boxed_effect(Box::new(run));
}

#[inline(never)]
fn boxed_effect<T: 'static>(run: Box<dyn FnMut(Option<T>) -> T>) {
    Effect::new(run);
}

/// A part of a view that is made anew whenever what it read has changed.
pub(crate) fn part<V: IntoAny + 'static>(mut make: impl FnMut() -> V + Send + 'static) -> Part {
    Box::new(move || make().into_any())
}

pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// Reading what others compute, as `with`.
pub(crate) trait Look<T> {
    fn lend(&self, reader: &mut dyn FnMut(&T));

    fn look<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        let (mut read, mut out) = (Some(read), None);
        self.lend(&mut |value| out = read.take().map(|read| read(value)));
        out.expect("what is read lends its value exactly once")
    }
}

impl<T: Send + Sync + 'static> Look<T> for Memo<T> {
    #[inline(never)]
    fn lend(&self, reader: &mut dyn FnMut(&T)) {
        self.with(|value| reader(value));
    }
}

impl<T: Send + Sync + 'static> Look<T> for Signal<T> {
    #[inline(never)]
    fn lend(&self, reader: &mut dyn FnMut(&T)) {
        self.with(|value| reader(value));
    }
}

impl<T: Send + Sync + 'static> Look<T> for RwSignal<T> {
    #[inline(never)]
    fn lend(&self, reader: &mut dyn FnMut(&T)) {
        self.with(|value| reader(value));
    }
}

/// What a click does.
pub(crate) fn click(act: impl FnMut(ev::MouseEvent) + 'static) -> Box<dyn FnMut(ev::MouseEvent)> {
    Box::new(act)
}

/// Views of a list.
pub(crate) trait Views: Iterator + Sized {
    fn views(self) -> Vec<AnyView>
    where
        Self::Item: IntoAny,
    {
        let mut out = Vec::new();
        for view in self {
            out.push(view.into_any());
        }
        out
    }
}

impl<I: Iterator> Views for I {}
