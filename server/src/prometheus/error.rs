//! What can go wrong with Prometheus, as sentences: what happened, and what to do about it.
//!
//! Policy: a failure is described here once. It costs a query's column, or the whole answer when nothing came; the
//! collector decides which. It is logged once, where the fetch ends. No sentence ever holds a token or a password.

use super::decode::DecodeError;

/// A failure of one request to Prometheus. `Clone`, since all who wait for one flight share it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrometheusError {
    #[error(
        "No Prometheus is set. Start with --prometheus http://your-prometheus:9090 or set PORTOLAN_PROMETHEUS."
    )]
    NotConfigured,
    #[error(
        "Nothing answers at {at}: the connection was refused. Check the address and the port, and that Prometheus is running."
    )]
    Refused { at: String },
    #[error("The name {host} was not found. Check the spelling, and that this machine can resolve it.")]
    NameNotFound { host: String },
    #[error(
        "The secure connection to {at} failed: {reason}. Check the certificate and that the address should begin with https://."
    )]
    Tls { at: String, reason: String },
    #[error(
        "No connection to {at}: {reason}. Check the address and what lies between this server and Prometheus."
    )]
    Unreachable { at: String, reason: String },
    #[error(
        "{at} did not answer within {timeout_s} s. It may be overloaded: try a shorter window, or raise --prometheus-timeout."
    )]
    Timeout { at: String, timeout_s: u64 },
    #[error(
        "Prometheus gave up on the query because it took too long ({reason}). Try a shorter window, or raise Prometheus's --query.timeout."
    )]
    ServerTimeout { reason: String },
    #[error(
        "{at} wants to know who asks (401). Set --prometheus-bearer-token-file, or --prometheus-username with a password."
    )]
    Unauthorised { at: String },
    #[error(
        "{at} refuses these credentials (403). Give this user or token the right to query, or use another."
    )]
    Forbidden { at: String },
    #[error("{at} answers 404. Is this a Prometheus? Maybe a path prefix is missing from --prometheus.")]
    NotFound { at: String },
    #[error(
        "{at} answers with a redirect to {to}. Set --prometheus to the final address; if that is a login page, set a token or a user."
    )]
    Redirect { at: String, to: String },
    #[error(
        "{at} answers with a web page instead of JSON. Maybe a login or a proxy stands before Prometheus, or a path prefix is missing."
    )]
    Html { at: String },
    #[error("{at} is there but not ready: HTTP {status}. If it has just started, it will heal by itself.")]
    BadStatus { at: String, status: u16 },
    #[error(
        "The query would read more samples than Prometheus allows ({reason}). Try a shorter window, or raise --query.max-samples there."
    )]
    SampleLimit { reason: String },
    #[error("Prometheus could not run the query: {kind}: {reason}")]
    Query { kind: String, reason: String },
    #[error(
        "The answer is larger than {limit_mb} MB. Raise --prometheus-max-answer, or try a shorter window."
    )]
    TooLarge { limit_mb: usize },
    #[error(
        "The answer broke off in the middle. If this stays so, look at what lies between this server and Prometheus."
    )]
    CutOff,
    /// Of several sources each fails in its own way: their names, and why.
    #[error("No source answers. {}", sentences(.0))]
    Each(Vec<(String, PrometheusError)>),
    #[error("It is still being asked for the first time, and joins when it answers.")]
    Awaited,
    /// It was not asked for at all.
    #[error("{reason}.")]
    Spared { reason: String },
    #[error("The answer is not what Prometheus sends ({reason}). Is {at} a Prometheus?")]
    Malformed { at: String, reason: String },
}

impl PrometheusError {
    /// Nobody is there or nobody lets us in: asking something else would fail the same way.
    pub fn is_about_the_source(&self) -> bool {
        if let Self::Each(all) = self {
            return all.iter().all(|(_, error)| error.is_about_the_source());
        }
        matches!(
            self,
            Self::NotConfigured
                | Self::Refused { .. }
                | Self::NameNotFound { .. }
                | Self::Tls { .. }
                | Self::Unreachable { .. }
                | Self::Unauthorised { .. }
                | Self::Forbidden { .. }
                | Self::Redirect { .. }
        )
    }

    pub(super) fn too_large(max_bytes: usize) -> Self {
        Self::TooLarge { limit_mb: max_bytes.div_ceil(1_000_000) }
    }

