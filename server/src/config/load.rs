//! Puts flags, environment, file and defaults together, in this order of precedence, and remembers who set what.
//! Must not know what a setting means: the words are the same wherever they come from.

use super::file::{File, settable};
use super::{Config, Mistakes, ReadFile};
use crate::cli::{Cli, Settings};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use std::collections::BTreeMap;
use std::ffi::OsString;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Flag,
    Variable(String),
    /// The file's path.
    File(String),
    Default,
}

/// All that was set, as words, and by whom.
#[derive(Debug)]
pub struct Loaded {
    pub cli: Cli,
    pub(super) settings: Vec<Setting>,
    file: File,
}

/// One setting that has a value.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) flag: String,
    pub(super) words: Vec<String>,
    pub(super) source: Source,
}

/// Reads all sources. An error is clap's own: a flag it does not know, or its help and version.
pub fn load(
    args: impl IntoIterator<Item = OsString>,
    read_file: ReadFile<'_>,
) -> Result<Loaded, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    // Without the file first: its values, secrets among them, must not stand as defaults in the help.
    let command = Cli::command();
    let first = command.clone().try_get_matches_from(&args)?;
    let path = first.get_one::<String>("config");
    let mut file = path.map(|path| File::read(path, &command, read_file)).unwrap_or_default();
    let matches = match with_defaults(command.clone(), &file.values).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => {
            // Flags and variables passed before, so it is a value of the file.
            let rendered = error.to_string();
            let reason = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ");
            file.mistakes.push(format!("{}: {reason}.", file.path));
            first
        }
    };
    let cli = Cli::from_arg_matches(&matches)?;
    let settings = settings(&command, &matches, &file);
    Ok(Loaded { cli, settings, file })
}

fn with_defaults(command: Command, values: &BTreeMap<String, Vec<String>>) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let set = |arg: clap::Arg| match arg.get_long().and_then(|long| values.get(long)) {
        Some(words) => arg.default_values(words.clone()),
        None => arg,
    };
    names
        .into_iter()
        .fold(command.mut_args(set), |command, name| command.mut_subcommand(name, |sub| sub.mut_args(set)))
}

fn settings(command: &Command, matches: &ArgMatches, file: &File) -> Vec<Setting> {
    settable(command)
        .filter_map(|arg| {
            let flag = arg.get_long()?.to_owned();
            let within = matches.subcommand().map(|(_, within)| within);
            let (source, words) = [Some(matches), within]
                .into_iter()
                .flatten()
                .find_map(|m| found(m, arg.get_id().as_str()))?;
            let source = match source {
                ValueSource::CommandLine => Source::Flag,
                ValueSource::EnvVariable => Source::Variable(arg.get_env()?.to_string_lossy().into_owned()),
                _ if file.values.contains_key(&flag) => Source::File(file.path.clone()),
                _ => Source::Default,
            };
            Some(Setting { flag, words, source })
        })
        .collect()
}

fn found(matches: &ArgMatches, id: &str) -> Option<(ValueSource, Vec<String>)> {
    let words = matches.try_get_raw(id).ok()??;
    Some((matches.value_source(id)?, words.map(|word| word.to_string_lossy().into_owned()).collect()))
}

impl Loaded {
    /// Gives the words their meaning, or tells all mistakes of all sources, each with its place.
    pub fn config(&self, read_file: ReadFile<'_>) -> Result<Config, Mistakes> {
        self.config_of(&self.cli.settings, read_file)
    }

    /// The same with settings that the program decided otherwise.
    pub fn config_of(&self, settings: &Settings, read_file: ReadFile<'_>) -> Result<Config, Mistakes> {
        let mut mistakes = self.file.mistakes.clone();
        let others = self.file.sources.iter().filter_map(|named| named.source(read_file, &mut mistakes));
        let others = others.collect();
        match Config::from_settings(settings, read_file) {
            Ok(config) if mistakes.is_empty() => {
                let config = Config {
                    splits: self.file.splits.clone(),
                    health: self.file.health.clone(),
                    metrics: self.file.metrics.clone(),
                    ..config
                };
                return config.with_others(others);
            }
            Ok(_) => {}
            Err(Mistakes(more)) => mistakes.extend(more.iter().map(|mistake| self.placed(mistake))),
        }
        Err(Mistakes(mistakes))
    }

