//! The command line and the environment, as raw strings. Meaning is given to them in `config`, all at once.

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};

/// A service graph for Istio meshes that needs nothing but a Prometheus URL.
#[derive(Debug, Parser)]
#[command(name = "portolan", version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings file (TOML): each key is a flag's name without the dashes; flags and variables win over it
    #[arg(long, env = "PORTOLAN_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<String>,
    /// Print the settings that hold and where each was set, without secrets, and stop
    #[arg(long, global = true)]
    pub print_config: bool,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the page and the API (what happens without a subcommand)
    Serve,
    /// Serve a simulated mesh, to look around without a cluster
    Demo(DemoArgs),
    /// Say in words what the Prometheus holds for a graph; exits with 0 if one can be drawn, else 1, or 2 for unusable settings
    Check,
    /// Ask the running server on this machine whether it lives (exit 0) or not (exit 1); for an image's HEALTHCHECK
    Health,
}

#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Multiply the scenario to about this many services
    #[arg(long, env = "PORTOLAN_DEMO_SCALE", value_name = "SERVICES")]
    pub demo_scale: Option<usize>,
    /// A scenario that comes with the demo, such as bookinfo, or a file of your own (TOML); default: the shop
    #[arg(long, env = "PORTOLAN_SCENARIO", value_name = "NAME|FILE")]
    pub scenario: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where Prometheus is, path prefix and all, e.g. http://127.0.0.1:9090
    #[arg(long, env = "PORTOLAN_PROMETHEUS", value_name = "URL", global = true)]
    pub prometheus: Option<String>,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "PORTOLAN_LISTEN", value_name = "ADDR:PORT", default_value = LISTEN, global = true)]
    pub listen: String,
    /// Host names, besides the loopback ones, under which browsers may call; separate with commas
    #[arg(long, env = "PORTOLAN_ALLOWED_HOSTS", value_name = "NAMES", global = true)]
    pub allowed_hosts: Vec<String>,
    /// Path below which everything is served, such as /tools/mesh, where a proxy keeps it
    #[arg(long, env = "PORTOLAN_BASE_PATH", value_name = "PATH", global = true)]
    pub base_path: Option<String>,
    /// Origins whose pages may frame /embed/graph, such as `https://dash.example.org`; separate with commas
    #[arg(long, env = "PORTOLAN_EMBED_ORIGINS", value_name = "ORIGINS", global = true)]
    pub embed_origins: Vec<String>,
    /// Token for Prometheus; better in a file or in the environment than on the command line
    #[arg(long = "prometheus-bearer-token", env = "PORTOLAN_PROMETHEUS_BEARER_TOKEN", value_name = "TOKEN")]
    #[arg(hide_env_values = true, global = true)]
    pub bearer_token: Option<String>,
    /// File that holds the token for Prometheus; read again when it changes
    #[arg(long = "prometheus-bearer-token-file", env = "PORTOLAN_PROMETHEUS_BEARER_TOKEN_FILE")]
    #[arg(value_name = "FILE", global = true)]
    pub bearer_token_file: Option<String>,
    /// User name for Prometheus (basic authentication)
    #[arg(
        long = "prometheus-username",
        env = "PORTOLAN_PROMETHEUS_USERNAME",
        value_name = "NAME",
        global = true
    )]
    pub username: Option<String>,
    /// Password for Prometheus; better in a file or in the environment than on the command line
    #[arg(long = "prometheus-password", env = "PORTOLAN_PROMETHEUS_PASSWORD", value_name = "PASSWORD")]
    #[arg(hide_env_values = true, global = true)]
    pub password: Option<String>,
    /// File that holds the password for Prometheus; read again when it changes
    #[arg(long = "prometheus-password-file", env = "PORTOLAN_PROMETHEUS_PASSWORD_FILE", value_name = "FILE")]
    #[arg(global = true)]
    pub password_file: Option<String>,
    /// Header sent with every request to Prometheus, such as a tenant's; may be repeated, in the variable one a line
    #[arg(long = "prometheus-header", env = "PORTOLAN_PROMETHEUS_HEADER", value_name = "NAME: VALUE")]
    #[arg(hide_env_values = true, global = true)]
    pub headers: Vec<String>,
    /// File with the certificates (PEM) that sign Prometheus's own, besides those this machine trusts
    #[arg(
        long = "prometheus-ca-file",
        env = "PORTOLAN_PROMETHEUS_CA_FILE",
        value_name = "FILE",
        global = true
    )]
    pub ca_file: Option<String>,
    /// File with the certificate (PEM) that says who we are, where Prometheus wants to see one; may hold its key too
    #[arg(long = "prometheus-client-cert", env = "PORTOLAN_PROMETHEUS_CLIENT_CERT", value_name = "FILE")]
    #[arg(global = true)]
    pub client_cert: Option<String>,
    /// File with the key (PEM) of that certificate
    #[arg(long = "prometheus-client-key", env = "PORTOLAN_PROMETHEUS_CLIENT_KEY", value_name = "FILE")]
    #[arg(global = true)]
    pub client_key: Option<String>,
    /// Take any certificate for Prometheus's: whoever stands in between can read the token and forge answers
    #[arg(long = "prometheus-skip-verify", env = "PORTOLAN_PROMETHEUS_SKIP_VERIFY", global = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub skip_verify: bool,
    /// Matchers added to every query, such as cluster="eu", where one store holds several meshes
    #[arg(long, env = "PORTOLAN_EXTRA_MATCHER", value_name = "MATCHERS", global = true)]
    pub extra_matcher: Option<String>,
    /// Parameter sent with every request, such as dedup=true or partial_response=false for Thanos; may be repeated
    #[arg(long = "prometheus-parameter", env = "PORTOLAN_PROMETHEUS_PARAMETER", value_name = "NAME=VALUE")]
    #[arg(global = true)]
    pub parameters: Vec<String>,
    /// How late samples arrive in the store: the present is so long ago, for what was written remotely
    #[arg(long, env = "PORTOLAN_INGESTION_DELAY", value_name = "TIME", global = true)]
    pub ingestion_delay: Option<String>,
    /// Longest wait for a connection to Prometheus
    #[arg(
        long = "prometheus-connect-timeout",
        env = "PORTOLAN_PROMETHEUS_CONNECT_TIMEOUT",
        value_name = "TIME"
    )]
    #[arg(default_value = CONNECT_TIMEOUT, global = true)]
    pub connect_timeout: String,
    /// Longest wait for one answer of Prometheus
    #[arg(long = "prometheus-timeout", env = "PORTOLAN_PROMETHEUS_TIMEOUT", value_name = "TIME")]
    #[arg(default_value = TIMEOUT, global = true)]
    pub timeout: String,
    /// Largest answer taken from Prometheus, unpacked
    #[arg(long = "prometheus-max-answer", env = "PORTOLAN_PROMETHEUS_MAX_ANSWER", value_name = "SIZE")]
    #[arg(default_value = MAX_ANSWER, global = true)]
    pub max_answer: String,
    /// The mesh's scrape interval, where Prometheus does not tell it
    #[arg(long, env = "PORTOLAN_SCRAPE_INTERVAL", value_name = "TIME", global = true)]
    pub scrape_interval: Option<String>,
    /// Longest wait of a browser for one answer of ours
    #[arg(long, env = "PORTOLAN_REQUEST_TIMEOUT", value_name = "TIME", default_value = REQUEST_TIMEOUT, global = true)]
    pub request_timeout: String,
    /// Memory that held snapshots may take
    #[arg(long, env = "PORTOLAN_SNAPSHOT_MEMORY", value_name = "SIZE", default_value = SNAPSHOT_MEMORY, global = true)]
    pub snapshot_memory: String,
    /// What to log on stderr, e.g. `debug` or `portolan=debug,info`
    #[arg(long, env = "PORTOLAN_LOG", value_name = "FILTER", default_value = LOG, global = true)]
    pub log: String,
    /// Publish what the map's painter drew, for browser tests
    #[arg(long, env = "PORTOLAN_TEST_HOOK", hide = true, global = true)]
    pub test_hook: bool,
}

