//! `[[health]]` in the settings file: from when on something counts as degraded or failing, for all of the mesh or for parts.
//! Of the lines that fit a thing, the first of each measure holds; what no line is about keeps its default.

use super::lists::{self, Reader};
use graph::health::{Bounds, Direction, HealthLine, Measured, Pattern, Quantile};
use model::{NodeKind, Protocol};
use toml::{Table, Value};

const KEYS: [&str; 10] = [
    "namespace",
    "kind",
    "name",
    "direction",
    "protocol",
    "code",
    "latency",
    "degraded",
    "failing",
    "min-requests",
];

const KINDS: [(&str, NodeKind); 9] = [
    ("app", NodeKind::App),
    ("workload", NodeKind::Workload),
    ("service", NodeKind::Service),
    ("gateway", NodeKind::Gateway),
    ("external", NodeKind::External),
    ("egress", NodeKind::Egress),
    ("unknown", NodeKind::UnknownCallers),
    ("noroute", NodeKind::NoRoute),
    ("operation", NodeKind::Operation),
];

/// All of them; what is wrong is told with its place in the list.
pub(super) fn read(value: &Value, mistakes: &mut Vec<String>) -> Vec<HealthLine> {
    lists::read(("health", &KEYS), value, mistakes, one)
}

fn one(reader: &mut Reader<'_>) -> Option<HealthLine> {
    let measured = reader.measured();
    let unit = if matches!(measured, Some(Measured::Latency(_))) { Unit::Ms } else { Unit::Share };
    let bounds = Bounds { degraded: reader.bound("degraded", unit), failing: reader.bound("failing", unit) };
    if let (Some(degraded), Some(failing)) = (bounds.degraded, bounds.failing)
        && degraded > failing
    {
        reader.wrong.push("is degraded only beyond failing: give `degraded` the lower bound".to_owned());
    }
    let line = HealthLine {
        namespace: reader.text("namespace").map(|text| Pattern::new(&text)),
        kind: reader.word("kind", &KINDS),
        name: reader.text("name").map(|text| Pattern::new(&text)),
        direction: reader
            .word("direction", &[("inbound", Direction::Inbound), ("outbound", Direction::Outbound)]),
        measured: measured.clone().unwrap_or(Measured::Http5xx),
        bounds,
        min_requests: reader.min_requests(),
    };
    measured.map(|_| line)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Share,
    Ms,
}

impl Reader<'_> {
    /// A code and its protocol, or a latency.
    fn measured(&mut self) -> Option<Measured> {
        let protocol = self.word("protocol", &[("http", Protocol::Http), ("grpc", Protocol::Grpc)]);
        let (code, latency) = (self.text("code"), self.text("latency"));
        match (code, latency) {
            (None, Some(_)) => {
                let words = Quantile::ALL.map(|quantile| (quantile.word(), quantile));
                self.word("latency", &words).map(Measured::Latency)
            }
            (Some(code), None) => self.code(protocol.unwrap_or(Protocol::Http), &code),
            _ => {
                self.wrong.push("needs either `code`, like \"5xx\", or `latency`, like \"p95\"".to_owned());
                None
            }
        }
    }

    fn code(&mut self, protocol: Protocol, code: &str) -> Option<Measured> {
        let found = match (protocol, code) {
            (_, "-" | "0") if protocol == Protocol::Http || code == "-" => {
                Some(Measured::NoResponse(protocol))
            }
            (Protocol::Http, "5xx") => Some(Measured::Http5xx),
            (Protocol::Http, "4xx") => Some(Measured::Http4xx),
            (Protocol::Grpc, "error") => Some(Measured::GrpcStatus),
            _ if code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Measured::Code(protocol, code.to_owned()))
            }
            _ => None,
        };
        if found.is_none() {
            self.wrong.push(format!(
                "has `code = \"{code}\"`; of http it can be 5xx, 4xx, - (no response) or one like 404, of grpc error, - or one like 14"
            ));
        }
        found
    }

    fn bound(&mut self, key: &str, unit: Unit) -> Option<f64> {
        let text = self.text(key)?;
        let (suffixes, example): (&[(&str, f64)], &str) = match unit {
            Unit::Share => (&[("%", 0.01)], "1%"),
            Unit::Ms => (&[("ms", 1.0), ("s", 1_000.0)], "250ms"),
        };
        let number = suffixes.iter().find_map(|(suffix, times)| {
            let number: f64 = text.strip_suffix(suffix)?.trim().parse().ok()?;
            (number.is_finite() && number > 0.0).then_some(number * times)
        });
        if number.is_none() {
            self.wrong.push(format!("has `{key} = \"{text}\"`; write it like \"{example}\""));
        }
        number
    }

    fn min_requests(&mut self) -> Option<f64> {
        let value = self.table.get("min-requests")?;
        let number = value.as_integer().filter(|number| *number >= 0).map(|number| number as f64);
        if number.is_none() {
            self.wrong.push("has a `min-requests` that is no whole number".to_owned());
        }
        number
    }
}

