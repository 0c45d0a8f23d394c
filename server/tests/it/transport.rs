//! Certificates and headers on the way to Prometheus, before a real TLS server.

use crate::support::Product;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use portolan::Config;
use portolan::cli::Settings;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{WantsServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::{ConfigBuilder, RootCertStore, ServerConfig};

const AUTHORITY: &str = include_str!("tls/ca.pem");
const CERTIFICATE: &str = include_str!("tls/server.pem");
const KEY: &str = include_str!("tls/server.key.pem");
const CLIENT_AUTHORITY: &str = include_str!("tls/client-ca.pem");
const CLIENT_CERTIFICATE: &str = include_str!("tls/client.pem");
const CLIENT_KEY: &str = include_str!("tls/client.key.pem");

/// Answers every request behind TLS with 404: whoever reads that got through.
async fn secured() -> String {
    portolan::install_crypto();
    serving(configured(ServerConfig::builder().with_no_client_auth())).await
}

/// The same, for those only whose certificate is known there.
async fn choosy() -> String {
    portolan::install_crypto();
    let mut known = RootCertStore::empty();
    for der in CertificateDer::pem_slice_iter(CLIENT_AUTHORITY.as_bytes()) {
        known.add(der.unwrap()).unwrap();
    }
    let verifier = WebPkiClientVerifier::builder(Arc::new(known)).build().unwrap();
    serving(configured(ServerConfig::builder().with_client_cert_verifier(verifier))).await
}

fn configured(builder: ConfigBuilder<ServerConfig, WantsServerCert>) -> ServerConfig {
    let chain = CertificateDer::pem_slice_iter(CERTIFICATE.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

async fn serving(config: ServerConfig) -> String {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends the handshake.
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let mut request = [0; 8_000];
                let _ = stream.read(&mut request).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    .await;
                let _ = stream.shutdown().await;
            });
        }
    });
    url
}

fn product(settings: &Settings) -> Product {
    let read = |path: &str| match path {
        "ca.pem" => Ok(AUTHORITY.to_owned()),
        "client.pem" => Ok(CLIENT_CERTIFICATE.to_owned()),
        "client.key.pem" => Ok(CLIENT_KEY.to_owned()),
        path => std::fs::read_to_string(path).map_err(|error| error.to_string()),
    };
    Product::new(Config::from_settings(settings, &read).unwrap())
}

async fn detail(product: &Product) -> String {
    product.get("/api/v1/graph?at=1772618400").await.problem(502)["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_authority_is_refused_until_its_file_is_set() {
    let prometheus = Some(secured().await);
    let strict = product(&Settings { prometheus: prometheus.clone(), ..Settings::default() });
    assert!(detail(&strict).await.contains("The secure connection to"), "{}", detail(&strict).await);
    let told = product(&Settings {
        prometheus: prometheus.clone(),
        ca_file: Some("ca.pem".to_owned()),
        ..Settings::default()
    });
    assert!(detail(&told).await.contains("answers 404"), "{}", detail(&told).await);
    assert!(told.get("/api/v1/status").await.json()["cautions"].is_null());
    let careless = product(&Settings { prometheus, skip_verify: true, ..Settings::default() });
    assert!(detail(&careless).await.contains("answers 404"), "{}", detail(&careless).await);
    let status = careless.get("/api/v1/status").await.json();
    assert!(status["cautions"][0].as_str().unwrap().contains("--prometheus-skip-verify"), "{status}");
}

#[tokio::test]
async fn a_certificate_of_our_own_opens_the_door_that_wants_one() {
    let anonymous = Settings {
        prometheus: Some(choosy().await),
        ca_file: Some("ca.pem".to_owned()),
        ..Settings::default()
    };
    let refused = detail(&product(&anonymous)).await;
    assert!(!refused.contains("answers 404"), "{refused}");
    let known = product(&Settings {
        client_cert: Some("client.pem".to_owned()),
        client_key: Some("client.key.pem".to_owned()),
        ..anonymous
    });
    assert!(detail(&known).await.contains("answers 404"), "{}", detail(&known).await);
}

/// A file of this process alone, whose time of change is what the test says.
fn written(name: &str, text: &str, at_s: u64) -> String {
    let file = std::env::temp_dir().join(format!("portolan-{}-{name}", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at_s);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn certificates_that_were_renewed_are_read_again_without_a_restart() {
    let ours =
        |certificate: &str, key: &str, at_s| written("client.pem", &format!("{certificate}{key}"), at_s);
    let product = product(&Settings {
        prometheus: Some(choosy().await),
        ca_file: Some(written("ca.pem", CLIENT_AUTHORITY, 1_000)),
        client_cert: Some(ours(CERTIFICATE, KEY, 1_000)),
        ..Settings::default()
    });
    let first = detail(&product).await;
    assert!(first.contains("The secure connection to"), "another authority signed the server's: {first}");
    written("ca.pem", AUTHORITY, 2_000);
    let stranger = detail(&product).await;
    assert!(!stranger.contains("answers 404"), "the server does not know our certificate: {stranger}");
    // A key that does not fit, as in the middle of a change, leaves what was known.
    ours(CLIENT_CERTIFICATE, KEY, 3_000);
    assert!(!detail(&product).await.contains("answers 404"));
    let file = ours(CLIENT_CERTIFICATE, CLIENT_KEY, 4_000);
    assert!(detail(&product).await.contains("answers 404"), "{}", detail(&product).await);
    std::fs::remove_file(file).unwrap();
    assert!(detail(&product).await.contains("answers 404"), "gone for a moment");
}

#[test]
fn a_certificate_of_our_own_is_of_no_use_without_tls() {
    let settings = Settings {
        prometheus: Some("http://p:9090".to_owned()),
        client_cert: Some("both.pem".to_owned()),
        ..Settings::default()
    };
    let read = |_: &str| Ok(format!("{CLIENT_CERTIFICATE}{CLIENT_KEY}"));
    let mistakes = Config::from_settings(&settings, &read).unwrap_err().to_string();
    assert!(mistakes.contains("nobody sees a certificate. Write https://"), "{mistakes}");
    let settings = Settings { prometheus: Some("https://p:9090".to_owned()), ..settings };
    assert!(Config::from_settings(&settings, &read).is_ok());
}

#[tokio::test]
async fn over_tls_both_sides_may_agree_on_http_2() {
    portolan::install_crypto();
    let mut config = configured(ServerConfig::builder().with_no_client_auth());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let settings =
        Settings { prometheus: Some(url), ca_file: Some("ca.pem".to_owned()), ..Settings::default() };
    let asking = tokio::spawn(async move { product(&settings).get("/api/v1/graph").await });
    let (socket, _) = listener.accept().await.unwrap();
    let stream = acceptor.accept(socket).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    asking.abort();
}

/// Lets in whoever has this token; tokens change.
async fn wanting(token: Arc<Mutex<&'static str>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = Router::new().fallback(move |headers: HeaderMap| async move {
        let wanted = format!("Bearer {}", token.lock().unwrap());
        let right = headers.get("authorization").is_some_and(|value| value.to_str().unwrap() == wanted);
        if right { StatusCode::NOT_FOUND } else { StatusCode::UNAUTHORIZED }
    });
    tokio::spawn(async move { axum::serve(listener, service).await });
    url
}

#[tokio::test]
async fn a_token_that_was_renewed_is_read_again_without_a_restart() {
    let file = std::env::temp_dir().join(format!("portolan-token-{}", std::process::id()));
    let write = |token: &str, at_s: u64| {
        std::fs::write(&file, format!("{token}\n")).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at_s);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    };
    let wanted = Arc::new(Mutex::new("one"));
    write("one", 1_000);
    let product = product(&Settings {
        prometheus: Some(wanting(wanted.clone()).await),
        bearer_token_file: Some(file.to_str().unwrap().to_owned()),
        ..Settings::default()
    });
    assert!(detail(&product).await.contains("answers 404"));
    *wanted.lock().unwrap() = "two";
    assert!(detail(&product).await.contains("(401)"), "the file is still the old one");
    write("two", 2_000);
    assert!(detail(&product).await.contains("answers 404"));
    // While it is being replaced it may be gone.
    std::fs::remove_file(&file).unwrap();
    assert!(detail(&product).await.contains("answers 404"));
}

