//! Functions of one number, by name. Must not know vectors.

/// A function of one number.
pub(super) type Elementwise = fn(f64) -> f64;

const ALL: &[(&str, Elementwise)] = &[
    ("abs", f64::abs),
    ("ceil", f64::ceil),
    ("deg", f64::to_degrees),
    ("exp", f64::exp),
    ("floor", f64::floor),
    ("ln", f64::ln),
    ("log10", f64::log10),
    ("log2", f64::log2),
    ("rad", f64::to_radians),
    ("sgn", sign),
    ("sqrt", f64::sqrt),
];

pub(super) fn find(name: &str) -> Option<Elementwise> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

/// Unlike `f64::signum`, zero has no sign.
fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        value
    }
}

/// To the nearest multiple, halves upwards.
pub(super) fn round(value: f64, multiple: f64) -> f64 {
    let inverse = 1.0 / multiple;
    (value * inverse + 0.5).floor() / inverse
}
