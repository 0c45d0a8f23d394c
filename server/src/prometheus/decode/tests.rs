//! Text in, table out.

use super::*;

const LABELS: [&str; 3] = ["app", "code", "reporter"];

fn answer(result: &str) -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}"#)
}

/// One line a row: `app|code|reporter [le] = value`.
fn check(body: &str, buckets: bool) -> (Vec<String>, Table, Notes) {
    let mut symbols = Symbols::default();
    let (table, notes) = decode_instant(body.as_bytes(), &LABELS, buckets, &mut symbols).unwrap();
    let lines = (0..table.rows())
        .map(|index| {
            let cells: Vec<&str> = table.row(index).iter().map(|cell| symbols.text(*cell)).collect();
            let le = table.le.get(index).map_or_else(String::new, |le| format!(" le {le}"));
            format!("{}{le} = {}", cells.join("|"), table.values[index])
        })
        .collect();
    (lines, table, notes)
}

fn failure(body: &str) -> String {
    let mut symbols = Symbols::default();
    decode_instant(body.as_bytes(), &LABELS, false, &mut symbols).unwrap_err().to_string()
}

#[test]
fn a_missing_label_is_an_empty_one_and_order_does_not_matter() {
    let (lines, ..) = check(
        &answer(
            r#"{"metric":{"app":"web","code":"200","reporter":"source"},"value":[1700000000.123,"12.5"]},
               {"metric":{"reporter":"source","pod":"web-1","app":"cart"},"value":[1700000000,"1e-3"]},
               {"value":[1700000000,"7"],"metric":{"code":"","app":"a\"<b>\u00e9"}}"#,
        ),
        false,
    );
    assert_eq!(lines, ["web|200|source = 12.5", "cart||source = 0.001", "a\"<b>é|| = 7"]);
}

#[test]
fn bounds_are_numbers_however_they_are_spelt() {
    let row = |le: &str| format!(r#"{{"metric":{{"app":"x","le":"{le}"}},"value":[1,"2"]}}"#);
    let rows = ["1", "1.0", "1.8e+06", "+Inf", "wide"].map(row).join(",");
    let (_, table, notes) = check(&answer(&rows), true);
    assert_eq!(table.le, [1.0, 1.0, 1_800_000.0, f64::INFINITY]);
    assert_eq!((table.rows(), notes.without_bound), (4, 1));
}

#[test]
fn what_is_no_number_is_left_out_and_counted() {
    let row = |value: &str| format!(r#"{{"metric":{{"app":"x"}},"value":[1,"{value}"]}}"#);
    let (lines, table, _) = check(&answer(&["NaN", "+Inf", "-Inf", "0", "3"].map(row).join(",")), false);
    assert_eq!(lines, ["x|| = 0", "x|| = 3"]);
    assert_eq!(table.not_numbers, 3);
}

#[test]
fn warnings_infos_and_native_histograms_are_noticed() {
    let body = r#"{"warnings":["one store is missing"],"infos":["buckets were fixed"],"extra":{"deep":[1,{"a":null}]},
        "data":{"result":[{"metric":{"app":"x"},"histogram":[1,{"count":"3","sum":"2","buckets":[[0,"1","2","3"]]}]}],
        "stats":{},"resultType":"vector"},"status":"success"}"#;
    let (lines, _, notes) = check(body, false);
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!((notes.warnings.len(), notes.infos.len(), notes.histograms), (1, 1, 1));
}

#[test]
fn native_histograms_are_read_where_buckets_are_asked_for() {
    let rows = r#"{"metric":{"app":"x"},"histogram":[1,{"count":"6","sum":"2","buckets":[[0,"1","2","3"],[0,"4","8","3"]]}]},
        {"metric":{"app":"y","le":"5"},"value":[1,"2"]},
        {"metric":{"app":"z"},"histogram":[1,{"count":"0","sum":"0"}]}"#;
    let (lines, _, notes) = check(&answer(rows), true);
    assert_eq!(
        lines,
        ["x|| le 1 = 0", "x|| le 2 = 3", "x|| le 4 = 3", "x|| le 8 = 6", "x|| le inf = 6", "y|| le 5 = 2"]
    );
    assert_eq!(notes.histograms, 1, "an empty one tells nothing");
}

#[test]
fn a_matrix_keeps_its_points_in_order_without_gaps_filled() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"app":"x"},"values":[[10,"1"],[20,"NaN"],[30,"3"]]},{"metric":{},"values":[]}]}}"#;
    let mut symbols = Symbols::default();
    let (table, _) = decode_range(body.as_bytes(), &LABELS, &mut symbols).unwrap();
    assert_eq!(table.points, [vec![(10.0, 1.0), (30.0, 3.0)], vec![]]);
    assert_eq!(symbols.text(table.row(0)[0]), "x");
}

#[test]
fn an_error_document_is_an_error() {
    let body = r#"{"status":"error","errorType":"bad_data","error":"parse error","data":null}"#;
    assert_eq!(failure(body), "bad_data: parse error");
}

