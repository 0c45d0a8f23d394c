//! Line charts of the window, as SVG. Geometry comes from `view`; here are the elements and the cursor that all charts
//! of a panel share.

pub(crate) mod lines;

use crate::state::shared::{Views, part};
use leptos::{ev, html, prelude::*};
use lines::Drawn;
use view::chart::{self, Chart, ChartLine};
use view::format::px;

/// Pixels from the left of a chart, while the pointer is over one.
pub(crate) type Cursor = RwSignal<Option<f64>>;

#[component]
pub(crate) fn LineChart(
    /// For who cannot see it: "Error share of reviews".
    #[prop(into)]
    label: Signal<String>,
    drawn: Memo<Option<Drawn>>,
    cursor: Cursor,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let moved = move |event: ev::PointerEvent| {
        let Some(element) = element.get_untracked() else { return };
        let rect = element.get_bounding_client_rect();
        let scale = lines::WIDTH / rect.width().max(1.0);
        cursor.set(Some((f64::from(event.client_x()) - rect.x()) * scale));
    };
    view! {
        <div class="chart" node_ref=element on:pointermove=moved on:pointerleave=move |_| cursor.set(None)>
            {part(move || drawn.get().map(|drawn| {
                let borrowed = drawn.borrowed();
                let chart = chart::chart(&borrowed, &drawn.frame);
                let reading = cursor.get().and_then(|x| chart.reading(&borrowed, &drawn.frame, x));
                view! {
                    <svg viewBox=format!("0 0 {} {}", px(drawn.frame.size.width), px(drawn.frame.size.height)) role="img" aria-label=sentence(&label.get(), &chart, &borrowed)>
                        {grid(&chart)}
                        {curves(&chart, &drawn)}
                        {reading.as_ref().map(|reading| marks(reading, &chart, &drawn))}
                    </svg>
                    <div class="reads" aria-hidden="true">{reading.map(|reading| reads(&reading, &drawn))}</div>
                }
            }))}
        </div>
    }
}

/// "Error share of reviews: v1 0.52 %, v2 4.07 % at the end".
fn sentence(label: &str, chart: &Chart, lines: &[ChartLine]) -> String {
    let last: Vec<String> = chart
        .ends
        .iter()
        .map(|end| {
            let name = lines.get(end.line).map_or("", |line| line.name.as_str());
            if name.is_empty() || end.text.starts_with(name) {
                end.text.clone()
            } else {
                format!("{name} {}", end.text)
            }
        })
        .collect();
    if last.is_empty() {
        format!("{label}: nothing measured")
    } else {
        format!("{label}: {} at the end", last.join(", "))
    }
}

fn grid(chart: &Chart) -> impl IntoView + use<> {
    let (left, right, bottom) = (chart.plot.x, chart.plot.right(), chart.plot.bottom());
    let rules = chart
        .y_ticks
        .iter()
        .enumerate()
        .map(|(at, tick)| {
            view! {
                <line class=if at == 0 { "base" } else { "grid" } x1=px(left) x2=px(right) y1=px(tick.at) y2=px(tick.at)/>
                <text class="axis" x=px(left - 6.0) y=px(tick.at + 3.5) text-anchor="end">{tick.text.clone()}</text>
            }
        })
        .views();
    let last = chart.x_ticks.len().saturating_sub(1);
    let times = chart
        .x_ticks
        .iter()
        .enumerate()
        .map(|(at, tick)| {
            let anchor = if at == 0 { "start" } else if at == last { "end" } else { "middle" };
            view! { <text class="axis" x=px(tick.at) y=px(bottom + 14.0) text-anchor=anchor>{tick.text.clone()}</text> }
        })
        .views();
    view! { {rules}{times} }
}

fn curves(chart: &Chart, drawn: &Drawn) -> impl IntoView + use<> {
    let paths = chart
        .paths
        .iter()
        .zip(&drawn.lines)
        .map(|(path, line)| view! { <path class=format!("line {}", line.class) d=path.clone()/> })
        .views();
    let ends = chart
        .ends
        .iter()
        .map(|end| {
            let class = drawn.lines.get(end.line).map_or("", |line| line.class);
            view! { <text class=format!("end {class}") x=px(end.x) y=px(end.y)>{end.text.clone()}</text> }
        })
        .views();
    view! { {paths}{ends} }
}

fn marks(reading: &chart::Reading, chart: &Chart, drawn: &Drawn) -> impl IntoView + use<> {
    let dots = reading
        .values
        .iter()
        .zip(&drawn.lines)
        .filter_map(|(value, line)| {
            let (y, _) = value.as_ref()?;
            Some(view! { <circle class=format!("dot {}", line.class) cx=px(reading.x) cy=px(*y) r="2.6"/> })
        })
        .views();
    view! {
        <line class="cursor" x1=px(reading.x) x2=px(reading.x) y1=px(chart.plot.y) y2=px(chart.plot.bottom())/>
        {dots}
    }
}

fn reads(reading: &chart::Reading, drawn: &Drawn) -> impl IntoView + use<> {
    let values = reading
        .values
        .iter()
        .zip(&drawn.lines)
        .map(|(value, line)| {
            let figure =
                value.as_ref().map_or_else(|| "not measured".to_owned(), |(_, figure)| figure.clone());
            view! { <span class=format!("ink {}", line.class)>{line.name.clone()}" "{figure}</span> }
        })
        .views();
    view! { <span>{reading.time.clone()}</span>{values} }
}
