//! What a process costs, as Linux tells it (so this needs Linux), and the product's own figures, as its `/metrics` tells
//! them. Knows no process in particular.

use std::time::Duration;

use anyhow::{Context, Result};

/// Processor time is told in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;
/// The kernel's kB are of 1,024 bytes.
const MB_A_KIB: f64 = 1_024.0 / 1e6;

/// Processor time that a process has used so far, in ticks of a hundredth of a second.
pub fn ticks(process_id: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process_id}/stat"))?;
    // The name before the bracket may hold anything.
    let fields: Vec<&str> =
        stat.rsplit_once(')').context("a name in brackets")?.1.split_whitespace().collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

/// The same in seconds.
pub fn busy_s(process_id: u32) -> Result<f64> {
    Ok(ticks(process_id)? as f64 / TICKS_A_SECOND)
}

/// A process's memory as the kernel names it: `VmRSS` is what is resident, `VmHWM` the most that ever was.
pub fn memory_mb(process_id: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status"))?;
    let figure = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let figure = figure.with_context(|| format!("the kernel tells no {field}"))?;
    Ok(figure.trim().trim_end_matches(" kB").parse::<f64>()? * MB_A_KIB)
}

/// Reads figures of a product, over one connection.
#[derive(Debug)]
pub struct Figures {
    client: reqwest::Client,
    address: String,
}

impl Figures {
    /// Of the product whose page is at this address.
    pub fn of(product_url: &str) -> Result<Self> {
        let client = crate::http::client(Duration::from_mins(2))?;
        Ok(Self { client, address: format!("{product_url}/metrics") })
    }

    pub async fn text(&self) -> Result<String> {
        Ok(self.client.get(&self.address).send().await?.error_for_status()?.text().await?)
    }

    /// The sum over all series of a metric that have these labels, each as `name="value"`; none is 0.
    pub async fn sum(&self, name: &str, labels: &[&str]) -> Result<f64> {
        sum(&self.text().await?, name, labels)
    }
}

fn sum(text: &str, name: &str, labels: &[&str]) -> Result<f64> {
    let mut sum = 0.0;
    for rest in text.lines().filter_map(|line| line.strip_prefix(name)) {
        let (set, value) = rest.rsplit_once(' ').context("a value follows a name")?;
        let is_it = set.is_empty() || set.starts_with('{');
        if is_it && labels.iter().all(|label| set.contains(label)) {
            sum += value.parse::<f64>()?;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_summed_by_their_labels() {
        let text = "# TYPE a counter\na{kind=\"x\",ok=\"1\"} 2\na{kind=\"y\",ok=\"1\"} 3\na_sum 7\nb 4.5\n";
        assert!((sum(text, "a", &["ok=\"1\""]).unwrap() - 5.0).abs() < 1e-9);
        assert!((sum(text, "a", &["kind=\"y\""]).unwrap() - 3.0).abs() < 1e-9);
        assert!((sum(text, "b", &[]).unwrap() - 4.5).abs() < 1e-9);
        assert!(sum(text, "c", &[]).unwrap().abs() < 1e-9);
    }

    #[test]
    fn the_kernel_tells_of_this_process() {
        let this = std::process::id();
        assert!(memory_mb(this, "VmHWM").unwrap() >= memory_mb(this, "VmRSS").unwrap() * 0.5);
        assert!(busy_s(this).unwrap() >= 0.0 && memory_mb(this, "VmNone").is_err());
    }
}
