//! The stream of a live graph: whole, differences, going on where it broke off, limits, heart-beats and its end.

use crate::support::{Fault, Product, Prometheus, pass};
use flate2::write::GzDecoder;
use model::Graph;
use portolan::Config;
use std::io::Write as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const STREAM: &str = "/api/v1/graph/stream";
const PATIENCE: Duration = Duration::from_secs(20);

/// As the page reads it. All goes through the general reader once, for that may be wrong in a figure's last bit.
fn read(graph: &serde_json::Value) -> Graph {
    model::json::read(&graph.to_string()).unwrap()
}

fn applied(change: &serde_json::Value, held: &Graph) -> Option<Graph> {
    model::difference::apply(&change.to_string(), held).unwrap()
}

async fn polled(product: &Product) -> Graph {
    read(&product.get("/api/v1/graph").await.json())
}

#[tokio::test]
async fn whole_and_differences_make_what_polling_gives() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut stream = product.stream(&format!("{STREAM}?type=workload"), &[]).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-store");
    let whole = stream.event().await.unwrap();
    assert_eq!(whole.name, "graph");
    let mut held = read(&whole.data);
    for seq in 2..6 {
        pass(15).await;
        let change = stream.event().await.unwrap();
        assert_eq!(change.name, "change");
        assert!(change.id.ends_with(&format!("-{seq}")), "{}", change.id);
        assert_eq!(change.data["seq"], seq);
        held = applied(&change.data, &held).unwrap();
        let polled = product.get("/api/v1/graph?type=workload").await;
        assert!(held == read(&polled.json()), "{seq}");
    }
}

#[tokio::test]
async fn it_goes_on_where_it_broke_off_or_begins_anew() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut first = product.stream(STREAM, &[]).await;
    let whole = first.event().await.unwrap();
    let mut held = read(&whole.data);
    drop(first);
    pass(30).await;
    let mut second = product.stream(STREAM, &[("last-event-id", &whole.id)]).await;
    let change = second.event().await.unwrap();
    assert_eq!(change.name, "change", "{change:?}");
    held = applied(&change.data, &held).unwrap();
    assert!(held == polled(&product).await);
    for foreign in ["0123456789ab-1", "nonsense", &format!("{}9", whole.id)] {
        let mut other = product.stream(STREAM, &[("last-event-id", foreign)]).await;
        assert_eq!(other.event().await.unwrap().name, "graph", "{foreign}");
    }
    // Far behind, it is sent the whole.
    for _ in 0..4 {
        pass(15).await;
        second.event().await.unwrap();
    }
    let mut late = product.stream(STREAM, &[("last-event-id", &whole.id)]).await;
    assert_eq!(late.event().await.unwrap().name, "graph");
}

#[tokio::test]
async fn who_reads_slowly_skips_what_was_overtaken() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let (mut quick, mut slow) = (product.stream(STREAM, &[]).await, product.stream(STREAM, &[]).await);
    quick.event().await.unwrap();
    let mut held = read(&slow.event().await.unwrap().data);
    for _ in 0..2 {
        pass(15).await;
        quick.event().await.unwrap();
    }
    let change = slow.event().await.unwrap().data;
    assert_eq!(change["seq"], 3);
    held = applied(&change, &held).unwrap();
    assert!(held == polled(&product).await);
}

#[tokio::test]
async fn each_may_set_a_slower_pace() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut slow = product.stream(&format!("{STREAM}?refresh=60s"), &[]).await;
    let whole = slow.event().await.unwrap();
    let asked = prometheus.asked_in_all();
    for _ in 0..3 {
        pass(15).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(prometheus.asked_in_all(), asked, "nobody wants to know sooner");
    pass(15).await;
    let change = slow.event().await.unwrap();
    assert_eq!(
        change.data["meta"]["at_s"].as_i64(),
        whole.data["meta"]["at_s"].as_i64().map(|at_s| at_s + 60)
    );
}

