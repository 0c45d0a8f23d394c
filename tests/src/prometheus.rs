//! Debian's Prometheus as a process of one test: a free port, a data folder of its own, ended with the test.
//! Knows Prometheus' command line and API; must not know what is asked of it.

pub mod answer;
pub mod load;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::waiting::until;

const START_DEADLINE: Duration = Duration::from_mins(1);
const STOP_DEADLINE: Duration = Duration::from_secs(20);
/// Another process may take the free port between our look and Prometheus' start.
const PORT_ATTEMPTS: u32 = 3;

/// What a Prometheus is to begin with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Its configuration file; empty scrapes nothing.
    pub config: String,
    /// OpenMetrics text with a time on each sample, made into blocks before the start; empty for none.
    pub openmetrics: String,
    /// Further arguments.
    pub arguments: Vec<String>,
}

#[derive(Debug)]
pub struct Prometheus {
    setup: Setup,
    home: Home,
    /// None while it is stopped.
    process: Option<Child>,
    port: u16,
    client: reqwest::Client,
}

impl Prometheus {
    /// An empty one, which takes samples by remote write.
    pub async fn start() -> Result<Self> {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Result<Self> {
        let home = Home::new()?;
        std::fs::write(home.config(), &setup.config)?;
        if !setup.openmetrics.is_empty() {
            load::create_blocks(&setup.openmetrics, &home.0)?;
        }
        let client = crate::http::client(Duration::from_mins(2))?;
        let mut prometheus = Self { setup, home, process: None, port: 0, client };
        let mut attempt = 0;
        loop {
            prometheus.port = free_port()?;
            match prometheus.start_again().await {
                Ok(()) => return Ok(prometheus),
                Err(error) if attempt == PORT_ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// Starts a stopped one, on the port and the data it had.
    pub async fn start_again(&mut self) -> Result<()> {
        ensure!(self.process.is_none(), "this Prometheus runs already");
        let program = tool("prometheus")?;
        let log = std::fs::File::options().create(true).append(true).open(self.home.log())?;
        let process = Command::new(&program)
            .arg(format!("--config.file={}", self.home.config().display()))
            .arg(format!("--storage.tsdb.path={}", self.home.0.join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{}", self.port))
            // What the tests write lies at fixed times, years before or after today.
            .args(["--storage.tsdb.retention.time=100y", "--web.enable-remote-write-receiver"])
            .arg("--enable-feature=native-histograms")
            .args(&self.setup.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        self.process = Some(process);
        let ready = self.wait_until_ready().await;
        if ready.is_err() {
            self.kill();
        }
        ready
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let address = format!("{}/-/ready", self.url());
        let process = self.process.as_mut().context("it was started")?;
        let client = &self.client;
        let look = async || {
            if let Some(status) = process.try_wait()? {
                bail!("Prometheus ended with {status} at its start");
            }
            let answer = client.get(&address).timeout(Duration::from_secs(2)).send().await;
            Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        };
        let ready = until(START_DEADLINE, "Prometheus to be ready", look).await;
        ready.with_context(|| format!("It said:\n{}", self.log()))
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks an instant query; an error of the query itself is an answer too.
    pub async fn query(&self, query: &str, t_ms: i64) -> Result<answer::Answer> {
        self.ask("query", &[("query", query.to_owned()), ("time", seconds(t_ms))]).await
    }

    /// Asks a range query.
    pub async fn query_range(&self, query: &str, steps: meshsim::promql::Steps) -> Result<answer::Answer> {
        let form = [
            ("query", query.to_owned()),
            ("start", seconds(steps.start_ms)),
            ("end", seconds(steps.end_ms)),
            ("step", seconds(steps.step_ms)),
        ];
        self.ask("query_range", &form).await
    }

    async fn ask(&self, endpoint: &str, form: &[(&str, String)]) -> Result<answer::Answer> {
        let address = format!("{}/api/v1/{endpoint}", self.url());
        let body = self.client.post(address).form(form).send().await?.bytes().await?;
        answer::Answer::from_json(&body)
    }

    /// Puts samples into the head. Within an hour of the newest sample they may come in any order of series.
    pub async fn write(&self, series: &[meshsim::store::Series]) -> Result<()> {
        load::remote_write(&self.client, &self.url(), series).await
    }

    /// Freezes the process: it accepts connections and never answers.
    pub fn pause(&self) -> Result<()> {
        self.signal("STOP")
    }

    pub fn resume(&self) -> Result<()> {
        self.signal("CONT")
    }

    /// Ends it in order; the data stay for `start_again`.
    pub async fn stop(&mut self) -> Result<()> {
        self.signal("TERM")?;
        let process = self.process.as_mut().context("this Prometheus is stopped already")?;
        until(STOP_DEADLINE, "Prometheus to end", async || Ok(process.try_wait()?)).await?;
        self.process = None;
        Ok(())
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.log()).unwrap_or_default()
    }

    pub fn process_id(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("this Prometheus is stopped")?.id())
    }

    fn signal(&self, name: &str) -> Result<()> {
        let process_id = self.process_id()?;
        let status = Command::new("sh").args(["-c", &format!("kill -{name} {process_id}")]).status()?;
        ensure!(status.success(), "cannot send the signal {name} to Prometheus");
        Ok(())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("Prometheus said:\n{}", self.log());
        }
    }
}

/// A folder of its own, which goes with the test.
#[derive(Debug)]
struct Home(PathBuf);

impl Home {
    fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("portolan-prometheus-{}-{number}", std::process::id()));
        std::fs::create_dir_all(path.join("data"))?;
        Ok(Self(path))
    }

    fn config(&self) -> PathBuf {
        self.0.join("prometheus.yml")
    }

    fn log(&self) -> PathBuf {
        self.0.join("log")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The path of `prometheus` or of `promtool`: beside the one that `PORTOLAN_TEST_PROMETHEUS` names, else as unpacked.
pub fn tool(name: &str) -> Result<PathBuf> {
    let unpacked = Path::new("tools/prometheus/usr/bin/prometheus");
    let places = match std::env::var_os("PORTOLAN_TEST_PROMETHEUS") {
        Some(told) => vec![PathBuf::from(told)],
        None => {
            vec![crate::target_dir()?.join(unpacked), crate::workspace_root().join("target").join(unpacked)]
        }
    };
    places
        .into_iter()
        .map(|prometheus| prometheus.with_file_name(name))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            anyhow!("there is no `{name}` to test against: please run tests/run, which unpacks it")
        })
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000))
}
