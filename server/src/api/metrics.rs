//! `GET /metrics`: this process, for a Prometheus. Nothing about the mesh stands there.

use crate::app::App;
use crate::metrics::{CONTENT_TYPE, Moment};
use axum::extract::State;
use axum::http::{HeaderName, header};

type Text = ([(HeaderName, &'static str); 2], String);

pub(super) async fn metrics(State(app): State<App>) -> Text {
    let (snapshots, snapshots_bytes) = app.collector().held().await;
    let last_good_age = app.collector().last_good_age();
    let observers = app.collector().observers();
    let text = app.0.metrics.text(Moment { snapshots, snapshots_bytes, observers, last_good_age });
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)
}
