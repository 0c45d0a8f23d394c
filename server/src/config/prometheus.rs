//! How to reach the Prometheus: address, who we are there, and how long and how much we take.

use super::{ReadFile, Transport, bytes, extra_matcher, seconds};
use crate::cli::Settings;
use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

#[derive(Debug, Clone)]
pub struct PrometheusConfig {
    /// `--prometheus`, `PORTOLAN_PROMETHEUS`. A path prefix is kept; ends with a slash; without user and password.
    pub url: Url,
    pub auth: Auth,
    pub transport: Transport,
    /// `--extra-matcher`: put into every selector; sound PromQL without braces.
    pub extra_matcher: Option<String>,
    /// `--prometheus-parameter`: sent beside the query's own.
    pub parameters: Vec<(String, String)>,
    /// `--ingestion-delay`: how long ago the newest complete samples are.
    pub ingestion_delay_s: u64,
    /// `--prometheus-connect-timeout`; default 5s.
    pub connect_timeout: Duration,
    /// `--prometheus-timeout`: one query, from sending to the last byte; default 20s. Prometheus is told the same.
    pub timeout: Duration,
    /// `--prometheus-max-answer`: bytes of one unpacked answer; default 256MB.
    pub max_answer_bytes: usize,
    /// `--scrape-interval`: for engines that do not tell theirs; default: ask, else 15s.
    pub scrape_interval_s: Option<u64>,
}

#[derive(Debug, Clone)]
pub enum Auth {
    None,
    Bearer(Secret),
    Basic { username: String, password: Secret },
}

#[derive(Debug, Clone)]
pub struct Secret {
    /// As it was at start.
    pub text: SecretString,
    /// Where it lies, to be read again when it has changed.
    pub file: Option<String>,
}

impl Secret {
    fn fixed(text: impl Into<SecretString>) -> Self {
        Self { text: text.into(), file: None }
    }
}

impl PrometheusConfig {
    /// None when no URL is set; mistakes in what else is set are noted all the same.
    pub(super) fn read(
        settings: &Settings,
        read_file: ReadFile<'_>,
        mistakes: &mut Vec<String>,
    ) -> Option<Self> {
        let mut url = settings.prometheus.as_deref().and_then(|text| match parse_url(text) {
            Ok(url) => Some(url),
            Err(mistake) => {
                mistakes.push(mistake);
                None
            }
        });
        let in_url = url.as_mut().and_then(take_user);
        let auth = read_auth(settings, read_file, mistakes);
        let auth = match (auth, in_url) {
            (Auth::None, Some(in_url)) => in_url,
            (auth, _) => auth,
        };
        let transport = Transport::read(settings, read_file, mistakes);
        if transport.identity.is_some() && url.as_ref().is_some_and(|url| url.scheme() == "http") {
            mistakes.push(
                "--prometheus-client-cert is set, but --prometheus begins with http://, where nobody sees a certificate. Write https://, or leave the certificate out."
                    .to_owned(),
            );
        }
        if !matches!(auth, Auth::None) && transport.headers.contains_key(AUTHORIZATION) {
            mistakes.push(
                "--prometheus-header names `Authorization`, but a token or a user is set too: keep one."
                    .to_owned(),
            );
        }
        let extra_matcher = settings
            .extra_matcher
            .as_deref()
            .and_then(|text| extra_matcher::read(text).map_err(|mistake| mistakes.push(mistake)).ok());
        let parameters = parameters(&settings.parameters, mistakes);
        let ingestion_delay_s = settings
            .ingestion_delay
            .as_deref()
            .map_or(0, |text| seconds("--ingestion-delay", text, 0, mistakes).as_secs());
        let connect_timeout = seconds("--prometheus-connect-timeout", &settings.connect_timeout, 5, mistakes);
        let timeout = seconds("--prometheus-timeout", &settings.timeout, 20, mistakes);
        let max_answer_bytes = bytes("--prometheus-max-answer", &settings.max_answer, 256_000_000, mistakes);
        let scrape_interval_s = settings
            .scrape_interval
            .as_deref()
            .map(|text| seconds("--scrape-interval", text, 15, mistakes).as_secs());
        Some(Self {
            url: url?,
            auth,
            transport,
            extra_matcher,
            parameters,
            ingestion_delay_s,
            connect_timeout,
            timeout,
            max_answer_bytes,
            scrape_interval_s,
        })
    }
}

/// They belong to the questions themselves.
const OURS: [&str; 7] = ["query", "time", "start", "end", "step", "timeout", "match[]"];

