//! The rules of the house that no compiler checks: who may depend on whom, how long a file may be, what stands in
//! which registry. A rule that fails says what to do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tests::workspace_root;

/// Which crates of the workspace each may use. Nobody may use `tests`, and a new crate must be entered here.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("graph", &["model"]),
    ("layout", &["model"]),
    ("view", &["layout", "model"]),
    ("meshsim", &[]),
    ("web-dist", &[]),
    ("frontend", &["layout", "model", "view"]),
    ("portolan", &["graph", "layout", "meshsim", "model", "view", "web-dist"]),
    ("tests", &["graph", "layout", "meshsim", "model", "portolan", "view", "web-dist"]),
];

/// Crates that do no I/O, know no clock and start no threads.
const PURE: &[&str] = &["model", "graph", "layout", "view", "meshsim"];

/// What a pure crate may use from outside. A longer list is a decision, so it is made here.
const PURE_DEPENDENCIES: &[&str] =
    &["indexmap", "petgraph", "promql-parser", "regex", "rustc-hash", "serde", "thiserror", "toml", "utoipa"];

/// Folders whose every file is a part that must stand in the folder's registry, as `part::…` outside of `mod` lines.
const REGISTRIES: &[(&str, &str)] = &[
    ("crates/graph/src/dialect", "crates/graph/src/dialect/mod.rs"),
    ("crates/view/src/overlay", "crates/view/src/overlay/mod.rs"),
];

const MAX_PRODUCTION_LINES: usize = 400;

fn metadata() -> Value {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(workspace_root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("metadata is JSON")
}

/// For each crate of the workspace, what it uses outside of its own tests and benches.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let name_of = |value: &Value| value["name"].as_str().expect("all have names").to_owned();
    let used = |package: &Value| {
        let dependencies = package["dependencies"].as_array().expect("a list").iter();
        dependencies.filter(|dependency| dependency["kind"] != "dev").map(name_of).collect()
    };
    let metadata = metadata();
    metadata["packages"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|package| (name_of(package), used(package)))
        .collect()
}

/// Every file that is or would be committed, relative to the workspace's root.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard"])
        .current_dir(workspace_root())
        .output()
        .ok()
        .filter(|output| output.status.success());
    let mut files: Vec<PathBuf> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect(),
        // An unpacked source archive has no git.
        None => walk(workspace_root()),
    };
    files.retain(|file| workspace_root().join(file).exists());
    assert!(files.contains(&PathBuf::from("Cargo.toml")), "the list of files has no Cargo.toml");
    files
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in folder.read_dir().expect("a readable folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != ".git" {
            files.extend(walk(&path));
        } else if path.is_file() {
            files.push(path.strip_prefix(workspace_root()).expect("walked from the root").to_path_buf());
        }
    }
    files
}

fn rust_files() -> impl Iterator<Item = (PathBuf, String)> {
    let is_rust = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    files().into_iter().filter(is_rust).map(|file| {
        let text = read(&file);
        (file, text)
    })
}

fn read(file: impl AsRef<Path>) -> String {
    let path = workspace_root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn dependencies_point_inwards() {
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut broken = Vec::new();
    for (name, used) in dependencies() {
        let Some(allowed) = arrows.get(name.as_str()) else {
            broken.push(format!("{name} is not entered in ARROWS"));
            continue;
        };
        let ours = used.iter().filter(|used| arrows.contains_key(used.as_str()));
        broken.extend(
            ours.filter(|used| !allowed.contains(&used.as_str())).map(|used| format!("{name} → {used}")),
        );
    }
    assert_none(&broken, "A crate uses one that it must not know:");
}

#[test]
fn pure_crates_use_nothing_impure() {
    let dependencies = dependencies();
    let mut broken = Vec::new();
    for name in PURE {
        let outside = dependencies[*name].iter().filter(|used| !ARROWS.iter().any(|(ours, _)| ours == used));
        broken.extend(
            outside
                .filter(|used| !PURE_DEPENDENCIES.contains(&used.as_str()))
                .map(|used| format!("{name} → {used}")),
        );
    }
    assert_none(&broken, "A pure crate uses something that is not known to be pure:");
}

#[test]
fn only_the_demo_knows_the_simulator() {
    let knows = |text: &str| {
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("meshsim::"))
    };
    let broken: Vec<_> = rust_files()
        .filter(|(file, _)| file.starts_with("server/src") && !file.starts_with("server/src/demo"))
        .filter(|(file, text)| file != Path::new("server/src/demo.rs") && knows(text))
        .map(|(file, _)| file.display().to_string())
        .collect();
    assert_none(&broken, "The product must not know that its data is simulated; only server/src/demo may:");
}

