//! How well something does: shares of requests against bounds, each rule judged alone, the worst wins.
//! It must not know nodes or edges.

/// From which share on a rule says degraded, and failing. Inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub degraded: f64,
    pub failing: f64,
}

/// `telemetry.md` calls these tolerances; every one can be set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    pub http_5xx: Bounds,
    pub http_4xx: Bounds,
    pub grpc_status: Bounds,
    pub no_response: Bounds,
    /// Fewer requests in the window say nothing.
    pub min_requests: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        let server = Bounds { degraded: 0.01, failing: 0.10 };
        Self {
            http_5xx: server,
            http_4xx: Bounds { degraded: 0.10, failing: 0.20 },
            grpc_status: server,
            no_response: server,
            min_requests: 10.0,
        }
    }
}
