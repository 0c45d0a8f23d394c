//! Headers that tell the browser what this origin never does.

use super::nonce::Nonce;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Laid beside a response that these origins may frame; without it nobody may. X-Frame-Options is never sent: it knows no
/// lists, and some browsers would let it win.
#[derive(Debug, Clone)]
pub(crate) struct Framers(pub(crate) String);

/// Puts a fresh nonce beside the request for the page to use, and the policy that names it on the response.
pub(super) async fn headers(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let framers = response.extensions_mut().remove::<Framers>();
    let policy = policy(&nonce, framers.as_ref().map_or("'none'", |framers| framers.0.as_str()));
    let headers = response.headers_mut();
    if framers.is_none() {
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
    // A page that isolates itself may frame only what says that others may have it.
    let readers = if framers.is_some() { "cross-origin" } else { "same-origin" };
    headers.entry(RESOURCE_POLICY).or_insert(HeaderValue::from_static(readers));
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A worker's script and a picture bring their own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    response
}

fn policy(nonce: &Nonce, framers: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'nonce-{}' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {framers}",
        nonce.0
    );
    HeaderValue::from_str(&text).expect("the policy is plain text")
}
