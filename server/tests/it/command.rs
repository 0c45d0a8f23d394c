//! The command itself, started as a person or a platform starts it: precedence, printed settings, exit codes.

use std::path::PathBuf;
use std::process::{Command, Output};

fn portolan(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTOLAN_") {
            command.env_remove(name);
        }
    }
    command.args(args).envs(variables.iter().copied()).output().unwrap()
}

/// Away from the async threads: the servers it asks run there.
async fn portolan_aside(args: &[&str]) -> (Option<i32>, String) {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let output = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        portolan(&args, &[])
    })
    .await
    .unwrap();
    (output.status.code(), said(&output))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let file = file(
        "precedence.toml",
        "listen = '127.0.0.1:1'\nprometheus-timeout = '1s'\nrequest-timeout = '1s'\nprometheus-password = 's3cret'\nprometheus-username = 'ann'\n",
    );
    let file = file.to_str().unwrap();
    let variables = [
        ("PORTOLAN_CONFIG", file),
        ("PORTOLAN_LISTEN", "127.0.0.1:2"),
        ("PORTOLAN_PROMETHEUS_TIMEOUT", "2s"),
        ("PORTOLAN_PROMETHEUS_HEADER", "X-A: s3cret\nX-B: s3cret"),
    ];
    let output = portolan(&["--print-config", "--listen", "127.0.0.1:3"], &variables);
    let printed = said(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    for line in [
        "listen = \"127.0.0.1:3\" # --listen",
        "prometheus-timeout = \"2s\" # PORTOLAN_PROMETHEUS_TIMEOUT",
        &format!("request-timeout = \"1s\" # {file}"),
        "prometheus-connect-timeout = \"5s\" # default",
        &format!("prometheus-password = \"***\" # {file}"),
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line} in\n{printed}");
    }
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(printed.contains("prometheus-header = [\"X-A: ***\", \"X-B: ***\"] # PORTOLAN_"), "{printed}");
}

#[test]
fn all_mistakes_of_all_sources_come_at_once() {
    let file =
        file("mistakes.toml", "colour = 'red'\nprometheus-timeout = 'soon'\n[[split]]\nnamespace = 'a'\n");
    let path = file.to_str().unwrap();
    let variables = [("PORTOLAN_SNAPSHOT_MEMORY", "much"), ("PORTOLAN_LOG", "a=b=c")];
    let output = portolan(&["--config", path, "--listen", "here"], &variables);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for start in [
        format!("{path}: `colour` is no setting"),
        format!("{path}: `[[split]]` number 1 needs `service`"),
        format!("{path}: `prometheus-timeout` is `soon`"),
        "PORTOLAN_SNAPSHOT_MEMORY is `much`".to_owned(),
        "PORTOLAN_LOG is `a=b=c`".to_owned(),
        "--listen is `here`".to_owned(),
    ] {
        assert!(text.lines().any(|line| line.starts_with(&start)), "{start} in\n{text}");
    }
    // The printed settings come too, and the code says that they cannot be used.
    let output = portolan(&["--config", path, "--print-config"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("prometheus-timeout = \"soon\""));
}

#[tokio::test]
async fn a_check_says_what_it_finds_and_its_code_whether_a_graph_can_be_drawn() {
    let prometheus = crate::support::Prometheus::start().await;
    let (code, text) = portolan_aside(&["check", "--prometheus", &prometheus.url]).await;
    assert_eq!(code, Some(0), "{text}");
    for part in [
        "ok       Prometheus 2.42.0 answers at",
        "ok       It scrapes every 15 s.",
        "ok       istio_requests_total: ",
        "ok       Namespaces with traffic: data, edge, shop.",
        "ok       Requests are counted by: destination, source.",
        "ok       Latency percentiles can be told.",
        "ok       All labels that graphs are drawn from are there.",
        "A graph can be drawn.",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let other_mesh = ["check", "--prometheus", &prometheus.url, "--extra-matcher", "mesh=\"none\""];
    let (code, text) = portolan_aside(&other_mesh).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("missing  istio_requests_total is not there within --extra-matcher mesh=\"none\".")
    );
    assert!(text.contains("→ ") && text.contains("No graph can be drawn yet."), "{text}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (code, text) = portolan_aside(&["check", "--prometheus", &format!("http://127.0.0.1:{port}")]).await;
    assert!(code == Some(1) && text.contains("the connection was refused"), "{code:?} {text}");
    assert_eq!(portolan_aside(&["check"]).await.0, Some(2));
    assert_eq!(portolan_aside(&["check", "--prometheus", "nonsense"]).await.0, Some(2));
}

#[tokio::test]
async fn a_check_looks_at_every_source_and_names_each() {
    let prometheus = crate::support::Prometheus::start().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = |name: &str, url: &str| format!("[[source]]\nname = '{name}'\nprometheus = '{url}'\n");
    let check = async |name: &str, second: &str| {
        let both = source("first", &prometheus.url) + &source("second", second);
        portolan_aside(&["check", "--config", file(name, &both).to_str().unwrap()]).await
    };
    let (code, text) = check("both-well.toml", &prometheus.url).await;
    assert!(code == Some(0) && text.contains("A graph can be drawn of each source."), "{text}");
    let (code, text) = check("second-gone.toml", &format!("http://127.0.0.1:{port}")).await;
    let (first, second) = text.split_once("source   second").unwrap();
    assert!(first.contains("source   first\nok       Prometheus 2.42.0 answers"), "{text}");
    assert!(second.contains("the connection was refused"), "{text}");
    assert!(code == Some(1) && second.contains("Not of each source"), "{text}");
}

#[tokio::test]
async fn health_asks_where_the_settings_say_that_it_listens() {
    let mut config = portolan::Config::for_prometheus("http://127.0.0.1:9").unwrap();
    "/x/y".clone_into(&mut config.bind.base_path);
    let running = portolan::serve(config.clone()).await.unwrap();
    config.bind.listen = running.addr;
    portolan::health(&config).await.unwrap();
    "/z".clone_into(&mut config.bind.base_path);
    assert!(portolan::health(&config).await.is_err());
    running.shutdown().await;

    let running =
        portolan::serve(portolan::Config::for_prometheus("http://127.0.0.1:9").unwrap()).await.unwrap();
    let listen = running.addr.to_string();
    assert_eq!(portolan_aside(&["health", "--listen", &listen]).await.0, Some(0));
    running.shutdown().await;
    let (code, text) = portolan_aside(&["health", "--listen", &listen]).await;
    assert!(code == Some(1) && text.contains("nothing answers at"), "{text}");
    assert_eq!(portolan_aside(&["health", "--listen", "nonsense"]).await.0, Some(1));
}
