//! The fixture that stands for `kubectl port-forward` does die at a reset of the server's side, and at nothing else.

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::tcp_proxy::TcpProxy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn pair() -> Result<(TcpListener, TcpProxy)> {
    let server = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = TcpProxy::start(server.local_addr()?).await?;
    Ok((server, proxy))
}

fn address(proxy: &TcpProxy) -> String {
    proxy.url().trim_start_matches("http://").to_owned()
}

#[tokio::test]
async fn it_dies_when_the_server_closes_over_bytes_it_has_not_read() -> Result<()> {
    let (server, mut proxy) = pair().await?;
    let mut client = TcpStream::connect(address(&proxy)).await?;
    client.write_all(b"request").await?;
    let (mut taken, _) = server.accept().await?;
    // One byte of seven is read; closing over the rest makes the kernel reset.
    taken.read_u8().await?;
    drop(taken);
    let reason = tokio::time::timeout(Duration::from_secs(10), proxy.until_death()).await??;
    ensure!(reason.contains("connection 1") && reason.contains("reset"), "{reason}");
    ensure!(TcpStream::connect(address(&proxy)).await.is_err(), "a dead proxy takes no connection");
    Ok(())
}

#[tokio::test]
async fn it_outlives_clients_that_go_away_and_orderly_ends() -> Result<()> {
    let (server, proxy) = pair().await?;
    for _ in 0..3 {
        let mut client = TcpStream::connect(address(&proxy)).await?;
        client.write_all(b"hello").await?;
        let (mut taken, _) = server.accept().await?;
        let mut heard = [0; 5];
        taken.read_exact(&mut heard).await?;
        // Without lingering the client's side resets: its own business.
        client.set_zero_linger()?;
        drop(client);
        ensure!(taken.read(&mut heard).await? == 0, "the proxy tells the server that the client is gone");
        taken.shutdown().await?;
    }
    let mut client = TcpStream::connect(address(&proxy)).await?;
    let (mut taken, _) = server.accept().await?;
    taken.write_all(b"bye").await?;
    taken.shutdown().await?;
    let mut heard = String::new();
    client.read_to_string(&mut heard).await?;
    ensure!(heard == "bye" && proxy.connections() == 4, "{heard}, {} connections", proxy.connections());
    ensure!(proxy.died().is_none(), "{:?}", proxy.died());
    Ok(())
}
