//! What the shell hands to the page at start, as JSON in a `<script type="application/json" id="boot">`.

use crate::json::from_json_fields;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// "" or "/x/y": no slash at the end.
    pub base_path: String,
    pub version: String,
    /// The source's name in the header, e.g. "demo" or the Prometheus host.
    pub source: String,
    /// All that `source` in the address may name, the first one first, where there are several.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Whether a Prometheus URL is set at all.
    pub configured: bool,
    /// Draw this graph's map without chrome.
    pub embed: bool,
    /// What should not go unsaid: nobody has to log in, certificates are not checked. None in a frame.
    #[serde(default)]
    pub cautions: Vec<String>,
    /// Name of the script, among the assets, that starts the page's module in a worker.
    #[serde(default)]
    pub worker: Option<String>,
    /// Publish what the painter drew as `window.__portolan` for tests.
    pub test_hook: bool,
}

from_json_fields! {
    Boot { base_path, version, source, sources, configured, embed, cautions, worker, test_hook }
}
