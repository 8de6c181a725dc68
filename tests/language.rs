//! The project is written in American English: comments, names, messages and documents.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{collections::HashMap, ffi::OsStr, fs, path::Path};

use ignore::WalkBuilder;

/// British spellings, and what to write instead. `s*` stands for `se`, `sed`, `sing`, `sation` and so on, any other `*`
/// for any ending. Each has a hyphen inside, so that this file does not contain any of them.
const SPELLINGS: &[(&str, &str)] = &[
    ("age-ing", "aging"),
    ("alumin-ium", "aluminum"),
    ("among-st", "among"),
    ("anal-yse*", "analyze"),
    ("analys-ing", "analyzing"),
    ("anonymi-s*", "anonymize"),
    ("armo-ur*", "armor"),
    ("arte-fact*", "artifact"),
    ("authori-s*", "authorize"),
    ("behavi-our*", "behavior"),
    ("burn-t", "burned"),
    ("cancel-led", "canceled"),
    ("cancel-ling", "canceling"),
    ("canonicali-s*", "canonicalize"),
    ("capitali-s*", "capitalize"),
    ("catalo-gue*", "catalog"),
    ("categori-s*", "categorize"),
    ("cent-re*", "center"),
    ("colo-ur*", "color"),
    ("customi-s*", "customize"),
    ("defen-ce*", "defense"),
    ("dialog-ue*", "dialog"),
    ("emphasi-s*", "emphasize"),
    ("endeavo-ur*", "endeavor"),
    ("favo-ur*", "favor"),
    ("fib-re*", "fiber"),
    ("finali-s*", "finalize"),
    ("flavo-ur*", "flavor"),
    ("after-wards", "afterward"),
    ("back-wards", "backward"),
    ("for-wards", "forward"),
    ("ful-fil", "fulfill"),
    ("ful-fils", "fulfills"),
    ("generali-s*", "generalize"),
    ("gr-ey*", "gray"),
    ("harbo-ur*", "harbor"),
    ("hono-ur*", "honor"),
    ("humo-ur*", "humor"),
    ("initiali-s*", "initialize"),
    ("judge-ment*", "judgment"),
    ("label-led", "labeled"),
    ("label-ling", "labeling"),
    ("labo-ur*", "labor"),
    ("lear-nt", "learned"),
    ("licen-ce*", "license"),
    ("lit-re*", "liter"),
    ("locali-s*", "localize"),
    ("maximi-s*", "maximize"),
    ("met-re", "meter"),
    ("met-res", "meters"),
    ("minimi-s*", "minimize"),
    ("misspel-t", "misspelled"),
    ("model-led", "modeled"),
    ("model-ling", "modeling"),
    ("neighbo-ur*", "neighbor"),
    ("normali-s*", "normalize"),
    ("offen-ce*", "offense"),
    ("optimi-s*", "optimize"),
    ("organi-s*", "organize"),
    ("prioriti-s*", "prioritize"),
    ("program-me", "program"),
    ("randomi-s*", "randomize"),
    ("reali-s*", "realize"),
    ("recogni-s*", "recognize"),
    ("rumo-ur*", "rumor"),
    ("saniti-s*", "sanitize"),
    ("seriali-s*", "serialize"),
    ("signal-led", "signaled"),
    ("speciali-s*", "specialize"),
    ("spel-t", "spelled"),
    ("standardi-s*", "standardize"),
    ("summari-s*", "summarize"),
    ("synchroni-s*", "synchronize"),
    ("theat-re*", "theater"),
    ("tokeni-s*", "tokenize"),
    ("to-wards", "toward"),
    ("travel-led", "traveled"),
    ("travel-ling", "traveling"),
    ("utili-s*", "utilize"),
    ("visuali-s*", "visualize"),
    ("whil-st", "while"),
];

/// The words of a line, in lowercase: `snake_case` and `CamelCase` names are taken apart, and addresses are left to
/// whoever named them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for text in line.split_whitespace().filter(|text| !text.contains("://")) {
        for name in text.split(|character: char| !character.is_ascii_alphabetic()) {
            let mut word = String::new();
            let mut was_lower = false;
            for character in name.chars() {
                if character.is_ascii_uppercase() && was_lower {
                    words.push(std::mem::take(&mut word));
                }
                was_lower = character.is_ascii_lowercase();
                word.push(character.to_ascii_lowercase());
            }
            words.push(word);
        }
    }
    words
}

/// What to write instead of a word, if it is British.
fn american(word: &str) -> Option<&'static str> {
    let is_british = |spelling: &str| {
        let spelling = spelling.replacen('-', "", 1);
        let Some(start) = spelling.strip_suffix('*') else { return word == spelling };
        let ending = word.strip_prefix(start).or_else(|| word.strip_prefix("un")?.strip_prefix(start));
        // Specialists and organisms are the same in both.
        ending
            .is_some_and(|ending| !start.ends_with("is") || ending.starts_with(['a', 'e']) || ending == "ing")
    };
    SPELLINGS.iter().find(|(british, _)| is_british(british)).map(|(_, american)| *american)
}

#[test]
fn spelling_is_american() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = |name: &OsStr| name != ".git" && name != "target";
    let files =
        WalkBuilder::new(root).hidden(false).filter_entry(move |entry| own(entry.file_name())).build();
    let mut known: HashMap<String, Option<&str>> = HashMap::new();
    let mut checked = 0;
    let mut wrong = Vec::new();
    for file in files {
        let path = file.unwrap().into_path();
        let kind = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        if !["rs", "md", "toml", "yaml", "yml"].contains(&kind) || !path.is_file() {
            continue;
        }
        checked += 1;
        for (line, number) in fs::read_to_string(&path).unwrap().lines().zip(1..) {
            for word in words(line) {
                let american = *known.entry(word.clone()).or_insert_with(|| american(&word));
                if let Some(american) = american {
                    let shown = path.strip_prefix(root).unwrap().display();
                    wrong.push(format!("{shown}:{number}: `{word}`, spelled like `{american}` here"));
                }
            }
        }
    }
    assert!(checked > 200, "only {checked} files were found");
    assert!(wrong.is_empty(), "not American:\n{}", wrong.join("\n"));
}

#[test]
fn british_words_are_recognized_in_any_name() {
    let is_wrong = |text: &str| words(text).iter().any(|word| american(word).is_some());
    for (british, american) in SPELLINGS {
        let british = british.replacen('-', "", 1).replace("s*", "se").replace('*', "");
        let (first, rest) = british.split_at(1);
        let type_name = format!("The{}{rest}Of", first.to_uppercase());
        for text in [&british, &format!("({british})."), &format!("is_{british}"), &type_name] {
            assert!(is_wrong(text), "{text}");
        }
        assert!(!is_wrong(american), "{american}");
        assert!(!is_wrong(&format!("https://example.org/{british}")), "{british}");
    }
    for word in ["specialist", "organism", "analysis", "optimistic", "program", "metric"] {
        assert!(!is_wrong(word), "{word}");
    }
}
