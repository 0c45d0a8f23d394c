//! Who moved when, remembered from minute to minute, so that each minute asks only about itself.
//! Must not know what rows mean.

use super::fetch::Reply;
use crate::prometheus::Told;
use graph::sample::RangeTable;
use graph::{Outcome, Query, QueryKind, RangeOf};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Over a longer gap than this all is asked again.
const GAP_S: i64 = 120;

#[derive(Debug, Default)]
pub(super) struct Presence(Mutex<BTreeMap<QueryKind, Memory>>);

#[derive(Debug)]
struct Memory {
    promql: String,
    at_s: i64,
    /// Each row with the last moment at which it moved.
    told: Arc<Told>,
}

impl Presence {
    fn all(&self) -> MutexGuard<'_, BTreeMap<QueryKind, Memory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same query over no more than is not known yet.
    pub(super) fn narrowed(&self, query: Query, at_s: i64) -> Query {
        let Some(range) = query.range else { return query };
        let all = self.all();
        let Some(memory) = all.get(&query.kind).filter(|memory| memory.promql == query.promql) else {
            return query;
        };
        let step_s = i64::try_from(range.step_s).unwrap_or(i64::MAX);
        let since_s = at_s - memory.at_s;
        if !(step_s..=GAP_S).contains(&since_s) {
            return query;
        }
        let span_s = (since_s - step_s).unsigned_abs();
        Query { range: Some(RangeOf { span_s, ..range }), ..query }
    }

    /// Takes in an answer, which may be of a part of the time, and adds to it who moved before. Of each row nothing is kept but
    /// when it moved last.
    pub(super) fn completed(&self, reply: Reply, whole: RangeOf, at_s: i64) -> Reply {
        let Some(mut moved) = reply.told.as_ref().ok().and_then(|told| moved(told)) else { return reply };
        let mut all = self.all();
        let known = all.get(&reply.query.kind);
        let is_past = known.is_some_and(|memory| memory.at_s > at_s);
        let partial = reply.query.range != Some(whole);
        if let Some(known) = known.filter(|_| partial && !is_past) {
            add(&mut moved, &known.told, at_s as f64 - whole.span_s as f64);
        }
        let told = Arc::new(moved);
        if !is_past {
            let promql = reply.query.promql.clone();
            all.insert(reply.query.kind, Memory { promql, at_s, told: told.clone() });
        }
        Reply { told: Ok(told), ..reply }
    }
}

/// Who moved, and when last. None of what are no series.
fn moved(told: &Told) -> Option<Told> {
    let Outcome::Series(series) = &told.outcome else { return None };
    let mut moved = RangeTable { labels: series.labels.clone(), ..RangeTable::default() };
    for (index, points) in series.points.iter().enumerate() {
        let last = points.iter().filter(|(_, value)| *value > 0.0).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some(last) = last {
            moved.cells.extend_from_slice(series.row(index));
            moved.points.push(vec![*last]);
        }
    }
    let again = Told::new(Outcome::Series(moved), told.symbols.clone(), told.notes.clone());
    Some(Told { parts: told.parts, ..again })
}

