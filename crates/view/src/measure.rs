//! How wide text is. The browser measures with its canvas; tests and the server's export with the table here.
//! Knows no colour and no place.

/// Size in scene pixels and weight as CSS counts it. The family is always the system's sans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    pub size: f64,
    pub weight: u16,
}

impl Font {
    pub const fn new(size: f64, weight: u16) -> Self {
        Self { size, weight }
    }
}

pub trait MeasureText {
    /// Advance width in scene pixels.
    fn width(&self, text: &str, font: Font) -> f64;
}

/// Widths of an ordinary sans, on the wide side, so that what fits here fits on a screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApproximateMeasure;

impl MeasureText for ApproximateMeasure {
    fn width(&self, text: &str, font: Font) -> f64 {
        let bold = if font.weight >= 600 { 1.05 } else { 1.0 };
        text.chars().map(advance).sum::<f64>() * font.size * bold
    }
}

/// In parts of the font size.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.27,
        'f' | 't' | 'r' | ' ' | '\u{a0}' | '(' | ')' | '[' | ']' | '/' | '-' => 0.35,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.87,
        '\u{202f}' | '\u{2009}' => 0.2,
        '→' | '…' | '≥' | '×' => 0.9,
        'A'..='Z' => 0.69,
        _ if (c as u32) >= 0x1100 => 1.0,
        _ => 0.59,
    }
}

/// A piece of text and where it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run<'a> {
    pub text: &'a str,
    pub x: f64,
}

/// The pieces to draw so that each digit takes the advance of `0`, wherever the font has proportional figures. Each
/// digit is centred on its place. Also gives the whole width.
pub fn tabular_runs<'a>(text: &'a str, font: Font, measure: &dyn MeasureText) -> (Vec<Run<'a>>, f64) {
    let zero = measure.width("0", font);
    let mut runs = Vec::new();
    let mut x = 0.0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (piece, tail) = if first.is_ascii_digit() {
            rest.split_at(1)
        } else {
            rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()))
        };
        let width = measure.width(piece, font);
        if first.is_ascii_digit() {
            runs.push(Run { text: piece, x: x + (zero - width) / 2.0 });
            x += zero;
        } else {
            runs.push(Run { text: piece, x });
            x += width;
        }
        rest = tail;
    }
    (runs, x)
}

/// The width of [`tabular_runs`] without the runs.
pub fn tabular_width(text: &str, font: Font, measure: &dyn MeasureText) -> f64 {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let zero = measure.width("0", font);
    text.split(|c: char| c.is_ascii_digit())
        .filter(|piece| !piece.is_empty())
        .map(|piece| measure.width(piece, font))
        .sum::<f64>()
        + zero * digits as f64
}

/// Shortens in the middle, as both ends of a host tell hosts apart. The result fits `room` unless not even `…` does.
pub fn ellipsis(text: &str, room: f64, font: Font, measure: &dyn MeasureText) -> String {
    if measure.width(text, font) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let shortened = |kept: usize| {
        let head = kept.div_ceil(2);
        let tail = kept - head;
        let head: String = chars[..head].iter().collect();
        let tail: String = chars[chars.len() - tail..].iter().collect();
        format!("{}…{}", head.trim_end(), tail.trim_start())
    };
    let (mut fits, mut too_many) = (0, chars.len());
    while too_many - fits > 1 {
        let kept = usize::midpoint(fits, too_many);
        if measure.width(&shortened(kept), font) <= room {
            fits = kept;
        } else {
            too_many = kept;
        }
    }
    shortened(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FONT: Font = Font::new(11.0, 400);

    /// As a browser's canvas does with proportional figures.
    struct NarrowOne;

    impl MeasureText for NarrowOne {
        fn width(&self, text: &str, font: Font) -> f64 {
            text.chars().map(|c| if c == '1' { 0.3 } else { 0.6 } * font.size).sum()
        }
    }

    #[test]
    fn digits_stand_in_columns_whatever_they_are() {
        let (ones, width_of_ones) = tabular_runs("11.1 %", FONT, &NarrowOne);
        let (eights, width_of_eights) = tabular_runs("88.8 %", FONT, &NarrowOne);
        assert!((width_of_ones - width_of_eights).abs() < 1e-9);
        assert_eq!(
            ones.iter().map(|run| run.text).collect::<Vec<_>>(),
            ["1", "1", ".", "1", " %"],
            "each digit alone, the rest together"
        );
        assert!((ones[2].x - eights[2].x).abs() < 1e-9);
        assert!((tabular_width("11.1 %", FONT, &NarrowOne) - width_of_ones).abs() < 1e-9);
    }

    #[test]
    fn the_middle_gives_way() {
        let room = ApproximateMeasure.width("api.payme…example", FONT);
        let text = ellipsis("api.payments.acme.example", room, FONT, &ApproximateMeasure);
        assert!(text.starts_with("api.") && text.ends_with("ample") && text.contains('…'), "{text}");
        assert_eq!(ellipsis("short", 100.0, FONT, &ApproximateMeasure), "short");
        assert_eq!(ellipsis("anything", 0.0, FONT, &ApproximateMeasure), "…");
    }

    proptest! {
        #[test]
        fn what_is_shortened_fits(text in "\\PC{0,300}", room in 12.0..300.0_f64) {
            let short = ellipsis(&text, room, FONT, &ApproximateMeasure);
            prop_assert!(ApproximateMeasure.width(&short, FONT) <= room);
        }
    }
}
