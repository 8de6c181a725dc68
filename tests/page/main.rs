//! The page: one file that loads nothing, shows no key, and says what the JSON report says. `scripts/page` opens the pages
//! that these tests leave in `target/tmp/page` in a browser.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod html;
mod report;
mod repository;
#[path = "../support/mod.rs"]
mod support;

use std::{collections::BTreeSet, fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use html::Element;
use repository::Repository;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{NAMES, Sandbox};

/// Leaves a page for the browser.
fn keep(name: &str, page: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.html")), page).unwrap();
}

fn assert_hides(page: &str, repository: &Repository) {
    let leak = repository.secrets().into_iter().find(|secret| page.contains(secret));
    assert_eq!(leak.map(|_| "a part of a key"), None);
    let control = page.chars().find(|one| {
        (one.is_control() && !matches!(one, '\n' | '\t')) || ('\u{202a}'..='\u{202e}').contains(one)
    });
    assert_eq!(control, None);
}

/// Nothing is loaded, nothing runs but the one script, and every link leads somewhere.
fn assert_contained(root: &Element) {
    let all = root.all();
    let count = |name: &str| all.iter().filter(|one| one.name == name).count();
    assert_eq!(
        (count("style"), count("script"), count("title"), count("h1"), count("main")),
        (1, 1, 1, 1, 1)
    );
    for name in ["link", "img", "iframe", "object", "embed", "base", "image", "use", "video", "audio"] {
        assert_eq!(count(name), 0, "{name}");
    }
    for element in &all {
        for (name, value) in &element.attributes {
            let is_active = name.starts_with("on")
                || ["style", "src", "srcset", "action", "formaction"].contains(&name.as_str());
            assert!(!is_active, "{}: {name}={value}", element.name);
            if name == "href" {
                let is_anchor = value.strip_prefix('#').is_some_and(|id| root.by_id(id).is_some());
                assert!(element.name == "a" && (is_anchor || value.starts_with("https://")), "{value}");
            }
        }
    }
    let ids: Vec<&str> = all.iter().map(|one| one.get("id")).filter(|id| !id.is_empty()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for element in &all {
        for name in ["for", "aria-labelledby"] {
            let id = element.get(name);
            assert!(id.is_empty() || root.by_id(id).is_some(), "{name}={id}");
        }
    }
}

/// The style and the script are those of the policy, and nothing else is allowed.
fn assert_policy(root: &Element) {
    let hash = |name: &str| {
        let text = root.named(name).next().unwrap().text();
        assert!(!text.contains("http") && !text.contains("url(") && !text.contains("@import"), "{name}");
        STANDARD.encode(Sha256::digest(&text))
    };
    let policy = root.named("meta").find(|one| one.get("http-equiv") == "Content-Security-Policy").unwrap();
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash("style"),
        hash("script")
    );
    assert_eq!(policy.get("content"), expected);
}

/// Headings go down one level at a time, tables have captions, and heads of rows and columns.
fn assert_structure(root: &Element) {
    assert_eq!(root.named("html").next().unwrap().get("lang"), "en");
    let levels: Vec<u8> = root
        .all()
        .iter()
        .filter(|one| matches!(one.name.as_str(), "h1" | "h2" | "h3" | "h4"))
        .map(|one| one.name.as_bytes()[1] - b'0')
        .collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|two| two[1] <= two[0] + 1), "{levels:?}");
    for table in root.named("table") {
        assert_eq!(table.named("caption").count(), 1);
        assert!(table.named("th").all(|head| ["row", "col"].contains(&head.get("scope"))));
    }
    for name in ["header", "nav", "main", "footer"] {
        assert!(root.named(name).next().is_some(), "{name}");
    }
    // Without a script the filters would do nothing.
    assert!(root.by_id("filters").is_none_or(|form| form.attributes.contains_key("hidden")));
}

fn assert_page(page: &str) -> Element {
    let root = Element::parse(page);
    assert_contained(&root);
    assert_policy(&root);
    assert_structure(&root);
    root
}

/// The numbers of a table: the head of each row, and its cells.
fn rows(root: &Element, class: &str) -> Vec<(String, Vec<u64>)> {
    let table = root.named("table").find(|table| table.get("class") == class).unwrap();
    let rows = table.named("tr").filter(|row| row.named("td").next().is_some());
    let number = |cell: &Element| cell.text().replace(',', "").parse().unwrap();
    rows.map(|row| (row.named("th").next().unwrap().text(), row.named("td").map(number).collect())).collect()
}

