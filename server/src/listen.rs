//! Takes connections and serves HTTP/1.1 on them until told to stop; then running answers end and all else is closed.
//! Must not know what is served.

use crate::linger::Connections;
use crate::middleware::Peer;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// Bytes of a request's head. Addresses name namespaces, of which a mesh may have hundreds.
const HEAD_BYTES: usize = 64_000;
/// When the process has no descriptor left, asking again at once would only burn a core.
const AFTER_A_FAILURE: Duration = Duration::from_millis(200);

/// Serves until `stop` is done, then drains. `head` bounds the wait for a request's head.
pub(crate) async fn until(
    listener: TcpListener,
    service: Router,
    head: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD_BYTES);
    let (running, connections) = (GracefulShutdown::new(), Connections::default());
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            taken = taken(&listener) => taken,
            () = &mut stop => break,
        };
        let service = service.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let connection =
            http.serve_connection(TokioIo::new(connections.wrap(stream)), TowerToHyperService::new(service));
        let connection = running.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // The caller's doing: it went away, or did not speak HTTP.
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    running.shutdown().await;
    connections.ended().await;
}

async fn taken(listener: &TcpListener) -> (TcpStream, std::net::IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole: waiting to fill a packet would only add to their time.
                drop(stream.set_nodelay(true));
                return (stream, peer.ip());
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take a connection");
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
        }
    }
}

/// It was gone again before it was taken.
fn is_of_the_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
