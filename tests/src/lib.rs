//! What the end-to-end tests share: a driven browser, the product as a process, servers to test against.
//! Must not hold assertions about the product: those lie in `tests/tests`.

pub mod alike;
pub mod browser;
pub mod cost;
pub mod fake_source;
pub mod fake_store;
pub mod framer;
pub mod http;
pub mod map;
pub mod prefix_proxy;
pub mod product;
pub mod prometheus;
pub mod tcp_proxy;
pub mod waiting;
pub mod webdriver;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root folder of the workspace.
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

/// Cargo's target directory, wherever it was told to be: the running test lies in `<target>/<profile>/deps`.
pub fn target_dir() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    test.ancestors().nth(3).map(Path::to_path_buf).context("the test does not run from a target directory")
}