#[test]
fn hostile_answers_fail_in_words_and_never_panic() {
    for body in [
        "",
        "null",
        "[]",
        "<html>",
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":null}"#,
        r#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#,
        r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"app":1},"value":[1,"2"]}]}}"#,
        r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"app":"x"},"value":[]}]}}"#,
        r#"{"status":"success","data":{"resultType":"vector","result":[]}} trailing"#,
    ] {
        assert!(!failure(body).is_empty(), "{body}");
    }
    let deep = format!(r#"{{"status":"success","x":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(!failure(&deep).is_empty());
}

#[test]
fn every_cut_of_an_answer_is_an_error_that_says_end_of_input() {
    let body = answer(r#"{"metric":{"app":"web","code":"200"},"value":[1700000000.123,"12.5"]}"#);
    for end in 1..body.len() {
        let mut symbols = Symbols::default();
        let error = decode_instant(&body.as_bytes()[..end], &LABELS, false, &mut symbols).unwrap_err();
        assert!(matches!(&error, DecodeError::Json(json) if json.is_eof()), "{end}: {error}");
    }
}

#[test]
fn what_a_store_took_is_what_it_says() {
    let busy_ms = |stats: &str| {
        let body =
            format!(r#"{{"status":"success","data":{{"stats":{stats},"resultType":"vector","result":[]}}}}"#);
        arrived(body.as_bytes(), false, 9).unwrap().busy.map(|busy| busy.as_millis())
    };
    assert_eq!(
        busy_ms(r#"{"timings":{"evalTotalTime":0.25,"execTotalTime":9},"samples":{"peakSamples":1}}"#),
        Some(250)
    );
    assert_eq!(busy_ms(r#"{"seriesFetched":"2","executionTimeMsec":40}"#), Some(40));
    for stats in ["{}", "null", "[1]", r#"{"timings":{"evalTotalTime":-1}}"#, r#"{"timings":null}"#] {
        assert_eq!(busy_ms(stats), None, "{stats}");
    }
}

/// What comes of an answer that arrives in pieces of this many bytes.
fn arrived(body: &[u8], packed: bool, piece: usize) -> Result<Told, crate::prometheus::PrometheusError> {
    let form = Form { labels: &LABELS, buckets: true, range: false };
    let mut arriving = Arriving::new(form, packed, 1_000_000);
    for piece in body.chunks(piece) {
        if !arriving.take(piece) {
            break;
        }
    }
    arriving.told("http://p")
}

fn packed(body: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(body.as_bytes()).unwrap();
    packer.finish().unwrap()
}

const HARD: &str = r#"{"warnings":["a [\"] {b"],"other":{"result":[1,{"x":[]}]},"data" : {"extra":{"result":[2]},"result" : [
    {"metric":{"app":"we]b}\\","le":"1"},"value":[1,"2"]} , {"value":[1,"3"],"metric":{"app":"\"{[","code":"200","le":"+Inf"}},
    {"metric":{"app":"n"},"histogram":[1,{"count":"6","sum":"2","buckets":[[0,"1","2","3"],[0,"4","8","3"]]}]}
    ],"resultType":"vector"},"status":"success"}"#;

#[test]
fn what_comes_in_pieces_is_what_came_whole() {
    let mut symbols = Symbols::default();
    let (table, notes) = decode_instant(HARD.as_bytes(), &LABELS, true, &mut symbols).unwrap();
    assert_eq!((table.rows(), notes.warnings.len()), (7, 1));
    let small = packed(HARD);
    for piece in 1..80 {
        for told in [arrived(HARD.as_bytes(), false, piece), arrived(&small, true, piece)] {
            let told = told.unwrap();
            let Outcome::Answered(read) = &told.outcome else { panic!("a table") };
            assert_eq!((read, &told.notes), (&table, &notes), "in pieces of {piece}");
            let words = |symbols: &Symbols, table: &Table| -> Vec<String> {
                table.cells.iter().map(|cell| symbols.text(*cell).to_owned()).collect()
            };
            assert_eq!(words(&told.symbols, read), words(&symbols, &table));
        }
    }
}

#[test]
fn an_answer_that_is_not_whole_says_so_however_it_came() {
    use crate::prometheus::PrometheusError as Error;
    let small = packed(HARD);
    for end in 1..HARD.len() {
        assert_eq!(arrived(&HARD.as_bytes()[..end], false, 7).unwrap_err(), Error::CutOff, "{end}");
    }
    for end in 1..small.len() {
        assert_eq!(arrived(&small[..end], true, 7).unwrap_err(), Error::CutOff, "{end} packed");
    }
    let page = "  <!doctype html><h1>Sign in</h1>";
    assert!(matches!(arrived(page.as_bytes(), false, 5), Err(Error::Html { .. })));
    assert!(matches!(arrived(&packed(page), true, 5), Err(Error::Html { .. })));
    for row in ["5", "[]", "\"x\"", r#"{"metric":{"app":1},"value":[1,"2"]}"#] {
        let malformed = arrived(answer(row).as_bytes(), false, 5);
        assert!(matches!(malformed, Err(Error::Malformed { .. })), "{row}: {malformed:?}");
    }
    let large = answer(&vec![r#"{"metric":{"app":"x","le":"1"},"value":[1,"2"]}"#; 30_000].join(","));
    assert_eq!(arrived(large.as_bytes(), false, 9_000).unwrap_err(), Error::too_large(1_000_000));
    assert_eq!(arrived(&packed(&large), true, 900).unwrap_err(), Error::too_large(1_000_000));
}
