//! What a scenario file may say, and what is told of one that says it wrongly.

use super::*;

const SMALL: &str = r#"
name = "small"
[[namespace]]
name = "shop"
[[app]]
name = "front"
namespace = "shop"
kind = "gateway"
rate_rps = 10
[[app.call]]
to = "back"
fan_out = 2
[[app]]
name = "back"
namespace = "shop"
[[app.version]]
name = "v1"
weight = 3
[[app.version]]
name = "v2"
weight = 1
"#;

/// All mistakes of `SMALL` with more text behind it, one a line.
fn mistakes(more: &str) -> Vec<String> {
    let Err(Mistakes(mistakes)) = Scenario::from_toml(&format!("{SMALL}{more}")) else { return Vec::new() };
    mistakes.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn complains(more: &str, wanted: &str) {
    let found = mistakes(more);
    assert!(found.iter().any(|mistake| mistake.contains(wanted)), "{wanted:?} is not in {found:#?}");
}

#[test]
fn a_small_scenario_is_resolved() {
    let scenario = Scenario::from_toml(SMALL).unwrap();
    assert_eq!(scenario.apps[0].calls[0].to, 1);
    assert_eq!(scenario.host(1), "back.shop.svc.cluster.local");
    let versions = &scenario.apps[1].versions;
    assert!((versions[0].weight - 0.75).abs() < 1e-12);
    assert_eq!(versions[1].workload, "back-v2");
    assert!(scenario.apps[0].sidecar && scenario.apps[1].mtls);
}

#[test]
fn what_comes_with_the_product_has_no_mistakes() {
    for (_, text) in crate::SCENARIOS {
        if let Err(mistakes) = Scenario::from_toml(text) {
            panic!("{mistakes}");
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_place() {
    let more = r#"
[[app]]
name = "lost"
namespace = "nowhere"
latency = { median_ms = 10, p95_ms = 5 }
errors = [{ share = 1.5, code = 500 }, { share = 0.1, code = 99 }]
[[app.call]]
to = "nobody"
fan_out = 1
[[app.call]]
to = "back"
to_version = "v9"
[[event]]
kind = "latency"
app = "back"
at = "soon"
"#;
    insta::assert_snapshot!(mistakes(more).join("\n"));
}

#[test]
fn an_unknown_field_is_told_with_its_line() {
    complains("[[app]]\nname = \"x\"\nnamspace = \"shop\"\n", "line 24: unknown field `namspace`");
    complains("[[app]]\nname = \"x\"\nkind = \"gatway\"\n", "unknown variant `gatway`");
}

#[test]
fn names_must_be_found_and_be_clear() {
    complains("[[app]]\nname = \"front\"\nnamespace = \"shop\"\n", "app shop/front: is there more than once");
    let twins = "[[namespace]]\nname = \"b\"\n[[app]]\nname = \"back\"\nnamespace = \"b\"\n";
    complains(twins, "several apps are called \"back\": write namespace/app");
    complains("[[app]]\nname = \"x\"\n", "app x: needs a `namespace`");
}

#[test]
fn calls_are_checked() {
    let app = "[[app]]\nname = \"x\"\nnamespace = \"shop\"\n";
    let call = |fields: &str| format!("{app}[[app.call]]\nto = \"back\"\n{fields}\n");
    complains(&call(""), "needs either `fan_out` or `rate_rps`");
    complains(&call("fan_out = -1"), "its rate must be 0 or more");
    complains(
        &call("fan_out = 1\nprotocol = \"tcp\"\nerrors = [{ code = 500, share = 0.1 }]"),
        "has a `flag` and no `code`",
    );
    complains(&call("fan_out = 1\nconnection_life = \"long\""), "not a length of time");
    let twice = format!("{}[[app.call]]\nto = \"back\"\nfan_out = 2\n", call("fan_out = 1"));
    complains(&twice, "by the same protocol as an earlier call");
    let apart = format!(
        "{}[[app.call]]\nto = \"back\"\nto_version = \"v2\"\nfan_out = 2\n",
        call("fan_out = 1\nto_version = \"v1\"")
    );
    assert_eq!(mistakes(&apart), Vec::<String>::new());
}

#[test]
fn a_circle_is_a_mistake_unless_a_rate_of_its_own_breaks_it() {
    let circle = |volume: &str| {
        format!(
            "[[app]]\nname = \"a\"\nnamespace = \"shop\"\n[[app.call]]\nto = \"b\"\nfan_out = 1\n\
             [[app]]\nname = \"b\"\nnamespace = \"shop\"\n[[app.call]]\nto = \"a\"\n{volume} = 1\n"
        )
    };
    complains(&circle("fan_out"), "go in a circle through a, b");
    assert_eq!(mistakes(&circle("rate_rps")), Vec::<String>::new());
}

#[test]
fn events_are_checked() {
    let event = |fields: &str| format!("[[event]]\napp = \"back\"\n{fields}\n");
    complains(&event("kind = \"weights\"\nweights = { v3 = 1 }"), "back has no version \"v3\"");
    complains(&event("kind = \"rate\""), "needs a `factor`");
    complains(&event("kind = \"latency\"\nfactor = 0"), "above 0");
    complains(&event("kind = \"call\"\nto = \"front\""), "makes no call `to` \"front\"");
    complains(&event("kind = \"restart\"\npod = 7"), "must be below 1");
    complains(&event("kind = \"errors\""), "needs an `error`");
    complains(&event("kind = \"rate\"\nfactor = 1\nat = \"20h\"\nfor = \"5h\""), "must end within the cycle");
    complains(&event("kind = \"rate\"\nfactor = 1\nevery = \"7h\""), "must divide the cycle");
}

#[test]
fn the_cycle_must_fit_the_day() {
    for (cycle, fits) in [("2h", true), ("48h", true), ("7h", false), ("36h", false), ("0s", false)] {
        let text = format!("cycle = \"{cycle}\"\n{SMALL}");
        assert_eq!(Scenario::from_toml(&text).is_ok(), fits, "{cycle}");
    }
}

#[test]
fn a_repeating_event_is_spread_over_the_period() {
    let more =
        "[[event]]\nkind = \"rate\"\napp = \"back\"\nfactor = 0\nat = \"1m\"\nfor = \"5m\"\nevery = \"6h\"\n";
    let scenario = Scenario::from_toml(&format!("cycle = \"12h\"\n{SMALL}{more}")).unwrap();
    let spans: Vec<(f64, f64)> = scenario.events.iter().map(|event| (event.start_s, event.end_s)).collect();
    assert_eq!(spans, [(60.0, 360.0), (21_660.0, 21_960.0), (43_260.0, 43_560.0), (64_860.0, 65_160.0)]);
}
