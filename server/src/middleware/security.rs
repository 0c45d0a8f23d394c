//! Headers that tell the browser what this origin never does.

use super::nonce::Nonce;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Puts a fresh nonce beside the request for the page to use, and the policy that names it on the response.
pub(super) async fn headers(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let policy = policy(&nonce);
    request.extensions_mut().insert(nonce);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A worker's script brings its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    response
}

fn policy(nonce: &Nonce) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'nonce-{}' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        nonce.0
    );
    HeaderValue::from_str(&text).expect("the policy is plain text")
}
