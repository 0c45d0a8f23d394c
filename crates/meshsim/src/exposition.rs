//! A mesh's series as text: what a pod's `/metrics` shows at an instant, and a dump with times for a Prometheus to load.
//! Knows the text formats and no HTTP.

use std::fmt::Write;

use crate::mesh::Mesh;
use crate::store::{Labels, METRIC_NAME, Matcher, Store};
use crate::telemetry::{self, FAMILIES, Window};

/// Text longer than this is handed on.
const PART_BYTES: usize = 256 * 1_024;

/// Prometheus' text format: every series' value at an instant, for a scrape that honours labels.
pub fn prometheus(mesh: &Mesh, at_ms: i64) -> String {
    let mut text = String::new();
    prometheus_in_parts(mesh, at_ms, &mut |part| text.push_str(&part));
    text
}

/// The same, handed on part by part; each ends with a line.
pub fn prometheus_in_parts(mesh: &Mesh, at_ms: i64, each: &mut dyn FnMut(String)) {
    let mut text = String::new();
    let mut base = "";
    for family in FAMILIES.iter().filter(|family| family.is_kept([true, false])) {
        if family.base != base {
            base = family.base;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {base} {}\n# TYPE {base} {}", family.help, family.type_word());
        }
        let matchers = [Matcher::equal(METRIC_NAME, family.name)];
        telemetry::visit(mesh, &matchers, Window::Now(at_ms), &mut |labels, points| {
            for point in points {
                series(&mut text, labels);
                let _ = writeln!(text, " {}", number(point.value));
            }
            if text.len() > PART_BYTES {
                each(std::mem::take(&mut text));
            }
        });
    }
    each(text);
}

/// OpenMetrics with a time on every sample, as `promtool tsdb create-blocks-from openmetrics` reads it.
pub fn openmetrics(mesh: &Mesh, from_ms: i64, to_ms: i64) -> String {
    let mut text = String::new();
    let mut base = "";
    let kept = mesh.histograms().of_any();
    // The text has no form for native histograms.
    for family in FAMILIES.iter().filter(|family| family.is_kept(kept) && family.is_text()) {
        if family.base != base {
            base = family.base;
            let name = base.strip_suffix("_total").unwrap_or(base);
            let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {}", family.help, family.type_word());
        }
        mesh.visit(&[Matcher::equal(METRIC_NAME, family.name)], from_ms, to_ms, &mut |labels, points| {
            for point in points {
                series(&mut text, labels);
                let _ = writeln!(text, " {} {}", number(point.value), point.t_ms as f64 / 1_000.0);
            }
        });
    }
    text.push_str("# EOF\n");
    text
}

fn series(text: &mut String, labels: &Labels) {
    let name = labels.iter().find(|(name, _)| **name == *METRIC_NAME);
    text.push_str(name.map_or("", |(_, name)| name));
    let mut opening = '{';
    for (name, value) in labels.iter().filter(|(name, _)| **name != *METRIC_NAME) {
        text.push(opening);
        opening = ',';
        let _ = write!(text, "{name}=\"");
        escape(text, value);
        text.push('"');
    }
    if opening == ',' {
        text.push('}');
    }
}

fn escape(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
}

/// A value as Prometheus reads it.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() }
    } else {
        value.to_string()
    }
}
