//! Who answers, how often it scrapes, and whether its clock agrees with ours. All of it optional: engines forbid or lack parts.

use super::client::{Answer, Client};
use super::{PrometheusError, duration};
use serde::Deserialize;

/// What was learnt, for status, alignment and `now`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Engine {
    /// "Prometheus 2.42.0", where it tells.
    pub(crate) name: Option<String>,
    pub(crate) scrape_interval_s: Option<f64>,
    /// Their clock minus ours, where it is worth minding.
    pub(crate) skew_s: i64,
    /// What it did not tell, in sentences.
    pub(crate) notes: Vec<String>,
    /// Set when not even this could be asked.
    pub(crate) unreachable: Option<PrometheusError>,
}

/// Skew below this is the wire's delay and the header's whole seconds.
const SKEW_MATTERS_S: i64 = 5;

/// Asks the three pages side by side; what fails leaves a note. `clock` tells our seconds since 1970.
pub(crate) async fn preflight(client: &Client, clock: fn() -> i64) -> Engine {
    let asked_s = clock();
    let (build, config, targets) = tokio::join!(
        client.get("api/v1/status/buildinfo"),
        client.get("api/v1/status/config"),
        client.get("api/v1/targets?state=active"),
    );
    let mut engine = Engine::default();
    // Who may ask queries need not be allowed to see these pages: whether queries are, they themselves tell.
    if let Err(error) = &build
        && error.is_about_the_source()
        && !matches!(error, PrometheusError::Forbidden { .. })
        && config.is_err()
    {
        engine.unreachable = Some(error.clone());
        engine.notes.push(error.to_string());
        return engine;
    }
    let date_s = [&build, &config, &targets].into_iter().flatten().find_map(|answer| answer.date_s);
    engine.skew_s = date_s.map_or(0, |date_s| skew_s(date_s, asked_s, clock()));
    if engine.skew_s != 0 {
        engine.notes.push(format!(
            "Prometheus's clock is {} s {} this server's; times follow Prometheus.",
            engine.skew_s.abs(),
            if engine.skew_s > 0 { "ahead of" } else { "behind" }
        ));
    }
    engine.name = read(&build).and_then(|body: Document<BuildInfo>| body.data.name());
    if engine.name.is_none() {
        engine.notes.push("It does not tell which engine it is (status/buildinfo).".to_owned());
    }
    engine.scrape_interval_s = read(&targets)
        .and_then(|body: Document<Targets>| body.data.interval_s())
        .or_else(|| read(&config).and_then(|body: Document<ConfigText>| interval_in_yaml(&body.data.yaml)));
    if engine.scrape_interval_s.is_none() {
        engine.notes.push(
            "It does not tell its scrape interval (targets, status/config); 15 s is assumed. Set --scrape-interval if that is wrong."
                .to_owned(),
        );
    }
    engine
}

/// How far their date lies before or after the time between question and answer: an answer that took long is no skew.
fn skew_s(date_s: i64, asked_s: i64, answered_s: i64) -> i64 {
    let skew_s = date_s - date_s.clamp(asked_s, answered_s.max(asked_s));
    if skew_s.abs() > SKEW_MATTERS_S { skew_s } else { 0 }
}

fn read<T: for<'de> Deserialize<'de>>(answer: &Result<Answer, PrometheusError>) -> Option<T> {
    serde_json::from_slice(&answer.as_ref().ok()?.body.unpacked().ok()?).ok()
}

#[derive(Deserialize)]
struct Document<T> {
    data: T,
}

#[derive(Deserialize)]
struct BuildInfo {
    #[serde(default)]
    version: String,
    /// Mimir and others name themselves here.
    #[serde(default)]
    application: Option<String>,
}

impl BuildInfo {
    fn name(self) -> Option<String> {
        (!self.version.is_empty())
            .then(|| format!("{} {}", self.application.as_deref().unwrap_or("Prometheus"), self.version))
    }
}

#[derive(Deserialize)]
struct ConfigText {
    yaml: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    #[serde(default)]
    scrape_pool: String,
    /// Since Prometheus 2.27.
    #[serde(default)]
    scrape_interval: String,
}

impl Targets {
    /// The interval of most targets, of the pools that scrape proxies if their names tell.
    fn interval_s(&self) -> Option<f64> {
        let of_the_mesh = |target: &&Target| {
            ["istio", "envoy", "mesh"]
                .iter()
                .any(|word| target.scrape_pool.to_ascii_lowercase().contains(word))
        };
        let of_pods = |target: &&Target| target.scrape_pool.to_ascii_lowercase().contains("pod");
        most_common(self.active_targets.iter().filter(of_the_mesh))
            .or_else(|| most_common(self.active_targets.iter().filter(of_pods)))
            .or_else(|| most_common(self.active_targets.iter()))
    }
}

fn most_common<'a>(targets: impl Iterator<Item = &'a Target>) -> Option<f64> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for target in targets {
        *counts.entry(target.scrape_interval.as_str()).or_default() += 1;
    }
    counts
        .into_iter()
        .filter_map(|(text, count)| Some((count, duration::parse_s(text)?)))
        .max_by(|a, b| a.0.cmp(&b.0))
        .map(|(_, s)| s)
}

/// The global interval of a configuration as Prometheus prints it: `global:`, then indented lines.
fn interval_in_yaml(yaml: &str) -> Option<f64> {
    yaml.lines()
        .skip_while(|line| line.trim_end() != "global:")
        .skip(1)
        .take_while(|line| line.starts_with([' ', '\t']))
        .find_map(|line| line.trim().strip_prefix("scrape_interval:"))
        .and_then(|text| duration::parse_s(text.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_took_long_is_no_skew() {
        assert_eq!(skew_s(1_000, 1_000, 1_000), 0);
        assert_eq!(skew_s(1_020, 1_000, 1_030), 0, "it was dated on the way");
        assert_eq!(skew_s(1_005, 1_000, 1_000), 0, "too little to mind");
        assert_eq!(skew_s(1_090, 1_000, 1_030), 60);
        assert_eq!(skew_s(970, 1_000, 1_030), -30);
        assert_eq!(skew_s(1_060, 1_000, 400), 60, "our own clock was put back meanwhile");
    }

    #[test]
    fn the_global_interval_is_read_and_a_jobs_own_is_not_mistaken_for_it() {
        let yaml = "scrape_configs:\n- job_name: a\n  scrape_interval: 5s\nglobal:\n  evaluation_interval: 1m\n  scrape_interval: 30s\n";
        assert_eq!(interval_in_yaml(yaml), Some(30.0));
        assert_eq!(interval_in_yaml("scrape_configs:\n- scrape_interval: 5s\n"), None);
        assert_eq!(interval_in_yaml("global:\nscrape_interval: 5s\n"), None);
    }

    #[test]
    fn proxies_count_more_than_the_many_others() {
        let target = |pool: &str, interval: &str| Target {
            scrape_pool: pool.into(),
            scrape_interval: interval.into(),
        };
        let nodes = || (0..9).map(|_| target("node-exporter", "1m"));
        let targets = Targets { active_targets: nodes().chain([target("envoy-stats", "15s")]).collect() };
        assert_eq!(targets.interval_s(), Some(15.0));
        assert_eq!(Targets { active_targets: nodes().collect() }.interval_s(), Some(60.0));
        assert_eq!(Targets { active_targets: vec![] }.interval_s(), None);
    }
}
