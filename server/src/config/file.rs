//! The settings file: TOML whose keys are the flags' names. It is read into the flags' own words, so that one reader
//! gives meaning to all sources. Must not know what a setting means.

use super::{ReadFile, health, metric, sources, split};
use clap::{Arg, ArgAction, Command};
use graph::{IntendedSplit, custom::CustomMetric, health::HealthLine};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) path: String,
    /// By flag, without dashes.
    pub(super) values: BTreeMap<String, Vec<String>>,
    pub(super) splits: Vec<IntendedSplit>,
    pub(super) health: Vec<HealthLine>,
    pub(super) metrics: Vec<CustomMetric>,
    pub(super) sources: Vec<sources::Named>,
    pub(super) mistakes: Vec<String>,
}

impl File {
    pub(super) fn read(path: &str, command: &Command, read_file: ReadFile<'_>) -> Self {
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        let text = match read_file(path) {
            Ok(text) => text,
            Err(why) => {
                file.mistakes.push(format!("The settings file {path} cannot be read: {why}."));
                return file;
            }
        };
        let table: Table = match toml::from_str(&text) {
            Ok(table) => table,
            Err(error) => {
                file.mistakes
                    .push(format!("The settings file {path} is not TOML: {}", not_toml(&error, &text)));
                return file;
            }
        };
        for (key, value) in &table {
            file.take(key, value, command);
        }
        for mistake in &mut file.mistakes {
            *mistake = format!("{path}: {mistake}");
        }
        file
    }

    fn take(&mut self, key: &str, value: &Value, command: &Command) {
        if key == "split" {
            self.splits = split::read(value, &mut self.mistakes);
            return;
        }
        if key == "metric" {
            self.metrics = metric::read(value, &mut self.mistakes);
            return;
        }
        if key == "health" {
            self.health = health::read(value, &mut self.mistakes);
            return;
        }
        if key == "source" {
            self.sources = sources::read(value, command, &mut self.mistakes);
            return;
        }
        let Some(arg) = settable(command).find(|arg| arg.get_long() == Some(key)) else {
            self.mistakes.push(unknown(key, command));
            return;
        };
        match words(arg, value) {
            Ok(words) => {
                self.values.insert(key.to_owned(), words);
            }
            Err(wanted) => self.mistakes.push(format!("`{key}` must be {wanted}.")),
        }
    }
}

/// Every flag that a file may set.
pub(super) fn settable(command: &Command) -> impl Iterator<Item = &Arg> {
    let of_subcommands = command.get_subcommands().flat_map(Command::get_arguments);
    let named = |arg: &&Arg| {
        arg.get_long().is_some_and(|long| !["help", "version", "config", "print-config"].contains(&long))
    };
    let mut seen = std::collections::BTreeSet::new();
    command
        .get_arguments()
        .chain(of_subcommands)
        .filter(named)
        .filter(move |arg| seen.insert(arg.get_id().clone()))
}

fn unknown(key: &str, command: &Command) -> String {
    if key == "config" || key == "print-config" {
        return format!("`{key}` cannot stand in the file itself.");
    }
    let wanted = key.replace('_', "-");
    match settable(command).find_map(|arg| arg.get_long().filter(|long| *long == wanted)) {
        Some(long) => format!("`{key}` is written `{long}`."),
        None => format!(
            "`{key}` is no setting. `portolan --help` lists them all; a key is a flag without its dashes."
        ),
    }
}

/// A value in the words of a command line.
pub(super) fn words(arg: &Arg, value: &Value) -> Result<Vec<String>, &'static str> {
    match arg.get_action() {
        ArgAction::SetTrue => {
            value.as_bool().map(|flag| vec![flag.to_string()]).ok_or("true or false, without quotes")
        }
        ArgAction::Append => match value {
            Value::Array(list) => {
                list.iter().map(|item| word(item).ok_or("a list of texts in quotes")).collect()
            }
            Value::Table(table) => table
                .iter()
                .map(|(name, value)| word(value).map(|value| format!("{name}: {value}")))
                .collect::<Option<_>>()
                .ok_or("a table whose values are texts in quotes"),
            value => word(value).map(|word| vec![word]).ok_or("a list of texts in quotes"),
        },
        _ => word(value).map(|word| vec![word]).ok_or("one text in quotes"),
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Place and reason, without the line itself: it may hold a secret.
fn not_toml(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
    let reason = error.message().trim_end_matches('.').split_whitespace().collect::<Vec<_>>().join(" ");
    line.map_or_else(|| format!("{reason}."), |line| format!("line {line}: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn read(text: &str) -> File {
        File::read("p.toml", &Cli::command(), &|_| Ok(text.to_owned()))
    }

    #[test]
    fn values_become_the_flags_own_words() {
        let file = read(
            "prometheus = 'http://p'\nallowed-hosts = ['a', 'b']\nprometheus-skip-verify = true\ndemo-scale = 300\n[prometheus-header]\nX-Scope-OrgID = 'team'\n",
        );
        assert!(file.mistakes.is_empty(), "{:?}", file.mistakes);
        for (flag, words) in [
            ("prometheus", &["http://p"][..]),
            ("allowed-hosts", &["a", "b"]),
            ("prometheus-skip-verify", &["true"]),
            ("demo-scale", &["300"]),
            ("prometheus-header", &["X-Scope-OrgID: team"]),
        ] {
            assert_eq!(file.values[flag], words);
        }
    }

    #[test]
    fn all_mistakes_come_at_once_and_none_shows_a_value() {
        let file = read(
            "prometheus = ['s3cret']\nprometheus_timeout = '5s'\ncolour = 's3cret'\nconfig = 'x'\nprometheus-skip-verify = 's3cret'\n[listen]\nport = 1\n[[split]]\n",
        );
        assert_eq!(file.mistakes.len(), 9, "{:#?}", file.mistakes);
        assert!(file.mistakes.iter().all(|m| m.starts_with("p.toml: `") && !m.contains("s3cret")));
        assert!(
            file.mistakes.iter().any(|m| m.contains("`prometheus_timeout` is written `prometheus-timeout`"))
        );
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let file = read("prometheus = 'http://p'\nprometheus-password = s3cret\n");
        assert!(
            file.mistakes[0].starts_with("The settings file p.toml is not TOML: line 2: "),
            "{:?}",
            file.mistakes
        );
        assert!(!file.mistakes[0].contains("s3cret"), "{:?}", file.mistakes);
        let none = File::read("p.toml", &Cli::command(), &|_| Err("it is a folder".to_owned()));
        assert_eq!(none.mistakes, ["The settings file p.toml cannot be read: it is a folder."]);
    }
}
