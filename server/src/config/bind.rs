//! Where the server listens, and under which names it may be called.

use crate::cli::Settings;
use std::net::SocketAddr;

#[derive(Debug, Clone)]
pub struct Bind {
    /// `--listen`, `PORTOLAN_LISTEN`; default 127.0.0.1:20001. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// "" or "/x/y": no slash at the end. The path below which everything is served.
    pub base_path: String,
    /// `--allowed-hosts`, `PORTOLAN_ALLOWED_HOSTS`: host names besides the loopback ones, lower case, without port.
    pub allowed_hosts: Vec<String>,
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
        let allowed_hosts = settings
            .allowed_hosts
            .iter()
            .flat_map(|hosts| hosts.split(','))
            .map(|host| host.trim().to_ascii_lowercase())
            .filter(|host| !host.is_empty())
            .inspect(|host| {
                if host.contains(['/', ' ', '*']) {
                    mistakes.push(format!(
                        "--allowed-hosts holds `{host}`, which is not a host name. Write it like mesh.example.org."
                    ));
                }
            })
            .collect();
        Self { listen, base_path: String::new(), allowed_hosts }
    }
}
