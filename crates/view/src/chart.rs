//! Geometry of line charts: ticks, paths with gaps, labels at the lines' ends, the point under the cursor.

use crate::{format, svg::Number};
use layout::sorting::Order as _;
use layout::{Rect, Size};

/// Left of the plot for the axis' figures, the same on every chart, so that stacked charts align.
pub const AXIS: f64 = 50.0;
/// Right of the plot for the labels at the lines' ends.
pub const END: f64 = 48.0;
const TOP: f64 = 8.0;
/// Below the plot for the times.
const FOOT: f64 = 18.0;
const LABEL_HEIGHT: f64 = 12.0;
/// Between lines and labels at their ends.
const LABEL_GAP: f64 = 6.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Rps,
    Share,
    Ms,
    BytesPerS,
}

/// One line to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartLine<'a> {
    /// "v2", or empty for the whole.
    pub name: String,
    pub points: &'a [Option<f64>],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub size: Size,
    /// Unix seconds of the first point.
    pub start_s: i64,
    pub step_s: i64,
    pub unit: Unit,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Pixels: y of a horizontal rule, x of a time.
    pub at: f64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EndLabel {
    /// Index of its line.
    pub line: usize,
    pub x: f64,
    pub y: f64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The plot's inside.
    pub plot: Rect,
    /// Three, from the bottom up.
    pub y_ticks: Vec<Tick>,
    pub x_ticks: Vec<Tick>,
    /// `d` of a path a line; a gap where nothing was measured; a lone point is a dot of no length (round caps).
    pub paths: Vec<String>,
    pub ends: Vec<EndLabel>,
    /// Value at the top of the plot.
    top: f64,
    steps: usize,
}

impl Frame {
    fn clock(&self, index: usize) -> String {
        let steps = i64::try_from(index).unwrap_or(i64::MAX);
        format::clock(self.start_s.saturating_add(self.step_s.saturating_mul(steps)))
    }
}

impl Unit {
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Rps => format::rate(value),
            Self::Share => format::share(value),
            Self::Ms => format::duration_ms(value),
            Self::BytesPerS => format::bytes_per_s(value),
        }
    }

    /// A tick of the axis: round values need no digits to fill up.
    fn tick_text(self, value: f64) -> String {
        if value == 0.0 {
            return if self == Self::Share { self.text(value) } else { "0".into() };
        }
        let text = self.text(value);
        let Some((number, unit)) = text.split_once(format::NBSP) else { return text };
        let number =
            if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
        format!("{number}{}{unit}", format::NBSP)
    }
}

/// The smallest round number from `value` up whose half is round too.
fn nice_top(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let mut decade = 1.0;
    while decade * 10.0 <= value {
        decade *= 10.0;
    }
    while decade > value {
        decade /= 10.0;
    }
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * decade)
        .find(|top| *top >= value * (1.0 - 1e-9))
        .unwrap_or(decade * 10.0)
}

fn finite(point: Option<f64>) -> Option<f64> {
    point.filter(|value| value.is_finite())
}

pub fn chart(lines: &[ChartLine], frame: &Frame) -> Chart {
    let plot = Rect::new(
        AXIS,
        TOP,
        (frame.size.width - AXIS - END).max(1.0),
        (frame.size.height - TOP - FOOT).max(1.0),
    );
    let largest =
        lines.iter().flat_map(|line| line.points).filter_map(|point| finite(*point)).fold(0.0, f64::max);
    let mut top = nice_top(largest);
    if frame.unit == Unit::Share {
        top = top.min(1.0);
    }
    let steps = lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
    let mut chart = Chart { plot, y_ticks: vec![], x_ticks: vec![], paths: vec![], ends: vec![], top, steps };
    chart.y_ticks = [0.0, top / 2.0, top]
        .into_iter()
        .map(|value| Tick { at: chart.y(value).round(), text: frame.unit.tick_text(value) })
        .collect();
    chart.x_ticks = chart.times(frame);
    chart.paths = lines.iter().map(|line| chart.path(line)).collect();
    chart.ends = chart.end_labels(lines, frame);
    chart
}

