//! By which plan something dear is asked for, decided from what it takes. Pure: must not know queries, stores or clocks.

/// From the fullest to the most thrifty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plan {
    /// All of it, at each refresh.
    #[default]
    Whole,
    /// The bounds that tell most, at each refresh.
    FewerBounds,
    /// Those, at every few refreshes; in between the last ones do.
    Seldom,
    /// Not at all, but for a try now and then.
    NotAtAll,
}

/// What asking takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    /// Of the time between two refreshes, the part that all of it would take.
    pub(super) share: f64,
    /// How many rows all of it would have.
    pub(super) rows: f64,
    /// Which part of it fewer bounds are; 1 where there are no fewer.
    pub(super) fewer: f64,
    /// At every how many refreshes it is asked for seldom.
    pub(super) every: i64,
}

/// What may be taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    /// The part of the time between two refreshes at each of them.
    pub(super) each: f64,
    /// The same, over the few refreshes of which one asks.
    pub(super) seldom: f64,
    pub(super) rows: f64,
}

/// Buckets: about ten thousand rows whole, then a share of the time, and a fifth of it at the very most.
pub(super) const LATENCY: Limits = Limits { each: 0.03, seldom: 0.2, rows: 10_000.0 };
/// What costs less than buckets is never left out.
pub(super) const LESSER: Limits = Limits { each: 0.01, seldom: f64::INFINITY, rows: f64::INFINITY };

/// A fuller plan than the one before has to fit into this part of the limits, or plans would take turns.
const ROOM_BACK: f64 = 0.5;

pub(super) fn choose(before: Plan, measured: &Measured, limits: &Limits) -> Plan {
    let Measured { share, rows, fewer, every } = *measured;
    let fits = |plan: &Plan| {
        let room = if *plan < before { ROOM_BACK } else { 1.0 };
        match plan {
            Plan::Whole => share <= room * limits.each && rows <= room * limits.rows,
            Plan::FewerBounds => fewer < 1.0 && share * fewer <= room * limits.each,
            Plan::Seldom => share * fewer / every.max(1) as f64 <= room * limits.seldom,
            Plan::NotAtAll => true,
        }
    };
    let plans = [Plan::Whole, Plan::FewerBounds, Plan::Seldom, Plan::NotAtAll];
    plans.into_iter().find(fits).unwrap_or(Plan::NotAtAll)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(share: f64, rows: f64) -> Measured {
        Measured { share, rows, fewer: 0.6, every: 4 }
    }

    #[test]
    fn the_dearer_the_more_thrifty() {
        let chosen = |share, rows| choose(Plan::Whole, &of(share, rows), &LATENCY);
        assert_eq!(chosen(0.03, 10_000.0), Plan::Whole);
        assert_eq!(chosen(0.01, 10_001.0), Plan::FewerBounds, "many rows, fast as they may come");
        assert_eq!(chosen(0.05, 10.0), Plan::FewerBounds);
        assert_eq!(chosen(0.06, 10.0), Plan::Seldom);
        assert_eq!(chosen(1.3, 10.0), Plan::Seldom);
        assert_eq!(chosen(1.4, 10.0), Plan::NotAtAll, "a fifth of four refreshes");
        assert_eq!(choose(Plan::Whole, &of(9.0, 1e9), &LESSER), Plan::Seldom, "means are never left out");
    }

    #[test]
    fn where_there_are_no_fewer_bounds_all_are_asked_for_seldom() {
        let native = Measured { fewer: 1.0, ..of(0.04, 10.0) };
        assert_eq!(choose(Plan::Whole, &native, &LATENCY), Plan::Seldom);
    }

    #[test]
    fn what_wavers_round_a_limit_stays_with_its_plan() {
        for (share, before) in [(0.05, Plan::Seldom), (0.03, Plan::FewerBounds), (1.0, Plan::NotAtAll)] {
            assert_eq!(choose(before, &of(share, 10.0), &LATENCY), before, "{share}");
        }
    }

    #[test]
    fn what_has_become_cheap_is_asked_for_in_full_again() {
        assert_eq!(choose(Plan::NotAtAll, &of(0.6, 10.0), &LATENCY), Plan::Seldom);
        assert_eq!(choose(Plan::Seldom, &of(0.02, 10.0), &LATENCY), Plan::FewerBounds);
        assert_eq!(choose(Plan::NotAtAll, &of(0.01, 10.0), &LATENCY), Plan::Whole);
        assert_eq!(choose(Plan::FewerBounds, &of(0.01, 6_000.0), &LATENCY), Plan::FewerBounds);
    }
}
