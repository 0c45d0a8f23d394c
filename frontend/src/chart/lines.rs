//! Which lines of a series answer a chart shows, and in which ink.

use layout::Size;
use model::{
    VersionRow,
    series::{Line, Metric, SeriesAnswer},
};
use view::chart::{ChartLine, Frame, Unit};

pub(crate) const WIDTH: f64 = 344.0;
pub(crate) const HEIGHT: f64 = 86.0;

/// The lines of one chart and the frame they are drawn in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) lines: Vec<OwnLine>,
    pub(crate) frame: Frame,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnLine {
    pub(crate) name: String,
    /// Gives the line its ink and stroke.
    pub(crate) class: &'static str,
    pub(crate) points: Vec<Option<f64>>,
}

impl Drawn {
    pub(crate) fn borrowed(&self) -> Vec<ChartLine<'_>> {
        self.lines.iter().map(|line| ChartLine { name: line.name.clone(), points: &line.points }).collect()
    }
}

/// The ink of the version at this place of its card; the same as on the map.
pub(crate) fn version_class(index: usize) -> &'static str {
    ["v1", "v2", "v3", "v4", "v5", "v6"][index % 6]
}

/// A line a version where they are told apart, else the whole. None when nothing of it came.
pub(crate) fn by_version(answer: &SeriesAnswer, metric: Metric, versions: &[VersionRow]) -> Option<Drawn> {
    let of_metric = || answer.lines.iter().filter(|line| line.metric == metric);
    let rows: Vec<OwnLine> = of_metric().filter_map(|line| version_line(line, versions)).collect();
    let lines = if rows.is_empty() {
        of_metric().filter(|line| line.row.is_none()).map(|line| own(String::new(), "v0", line)).collect()
    } else {
        rows
    };
    drawn(answer, lines, metric)
}

/// p50, p95 and p99 of the whole.
pub(crate) fn quantiles(answer: &SeriesAnswer) -> Option<Drawn> {
    let kinds =
        [(Metric::P50Ms, "p50", "v0 p50"), (Metric::P95Ms, "p95", "v0"), (Metric::P99Ms, "p99", "v0 p99")];
    let lines = kinds.into_iter().filter_map(|(metric, name, class)| {
        let line = answer.lines.iter().find(|line| line.metric == metric && line.row.is_none())?;
        Some(own(name.to_owned(), class, line))
    });
    drawn(answer, lines.collect(), Metric::P95Ms)
}

/// Sent and received.
pub(crate) fn bytes(answer: &SeriesAnswer) -> Option<Drawn> {
    let kinds = [(Metric::SentBytesPerS, "sent", "v0"), (Metric::ReceivedBytesPerS, "received", "v1")];
    let lines = kinds.into_iter().filter_map(|(metric, name, class)| {
        let line = answer.lines.iter().find(|line| line.metric == metric && line.row.is_none())?;
        Some(own(name.to_owned(), class, line))
    });
    drawn(answer, lines.collect(), Metric::SentBytesPerS)
}

fn version_line(line: &Line, versions: &[VersionRow]) -> Option<OwnLine> {
    let row = line.row.as_ref()?;
    let at = versions.iter().position(|version| version.key == *row)?;
    Some(own(versions[at].name.clone(), version_class(at), line))
}

fn own(name: String, class: &'static str, line: &Line) -> OwnLine {
    OwnLine { name, class, points: line.points.clone() }
}

fn drawn(answer: &SeriesAnswer, lines: Vec<OwnLine>, metric: Metric) -> Option<Drawn> {
    let measured = lines.iter().any(|line| line.points.iter().any(Option::is_some));
    let unit = match metric {
        Metric::RateRps => Unit::Rps,
        Metric::ErrorShare => Unit::Share,
        Metric::P50Ms | Metric::P95Ms | Metric::P99Ms => Unit::Ms,
        Metric::SentBytesPerS | Metric::ReceivedBytesPerS => Unit::BytesPerS,
    };
    let frame =
        Frame { size: Size::new(WIDTH, HEIGHT), start_s: answer.start_s, step_s: answer.step_s, unit };
    measured.then_some(Drawn { lines, frame })
}