    /// It was there and took too long.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Each(all) => all.iter().all(|(_, error)| error.is_timeout()),
            _ => matches!(self, Self::Timeout { .. } | Self::ServerTimeout { .. }),
        }
    }

    /// A transport failure, told apart by what lies beneath it.
    pub(super) fn from_transport(error: &reqwest::Error, at: &str, timeout_s: u64) -> Self {
        let at = at.to_owned();
        if error.is_dns() {
            return Self::NameNotFound { host: host_of(&at) };
        }
        if error.is_timeout() {
            return if error.is_connect() {
                Self::Unreachable { at, reason: "it did not answer the call in time".to_owned() }
            } else {
                Self::Timeout { at, timeout_s }
            };
        }
        for cause in causes(error) {
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls { at, reason: tls.to_string() };
            }
            if let Some(io) = cause.downcast_ref::<std::io::Error>()
                && io.kind() == std::io::ErrorKind::ConnectionRefused
            {
                return Self::Refused { at };
            }
        }
        if error.is_connect() {
            let reason = causes(error).last().map_or_else(String::new, ToString::to_string);
            return Self::Unreachable { at, reason };
        }
        Self::CutOff
    }

    /// An answer that is not a success, by its status and what it says.
    pub(super) fn from_answer(status: u16, location: Option<&str>, body: &[u8], at: &str) -> Self {
        let at = at.to_owned();
        match status {
            401 => return Self::Unauthorised { at },
            403 => return Self::Forbidden { at },
            300..=399 => {
                let to = location.unwrap_or("an address it does not name").to_owned();
                return Self::Redirect { at, to };
            }
            _ => {}
        }
        if let Some(error) = prometheus_says(body) {
            return error;
        }
        match status {
            404 | 405 => Self::NotFound { at },
            _ if looks_like_a_page(body) => Self::Html { at },
            _ => Self::BadStatus { at, status },
        }
    }

    /// A success whose body could not be read.
    pub(crate) fn from_decoding(error: DecodeError, body: &[u8], at: &str) -> Self {
        match error {
            DecodeError::Prometheus { kind, reason } => from_error_type(kind, reason),
            DecodeError::Json(_) if looks_like_a_page(body) => Self::Html { at: at.to_owned() },
            DecodeError::Json(error) if error.is_eof() => Self::CutOff,
            DecodeError::Json(error) => Self::Malformed { at: at.to_owned(), reason: error.to_string() },
        }
    }
}

fn sentences(all: &[(String, PrometheusError)]) -> String {
    all.iter().map(|(name, error)| format!("{name}: {error}")).collect::<Vec<_>>().join(" ")
}

fn looks_like_a_page(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

/// What an error document of the Prometheus API says, if the body is one.
fn prometheus_says(body: &[u8]) -> Option<PrometheusError> {
    #[derive(serde::Deserialize)]
    struct Said {
        #[serde(rename = "errorType")]
        kind: String,
        error: String,
    }
    let said: Said = serde_json::from_slice(body).ok()?;
    Some(from_error_type(said.kind, said.error))
}

fn from_error_type(kind: String, reason: String) -> PrometheusError {
    if reason.contains("too many samples") || reason.contains("maximum resolution") {
        return PrometheusError::SampleLimit { reason };
    }
    match kind.as_str() {
        "timeout" | "canceled" => PrometheusError::ServerTimeout { reason },
        _ => PrometheusError::Query { kind, reason },
    }
}

/// The chain of causes, looking into `io::Error`, which hides its own from `source()`.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        error
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref())
            .map(|inner| inner as &(dyn std::error::Error + 'static))
            .or_else(|| error.source())
    })
}

fn host_of(at: &str) -> String {
    url::Url::parse(at)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| at.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "http://p:9090/";

    fn answer(status: u16, body: &str) -> String {
        PrometheusError::from_answer(status, Some("http://login/"), body.as_bytes(), AT).to_string()
    }

    #[test]
    fn each_answer_has_its_sentence() {
        let page = "  <!doctype html><h1>Sign in</h1>";
        let limit = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}"#;
        let slow =
            r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#;
        let bad = r#"{"status":"error","errorType":"bad_data","error":"unexpected end of input"}"#;
        for (status, body, part) in [
            (401, "", "wants to know who asks"),
            (403, page, "refuses these credentials"),
            (404, "404 page not found", "Is this a Prometheus? Maybe a path prefix is missing"),
            (405, "", "Is this a Prometheus?"),
            (302, "", "redirect to http://login/"),
            (500, page, "a web page instead of JSON"),
            (503, "", "not ready: HTTP 503"),
            (422, limit, "more samples than Prometheus allows"),
            (503, slow, "took too long"),
            (400, bad, "bad_data: unexpected end of input"),
        ] {
            let sentence = answer(status, body);
            assert!(sentence.contains(part), "{status}: {sentence}");
        }
    }

    #[test]
    fn a_failure_of_the_source_is_told_from_a_failure_of_a_query() {
        assert!(PrometheusError::Refused { at: AT.into() }.is_about_the_source());
        assert!(!PrometheusError::CutOff.is_about_the_source());
        assert!(!PrometheusError::Timeout { at: AT.into(), timeout_s: 1 }.is_about_the_source());
    }
}
