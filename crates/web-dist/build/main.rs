//! Compiles `frontend/` for the browser and embeds the result, so that plain `cargo` builds the whole product.
//! Knows cargo, wasm-bindgen and files; must not know what the page does or how the server hands it out.

mod bundle;
mod inner_cargo;
mod order;
mod progress;
mod shed;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the outer cargo asks for, read once from the environment it gives to build scripts.
struct Order {
    /// The workspace's root folder.
    root: PathBuf,
    /// Where generated files go.
    out_dir: PathBuf,
    /// The inner cargo's own target directory: sharing the outer one would wait for its lock for ever.
    target_dir: PathBuf,
    /// A release is optimised for size and compressed; a dev bundle is there quickly.
    release: bool,
}

/// What can change the bundle, beside the stylesheets and icons. Not `tests` or `benches`: they never reach the page.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "rust-toolchain.toml",
    "frontend/Cargo.toml",
    "frontend/src",
    "crates/model/Cargo.toml",
    "crates/model/src",
    "crates/layout/Cargo.toml",
    "crates/layout/src",
    "crates/view/Cargo.toml",
    "crates/view/src",
    "crates/web-dist/build",
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The page could not be built: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=WEB_DIST");
    println!("cargo:rerun-if-env-changed=CLIPPY_ARGS");
    let order = Order::from_env()?;
    if skipped() {
        return bundle::write_empty(&order.out_dir);
    }
    order.watch_sources();
    let wasm = inner_cargo::compile(&order)?;
    bundle::write(&order, &wasm)
}

/// Lints and editors need the crate to compile, not the page to run.
fn skipped() -> bool {
    let asked = std::env::var_os("WEB_DIST").is_some_and(|value| value == "skip");
    // `cargo clippy` sets the first for its driver, and cargo hands the second on to build scripts.
    let linting = std::env::var_os("CLIPPY_ARGS").is_some()
        || std::env::var_os("RUSTC_WORKSPACE_WRAPPER")
            .is_some_and(|wrapper| wrapper.to_string_lossy().contains("clippy-driver"));
    asked || linting
}

impl Order {
    fn from_env() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(&variable("CARGO_MANIFEST_DIR")?)
            .ancestors()
            .nth(2)
            .ok_or("the crate does not lie two folders below the workspace's root")?
            .to_path_buf();
        let out_dir = PathBuf::from(variable("OUT_DIR")?);
        // OUT_DIR is <target>/<profile>/build/<crate>-<hash>/out.
        let target = out_dir.ancestors().nth(4).ok_or("OUT_DIR does not lie in a target directory")?;
        let target_dir = target.join("web");
        // `WEB_DIST=release` gives the shipped page to a dev build: its size is measured without building all twice.
        let release = variable("PROFILE")? == "release"
            || std::env::var_os("WEB_DIST").is_some_and(|value| value == "release");
        Ok(Self { root, out_dir, target_dir, release })
    }

    fn watch_sources(&self) {
        for source in SOURCES {
            println!("cargo:rerun-if-changed={}", self.root.join(source).display());
        }
        for folder in [bundle::STYLES_FOLDER, bundle::ICONS_FOLDER] {
            // Cargo takes a missing path for a changed one, every time: watch the parent until the folder exists.
            let path = self.root.join(folder);
            let watched = path.ancestors().find(|path| path.exists()).unwrap_or(&self.root);
            println!("cargo:rerun-if-changed={}", watched.display());
        }
    }
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set; build scripts are run by cargo"))
}
