//! The product as a person starts it: the compiled binary, on a free port, ended with the test.
//! Knows its command line and the line it prints; must not know its insides.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

/// A demo at scale has to be ready in seconds; a slow machine gets some more.
const START_DEADLINE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Product {
    process: Child,
    output: Arc<Mutex<String>>,
    /// Where the page is: `http://127.0.0.1:<port>`, with the base path if one was set, without a slash at the end.
    pub url: String,
}

impl Product {
    /// The demo: the product on the simulated mesh.
    pub fn demo() -> Result<Self> {
        Self::start(&["demo"])
    }

    /// The product on a Prometheus.
    pub fn on(prometheus_url: &str) -> Result<Self> {
        Self::start(&["serve", "--prometheus", prometheus_url])
    }

    /// With these arguments, on a free port.
    pub fn start(args: &[&str]) -> Result<Self> {
        let binary = binary()?;
        let mut process = Command::new(&binary)
            .args(args)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let output = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = mpsc::channel();
        let stdout = process.stdout.take().context("the product has a standard output")?;
        let stderr = process.stderr.take().context("the product has a standard error")?;
        follow(stdout, Arc::clone(&output), Some(sender));
        follow(stderr, Arc::clone(&output), None);
        // From here on the process ends with this value, whatever happens.
        let mut product = Self { process, output, url: String::new() };
        let deadline = Instant::now() + START_DEADLINE;
        while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if let Some(url) = page_address(&line) {
                product.url = url;
                return Ok(product);
            }
        }
        Err(anyhow!("`portolan {}` named no address. It said:\n{}", args.join(" "), product.output()))
    }

    /// All that it has written so far, both streams.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Where a demo's data source listens, as it says at its start.
    pub fn simulated_prometheus(&self) -> Result<String> {
        let words = self.output();
        let source =
            words.split_once("simulated Prometheus is at ").context("no demo: it names no source")?.1;
        Ok(source.split_whitespace().next().context("an address follows")?.to_owned())
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> Result<std::process::ExitStatus> {
        Ok(self.process.wait()?)
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() {
            eprintln!("The product said:\n{}", self.output());
        }
    }
}

/// Keeps reading, so that the process never waits for a full pipe.
fn follow(
    stream: impl Read + Send + 'static,
    output: Arc<Mutex<String>>,
    lines: Option<mpsc::Sender<String>>,
) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut text = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
            drop(text);
            if let Some(lines) = &lines {
                // Once the address is known nobody listens any more.
                drop(lines.send(line));
            }
        }
    });
}

/// The page's address is the last word of the line that begins with the product's name.
fn page_address(line: &str) -> Option<String> {
    let address = line.split_whitespace().find(|word| word.starts_with("http://"))?;
    line.starts_with("Portolan").then(|| address.trim_end_matches(['/', '.']).to_owned())
}

/// The binary, up to date. Cargo builds a package's binary for the tests of that package only, so it is asked to.
fn binary() -> Result<std::path::PathBuf> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let test = std::env::current_exe()?;
    let folder = test.ancestors().nth(2).context("the test does not run from a target directory")?;
    BUILT.get_or_init(|| build(folder.ends_with("release"))).clone().map_err(|error| anyhow!(error))?;
    Ok(folder.join(format!("portolan{}", std::env::consts::EXE_SUFFIX)))
}

/// The same command as `cargo run`, so nothing is compiled in a second way.
fn build(release: bool) -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::workspace_root()).args(["build", "--bin", "portolan", "--target-dir"]);
    cargo.arg(crate::target_dir().map_err(|error| error.to_string())?);
    if release {
        cargo.arg("--release");
    }
    let output = cargo.output().map_err(|error| format!("cannot start cargo: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("the product does not build:\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}
