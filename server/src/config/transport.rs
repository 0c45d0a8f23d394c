//! What every request to Prometheus carries besides the query, and whom we take for Prometheus.

use crate::cli::Settings;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

#[derive(Debug, Clone, Default)]
pub struct Transport {
    /// `--prometheus-header`: a tenant's id and the like. Values are marked as secret, so that nothing prints them.
    pub headers: HeaderMap,
    /// `--prometheus-ca-file`: trusted besides what this machine trusts.
    pub authorities: Vec<Certificate>,
    /// `--prometheus-client-cert` and `--prometheus-client-key`: who we are, where Prometheus wants to see a certificate.
    pub identity: Option<Identity>,
    /// Where those two lie, to be read again when they have changed.
    pub files: TlsFiles,
    /// `--prometheus-skip-verify`: any certificate will do.
    pub skip_verify: bool,
}

/// Files that secure the connection.
#[derive(Debug, Clone, Default)]
pub struct TlsFiles {
    pub authorities: Option<String>,
    pub certificate: Option<String>,
    /// None: the certificate's file holds it too.
    pub key: Option<String>,
}

/// Said at start, in the log and in the status for as long as it is so.
pub(crate) const SKIP_VERIFY_CAUTION: &str = "--prometheus-skip-verify is set: any certificate is taken for Prometheus's, so whoever stands in between can read the credentials and forge the answers. Set --prometheus-ca-file instead.";

/// They belong to the request itself; another value would break it.
const RESERVED: [&str; 6] =
    ["connection", "content-length", "content-type", "host", "transfer-encoding", "accept-encoding"];

impl Transport {
    pub(super) fn read(
        settings: &Settings,
        read_file: super::ReadFile<'_>,
        mistakes: &mut Vec<String>,
    ) -> Self {
        let mut headers = HeaderMap::new();
        for line in settings.headers.iter().flat_map(|lines| lines.lines()).filter(|l| !l.trim().is_empty()) {
            match header(line) {
                Ok((name, value)) => {
                    headers.append(name, value);
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let files = TlsFiles {
            authorities: settings.ca_file.clone(),
            certificate: settings.client_cert.clone(),
            key: settings.client_key.clone(),
        };
        let (authorities, identity) = files.read(read_file, mistakes);
        Self { headers, authorities, identity, files, skip_verify: settings.skip_verify }
    }
}

impl TlsFiles {
    /// What they hold; what of it cannot be used is told.
    pub(crate) fn read(
        &self,
        read_file: super::ReadFile<'_>,
        mistakes: &mut Vec<String>,
    ) -> (Vec<Certificate>, Option<Identity>) {
        let authorities = self.authorities.as_deref().map(|path| {
            read_file(path)
                .map_err(|why| format!("which cannot be read: {why}."))
                .and_then(|pem| authorities(&pem))
                .unwrap_or_else(|why| {
                    mistakes.push(format!("--prometheus-ca-file is `{path}`, {why}"));
                    Vec::new()
                })
        });
        let identity = identity(self, read_file).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            None
        });
        (authorities.unwrap_or_default(), identity)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        [&self.authorities, &self.certificate, &self.key].into_iter().filter_map(Option::as_deref)
    }
}

/// The value never stands in a mistake: it may be a secret.
fn header(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Some((name, value)) = line.split_once(':') else {
        return Err(
            "--prometheus-header has no colon. Write it like `X-Scope-OrgID: team`, name first.".to_owned()
        );
    };
    let name = name.trim();
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(format!("--prometheus-header names `{name}`, which is not a header's name."));
    };
    if RESERVED.contains(&parsed.as_str()) {
        return Err(format!("--prometheus-header names `{name}`, which belongs to the request itself."));
    }
    let Ok(mut value) = HeaderValue::from_str(value.trim()) else {
        return Err(format!("--prometheus-header `{name}` has a value that no header can carry."));
    };
    value.set_sensitive(true);
    Ok((parsed, value))
}

