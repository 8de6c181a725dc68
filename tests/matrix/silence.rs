//! Every family of look-alikes in the contexts it is met in, and random text with `sk-` all over: no finding.

use std::collections::BTreeSet;

use skanner::testing::rule::{Confidence, RuleSet, Shape};

use super::{
    harness::{self, Bench},
    known,
    lookalikes::{FAMILIES, Family},
};

const CONTEXTS: &[(&str, &str)] = &[
    ("alone", "{}\n"),
    ("double quotes", "x = \"{}\"\n"),
    ("single quotes", "f('{}')\n"),
    ("assignment", "API_KEY={}\n"),
    ("assignment, quoted", "const apiKey = \"{}\";\n"),
    ("header", "Authorization: Bearer {}\n"),
    ("JSON", "{\"api_key\": \"{}\", \"model\": \"x\"}\n"),
    ("Markdown", "- set `{}` as your key\n"),
    ("Markdown table", "| key | {} |\n"),
    ("attribute", "<div class=\"a {} b\">\n"),
    ("URL", "https://h.example/a/{}/b\n"),
    ("escaped", "\"\\n{}\\n\"\n"),
];

/// Texts a look-alike is generated as.
const ROUNDS: u64 = 8;

fn failures(bench: &mut Bench, name: &str, text: &str) -> Vec<String> {
    let found = bench.scan(Confidence::Likely, text.as_bytes());
    found
        .iter()
        .map(|one| {
            let (id, text) = (&one.rule.id, one.secret.reveal());
            format!("{name}: {text:?} as {id} ({}), since {}", one.confidence, one.why)
        })
        .collect()
}

#[test]
fn no_look_alike_is_found() {
    // What speaks for an issuer must not make a key of it, either.
    let words: BTreeSet<&str> =
        RuleSet::builtin().iter().flat_map(|rule| rule.context.first()).map(|word| &*word.shown).collect();
    let rows: Vec<(&Family, &str)> =
        FAMILIES.iter().flat_map(|family| family.texts.iter().map(move |text| (family, *text))).collect();
    assert!(rows.len() >= 300, "only {} look-alikes", rows.len());
    harness::run("look-alikes", &rows, 23_000, |bench, (family, source)| {
        let shape = Shape::parse(source).unwrap();
        let (mut cells, mut failed) = (0, Vec::new());
        let mut try_in = |context: &str, template: &str, word: &str| {
            cells += 1;
            let failure = (0..ROUNDS).find_map(|seed| {
                let text = template.replace("{}", &shape.generate(&mut fastrand::Rng::with_seed(seed)));
                let name = format!("{}, {source} in [{context}] {word} seed {seed}", family.name);
                failures(bench, &name, &format!("{word}\n{text}")).pop()
            });
            failed.extend(failure);
        };
        for (context, template) in CONTEXTS {
            try_in(context, template, "");
        }
        for word in words.iter().filter(|word| !known::may_be_chosen_by_people(source, word)) {
            try_in("beside an issuer", "x = \"{}\"\n", word);
        }
        (cells, failed)
    });
}

const SIZE: usize = 2 << 20;

/// Fills a text of [`SIZE`] with what `piece` writes.
fn fill(seed: u64, mut piece: impl FnMut(&mut fastrand::Rng, &mut String)) -> (u64, String) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut text = String::with_capacity(SIZE + (64 << 10));
    while text.len() < SIZE {
        piece(&mut rng, &mut text);
    }
    (seed, text)
}

fn assert_silent(name: &str, texts: impl Iterator<Item = (u64, String)>) {
    let texts: Vec<(u64, String)> = texts.collect();
    harness::run(name, &texts, 2, |bench, (seed, text)| {
        (1, failures(bench, &format!("{name} seed {seed}"), text))
    });
}

/// Blobs of one alphabet, `literals` strewn in without anything beside them.
fn blobs(name: &str, class: &str, literals: &[&str]) {
    let run = Shape::parse(&format!("{{{class}:1..90}}")).unwrap();
    assert_silent(
        name,
        (0..2).map(|seed| {
            fill(seed, |rng, text| {
                text.push_str(&run.generate(rng));
                text.push_str(literals[rng.usize(0..literals.len())]);
                // A blob ends now and then, but not where a key would begin.
                if rng.u8(..) < 8 {
                    text.push_str(&run.generate(rng));
                    text.push('\n');
                    text.push_str(&run.generate(rng));
                }
            })
        }),
    );
}

