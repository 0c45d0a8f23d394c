//! What is asked of a collector, what it finds, and by what it holds that. Must not know how anything is fetched.

use super::Collected;
use super::live::Place;
use crate::prometheus::PrometheusError;
use model::Extras;
use model::graph::Stale;
use std::sync::Arc;

/// What a viewer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) window_s: u64,
    /// None: now.
    pub(crate) at_s: Option<i64>,
    pub(crate) percentiles: bool,
    pub(crate) extras: Extras,
    /// A label by which requests are told apart.
    pub(crate) operations: Option<Arc<str>>,
}

impl Ask {
    /// It wants no more than everybody gets.
    pub(super) fn is_plain(&self) -> bool {
        !self.percentiles && self.extras == Extras::NONE && self.operations.is_none()
    }

    /// What of the past may be shown in its stead.
    pub(super) fn place(&self) -> Place {
        Place { window_s: self.window_s, operations: self.operations.clone() }
    }

    /// What serves both, where they tell requests apart alike.
    pub(super) fn with(&self, other: &Self) -> Self {
        let percentiles = self.percentiles || other.percentiles;
        Self { percentiles, extras: self.extras.and(other.extras), ..self.clone() }
    }
}

/// A snapshot, and whether it is the one that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) collected: Arc<Collected>,
    /// Set: the newest attempt failed, and this is the last good one.
    pub(crate) stale: Option<Stale>,
}

/// Nothing to show at all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) error: PrometheusError,
    pub(crate) retry_in_s: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) window_s: u64,
    pub(super) at_s: i64,
    pub(super) buckets: bool,
    pub(super) extras: Extras,
    pub(super) operations: Option<Arc<str>>,
}

impl Key {
    /// It has all that the other has, and perhaps more.
    pub(super) fn covers(&self, other: &Self) -> bool {
        (self.window_s, self.at_s) == (other.window_s, other.at_s)
            && self.operations == other.operations
            && (self.buckets || !other.buckets)
            && self.extras.and(other.extras) == self.extras
    }
}