#[tokio::test]
async fn the_tenant_s_header_goes_with_every_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = Router::new().fallback(|headers: HeaderMap| async move {
        match headers.get("x-scope-orgid").map(|value| value.to_str().unwrap()) {
            Some("team") => StatusCode::NOT_FOUND,
            _ => StatusCode::UNAUTHORIZED,
        }
    });
    tokio::spawn(async move { axum::serve(listener, service).await });
    let plain = product(&Settings { prometheus: Some(url.clone()), ..Settings::default() });
    assert!(detail(&plain).await.contains("(401)"));
    let headers = vec!["X-Scope-OrgID: team".to_owned()];
    let tenant = product(&Settings { prometheus: Some(url), headers, ..Settings::default() });
    assert!(detail(&tenant).await.contains("answers 404"), "{}", detail(&tenant).await);
}

#[tokio::test]
async fn parameters_go_with_every_question() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let asked = seen.clone();
    let service = Router::new().fallback(move |uri: Uri| async move {
        asked.lock().unwrap().push(uri.to_string());
        StatusCode::NOT_FOUND
    });
    tokio::spawn(async move { axum::serve(listener, service).await });
    let parameters = vec!["dedup=true\npartial_response=false".to_owned()];
    let product = product(&Settings { prometheus: Some(url), parameters, ..Settings::default() });
    assert!(detail(&product).await.contains("answers 404"));
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 3, "{seen:?}");
    assert!(seen.iter().all(|uri| uri.ends_with("dedup=true&partial_response=false")), "{seen:?}");
    for (line, part) in [("dedup", "no name and value"), ("query=up", "belongs to the question")] {
        let settings = Settings { parameters: vec![line.to_owned()], ..Settings::default() };
        let mistakes = Config::from_settings(&settings, &|_| unreachable!()).unwrap_err().to_string();
        assert!(mistakes.contains(part), "{mistakes}");
    }
}

#[tokio::test]
async fn beyond_loopback_the_status_says_that_nobody_logs_in_and_readiness_holds_without_a_source() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = Settings {
        prometheus: Some(format!("http://127.0.0.1:{port}")),
        listen: "0.0.0.0:20001".to_owned(),
        ..Settings::default()
    };
    let product = product(&settings);
    product.get("/api/v1/graph").await.problem(502);
    assert_eq!(product.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(product.get("/graph").await.status, StatusCode::OK);
    let status = product.get("/api/v1/status").await.json();
    assert_eq!((&status["open_to_all"], &status["prometheus"]["reachable"]), (&true.into(), &false.into()));
    assert!(status["cautions"][0].as_str().unwrap().starts_with("Nobody has to log in"), "{status}");
}
