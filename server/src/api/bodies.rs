//! Answers as bytes: made once for all who ask for the same, with an entity tag, and packed once.

use crate::collector::{Collected, Found, landed};
use crate::error::ApiError;
use crate::page::{accepts, matches};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use moka::future::Cache;
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

const HELD_BYTES: u64 = 64_000_000;
const IDLE: Duration = Duration::from_mins(1);
/// Smaller answers are not worth packing.
const PACK_FROM: usize = 1_000;

/// Bodies by what they were made from: (snapshot, resource, parameters).
#[derive(Debug)]
pub(crate) struct Bodies(Cache<(u64, String), Arc<HeldBody>>);

#[derive(Debug)]
pub(super) struct HeldBody {
    text: Bytes,
    media_type: &'static str,
    packed: OnceLock<Bytes>,
    etag: HeaderValue,
    /// What the core took to make it.
    view: Duration,
}

impl Default for Bodies {
    fn default() -> Self {
        let weigh =
            |_: &(u64, String), body: &Arc<HeldBody>| u32::try_from(body.text.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(HELD_BYTES).weigher(weigh).time_to_idle(IDLE).build())
    }
}

impl Bodies {
    /// The JSON for this snapshot and these parameters. `make` runs where it holds up nobody, and once for all.
    pub(super) async fn of<T, F>(
        &self,
        found: &Found,
        name: String,
        make: F,
    ) -> Result<Arc<HeldBody>, ApiError>
    where
        T: Serialize,
        F: FnOnce(&Collected) -> Result<T, ApiError> + Send + 'static,
    {
        let written = move |collected: &Collected| {
            let started = Instant::now();
            let value = make(collected)?;
            let view = started.elapsed();
            Ok(HeldBody { view, ..HeldBody::new(&value) })
        };
        self.held(found, name, written).await
    }

    /// The same for a picture.
    pub(super) async fn svg_of(
        &self,
        found: &Found,
        name: String,
        make: impl FnOnce(&Collected) -> Result<String, ApiError> + Send + 'static,
    ) -> Result<Arc<HeldBody>, ApiError> {
        let written = move |collected: &Collected| {
            let started = Instant::now();
            let text = make(collected)?;
            Ok(HeldBody { view: started.elapsed(), ..HeldBody::of_text(text.into(), "image/svg+xml") })
        };
        self.held(found, name, written).await
    }

    async fn held(
        &self,
        found: &Found,
        name: String,
        make: impl FnOnce(&Collected) -> Result<HeldBody, ApiError> + Send + 'static,
    ) -> Result<Arc<HeldBody>, ApiError> {
        let collected = found.collected.clone();
        let made =
            async move { landed(tokio::task::spawn_blocking(move || make(&collected)).await).map(Arc::new) };
        if found.stale.is_some() {
            // It carries an age and a countdown, so it is never the same again.
            return made.await;
        }
        let key = (found.collected.id, name);
        self.0.try_get_with(key, made).await.map_err(|error| (*error).clone())
    }
}

impl HeldBody {
    pub(super) fn new<T: Serialize>(value: &T) -> Self {
        let json = serde_json::to_vec(value).expect("wire types hold finite numbers and text");
        Self::of_text(json.into(), "application/json")
    }

    fn of_text(text: Bytes, media_type: &'static str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&text);
        // Weak: packed or not, it means the same.
        let etag =
            HeaderValue::from_str(&format!("W/\"{:016x}\"", hasher.finish())).expect("hexadecimal digits");
        Self { text, media_type, packed: OnceLock::new(), etag, view: Duration::ZERO }
    }

    /// The whole answer, or 304 where the caller has it already.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let held = request
            .get(header::IF_NONE_MATCH)
            .is_some_and(|tags| self.etag.to_str().is_ok_and(|etag| matches(tags, etag)));
        let mut response = if held { StatusCode::NOT_MODIFIED.into_response() } else { self.whole(request) };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }

    /// `answer`, with where the time went.
    pub(super) fn answer_timed(&self, request: &HeaderMap, collected: &Collected) -> Response {
        let mut response = self.answer(request);
        let ms = |took: Duration| took.as_secs_f64() * 1_000.0;
        let timing = format!(
            "prometheus;dur={:.1}, snapshot;dur={:.1}, view;dur={:.1}",
            ms(collected.prometheus),
            ms(collected.reading),
            ms(self.view)
        );
        let timing = HeaderValue::from_str(&timing).expect("words and numbers");
        response.headers_mut().insert(HeaderName::from_static("server-timing"), timing);
        response
    }

    fn whole(&self, request: &HeaderMap) -> Response {
        let accepted =
            request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let packed = self.text.len() >= PACK_FROM && accepts(accepted, "gzip");
        let body = if packed { self.packed.get_or_init(|| pack(&self.text)) } else { &self.text };
        let mut response = Response::new(Body::from(body.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        if packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Quick rather than small: on the wire a level more saves little, here it costs much.
fn pack(text: &[u8]) -> Bytes {
    let mut packer = GzEncoder::new(Vec::with_capacity(text.len() / 6), Compression::new(3));
    packer.write_all(text).and_then(|()| packer.finish()).expect("a Vec takes all bytes").into()
}
