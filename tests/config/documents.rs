//! What documents and help say of the configuration is true.

use std::fs;

use skanner::testing::config::{ConfigKind, VARIABLES};

use crate::{parse_as, support::Sandbox};

fn document(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The blocks of TOML in a document.
fn blocks(text: &str) -> Vec<&str> {
    text.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

#[test]
fn every_example_is_a_configuration() {
    let configuration = document("docs/configuration.md");
    let readme = document("README.md");
    let blocks: Vec<_> = blocks(&configuration).into_iter().chain(blocks(&readme)).collect();
    assert!(blocks.len() >= 9, "only {} blocks", blocks.len());
    for block in blocks {
        let is_policy = block.contains("[policy]");
        let kind = if is_policy { ConfigKind::Policy } else { ConfigKind::Own };
        if let Err(invalid) = parse_as(kind, "skanner.toml", block) {
            panic!("{}", invalid.render(&mut str::to_owned));
        }
    }
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", blocks_with_rule(&configuration));
    assert_eq!(sandbox.skanner(&["rules", "test"]).code, 0);
}

fn blocks_with_rule(text: &str) -> &str {
    blocks(text).into_iter().find(|block| block.starts_with("[[rule]]")).unwrap()
}

#[test]
fn every_key_has_a_section() {
    let text = document("docs/configuration.md");
    let schema = skanner::testing::config::schema();
    let headings: Vec<_> = text.lines().filter(|line| line.starts_with("### ")).collect();
    for key in schema["properties"].as_object().unwrap().keys() {
        let is_named = |heading: &&&str| {
            [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")]
                .iter()
                .any(|form| heading.contains(form))
        };
        assert!(headings.iter().any(|heading| is_named(&heading)), "{key}");
    }
}

#[test]
fn every_variable_is_in_the_help_and_in_the_table() {
    let text = document("docs/configuration.md");
    let sandbox = Sandbox::new();
    let help = sandbox.skanner(&["scan", "--help"]).stdout + &sandbox.skanner(&["--help"]).stdout;
    // An option is a block, and its text is wrapped.
    let options: Vec<String> =
        help.split("\n      -").map(|block| block.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for (variable, option) in VARIABLES {
        assert!(
            text.lines().any(|line| line.contains(&format!("`{variable}`")) && line.contains(option)),
            "{variable}"
        );
        let named = options.iter().find(|block| block.contains(&format!("[env: {variable}]")));
        let named = named.unwrap_or_else(|| panic!("{variable}: {options:?}"));
        // The split has taken a dash away.
        let is_of_option = named.starts_with(&option[1..]) || named.contains(&format!("{option},"));
        assert!(is_of_option, "{variable}: {named}");
    }
}