#[test]
fn every_file_says_what_it_is_for() {
    let broken: Vec<_> = rust_files()
        .filter(|(_, text)| !text.lines().next().is_some_and(|line| line.starts_with("//! ")))
        .map(|(file, _)| file.display().to_string())
        .collect();
    assert_none(&broken, "The first line must be a `//!` that says what the file is for:");
}

#[test]
fn files_stay_readable() {
    let is_test = |file: &Path| {
        file.components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "tests.rs")))
    };
    let production_lines =
        |text: &str| text.lines().take_while(|line| !line.trim_start().starts_with("#[cfg(test)]")).count();
    let broken: Vec<_> = rust_files()
        .filter(|(file, _)| !is_test(file))
        .map(|(file, text)| (file, production_lines(&text)))
        .filter(|(_, lines)| *lines > MAX_PRODUCTION_LINES)
        .map(|(file, lines)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert_none(&broken, "Split what has outgrown its room (400 lines before the tests):");
}

#[test]
fn every_part_stands_in_its_registry() {
    let files = files();
    let mut broken = Vec::new();
    for (folder, registry) in REGISTRIES {
        let lines: Vec<String> = read(registry)
            .lines()
            .map(|line| line.trim_start().trim_start_matches("pub ").to_owned())
            .filter(|line| !["mod ", "use ", "//"].iter().any(|start| line.starts_with(start)))
            .collect();
        let parts: Vec<_> = files.iter().filter_map(|file| part_of(folder, file)).collect();
        assert!(!parts.is_empty(), "{folder} has no parts: take it from REGISTRIES or put it right");
        for part in parts {
            if !lines.iter().any(|line| line.contains(&format!("{part}::"))) {
                broken.push(format!("{folder}/{part} is not in {registry}"));
            }
        }
    }
    assert_none(&broken, "Every part must be entered in its registry, or it does nothing:");
}

/// The module that a file makes directly in a folder: `folder/part.rs` or `folder/part/mod.rs`.
fn part_of(folder: &str, file: &Path) -> Option<String> {
    let inner = file.strip_prefix(folder).ok()?.to_str()?;
    let part = inner.strip_suffix("/mod.rs").or_else(|| inner.strip_suffix(".rs"))?;
    (part != "mod" && part != "tests" && !part.contains('/')).then(|| part.to_owned())
}

#[test]
fn pure_crates_keep_the_thresholds_and_ban_the_outside() {
    // Clippy reads the nearest file only, so each of them must repeat what the root's says.
    let root: toml::Table = read("clippy.toml").parse().unwrap();
    let mut broken = Vec::new();
    for name in PURE {
        let file = format!("crates/{name}/clippy.toml");
        let own: toml::Table = read(&file).parse().unwrap();
        let lost = root.iter().filter(|(key, value)| own.get(*key) != Some(*value));
        broken.extend(lost.map(|(key, _)| format!("{file}: {key} differs from the root's clippy.toml")));
        for ban in ["disallowed-methods", "disallowed-types"] {
            if own.get(ban).and_then(toml::Value::as_array).is_none_or(Vec::is_empty) {
                broken.push(format!("{file}: {ban} is missing"));
            }
        }
    }
    assert_none(&broken, "A pure crate's clippy.toml lacks a rule:");
}

#[test]
fn nothing_styles_inline() {
    // The content security policy blocks the attribute, so a style written this way would silently not apply.
    let is_page = |file: &Path| {
        let source = file.starts_with("frontend/src") || file.starts_with("assets");
        source && file.extension().is_some_and(|extension| extension == "rs" || extension == "html")
    };
    let is_inline = |line: &str| {
        let at =
            |pattern: &str| line.match_indices(pattern).any(|(at, _)| !line[..at].ends_with(['-', '_', '.']));
        !line.trim_start().starts_with("//") && (at("style=\"") || at("style=move") || at("style={"))
    };
    let mut broken = Vec::new();
    for file in files().into_iter().filter(|file| is_page(file)) {
        for (index, line) in read(&file).lines().enumerate().filter(|(_, line)| is_inline(line)) {
            broken.push(format!("{}:{}: {}", file.display(), index + 1, line.trim()));
        }
    }
    assert_none(&broken, "Use a class or `style:name=value`; the page's policy blocks inline styles:");
}
