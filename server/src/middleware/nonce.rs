//! A word for one response, by which its own script is known from any that was slipped in.

use std::fmt::Write as _;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nonce(pub(crate) String);

impl Nonce {
    /// 128 bits from the operating system.
    pub(super) fn new() -> Self {
        let mut bytes = [0_u8; 16];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut bytes)
            .expect("the operating system gives random bytes");
        let mut text = String::with_capacity(32);
        for byte in bytes {
            write!(text, "{byte:02x}").expect("a String takes all text");
        }
        Self(text)
    }
}
