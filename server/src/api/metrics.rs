//! `GET /metrics`: this process, for a Prometheus. Nothing about the mesh stands there.

use crate::app::App;
use crate::metrics::{CONTENT_TYPE, Moment};
use axum::extract::State;
use axum::http::{HeaderName, header};

type Text = ([(HeaderName, &'static str); 2], String);

pub(super) async fn metrics(State(app): State<App>) -> Text {
    let mut moment = Moment::default();
    for collector in app.sources().all().map(|source| &source.collector) {
        let (snapshots, bytes) = collector.held().await;
        moment.snapshots += snapshots;
        moment.snapshots_bytes += bytes;
        moment.observers += collector.observers();
        // Of several sources, what the newest answer of any says.
        moment.last_good_age = moment.last_good_age.into_iter().chain(collector.last_good_age()).min();
    }
    let text = app.0.metrics.text(moment);
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)
}
