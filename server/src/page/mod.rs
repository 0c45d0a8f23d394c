//! The page's shell and the files behind it. Must not know graphs: the page asks the API for them.

mod assets;
mod shell;

pub(crate) use assets::{accepts, matches};

use crate::app::App;
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Redirect;
use axum::routing::get;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/graph", get(shell::page))
        .route("/embed/graph", get(shell::embed))
        .route("/favicon.ico", get(assets::favicon))
        .route("/assets/{*name}", get(assets::asset))
}

/// The map is the first page; what stands in the address goes with it.
pub(crate) async fn home(State(app): State<App>, uri: Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{}/graph{query}", app.config().bind.base_path))
}
