//! What the product says of stores that are not quite a Prometheus: one table of quirks and what is to be seen, run on the
//! simulated Prometheus and on Debian's. Knows the API; must not know how the product asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::promql::{Options, Rates};
use meshsim::store::{MatchOp, Matcher, Store as _};
use serde_json::Value;
use tests::fake_store::{FakeStore, Quirk};
use tests::product::Product;
use tests::prometheus::{Prometheus, Setup};

const PLAIN: &str = "bookinfo";

/// A quirk, and what the product makes of it.
struct Case {
    name: &'static str,
    /// Whose series it holds.
    mesh: &'static str,
    quirk: Quirk,
    arguments: &'static [&'static str],
    /// How the simulated one evaluates; none: as Debian's does, which is then held to the same.
    engine: Option<Options>,
    window_s: i64,
    expects: fn(&Told) -> bool,
}

/// What the API told: of the graph, and of its source.
#[derive(Debug)]
struct Told {
    status: u16,
    graph: Value,
    source: Value,
    asked_at_s: i64,
    answered_at_s: i64,
    /// What the scenario has in the same window.
    truly_rps: f64,
}

impl Told {
    /// Every edge of Istio's example, with about its rates.
    fn is_whole(&self) -> bool {
        let rates = self.edges().filter_map(|edge| edge["requests"]["rate_rps"].as_f64());
        let rate_rps: f64 = rates.sum();
        self.status == 200 && self.edges().count() == 8 && (rate_rps / self.truly_rps - 1.0).abs() < 0.05
    }

    fn edges(&self) -> impl Iterator<Item = &Value> {
        self.graph["edges"].as_array().into_iter().flatten()
    }

    fn has_percentiles(&self) -> bool {
        self.edges().any(|edge| edge["latency"]["p95"]["ms"].is_number())
    }

    fn warnings(&self) -> impl Iterator<Item = &Value> {
        self.graph["meta"]["warnings"].as_array().into_iter().flatten()
    }

    fn warns(&self, code: &str, words: &str) -> bool {
        let says = |warning: &Value| warning["sentence"].as_str().is_some_and(|text| text.contains(words));
        self.warnings().any(|warning| warning["code"] == code && says(warning))
    }

    /// As its notes on the data say.
    fn is_late_by(&self) -> Option<f64> {
        let mut notes = self.graph["meta"]["quality"]["notes"].as_array()?.iter();
        notes.find(|note| note["code"] == "late_samples")?["number"].as_f64()
    }

    fn is_silent(&self) -> bool {
        self.warnings().next().is_none()
    }

    fn is_refused(&self, words: &str) -> bool {
        self.status == 502 && self.graph["detail"].as_str().is_some_and(|detail| detail.contains(words))
    }

    fn notes(&self, words: &str) -> bool {
        let mut notes = self.source["notes"].as_array().into_iter().flatten();
        notes.any(|note| note.as_str().is_some_and(|note| note.contains(words)))
    }

    /// When the window ends.
    fn ends_s(&self) -> i64 {
        self.graph["meta"]["at_s"].as_f64().map_or(0, |at_s| at_s as i64)
    }
}

const fn case(name: &'static str, quirk: Quirk, expects: fn(&Told) -> bool) -> Case {
    Case { name, mesh: PLAIN, quirk, arguments: &[], engine: None, window_s: 300, expects }
}

