//! A W3C WebDriver session with Debian's chromedriver, in plain HTTP calls. Knows the protocol and the processes;
//! must not know what is tested: `browser` has the words that tests use.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use crate::http;

/// The key under which the protocol hands out element references.
pub const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window under remote control. Ending it also ends the browser and its driver.
#[derive(Debug)]
pub struct Session {
    http: reqwest::Client,
    /// `http://127.0.0.1:<port>/session/<id>`
    url: String,
    driver: Driver,
}

/// The driver's process; killed when dropped, whatever happened to the session.
#[derive(Debug)]
struct Driver {
    process: Child,
    port: u16,
    profile: std::path::PathBuf,
}

impl Session {
    /// `preferences` are Chromium's own, as its settings page would set them.
    pub async fn start(width_px: u32, height_px: u32, preferences: &Value) -> Result<Self> {
        let driver = Driver::start()?;
        let http = http::client(Duration::from_mins(1))?;
        let base = format!("http://127.0.0.1:{}/session", driver.port);
        let wishes = capabilities(&driver.profile.to_string_lossy(), width_px, height_px, preferences);
        let answer = call(&http, reqwest::Method::POST, &base, &wishes).await?;
        let id = answer["sessionId"].as_str().ok_or_else(|| anyhow!("no session id in {answer}"))?;
        Ok(Self { url: format!("{base}/{id}"), http, driver })
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        call(&self.http, reqwest::Method::POST, &format!("{}/{path}", self.url), body).await
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        call(&self.http, reqwest::Method::GET, &format!("{}/{path}", self.url), &Value::Null).await
    }

    /// For `drop`, where nothing can be awaited: the browser's console, then the end of the session.
    /// The session must end before its driver does, or the browser stays behind.
    pub fn end_blocking(&self) -> Result<Value> {
        let url = self.url.clone();
        let work = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                // A client of its own: connections belong to the runtime that opened them.
                let http = http::client(Duration::from_secs(20))?;
                let log = json!({ "type": "browser" });
                let console = call(&http, reqwest::Method::POST, &format!("{url}/se/log"), &log).await;
                call(&http, reqwest::Method::DELETE, &url, &Value::Null).await?;
                console
            })
        });
        work.join().map_err(|_| anyhow!("ending the browser session panicked"))?
    }

    pub fn driver_process_id(&self) -> u32 {
        self.driver.process.id()
    }
}

impl Driver {
    fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start chromedriver; `tests/run` installs what the tests need")?;
        let stdout = process.stdout.take().context("chromedriver has no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        let profile = crate::target_dir()?.join("profiles").join(process.id().to_string());
        let driver = Self { process, port: port.unwrap_or_default(), profile };
        // Somebody must go on reading, or the driver dies of a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        if port.is_none() { Err(anyhow!("chromedriver did not name its port")) } else { Ok(driver) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.profile));
    }
}

fn capabilities(profile: &str, width_px: u32, height_px: u32, preferences: &Value) -> Value {
    let args = [
        "--headless=new".to_owned(),
        // Root in a container has no sandbox to use, and little shared memory.
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--force-device-scale-factor=1".to_owned(),
        format!("--window-size={width_px},{height_px}"),
        format!("--user-data-dir={profile}"),
    ];
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "args": args, "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": 30_000, "pageLoad": 30_000 },
    } } })
}

async fn call(http: &reqwest::Client, method: reqwest::Method, url: &str, body: &Value) -> Result<Value> {
    let mut request = http.request(method.clone(), url);
    if method == reqwest::Method::POST {
        request = request.json(body);
    }
    let mut answer: Value = request.send().await?.json().await?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(anyhow!("{method} {url}: {error}: {}", value["message"].as_str().unwrap_or(""))),
        None => Ok(value),
    }
}
