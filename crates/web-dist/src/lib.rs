//! The page as the browser gets it: script, module, stylesheet and icons, embedded by the build script.
//! Must not know HTTP: who serves the files decides on paths, caching and which encoding a browser takes.
//!
//! The shell of the page starts it with the names given here:
//!
//! ```text
//! <link rel="stylesheet" href="{base}/assets/{styles()[0]}">
//! <script type="module" nonce="…">
//!   import init from "{base}/assets/{script()}";
//!   init({ module_or_path: "{base}/assets/{wasm()}" });
//! </script>
//! ```

/// One embedded file. Its name changes with its content, so it may be cached for ever.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// The name to serve it by, with the hash of its content: `portolan-1a2b3c4d5e6f7081.js`; may hold a slash.
    pub name: &'static str,
    /// The name it had in the sources: `portolan.js`, `icons/favicon.svg`.
    pub source: &'static str,
    pub content_type: &'static str,
    /// A strong entity tag, quotes included.
    pub etag: &'static str,
    pub raw: &'static [u8],
    /// In release builds, where it is smaller than `raw`.
    pub brotli: Option<&'static [u8]>,
    /// In release builds, where it is smaller than `raw`.
    pub gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The source name of the script that starts the module in a worker.
pub const WORKER: &str = "worker.js";

/// Every embedded file. Empty when the page was not built (`WEB_DIST=skip`, or under clippy).
pub fn assets() -> &'static [Asset] {
    ASSETS
}

/// The file served by this name, hash and all.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The served name of a file known by its source name, for example `icons/favicon.svg`.
pub fn name_of(source: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.source == source).map(|asset| asset.name)
}

/// The name of the script that starts the page; empty when the page was not built.
pub fn script() -> &'static str {
    SCRIPT
}

/// The name of the compiled module, which the script is told by the page; empty when the page was not built.
pub fn wasm() -> &'static str {
    WASM
}

/// The names of the stylesheets, in the order in which they apply.
pub fn styles() -> &'static [&'static str] {
    STYLES
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{assets, find, script, styles, wasm};

    #[test]
    fn the_page_is_embedded_whole() {
        let module = find(wasm()).expect("the module is among the assets");
        assert_eq!(&module.raw[..4], b"\0asm");
        let script = find(script()).expect("the script is among the assets");
        assert!(String::from_utf8_lossy(script.raw).contains("WebAssembly.instantiateStreaming"));
        for name in styles() {
            assert!(find(name).is_some(), "{name} is named but not embedded");
        }
    }

    #[test]
    fn names_are_unique_and_tags_are_quoted() {
        let mut names = HashSet::new();
        for asset in assets() {
            assert!(names.insert(asset.name), "{} is there twice", asset.name);
            assert!(asset.etag.starts_with('"') && asset.etag.ends_with('"'), "{}", asset.etag);
        }
    }

    #[test]
    fn compressed_forms_are_smaller() {
        for asset in assets() {
            for form in [asset.brotli, asset.gzip].into_iter().flatten() {
                assert!(form.len() < asset.raw.len(), "{} grew", asset.name);
            }
        }
    }
}
