//! The Chinese README says what the English one says: the same headings, blocks, links, tables and lists, in the same
//! order. Words are the translator's, and so are comments in blocks.
// skanner:allow-file unused-suppression: these are texts of tests

use std::fs;

use super::root;

/// Names each README in both, so it is no part of what is compared.
const SWITCH: &str = "[English](README.md) | [简体中文](README.zh-CN.md)";
/// The languages of blocks in which `#` begins a comment.
const COMMENTED: &[&str] = &["sh", "yaml", "toml", "python"];

/// What a translation keeps.
#[derive(Debug, PartialEq, Eq)]
struct Outline {
    /// The levels of the headings.
    headings: Vec<usize>,
    /// The fenced blocks, with their language, without the texts of their comments.
    blocks: Vec<String>,
    /// The targets of links and pictures, sorted, since another language has another order of words.
    targets: Vec<String>,
    /// For each row of a table, the number of its cells.
    rows: Vec<usize>,
    /// The marks of list items.
    items: Vec<String>,
    /// Comments of HTML, which are read by programs.
    remarks: Vec<String>,
}

/// A line of a block, with `#` in the place of a comment. A comment that skanner reads is code.
fn without_comment(line: &str, language: &str) -> String {
    if !COMMENTED.contains(&language) {
        return line.to_owned();
    }
    let is_start = |(at, _): &(usize, &str)| *at == 0 || line[..*at].ends_with(' ');
    match line.match_indices('#').find(is_start) {
        Some((at, _)) if !line[at..].starts_with("# skanner:") => format!("{}#", line[..at].trim_end()),
        _ => line.to_owned(),
    }
}

/// The targets of links and pictures in a line, of Markdown and of HTML.
fn targets(line: &str) -> Vec<String> {
    let ends = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"'), ("href=\"", '"')];
    let found = ends.iter().flat_map(|(start, end)| {
        line.split(start).skip(1).filter_map(move |rest| rest.split(*end).next()).map(str::to_owned)
    });
    found.collect()
}

fn outline(text: &str) -> Outline {
    let mut outline = Outline {
        headings: Vec::new(),
        blocks: Vec::new(),
        targets: Vec::new(),
        rows: Vec::new(),
        items: Vec::new(),
        remarks: Vec::new(),
    };
    let mut language: Option<&str> = None;
    for line in text.lines().filter(|line| *line != SWITCH) {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            language = if language.is_none() { Some(info.trim()) } else { None };
            outline.blocks.extend(language.map(|language| format!("{language}:\n")));
            continue;
        }
        if let Some(language) = language {
            let block = outline.blocks.last_mut().unwrap();
            block.push_str(&without_comment(line, language));
            block.push('\n');
            continue;
        }
        outline.targets.extend(targets(line));
        let first = line.split_whitespace().next().unwrap_or_default();
        match first {
            _ if first.starts_with('#') => outline.headings.push(first.len()),
            _ if first.starts_with('|') => outline.rows.push(line.matches('|').count()),
            _ if first.starts_with("<!--") => outline.remarks.push(line.to_owned()),
            "-" => outline.items.push(first.to_owned()),
            _ if first.strip_suffix('.').is_some_and(|number| number.parse::<u8>().is_ok()) => {
                outline.items.push(first.to_owned());
            }
            _ => {}
        }
    }
    outline.targets.sort();
    outline
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_chinese_readme_has_the_same_outline() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    let (from, to) = (outline(&english), outline(&chinese));
    assert_eq!(from.headings, to.headings, "levels of headings");
    assert_eq!(from.blocks, to.blocks, "blocks without the texts of their comments");
    assert_eq!(from.targets, to.targets, "targets of links");
    assert_eq!(from.rows, to.rows, "rows of tables");
    assert_eq!(from.items, to.items, "items of lists");
    assert_eq!(from.remarks, to.remarks, "comments of HTML");
    assert!(chinese.contains(SWITCH), "README.zh-CN.md leads to README.md");
    let is_there = !english.contains("README.zh-CN.md") || english.contains(SWITCH);
    assert!(is_there, "README.md leads to README.zh-CN.md by the same line");
}

/// A document with one of each.
const SAMPLE: &str = r#"# skanner

<!-- skanner:allow-file unused-suppression: an example -->

See [audit](docs/audit.md) and <img src="a.svg">.

1. First
- second

| a | b |
| --- | --- |

```sh
skanner scan .          # everything
```

```python
KEY = "…"  # skanner:allow openai-project-key made up
```
"#;

#[test]
fn a_translation_that_lags_behind_is_noticed() {
    let same = outline(SAMPLE);
    let changes = [
        ("# skanner\n", "skanner\n"),
        ("# skanner\n", "## skanner\n"),
        ("unused-suppression", "openai-project-key"),
        ("docs/audit.md", "docs/ci.md"),
        ("a.svg", "b.svg"),
        ("1. First\n", ""),
        ("- second", "second"),
        ("| a | b |", "| a |"),
        ("| --- | --- |\n", ""),
        ("skanner scan .", "skanner audit"),
        ("# everything", ""),
        ("```sh", "```text"),
        ("allow openai", "allow anthropic"),
    ];
    for (from, to) in changes {
        assert!(SAMPLE.contains(from), "{from}");
        assert_ne!(outline(&SAMPLE.replacen(from, to, 1)), same, "{from}");
    }
}

#[test]
fn a_translator_may_change_words_and_comments() {
    let changes = [
        ("See", "参见"),
        ("[audit]", "[审计]"),
        ("First", "第一"),
        ("| a | b |", "| 甲 | 乙 |"),
        (".          # everything", ".  # 全部"),
        ("# skanner\n", "# skanner 密钥\n"),
    ];
    let mut text = format!("{SWITCH}\n{SAMPLE}");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    assert_eq!(outline(&text), outline(SAMPLE));
}
