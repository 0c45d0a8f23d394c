//! Prints how large the embedded page is, and fails if its module is over budget: `.ci/run` calls it in the release that it
//! has just built, so the page is compiled and compressed as it is shipped. Knows no server.

use std::process::ExitCode;

/// What a first visit may cost over a slow line.
const WASM_GZIP_BUDGET_BYTES: usize = 512_000;

fn main() -> ExitCode {
    println!("{:>10} {:>10} {:>10}  file", "raw", "gzip", "brotli");
    for asset in web_dist::assets() {
        let size = |form: Option<&[u8]>| form.map_or("–".to_owned(), |bytes| bytes.len().to_string());
        println!(
            "{:>10} {:>10} {:>10}  {}",
            asset.raw.len(),
            size(asset.gzip),
            size(asset.brotli),
            asset.name
        );
    }
    match web_dist::find(web_dist::wasm()).and_then(|asset| asset.gzip) {
        Some(gzip) if gzip.len() <= WASM_GZIP_BUDGET_BYTES => ExitCode::SUCCESS,
        Some(gzip) => {
            eprintln!("The module is {} bytes gzipped, over its {WASM_GZIP_BUDGET_BYTES}.", gzip.len());
            ExitCode::FAILURE
        }
        None => {
            eprintln!("No compressed module is embedded: build with WEB_DIST=release or --release.");
            ExitCode::FAILURE
        }
    }
}
