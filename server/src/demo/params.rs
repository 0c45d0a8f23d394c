//! What a request to a Prometheus asks: its fields from address and form together, times and lengths of time read as
//! Prometheus reads them. Knows no mesh.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};

use super::Source;
use super::answer::Failure;

/// A request's fields, the form's first: they win over the address's, and where one value is wanted the first counts.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl FromRequest<Source> for Fields {
    type Rejection = BytesRejection;

    async fn from_request(request: Request, source: &Source) -> Result<Self, BytesRejection> {
        let address = request.uri().query().map(str::to_owned);
        let form = Bytes::from_request(request, source).await?;
        Ok(Self::read(address.as_deref(), &form))
    }
}

impl Fields {
    fn read(address: Option<&str>, form: &[u8]) -> Self {
        let both = [form, address.unwrap_or_default().as_bytes()];
        let fields = both.into_iter().flat_map(url::form_urlencoded::parse);
        Self(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Every value of a field that may come more than once.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::bad_data(format!("the parameter \"{name}\" is missing")))
    }

    /// An instant in milliseconds.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong =
            || Failure::bad_data(format!("\"{name}\" is {text:?}, neither seconds nor an RFC 3339 time"));
        time_ms(text).map(Some).ok_or_else(wrong)
    }

    /// A length of time in milliseconds.
    pub(super) fn duration(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong =
            || Failure::bad_data(format!("\"{name}\" is {text:?}, neither seconds nor a length such as 15s"));
        duration_ms(text).map(Some).ok_or_else(wrong)
    }

    /// How long the caller is ready to wait, two minutes at most as with Prometheus.
    pub(super) fn timeout(&self) -> Result<Duration, Failure> {
        const MOST_MS: i64 = 120_000;
        let asked = self.duration("timeout")?.unwrap_or(MOST_MS).clamp(0, MOST_MS);
        Ok(Duration::from_millis(asked.unsigned_abs()))
    }
}

/// The latest instant taken, in seconds: the year 9999.
const LAST_S: f64 = 253_402_300_799.0;

fn time_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.abs() <= LAST_S).then(|| (seconds * 1_000.0).round() as i64);
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

fn duration_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.abs() <= LAST_S).then(|| (seconds * 1_000.0).round() as i64);
    }
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            "y" => 31_536_000_000,
            _ => return None,
        };
        total = number.parse::<i64>().ok()?.checked_mul(unit_ms)?.checked_add(total)?;
        rest = after;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_lengths_are_read_as_prometheus_reads_them() {
        assert_eq!(time_ms("1772618400"), Some(1_772_618_400_000));
        assert_eq!(time_ms("1772618400.123"), Some(1_772_618_400_123));
        assert_eq!(time_ms("2026-03-04T10:00:00Z"), Some(1_772_618_400_000));
        assert_eq!(time_ms("2026-03-04T11:00:00.5+01:00"), Some(1_772_618_400_500));
        for text in ["", "now", "NaN", "inf", "1e300"] {
            assert_eq!(time_ms(text), None, "{text}");
        }
        for (text, wanted) in
            [("15", 15_000), ("0.5", 500), ("15s", 15_000), ("1h30m", 5_400_000), ("2w", 1_209_600_000)]
        {
            assert_eq!(duration_ms(text), Some(wanted), "{text}");
        }
        for text in ["", "m", "5x", "-5m", "1.5h", "99999999999999y"] {
            assert_eq!(duration_ms(text), None, "{text}");
        }
    }

    #[test]
    fn the_form_wins_over_the_address() {
        let fields = Fields::read(Some("query=a&time=5"), b"query=up%7Bx%3D%22y%22%7D");
        assert_eq!(fields.needed("query").unwrap(), "up{x=\"y\"}");
        assert_eq!(fields.time("time").unwrap(), Some(5_000));
        assert!(fields.needed("step").is_err());
    }
}
