//! What the product tells of itself: promtool finds nothing to object to, a real Prometheus stores it, and the README
//! names all of it and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use tests::product::Product;
use tests::prometheus::answer::Answer;
use tests::prometheus::{Prometheus, Setup, tool};
use tests::waiting::until;

const DEADLINE: Duration = Duration::from_mins(1);

/// The demo after somebody has looked: every metric has its series then.
async fn watched() -> Result<Product> {
    let product = Product::demo()?;
    let client = tests::http::client(Duration::from_secs(30))?;
    for path in ["/api/v1/graph?percentiles=true", "/api/v1/graph?at=never", "/graph", "/made/up"] {
        client.get(format!("{}{path}", product.url)).send().await?.bytes().await?;
    }
    Ok(product)
}

async fn exposed(product: &Product) -> Result<String> {
    let client = tests::http::client(Duration::from_secs(10))?;
    let answer = client.get(format!("{}/metrics", product.url)).send().await?;
    let kind = answer.headers()["content-type"].to_str()?.to_owned();
    ensure!(kind == "text/plain; version=0.0.4; charset=utf-8", "{kind}");
    Ok(answer.text().await?)
}

/// Name to type, as the text declares them.
fn types(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

#[tokio::test]
async fn promtool_has_no_objection() -> Result<()> {
    let text = exposed(&watched().await?).await?;
    let mut promtool = Command::new(tool("promtool")?)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    promtool.stdin.take().context("it reads from its standard input")?.write_all(text.as_bytes())?;
    let output = promtool.wait_with_output()?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && said.trim().is_empty(), "{}: {said}\n{text}", output.status);
    Ok(())
}

#[tokio::test]
async fn a_real_prometheus_stores_every_one_of_them() -> Result<()> {
    let product = watched().await?;
    let config = format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n- job_name: portolan\n  static_configs:\n  \
         - targets: ['{}']\n",
        product.url.trim_start_matches("http://")
    );
    let prometheus = Prometheus::start_with(Setup { config, ..Setup::default() }).await?;
    let text = exposed(&product).await?;
    let wanted: BTreeSet<String> = types(&text)
        .into_iter()
        .map(|(name, kind)| if kind == "histogram" { format!("{name}_bucket") } else { name })
        .collect();
    let mut stored = BTreeSet::new();
    let look = async || {
        let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let asked = prometheus.query("count by (__name__) ({job=\"portolan\"})", now_ms).await?;
        let Answer::Series(rows) = asked else { bail!("{asked:?} are no series") };
        // The name is all that is left of their labels.
        stored = rows.into_keys().map(|row| row.replace("{}", "")).collect();
        Ok(wanted.is_subset(&stored).then_some(()))
    };
    let waited = until(DEADLINE, "every metric to be stored", look).await;
    waited.with_context(|| format!("{wanted:#?} are not all in {stored:#?}\n{}", prometheus.log()))
}

#[tokio::test]
async fn the_readme_names_them_all() -> Result<()> {
    let readme = std::fs::read_to_string(tests::workspace_root().join("README.md"))?;
    let rows = readme
        .split("| metric | type | meaning |")
        .nth(1)
        .context("the README has a table of metrics")?
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let named: BTreeMap<String, String> = rows
        .filter_map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            let name = cells.next()?.trim_matches('`').split('{').next()?.to_owned();
            let kind = cells.next()?.to_owned();
            cells.next().is_some_and(|meaning| meaning.len() > 10).then_some((name, kind))
        })
        .collect();
    let exposed = types(&exposed(&watched().await?).await?);
    ensure!(named == exposed, "The README names\n{named:#?}\nand the product tells\n{exposed:#?}");
    Ok(())
}
