//! The one choice of a crypto provider for the process.

/// Makes ring the provider of rustls. Calling it again changes nothing.
pub fn install() {
    // An error says that a provider is installed already: ours from an earlier call, or the embedding program's.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
