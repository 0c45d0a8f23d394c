//! How often random tests try, and where they keep what they have found.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::FileFailurePersistence;

/// What was lost once is asked again in every run: it stands in the file of that name beside the tests.
pub(crate) fn config(cases: u32, file: &'static str) -> ProptestConfig {
    let failure_persistence = Some(Box::new(FileFailurePersistence::Direct(file)) as Box<_>);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}
