//! Who we are at Prometheus. What lies in a file is read again when the file has changed, since clusters renew tokens
//! every hour. Must not know what is asked.

use super::stamp::Stamp;
use crate::config::{Auth, Secret};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub(super) struct Credentials {
    auth: Auth,
    /// What the file held when it was last read.
    read: Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    stamp: Stamp,
    secret: SecretString,
}

impl Credentials {
    pub(super) fn new(auth: &Auth) -> Self {
        Self { auth: auth.clone(), read: Mutex::default() }
    }

    pub(super) fn on(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.auth {
            Auth::None => request,
            Auth::Bearer(token) => request.bearer_auth(self.newest(token).expose_secret()),
            Auth::Basic { username, password } => {
                request.basic_auth(username, Some(self.newest(password).expose_secret()))
            }
        }
    }

    /// A file that is gone or empty for a moment, as while it is being replaced, leaves what was known.
    fn newest(&self, secret: &Secret) -> SecretString {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.as_ref().map_or(&secret.text, |read| &read.secret).clone();
        let Some(path) = &secret.file else { return known };
        let Some(stamp) = Stamp::of(path) else { return known };
        if read.as_ref().is_some_and(|read| read.stamp == stamp) {
            return known;
        }
        let secret = match std::fs::read_to_string(path) {
            Ok(text) if !text.trim().is_empty() => SecretString::from(text.trim_end().to_owned()),
            Ok(_) => known,
            Err(error) => {
                tracing::warn!(path, %error, "the secret for Prometheus cannot be read again; the last one stays");
                known
            }
        };
        read.insert(Read { stamp, secret }).secret.clone()
    }
}
