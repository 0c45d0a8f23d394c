//! `[[metric]]` in the settings file: a counter of the operator's own whose labels name both ends of calls.
//! Must not know how it is asked for.

use super::lists::{self, Reader};
use graph::custom::{CustomMetric, EndLabels, MOST, NamedBy};
use toml::{Table, Value};

const KEYS: [&str; 6] = ["name", "metric", "unit", "source", "destination", "split"];

/// All of them; what is wrong is told with its place in the list.
pub(super) fn read(value: &Value, mistakes: &mut Vec<String>) -> Vec<CustomMetric> {
    let many = value.as_array().map_or(0, Vec::len);
    if many > MOST {
        mistakes.push(format!(
            "There are {many} [[metric]], and {MOST} at most: each is asked for at every refresh."
        ));
    }
    let metrics = lists::read(("metric", &KEYS), value, mistakes, one);
    for (index, metric) in metrics.iter().enumerate() {
        if metrics[..index].iter().any(|other| other.name == metric.name) {
            mistakes
                .push(format!("There are two [[metric]] of the name “{}”: name one otherwise.", metric.name));
        }
    }
    metrics
}

fn one(reader: &mut Reader<'_>) -> Option<CustomMetric> {
    let table = reader.table;
    let name = text(table, "name");
    let metric = text(table, "metric").filter(|name| is_name(name, true));
    let unit = text(table, "unit");
    let source = end(table.get("source"));
    let destination = end(table.get("destination"));
    let split = text(table, "split").filter(|label| is_name(label, false));
    let mut need = |lacks: bool, what: &str| {
        if lacks {
            reader.wrong.push(format!("needs {what}"));
        }
    };
    need(name.is_none(), "a `name` in quotes");
    need(metric.is_none(), "a `metric`: the name of a counter, like \"shop_cache_hits_total\"");
    need(unit.is_none(), "a `unit`: what it counts, like \"hits\"");
    need(
        source.is_none(),
        "a `source`: labels, like { workload = \"client\", namespace = \"client_namespace\" }",
    );
    need(
        destination.is_none(),
        "a `destination`: labels, like { service = \"server\" }, or workload and namespace as of the source",
    );
    need(table.contains_key("split") && split.is_none(), "a `split` that is the name of a label");
    Some(CustomMetric {
        split,
        name: name?,
        metric: metric?,
        unit: unit?,
        source: source?,
        destination: destination?,
    })
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A workload's name alone is one of many: it needs its namespace. A service may say it in its own name.
fn end(value: Option<&Value>) -> Option<EndLabels> {
    let table = value?.as_table()?;
    let label = |key: &str| text(table, key).filter(|label| is_name(label, false));
    let (workload, service) = (label("workload"), label("service"));
    let (namespace, cluster) = (label("namespace"), label("cluster"));
    let all = [&workload, &service, &namespace, &cluster];
    let complete = table.len() == all.into_iter().flatten().count();
    match (workload, service) {
        (Some(name), None) if namespace.is_some() && complete => {
            Some(EndLabels { by: NamedBy::Workload, name, namespace, cluster })
        }
        (None, Some(name)) if complete => Some(EndLabels { by: NamedBy::Service, name, namespace, cluster }),
        _ => None,
    }
}

/// Of a metric, which may have colons, or of a label.
fn is_name(text: &str, colons: bool) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || (colons && c == ':');
    text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// A metric as it could be written, for `--print-config`.
pub(super) fn print(metric: &CustomMetric) -> String {
    let end = |end: &EndLabels| {
        let by = if end.by == NamedBy::Workload { "workload" } else { "service" };
        let labels =
            [(by, Some(&end.name)), ("namespace", end.namespace.as_ref()), ("cluster", end.cluster.as_ref())];
        let labels =
            labels.into_iter().filter_map(|(key, label)| Some((key.to_owned(), label?.as_str().into())));
        Value::Table(labels.collect())
    };
    let text = |text: &str| Value::from(text);
    let split = metric.split.as_ref().map(|label| format!("split = {}\n", text(label)));
    format!(
        "name = {}\nmetric = {}\nunit = {}\nsource = {}\ndestination = {}\n{}",
        text(&metric.name),
        text(&metric.metric),
        text(&metric.unit),
        end(&metric.source),
        end(&metric.destination),
        split.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(text: &str) -> (Vec<CustomMetric>, Vec<String>) {
        let table: Table = text.parse().unwrap();
        let mut mistakes = Vec::new();
        (read(&table["metric"], &mut mistakes), mistakes)
    }

    const HITS: &str = "[[metric]]\nname = 'Cache hits'\nmetric = 'shop:hits_total'\nunit = 'hits'\n\
        source = { workload = 'client', namespace = 'client_ns' }\ndestination = { service = 'server' }\n";

    #[test]
    fn metrics_as_people_write_them_come_out_as_they_went_in() {
        let more = HITS
            .replace("Cache hits", "Misses")
            .replace("service = 'server'", "service = 's', namespace = 'n', cluster = 'c'")
            + "split = 'outcome'\n";
        let (read_metrics, mistakes) = metrics(&(HITS.to_owned() + &more));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(read_metrics[0].source.namespace.as_deref(), Some("client_ns"));
        assert_eq!(read_metrics[1].destination.cluster.as_deref(), Some("c"));
        assert_eq!(read_metrics[1].split.as_deref(), Some("outcome"));
        assert_eq!((read_metrics[0].destination.by, read_metrics.len()), (NamedBy::Service, 2));
        let mut printed = String::new();
        for metric in &read_metrics {
            printed.push_str("[[metric]]\n");
            printed.push_str(&print(metric));
        }
        assert_eq!(metrics(&printed), (read_metrics, Vec::new()));
    }

    #[test]
    fn each_mistake_says_which_metric_and_what() {
        let but = |from: &str, to: &str| HITS.replace(from, to);
        for (text, part) in [
            ("metric = 3".to_owned(), "two brackets"),
            (but("name = 'Cache hits'\n", ""), "number 1 needs a `name`"),
            (but("shop:hits_total", "shop{a=\"b\"}"), "the name of a counter"),
            (but("unit = 'hits'\n", "unit = 3\n"), "needs a `unit`"),
            (but(", namespace = 'client_ns'", ""), "needs a `source`"),
            (but("'client'", "'cli-ent'"), "needs a `source`"),
            (
                but("service = 'server'", "service = 's', workload = 'w', namespace = 'n'"),
                "needs a `destination`",
            ),
            (but("service = 'server'", "service = 's', app = 'a'"), "needs a `destination`"),
            (HITS.to_owned() + "split = 'a-b'\n", "needs a `split`"),
            (HITS.to_owned() + "colour = 'red'\n", "`colour`, which means nothing"),
            (HITS.to_owned() + HITS, "two [[metric]] of the name “Cache hits”"),
            ((1..=5).map(|n| but("hits'\nm", &format!("hits {n}'\nm"))).collect(), "4 at most"),
        ] {
            let (_, mistakes) = metrics(&text);
            assert!(mistakes.len() == 1 && mistakes[0].contains(part), "{text}: {mistakes:?}");
        }
    }
}
