//! Two ways to bring samples with times of their own into a Prometheus: blocks from OpenMetrics text, and remote write.
//! Must not know where the samples come from.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use meshsim::native::{self, Histogram, Histograms};
use meshsim::store::{Labels, METRIC_NAME, Series, label};

/// Samples in one request; Prometheus holds a request in memory as a whole.
const SAMPLES_A_REQUEST: usize = 100_000;

/// Makes blocks of OpenMetrics text under `home/data`.
pub(super) fn create_blocks(text: &str, home: &Path) -> Result<()> {
    let input = home.join("samples.openmetrics");
    std::fs::write(&input, text)?;
    let output = Command::new(super::tool("promtool")?)
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .arg(&input)
        .arg(home.join("data"))
        .output()
        .context("cannot start promtool")?;
    ensure!(
        output.status.success(),
        "promtool refused the samples: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(std::fs::remove_file(input)?)
}

/// The series as OpenMetrics text, with the time on each sample.
pub fn openmetrics(series: &[Series]) -> String {
    let mut text = String::new();
    for one in series {
        let labels: Vec<String> = one
            .labels
            .iter()
            .filter(|(name, _)| &**name != METRIC_NAME)
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let name = label(&one.labels, METRIC_NAME).unwrap_or("");
        for point in &one.points {
            let (seconds, ms) = (point.t_ms.div_euclid(1000), point.t_ms.rem_euclid(1000));
            let _ = writeln!(text, "{name}{{{}}} {} {seconds}.{ms:03}", labels.join(","), point.value);
        }
    }
    text.push_str("# EOF\n");
    text
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

pub(super) async fn remote_write(client: &reqwest::Client, url: &str, series: &[Series]) -> Result<()> {
    let mut request = Vec::new();
    let mut samples = 0;
    let plain = series.iter().filter(|one| native::part_of(&one.labels).is_none());
    let messages = plain.map(|one| (time_series(one), one.points.len()));
    let native = native::gather(series.iter().map(|one| (&one.labels, &one.points[..])));
    let histograms = native.iter().map(|(labels, points)| (histogram_series(labels, points), points.len()));
    for (message, count) in messages.chain(histograms) {
        write_message(&mut request, 1, &message);
        samples += count;
        if samples >= SAMPLES_A_REQUEST {
            send(client, url, &request).await?;
            request.clear();
            samples = 0;
        }
    }
    if request.is_empty() { Ok(()) } else { send(client, url, &request).await }
}

async fn send(client: &reqwest::Client, url: &str, request: &[u8]) -> Result<()> {
    let body = snap::raw::Encoder::new().compress_vec(request)?;
    let answer = client
        .post(format!("{url}/api/v1/write"))
        .header("content-encoding", "snappy")
        .header("content-type", "application/x-protobuf")
        .header("x-prometheus-remote-write-version", "0.1.0")
        .body(body)
        .send()
        .await?;
    let status = answer.status();
    let reason = answer.text().await?;
    ensure!(status.is_success(), "Prometheus refused a remote write with {status}: {reason}");
    Ok(())
}

/// `TimeSeries`: field 1 a label (name 1, value 2), field 2 a sample (value 1, time in ms 2), field 4 a histogram, all
/// repeated.
fn time_series(series: &Series) -> Vec<u8> {
    let mut message = Vec::with_capacity(series.labels.len() * 48 + series.points.len() * 20);
    write_labels(&mut message, &series.labels);
    let mut part = Vec::new();
    for point in &series.points {
        part.clear();
        part.push(0x09);
        part.extend_from_slice(&point.value.to_le_bytes());
        part.push(0x10);
        write_varint(&mut part, point.t_ms.cast_unsigned());
        write_message(&mut message, 2, &part);
    }
    message
}

fn write_labels(message: &mut Vec<u8>, labels: &Labels) {
    let mut part = Vec::new();
    for (name, value) in labels.iter() {
        part.clear();
        write_message(&mut part, 1, name.as_bytes());
        write_message(&mut part, 2, value.as_bytes());
        write_message(message, 1, &part);
    }
}

fn histogram_series(labels: &Labels, histograms: &Histograms) -> Vec<u8> {
    let mut message = Vec::new();
    write_labels(&mut message, labels);
    for (t_ms, histogram) in histograms {
        write_message(&mut message, 4, &histogram_message(*t_ms, histogram));
    }
    message
}

/// `Histogram`: 1 the count, 3 the sum, 4 the schema, 5 how wide zero is, 6 how often there was zero, 11 a span of buckets
/// (how far from the one before 1, how many 2), 12 each bucket's count less the one's before, 15 the time in ms.
fn histogram_message(t_ms: i64, histogram: &Histogram) -> Vec<u8> {
    let mut message = Vec::new();
    let varint = |message: &mut Vec<u8>, field: u8, value: u64| {
        message.push(field << 3);
        write_varint(message, value);
    };
    let double = |message: &mut Vec<u8>, field: u8, value: f64| {
        message.push(field << 3 | 1);
        message.extend_from_slice(&value.to_le_bytes());
    };
    varint(&mut message, 1, histogram.count as u64);
    double(&mut message, 3, histogram.sum);
    varint(&mut message, 4, zigzag(i64::from(native::SCHEMA)));
    // As Prometheus' own clients have it: two to the power of -128.
    double(&mut message, 5, 2.0_f64.powi(-128));
    varint(&mut message, 6, 0);
    let (mut next, mut before) = (0, 0);
    let (mut spans, mut deltas) = (Vec::new(), Vec::new());
    for (&index, &count) in &histogram.buckets {
        let mut span = Vec::new();
        varint(&mut span, 1, zigzag(i64::from(index - next)));
        varint(&mut span, 2, 1);
        write_message(&mut spans, 11, &span);
        write_varint(&mut deltas, zigzag(count as i64 - before));
        (next, before) = (index + 1, count as i64);
    }
    message.extend(spans);
    write_message(&mut message, 12, &deltas);
    varint(&mut message, 15, t_ms.cast_unsigned());
    message
}

/// Small numbers of either sign as small numbers.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// A length-delimited field.
fn write_message(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    out.push(field << 3 | 2);
    write_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use meshsim::store::{Point, labels_of};

    fn sample() -> Series {
        let labels = labels_of([("__name__", "x"), ("a", "q\"\\\n")]);
        Series { labels, points: vec![Point { t_ms: 1_700_000_000_001, value: 0.5 }] }
    }

    #[test]
    fn openmetrics_text_escapes_and_times_each_sample() {
        assert_eq!(openmetrics(&[sample()]), "x{a=\"q\\\"\\\\\\n\"} 0.5 1700000000.001\n# EOF\n");
    }

    #[test]
    fn signs_go_to_the_lowest_bit() {
        assert_eq!([0, -1, 1, -2, 300].map(zigzag), [0, 1, 2, 3, 600]);
    }

    #[test]
    fn a_varint_has_seven_bits_a_byte() {
        let mut out = Vec::new();
        write_varint(&mut out, 300);
        write_varint(&mut out, 1);
        assert_eq!(out, [0xac, 0x02, 0x01]);
    }
}
