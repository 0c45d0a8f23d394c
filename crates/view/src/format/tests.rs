//! Every form of the table of numbers, and laws that hold for all values.

use super::*;
use model::QuantileMs;
use proptest::prelude::*;

fn check(form: impl Fn(f64) -> String, cases: &[(f64, &str)]) {
    for (value, text) in cases {
        assert_eq!(form(*value).replace(NBSP, " "), *text, "{value}");
    }
}

#[test]
fn rates() {
    check(
        rate,
        &[
            (0.0, "0 rps"),
            (0.000_01, "<0.0001 rps"),
            (0.0133, "0.0133 rps"),
            (0.999_6, "1.00 rps"),
            (4.312, "4.31 rps"),
            (9.995, "9.99 rps"),
            (9.999, "10.0 rps"),
            (38.4, "38.4 rps"),
            (311.9, "312 rps"),
            (2_168.0, "2,170 rps"),
            (9_996.0, "10.0 k rps"),
            (12_400.0, "12.4 k rps"),
            (999_600.0, "1.00 M rps"),
            (f64::NAN, "?"),
            (f64::INFINITY, "?"),
            (-1.0, "?"),
        ],
    );
}

#[test]
fn shares() {
    check(
        share,
        &[
            (0.0, "0 %"),
            (0.000_04, "<0.01 %"),
            (0.000_06, "0.01 %"),
            (0.005_2, "0.52 %"),
            (0.096_3, "9.63 %"),
            (0.099_96, "10.0 %"),
            (0.904, "90.4 %"),
            (0.999_4, "99.9 %"),
            (0.999_6, ">99.9 %"),
            (0.999_999, ">99.9 %"),
            (1.0, "100 %"),
            (1.000_000_000_1, "100 %"),
            (f64::NAN, "?"),
        ],
    );
}

#[test]
fn times() {
    check(
        duration_ms,
        &[
            (0.0, "0 ms"),
            (0.004, "<0.01 ms"),
            (0.42, "0.42 ms"),
            (0.999, "1 ms"),
            (4.75, "4.8 ms"),
            (9.0, "9 ms"),
            (9.97, "10 ms"),
            (311.7, "312 ms"),
            (999.7, "1.00 s"),
            (1_240.0, "1.24 s"),
            (62_000.0, "62.0 s"),
            (f64::NAN, "?"),
        ],
    );
    assert_eq!(quantile(QuantileMs { ms: 10_000.0, at_least: true }), "≥10.0\u{a0}s");
    assert_eq!(quantile(QuantileMs { ms: 94.2, at_least: false }), "94\u{a0}ms");
}

#[test]
fn bytes_are_decimal() {
    check(
        bytes_per_s,
        &[
            (0.0, "0 B/s"),
            (0.001, "<0.01 B/s"),
            (512.0, "512 B/s"),
            (999.7, "1.00 kB/s"),
            (684_000.0, "684 kB/s"),
            (1_423_000.0, "1.42 MB/s"),
            (3.1e9, "3.10 GB/s"),
            (f64::NEG_INFINITY, "?"),
        ],
    );
    assert_eq!(bytes(1_500.0), "1.50\u{a0}kB");
}

#[test]
fn ratios_evidence_and_counts() {
    check(ratio, &[(7.8, "7.80×"), (1.0, "1.00×"), (0.25, "0.250×"), (2e6, "over 1,000,000×")]);
    assert_eq!(interval(6.974, 8.716), "6.97 to 8.72");
    check(
        evidence,
        &[
            (34.2, "34 : 1"),
            (4.31, "4.3 : 1"),
            (0.4, "0.40 : 1"),
            (0.001, "under 0.01 : 1"),
            (12_345.0, "12,300 : 1"),
            (2e6, "over 1,000,000 : 1"),
            (f64::INFINITY, "over 1,000,000 : 1"),
            (f64::NAN, "?"),
        ],
    );
    check(
        count,
        &[
            (0.0, "0"),
            (8.4, "8"),
            (13_560.0, "13,560"),
            (127_300.0, "127,300"),
            (999_999.0, "999,999"),
            (1_271_000.0, "1.27 M"),
            (2e9, "2.00 G"),
        ],
    );
}

#[test]
fn instants_and_ages() {
    let at = 1_795_530_730; // 2026-11-24 14:32:10 UTC
    assert_eq!(instant(at), "14:32:10\u{a0}UTC");
    assert_eq!(moment(at, at + 3_600), "14:32:10\u{a0}UTC");
    assert_eq!(moment(at, at + 86_400), "2026-11-24\u{a0}14:32:10\u{a0}UTC");
    assert_eq!(clock(at), "14:32");
    assert_eq!(date_clock(at), "2026-11-24\u{a0}14:32");
    assert_eq!(date_clock(951_782_400), "2000-02-29\u{a0}00:00");
    assert_eq!(date_clock(-1), "1969-12-31\u{a0}23:59");
    check(
        age,
        &[
            (12.4, "12 s ago"),
            (250.0, "4 min ago"),
            (3_599.0, "59 min ago"),
            (7_300.0, "2 h ago"),
            (200_000.0, "2 d ago"),
            (-3.0, "0 s ago"),
        ],
    );
    assert_eq!(since(at, at + 240), "4\u{a0}min\u{a0}ago");
    assert_eq!(since(at, at + 7_200), "at\u{a0}14:32");
    assert_eq!(since(at, at + 200_000), "at\u{a0}2026-11-24\u{a0}14:32");
    assert_eq!(
        [90, 600, 3_600, 5_400, 86_400, 604_800].map(window).join(", ").replace(NBSP, " "),
        "90 s, 10 min, 1 h, 1 h 30 min, 24 h, 7 d"
    );
}

proptest! {
    #[test]
    fn no_figure_outgrows_its_column(value in prop_oneof![any::<f64>(), 0.0..1e9_f64, 0.0..1.0_f64]) {
        let short = [rate(value), bytes_per_s(value), duration_ms(value), count(value), share(value.abs().min(1.0))];
        for text in short {
            prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
            if value.abs() < 1e11 {
                prop_assert!(text.chars().count() <= 12, "{text}");
            }
        }
    }

    #[test]
    fn nothing_is_rounded_to_none_or_all(value in 1e-12..0.999_999_999_f64) {
        let text = share(value);
        prop_assert!(text != share(0.0) && text != share(1.0), "{text}");
    }

    #[test]
    fn three_digits_are_within_half_a_percent(value in 1e-4..1e9_f64) {
        let read: f64 = three_digits(value).replace(',', "").parse().unwrap();
        prop_assert!((read - value).abs() <= value * 0.005 + 1e-12);
    }
}
