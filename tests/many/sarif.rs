//! What is left out of SARIF so that GitHub takes it.

use serde_json::{Value, json};

use crate::support::{Sandbox, openai_key};

#[test]
fn what_sarif_leaves_out_is_said_and_json_has_it() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", openai_key(1));
    let mut report = sandbox.scan(&["."]).json;
    let place = report["findings"][0]["occurrences"][0].clone();
    let places = (1..=25_001).map(|line| {
        let mut place = place.clone();
        place["line"] = json!(line);
        place["end_line"] = json!(line);
        place
    });
    report["findings"][0]["occurrences"] = places.collect();
    sandbox.write("many.json", report.to_string());
    let run = sandbox.skanner(&["report", "many.json", "--output", "sarif=many.sarif", "--format", "json"]);
    let expected = "skanner: SARIF has 25000 of 25001 results, since GitHub code scanning refuses a file with more than \
                    25000, or more than 10 MB after gzip: one result for each key before any other, the most severe \
                    first; a report in JSON has all of them\n";
    assert_eq!((run.code, run.stderr.as_str()), (1, expected));
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["findings"][0]["occurrences"].as_array().unwrap().len(), 25_001);
    let sarif: Value = serde_json::from_slice(&std::fs::read(sandbox.path("many.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 25_000);
}
