//! What the operator decided, as parsed values: one small struct a concern.
//! Must not read the environment or files itself: `load` hands raw strings in, and every mistake comes back at once.

mod bind;
mod extra_matcher;
mod file;
mod health;
mod limits;
mod lists;
mod load;
mod metric;
mod print;
mod prometheus;
mod sources;
mod split;
mod transport;

pub use bind::Bind;
pub(crate) use bind::PROBES;
pub use limits::Limits;
pub use load::{Loaded, load};
pub use prometheus::{Auth, PrometheusConfig, Secret};
pub use sources::Source;
pub(crate) use sources::TOGETHER;
pub use transport::Transport;

use crate::cli::Settings;

/// The seam to files: a path, and its text or why it cannot be read.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Everything the server needs to know to start.
#[derive(Debug, Clone)]
pub struct Config {
    pub bind: Bind,
    /// None: the page and the API start all the same and say what to set.
    pub prometheus: Option<PrometheusConfig>,
    pub limits: Limits,
    /// The source's name in the page's header; default: the host of the Prometheus URL.
    pub source: String,
    /// The cluster whose proxies it scrapes, where it is one of the list.
    pub cluster: Option<String>,
    /// `[[source]]` in the settings file: what may be looked at beside `prometheus`.
    pub others: Vec<Source>,
    /// `[[split]]` in the settings file: how versions are meant to share requests.
    pub splits: Vec<graph::IntendedSplit>,
    /// From when on something is degraded or failing, where that differs from the defaults.
    pub health: Vec<graph::health::HealthLine>,
    /// Counters of the operator's own that become figures on edges.
    pub metrics: Vec<graph::custom::CustomMetric>,
    /// Lets the page publish what its painter drew (`--test-hook`). For browser tests only.
    pub test_hook: bool,
}

/// All mistakes of one start, each a sentence that names the flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Mistakes(pub Vec<String>);

impl Config {
    /// Decides everything once. `read_file` is the seam to secrets that lie in files.
    pub fn from_settings(settings: &Settings, read_file: ReadFile<'_>) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let bind = Bind::read(settings, &mut mistakes);
        let prometheus = PrometheusConfig::read(settings, read_file, &mut mistakes);
        let limits = Limits::read(settings, &mut mistakes);
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&settings.log) {
            mistakes.push(format!(
                "--log is `{}`, which is not a filter ({error}). Write it like info or portolan=debug.",
                settings.log
            ));
        }
        if !mistakes.is_empty() {
            return Err(Mistakes(mistakes));
        }
        let source = prometheus.as_ref().and_then(|p| p.url.host_str()).unwrap_or_default().to_owned();
        Ok(Self {
            bind,
            prometheus,
            limits,
            source,
            cluster: None,
            others: Vec::new(),
            splits: Vec::new(),
            health: Vec::new(),
            metrics: Vec::new(),
            test_hook: settings.test_hook,
        })
    }

    /// Adds further sources. Without a Prometheus the first of them is it.
    fn with_others(mut self, mut others: Vec<Source>) -> Result<Self, Mistakes> {
        if self.prometheus.is_none() && !others.is_empty() {
            let first = others.remove(0);
            (self.source, self.cluster, self.prometheus) =
                (first.name, first.cluster, Some(first.prometheus));
        }
        if others.iter().any(|other| other.name == self.source) {
            let name = &self.source;
            return Err(Mistakes(vec![format!(
                "`[[source]]` has the name `{name}`, as the first Prometheus has by its host: choose another."
            )]));
        }
        self.others = others;
        Ok(self)
    }

    /// The sources, each of a cluster of its own, may be looked at together.
    pub(crate) fn is_merged(&self) -> bool {
        !self.others.is_empty() && self.clusters().all(|(_, cluster)| cluster.is_some())
    }

    fn clusters(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let others = self.others.iter().map(|other| (other.name.as_str(), other.cluster.as_deref()));
        std::iter::once((self.source.as_str(), self.cluster.as_deref())).chain(others)
    }

    /// What this installation decides for all its viewers.
    pub(crate) fn view_config(&self) -> graph::ViewConfig {
        let standard = graph::ViewConfig::default();
        let min_requests = standard.health.min_requests;
        graph::ViewConfig {
            intended_splits: self.splits.clone(),
            health: graph::health::HealthRules::new(self.health.clone(), min_requests),
            ..standard
        }
    }

    /// What is as was asked for but should not go unsaid: at start, in the log and in the status.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions = Vec::new();
        if !self.bind.listen.ip().is_loopback() {
            cautions.push(format!(
                "Nobody has to log in: whoever reaches {} can see the mesh. Put a proxy that asks who calls before it, or listen on 127.0.0.1.",
                self.bind.listen
            ));
        }
        let all = self.prometheus.iter().chain(self.others.iter().map(|other| &other.prometheus));
        if all.into_iter().any(|prometheus| prometheus.transport.skip_verify) {
            cautions.push(transport::SKIP_VERIFY_CAUTION.to_owned());
        }
        let without = self.clusters().find(|(_, cluster)| cluster.is_none());
        if let Some((name, _)) = without.filter(|_| self.others.iter().any(|other| other.cluster.is_some())) {
            cautions.push(format!(
                "The sources cannot be looked at together, since the source {name} has no `cluster`. Set all of them as [[source]], each with its `cluster`."
            ));
        }
        cautions
    }

    /// The defaults, on a free port, with this Prometheus: how tests and the demo start.
    pub fn for_prometheus(url: &str) -> Result<Self, Mistakes> {
        let settings = Settings {
            prometheus: Some(url.to_owned()),
            listen: "127.0.0.1:0".to_owned(),
            ..Settings::default()
        };
        Self::from_settings(&settings, &|_| Err("no files are read here".to_owned()))
    }
}

