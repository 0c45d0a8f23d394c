//! Which kinds of requests ran over one node or edge: one small query beside a panel's other figures.
//! Must not know what a node is: the core makes the query and reads its rows.

use super::fetch::Fetcher;
use super::lanes::Lane;
use super::{Collected, Collector};
use crate::prometheus::{PrometheusError, decode_instant};
use graph::sample::Symbols;
use graph::{OperationRow, OperationsQuery, SubjectId, View};
use model::detail::Operation;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

const KEPT_FOR: Duration = Duration::from_mins(1);
const ANSWERS_KEPT: u64 = 200;
/// A panel does not wait for what it can do without.
const PATIENCE: Duration = Duration::from_secs(3);

/// Rows by the time and the queries that gave them.
pub(super) type OperationsCache = Cache<(i64, String), Arc<Vec<OperationRow>>>;

pub(super) fn new_cache() -> OperationsCache {
    Cache::builder().max_capacity(ANSWERS_KEPT).time_to_live(KEPT_FOR).build()
}

impl Collector {
    /// None where the store has no label for it, or does not tell in time: the panel then says nothing of it.
    pub(crate) async fn operations(
        self: &Arc<Self>,
        collected: &Collected,
        view: &View,
        subject: SubjectId<'_>,
    ) -> Vec<Operation> {
        let told = tokio::time::timeout(PATIENCE, self.told_apart(collected, view, subject)).await;
        told.unwrap_or_else(|_| {
            tracing::debug!("kinds of requests were not told in time");
            Vec::new()
        })
    }

    async fn told_apart(
        self: &Arc<Self>,
        collected: &Collected,
        view: &View,
        subject: SubjectId<'_>,
    ) -> Vec<Operation> {
        let snapshot = &collected.snapshot;
        let Some(label) = self.operation_label(view).await else { return Vec::new() };
        let queries = graph::operations_queries(snapshot, view, subject, &label);
        let at_s = collected.window.at_s;
        let key: Vec<&str> = queries.iter().map(|query| query.promql.as_str()).collect();
        let asked = self.operations.try_get_with((at_s, key.join("\n")), self.rows(&queries, at_s)).await;
        match asked {
            Ok(rows) => graph::operations(snapshot, view, subject, &label, &rows),
            Err(error) => {
                tracing::debug!(%error, "kinds of requests were not told");
                Vec::new()
            }
        }
    }

    /// The one that the viewer chose, or the mesh's own where the store has it.
    async fn operation_label(self: &Arc<Self>, view: &View) -> Option<String> {
        if view.operations.is_some() {
            return view.operations.clone();
        }
        let own = self.lookout.origin().dialect.operation_label();
        let labels = self.labels().await.ok()?;
        labels.labels.iter().any(|label| label == own).then(|| own.to_owned())
    }

    async fn rows(
        &self,
        queries: &[OperationsQuery],
        at_s: i64,
    ) -> Result<Arc<Vec<OperationRow>>, PrometheusError> {
        let mut rows = Vec::new();
        for query in queries {
            let fetcher = self.fetcher_of(query.source.as_deref()).ok_or(PrometheusError::NotConfigured)?;
            rows.extend(fetcher.operations(query, at_s).await?);
        }
        Ok(Arc::new(rows))
    }
}

impl Fetcher {
    async fn operations(
        &self,
        query: &OperationsQuery,
        at_s: i64,
    ) -> Result<Vec<OperationRow>, PrometheusError> {
        let answer = {
            let _turn = self.lanes.turn(Lane::Detail).await;
            self.queries.noted("operations", self.client.instant(&query.promql, at_s)).await?
        };
        let body = answer.body.unpacked()?;
        let mut symbols = Symbols::default();
        let (table, _) = decode_instant(&body, &query.labels, false, &mut symbols)
            .map_err(|error| PrometheusError::from_decoding(error, &body, self.client.address()))?;
        let row = |at: usize| {
            let [kind, part] = [0, 1].map(|cell| symbols.text(table.row(at)[cell]).to_owned());
            OperationRow { kind, part, value: table.values[at] }
        };
        Ok((0..table.rows()).map(row).collect())
    }
}