#[test]
fn random_base64url_with_anchors_is_silent() {
    // Not OpenAI's marker, which chance does not write and which proves itself.
    blobs(
        "base64url",
        "B",
        &["sk-", "-sk-", "_sk_", "sk_", "rk_", "sk-ant", "sk-proj", "-sk-sk-", "sk-or-v1-"],
    );
}

#[test]
fn random_hex_with_anchors_is_silent() {
    blobs("hex", "h", &["sk-", "sk_", "rk_", "sk-sk-", "desk-", "task_"]);
}

#[test]
fn random_base64_with_anchors_is_silent() {
    // `sk-` and `sk_` in their three alignments.
    blobs("base64", "A", &["c2st", "NrL", "zay", "c2tf", "Nr", "rLW", "/c2st", "+NrL"]);
}

const STEMS: &[&str] = &[
    "task",
    "risk",
    "disk",
    "desk",
    "flask",
    "mask",
    "ask",
    "kiosk",
    "whisk",
    "brisk",
    "husk",
    "tusk",
    "dusk",
    "asterisk",
    "obelisk",
    "netmask",
    "bitmask",
    "helpdesk",
    "servicedesk",
    "network",
    "benchmark",
    "fork",
    "framework",
    "sk",
    "btn-sk",
    "data-sk",
    "ssh-sk",
    "un-sk",
];

const WORDS: &[&str] = &[
    "circle",
    "fade",
    "dot",
    "proj",
    "live",
    "test",
    "api",
    "v1",
    "org",
    "report",
    "handler",
    "adjusted",
    "image",
    "user",
    "question",
    "index",
    "2024",
    "01",
    "list",
    "container",
    "id",
    "item",
    "usage",
    "status",
    "plane",
    "default",
    "admin",
    "cp",
    "ws",
    "sp",
    "lf",
    "or",
    "car",
    "icon",
    "left",
    "a",
    "of",
    "the",
    "model",
    "state",
];

fn slug(rng: &mut fastrand::Rng, text: &mut String) {
    text.push_str(STEMS[rng.usize(0..STEMS.len())]);
    for _ in 0..rng.usize(1..14) {
        text.push_str(["-", "-", "-", "_", "--", "__"][rng.usize(0..6)]);
        text.push_str(WORDS[rng.usize(0..WORDS.len())]);
    }
}

#[test]
fn slugs_of_words_are_silent() {
    let between = [" ", "\n", "\", \"", "/", " .", " #", "('", "`, `", "=\"", ": "];
    let slugs = |seed| {
        fill(seed, |rng, text| {
            slug(rng, text);
            text.push_str(between[rng.usize(0..between.len())]);
        })
    };
    assert_silent("slugs", (0..3).map(slugs));
}

/// Slugs with the tail of a hash, as file names and addresses have them.
#[test]
fn slugs_with_hashes_are_silent() {
    let tails = ["-{h:7}", "-{h:8}.js", "-{h:20}.css", "-{h:40}", "-{uuid4}", "_{h:12}", "-{A:8}", "-{d:10}"];
    let tails = tails.map(|tail| Shape::parse(tail).unwrap());
    let slugs = |seed| {
        fill(seed, |rng, text| {
            text.push_str(["https://h.example/", "/assets/", "\"", "id=", " "][rng.usize(0..5)]);
            let stem = STEMS[rng.usize(0..STEMS.len())];
            // Behind `sk-` itself a hash makes a key of a self-made kind: only words that end so.
            if !stem.ends_with("sk") || stem.len() > 2 && !stem.contains('-') {
                text.push_str(stem);
                text.push('-');
                slug(rng, text);
                text.push_str(&tails[rng.usize(0..tails.len())].generate(rng));
            }
            text.push('\n');
        })
    };
    assert_silent("slugs with hashes", (0..3).map(slugs));
}
