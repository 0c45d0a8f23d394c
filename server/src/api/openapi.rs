//! The API's description, made from the handlers themselves. A snapshot test locks it: a changed API is a seen change.

use super::bodies::HeldBody;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::OnceLock;
use utoipa::{IntoParams, OpenApi};

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Portolan",
        description = "The service graph of an Istio mesh, from Prometheus alone. Absent means unknown, never zero; rates are per second, shares 0 to 1."
    ),
    paths(
        super::graph::graph,
        super::stream::stream,
        super::graph_svg::graph_svg,
        super::labels::labels,
        super::last_traffic::last_traffic,
        super::namespaces::namespaces,
        super::node::node,
        super::edge::edge,
        super::series::series,
        super::sources::sources,
        super::status::status,
    )
)]
pub(crate) struct Description;

/// Parameters that all views of a window share. Read by `model::params`, the codec the page uses too.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described here; the codec in `model` reads them")]
pub(super) struct GraphQuery {
    /// Namespaces separated by commas; default: all with traffic but the system ones.
    namespaces: Option<String>,
    /// Show istio-system, kube-system and the like too.
    system: Option<bool>,
    /// `app`, `versioned-app` (default), `workload` or `service`.
    r#type: Option<String>,
    /// `namespace,app,cluster` (default), any of them, or `none`. Clusters are framed where there are several.
    boxes: Option<String>,
    /// From `30s` to `30d`; default `10m`. Below four scrapes a warning says so; above six hours one says what it costs.
    window: Option<String>,
    /// End of the window in unix seconds; default: now.
    at: Option<i64>,
    /// Read latency buckets, for p50 to p99.
    percentiles: Option<bool>,
    /// A node's id: draw only what lies within `hops` of it.
    focus: Option<String>,
    /// 1 (default) to 5.
    hops: Option<u8>,
    /// A node's id, beside `focus`: draw only what lies on a way between the two.
    to: Option<String>,
    /// Clusters separated by commas; default: all.
    clusters: Option<String>,
    /// Put services between clients and the workloads that answer for them.
    services: Option<bool>,
    /// A label of the requests, such as `request_operation`: its values are drawn as nodes. `/api/v1/labels` lists
    /// those there are.
    operations: Option<String>,
    /// What costs queries of its own: any of `bytes`, `messages`, `sizes`, `open`, `successful` (latency of requests that
    /// did not fail) and `idle`.
    with: Option<String>,
    /// Which Prometheus, of those that `/api/v1/sources` lists; default: the first.
    source: Option<String>,
}

/// Of what is no graph, but of one source.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described here; the codec in `model` reads it")]
pub(super) struct SourceQuery {
    /// Which Prometheus; default: the first
    source: Option<String>,
}

pub(super) async fn document(headers: HeaderMap) -> Response {
    static DOCUMENT: OnceLock<HeldBody> = OnceLock::new();
    DOCUMENT.get_or_init(|| HeldBody::new(&Description::openapi())).answer(&headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_what_was_reviewed() {
        let mut description = Description::openapi();
        // A release alone is no change of the API.
        "of the build".clone_into(&mut description.info.version);
        insta::assert_json_snapshot!(description);
    }
}
