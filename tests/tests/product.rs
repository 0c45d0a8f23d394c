//! The product as a process: what it prints, that it can be reached, and that it ends when told.

use std::process::Command;
use std::time::Duration;

use tests::http;
use tests::product::Product;

#[tokio::test]
async fn the_demo_names_its_address_and_is_well() {
    let product = Product::demo().unwrap();
    let client = http::client(Duration::from_secs(10)).unwrap();
    let answer = client.get(format!("{}/healthz", product.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(product.url.starts_with("http://127.0.0.1:"), "loopback only: {}", product.url);
}

#[tokio::test]
async fn a_terminated_product_ends_by_itself_and_well() {
    let mut product = Product::demo().unwrap();
    let told = Command::new("kill").arg(product.process_id().to_string()).status().unwrap();
    assert!(told.success());
    let status = product.wait().unwrap();
    assert!(status.success(), "{status}: {}", product.output());
    assert!(!product.output().contains("cut off"), "{}", product.output());
}

#[tokio::test]
async fn an_unusable_setting_is_told_and_nothing_starts() {
    let error = Product::start(&["serve", "--prometheus", "not a url"]).unwrap_err().to_string();
    assert!(error.contains("--prometheus"), "the message names the flag: {error}");
}
