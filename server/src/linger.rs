//! Connections that end in good order. A socket that is closed over bytes it has not read makes the kernel send a reset,
//! which takes the answer away from the caller and brings `kubectl port-forward` down. So what is still coming is read
//! and thrown away for a while. Must not know HTTP.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Who sends more than this after being refused is not worth an orderly end.
const MOST_BYTES: usize = 8_000_000;
const LONGEST: Duration = Duration::from_secs(5);
/// How long the end of the process waits for the last connections' ends.
const AT_THE_END: Duration = Duration::from_secs(1);

/// All connections of one listener, those that linger included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<watch::Sender<()>>);

impl Connections {
    pub(crate) fn wrap(&self, stream: TcpStream) -> Orderly {
        Orderly(Some((stream, self.0.subscribe())))
    }

    /// Waits until none is left, though not for long.
    pub(crate) async fn ended(self) {
        drop(tokio::time::timeout(AT_THE_END, self.0.closed()).await);
    }
}

/// A stream that lingers when it is dropped. Empty only while it is being dropped.
#[derive(Debug)]
pub(crate) struct Orderly(Option<(TcpStream, watch::Receiver<()>)>);

impl Orderly {
    fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(&mut self.0.as_mut().expect("it holds its stream until it is dropped").0)
    }
}

impl Drop for Orderly {
    fn drop(&mut self) {
        let Some((stream, counted)) = self.0.take() else { return };
        // Without a runtime the process is ending.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                linger(stream).await;
                drop(counted);
            });
        }
    }
}

/// Says goodbye behind all that was sent, then listens until the other side has said so too.
async fn linger(mut stream: TcpStream) {
    // It fails only for a connection that is gone already.
    if stream.shutdown().await.is_err() {
        return;
    }
    let unread = async {
        let mut buffer = vec![0; 16_384];
        let mut left = MOST_BYTES;
        while left > 0
            && let Ok(read @ 1..) = stream.read(&mut buffer).await
        {
            left = left.saturating_sub(read);
        }
    };
    drop(tokio::time::timeout(LONGEST, unread).await);
}

impl AsyncRead for Orderly {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for Orderly {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