/// A line as it could be written, for `--print-config`.
pub(super) fn print(line: &HealthLine) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            table.insert(key.to_owned(), value);
        }
    };
    let text = |text: &str| Some(Value::from(text));
    put("namespace", line.namespace.as_ref().map(|pattern| Value::from(pattern.as_str())));
    let kind = KINDS.iter().find(|(_, kind)| Some(*kind) == line.kind);
    put("kind", kind.map(|(word, _)| Value::from(*word)));
    put("name", line.name.as_ref().map(|pattern| Value::from(pattern.as_str())));
    put(
        "direction",
        match line.direction {
            Some(Direction::Inbound) => text("inbound"),
            Some(Direction::Outbound) => text("outbound"),
            None => None,
        },
    );
    let grpc = |protocol: Protocol| if protocol == Protocol::Grpc { "grpc" } else { "http" };
    let (key, measured, protocol) = match &line.measured {
        Measured::Http5xx => ("code", "5xx", Some("http")),
        Measured::Http4xx => ("code", "4xx", Some("http")),
        Measured::GrpcStatus => ("code", "error", Some("grpc")),
        Measured::NoResponse(protocol) => ("code", "-", Some(grpc(*protocol))),
        Measured::Code(protocol, code) => ("code", code.as_str(), Some(grpc(*protocol))),
        Measured::Latency(quantile) => ("latency", quantile.word(), None),
    };
    put(key, text(measured));
    put("protocol", protocol.map(Value::from));
    let times = matches!(line.measured, Measured::Latency(_));
    // A share times a hundred has an error in its last digits.
    let bound = |bound: f64| {
        let whole = if times { format!("{bound}ms") } else { format!("{}%", (bound * 1e8).round() / 1e6) };
        Value::from(whole)
    };
    put("degraded", line.bounds.degraded.map(bound));
    put("failing", line.bounds.failing.map(bound));
    put("min-requests", line.min_requests.map(|number| Value::Integer(number as i64)));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(text: &str) -> (Vec<HealthLine>, Vec<String>) {
        let table: Table = text.parse().unwrap();
        let mut mistakes = Vec::new();
        (read(&table["health"], &mut mistakes), mistakes)
    }

    #[test]
    fn lines_as_people_write_them_come_out_as_they_went_in() {
        let text = "[[health]]\nnamespace = 'legacy*'\ncode = '5xx'\ndegraded = '5%'\nfailing = '25 %'\n\
            [[health]]\nkind = 'gateway'\ndirection = 'inbound'\nlatency = 'p95'\ndegraded = '250ms'\nfailing = '1s'\nmin-requests = 100\n\
            [[health]]\nname = 'pay'\nprotocol = 'grpc'\ncode = '14'\ndegraded = '0.5%'\n\
            [[health]]\nprotocol = 'grpc'\ncode = '-'\n";
        let (lines, mistakes) = health(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(lines[0].bounds, Bounds { degraded: Some(0.05), failing: Some(0.25) });
        assert_eq!(lines[1].measured, Measured::Latency(Quantile::P95));
        assert_eq!((lines[1].bounds.failing, lines[1].min_requests), (Some(1_000.0), Some(100.0)));
        assert_eq!(lines[2].measured, Measured::Code(Protocol::Grpc, "14".into()));
        assert_eq!(
            (lines[3].measured.clone(), lines[3].bounds),
            (Measured::NoResponse(Protocol::Grpc), Bounds::default())
        );
        let printed: Vec<Value> = lines.iter().map(|line| Value::Table(print(line))).collect();
        let mut mistakes = Vec::new();
        assert_eq!(read(&Value::Array(printed), &mut mistakes), lines);
    }

    #[test]
    fn each_mistake_says_which_line_and_what() {
        for (text, parts) in [
            ("health = 3", &["two brackets"][..]),
            ("[[health]]\ndegraded = '1%'\n", &["number 1 needs either `code`"]),
            ("[[health]]\ncode = '5xx'\nlatency = 'p95'\n", &["needs either"]),
            ("[[health]]\ncode = 'six'\n", &["`code = \"six\"`"]),
            ("[[health]]\nlatency = 'p80'\n", &["mean, p50, p90, p95, p99"]),
            ("[[health]]\ncode = '5xx'\ndegraded = 0.1\n", &["no text in quotes"]),
            ("[[health]]\ncode = '5xx'\ndegraded = '9%'\nfailing = '2%'\n", &["lower bound"]),
            ("[[health]]\nlatency = 'p95'\ndegraded = '1%'\n", &["like \"250ms\""]),
            ("[[health]]\ncode = '5xx'\ncolour = 'red'\nkind = 'pod'\n", &["`colour`", "`kind = \"pod\"`"]),
            ("[[health]]\ncode = '5xx'\nmin-requests = 'ten'\n", &["`min-requests`"]),
        ] {
            let (lines, mistakes) = health(text);
            assert!(lines.is_empty(), "{text}");
            assert_eq!(mistakes.len(), parts.len(), "{text}: {mistakes:?}");
            for (mistake, part) in mistakes.iter().zip(parts) {
                assert!(mistake.contains(part), "{text}: {mistake}");
            }
        }
    }
}
