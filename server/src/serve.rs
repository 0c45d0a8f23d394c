//! Binds the socket, serves, and stops in good order.

use crate::app::{App, router};
use crate::config::Config;
use crate::listen;
use anyhow::Context as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is told to stop, or is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it really listens, also when port 0 was asked for.
    pub addr: SocketAddr,
    base_path: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    drain: Duration,
}

/// Starts to serve. Returns as soon as connections are taken.
pub async fn serve(mut config: Config) -> anyhow::Result<Running> {
    let listen = config.bind.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: is another process there already? Choose another with --listen")
    })?;
    let addr = listener.local_addr()?;
    config.bind.listen = addr;
    for caution in config.cautions() {
        tracing::warn!("{caution}");
    }
    let drain = config.limits.drain;
    let base_path = config.bind.base_path.clone();
    let head = config.limits.head;
    let app = App::new(config)?;
    let service = router(app.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        // A dropped sender stops it too.
        let stop = async {
            drop(stopped.await);
            app.end_streams();
        };
        listen::until(listener, service, head, stop).await;
    });
    Ok(Running { addr, base_path, stop, task, drain })
}

/// Where this machine reaches what listens there.
pub(crate) fn url_of(listen: SocketAddr, base_path: &str) -> String {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}{base_path}", SocketAddr::new(ip, listen.port()))
}

impl Running {
    /// Where a browser on this machine finds it.
    pub fn url(&self) -> String {
        url_of(self.addr, &self.base_path)
    }

    /// Takes no new requests, lets running ones finish within the limit, then ends.
    pub async fn shutdown(self) {
        let Self { stop, mut task, drain, .. } = self;
        let _ = stop.send(());
        match tokio::time::timeout(drain, &mut task).await {
            Ok(Ok(())) => {}
            Ok(outcome) => tracing::error!(?outcome, "the server ended with a failure"),
            Err(_) => {
                tracing::warn!(drain_s = drain.as_secs(), "requests were still running and are cut off");
                task.abort();
            }
        }
    }
}