/// Adds who is not among them and moved since then.
fn add(moved: &mut Told, before: &Told, since_s: f64) {
    let (Outcome::Series(now), Outcome::Series(then)) = (&mut moved.outcome, &before.outcome) else { return };
    let mut missing = RangeTable { labels: then.labels.clone(), ..RangeTable::default() };
    let seen: HashSet<Vec<&str>> = (0..now.points.len())
        .map(|index| now.row(index).iter().map(|cell| moved.symbols.text(*cell)).collect())
        .collect();
    for (index, points) in then.points.iter().enumerate().filter(|(_, points)| points[0].0 >= since_s) {
        let row: Vec<&str> = then.row(index).iter().map(|cell| before.symbols.text(*cell)).collect();
        if !seen.contains(&row) {
            missing.cells.extend_from_slice(then.row(index));
            missing.points.push(points.clone());
        }
    }
    for cell in &mut missing.cells {
        *cell = moved.symbols.intern(before.symbols.text(*cell));
    }
    now.cells.extend(missing.cells);
    now.points.extend(missing.points);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prometheus::Notes;
    use graph::sample::Symbols;
    use graph::{Origin, Signals, Window};

    fn presence(at_s: i64) -> Query {
        let window = Window { at_s, window_s: 600, scrape_interval_s: Some(15.0) };
        let signals = Signals { slow_lane: true, ..Signals::default() };
        let plan = graph::plan(&Origin::default(), signals, &window);
        plan.into_iter().find(|query| query.kind == QueryKind::PresenceTcp).unwrap()
    }

    /// An answer in which these workloads moved last at these moments.
    fn reply(query: Query, rows: &[(&str, f64)]) -> Reply {
        let at = query.by.iter().position(|label| *label == "source_workload").unwrap();
        let cells = |name: &str| {
            let mut cells = vec![String::new(); query.by.len()];
            name.clone_into(&mut cells[at]);
            cells
        };
        let mut symbols = Symbols::default();
        let mut table = RangeTable { labels: query.by.to_vec(), ..RangeTable::default() };
        for (name, moved_s) in rows {
            table.cells.extend(cells(name).iter().map(|cell| symbols.intern(cell)));
            table.points.push(vec![(moved_s - 30.0, 1.0), (*moved_s, 1.0)]);
        }
        let told = Told::new(Outcome::Series(table), symbols, Notes::default());
        Reply { query, told: Ok(Arc::new(told)), took: None }
    }

    /// Who moved when, by an answer and what was added to it.
    fn told(reply: &Reply) -> Vec<(String, f64)> {
        let told = reply.told.as_ref().unwrap();
        let Outcome::Series(table) = &told.outcome else { panic!("no series") };
        let row = |index: usize| {
            let cells: Vec<&str> = table.row(index).iter().map(|cell| told.symbols.text(*cell)).collect();
            assert_eq!(table.points[index].len(), 1, "nothing but the last");
            (cells.concat(), table.points[index][0].0)
        };
        let mut rows: Vec<(String, f64)> = (0..table.points.len()).map(row).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    }

    #[test]
    fn a_minute_asks_about_itself_and_knows_of_the_quarter_of_an_hour() {
        let memory = Presence::default();
        let whole = presence(6_000).range.unwrap();
        let first = memory.narrowed(presence(6_000), 6_000);
        assert_eq!(first.range, Some(whole), "nothing is known yet");
        memory.completed(reply(first, &[("web", 6_000.0), ("cart", 5_100.0), ("db", 5_400.0)]), whole, 6_000);
        let next = memory.narrowed(presence(6_060), 6_060);
        assert_eq!(next.range, Some(RangeOf { span_s: 30, ..whole }), "6030 and 6060");
        let next = memory.completed(reply(next, &[("web", 6_060.0)]), whole, 6_060);
        assert_eq!(
            told(&next),
            [("db".into(), 5_400.0), ("web".into(), 6_060.0)],
            "a quarter of an hour is over"
        );
        let after = memory.narrowed(presence(6_240), 6_240);
        assert_eq!(after.range, Some(whole), "two minutes were missed");
    }

    #[test]
    fn who_looks_at_the_past_leaves_the_memory_of_the_present() {
        let memory = Presence::default();
        let whole = presence(0).range.unwrap();
        memory.completed(reply(presence(6_000), &[("web", 6_000.0)]), whole, 6_000);
        let past = memory.narrowed(presence(3_000), 3_000);
        assert_eq!(past.range, Some(whole));
        let past = memory.completed(reply(past, &[("old", 3_000.0)]), whole, 3_000);
        assert_eq!(told(&past), [("old".into(), 3_000.0)]);
        assert_eq!(memory.narrowed(presence(6_060), 6_060).range, Some(RangeOf { span_s: 30, ..whole }));
        let longer = Query { promql: "another".into(), ..presence(6_060) };
        assert_eq!(memory.narrowed(longer, 6_060).range, Some(whole), "another silence is another question");
    }
}
