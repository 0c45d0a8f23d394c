//! The matchers that go into every selector. They are read as PromQL here, once, so that none can leave its braces.

use promql_parser::parser::{self, Expr};

/// The matchers without braces, or what is wrong with them.
pub(super) fn read(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    let bare = trimmed.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(trimmed);
    let bare = bare.trim().trim_end_matches(',').trim_end();
    let mistake = |why: &str| {
        format!(
            "--extra-matcher is `{text}`, {why}. Write it like cluster=\"eu\" or cluster=\"eu\",env=~\"a|b\"."
        )
    };
    if bare.is_empty() {
        return Err(mistake("which holds no matcher"));
    }
    let parsed = parser::parse(&format!("{METRIC}{{{bare}}}"))
        .map_err(|why| mistake(&format!("which cannot be read ({})", one_line(&why))))?;
    let Expr::VectorSelector(selector) = parsed else {
        return Err(mistake("which is more than matchers"));
    };
    let plain = selector.name.as_deref() == Some(METRIC)
        && selector.offset.is_none()
        && selector.at.is_none()
        && selector.matchers.or_matchers.is_empty()
        && selector.matchers.matchers.iter().all(|matcher| matcher.name != "__name__");
    if plain { Ok(bare.to_owned()) } else { Err(mistake("which is more than matchers of labels")) }
}

/// Any metric's name: the matchers must be right behind all of them.
const METRIC: &str = "any_metric";

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_as_people_write_them() {
        for (text, bare) in [
            ("cluster=\"eu\"", "cluster=\"eu\""),
            (" {cluster='eu', env=~\"a|b\",} ", "cluster='eu', env=~\"a|b\""),
            ("mesh!=\"}\"", "mesh!=\"}\""),
        ] {
            assert_eq!(read(text).as_deref(), Ok(bare), "{text}");
        }
    }

    #[test]
    fn what_would_leave_the_braces_is_refused() {
        for text in [
            "",
            "{}",
            "cluster",
            "cluster=eu",
            "cluster=\"eu\"} or up{a=\"b\"",
            "cluster=\"eu\"}[5m",
            "cluster=\"eu\"} offset 5m #",
            "a=\"b\" or c=\"d\"",
            "__name__=\"up\"",
            "a=~\"(\"",
        ] {
            let mistake = read(text).unwrap_err();
            assert!(mistake.starts_with("--extra-matcher is"), "{text}: {mistake}");
        }
    }
}
