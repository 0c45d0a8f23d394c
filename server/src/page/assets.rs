//! Serves the embedded files. Their names change with their content, so a browser may keep them for ever.

use crate::app::App;
use crate::error::ApiError;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use web_dist::Asset;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = web_dist::find(&name) else {
        return ApiError::not_found(format!(
            "There is no file `{name}`. If the page was open during an upgrade, reload it."
        ))
        .into_response();
    };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tags| matches(tags, asset.etag)) {
        return with_headers(StatusCode::NOT_MODIFIED.into_response(), asset, None);
    }
    let (bytes, encoding) = encoded(asset, &headers);
    with_headers(Response::new(Body::from(bytes)), asset, encoding)
}

/// Browsers ask for this name unbidden, before they have read the page.
pub(super) async fn favicon(State(app): State<App>) -> Response {
    match web_dist::name_of("icons/favicon.svg") {
        Some(name) => {
            Redirect::temporary(&format!("{}/assets/{name}", app.config().bind.base_path)).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

fn with_headers(mut response: Response, asset: &Asset, encoding: Option<&'static str>) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, asset.content_type);
    set(header::CACHE_CONTROL, FOR_EVER);
    set(header::ETAG, asset.etag);
    set(header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding);
    }
    if asset.content_type == "text/javascript; charset=utf-8" {
        // A worker's script is judged by the policy of its own response.
        set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
        );
    }
    response
}

fn encoded(asset: &Asset, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let forms = [("br", asset.brotli), ("gzip", asset.gzip)];
    forms
        .into_iter()
        .find_map(|(name, form)| accepts(accepted, name).then_some(form?).map(|bytes| (bytes, Some(name))))
        .unwrap_or((asset.raw, None))
}

/// Whether a header such as `gzip, br;q=0.8, zstd;q=0` takes this encoding.
pub(crate) fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding))
            && words.all(|word| word.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) != Some(0.0))
    })
}

/// Whether `If-None-Match` names this tag, weakly compared.
pub(crate) fn matches(tags: &HeaderValue, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.to_str().is_ok_and(|tags| tags.trim() == "*" || tags.split(',').any(|tag| bare(tag) == bare(etag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_with_weight_nought_is_refused() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("gzip", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn tags_match_weakly_and_in_lists() {
        let tags = HeaderValue::from_static("\"a\", W/\"b\"");
        assert!(matches(&tags, "\"b\""));
        assert!(matches(&tags, "W/\"a\""));
        assert!(!matches(&tags, "\"c\""));
    }
}
