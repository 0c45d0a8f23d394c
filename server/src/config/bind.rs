//! Where the server listens, under which names and path it may be called, and who may frame it.

use crate::cli::Settings;
use std::net::SocketAddr;
use url::Url;

#[derive(Debug, Clone)]
pub struct Bind {
    /// `--listen`, `PORTOLAN_LISTEN`; default 127.0.0.1:20001. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `--base-path`, `PORTOLAN_BASE_PATH`: "" or "/x/y", no slash at the end. The path below which everything is served.
    pub base_path: String,
    /// `--allowed-hosts`, `PORTOLAN_ALLOWED_HOSTS`: host names besides the loopback ones, lower case, without port.
    pub allowed_hosts: Vec<String>,
    /// `--embed-origins`, `PORTOLAN_EMBED_ORIGINS`: as they stand in `frame-ancestors`; empty: nobody may frame the map.
    pub embed_origins: Vec<String>,
}

impl Bind {
    pub(super) fn read(settings: &Settings, mistakes: &mut Vec<String>) -> Self {
        let listen = settings.listen.parse().unwrap_or_else(|_| {
            mistakes.push(format!(
                "--listen is `{}`, which is not an address with a port. Write it like 127.0.0.1:20001 or [::]:20001.",
                settings.listen
            ));
            SocketAddr::from(([127, 0, 0, 1], 0))
        });
        let allowed_hosts = listed(&settings.allowed_hosts)
            .map(str::to_ascii_lowercase)
            .inspect(|host| {
                if host.contains(['/', ' ', '*']) {
                    mistakes.push(format!(
                        "--allowed-hosts holds `{host}`, which is not a host name. Write it like mesh.example.org."
                    ));
                }
            })
            .collect();
        let base_path = settings.base_path.as_deref().map_or(Ok(String::new()), base_path);
        let base_path = base_path.unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            String::new()
        });
        let (embed_origins, wrong): (Vec<_>, Vec<_>) =
            listed(&settings.embed_origins).map(|text| origin(text).ok_or(text)).partition(Result::is_ok);
        mistakes.extend(wrong.into_iter().filter_map(Result::err).map(|text| {
            format!(
                "--embed-origins holds `{text}`, which is not an origin. Write it like https://dash.example.org or https://*.example.org, without a path."
            )
        }));
        let embed_origins = embed_origins.into_iter().flatten().collect();
        Self { listen, base_path, allowed_hosts, embed_origins }
    }
}

/// The words of a list that may be repeated, and whose words may hold commas.
fn listed(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().flat_map(|words| words.split(',')).map(str::trim).filter(|word| !word.is_empty())
}

/// "" for the root, else `/x/y`. Only what needs no escaping anywhere: it goes into routes, addresses and the page.
fn base_path(text: &str) -> Result<String, String> {
    let mistake = |why: &str| {
        Err(format!(
            "--base-path is `{text}`: {why}. Write it like /tools/mesh, or leave it out for the root."
        ))
    };
    let path = text.trim().trim_end_matches('/');
    if path.is_empty() {
        return Ok(String::new());
    }
    let Some(inner) = path.strip_prefix('/') else { return mistake("it must begin with a slash") };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    let sound = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(plain);
    if !inner.split('/').all(sound) {
        return mistake("its parts may hold letters, digits, `-`, `_`, `.` and `~` only");
    }
    if PROBES.contains(&path) {
        return mistake("probes and scrapes are answered there");
    }
    Ok(path.to_owned())
}

/// Answered with and without the base path, whatever name the caller uses.
pub(crate) const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// An origin as the policy takes it. Nothing that could end a policy's directive passes.
fn origin(text: &str) -> Option<String> {
    let any = "any-name.";
    let (scheme, host) = text.split_once("://")?;
    let (wild, host) = host.strip_prefix("*.").map_or((false, host), |host| (true, host));
    let url = Url::parse(&format!("{scheme}://{}{host}", if wild { any } else { "" })).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    let plain = origin.chars().all(|c| c.is_ascii_alphanumeric() || "-.:/[]".contains(c));
    (bare && nobody && plain && matches!(url.scheme(), "http" | "https"))
        .then(|| origin.replacen(any, if wild { "*." } else { any }, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_are_plain_or_refused() {
        for (text, path) in
            [("", ""), ("/", ""), ("/x", "/x"), ("/x/y/", "/x/y"), ("/a-b_c.d~1", "/a-b_c.d~1")]
        {
            assert_eq!(base_path(text).as_deref(), Ok(path), "{text}");
        }
        for text in
            ["x", "/x//y", "/x/../y", "/{x}", "/a b", "/x?y", "/%41", "/\"><script>", "/healthz", "/metrics/"]
        {
            let mistake = base_path(text).unwrap_err();
            assert!(mistake.starts_with("--base-path is "), "{mistake}");
        }
    }

    #[test]
    fn origins_are_plain_or_refused() {
        for (text, kept) in [
            ("https://dash.example.org", "https://dash.example.org"),
            ("http://localhost:3000/", "http://localhost:3000"),
            ("https://*.example.org:8443", "https://*.example.org:8443"),
            ("HTTPS://Dash.Example.org:443", "https://dash.example.org"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "*",
            "dash.example.org",
            "https://dash.example.org/d/1",
            "https://a.example; script-src *",
            "ftp://a.example",
            "https://ann@a.example",
            "https://",
            "https://*",
            "javascript://x",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn lists_may_be_repeated_and_hold_commas_and_every_mistake_is_told() {
        let settings = Settings {
            allowed_hosts: vec!["A.example, b.example".to_owned(), "c.example".to_owned()],
            embed_origins: vec![
                "https://a.example,here".to_owned(),
                "https://b.example".to_owned(),
                "*".to_owned(),
            ],
            base_path: Some("x".to_owned()),
            ..Settings::default()
        };
        let mut mistakes = Vec::new();
        let bind = Bind::read(&settings, &mut mistakes);
        assert_eq!(bind.allowed_hosts, ["a.example", "b.example", "c.example"]);
        assert_eq!(bind.embed_origins, ["https://a.example", "https://b.example"]);
        assert_eq!(mistakes.len(), 3, "{mistakes:#?}");
    }
}
