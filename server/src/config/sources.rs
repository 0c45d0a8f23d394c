//! `[[source]]` in the settings file: further Prometheus servers, each by a name of its own. The keys are the flags' names;
//! what one does not set has its default, whatever the first Prometheus has: a token goes to nobody but its own server.

use super::file::{settable, words};
use super::lists::{self, Reader};
use super::{PrometheusConfig, ReadFile};
use crate::cli::Settings;
use clap::Command;
use std::collections::BTreeMap;
use toml::Value;

/// A Prometheus that may be chosen by its name.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    /// The cluster whose proxies it scrapes, as they name it.
    pub cluster: Option<String>,
    pub prometheus: PrometheusConfig,
}

/// One of the list, in the words of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) cluster: Option<String>,
    pub(super) words: BTreeMap<String, Vec<String>>,
}

/// What all sources together are called.
pub(crate) const TOGETHER: &str = "all";

const KEYS: [&str; 20] = [
    "name",
    "cluster",
    "prometheus",
    "prometheus-bearer-token",
    "prometheus-bearer-token-file",
    "prometheus-username",
    "prometheus-password",
    "prometheus-password-file",
    "prometheus-header",
    "prometheus-ca-file",
    "prometheus-client-cert",
    "prometheus-client-key",
    "prometheus-skip-verify",
    "prometheus-connect-timeout",
    "prometheus-timeout",
    "prometheus-max-answer",
    "prometheus-parameter",
    "extra-matcher",
    "ingestion-delay",
    "scrape-interval",
];

/// All of them; what is wrong is told with its place in the list.
pub(super) fn read(value: &Value, command: &Command, mistakes: &mut Vec<String>) -> Vec<Named> {
    let sources = lists::read(("source", &KEYS), value, mistakes, |reader| one(reader, command));
    for (index, source) in sources.iter().enumerate() {
        if sources[..index].iter().any(|other| other.name == source.name) {
            mistakes.push(format!("`[[source]]` has the name `{}` twice.", source.name));
        }
        if let Some(cluster) = &source.cluster
            && sources[..index].iter().any(|other| other.cluster.as_ref() == Some(cluster))
        {
            mistakes
                .push(format!("`[[source]]` has the cluster `{cluster}` twice: each has one of its own."));
        }
    }
    sources
}

fn one(reader: &mut Reader<'_>, command: &Command) -> Option<Named> {
    let name = reader.needed("name");
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        reader.wrong.push("has a `name` that holds more than letters, digits, `-`, `_` and `.`".to_owned());
    }
    if name.as_deref() == Some(TOGETHER) {
        reader.wrong.push(format!("has the `name` `{TOGETHER}`, which means all sources together"));
    }
    let cluster = match reader.table.get("cluster") {
        Some(Value::String(cluster)) if !cluster.is_empty() => Some(cluster.clone()),
        Some(_) => {
            reader.wrong.push("has a `cluster` that must be one text in quotes".to_owned());
            None
        }
        None => None,
    };
    reader.needed("prometheus");
    let mut all = BTreeMap::new();
    for arg in settable(command) {
        let Some(key) = arg.get_long().filter(|long| KEYS.contains(long)) else { continue };
        let Some(value) = reader.table.get(key) else { continue };
        match words(arg, value) {
            Ok(words) => drop(all.insert(key.to_owned(), words)),
            Err(wanted) => reader.wrong.push(format!("has a `{key}` that must be {wanted}")),
        }
    }
    Some(Named { name: name?, cluster, words: all })
}

