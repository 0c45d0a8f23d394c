//! Who moved when, remembered from minute to minute, so that each minute asks only about itself.
//! Must not know what rows mean.

use super::fetch::Reply;
use crate::prometheus::{Body, decode_range};
use graph::sample::Symbols;
use graph::{Query, QueryKind, RangeOf};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Over a longer gap than this all is asked again.
const GAP_S: i64 = 120;

#[derive(Debug, Default)]
pub(super) struct Presence(Mutex<BTreeMap<QueryKind, Memory>>);

#[derive(Debug)]
struct Memory {
    promql: String,
    at_s: i64,
    /// When each row had its last value above zero.
    last_s: HashMap<Vec<String>, f64>,
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

    /// Takes in an answer, which may be of a part of the time, and adds to it who moved before.
    pub(super) fn completed(&self, reply: Reply, whole: RangeOf, at_s: i64) -> Reply {
        let Some(seen) = seen(&reply) else { return reply };
        let mut all = self.all();
        let known = all.get(&reply.query.kind);
        if known.is_some_and(|memory| memory.at_s > at_s) {
            return reply;
        }
        let partial = reply.query.range != Some(whole);
        let mut last_s = match all.remove(&reply.query.kind) {
            Some(memory) if partial => memory.last_s,
            _ => HashMap::new(),
        };
        let oldest_s = at_s as f64 - whole.span_s as f64;
        last_s.retain(|_, moved_s| *moved_s >= oldest_s);
        let before: Vec<(&Vec<String>, &f64)> =
            last_s.iter().filter(|(cells, _)| !seen.contains_key(*cells)).collect();
        let beside = (!before.is_empty()).then(|| answer(reply.query.by, &before));
        last_s.extend(seen);
        let promql = reply.query.promql.clone();
        all.insert(reply.query.kind, Memory { promql, at_s, last_s });
        Reply { beside, ..reply }
    }
}

/// None where it cannot be read: who reads it for the snapshot will say why.
fn seen(reply: &Reply) -> Option<HashMap<Vec<String>, f64>> {
    let mut seen = HashMap::new();
    for body in reply.body.as_ref().ok()? {
        let mut symbols = Symbols::default();
        let (table, _) = decode_range(&body.unpacked().ok()?, reply.query.by, &mut symbols).ok()?;
        for (index, points) in table.points.iter().enumerate() {
            let moved = points.iter().filter(|(_, value)| *value > 0.0).map(|(at_s, _)| *at_s);
            if let Some(moved_s) = moved.reduce(f64::max) {
                let cells = table.row(index).iter().map(|cell| symbols.text(*cell).to_owned()).collect();
                seen.insert(cells, moved_s);
            }
        }
    }
    Some(seen)
}

/// Rows as Prometheus would have sent them, with their last point alone.
fn answer(labels: &[&str], rows: &[(&Vec<String>, &f64)]) -> Body {
    let row = |(cells, moved_s): &(&Vec<String>, &f64)| {
        let metric: BTreeMap<&str, &String> =
            labels.iter().copied().zip(cells.iter()).filter(|(_, value)| !value.is_empty()).collect();
        serde_json::json!({ "metric": metric, "values": [[moved_s, "1"]] })
    };
    let rows: Vec<serde_json::Value> = rows.iter().map(row).collect();
    let whole =
        serde_json::json!({ "status": "success", "data": { "resultType": "matrix", "result": rows } });
    Body::plain(whole.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let rows: Vec<(Vec<String>, f64)> = rows.iter().map(|(name, at_s)| (cells(name), *at_s)).collect();
        let body = answer(query.by, &rows.iter().map(|(cells, at_s)| (cells, at_s)).collect::<Vec<_>>());
        Reply { query, body: Ok(vec![body]), took: None, beside: None }
    }

    /// Who moved when, by an answer and what was added to it.
    fn told(reply: &Reply) -> Vec<(String, f64)> {
        let mut bodies = reply.body.clone().unwrap();
        bodies.extend(reply.beside.clone());
        let whole = Reply { body: Ok(bodies), ..reply.clone() };
        let mut told: Vec<(String, f64)> =
            seen(&whole).unwrap().into_iter().map(|(cells, at_s)| (cells.concat(), at_s)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        told
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
