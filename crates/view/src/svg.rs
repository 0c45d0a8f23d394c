//! Marks as SVG text: for the legend, for exports, and for a look in tests. Everything from labels is escaped.

use crate::{
    format::{append, px},
    mark::{Align, Ink, Mark, Owner, Segment, Shape, Stroke, Text},
    palette::{Theme, Token},
};
use layout::{Point, Rect};

/// Where colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// `var(--token)`: the page's own style decides.
    Variables,
    Fixed(Theme),
}

/// The system's sans; the named ones come first so that nothing falls to a wide default.
const FAMILY: &str = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Inter, Roboto, 'Noto Sans', 'Liberation Sans', system-ui, sans-serif";

/// The marks as elements, without the `<svg>` round them.
pub fn elements(marks: &[Mark], colours: Colours) -> String {
    let mut out = String::new();
    for mark in marks {
        element(&mut out, mark, colours);
    }
    out
}

/// A whole document. `heading` names it; `title(owner)` names what belongs together for the reader that hovers or listens.
pub fn document(
    marks: &[Mark],
    bounds: Rect,
    colours: Colours,
    heading: &str,
    title: &dyn Fn(Owner) -> Option<String>,
) -> String {
    let (x, y, w, h) = (Number(bounds.x), Number(bounds.y), Number(bounds.width), Number(bounds.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{x} {y} {w} {h}\" width=\"{w}\" height=\"{h}\" font-family=\"{FAMILY}\" role=\"img\"><title>{}</title>",
        escaped(heading)
    );
    let sea = colour(Token::Sea, colours);
    append(&mut out, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{sea}\"/>"));
    // Shapes of one owner lie side by side in the list, so one name serves them all.
    for own in marks.chunk_by(|a, b| a.owner == b.owner) {
        let title = title(own[0].owner);
        if let Some(title) = &title {
            append(&mut out, format_args!("<g><title>{}</title>", escaped(title)));
        }
        for mark in own {
            element(&mut out, mark, colours);
        }
        if title.is_some() {
            out.push_str("</g>");
        }
    }
    out.push_str("</svg>\n");
    out
}

fn element(out: &mut String, mark: &Mark, colours: Colours) {
    match &mark.shape {
        Shape::Rect { rect, radius } => {
            let (x, y) = (Number(rect.x), Number(rect.y));
            let (w, h, r) = (Number(rect.width), Number(rect.height), Number(*radius));
            append(out, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\""));
        }
        Shape::Circle { centre, radius } => {
            let (x, y, r) = (Number(centre.x), Number(centre.y), Number(*radius));
            append(out, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\""));
        }
        Shape::Path(segments) => append(out, format_args!("<path d=\"{}\"", path_data(segments))),
        Shape::Text(text) => text_start(out, text),
    }
    paint(out, mark, colours);
    match &mark.shape {
        Shape::Text(text) => append(out, format_args!(">{}</text>", escaped(&text.text))),
        _ => out.push_str("/>"),
    }
}

fn text_start(out: &mut String, text: &Text) {
    let (x, y, size) = (Number(text.at.x), Number(text.at.y), Number(text.font.size));
    append(
        out,
        format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{}\"", text.font.weight),
    );
    match text.align {
        Align::Start => {}
        Align::Middle => out.push_str(" text-anchor=\"middle\""),
        Align::End => out.push_str(" text-anchor=\"end\""),
    }
    if text.tabular {
        out.push_str(" font-variant=\"tabular-nums\"");
    }
}

fn paint(out: &mut String, mark: &Mark, colours: Colours) {
    match mark.fill {
        Some(ink) => inked(out, "fill", ink, colours),
        None => out.push_str(" fill=\"none\""),
    }
    if let Some(stroke) = mark.stroke {
        stroked(out, stroke, colours);
        if matches!(mark.shape, Shape::Text(_)) {
            out.push_str(" paint-order=\"stroke\"");
        }
    }
}

fn stroked(out: &mut String, stroke: Stroke, colours: Colours) {
    inked(out, "stroke", stroke.ink, colours);
    append(out, format_args!(" stroke-width=\"{}\"", Number(stroke.width)));
    if let Some([on, off]) = stroke.dash {
        append(out, format_args!(" stroke-dasharray=\"{} {}\"", Number(on), Number(off)));
    }
    if stroke.round {
        out.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
    }
}

fn inked(out: &mut String, what: &str, ink: Ink, colours: Colours) {
    append(out, format_args!(" {what}=\"{}\"", colour(ink.token, colours)));
    if ink.opacity < 1.0 {
        append(out, format_args!(" {what}-opacity=\"{}\"", Number(ink.opacity)));
    }
}

fn colour(token: Token, colours: Colours) -> String {
    match colours {
        Colours::Variables => format!("var(--{})", token.word()),
        Colours::Fixed(theme) => token.css(theme).to_owned(),
    }
}

/// The `d` of a path.
pub fn path_data(segments: &[Segment]) -> String {
    let mut out = String::new();
    let mut add = |letter: char, points: &[Point]| {
        out.push(letter);
        for (i, point) in points.iter().enumerate() {
            if i > 0 {
                out.push(' ');
            }
            append(&mut out, format_args!("{} {}", Number(point.x), Number(point.y)));
        }
    };
    for segment in segments {
        match segment {
            Segment::Move(to) => add('M', &[*to]),
            Segment::Line(to) => add('L', &[*to]),
            Segment::Cubic(c1, c2, to) => add('C', &[*c1, *c2, *to]),
            Segment::Close => add('Z', &[]),
        }
    }
    out
}

/// Two decimals at most; what is no number is 0, so that a document is always well formed.
pub(crate) struct Number(pub(crate) f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&px(if self.0.is_finite() { self.0 } else { 0.0 }))
    }
}

/// Safe inside elements and attributes; characters that XML forbids become `�`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Font;

    #[test]
    fn labels_are_text_and_never_markup() {
        let text = Text::new(Point::new(1.0, 2.345_6), "<script>\"&'\u{1}</script>", Font::new(11.0, 400));
        let mark = Mark {
            shape: Shape::Text(text),
            fill: Some(Token::Text.into()),
            stroke: None,
            owner: Owner::Node(0),
            role: "name",
        };
        assert_eq!(
            elements(&[mark], Colours::Variables),
            "<text x=\"1\" y=\"2.35\" font-size=\"11\" font-weight=\"400\" fill=\"var(--text)\">\
             &lt;script&gt;&quot;&amp;&#39;\u{fffd}&lt;/script&gt;</text>"
        );
    }

    #[test]
    fn numbers_are_always_numbers() {
        let text = [f64::NAN, f64::INFINITY, -0.001, 1.0 / 3.0].map(|n| Number(n).to_string());
        assert_eq!(text, ["0", "0", "0", "0.33"]);
    }
}