#[tokio::test]
async fn packed_it_is_one_gzip_stream_with_a_heart() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut stream = product.stream(STREAM, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(stream.headers["content-encoding"], "gzip");
    let mut unpacked = GzDecoder::new(Vec::new());
    let mut pieces = 0;
    while !unpacked.get_ref().ends_with(b"\n\n:\n\n") {
        unpacked.write_all(&stream.piece().await.unwrap()).unwrap();
        unpacked.flush().unwrap();
        pieces += 1;
        if pieces == 2 {
            let text = String::from_utf8_lossy(unpacked.get_ref()).into_owned();
            assert!(text.starts_with("retry: 3000\n\nevent: graph\nid: "), "{text}");
            assert!(text.ends_with("}\n\n"), "each event is whole as soon as it is sent");
            // Nothing new comes, so that the heart beats.
            prometheus.break_all(Fault::Silence);
            pass(15).await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_streamed_is_refused_in_words() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product_with(|config| config.limits.streams = 2);
    assert_eq!(product.get(&format!("{STREAM}?at=1772618400")).await.problem(400)["field"], "at");
    assert_eq!(product.get(&format!("{STREAM}?refresh=2h")).await.problem(400)["field"], "refresh");
    assert_eq!(product.get(&format!("{STREAM}?window=soon")).await.problem(400)["field"], "window");
    let streams = [product.stream(STREAM, &[]).await, product.stream(STREAM, &[]).await];
    let refused = product.get(STREAM).await;
    assert!(
        refused.problem(503)["detail"].as_str().unwrap().contains("As many streams"),
        "{}",
        refused.text()
    );
    assert!(!refused.header("retry-after").is_empty());
    drop(streams);
    product.stream(STREAM, &[]).await;
}

#[tokio::test]
async fn without_an_answer_there_is_no_stream_but_a_problem() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    prometheus.break_all(Fault::Html);
    let product = prometheus.product();
    let problem = product.get(STREAM).await.problem(502);
    assert!(problem["detail"].as_str().unwrap().contains("a web page instead of JSON"), "{problem}");
    prometheus.mend();
    pass(4).await;
    let mut stream = product.stream(STREAM, &[]).await;
    assert_eq!(stream.event().await.unwrap().name, "graph");

    let unset = Config::from_settings(&portolan::cli::Settings::default(), &|_| unreachable!()).unwrap();
    let problem = Product::new(unset).get(STREAM).await.problem(503);
    assert_eq!(problem["type"], "/problems/no-prometheus");
}

/// Over a socket: until this text has come.
async fn until(stream: &mut TcpStream, part: &str) -> String {
    let mut heard = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&heard).contains(part) {
            let mut buffer = [0; 4_096];
            let read = stream.read(&mut buffer).await.expect("no reset");
            assert!(read > 0, "it ended before {part}: {}", String::from_utf8_lossy(&heard));
            heard.extend(&buffer[..read]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("it comes");
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn over_a_socket_it_ends_with_the_server_and_with_the_caller() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let mut config = Config::for_prometheus(&prometheus.url).unwrap();
    // Only what ends by itself ends in time.
    config.limits.drain = 10 * PATIENCE;
    let running = portolan::serve(config).await.unwrap();
    let head = format!("GET {STREAM} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let mut staying = TcpStream::connect(running.addr).await.unwrap();
    staying.write_all(head.as_bytes()).await.unwrap();
    let heard = until(&mut staying, "event: graph").await;
    assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");

    // One that goes away is noticed, and its place is free again.
    let mut leaving = TcpStream::connect(running.addr).await.unwrap();
    leaving.write_all(head.as_bytes()).await.unwrap();
    until(&mut leaving, "event: graph").await;
    let viewers = async || {
        let text = reqwest::get(format!("{}/metrics", running.url())).await.unwrap().text().await.unwrap();
        text.lines().find_map(|line| line.strip_prefix("portolan_viewers ")).unwrap().to_owned()
    };
    assert_eq!(viewers().await, "2");
    drop(leaving);
    let gone = async {
        while viewers().await != "1" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("who has gone is not counted");

    // The end of the server is a whole answer and a goodbye.
    tokio::time::timeout(PATIENCE, running.shutdown()).await.expect("an open stream does not keep it");
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, staying.read_to_end(&mut rest)).await;
    read.expect("the server says goodbye").expect("with a FIN, not with a reset");
    assert!(rest.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&rest));
}
