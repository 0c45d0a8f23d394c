//! The one HTML document: theme, boot configuration, and the script that starts the page.

use crate::app::App;
use crate::middleware::{Framers, Nonce};
use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use model::boot::Boot;

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    base: &'a str,
    /// "light" or "dark"; empty: as the system has it.
    theme: &'static str,
    nonce: &'a str,
    /// JSON in which no `<` stands.
    boot: &'a str,
    styles: &'static [&'static str],
    script: &'static str,
    wasm: &'static str,
    icon: Option<&'static str>,
}

pub(super) async fn page(
    State(app): State<App>,
    Extension(nonce): Extension<Nonce>,
    RawQuery(query): RawQuery,
) -> Response {
    shell(&app, &nonce, query.as_deref().unwrap_or_default(), Form::Whole)
}

/// The map without chrome, which the allowed origins may frame.
pub(super) async fn embed(
    State(app): State<App>,
    Extension(nonce): Extension<Nonce>,
    RawQuery(query): RawQuery,
) -> Response {
    let mut response = shell(&app, &nonce, query.as_deref().unwrap_or_default(), Form::Embed);
    let origins = &app.config().bind.embed_origins;
    if !origins.is_empty() {
        response.extensions_mut().insert(Framers(origins.join(" ")));
    }
    response
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    Embed,
}

fn shell(app: &App, nonce: &Nonce, query: &str, form: Form) -> Response {
    let boot = boot_json(app, form);
    let shell = Shell {
        base: &app.config().bind.base_path,
        theme: theme(query),
        nonce: &nonce.0,
        boot: &boot,
        styles: web_dist::styles(),
        script: web_dist::script(),
        wasm: web_dist::wasm(),
        icon: web_dist::name_of("icons/favicon.svg"),
    };
    let html = shell.render().expect("the template only writes text into a String");
    let mut response = Html(html).into_response();
    // The nonce is good for one response only.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn theme(query: &str) -> &'static str {
    match model::PageParams::from_query(query).0.theme.as_str() {
        "light" => "light",
        "dark" => "dark",
        _ => "",
    }
}

fn boot_json(app: &App, form: Form) -> String {
    let config = app.config();
    let boot = Boot {
        base_path: config.bind.base_path.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        source: config.source.clone(),
        sources: if config.others.is_empty() { Vec::new() } else { app.sources().names() },
        configured: config.prometheus.is_some(),
        embed: form == Form::Embed,
        cautions: if form == Form::Embed { Vec::new() } else { config.cautions() },
        worker: web_dist::name_of(web_dist::WORKER).map(str::to_owned),
        test_hook: config.test_hook,
    };
    within_script(&serde_json::to_string(&boot).expect("boot is plain text and flags"))
}

/// Makes JSON safe inside `<script>`: nothing in it can end the element or begin a comment, and it stays the same JSON.
fn within_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_boot_json_can_end_its_element() {
        let json = serde_json::to_string("</script><!--&\u{2028}").unwrap();
        let safe = within_script(&json);
        assert!(!safe.contains(['<', '>', '&']));
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "</script><!--&\u{2028}");
    }

    #[test]
    fn only_themes_that_exist_reach_the_page() {
        assert_eq!(theme("theme=dark"), "dark");
        assert_eq!(theme("theme=%22%3E%3Cscript%3E"), "");
        assert_eq!(theme(""), "");
    }
}
