//! Which mesh the demo shows: the shop, a scenario of one's own, or one made up to a size.

use std::sync::Arc;

use meshsim::{Mesh, SEED};

/// `scenario` is the text of a scenario file. A size goes with the made-up mesh only.
pub fn mesh(scenario: Option<&str>, services: Option<usize>) -> Result<Arc<Mesh>, String> {
    let mesh = match (scenario, services) {
        (Some(_), Some(_)) => {
            return Err(
                "--scenario and --demo-scale do not go together: a made-up mesh has no file.".to_owned()
            );
        }
        (None, Some(0)) => return Err("--demo-scale is 0: a mesh has at least one service.".to_owned()),
        (Some(text), None) => Mesh::from_toml(text, SEED)
            .map_err(|mistakes| format!("The scenario has mistakes:\n{mistakes}"))?,
        (None, Some(services)) => Mesh::scaled(services),
        (None, None) => Mesh::shop(),
    };
    Ok(Arc::new(mesh))
}

/// The text of a scenario that comes with the demo.
pub fn scenario(name: &str) -> Option<&'static str> {
    meshsim::SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What they are called.
pub fn scenario_names() -> Vec<&'static str> {
    meshsim::SCENARIOS.iter().map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_sentences() {
        assert!(mesh(Some(""), Some(5)).unwrap_err().contains("do not go together"));
        assert!(mesh(Some("nonsense"), None).unwrap_err().contains("mistakes"));
        assert!(mesh(None, Some(0)).is_err());
    }
}