/// It stands in addresses.
fn is_name(name: &str) -> bool {
    name.len() <= 100 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

impl Named {
    /// Gives the words their meaning, or tells what is wrong with them.
    pub(super) fn source(&self, read_file: ReadFile<'_>, mistakes: &mut Vec<String>) -> Option<Source> {
        let mut wrong = Vec::new();
        let prometheus = PrometheusConfig::read(&self.settings(), read_file, &mut wrong);
        mistakes.extend(wrong.iter().map(|mistake| format!("`[[source]]` {}: {mistake}", self.name)));
        Some(Source { name: self.name.clone(), cluster: self.cluster.clone(), prometheus: prometheus? })
    }

    fn settings(&self) -> Settings {
        let one = |key: &str| self.words.get(key).and_then(|words| words.last()).cloned();
        let standard = Settings::default();
        Settings {
            prometheus: one("prometheus"),
            bearer_token: one("prometheus-bearer-token"),
            bearer_token_file: one("prometheus-bearer-token-file"),
            username: one("prometheus-username"),
            password: one("prometheus-password"),
            password_file: one("prometheus-password-file"),
            headers: self.words.get("prometheus-header").cloned().unwrap_or_default(),
            ca_file: one("prometheus-ca-file"),
            client_cert: one("prometheus-client-cert"),
            client_key: one("prometheus-client-key"),
            skip_verify: one("prometheus-skip-verify").is_some_and(|word| word == "true"),
            connect_timeout: one("prometheus-connect-timeout").unwrap_or(standard.connect_timeout),
            timeout: one("prometheus-timeout").unwrap_or(standard.timeout),
            max_answer: one("prometheus-max-answer").unwrap_or(standard.max_answer),
            extra_matcher: one("extra-matcher"),
            parameters: self.words.get("prometheus-parameter").cloned().unwrap_or_default(),
            ingestion_delay: one("ingestion-delay"),
            scrape_interval: one("scrape-interval"),
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Auth, Config, Mistakes, load};
    use secrecy::ExposeSecret as _;
    use std::ffi::OsString;

    fn config(file: &'static str) -> Result<Config, Mistakes> {
        let args = ["portolan", "--config", "p.toml"].map(OsString::from);
        load(args, &|_| Ok(file.to_owned())).unwrap().config(&|_| Err("it does not exist".to_owned()))
    }

    #[test]
    fn each_has_its_own_settings_and_none_of_the_first_one_s() {
        let config = config(
            "prometheus = 'http://one:9090'\nprometheus-bearer-token = 's3cret'\nextra-matcher = 'a=\"b\"'\n\
             [[source]]\nname = 'eu'\nprometheus = 'http://ann:pw@two:9090'\nprometheus-timeout = '7s'\n\
             prometheus-header = { X-Scope-OrgID = 'team' }\n\
             [[source]]\nname = 'us'\nprometheus = 'http://three:9090'\n",
        )
        .unwrap();
        assert_eq!(config.source, "one");
        let [eu, us] = &config.others[..] else { panic!("two more") };
        assert_eq!((eu.name.as_str(), us.name.as_str()), ("eu", "us"));
        assert_eq!((eu.prometheus.timeout.as_secs(), us.prometheus.timeout.as_secs()), (7, 20));
        assert_eq!(eu.prometheus.transport.headers["x-scope-orgid"], "team");
        let Auth::Basic { password, .. } = &eu.prometheus.auth else { panic!("basic auth expected") };
        assert_eq!(password.text.expose_secret(), "pw");
        assert!(matches!(us.prometheus.auth, Auth::None) && us.prometheus.extra_matcher.is_none());
    }

    #[test]
    fn without_a_first_one_the_list_s_first_is_it() {
        let config = config(
            "[[source]]\nname = 'eu'\nprometheus = 'http://two:9090'\n[[source]]\nname = 'us'\nprometheus = 'http://three:9090'\n",
        )
        .unwrap();
        assert_eq!((config.source.as_str(), config.others.len()), ("eu", 1));
        assert_eq!(config.prometheus.unwrap().url.host_str(), Some("two"));
    }

    #[test]
    fn sources_of_a_cluster_each_may_be_looked_at_together() {
        let file = "[[source]]\nname = 'eu'\ncluster = 'east'\nprometheus = 'http://two:9090'\n\
                    [[source]]\nname = 'us'\ncluster = 'west'\nprometheus = 'http://three:9090'\n";
        let merged = config(file).unwrap();
        assert!(merged.is_merged() && merged.cluster.as_deref() == Some("east"));
        assert!(merged.cautions().is_empty(), "{:?}", merged.cautions());
        let file = "prometheus = 'http://one:9090'\n[[source]]\nname = 'us'\ncluster = 'west'\nprometheus = 'http://three:9090'\n";
        let apart = config(file).unwrap();
        assert!(!apart.is_merged());
        assert!(apart.cautions()[0].contains("the source one has no `cluster`"), "{:?}", apart.cautions());
    }

    #[test]
    fn each_mistake_says_which_source_and_what() {
        for (file, part) in [
            ("source = 3", "two brackets"),
            ("[[source]]\nprometheus = 'http://p'\n", "number 1 needs `name`"),
            ("[[source]]\nname = 'eu'\n", "number 1 needs `prometheus`"),
            ("[[source]]\nname = 'a b'\nprometheus = 'http://p'\n", "has a `name` that holds more"),
            ("[[source]]\nname = 'eu'\nprometheus = 'p:9090'\n", "`[[source]]` eu: --prometheus is `p:9090`"),
            (
                "[[source]]\nname = 'eu'\nprometheus = 'http://p'\nlisten = 'x'\n",
                "`listen`, which means nothing",
            ),
            (
                "[[source]]\nname = 'eu'\nprometheus = 'http://p'\nprometheus-timeout = true\n",
                "must be one text",
            ),
            (
                "[[source]]\nname = 'eu'\nprometheus = 'http://p'\nprometheus-password-file = 'f'\n",
                "`[[source]]` eu: --prometheus-password-file is `f`, which cannot be read",
            ),
            (
                "prometheus = 'http://eu'\n[[source]]\nname = 'eu'\nprometheus = 'http://p'\n",
                "has the name `eu`, as the first Prometheus",
            ),
            ("[[source]]\nname = 'all'\nprometheus = 'http://p'\n", "which means all sources together"),
            ("[[source]]\nname = 'eu'\ncluster = 3\nprometheus = 'http://p'\n", "`cluster` that must be one"),
            (
                "[[source]]\nname = 'a'\ncluster = 'c'\nprometheus = 'http://p'\n[[source]]\nname = 'b'\ncluster = 'c'\nprometheus = 'http://q'\n",
                "has the cluster `c` twice",
            ),
        ] {
            let Mistakes(mistakes) = config(file).unwrap_err();
            assert!(mistakes.iter().any(|mistake| mistake.contains(part)), "{file}: {mistakes:?}");
        }
    }
}
