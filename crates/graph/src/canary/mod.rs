//! Is one version worse than another, by the evidence of one window?
//!
//! Under equal risk each of a cell's errors falls on the candidate with its share of the cell's requests. The e-value
//! compares that with the candidate being λ times as risky, cell by cell, so that neither ramps nor sources that send
//! differently can fool it, and averages over λ. It never compares two percentages.
//! It must not know snapshots, nodes or the wire.

pub(crate) mod compare;

/// How much worse the alternatives say that it is.
const LAMBDAS: [f64; 6] = [1.25, 1.5, 2.0, 3.0, 5.0, 10.0];

/// The exponent at which evidence is capped, so that it stays a finite number.
const LOG_CAP: f64 = 690.0;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) requests: f64,
    pub(crate) errors: f64,
}

/// One caller's requests to both versions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) candidate: Tally,
    pub(crate) baseline: Tally,
}

impl Cell {
    /// A caller that sends to one version only compares nothing.
    pub(crate) fn compares(&self) -> bool {
        self.candidate.requests > 0.0 && self.baseline.requests > 0.0
    }
}

/// E : 1 that the candidate is worse.
pub(crate) fn evidence_worse(cells: &[Cell]) -> f64 {
    let logs = LAMBDAS.map(|lambda| log_evidence(cells, lambda));
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| (log - highest).exp()).sum();
    (highest + (sum / LAMBDAS.len() as f64).ln()).min(LOG_CAP).exp()
}

fn log_evidence(cells: &[Cell], lambda: f64) -> f64 {
    cells
        .iter()
        .filter(|cell| cell.compares())
        .map(|Cell { candidate, baseline }| {
            let errors = candidate.errors + baseline.errors;
            let requests = candidate.requests + baseline.requests;
            candidate.errors * lambda.ln()
                + errors * (requests / (lambda * candidate.requests + baseline.requests)).ln()
        })
        .sum()
}

/// How many times as often the candidate fails, over the cells (Mantel–Haenszel). None where the baseline never does.
pub(crate) fn risk_ratio(cells: &[Cell]) -> Option<f64> {
    let (mut above, mut below) = (0.0, 0.0);
    for Cell { candidate, baseline } in cells.iter().filter(|cell| cell.compares()) {
        let all = candidate.requests + baseline.requests;
        above += candidate.errors * baseline.requests / all;
        below += baseline.errors * candidate.requests / all;
    }
    (below > 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(candidate: Counted, baseline: Counted) -> Cell {
        let tally =
            |(requests, errors): Counted| Tally { requests: f64::from(requests), errors: f64::from(errors) };
        Cell { candidate: tally(candidate), baseline: tally(baseline) }
    }

    /// Requests and errors.
    type Counted = (u32, u32);

    /// The likelihood ratio multiplied out error by error, as it is defined: each error is drawn on its own.
    fn by_brute_force(cells: &[(Counted, Counted)]) -> f64 {
        let mut mean = 0.0;
        for lambda in LAMBDAS {
            let mut ratio = 1.0;
            for ((n_c, x_c), (n_b, x_b)) in cells {
                let (n_c, n_b) = (f64::from(*n_c), f64::from(*n_b));
                let null = n_c / (n_c + n_b);
                let alternative = lambda * n_c / (lambda * n_c + n_b);
                for _ in 0..*x_c {
                    ratio *= alternative / null;
                }
                for _ in 0..*x_b {
                    ratio *= (1.0 - alternative) / (1.0 - null);
                }
            }
            mean += ratio / 6.0;
        }
        mean
    }

    #[test]
    fn known_values() {
        assert!((evidence_worse(&[]) - 1.0).abs() < 1e-12);
        // One error, on the candidate, of equally many requests: each λ gives 2λ/(λ+1).
        let expected = (2.5 / 2.25 + 3.0 / 2.5 + 4.0 / 3.0 + 6.0 / 4.0 + 10.0 / 6.0 + 20.0 / 11.0) / 6.0;
        assert!((evidence_worse(&[cell((50, 1), (50, 0))]) - expected).abs() < 1e-12);
        // Twelve of thirteen errors on a tenth of the requests.
        let strong = evidence_worse(&[cell((100, 12), (900, 1))]);
        assert!(strong > 1e6, "{strong}");
        assert!(evidence_worse(&[cell((1_000_000, 900_000), (1_000_000, 1))]).is_finite());
    }

    #[test]
    fn the_ratio_is_that_of_the_textbook() {
        // (10/100) over (10/200), and a second stratum with the same ratio.
        assert_eq!(risk_ratio(&[cell((100, 10), (200, 10))]), Some(2.0));
        let two = [cell((100, 10), (200, 10)), cell((400, 16), (100, 2))];
        assert!((risk_ratio(&two).expect("errors on both sides") - 2.0).abs() < 1e-12);
        assert_eq!(risk_ratio(&[cell((100, 1), (100, 0))]), None);
    }

    #[test]
    fn simpson_does_not_fool_it() {
        // Both versions fail alike for each caller, but the candidate gets most of its requests from the caller that
        // fails often: the crude shares are 8.2 % against 2.8 %.
        let cells = [cell((90, 9), (210, 21)), cell((30, 0), (900, 9))];
        assert!(evidence_worse(&cells) < 2.0, "{}", evidence_worse(&cells));
    }

    #[test]
    fn the_law_of_chance_keeps_it_fair() {
        // The expectation under equal risk is 1: sum over every way in which 8 errors can fall, weighed exactly.
        let (n_c, n_b, errors) = (30.0_f64, 90.0, 8_u32);
        let theta = n_c / (n_c + n_b);
        let mut expectation = 0.0;
        let mut choose = 1.0;
        for on_candidate in 0..=errors {
            let x_c = f64::from(on_candidate);
            let x_b = f64::from(errors - on_candidate);
            let chance = choose * theta.powf(x_c) * (1.0 - theta).powf(x_b);
            let cell = Cell {
                candidate: Tally { requests: n_c, errors: x_c },
                baseline: Tally { requests: n_b, errors: x_b },
            };
            expectation += chance * evidence_worse(&[cell]);
            choose = choose * x_b / (x_c + 1.0);
        }
        assert!((expectation - 1.0).abs() < 1e-9, "{expectation}");
    }

    proptest! {
        #[test]
        fn equals_brute_force(
            cells in proptest::collection::vec(((1_u32..40, 0_u32..6), (1_u32..40, 0_u32..6)), 1..4)
        ) {
            let got = evidence_worse(&cells.iter().map(|(c, b)| cell(*c, *b)).collect::<Vec<_>>());
            let expected = by_brute_force(&cells);
            prop_assert!((got - expected).abs() <= 1e-9 * expected, "{} {}", got, expected);
        }

        #[test]
        fn a_caller_of_one_version_adds_nothing(n in 1_u32..1_000, x in 0_u32..1_000) {
            let both = cell((50, 4), (500, 3));
            let alone = evidence_worse(&[both]);
            for one_sided in [cell((n, x), (0, 0)), cell((0, 0), (n, x))] {
                prop_assert!((alone - evidence_worse(&[both, one_sided])).abs() < 1e-12);
            }
        }
    }
}