impl Chart {
    fn y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.plot.height * (value / self.top).clamp(0.0, 1.0)
    }

    fn x(&self, index: usize) -> f64 {
        let last = self.steps.saturating_sub(1).max(1) as f64;
        self.plot.x + self.plot.width * index as f64 / last
    }

    /// Start, middle and end.
    fn times(&self, frame: &Frame) -> Vec<Tick> {
        if self.steps < 2 {
            return vec![];
        }
        let last = self.steps - 1;
        let middle = last / 2;
        [0, middle, last].into_iter().map(|i| Tick { at: self.x(i), text: frame.clock(i) }).collect()
    }

    fn path(&self, line: &ChartLine) -> String {
        let mut path = String::new();
        let mut pen_down = false;
        for (i, point) in line.points.iter().enumerate() {
            let Some(value) = finite(*point) else {
                pen_down = false;
                continue;
            };
            let (x, y) = (Number(self.x(i)), Number(self.y(value)));
            let alone = !pen_down && line.points.get(i + 1).copied().flatten().is_none();
            let letter = if pen_down { 'L' } else { 'M' };
            format::append(&mut path, format_args!("{letter}{x} {y}"));
            if alone {
                path.push_str("h0");
            }
            pen_down = true;
        }
        path
    }

    /// Beside each line's last value, pushed apart where they would overlap, inside the chart's height.
    fn end_labels(&self, lines: &[ChartLine], frame: &Frame) -> Vec<EndLabel> {
        let mut labels: Vec<EndLabel> = lines
            .iter()
            .enumerate()
            .filter_map(|(line, data)| {
                let last = data.points.iter().rev().find_map(|point| finite(*point))?;
                let text = frame.unit.text(last);
                Some(EndLabel { line, x: self.plot.right() + LABEL_GAP, y: self.y(last), text })
            })
            .collect();
        labels.order_by(|a, b| a.y.total_cmp(&b.y).then(a.line.cmp(&b.line)));
        for i in 1..labels.len() {
            labels[i].y = labels[i].y.max(labels[i - 1].y + LABEL_HEIGHT);
        }
        // What was pushed below the plot pushes back up.
        let mut low = self.plot.bottom();
        for label in labels.iter_mut().rev() {
            label.y = label.y.min(low);
            low = label.y - LABEL_HEIGHT;
        }
        labels.order_by_key(|label| label.line);
        labels
    }

    /// The step nearest to `x` pixels; none without points.
    pub fn reading(&self, lines: &[ChartLine], frame: &Frame, x: f64) -> Option<Reading> {
        if self.steps == 0 || !x.is_finite() {
            return None;
        }
        let last = self.steps - 1;
        let part = ((x - self.plot.x) / self.plot.width).clamp(0.0, 1.0);
        let index = (part * last as f64).round() as usize;
        let values = lines
            .iter()
            .map(|line| {
                let value = finite(line.points.get(index).copied().flatten())?;
                Some((self.y(value), frame.unit.text(value)))
            })
            .collect();
        let time = frame.clock(index);
        Some(Reading { index, x: self.x(index), time, values })
    }
}

/// What stands under a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub index: usize,
    /// Pixels.
    pub x: f64,
    /// "14:05"
    pub time: String,
    /// A line: its y in pixels and its figure; none where nothing was measured.
    pub values: Vec<Option<(f64, String)>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(unit: Unit) -> Frame {
        Frame { size: Size::new(344.0, 80.0), start_s: 1_795_527_120, step_s: 60, unit }
    }

    #[test]
    fn a_gap_stays_a_gap_and_a_lone_point_is_a_dot() {
        let points = [Some(1.0), Some(2.0), None, Some(1.0), None];
        let lines = [ChartLine { name: String::new(), points: &points }];
        let chart = chart(&lines, &frame(Unit::Rps));
        assert_eq!(chart.paths, ["M50 35L111.5 8M234.5 35h0"]);
        let texts: Vec<&str> = chart.y_ticks.iter().map(|tick| tick.text.as_str()).collect();
        assert_eq!(texts, ["0", "1\u{a0}rps", "2\u{a0}rps"]);
        assert_eq!(chart.x_ticks[0].text, "13:32");
        let reading = chart.reading(&lines, &frame(Unit::Rps), 170.0).unwrap();
        assert_eq!((reading.index, &reading.values[0]), (2, &None), "unknown is not zero");
    }

    #[test]
    fn shares_never_pass_the_whole() {
        let points = [Some(0.95), Some(1.0)];
        let lines = [ChartLine { name: "v1".into(), points: &points }];
        let chart = chart(&lines, &frame(Unit::Share));
        let texts: Vec<String> =
            chart.y_ticks.iter().map(|tick| tick.text.replace(format::NBSP, " ")).collect();
        assert_eq!(texts, ["0 %", "50 %", "100 %"]);
    }

    #[test]
    fn no_points_give_an_empty_plot() {
        let chart = chart(&[], &frame(Unit::Ms));
        assert_eq!((chart.y_ticks.len(), chart.x_ticks.len(), chart.ends.len()), (3, 0, 0));
        assert_eq!(chart.reading(&[], &frame(Unit::Ms), 100.0), None);
    }

    #[test]
    fn tops_are_round() {
        let tops = [0.0133, 0.9, 1.0, 4.2, 7.3, 312.0, 9_999.0].map(nice_top);
        let wanted = [0.02, 1.0, 1.0, 5.0, 8.0, 400.0, 10_000.0];
        for (top, wanted) in tops.into_iter().zip(wanted) {
            assert!((top - wanted).abs() < wanted * 1e-9, "{top} for {wanted}");
        }
    }

    proptest! {
        #[test]
        fn labels_never_overlap(values in proptest::collection::vec(0.0..1e4_f64, 1..5)) {
            let points: Vec<[Option<f64>; 2]> = values.iter().map(|value| [Some(*value), Some(*value)]).collect();
            let lines: Vec<ChartLine> =
                points.iter().map(|points| ChartLine { name: "v".into(), points }).collect();
            let mut ys: Vec<f64> = chart(&lines, &frame(Unit::Ms)).ends.iter().map(|label| label.y).collect();
            ys.sort_by(f64::total_cmp);
            for pair in ys.windows(2) {
                prop_assert!(pair[1] - pair[0] >= LABEL_HEIGHT - 1e-9);
            }
        }

        #[test]
        fn everything_lies_inside(points in proptest::collection::vec(proptest::option::of(any::<f64>()), 0..40)) {
            let lines = [ChartLine { name: String::new(), points: &points }];
            let chart = chart(&lines, &frame(Unit::Rps));
            prop_assert!(!chart.paths[0].contains("NaN") && !chart.paths[0].contains("inf"));
            for label in &chart.ends {
                prop_assert!(label.y >= 0.0 && label.y <= 80.0);
            }
        }
    }
}
