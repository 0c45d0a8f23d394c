//! The demo's data source: a simulated mesh behind the HTTP API of a Prometheus, on a port of its own. Nothing else in the
//! product knows that it is simulated, and this must not know the product.

mod answer;
mod catalogue;
mod choice;
mod params;
mod query;
mod status;
#[cfg(test)]
mod tests;

pub use choice::{mesh, scenario, scenario_names};

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use meshsim::Mesh;
use meshsim::promql::Options;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// Queries evaluated at a time; the others wait. Each takes a core, and the product itself wants one too.
const AT_A_TIME: usize = 2;

/// What every handler needs.
#[derive(Debug, Clone)]
struct Source {
    mesh: Arc<Mesh>,
    permits: Arc<Semaphore>,
    engine: Options,
    now_ms: fn() -> i64,
}

/// A demo that is being served. Dropping it stops it; `shutdown` also waits for the last answer.
#[derive(Debug)]
pub struct Running {
    /// Where it listens; the port is known even when port 0 was asked for.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// The base URL to give to a Prometheus client.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Takes no more requests, finishes those under way, and says how that went.
    pub async fn shutdown(self) -> io::Result<()> {
        // The receiver may be gone already, when serving failed; the task's own result tells why.
        let _ = self.stop.send(());
        self.task.await.map_err(io::Error::other)?
    }
}

/// Serves a mesh until the answer is dropped or shut down. Port 0 takes a free port.
pub async fn start(mesh: Arc<Mesh>, listen: SocketAddr) -> io::Result<Running> {
    start_as(mesh, listen, Options::default()).await
}

/// The same, as an engine that evaluates otherwise than Prometheus 2 does.
pub async fn start_as(mesh: Arc<Mesh>, listen: SocketAddr, engine: Options) -> io::Result<Running> {
    let listener = TcpListener::bind(listen).await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let served = axum::serve(listener, router_at(mesh, now_ms, engine)).with_graceful_shutdown(async move {
        // A dropped sender means the same as a message: nobody wants the demo any longer.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async move { served.await });
    Ok(Running { addr, stop, task })
}

/// The API without a socket.
pub fn router(mesh: Arc<Mesh>) -> Router {
    router_at(mesh, now_ms, Options::default())
}

fn router_at(mesh: Arc<Mesh>, now_ms: fn() -> i64, engine: Options) -> Router {
    let source = Source { mesh, permits: Arc::new(Semaphore::new(AT_A_TIME)), engine, now_ms };
    Router::new()
        .route("/api/v1/query", get(query::instant).post(query::instant))
        .route("/api/v1/query_range", get(query::range).post(query::range))
        .route("/api/v1/series", get(catalogue::series).post(catalogue::series))
        .route("/api/v1/labels", get(catalogue::labels).post(catalogue::labels))
        .route("/api/v1/label/{name}/values", get(catalogue::values))
        .route("/api/v1/query_exemplars", get(catalogue::exemplars).post(catalogue::exemplars))
        .route("/api/v1/status/buildinfo", get(status::buildinfo))
        .route("/api/v1/status/config", get(status::config))
        .route("/api/v1/targets", get(status::targets))
        .route("/metrics", get(status::metrics))
        .route("/-/healthy", get(|| async { "The simulated Prometheus is healthy.\n" }))
        .fallback(status::not_found)
        .with_state(source)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
