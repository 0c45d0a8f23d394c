//! A page of another origin, such as a dashboard, that holds whatever frame a test gives it.
//! Must not know what stands in the frame.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::response::Html;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A site with one page. Ends when it is dropped.
#[derive(Debug)]
pub struct Framer {
    addr: SocketAddr,
    page: tokio::sync::watch::Sender<String>,
    task: JoinHandle<()>,
}

impl Framer {
    /// A page without a frame: the product may have to be told this origin before it is started.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let (page, shown) = tokio::sync::watch::channel(page_with(""));
        let service = Router::new().fallback(move || {
            let html = shown.borrow().clone();
            async move { Html(html) }
        });
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap_or_default() });
        Ok(Self { addr, page, task })
    }

    /// From now on the page holds this markup: an iframe's whole tag, as the README has it.
    pub fn hold(&self, tag: &str) {
        self.page.send_replace(page_with(tag));
    }

    /// The site by another name than the product's 127.0.0.1, so that browsers take it for another site altogether.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.addr.port())
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        format!("{}/", self.origin())
    }
}

impl Drop for Framer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn page_with(tag: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><link rel=\"icon\" href=\"data:,\">\
         <title>A dashboard</title><h1>A dashboard</h1>\n{tag}\n</html>"
    )
}