/// Every number of the page is one that the JSON report has.
fn assert_numbers(root: &Element, json: &Value) {
    let findings = json["findings"].as_array().unwrap();
    let severities = ["critical", "high", "medium", "low"];
    let by_severity = |keys: &[&Value]| {
        let mut counts: Vec<u64> = severities
            .iter()
            .map(|severity| keys.iter().filter(|key| key["severity"] == *severity).count() as u64)
            .collect();
        counts.push(keys.len() as u64);
        counts
    };
    let all: Vec<&Value> = findings.iter().collect();
    let numbers = rows(root, "numbers");
    assert_eq!(numbers.last().unwrap(), &("All".to_owned(), by_severity(&all)));
    if json["audit"].is_object() {
        let fields = ["at_head", "uncommitted", "only_in_history", "only_in_pull_requests", "unreachable"];
        let expected: Vec<u64> = fields.iter().map(|field| json["audit"][field].as_u64().unwrap()).collect();
        let sums: Vec<u64> = numbers[..5].iter().map(|row| row.1[4]).collect();
        assert_eq!(sums, expected);
        let tiles = root.of_class("tiles").next().unwrap();
        let tiles: Vec<u64> = tiles.named("b").map(|one| one.text().parse().unwrap()).collect();
        assert_eq!(tiles, expected);
        for column in 0..5 {
            assert_eq!(numbers[..5].iter().map(|row| row.1[column]).sum::<u64>(), numbers[5].1[column]);
        }
    }
    let issuers: BTreeSet<&str> = findings.iter().map(|key| key["issuer"].as_str().unwrap()).collect();
    let chart = rows(root, "chart");
    assert_eq!(chart.len(), issuers.len());
    for (issuer, counts) in chart {
        let keys: Vec<&Value> = all.iter().copied().filter(|key| key["issuer"] == issuer.as_str()).collect();
        assert_eq!(counts, by_severity(&keys), "{issuer}");
    }
    assert_eq!(root.of_class("card").count(), findings.len());
    let boxes: Vec<&str> =
        root.named("input").filter(|one| one.get("type") == "checkbox").map(|one| one.get("id")).collect();
    assert_eq!(boxes.iter().filter(|id| id.starts_with("done-")).count(), findings.len());
    let labels: BTreeSet<&str> = root.named("label").map(|one| one.get("for")).collect();
    assert!(boxes.iter().all(|id| labels.contains(id)), "{boxes:?}");
    assert_eq!(boxes.iter().collect::<BTreeSet<_>>().len(), boxes.len());
    let dated = findings.iter().filter(|key| key["history"]["introduced"].is_object()).count();
    let lines = root.of_class("timeline").next().map_or(0, |table| table.named("tr").count() - 1);
    assert_eq!(lines, dated.min(60));
}

#[test]
fn a_page_says_what_the_report_says_and_shows_no_key() {
    let all = Repository::of_all_kinds();
    for (name, more) in [
        ("all", &[][..]),
        ("all-suppressed", &["--show-suppressed"]),
        ("all-secrets", &["--show-secrets", "--show-suppressed"]),
    ] {
        let file = all.sandbox.path("../page.json");
        let output = format!("json={}", file.display());
        let run = all.run(&[&["audit", "--format", "html", "--output", &output], more].concat());
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert_hides(&run.stdout, &all);
        let root = assert_page(&run.stdout);
        assert_numbers(&root, &serde_json::from_slice(&fs::read(&file).unwrap()).unwrap());
        keep(name, &run.stdout);
        let text = root.text();
        for name in NAMES {
            let shown: String = name
                .chars()
                .map(|one| match one {
                    '\t' | ' '..='~' => one.to_string(),
                    one if one.is_control() || ('\u{202a}'..='\u{202e}').contains(&one) => {
                        one.escape_unicode().to_string()
                    }
                    one => one.to_string(),
                })
                .collect();
            assert!(text.contains(&format!("names/{shown}")), "{shown}");
        }
        for shown in [
            "</script><script>window.pwned = 1</script>",
            "<img src=x onerror=window.pwned=1>.env",
            "broken</style>.zip",
            "revoked <i>long</i> ago",
            "Jo O'D&e",
        ] {
            assert!(text.contains(shown), "{name}: {shown}");
        }
        assert!(!text.contains("jo@example.org"));
        let marks = root.named("mark").count();
        assert_eq!(marks, if name == "all-secrets" { 0 } else { root.of_class("card").count() });
    }
}

#[test]
fn three_hundred_keys_are_a_small_page() {
    let many = Repository::of_many();
    let file = many.sandbox.path("../page.json");
    let run = many.run(&["audit", "--format", "html", "--output", &format!("json={}", file.display())]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.len() < 2_000_000, "{}", run.stdout.len());
    assert_hides(&run.stdout, &many);
    let root = assert_page(&run.stdout);
    assert_numbers(&root, &serde_json::from_slice(&fs::read(&file).unwrap()).unwrap());
    assert!(root.text().contains("Not safe to publish: 300 keys found"));
    assert!(root.text().contains("240 more keys below"));
    keep("many", &run.stdout);
}

#[test]
fn other_runs_have_a_page_of_their_own() {
    let headline = |sandbox: &Sandbox, arguments: &[&str]| {
        let run = sandbox.skanner(arguments);
        let root = assert_page(&run.stdout);
        keep(&format!("run-{}", arguments.join("-").replace(['.', '/'], "")), &run.stdout);
        let title = root.named("h1").next().unwrap().text();
        (title, run.code, root)
    };
    let clean = Repository::new();
    clean.sandbox.write("a.txt", "nothing\n");
    clean.commit("Start", "2021-03-01T10:00:00Z");
    let (title, code, root) = headline(&clean.sandbox, &["audit", "--format", "html"]);
    assert_eq!((title.as_str(), code), ("Safe to publish", 0));
    assert!(root.by_id("keys").is_none() && root.by_id("not-scanned").is_none());
    let (title, code, _) = headline(&clean.sandbox, &["scan", ".", "--format", "html"]);
    assert_eq!((title.as_str(), code), ("No key found", 0));
    let (title, code, _) = headline(&clean.sandbox, &["scan", "missing", "--format", "html"]);
    assert_eq!((title.as_str(), code), ("Incomplete: 1 input could not be read", 2));

    let all = Repository::of_all_kinds();
    let (title, code, root) = headline(&all.sandbox, &["scan", "src", "--format", "html"]);
    assert_eq!((title.as_str(), code), ("6 keys found", 1));
    // Files alone do not say where in a history a key is.
    assert!(root.of_class("tiles").next().is_none() && root.by_id("timeline").is_none());
    let (_, code, root) = headline(&all.sandbox, &["scan", "--history", "--format", "html"]);
    assert_eq!(code, 1);
    assert!(root.of_class("tiles").next().is_some() && root.by_id("timeline").is_some());
}
