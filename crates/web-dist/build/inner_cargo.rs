//! Runs the second cargo, the one that compiles the page for the browser. Knows nothing of bundles or compression.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::progress::Progress;
use crate::{Order, variable};

const TARGET: &str = "wasm32-unknown-unknown";

/// Returns the path of the compiled module.
pub(crate) fn compile(order: &Order) -> Result<PathBuf, Box<dyn Error>> {
    let mut progress = Progress::open();
    ensure_target(&mut progress)?;
    let profile = if order.release { "web" } else { "web-dev" };
    let wasm = order.target_dir.join(TARGET).join(profile).join("frontend.wasm");
    if !wasm.exists() {
        progress.say("is compiled for the browser; the first time takes a minute or two");
    }
    let mut command = Command::new(variable("CARGO")?);
    command
        .current_dir(&order.root)
        .args(["build", "--package", "frontend", "--lib", "--locked", "--color", "never"])
        .args(["--target", TARGET, "--profile", profile, "--target-dir"])
        .arg(&order.target_dir);
    if order.release {
        command.args(["--config", &release_flags()]);
    }
    scrub_environment(&mut command);
    run_telling(&mut command, &mut progress)?;
    if wasm.exists() { Ok(wasm) } else { Err(format!("cargo left no {}", wasm.display()).into()) }
}

/// Names that tell the types a function was made for, by which `shed` knows it; and no folder of this machine in the
/// messages of panics. Both are added to what `.cargo/config.toml` says.
fn release_flags() -> String {
    let mut flags = vec!["-Csymbol-mangling-version=v0".to_owned()];
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    flags.extend(home.map(|home| format!("--remap-path-prefix={}=", home.join("registry/src").display())));
    format!("target.{TARGET}.rustflags = {flags:?}")
}

/// Toolchains come without the browser's standard library unless asked.
fn ensure_target(progress: &mut Progress) -> Result<(), Box<dyn Error>> {
    if target_is_installed()? {
        return Ok(());
    }
    progress.say(&format!("needs the Rust target {TARGET}: running `rustup target add {TARGET}`"));
    let status = Command::new("rustup").args(["target", "add", TARGET]).status();
    if status.is_ok_and(|status| status.success()) && target_is_installed()? {
        return Ok(());
    }
    Err(format!(
        "the Rust target {TARGET} is missing and `rustup target add {TARGET}` did not bring it; install the \
         target's standard library for this toolchain, then build again"
    )
    .into())
}

fn target_is_installed() -> Result<bool, Box<dyn Error>> {
    let output =
        Command::new(variable("RUSTC")?).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let folder = String::from_utf8_lossy(&output.stdout);
    // The folder's name is printed whether or not it is there, and it may be there but empty.
    let filled = Path::new(folder.trim()).read_dir().is_ok_and(|mut entries| entries.next().is_some());
    Ok(output.status.success() && filled)
}

/// What the outer cargo sets for build scripts describes the host's build and must not steer the inner one.
fn scrub_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if is_about_outer_build(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
}

fn is_about_outer_build(name: &str) -> bool {
    /// Where packages come from, how many jobs may run, what the person's terminal can show: these stay.
    const KEPT: &[&str] = &[
        "CARGO_HOME",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_",
        "CARGO_HTTP_",
        "CARGO_REGISTRIES_",
        "CARGO_TERM_",
        "CARGO_SOURCE_",
    ];
    const DROPPED_PREFIXES: &[&str] = &["CARGO", "RUSTC", "RUSTFLAGS", "RUSTDOC", "CLIPPY_", "DEP_"];
    const DROPPED: &[&str] = &["TARGET", "HOST", "OUT_DIR", "PROFILE", "OPT_LEVEL", "DEBUG", "NUM_JOBS"];
    let has_prefix = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    !has_prefix(KEPT) && (has_prefix(DROPPED_PREFIXES) || DROPPED.contains(&name))
}

/// Follows the inner cargo's messages: progress is told now and then, all of it is shown if the build fails.
fn run_telling(command: &mut Command, progress: &mut Progress) -> Result<(), Box<dyn Error>> {
    let mut cargo = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", command.get_program().to_string_lossy()))?;
    let stderr = cargo.stderr.take().ok_or("the inner cargo has no standard error")?;
    let mut messages = String::new();
    let mut compiled = 0_usize;
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        let step = line.trim();
        if step.starts_with("Compiling ") {
            compiled += 1;
            progress.mention(|| format!("{step} (crate {compiled})"));
        } else if step.starts_with("Downloading ") || step.starts_with("Blocking ") {
            progress.mention(|| step.to_owned());
        }
        messages.push_str(&line);
        messages.push('\n');
    }
    if cargo.wait()?.success() {
        return Ok(());
    }
    Err(format!("cargo could not compile `frontend`. It said:\n\n{messages}").into())
}
