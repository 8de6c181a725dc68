//! Known values: what is looked for, where, how it is written, and that nothing of it is shown.

mod forms;
mod mistakes;
mod secrecy;
mod settings;
mod sources;

use crate::support::{Report, Sandbox};

/// A value of one kind, the same for the same seed. No issuer has such keys.
fn drawn(alphabet: &str, length: usize, seed: u64) -> String {
    let mut rng = fastrand::Rng::with_seed(seed);
    let alphabet: Vec<char> = alphabet.chars().collect();
    (0..length).map(|_| alphabet[rng.usize(..alphabet.len())]).collect()
}

const LETTERS: &str = "bcdfghjkmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ23456789";

/// Values of all kinds, by the name of their variable.
fn values(seed: u64) -> Vec<(&'static str, String)> {
    let letters = |length, more| drawn(LETTERS, length, seed + more);
    vec![
        ("SHORT_PASSWORD", letters(8, 1)),
        ("PASSWORD", letters(13, 2)),
        ("TOKEN", letters(40, 3)),
        ("HEX_TOKEN", drawn("0123456789abcdef", 32, seed + 4)),
        ("SPECIAL_PASSWORD", format!("{}\"$\\/%{}'<&>{}", letters(3, 5), letters(3, 6), letters(4, 7))),
        ("MARKS_PASSWORD", drawn("!#%&*+,-./:;<=>?@^_~", 14, seed + 8)),
        ("UNICODE_PASSWORD", format!("{}ß🦀é{}", letters(4, 9), letters(4, 10))),
        ("LATIN_PASSWORD", format!("{}ßé{}", letters(5, 17), letters(5, 18))),
        ("PHRASE_PASSWORD", format!("{} {} {}", letters(5, 11), letters(4, 12), letters(5, 13))),
        ("BASE64_KEY", format!("{}+{}/{}==", letters(9, 14), letters(9, 15), letters(10, 16))),
        (
            "PEM_KEY",
            (0..4).map(|line| letters(40, 20 + line) + "\n").collect::<String>().trim_end().to_owned(),
        ),
        ("LARGE_KEY", letters(3000, 30)),
        ("LARGER_KEY", letters(5000, 31)),
    ]
}

/// A file of these variables.
fn file(values: &[(&str, String)]) -> String {
    let quoted = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`");
        format!("\"{escaped}\"")
    };
    values.iter().map(|(name, text)| format!("{name}={}\n", quoted(text))).collect()
}

/// The variables that were found, as the titles of the findings name them, each with its number of occurrences.
fn found(report: &Report) -> Vec<(String, usize)> {
    let findings = report.json["findings"].as_array().unwrap().iter();
    let known = findings.filter(|finding| finding["rule"] == "known-value");
    let known = known.map(|finding| {
        let title = finding["title"].as_str().unwrap().strip_prefix("value of ").unwrap();
        let name = title.rsplit_once(" from ").unwrap().0;
        (name.to_owned(), finding["occurrences"].as_array().unwrap().len())
    });
    known.collect()
}

/// A sandbox with a file of values beside what is scanned.
fn with_values(values: &[(&str, String)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("../home/.env", file(values));
    sandbox
}

const FROM: [&str; 2] = ["--values-from", "../home/.env"];
