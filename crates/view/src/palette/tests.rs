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

#[test]
fn text_reaches_aa_on_every_ground_it_stands_on() {
    let mut pairs = vec![
        (Accent, Surface),
        (Accent, AccentSoft),
        (OnAccent, Accent),
        (DegradedText, DegradedSoft),
        (DegradedText, Sea),
        (DegradedText, Land),
        (FailingText, FailingSoft),
        (FailingText, Sea),
        (FailingText, Land),
        (Text2, FailingSoft),
        (Text2, DegradedSoft),
        (Text, FailingSoft),
    ];
    for ground in [Surface, Land, Sea, Sunken] {
        pairs.extend([Text, Text2, Text3].map(|text| (text, ground)));
    }
    for theme in THEMES {
        for &(text, ground) in &pairs {
            let ratio = contrast(text, ground, theme);
            assert!(ratio >= 4.5, "{text:?} on {ground:?} in {theme:?}: {ratio:.2}");
        }
    }
}

#[test]
fn marks_reach_three_to_one() {
    let mut pairs = vec![
        (Degraded, Sea),
        (Failing, Sea),
        (Healthy, Surface),
        (Idle, Surface),
        (Unknown, Surface),
        (Edge, Sea),
        (EdgeTcp, Sea),
        (EdgeStrong, Sea),
        (Particle, Edge),
    ];
    pairs.extend(VERSIONS.map(|version| (version, Surface)));
    for theme in THEMES {
        for &(mark, ground) in &pairs {
            let ratio = contrast(mark, ground, theme);
            assert!(ratio >= 3.0, "{mark:?} on {ground:?} in {theme:?}: {ratio:.2}");
        }
    }
}

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

#[test]
fn versions_differ_for_every_eye() {
    let visions =
        std::iter::once(("normal", None)).chain(DICHROMACIES.iter().map(|(name, m)| (*name, Some(m))));
    for (name, vision) in visions {
        for theme in THEMES {
            let first_two = distance(V1, V2, theme, vision);
            assert!(first_two >= 15.0, "v1 and v2, {name}, {theme:?}: {first_two:.1}");
            for (i, &a) in VERSIONS.iter().enumerate() {
                for &b in &VERSIONS[i + 1..] {
                    let any = distance(a, b, theme, vision);
                    assert!(any >= 8.0, "{a:?} and {b:?}, {name}, {theme:?}: {any:.1}");
                }
            }
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