const CASES: &[Case] = &[
    case("no quirk", Quirk::None, |told| told.is_whole() && told.is_silent() && told.has_percentiles()),
    case(
        "Thanos: a store that did not answer",
        Quirk::Fields(r#""warnings":["store 10.0.0.7 did not answer"],"#),
        |told| told.is_whole() && told.warns("partial_answer", "store 10.0.0.7 did not answer"),
    ),
    case(
        "Prometheus 3: something to be known",
        Quirk::Fields(r#""infos":["PromQL info: metric might not be a counter"],"#),
        |told| told.is_whole() && told.warns("partial_answer", "might not be a counter"),
    ),
    case(
        "VictoriaMetrics: fields of its own",
        Quirk::Fields(r#""isPartial":false,"trace":{"duration_msec":1},"stats":{"seriesFetched":"7"},"#),
        |told| told.is_whole() && told.is_silent(),
    ),
    case("Mimir: no tenant named", Quirk::Tenant("team"), |told| told.is_refused("(401)")),
    Case {
        arguments: &["--prometheus-header", "X-Scope-OrgID: team"],
        ..case("Mimir: the tenant named", Quirk::Tenant("team"), |told| told.is_whole() && told.is_silent())
    },
    case("managed: no pages about itself", Quirk::Forbidden(&["/status/", "/targets"]), |told| {
        told.is_whole() && told.is_silent() && told.notes("does not tell its scrape interval")
    }),
    case("managed: no right to query", Quirk::Forbidden(&["/api/"]), |told| {
        told.is_refused("refuses these credentials (403)")
    }),
    case("a proxy that names another content type", Quirk::ContentType("text/plain"), |told| {
        told.is_whole() && told.is_silent()
    }),
    case("a limit that the buckets pass", Quirk::TooMuch("_milliseconds_bucket"), |told| {
        told.is_whole()
            && !told.has_percentiles()
            && told.warns("query_failed", "latency percentiles are missing")
    }),
    // A second or two may pass between a question and the date of its answer.
    case("a clock half a minute ahead", Quirk::Ahead(30), |told| {
        told.status == 200 && told.notes("s ahead of this server's") && told.ends_s() > told.asked_at_s
    }),
    case("a clock half a minute behind", Quirk::Ahead(-30), |told| {
        told.is_whole() && told.notes("s behind this server's") && told.ends_s() < told.answered_at_s - 20
    }),
    Case {
        mesh: "replicas",
        ..case("a pair whose copies nobody merges", Quirk::None, |told| {
            let mut notes = told.graph["meta"]["quality"]["notes"].as_array().into_iter().flatten();
            let copies = notes.any(|note| note["code"] == "copies" && note["number"] == 2.0);
            told.is_whole() && copies
        })
    },
    Case {
        mesh: "uneven-replicas",
        ..case("a pair that scrapes seconds apart, and one of it half a minute late", Quirk::None, |told| {
            let mut notes = told.graph["meta"]["quality"]["notes"].as_array().into_iter().flatten();
            told.is_whole() && notes.any(|note| note["code"] == "copies")
        })
    },
    Case {
        mesh: "native-replicas",
        ..case("a pair that keeps native histograms, and one of it half a minute late", Quirk::None, |told| {
            let mut notes = told.graph["meta"]["quality"]["notes"].as_array().into_iter().flatten();
            told.is_whole() && told.has_percentiles() && notes.any(|note| note["code"] == "copies")
        })
    },
    Case {
        mesh: "mixed-histograms",
        ..case("some pods with native histograms, some with buckets, some with both", Quirk::None, |told| {
            let mut notes = told.graph["meta"]["quality"]["notes"].as_array().into_iter().flatten();
            let mut of_requests = told.edges().filter(|edge| edge["requests"].is_object());
            let all_timed = of_requests.all(|edge| edge["latency"]["p95"]["ms"].is_number());
            told.is_whole() && all_timed && notes.any(|note| note["code"] == "mixed_histograms")
        })
    },
    Case {
        mesh: "late-samples",
        ..case("samples that come three quarters of a minute late", Quirk::None, |told| {
            told.status == 200
                && told.edges().count() == 8
                && told.has_percentiles()
                && told.is_late_by().is_some_and(|late_s| (40.0..=55.0).contains(&late_s))
        })
    },
    Case {
        mesh: "late-samples",
        arguments: &["--ingestion-delay", "60s"],
        ..case("late samples that are waited for", Quirk::None, |told| {
            let waited = told.is_late_by().is_none() && told.ends_s() <= told.answered_at_s - 60;
            told.is_whole() && told.is_silent() && waited
        })
    },
    Case {
        engine: Some(LEFT_OPEN),
        ..case("Prometheus 3: ranges that leave out where they begin", Quirk::None, |told| {
            told.is_whole() && told.is_silent() && told.source["engine"] == "Prometheus 3.5.0"
        })
    },
    Case {
        engine: Some(LEFT_OPEN),
        arguments: &["--scrape-interval", "15s"],
        window_s: 30,
        ..case("Prometheus 3: a window of two scrapes", Quirk::None, |told| {
            let mut notes = told.graph["meta"]["quality"]["notes"].as_array().into_iter().flatten();
            told.edges().count() == 8 && notes.any(|note| note["code"] == "window_against_scrape")
        })
    },
    Case {
        engine: Some(Options { left_open: true, lookback_ms: 300_000, rates: Rates::SinceBefore }),
        ..case("VictoriaMetrics: rates that begin before the window", Quirk::None, |told| {
            told.is_whole() && told.is_silent() && told.has_percentiles()
        })
    },
];

const LEFT_OPEN: Options = Options { left_open: true, lookback_ms: 300_000, rates: Rates::Stretched };

#[tokio::test]
async fn every_quirk_on_the_simulated_prometheus() -> Result<()> {
    let mut wrong = Vec::new();
    for case in CASES {
        let mesh = Arc::new(Mesh::named(case.mesh).context("it is a scenario")?);
        let engine = case.engine.unwrap_or_default();
        let listen = "127.0.0.1:0".parse()?;
        let demo = portolan::demo::start_as(Arc::clone(&mesh), listen, engine).await?;
        wrong.extend(broken(case, &mesh, demo.url()).await?);
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn every_quirk_on_a_real_prometheus() -> Result<()> {
    let mut origins: BTreeMap<&str, Prometheus> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in CASES.iter().filter(|case| case.engine.is_none()) {
        let mesh = Mesh::named(case.mesh).context("it is a scenario")?;
        if !origins.contains_key(case.mesh) {
            origins.insert(case.mesh, filled(&mesh).await?);
        }
        wrong.extend(broken(case, &mesh, origins[case.mesh].url()).await?);
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A real one with the samples of the last minutes, and of some to come: a test on a slow machine lasts.
async fn filled(mesh: &Mesh) -> Result<Prometheus> {
    let config = "global:\n  scrape_interval: 15s\n".to_owned();
    let prometheus = Prometheus::start_with(Setup { config, ..Setup::default() }).await?;
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*|flagger_.*")?;
    let now_ms = now_s()? * 1_000;
    // What comes late must not be there yet.
    let knows = if mesh.comes_late() { mesh.known_at(now_ms) } else { mesh.known_at(now_ms + 300_000) };
    prometheus.write(&knows.select(&[everything], now_ms - 1_200_000, now_ms + 300_000)).await?;
    Ok(prometheus)
}

fn now_s() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

/// What the product said, where that is not what the case expects.
async fn broken(case: &Case, mesh: &Mesh, origin: String) -> Result<Option<String>> {
    let store = FakeStore::start(origin, case.quirk).await?;
    let url = store.url();
    let product = Product::start(&[&["serve", "--prometheus", &url], case.arguments].concat())?;
    let client = tests::http::client(Duration::from_mins(1))?;
    let address = |resource: &str| format!("{}/api/v1/{resource}", product.url);
    let asked_at_s = now_s()?;
    let graph =
        client.get(address(&format!("graph?window={}s&percentiles=true&type=workload", case.window_s)));
    let graph = graph.send().await?;
    let status = graph.status().as_u16();
    let graph: Value = graph.json().await?;
    let answered_at_s = now_s()?;
    let about: Value = client.get(address("status")).send().await?.json().await?;
    let truth = mesh.truth((asked_at_s - case.window_s) * 1_000, asked_at_s * 1_000);
    let truly_rps = truth.iter().filter(|edge| edge.error_share.is_some()).map(|edge| edge.rate_rps).sum();
    let told =
        Told { status, graph, source: about["prometheus"].clone(), asked_at_s, answered_at_s, truly_rps };
    if (case.expects)(&told) {
        return Ok(None);
    }
    let (meta, count) = (&told.graph["meta"], told.edges().count());
    Ok(Some(format!(
        "{}: {status}, {count} edges, whole: {}, ends {} after the question, {}, warnings {}, notes {}, source {}",
        case.name,
        told.is_whole(),
        told.ends_s() - told.asked_at_s,
        told.graph["detail"],
        meta["warnings"],
        meta["quality"]["notes"],
        told.source
    )))
}