    pub(super) fn sources(&self) -> &[super::sources::Named] {
        &self.file.sources
    }

    pub(super) fn health(&self) -> &[graph::health::HealthLine] {
        &self.file.health
    }

    pub(super) fn metrics(&self) -> &[graph::custom::CustomMetric] {
        &self.file.metrics
    }

    pub(super) fn splits(&self) -> &[graph::IntendedSplit] {
        &self.file.splits
    }

    /// A mistake begins with its flag; who wrote a variable or a file looks for that instead.
    fn placed(&self, mistake: &str) -> String {
        let Some(rest) = mistake.strip_prefix("--") else { return mistake.to_owned() };
        let end = rest.find([' ', ':']).unwrap_or(rest.len());
        let (flag, rest) = rest.split_at(end);
        match self.settings.iter().find(|setting| setting.flag == flag).map(|setting| &setting.source) {
            Some(Source::Variable(name)) => format!("{name}{rest}"),
            Some(Source::File(path)) => format!("{path}: `{flag}`{rest}"),
            _ => mistake.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(args: &[&str], file: &'static str) -> Loaded {
        let args = ["portolan", "--config", "p.toml"].iter().chain(args).map(OsString::from);
        load(args, &|_| Ok(file.to_owned())).unwrap()
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let file = "listen = '127.0.0.1:1'\nprometheus-timeout = '7s'\nallowed-hosts = ['a', 'b']\nprometheus-skip-verify = true\n";
        for args in [&["--listen", "127.0.0.1:2"][..], &["serve", "--listen", "127.0.0.1:2"]] {
            let loaded = loaded(args, file);
            let settings = &loaded.cli.settings;
            assert_eq!(settings.listen, "127.0.0.1:2");
            assert_eq!((settings.timeout.as_str(), settings.connect_timeout.as_str()), ("7s", "5s"));
            assert_eq!(settings.allowed_hosts, ["a", "b"]);
            assert!(settings.skip_verify);
            let source = |flag: &str| &loaded.settings.iter().find(|s| s.flag == flag).unwrap().source;
            assert_eq!(source("listen"), &Source::Flag);
            assert_eq!(source("prometheus-timeout"), &Source::File("p.toml".into()));
            assert_eq!(source("prometheus-connect-timeout"), &Source::Default);
        }
        assert_eq!(loaded(&["--allowed-hosts", "c"], file).cli.settings.allowed_hosts, ["c"]);
    }

    #[test]
    fn mistakes_of_flags_and_file_come_together_with_their_places() {
        let loaded = loaded(
            &["--listen", "here"],
            "prometheus = 'p'\nprometheus-timeout = 'soon'\ncolour = 1\ndemo-scale = 'big'\n",
        );
        let Mistakes(mistakes) = loaded.config(&|_| unreachable!()).unwrap_err();
        let starts = [
            "p.toml: `colour` is no setting",
            "--listen is `here`",
            "p.toml: `prometheus` is `p`",
            "p.toml: `prometheus-timeout` is `soon`",
        ];
        assert_eq!(mistakes.len(), starts.len(), "{mistakes:#?}");
        for (mistake, start) in mistakes.iter().zip(starts) {
            assert!(mistake.starts_with(start), "{mistake}");
        }
    }

    #[test]
    fn the_demo_s_own_settings_may_stand_in_the_file() {
        let loaded = loaded(&["demo"], "demo-scale = 300\n");
        let Some(crate::cli::Command::Demo(args)) = &loaded.cli.command else { panic!("the demo") };
        assert_eq!(args.demo_scale, Some(300));
        let args = ["portolan", "--config", "p.toml", "demo"].map(OsString::from);
        let wrong = load(args, &|_| Ok("demo-scale = 'big'".to_owned())).unwrap();
        let Mistakes(mistakes) = wrong.config(&|_| unreachable!()).unwrap_err();
        assert!(
            mistakes.len() == 1 && mistakes[0].starts_with("p.toml: ") && mistakes[0].contains("demo-scale")
        );
    }

    #[test]
    fn the_help_shows_no_value_of_the_file() {
        let args = ["portolan", "--config", "p.toml", "--help"].map(OsString::from);
        let error = load(args, &|_| Ok("prometheus-password = 's3cret'".to_owned())).unwrap_err();
        assert!(error.to_string().contains("--prometheus-password") && !error.to_string().contains("s3cret"));
    }
}
