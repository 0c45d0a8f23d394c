//! The tools of the browser tests, tested: a check that never fails proves nothing about the page.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;

/// Serves one page, with the given policy, to whoever asks.
fn serve(policy: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("a bound port"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {policy}\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

#[tokio::test]
async fn a_page_is_driven() {
    let page = "<title>A page</title><link rel=icon href='data:,'><input id=in autofocus>\
                <button onclick=\"document.title = document.querySelector('input').value\">Go</button>";
    let url = serve("script-src 'unsafe-inline'", page);
    let browser = Browser::start().await.unwrap();
    browser.open(&url).await.unwrap();
    assert_eq!(browser.title().await.unwrap(), "A page");
    browser.type_into("#in", "Chart").await.unwrap();
    browser.press("ed").await.unwrap();
    browser.click("button").await.unwrap();
    browser.wait_until("document.title === 'Charted'", Duration::from_secs(5)).await.unwrap();
    let sum = browser.execute("return arguments[0] + 1", &[json!(41)]).await.unwrap();
    assert_eq!(sum, json!(42));
    let later = browser.execute_async("setTimeout(() => arguments[0]('later'), 1)", &[]).await.unwrap();
    assert_eq!(later, json!("later"));
    let picture = std::fs::read(browser.screenshot("driver").await.unwrap()).unwrap();
    assert_eq!(&picture[1..4], b"PNG");
    browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "broke its content security policy")]
async fn a_policy_violation_fails_the_test() {
    let url = serve("style-src 'self'", "<link rel=icon href='data:,'><p style='color: red'>Red</p>");
    let browser = Browser::start().await.unwrap();
    browser.open(&url).await.unwrap();
    assert!(browser.assert_clean_console().await.is_err(), "the violation is in the console");
}

#[tokio::test]
async fn nothing_stays_behind() {
    let browser = Browser::start().await.unwrap();
    let driver = browser.driver_process_id();
    let profile = tests::target_dir().unwrap().join("profiles").join(driver.to_string());
    assert!(profile.exists(), "the browser uses the profile it was given");
    drop(browser);
    assert!(!profile.exists(), "the profile is still there");
    assert!(!std::path::Path::new(&format!("/proc/{driver}")).exists(), "the driver still runs");
}
