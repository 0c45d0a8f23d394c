//! The README's table of settings is what the command takes: made from the same definition, so that it cannot go stale.

use clap::{Arg, ArgAction, Command, CommandFactory as _};
use portolan::cli::Cli;

const HEAD: &str = "| setting | variable | default | what it does |";

/// Every flag but help and version, those of subcommands with the subcommand's name.
fn table(command: &Command) -> String {
    let own = command.get_arguments().map(|arg| row("", arg));
    let of_subcommands = command.get_subcommands().flat_map(|sub| {
        sub.get_arguments()
            .filter(|arg| !arg.is_global_set())
            .map(|arg| row(&format!("{} ", sub.get_name()), arg))
    });
    let rows: Vec<String> = own.chain(of_subcommands).flatten().collect();
    format!("{HEAD}\n|---|---|---|---|\n{}\n", rows.join("\n"))
}

fn row(subcommand: &str, arg: &Arg) -> Option<String> {
    let long = arg.get_long().filter(|long| !["help", "version"].contains(long) && !arg.is_hide_set())?;
    let is_switch = matches!(arg.get_action(), ArgAction::SetTrue);
    let value = arg
        .get_value_names()
        .filter(|_| !is_switch)
        .map(|names| format!(" {}", names.join(" ").replace('|', "\\|")));
    let variable = arg.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
    let defaults = arg.get_default_values().iter().map(|value| value.to_string_lossy());
    let default =
        defaults.filter(|_| !is_switch).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" ");
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default().replace('|', "\\|");
    assert!(!help.is_empty(), "--{long} says nothing of itself");
    Some(format!("| `{subcommand}--{long}{}` | {variable} | {default} | {help} |", value.unwrap_or_default()))
}

#[test]
fn the_readme_lists_every_setting() {
    let mut command = Cli::command();
    command.build();
    let wanted = table(&command);
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let start = readme.find(HEAD).expect("the README has a table of settings");
    let rows = readme[start..].lines().take_while(|line| line.starts_with('|'));
    let found = rows.fold(String::new(), |text, line| text + line + "\n");
    assert!(found == wanted, "The README's table of settings should be:\n\n{wanted}");
}

#[test]
fn every_setting_has_a_variable_of_its_name() {
    for arg in Cli::command().get_arguments() {
        let Some(long) = arg.get_long().filter(|long| *long != "print-config") else { continue };
        let wanted = format!("PORTOLAN_{}", long.to_ascii_uppercase().replace('-', "_"));
        assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(wanted.as_str()), "--{long}");
    }
}

#[test]
fn the_readme_s_file_is_a_sound_one() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let file = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    let read = move |path: &str| match path {
        "portolan.toml" => Ok(file.clone()),
        "/var/run/secrets/prometheus/token" => Ok("token".to_owned()),
        path => Err(format!("nobody reads {path}")),
    };
    let args = ["portolan", "--config", "portolan.toml"].map(std::ffi::OsString::from);
    let config = portolan::config::load(args, &read).unwrap().config(&read).unwrap();
    let prometheus = config.prometheus.unwrap();
    assert_eq!(prometheus.transport.headers.len(), 1);
    assert_eq!(prometheus.extra_matcher.as_deref(), Some("cluster=\"eu\""));
    assert_eq!(config.splits[0].weights.keys().collect::<Vec<_>>(), ["v1", "v2"]);
}
