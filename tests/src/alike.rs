//! Answers of the API side by side: equal, but for what the order of sums does to the last digits of numbers.
//! Must not know what stands in them.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// `at` says where we are.
pub fn alike(one: &Value, two: &Value, at: &str) -> Result<()> {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            ensure!(one.keys().eq(two.keys()), "{at}: {one:?} {two:?}");
            one.iter().try_for_each(|(key, value)| alike(value, &two[key], &format!("{at}.{key}")))
        }
        (Value::Array(one), Value::Array(two)) => {
            ensure!(one.len() == two.len(), "{at}: {} {}", one.len(), two.len());
            one.iter().zip(two).try_for_each(|(one, two)| alike(one, two, at))
        }
        (Value::Number(one), Value::Number(two)) => {
            let (one, two) = (one.as_f64().context("finite")?, two.as_f64().context("finite")?);
            ensure!((one - two).abs() <= 1e-9 * one.abs().max(1.0), "{at}: {one} {two}");
            Ok(())
        }
        _ => {
            ensure!(one == two, "{at}: {one} {two}");
            Ok(())
        }
    }
}
