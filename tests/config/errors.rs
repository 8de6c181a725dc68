//! Every error has a file `errors/NAME.toml`, and `errors/NAME.txt` with what a person reads of it. Those of
//! `policy-NAME` are about the policy of an organization. To write the texts
//! anew, run the test with `WRITE_EXPECTED=1`, and read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use skanner::testing::config::ConfigKind;

use crate::{parse, parse_as};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/errors");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    cases.sort();
    cases
}

#[test]
fn every_error_says_where_what_and_what_was_meant() {
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 80, "only {} cases", cases.len());
    for case in cases {
        let text = fs::read_to_string(&case).unwrap();
        let is_policy = case.file_name().unwrap().to_str().unwrap().starts_with("policy-");
        let read = match is_policy {
            true => parse_as(ConfigKind::Policy, "policy.toml", &text),
            false => parse(&text),
        };
        let said = match read {
            Err(invalid) => invalid.render(&mut str::to_owned) + "\n",
            Ok(_) => "no error\n".to_owned(),
        };
        let expected = case.with_extension("txt");
        if std::env::var_os("WRITE_EXPECTED").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
