//! The text forms of a mesh's series.

use std::collections::BTreeSet;

use meshsim::{Mesh, exposition};

const NOON_MS: i64 = 1_772_618_400_000;

const HOSTILE: &str = r#"
name = "hostile"
[[namespace]]
name = "n"
[[app]]
name = "front"
namespace = "n"
kind = "gateway"
rate_rps = 50
[[app.call]]
to = "a\"b\\c\nd.example"
fan_out = 1
[[app]]
name = "a\"b\\c\nd.example"
kind = "external"
"#;

#[test]
fn metrics_say_each_family_once_and_every_series_once() {
    let text = exposition::prometheus(&Mesh::shop(), NOON_MS);
    let types: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    insta::assert_snapshot!("types", types.join("\n"));
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let names: BTreeSet<&str> = series.iter().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(names.len(), series.len());
    assert!(series.len() > 10_000);
    assert!(text.ends_with('\n'));
    insta::assert_snapshot!(
        "canary",
        text.lines().filter(|line| line.starts_with("flagger")).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn hostile_names_are_escaped() {
    let mesh = Mesh::from_toml(HOSTILE, 1).unwrap();
    let text = exposition::prometheus(&mesh, NOON_MS);
    assert!(text.contains("destination_service=\"a\\\"b\\\\c\\nd.example\""), "{}", &text[..2_000]);
    assert!(text.lines().all(|line| line.starts_with('#') || line.contains(' ')));
}

#[test]
fn a_dump_has_all_samples_in_order_and_ends() {
    let mesh = Mesh::from_toml(HOSTILE, 1).unwrap();
    let text = exposition::openmetrics(&mesh, NOON_MS, NOON_MS + 60_000);
    assert!(text.ends_with("# EOF\n"));
    let ups: Vec<f64> = text
        .lines()
        .filter(|line| line.starts_with("up{") && line.contains("front"))
        .map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
        .collect();
    assert_eq!(ups.len(), 4);
    assert!(ups.windows(2).all(|pair| (pair[1] - pair[0] - 15.0).abs() < 1e-3));
}

#[test]
fn numbers_are_printed_as_prometheus_reads_them() {
    let printed = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 3.0, 0.1, 1e21].map(exposition::number);
    assert_eq!(printed, ["NaN", "+Inf", "-Inf", "3", "0.1", "1000000000000000000000"]);
}
