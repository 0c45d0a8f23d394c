//! Contrast and colour vision of the palette, computed.

use super::*;
use Token::*;

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn luminance(token: Token, theme: Theme) -> f64 {
    let [r, g, b] = token.rgb(theme).map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Token, b: Token, theme: Theme) -> f64 {
    let (a, b) = (luminance(a, theme), luminance(b, theme));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What the page's own style says, block by block: light, dark by choice, dark by the system.
fn of_the_page() -> [Vec<(&'static str, &'static str)>; 3] {
    let css = include_str!("../../../../assets/css/00-tokens.css");
    let heads = [":root {", ":root[data-theme=\"dark\"] {", ":root:not([data-theme]) {"];
    heads.map(|head| {
        let (_, rest) = css.split_once(head).expect("the block is there");
        let (block, _) = rest.split_once('}').expect("it ends");
        // A comment ends before its declaration begins.
        let lines = block.split(';').map(|line| line.rsplit_once("*/").map_or(line, |(_, line)| line));
        let pairs = lines.filter_map(|line| line.split_once(':'));
        pairs.filter_map(|(name, value)| Some((name.trim().strip_prefix("--")?, value.trim()))).collect()
    })
}

#[test]
fn the_canvas_and_the_page_have_the_same_colours() {
    let [light, chosen, by_system] = of_the_page();
    for &token in Token::ALL {
        for (theme, block) in [(Theme::Light, &light), (Theme::Dark, &chosen), (Theme::Dark, &by_system)] {
            let on_page = block.iter().find(|(name, _)| *name == token.word());
            assert_eq!(on_page.map(|(_, value)| *value), Some(token.css(theme)), "{token:?} in {theme:?}");
        }
    }
    assert_eq!(chosen, by_system, "dark is dark, whoever chose it");
    let aliases = ["focus", "better"];
    for (name, value) in light.iter().filter(|(_, value)| value.starts_with('#')) {
        let known = Token::ALL.iter().any(|token| token.word() == *name) || aliases.contains(name);
        assert!(known, "--{name} {value} is checked by nobody");
    }
    for block in [&light, &chosen] {
        let value = |name: &str| block.iter().find(|(word, _)| *word == name).map(|(_, value)| *value);
        assert!(aliases.iter().all(|alias| value(alias) == value("accent")));
    }
}

/// Contrast that the designer reached, light and dark. A colour that changes may only be better.
const REACHED: [(Token, Token, [f64; 2]); 41] = [
    (Text, Surface, [16.49, 13.90]),
    (Text2, Surface, [7.65, 8.60]),
    (Text3, Surface, [5.38, 5.66]),
    (Text, Land, [15.75, 15.28]),
    (Text2, Land, [7.31, 9.46]),
    (Text3, Land, [5.14, 6.22]),
    (Text, Sea, [14.65, 16.25]),
    (Text2, Sea, [6.80, 10.05]),
    (Text3, Sea, [4.78, 6.62]),
    (Text, Sunken, [14.94, 15.15]),
    (Text2, Sunken, [6.93, 9.37]),
    (Text3, Sunken, [4.88, 6.17]),
    (Accent, Surface, [6.08, 7.03]),
    (Accent, AccentSoft, [5.09, 5.87]),
    (OnAccent, Accent, [6.08, 7.33]),
    (DegradedText, DegradedSoft, [6.15, 7.97]),
    (DegradedText, Sea, [6.04, 10.18]),
    (FailingText, FailingSoft, [5.73, 6.92]),
    (FailingText, Sea, [5.94, 8.26]),
    (Degraded, Sea, [3.32, 8.07]),
    (Failing, Sea, [4.56, 5.92]),
    (Healthy, Surface, [4.40, 4.91]),
    (Idle, Surface, [3.26, 3.54]),
    (Unknown, Surface, [3.83, 5.19]),
    (Control, Surface, [3.62, 3.54]),
    (Edge, Sea, [3.27, 3.79]),
    (EdgeTcp, Sea, [3.34, 4.50]),
    (Accent, Sea, [5.4, 8.2]),
    (EdgeStrong, Sea, [6.11, 8.78]),
    (Particle, Edge, [3.16, 3.68]),
    (V1, Surface, [4.71, 4.43]),
    (V2, Surface, [7.82, 4.19]),
    (V3, Surface, [11.89, 11.97]),
    (V4, Surface, [4.02, 9.39]),
    (V5, Surface, [3.138, 8.52]),
    (V6, Surface, [9.96, 5.81]),
    (Surface, Failing, [3.0, 3.0]),
    (Surface, Degraded, [3.0, 3.0]),
    (Slower, Sea, [3.0, 3.0]),
    (Faster, Sea, [3.0, 3.0]),
    (Ramp5, Sea, [3.0, 3.0]),
];

#[test]
fn contrast_is_never_less_than_the_designer_reached() {
    for (a, b, reached) in REACHED {
        for (theme, floor) in THEMES.into_iter().zip(reached) {
            let ratio = contrast(a, b, theme);
            assert!(ratio >= floor - 0.005, "{a:?} on {b:?} in {theme:?}: {ratio:.2}, was {floor}");
        }
    }
}

#[test]
fn text_reaches_aa_on_every_ground_it_stands_on() {
    let soft = [
        (DegradedText, Land),
        (FailingText, Land),
        (Text2, FailingSoft),
        (Text2, DegradedSoft),
        (Text3, DegradedSoft),
        (Text3, FailingSoft),
        (Text, FailingSoft),
        (Text, AccentSoft),
        (Text2, AccentSoft),
    ];
    let texts = [Text, Text2, Text3, Accent, OnAccent, DegradedText, FailingText];
    let reached = REACHED.into_iter().map(|(text, ground, _)| (text, ground));
    for (text, ground) in reached.filter(|(text, _)| texts.contains(text)).chain(soft) {
        for theme in THEMES {
            let ratio = contrast(text, ground, theme);
            assert!(ratio >= 4.5, "{text:?} on {ground:?} in {theme:?}: {ratio:.2}");
        }
    }
}

#[test]
fn marks_reach_three_to_one() {
    for theme in THEMES {
        for (mark, ground, _) in REACHED {
            let ratio = contrast(mark, ground, theme);
            assert!(ratio >= 3.0, "{mark:?} on {ground:?} in {theme:?}: {ratio:.2}");
        }
        // What is fainter is drawn with a casing: the list must be whole.
        for ink in crate::overlay::ALL.iter().flat_map(|overlay| overlay.legend).map(|swatch| swatch.token) {
            let cased = FAINT.contains(&ink) || ink == EdgeGhost || ink == LineStrong;
            let ratio = contrast(ink, Sea, theme);
            assert!(cased || ratio >= MEDIUM, "{ink:?} as a line in {theme:?}: {ratio:.2}");
        }
    }
}

/// Wide lines with a label may be a little fainter than thin marks.
const MEDIUM: f64 = 2.2;

/// Full dichromacy on linear RGB, after Machado, Oliveira and Fernandes (2009).
const DICHROMACIES: [(&str, [[f64; 3]; 3]); 3] = [
    (
        "protan",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deutan",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritan",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn times(matrix: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn oklab(rgb: [f64; 3]) -> [f64; 3] {
    let to_lms = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ];
    let to_lab = [
        [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
    ];
    times(&to_lab, times(&to_lms, rgb).map(f64::cbrt))
}

/// OKLab distance × 100.
fn distance(a: Token, b: Token, theme: Theme, vision: Option<&[[f64; 3]; 3]>) -> f64 {
    let seen = |token: Token| {
        let rgb = token.rgb(theme).map(linear);
        oklab(vision.map_or(rgb, |matrix| times(matrix, rgb).map(|c| c.clamp(0.0, 1.0))))
    };
    let (a, b) = (seen(a), seen(b));
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt() * 100.0
}

/// The least distance of any two versions, and that of the first two, for each eye in light and dark.
const APART: [(&str, [(f64, f64); 2]); 4] = [
    ("normal", [(10.7, 24.4), (12.3, 21.8)]),
    ("protan", [(9.7, 21.5), (11.2, 15.4)]),
    ("deutan", [(11.2, 18.1), (8.4, 18.4)]),
    ("tritan", [(9.4, 26.8), (12.1, 24.4)]),
];

fn visions() -> impl Iterator<Item = (&'static str, Option<&'static [[f64; 3]; 3]>)> {
    std::iter::once(("normal", None)).chain(DICHROMACIES.iter().map(|(name, m)| (*name, Some(m))))
}

fn least(tokens: &[Token], theme: Theme, vision: Option<&[[f64; 3]; 3]>) -> f64 {
    let pairs = tokens.iter().enumerate().flat_map(|(i, a)| tokens[i + 1..].iter().map(move |b| (*a, *b)));
    pairs.map(|(a, b)| distance(a, b, theme, vision)).fold(f64::INFINITY, f64::min)
}

#[test]
fn versions_differ_for_every_eye() {
    for ((name, vision), (of, reached)) in visions().zip(APART) {
        assert_eq!(name, of);
        for (theme, (any_two, first_two)) in THEMES.into_iter().zip(reached) {
            let (any, first) = (least(&VERSIONS, theme, vision), distance(V1, V2, theme, vision));
            assert!(
                any >= 8.0 && any >= any_two - 0.06,
                "any two, {name}, {theme:?}: {any:.2}, was {any_two}"
            );
            assert!(
                first >= 15.0 && first >= first_two - 0.06,
                "v1 and v2, {name}, {theme:?}: {first:.2}, was {first_two}"
            );
        }
    }
}

#[test]
fn what_one_overlay_tells_apart_every_eye_tells_apart() {
    for overlay in &crate::overlay::ALL {
        let mut tokens: Vec<Token> = overlay.legend.iter().map(|swatch| swatch.token).collect();
        // A ghost is dotted, whatever its colour.
        tokens.retain(|token| *token != EdgeGhost);
        for (name, vision) in visions() {
            for theme in THEMES {
                let apart = least(&tokens, theme, vision);
                assert!(apart >= 5.0, "{}, {name}, {theme:?}: {apart:.1}", overlay.word);
            }
        }
    }
}

#[test]
fn trouble_differs_from_calm_and_from_worse_trouble_for_every_eye() {
    for (name, vision) in visions() {
        for theme in THEMES {
            let calm = [Degraded, Failing].map(|trouble| distance(trouble, Edge, theme, vision));
            let apart = distance(Degraded, Failing, theme, vision);
            // Sign and hatch tell the two troubles apart besides.
            assert!(
                apart >= 6.0 && calm.iter().all(|calm| *calm >= 8.0),
                "{name}, {theme:?}: {apart:.1} {calm:.1?}"
            );
        }
    }
}

#[test]
fn versions_never_borrow_a_warm_colour() {
    for theme in THEMES {
        for version in VERSIONS {
            for warm in [Degraded, Failing] {
                let apart = distance(version, warm, theme, None);
                assert!(apart >= 8.0, "{version:?} like {warm:?} in {theme:?}: {apart:.1}");
            }
        }
    }
}

#[test]
fn versions_repeat_after_six() {
    assert_eq!(version_colour(0), V1);
    assert_eq!(version_colour(7), V2);
    assert_eq!(Token::Sea.rgb(Theme::Light), [0xEE, 0xF2, 0xF5]);
}
