//! The command: reads the command line, starts the server, prints one line, and waits for the signal to stop.

use anyhow::Context as _;
use portolan::Config;
use portolan::cli::{Command, DemoArgs, Settings};
use portolan::config::{Loaded, load};
use std::borrow::Cow;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let loaded = load(std::env::args_os(), &read_file).unwrap_or_else(|error| error.exit());
    if loaded.cli.print_config {
        print!("{}", loaded.print());
    }
    match start(&loaded).await {
        Ok(code) => code,
        Err(error) => {
            // A sentence for who starts it; a backtrace would only bury it.
            eprintln!("Portolan cannot start.\n{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn start(loaded: &Loaded) -> anyhow::Result<ExitCode> {
    let command = loaded.cli.command.clone().unwrap_or(Command::Serve);
    let config = loaded.config(&read_file);
    if loaded.cli.print_config {
        return Ok(config.map(|_| ExitCode::SUCCESS)?);
    }
    if matches!(command, Command::Health) {
        return Ok(health(config).await);
    }
    let config = config?;
    portolan::log_to_stderr(&loaded.cli.settings.log)?;
    portolan::install_crypto();
    match command {
        Command::Serve => run(config).await?,
        Command::Demo(args) => demo(&args, loaded).await?,
        Command::Check => {
            let report = portolan::check(&config).await?;
            print!("{report}");
            return Ok(ExitCode::from(report.outcome as u8));
        }
        Command::Health => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Platforms know two answers only.
async fn health(config: Result<Config, portolan::config::Mistakes>) -> ExitCode {
    let outcome = match config {
        Ok(config) => portolan::health(&config).await,
        Err(mistakes) => Err(mistakes.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(1)
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    if config.prometheus.is_none() {
        eprintln!(
            "No Prometheus is set. Start with --prometheus http://your-prometheus:9090, or try `portolan demo`."
        );
    }
    let running = portolan::serve(config).await?;
    println!("Portolan is at {}", running.url());
    portolan::signalled().await;
    running.shutdown().await;
    Ok(())
}

/// The text of a scenario that comes with the product, or else of a file.
fn scenario(wanted: &str) -> anyhow::Result<Cow<'static, str>> {
    if let Some(known) = portolan::demo::scenario(wanted) {
        return Ok(known.into());
    }
    let text = std::fs::read_to_string(wanted);
    let known = || portolan::demo::scenario_names().join(", ");
    Ok(text
        .with_context(|| {
            format!("the scenario {wanted} is no file that can be read, and none of {}", known())
        })?
        .into())
}

/// The same server, before a simulated mesh that it reads over HTTP like any other Prometheus.
async fn demo(args: &DemoArgs, loaded: &Loaded) -> anyhow::Result<()> {
    let scenario = args.scenario.as_deref().map(scenario).transpose()?;
    let mesh = portolan::demo::mesh(scenario.as_deref(), args.demo_scale).map_err(anyhow::Error::msg)?;
    let source = portolan::demo::start(mesh, "127.0.0.1:0".parse()?).await?;
    println!("A simulated Prometheus is at http://{} (scrape it at /metrics)", source.addr);
    // The simulated mesh has no labels but its own.
    let settings =
        Settings { prometheus: Some(source.url()), extra_matcher: None, ..loaded.cli.settings.clone() };
    let mut config = loaded.config_of(&settings, &read_file)?;
    "demo".clone_into(&mut config.source);
    run(config).await
}

fn read_file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
