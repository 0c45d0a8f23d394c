//! How connections end, over raw TCP: with a goodbye, never with a reset, also for callers who break off or go too far.

use crate::support::{Hold, Prometheus};
use graph::QueryKind;
use portolan::{Config, Running};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Far longer than any of this takes; a connection that is left open fails the test.
const PATIENCE: Duration = Duration::from_secs(20);

async fn served(change: impl FnOnce(&mut Config)) -> Running {
    let mut config = Config::for_prometheus("http://127.0.0.1:9").unwrap();
    change(&mut config);
    portolan::serve(config).await.unwrap()
}

async fn connected(server: &Running) -> TcpStream {
    TcpStream::connect(server.addr).await.unwrap()
}

/// All until the server's goodbye. A reset is an error, and so is silence.
async fn until_goodbye(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await;
    read.expect("the server says goodbye").expect("with a FIN, not with a reset");
    String::from_utf8_lossy(&heard).into_owned()
}

/// A server that has said goodbye must still listen for a while: what arrives at a closed socket is answered by a reset,
/// which a reader who has seen the goodbye is not told of, but a writer is.
async fn assert_still_heard(stream: &mut TcpStream) {
    for _ in 0..3 {
        stream.write_all(b"x").await.expect("what is sent behind the goodbye is taken");
    }
    assert!(stream.take_error().unwrap().is_none(), "the connection was reset behind the goodbye");
}

/// Sends all of a request before it looks at the answer, as a client does that does not expect a refusal.
async fn refused(server: &Running, head: &str, body_bytes: usize) -> String {
    let mut stream = connected(server).await;
    stream.write_all(head.as_bytes()).await.expect("it takes the head");
    stream.write_all(&vec![b'x'; body_bytes]).await.expect("it takes what follows");
    let answer = until_goodbye(&mut stream).await;
    assert_still_heard(&mut stream).await;
    answer
}

#[tokio::test]
async fn a_refused_upload_is_read_to_its_end() {
    let server = served(|_| {}).await;
    for (head, status) in [
        ("POST /api/v1/graph HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3000000\r\n\r\n", "413"),
        ("GET /graph HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3000000\r\n\r\n", "413"),
        ("POST /graph HTTP/1.1\r\nhost: evil.example\r\ncontent-length: 3000000\r\n\r\n", "413"),
    ] {
        let answer = refused(&server, head, 3_000_000).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    // In pieces nobody knows beforehand how much it will be.
    let head =
        "POST /api/v1/graph HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n2dc6c0\r\n";
    let answer = refused(&server, head, 3_000_000).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    server.shutdown().await;
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_heads_at_all_are_refused_in_words() {
    let server = served(|_| {}).await;
    let answer = refused(&server, "GET /graph HTTP/1.1\r\nhost: localhost\r\nx-large: ", 1_000_000).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let answer = refused(&server, "This is no request.\r\n\r\n", 1_000_000).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    server.shutdown().await;
}

#[tokio::test]
async fn who_never_ends_a_head_or_lies_idle_is_let_go() {
    let server = served(|config| config.limits.head = Duration::from_millis(50)).await;
    let mut half = connected(&server).await;
    half.write_all(b"GET /graph HTTP/1.1\r\nhost: loc").await.unwrap();
    until_goodbye(&mut half).await;
    assert_still_heard(&mut half).await;
    let mut idle = connected(&server).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert!(until_goodbye(&mut idle).await.starts_with("HTTP/1.1 200 "));
    assert_still_heard(&mut idle).await;
    server.shutdown().await;
}

#[tokio::test]
async fn callers_who_break_off_hurt_nobody_and_are_counted() {
    let source = Prometheus::start().await;
    let server = portolan::serve(Config::for_prometheus(&source.url).unwrap()).await.unwrap();
    source.hold(Hold::All);
    let mut stream = connected(&server).await;
    stream.write_all(b"GET /api/v1/graph HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    source.until_asked(QueryKind::Requests).await;
    // The caller's goodbye, in the middle of its request.
    stream.shutdown().await.unwrap();
    assert_eq!(until_goodbye(&mut stream).await, "", "nobody is left to answer");
    source.release();
    let mut again = connected(&server).await;
    again.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let text = until_goodbye(&mut again).await;
    assert!(text.contains("{route=\"/api/v1/graph\",status=\"aborted\"} 1"), "{text}");
    server.shutdown().await;
}

#[tokio::test]
async fn at_the_end_running_answers_are_given_and_idle_connections_get_a_goodbye() {
    let source = Prometheus::start().await;
    let server = portolan::serve(Config::for_prometheus(&source.url).unwrap()).await.unwrap();
    let mut idle = connected(&server).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.unwrap();
    source.hold(Hold::All);
    let mut running = connected(&server).await;
    running.write_all(b"GET /api/v1/graph HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    source.until_asked(QueryKind::Requests).await;
    let addr = server.addr;
    let end = tokio::spawn(server.shutdown());
    until_goodbye(&mut idle).await;
    assert_still_heard(&mut idle).await;
    assert!(TcpStream::connect(addr).await.is_err(), "it takes no more connections");
    source.release();
    let answer = until_goodbye(&mut running).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    tokio::time::timeout(PATIENCE, end).await.expect("it ends").unwrap();
}