fn parameters(words: &[String], mistakes: &mut Vec<String>) -> Vec<(String, String)> {
    let lines = words.iter().flat_map(|lines| lines.lines()).map(str::trim).filter(|line| !line.is_empty());
    let mut parameters = Vec::new();
    for line in lines {
        match line.split_once('=') {
            Some((name, _)) if OURS.contains(&name) => mistakes.push(format!(
                "--prometheus-parameter names `{name}`, which belongs to the question itself."
            )),
            Some((name, value)) if !name.is_empty() => {
                parameters.push((name.to_owned(), value.to_owned()));
            }
            _ => mistakes.push(format!(
                "--prometheus-parameter is `{line}`, which has no name and value. Write it like dedup=true."
            )),
        }
    }
    parameters
}

fn parse_url(text: &str) -> Result<Url, String> {
    let shown = without_password(text);
    let mistake =
        |why: &str| format!("--prometheus is `{shown}`: {why}. Write it like http://127.0.0.1:9090.");
    let mut url = Url::parse(text.trim()).map_err(|_| mistake("that is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(mistake("it must begin with http:// or https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(mistake("it must end before any `?` or `#`"));
    }
    // People copy the address of the API or of the page; what lies above it is what we need.
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v1").unwrap_or(path);
    let path = format!("{}/", path.strip_suffix("/graph").unwrap_or(path));
    url.set_path(&path);
    Ok(url)
}

/// The address as it may be shown, even where it is no sound URL.
pub(super) fn without_password(text: &str) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let Some(at) = text[start..].find('/').map_or(&text[start..], |end| &text[start..start + end]).rfind('@')
    else {
        return text.to_owned();
    };
    let user = text[start..start + at].split(':').next().unwrap_or_default();
    format!("{}{user}:***{}", &text[..start], &text[start + at..])
}

/// Takes `user:password@` out of the URL, so that no log or page can show it.
fn take_user(url: &mut Url) -> Option<Auth> {
    let (username, password) = (decoded(url.username()), decoded(url.password().unwrap_or_default()));
    if username.is_empty() && password.is_empty() {
        return None;
    }
    // Both only fail for URLs that cannot have a host; http ones always have.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(Auth::Basic { username, password: Secret::fixed(password) })
}

/// Undoes percent signs as the URL standard has them in user and password.
fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn read_auth(settings: &Settings, read_file: ReadFile<'_>, mistakes: &mut Vec<String>) -> Auth {
    let token = secret(
        ("--prometheus-bearer-token", settings.bearer_token.as_deref()),
        settings.bearer_token_file.as_deref(),
        read_file,
        mistakes,
    );
    let password = secret(
        ("--prometheus-password", settings.password.as_deref()),
        settings.password_file.as_deref(),
        read_file,
        mistakes,
    );
    match (token, &settings.username, password) {
        (Some(_), Some(_), _) => {
            mistakes.push(
                "--prometheus-bearer-token and --prometheus-username are both set: Prometheus takes one of them."
                    .to_owned(),
            );
            Auth::None
        }
        (Some(token), None, _) => Auth::Bearer(token),
        (None, Some(username), Some(password)) => Auth::Basic { username: username.clone(), password },
        (None, Some(_), None) => {
            mistakes.push(
                "--prometheus-username is set, but no password: set --prometheus-password-file or PORTOLAN_PROMETHEUS_PASSWORD."
                    .to_owned(),
            );
            Auth::None
        }
        (None, None, Some(_)) => {
            mistakes.push("--prometheus-password is set, but no user: set --prometheus-username.".to_owned());
            Auth::None
        }
        (None, None, None) => Auth::None,
    }
}

fn secret(
    (flag, direct): (&str, Option<&str>),
    file: Option<&str>,
    read_file: ReadFile<'_>,
    mistakes: &mut Vec<String>,
) -> Option<Secret> {
    match (direct, file) {
        (Some(_), Some(_)) => {
            mistakes.push(format!("{flag} and {flag}-file are both set: keep one."));
            None
        }
        (Some(text), None) => Some(Secret::fixed(text.to_owned())),
        (None, Some(path)) => match read_file(path) {
            Ok(text) => Some(Secret { text: text.trim_end().into(), file: Some(path.to_owned()) }),
            Err(why) => {
                mistakes.push(format!("{flag}-file is `{path}`, which cannot be read: {why}."));
                None
            }
        },
        (None, None) => None,
    }
}
