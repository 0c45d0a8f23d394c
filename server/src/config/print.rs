//! `--print-config`: what holds, as a settings file that says where each value came from. Secrets are starred.

use super::load::{Loaded, Setting, Source};
use super::prometheus::without_password;
use crate::cli::Cli;
use clap::{Arg, ArgAction, CommandFactory as _};
use std::fmt::Write as _;
use toml::Value;

const STARS: &str = "***";

impl Loaded {
    /// The settings as TOML, ready for a file but for the stars.
    pub fn print(&self) -> String {
        let command = Cli::command();
        let mut text = String::from("# The settings that hold, and where each was set.\n");
        for arg in super::file::settable(&command) {
            let Some(flag) = arg.get_long() else { continue };
            match self.settings.iter().find(|setting| setting.flag == flag) {
                Some(setting) if arg.is_hide_set() && setting.source == Source::Default => {}
                Some(setting) => {
                    let value = shown(arg, &setting.words);
                    writeln!(text, "{flag} = {value} # {}", place(arg, setting)).expect("a String takes all");
                }
                None if arg.is_hide_set() => {}
                None => writeln!(text, "# {flag} is not set").expect("a String takes all"),
            }
        }
        for source in self.sources() {
            write!(text, "\n[[source]]\nname = {}\n", Value::from(source.name.as_str()))
                .expect("a String takes all");
            if let Some(cluster) = &source.cluster {
                writeln!(text, "cluster = {}", Value::from(cluster.as_str())).expect("a String takes all");
            }
            for arg in super::file::settable(&command) {
                let Some((flag, words)) = arg.get_long().and_then(|long| source.words.get_key_value(long))
                else {
                    continue;
                };
                writeln!(text, "{flag} = {}", shown(arg, words)).expect("a String takes all");
            }
        }
        for line in self.health() {
            write!(text, "\n[[health]]\n{}", super::health::print(line)).expect("a String takes all");
        }
        for metric in self.metrics() {
            write!(text, "\n[[metric]]\n{}", super::metric::print(metric)).expect("a String takes all");
        }
        for split in self.splits() {
            let weights: toml::Table =
                split.weights.iter().map(|(version, weight)| (version.clone(), (*weight).into())).collect();
            write!(
                text,
                "\n[[split]]\nnamespace = {}\nservice = {}\nweights = {}\n",
                Value::from(split.namespace.as_str()),
                Value::from(split.service.as_str()),
                Value::Table(weights)
            )
            .expect("a String takes all");
        }
        text
    }
}

fn shown(arg: &Arg, words: &[String]) -> Value {
    let last = words.last().map(String::as_str).unwrap_or_default();
    match arg.get_action() {
        ArgAction::SetTrue => Value::Boolean(is_yes(last)),
        // A variable holds several as lines.
        ArgAction::Append => {
            let lines = words.iter().flat_map(|word| word.lines());
            Value::Array(lines.map(|line| Value::from(starred(arg, line))).collect())
        }
        _ => Value::from(starred(arg, last)),
    }
}

/// What clap may not show of the environment is a secret wherever it stands.
fn starred(arg: &Arg, word: &str) -> String {
    match arg.get_long() {
        Some("prometheus") => without_password(word),
        _ if !arg.is_hide_env_values_set() => word.to_owned(),
        Some("prometheus-header") => match word.split_once(':') {
            Some((name, _)) => format!("{name}: {STARS}"),
            None => STARS.to_owned(),
        },
        _ => STARS.to_owned(),
    }
}

/// As clap reads a flag in a variable.
fn is_yes(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on" | "y" | "t")
}

fn place(arg: &Arg, setting: &Setting) -> String {
    match &setting.source {
        Source::Flag => format!("--{}", arg.get_long().unwrap_or_default()),
        Source::Variable(name) => name.clone(),
        Source::File(path) => path.clone(),
        Source::Default => "default".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load;
    use std::ffi::OsString;

    #[test]
    fn it_prints_a_file_that_sets_the_same_and_hides_secrets() {
        let file = "prometheus = 'https://ann:s3cret@p/x'\nprometheus-header = ['X-Scope-OrgID: s3cret']\nlisten = '127.0.0.1:7'\nallowed-hosts = ['a', 'b']\n[[split]]\nnamespace = 'n'\nservice = 's'\nweights = { \"v1.0\" = 90, v2 = 10 }\n[[health]]\ncode = '4xx'\nname = 'a*'\n[[metric]]\nname = 'Hits'\nmetric = 'hits_total'\nunit = 'hits'\nsource = { service = 'a' }\ndestination = { service = 'b' }\n[[source]]\nname = 'eu'\ncluster = 'c'\nprometheus = 'http://p2'\nprometheus-password = 's3cret'\nprometheus-skip-verify = true\n";
        let read = |text: String| move |_: &str| Ok(text.clone());
        let args =
            ["portolan", "--config", "p.toml", "--prometheus-bearer-token", "s3cret", "--print-config"];
        let loaded = load(args.map(OsString::from), &read(file.to_owned())).unwrap();
        let printed = loaded.print();
        assert!(!printed.contains("s3cret"), "{printed}");
        for line in [
            "prometheus = \"https://ann:***@p/x\" # p.toml",
            "prometheus-bearer-token = \"***\" # --prometheus-bearer-token",
            "prometheus-header = [\"X-Scope-OrgID: ***\"] # p.toml",
            "prometheus-timeout = \"20s\" # default",
            "prometheus-skip-verify = false # default",
            "# scrape-interval is not set",
            "cluster = \"c\"",
            "prometheus = \"http://p2\"",
            "prometheus-password = \"***\"",
            "prometheus-skip-verify = true",
        ] {
            assert!(printed.lines().any(|printed| printed == line), "{line} in\n{printed}");
        }
        let args = ["portolan", "--config", "p.toml"].map(OsString::from);
        let again = load(args, &read(printed.clone())).unwrap();
        assert_eq!(again.cli.settings.listen, "127.0.0.1:7");
        assert_eq!(again.cli.settings.allowed_hosts, ["a", "b"]);
        assert_eq!(again.splits(), loaded.splits());
        assert_eq!((again.metrics(), again.metrics().len()), (loaded.metrics(), 1));
        assert_eq!(again.sources().len(), 1);
        assert_eq!((again.health(), again.health().len()), (loaded.health(), 1));
        let unsecret = |text: String| {
            text.replace(" # --prometheus-bearer-token", " # p.toml").replace("default", "p.toml")
        };
        assert_eq!(again.print(), unsecret(printed));
    }
}