/// Reads a time such as `5s`; a mistake is noted and the default stands in.
fn seconds(flag: &str, text: &str, fallback_s: u64, mistakes: &mut Vec<String>) -> std::time::Duration {
    let parsed = model::duration::parse_s(text);
    if parsed.is_none() {
        mistakes.push(format!("{flag} is `{text}`, which is not a time. Write it like 5s or 1m."));
    }
    std::time::Duration::from_secs(parsed.unwrap_or(fallback_s))
}

/// Reads a size such as `64MB`, `512k` or a plain number of bytes.
fn bytes(flag: &str, text: &str, fallback: usize, mistakes: &mut Vec<String>) -> usize {
    let parsed = parse_bytes(text);
    if parsed.is_none() {
        mistakes.push(format!("{flag} is `{text}`, which is not a size. Write it like 64MB or 512kB."));
    }
    parsed.unwrap_or(fallback)
}

fn parse_bytes(text: &str) -> Option<usize> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().trim_end_matches('b') {
        "" => 1,
        "k" => 1_000,
        "m" => 1_000_000,
        "g" => 1_000_000_000,
        "ki" => 1 << 10,
        "mi" => 1 << 20,
        "gi" => 1 << 30,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(factor).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn no_files(_: &str) -> Result<String, String> {
        Err("it does not exist".to_owned())
    }

    #[test]
    fn all_mistakes_come_at_once() {
        let settings = Settings {
            prometheus: Some("prometheus:9090".to_owned()),
            listen: "localhost".to_owned(),
            timeout: "soon".to_owned(),
            max_answer: "big".to_owned(),
            bearer_token_file: Some("/nowhere/token".to_owned()),
            username: Some("reader".to_owned()),
            ..Settings::default()
        };
        let Mistakes(mistakes) = Config::from_settings(&settings, &no_files).unwrap_err();
        let flags: Vec<&str> = mistakes.iter().map(|m| m.split([' ', ':']).next().unwrap()).collect();
        assert_eq!(
            flags,
            [
                "--listen",
                "--prometheus",
                "--prometheus-bearer-token-file",
                "--prometheus-username",
                "--prometheus-timeout",
                "--prometheus-max-answer",
            ],
            "{mistakes:#?}"
        );
    }

    #[test]
    fn without_a_prometheus_it_starts_all_the_same() {
        let config = Config::from_settings(&Settings::default(), &no_files).unwrap();
        assert!(config.prometheus.is_none());
        assert_eq!(config.bind.listen.to_string(), "127.0.0.1:20001");
    }

    #[test]
    fn a_password_in_the_url_becomes_basic_auth_and_is_never_shown() {
        let config = Config::for_prometheus("https://ann:s3cret@prom.example/base/").unwrap();
        let prometheus = config.prometheus.unwrap();
        assert_eq!(prometheus.url.as_str(), "https://prom.example/base/");
        let Auth::Basic { username, password } = &prometheus.auth else { panic!("basic auth expected") };
        assert_eq!((username.as_str(), password.text.expose_secret()), ("ann", "s3cret"));
        assert!(!format!("{prometheus:?}").contains("s3cret"));
        assert_eq!(config.source, "prom.example");
    }

    #[test]
    fn a_token_file_is_read_without_its_line_end() {
        let settings = Settings {
            prometheus: Some("http://p:9090".to_owned()),
            bearer_token_file: Some("token".to_owned()),
            ..Settings::default()
        };
        let config = Config::from_settings(&settings, &|_| Ok("abc\n".to_owned())).unwrap();
        let Auth::Bearer(token) = config.prometheus.unwrap().auth else { panic!("a bearer token expected") };
        assert_eq!(token.text.expose_secret(), "abc");
        assert_eq!(token.file.as_deref(), Some("token"));
    }

    #[test]
    fn sizes_as_people_write_them() {
        for (text, size) in [("512", 512), ("64MB", 64_000_000), ("1MiB", 1 << 20), ("5 k", 5_000)] {
            assert_eq!(parse_bytes(text), Some(size), "{text}");
        }
        for text in ["", "0", "MB", "-1", "1TB", "99999999999999999999"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }
}
