//! How requests for a window are refused, described once for all of them. `error` makes the answers.

use model::Problem;
use utoipa::IntoResponses;

#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "only described here")]
pub(super) enum Refusals {
    /// A parameter cannot be read
    #[response(status = 400, content_type = "application/problem+json")]
    BadParameter(Problem),
    /// Requests are told apart by as many different labels as may be
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyLabels(Problem),
    /// Prometheus cannot be asked, and no earlier answer is held
    #[response(status = 502, content_type = "application/problem+json")]
    Unreachable(Problem),
    /// No Prometheus is set, or there is no room for another stream
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
    /// It took too long
    #[response(status = 504, content_type = "application/problem+json")]
    TookTooLong(Problem),
}
