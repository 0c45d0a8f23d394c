//! `GET /api/v1/graph.svg`: the graph as a picture, for a README, a wiki or a slide. The same drawing as the page's.

use super::ask::GraphAsk;
use super::graph::with_meta;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use model::{BoxBy, Graph};
use view::{ApproximateMeasure, Drawing, Overlay, Theme, cards, export, fold, label, overlay};

/// Larger pictures are of use to nobody; names from outside decide on the size.
const MOST_BYTES: usize = 8_000_000;
/// Width to height: what suits a page of text.
const ASPECT: f64 = 1.6;

/// Opened by itself, it may do nothing at all.
const POLICY: &str =
    "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The service graph as a picture
///
/// SVG with real text, whole and at its natural size; each card and line is named by its sentence. It may stand in an
/// `<img>` of any page that the reader's browser can reach this server from. Poll it with `If-None-Match`.
#[utoipa::path(
    get,
    path = "/api/v1/graph.svg",
    params(
        super::openapi::GraphQuery,
        ("theme" = Option<String>, Query, description = "`light` (default) or `dark`"),
        ("overlay" = Option<String>, Query, description = "What colour says, in the page's words: `health` (default), `rate`, `latency`, `mtls`, …"),
        ("labels" = Option<String>, Query, description = "Figures on lines separated by commas, or `none`: `rate`, `errors`, `p95`, `mean`, `mtls`, `throughput`; default: rate,errors")
    ),
    responses(
        (status = 200, description = "The picture", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "The caller has it already"),
        (status = 422, description = "More than fits one picture", body = model::Problem, content_type = "application/problem+json"),
        super::responses::Refusals
    )
)]
pub(super) async fn graph_svg(
    State(app): State<App>,
    mut ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let style = Style::read(&mut ask);
    let found = ask.found().await?;
    let view = ask.view(&app);
    let name = format!("graph.svg?{}#{}", ask.canonical(), style.canonical());
    let source = ask.params.source.clone().unwrap_or_else(|| app.config().source.clone());
    let shown = found.clone();
    let make = move |collected: &crate::collector::Collected| {
        let graph = with_meta(graph::view(&collected.snapshot, &view), &shown, None);
        style.drawn(&graph, &source)
    };
    let body = app.0.bodies.svg_of(&found, name, make).await?;
    let mut response = body.answer_timed(&headers, &found.collected);
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // A wiki is another origin. It can show the picture, though its scripts cannot read it.
    let readers = HeaderName::from_static("cross-origin-resource-policy");
    answered.insert(readers, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// How it is to look.
struct Style {
    theme: Theme,
    overlay: &'static Overlay,
    labels: Vec<&'static label::Label>,
}

impl Style {
    /// Words nobody knows are mistakes here: nobody would see why a picture looks otherwise.
    fn read(ask: &mut GraphAsk) -> Self {
        let theme = match ask.value("theme") {
            None | Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) => {
                ask.mistake("theme", "must be light or dark");
                Theme::Light
            }
        };
        let word = ask.value("overlay").unwrap_or("health").to_owned();
        let overlay = overlay::by_word(&word);
        if overlay.word != word {
            let known: Vec<&str> = overlay::ALL.iter().map(|overlay| overlay.word).collect();
            ask.mistake("overlay", &format!("must be one of {}", known.join(", ")));
        }
        let words = ask.value("labels").unwrap_or("rate,errors").to_owned();
        let words: Vec<&str> = words.split(',').filter(|word| !word.is_empty() && *word != "none").collect();
        let labels = label::by_words(&words);
        if labels.len() != words.len() {
            let known: Vec<&str> = label::ALL.iter().map(|label| label.word).collect();
            ask.mistake("labels", &format!("must be none or some of {}", known.join(", ")));
        }
        // Whoever looks at slowness looks at percentiles, as on the page.
        ask.params.percentiles |= overlay.word == "latency" || labels.iter().any(|label| label.word == "p95");
        Self { theme, overlay, labels }
    }

    fn canonical(&self) -> String {
        let labels: Vec<&str> = self.labels.iter().map(|label| label.word).collect();
        format!("{:?} {} {}", self.theme, self.overlay.word, labels.join(","))
    }

    fn drawn(&self, graph: &Graph, source: &str) -> Result<String, ApiError> {
        // As on the page: more than one reads is drawn by namespaces.
        let folded =
            (graph.nodes.len() > fold::LIMIT).then(|| fold::fold(graph, &|by, _| by == BoxBy::Namespace));
        let graph = folded.as_ref().map_or(graph, |folded| &*folded.graph);
        let options = cards::Options { labels: self.labels.clone(), pins: Vec::new(), aspect: ASPECT };
        let scene = layout::place(&cards::input(graph, &options, &ApproximateMeasure));
        let drawing = Drawing {
            overlay: self.overlay,
            labels: &self.labels,
            ..Drawing::plain(graph, &scene, &ApproximateMeasure)
        };
        let text = export::svg(&drawing, &export::caption(source, &graph.meta), self.theme);
        if text.len() > MOST_BYTES {
            return Err(too_large(format!(
                "The picture would be larger than {} MB. Choose fewer namespaces to draw.",
                MOST_BYTES / 1_000_000
            )));
        }
        Ok(text)
    }
}

fn too_large(detail: String) -> ApiError {
    let title = "Too much for one picture";
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "too-much", title, detail)
}