const LISTEN: &str = "127.0.0.1:20001";
const CONNECT_TIMEOUT: &str = "5s";
const TIMEOUT: &str = "20s";
const MAX_ANSWER: &str = "256MB";
const REQUEST_TIMEOUT: &str = "60s";
const SNAPSHOT_MEMORY: &str = "256MB";
const LOG: &str = "info";

/// The same defaults as on the command line, without reading the environment.
impl Default for Settings {
    fn default() -> Self {
        Self {
            prometheus: None,
            listen: LISTEN.to_owned(),
            allowed_hosts: Vec::new(),
            base_path: None,
            embed_origins: Vec::new(),
            bearer_token: None,
            bearer_token_file: None,
            username: None,
            password: None,
            password_file: None,
            headers: Vec::new(),
            ca_file: None,
            client_cert: None,
            client_key: None,
            skip_verify: false,
            extra_matcher: None,
            parameters: Vec::new(),
            ingestion_delay: None,
            connect_timeout: CONNECT_TIMEOUT.to_owned(),
            timeout: TIMEOUT.to_owned(),
            max_answer: MAX_ANSWER.to_owned(),
            scrape_interval: None,
            request_timeout: REQUEST_TIMEOUT.to_owned(),
            snapshot_memory: SNAPSHOT_MEMORY.to_owned(),
            log: LOG.to_owned(),
            test_hook: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_work_before_and_after_the_subcommand() {
        for words in [
            &["portolan", "--prometheus", "http://p", "serve"][..],
            &["portolan", "serve", "--prometheus", "http://p"],
            &["portolan", "--prometheus", "http://p"],
        ] {
            let cli = Cli::try_parse_from(words).unwrap();
            assert_eq!(cli.settings.prometheus.as_deref(), Some("http://p"), "{words:?}");
        }
        let cli = Cli::try_parse_from(["portolan", "demo", "--demo-scale", "300"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Demo(DemoArgs { demo_scale: Some(300), .. }))));
    }
}
