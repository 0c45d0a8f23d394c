//! A TCP proxy that is as easily upset as `kubectl port-forward`: the first reset that comes from the server's side ends
//! all forwarding, for every connection. Knows bytes only; must not know HTTP, nor what a test expects.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

const BUFFER_BYTES: usize = 16_384;

/// Forwards until the server's side resets a connection, or until it is dropped.
#[derive(Debug)]
pub struct TcpProxy {
    addr: SocketAddr,
    death: watch::Receiver<Option<String>>,
    carried: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl TcpProxy {
    /// Listens on a free port of loopback and forwards to this address.
    pub async fn start(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let (sender, death) = watch::channel(None);
        let carried = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(forward(listener, server, sender, Arc::clone(&carried)));
        Ok(Self { addr, death, carried, task })
    }

    /// The same before a product's address, such as `http://127.0.0.1:20001/x`.
    pub async fn before(url: &str) -> Result<Self> {
        let authority = url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let authority = authority.with_context(|| format!("`{url}` does not begin with http://"))?;
        Self::start(authority.parse().with_context(|| format!("`{authority}` is no address"))?).await
    }

    /// Where a browser finds it, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Why forwarding has ended; None while it goes on.
    pub fn died(&self) -> Option<String> {
        self.death.borrow().clone()
    }

    /// Waits for the end of forwarding and says why it came.
    pub async fn until_death(&mut self) -> Result<String> {
        let death = self.death.wait_for(Option::is_some).await.context("the proxy ended without a reason")?;
        death.clone().context("it waited for a reason")
    }

    /// Connections that were taken so far.
    pub fn connections(&self) -> usize {
        self.carried.load(Ordering::Relaxed)
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes connections until one of them tells of a reset; then all of them end with the listener.
async fn forward(
    listener: TcpListener,
    server: SocketAddr,
    death: watch::Sender<Option<String>>,
    carried: Arc<AtomicUsize>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            taken = listener.accept() => {
                let Ok((client, _)) = taken else { continue };
                let number = carried.fetch_add(1, Ordering::Relaxed) + 1;
                connections.spawn(async move {
                    carry(client, server).await.map_err(|error| format!("connection {number}: {error:#}"))
                });
            }
            Some(ended) = connections.join_next() => {
                if let Ok(Err(reason)) = ended {
                    death.send_replace(Some(reason));
                    return;
                }
            }
        }
    }
}

/// One connection, both ways. Fails only by the server's side: a client that goes away is nothing unusual.
async fn carry(client: TcpStream, server: SocketAddr) -> Result<()> {
    let server = TcpStream::connect(server).await.context("the server takes no connection")?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let upwards = async move {
        let mut buffer = vec![0; BUFFER_BYTES];
        // A client's own reset counts as its end.
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            to_server.write_all(&buffer[..read]).await.context("the server takes no more bytes")?;
        }
        // It may have closed already, and in good order: then there is nothing left to tell it.
        drop(to_server.shutdown().await);
        Ok(())
    };
    let downwards = async move {
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut client_listens = true;
        loop {
            let read = from_server.read(&mut buffer).await.context("the server reset the connection")?;
            if read == 0 {
                drop(to_client.shutdown().await);
                return Ok(());
            }
            // What nobody wants any more is read all the same: how the server ends is what counts.
            client_listens = client_listens && to_client.write_all(&buffer[..read]).await.is_ok();
        }
    };
    tokio::try_join!(upwards, downwards).map(drop)
}
