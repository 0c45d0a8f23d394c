//! The command: reads the command line, starts the server, prints one line, and waits for the signal to stop.

use anyhow::Context as _;
use clap::Parser as _;
use portolan::Config;
use portolan::cli::{Cli, Command, DemoArgs, Settings};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match start(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A sentence for who starts it; a backtrace would only bury it.
            eprintln!("Portolan cannot start.\n{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn start(Cli { command, settings }: Cli) -> anyhow::Result<()> {
    portolan::log_to_stderr(&settings.log)?;
    portolan::install_crypto();
    match command.unwrap_or(Command::Serve) {
        Command::Serve => run(Config::from_settings(&settings, &read_file)?).await,
        Command::Demo(args) => demo(&args, settings).await,
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

/// The same server, before a simulated mesh that it reads over HTTP like any other Prometheus.
async fn demo(args: &DemoArgs, settings: Settings) -> anyhow::Result<()> {
    let scenario = args.scenario.as_ref().map(|path| {
        std::fs::read_to_string(path)
            .with_context(|| format!("the scenario {} cannot be read", path.display()))
    });
    let mesh = portolan::demo::mesh(scenario.transpose()?.as_deref(), args.demo_scale)
        .map_err(anyhow::Error::msg)?;
    let source = portolan::demo::start(mesh, "127.0.0.1:0".parse()?).await?;
    println!("A simulated Prometheus is at http://{} (scrape it at /metrics)", source.addr);
    let settings = Settings { prometheus: Some(format!("http://{}", source.addr)), ..settings };
    let mut config = Config::from_settings(&settings, &read_file)?;
    "demo".clone_into(&mut config.source);
    run(config).await
}

fn read_file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