/// Certificate and key as one, proved to belong together.
fn identity(files: &TlsFiles, read_file: super::ReadFile<'_>) -> Result<Option<Identity>, String> {
    let Some(cert) = &files.certificate else {
        let lonely = files.key.as_ref().map(|_| {
            "--prometheus-client-key is set, but no certificate: set --prometheus-client-cert too.".to_owned()
        });
        return lonely.map_or(Ok(None), Err);
    };
    let key = files.key.as_ref().unwrap_or(cert);
    let read = |flag: &str, path: &str| {
        read_file(path).map_err(|why| format!("{flag} is `{path}`, which cannot be read: {why}."))
    };
    let certificates = read("--prometheus-client-cert", cert)?;
    let key_text = read("--prometheus-client-key", key)?;
    let unusable = |why: &str| {
        format!("--prometheus-client-cert is `{cert}`, which cannot be used with the key in `{key}`: {why}.")
    };
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(certificates.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(&error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable("it holds no certificate (PEM)"));
    }
    let private = PrivateKeyDer::from_pem_slice(key_text.as_bytes()).map_err(|e| unusable(&e.to_string()))?;
    crate::tls::install();
    ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_client_auth_cert(chain, private)
        .map_err(|error| unusable(&error.to_string()))?;
    let both = if key == cert { certificates } else { format!("{certificates}\n{key_text}") };
    Identity::from_pem(both.as_bytes()).map(Some).map_err(|error| unusable(&error.to_string()))
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, String> {
    let unreadable = |why: String| format!("which holds a certificate that cannot be read: {why}.");
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for der in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let der = der.map_err(|error| unreadable(error.to_string()))?;
        certificates.push(Certificate::from_der(&der).map_err(|error| unreadable(error.to_string()))?);
        roots.add(der).map_err(|error| unreadable(error.to_string()))?;
    }
    if certificates.is_empty() {
        return Err("which holds no certificate. It must be PEM: -----BEGIN CERTIFICATE-----.".to_owned());
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &Settings, file: Result<&str, &str>) -> (Transport, Vec<String>) {
        let mut mistakes = Vec::new();
        let file = |_: &str| file.map(str::to_owned).map_err(str::to_owned);
        (Transport::read(settings, &file, &mut mistakes), mistakes)
    }

    #[test]
    fn headers_are_kept_and_never_shown() {
        let headers = vec!["X-Scope-OrgID: te:am\nX-More: 1".to_owned()];
        let (transport, mistakes) = read(&Settings { headers, ..Settings::default() }, Err("no"));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(transport.headers["x-scope-orgid"], "te:am");
        assert_eq!(transport.headers.len(), 2);
        assert!(!format!("{transport:?}").contains("te:am"), "{transport:?}");
    }

    #[test]
    fn what_cannot_be_a_header_is_told_without_its_value() {
        for line in ["s3cret", "a b: s3cret", "Host: s3cret", "X: s3cret\u{1}"] {
            let (_, mistakes) =
                read(&Settings { headers: vec![line.to_owned()], ..Settings::default() }, Err("no"));
            assert!(mistakes.len() == 1 && !mistakes[0].contains("s3cret"), "{line}: {mistakes:?}");
        }
    }

    #[test]
    fn a_certificate_of_our_own_needs_its_key() {
        let cert = include_str!("../../tests/it/tls/client.pem");
        let key = include_str!("../../tests/it/tls/client.key.pem");
        let foreign = include_str!("../../tests/it/tls/server.key.pem");
        let both = |key: &str| format!("{cert}{key}");
        let with = |cert: bool, key: bool, file: &str| {
            let client_cert = cert.then(|| "c.pem".to_owned());
            let client_key = key.then(|| "k.pem".to_owned());
            let (transport, mistakes) =
                read(&Settings { client_cert, client_key, ..Settings::default() }, Ok(file));
            (transport.identity.is_some(), mistakes.join("\n"))
        };
        assert_eq!(with(true, false, &both(key)), (true, String::new()), "both in one file");
        assert_eq!(with(true, true, &both(key)), (true, String::new()));
        for (file, part) in [
            (both(foreign), "cannot be used with the key in `c.pem`"),
            (cert.to_owned(), "cannot be used with the key"),
            (key.to_owned(), "holds no certificate"),
        ] {
            let (usable, mistake) = with(true, false, &file);
            assert!(!usable && mistake.starts_with("--prometheus-client-cert is `c.pem`"), "{mistake}");
            assert!(mistake.contains(part), "{mistake}");
        }
        assert!(with(false, true, key).1.contains("no certificate: set --prometheus-client-cert"));
    }

    #[test]
    fn a_file_without_a_usable_certificate_is_a_mistake() {
        let settings = Settings { ca_file: Some("ca.pem".to_owned()), ..Settings::default() };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (file, part) in [
            (Err("it does not exist"), "cannot be read: it does not exist"),
            (Ok("hello"), "holds no certificate"),
            (Ok(broken), "certificate that cannot be read"),
        ] {
            let (_, mistakes) = read(&settings, file);
            assert!(mistakes.len() == 1 && mistakes[0].contains(part), "{mistakes:?}");
        }
    }
}
