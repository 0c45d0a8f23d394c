//! Turns the compiled module, the stylesheets and the icons into files with content-hashed names, compressed where it
//! pays, and writes the table that `src/lib.rs` includes. Knows no HTTP and no cargo.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::{Order, order};

pub(crate) const STYLES_FOLDER: &str = "assets/css";
pub(crate) const ICONS_FOLDER: &str = "assets/icons";

const SCRIPT_SOURCE: &str = "portolan.js";
const WASM_SOURCE: &str = "portolan_bg.wasm";
const STYLE_SOURCE: &str = "portolan.css";

/// One file before it is named and compressed.
struct Source {
    /// The name before the hash: `portolan.js`, `icons/favicon.svg`.
    name: String,
    bytes: Vec<u8>,
    /// Files that the script imports by a fixed path keep it; wasm-bindgen has put a hash into that path already.
    keeps_name: bool,
}

/// The table of a build without a page: it compiles, and serves nothing.
pub(crate) fn write_empty(out_dir: &Path) -> Result<(), Box<dyn Error>> {
    write_table(out_dir, "", &Entry { script: String::new(), wasm: String::new(), styles: Vec::new() })
}

/// The names by which the page shell refers to the bundle.
struct Entry {
    script: String,
    wasm: String,
    styles: Vec<String>,
}

pub(crate) fn write(order: &Order, wasm: &Path) -> Result<(), Box<dyn Error>> {
    let folder = order.out_dir.join("bundle");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut sources = glue(order, wasm)?;
    sources.extend(stylesheet(&order.root)?);
    sources.extend(icons(&order.root)?);
    let mut table = String::new();
    let mut entry = Entry { script: String::new(), wasm: String::new(), styles: Vec::new() };
    for source in &sources {
        let name = pack(order, &folder, source, &mut table)?;
        match source.name.as_str() {
            SCRIPT_SOURCE => entry.script = name,
            WASM_SOURCE => entry.wasm = name,
            STYLE_SOURCE => entry.styles.push(name),
            _ => {}
        }
    }
    pack(order, &folder, &worker(&entry), &mut table)?;
    write_table(&order.out_dir, &table, &entry)
}

/// Starts the module a second time, without a page.
fn worker(entry: &Entry) -> Source {
    let script = format!(
        "import init from \"./{}\";\nawait init({{ module_or_path: new URL(\"./{}\", import.meta.url) }});\n",
        entry.script, entry.wasm
    );
    Source { name: "worker.js".to_owned(), bytes: script.into_bytes(), keeps_name: false }
}

fn write_table(out_dir: &Path, rows: &str, entry: &Entry) -> Result<(), Box<dyn Error>> {
    let Entry { script, wasm, styles } = entry;
    let text = format!(
        "static ASSETS: &[Asset] = &[\n{rows}];\nstatic SCRIPT: &str = {script:?};\nstatic WASM: &str = {wasm:?};\n\
         static STYLES: &[&str] = &{styles:?};\n"
    );
    fs::write(out_dir.join("assets.rs"), text)?;
    Ok(())
}

/// Runs wasm-bindgen over the compiled module and collects what it leaves.
fn glue(order: &Order, wasm: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let folder = order.out_dir.join("glue");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(wasm)
        .out_name("portolan")
        .web(true)?
        .typescript(false)
        // The page shell names the module by its hashed name; the script must not look for another.
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .generate(&folder)
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    let mut sources = Vec::new();
    for path in files_below(&folder)? {
        let name = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
        let keeps_name = name != SCRIPT_SOURCE && name != WASM_SOURCE;
        let mut bytes = fs::read(&path)?;
        if order.release && name == WASM_SOURCE {
            bytes = order::cluster(&bytes)?;
        }
        sources.push(Source { name, bytes, keeps_name });
    }
    Ok(sources)
}

/// All sheets in the order of their names, as one: fewer requests, and the order is seen in the folder.
fn stylesheet(root: &Path) -> Result<Option<Source>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    for path in files_below(&root.join(STYLES_FOLDER))? {
        if path.extension().is_some_and(|extension| extension == "css") {
            bytes.extend(fs::read(&path)?);
            bytes.push(b'\n');
        }
    }
    let sheet = Source { name: STYLE_SOURCE.to_owned(), bytes, keeps_name: false };
    Ok((!sheet.bytes.is_empty()).then_some(sheet))
}

fn icons(root: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let folder = root.join(ICONS_FOLDER);
    let mut sources = Vec::new();
    for path in files_below(&folder)? {
        let name = format!("icons/{}", path.strip_prefix(&folder)?.to_string_lossy());
        sources.push(Source { name, bytes: fs::read(&path)?, keeps_name: false });
    }
    Ok(sources)
}

/// All files below a folder in the order of their paths; none if there is no such folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                files.extend(files_below(&path)?);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes one file, raw and compressed, adds its row to the table and returns its final name.
fn pack(order: &Order, folder: &Path, source: &Source, table: &mut String) -> Result<String, Box<dyn Error>> {
    let hash = format!("{:016x}", fnv1a(&source.bytes));
    let name = if source.keeps_name { source.name.clone() } else { hashed_name(&source.name, &hash) };
    let path = folder.join(&name);
    fs::create_dir_all(path.parent().ok_or("a file lies in a folder")?)?;
    fs::write(&path, &source.bytes)?;
    let content_type = content_type(&source.name)?;
    let compress = order.release && is_compressible(content_type);
    let compressed = |suffix: &str, bytes: Option<Vec<u8>>| -> Result<String, Box<dyn Error>> {
        // A small file may grow when compressed.
        let Some(bytes) = bytes.filter(|bytes| bytes.len() < source.bytes.len()) else {
            return Ok("None".to_owned());
        };
        let path = folder.join(format!("{name}.{suffix}"));
        fs::write(&path, bytes)?;
        Ok(format!("Some(include_bytes!({}))", literal(&path)?))
    };
    let brotli = compressed("br", compress.then(|| brotli(&source.bytes)).transpose()?)?;
    let gzip = compressed("gz", compress.then(|| gzip(&source.bytes)).transpose()?)?;
    writeln!(
        table,
        "    Asset {{ name: {name:?}, source: {:?}, content_type: {content_type:?}, etag: {:?}, \
         raw: include_bytes!({}), brotli: {brotli}, gzip: {gzip} }},",
        source.name,
        format!("\"{hash}\""),
        literal(&path)?,
    )?;
    Ok(name)
}

/// A path as a Rust string literal.
fn literal(path: &Path) -> Result<String, String> {
    let text = path.to_str().ok_or_else(|| format!("{} is not valid UTF-8", path.display()))?;
    Ok(format!("{text:?}"))
}

/// `icons/favicon.svg` becomes `icons/favicon-<hash>.svg`.
fn hashed_name(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

fn content_type(name: &str) -> Result<&'static str, String> {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("wasm") => Ok("application/wasm"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("png") => Ok("image/png"),
        Some("ico") => Ok("image/x-icon"),
        Some("woff2") => Ok("font/woff2"),
        _ => Err(format!("{name} has no content type: name one in crates/web-dist/build/bundle.rs")),
    }
}

fn is_compressible(content_type: &str) -> bool {
    !matches!(content_type, "image/png" | "image/x-icon" | "font/woff2")
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    // A module is many blocks' worth of unlike code: four times the usual number makes it another hundredth smaller.
    let options = zopfli::Options { maximum_block_splits: 60, ..zopfli::Options::default() };
    zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut out)?;
    Ok(out)
}

/// Names change with the content; nobody attacks them, so a short plain hash (FNV-1a, 64 bits) will do.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
