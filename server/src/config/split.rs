//! `[[split]]` in the settings file: how an app's requests are meant to be shared among its versions.

use super::lists::{self, Reader};
use graph::IntendedSplit;
use std::collections::BTreeMap;
use toml::Value;

const KEYS: [&str; 3] = ["namespace", "service", "weights"];

/// All of them; what is wrong is told with its place in the list.
pub(super) fn read(value: &Value, mistakes: &mut Vec<String>) -> Vec<IntendedSplit> {
    lists::read(("split", &KEYS), value, mistakes, one)
}

fn one(reader: &mut Reader<'_>) -> Option<IntendedSplit> {
    let (namespace, service) = (reader.needed("namespace"), reader.needed("service"));
    let weights = weights(reader.table.get("weights"));
    if weights.is_none() {
        reader.wrong.push("needs weights of at least one version, like weights = { v1 = 90, v2 = 10 }: none below 0, not all 0".to_owned());
    }
    Some(IntendedSplit { namespace: namespace?, service: service?, weights: weights? })
}

fn weights(value: Option<&Value>) -> Option<BTreeMap<String, f64>> {
    let number = |value: &Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    let weights: BTreeMap<String, f64> = value?
        .as_table()?
        .iter()
        .map(|(version, value)| {
            number(value).filter(|w| w.is_finite() && *w >= 0.0).map(|w| (version.clone(), w))
        })
        .collect::<Option<_>>()?;
    (weights.values().sum::<f64>() > 0.0).then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::Table;

    fn split(text: &str) -> (Vec<IntendedSplit>, Vec<String>) {
        let table: Table = text.parse().unwrap();
        let mut mistakes = Vec::new();
        (read(&table["split"], &mut mistakes), mistakes)
    }

    #[test]
    fn a_split_as_people_write_it() {
        let (splits, mistakes) =
            split("[[split]]\nnamespace = 'shop'\nservice = 'reviews'\nweights = { v1 = 90, v2 = 10.5 }\n");
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!((splits[0].namespace.as_str(), splits[0].service.as_str()), ("shop", "reviews"));
        assert_eq!(splits[0].weights, BTreeMap::from([("v1".into(), 90.0), ("v2".into(), 10.5)]));
    }

    #[test]
    fn each_mistake_says_which_split_and_what() {
        for (text, parts) in [
            ("split = 3", &["two brackets"][..]),
            ("[[split]]\nservice='a'\nweights={v1=1}\n", &["number 1 needs `namespace`"]),
            ("[[split]]\nnamespace='n'\nservice='a'\nweights={v1=-1}\n", &["needs weights"]),
            ("[[split]]\nnamespace='n'\nservice='a'\nweights={v1=0}\n", &["needs weights"]),
            ("[[split]]\nnamespace='n'\nservice='a'\nweights={v1=nan}\n", &["needs weights"]),
            ("[[split]]\nnamespace='n'\nservice='a'\nweights={v1='x'}\n", &["needs weights"]),
            ("[[split]]\nname='n'\n", &["`name`", "`namespace`", "`service`", "weights"]),
        ] {
            let (splits, mistakes) = split(text);
            assert!(splits.is_empty(), "{text}");
            assert_eq!(mistakes.len(), parts.len(), "{text}: {mistakes:?}");
            for (mistake, part) in mistakes.iter().zip(parts) {
                assert!(mistake.contains(part), "{text}: {mistake}");
            }
        }
    }
}
