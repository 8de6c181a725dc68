//! Rules of one's own: found as the built-in ones are, and held to their examples.

use std::sync::Arc;

use proptest::prelude::*;
use skanner::testing::{
    blob::Content,
    config::Config,
    rule::{Confidence, RuleSet, Shape},
    scan::{Engine, Scratch},
};

use crate::{
    parse,
    support::{Sandbox, key, openai_key},
};

/// A rule with one form.
fn rule(id: &str, shape: &str, more: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nissuer = \"Acme\"\ntitle = \"Acme key\"\nimpact = \"Anyone can order anvils.\"\n\
         severity = \"high\"\nwords = [\"acme\"]\nexamples = [{shape:?}]\ncounter_examples = [\"acme\"]\n\
         [[rule.form]]\nshapes = [{shape:?}]\nconfidence = \"likely\"\nwhy = \"its prefix\"\n{more}\n"
    )
}

fn engine(config: &Config, least: Confidence) -> Engine {
    let own = config.own_rules.iter().map(|rule| rule.value.clone());
    Engine::with_rules(Some(Arc::new(RuleSet::with(own, |_| None))), least, Some(Arc::default()))
}

/// The rule and key of everything that is found.
fn found(engine: &Engine, text: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let emit =
        |one: skanner::testing::finding::Detection| all.push((one.rule.id.clone(), one.secret.reveal()));
    engine.scan(Content::Bytes(text), &mut Scratch::default(), &mut 0, emit).unwrap();
    all
}

#[test]
fn they_say_what_to_do_with_a_leaked_key() {
    let sandbox = Sandbox::new();
    sandbox.write("a.env", format!("A={}\n", key("acme_live_{A:32}", 1)));
    let remedy = |more: &str| {
        sandbox.write("skanner.toml", rule("acme-key", "acme_live_{A:32}", more));
        sandbox.scan(&[]).json["findings"][0]["remedy"].clone()
    };
    let told = remedy(
        "[rule.remedy]\nrevoke = \"Ask Bob.\"\nusage_url = \"https://acme.example/use\"\ngithub = \"owner\"\n\
         leaked = \"Acme does nothing.\"",
    );
    assert_eq!(told["revoke"], "Ask Bob.");
    assert_eq!(told["usage_url"], "https://acme.example/use");
    assert_eq!(told["leaked"], "GitHub can find such keys, but does not tell Acme. Acme does nothing.");
    assert!(told.get("limits").is_none() && told["steps"][0] == "Ask Bob.", "{told}");
    // Nothing of it is required.
    let none = remedy("");
    assert_eq!(none["revoke"], "Revoke the key in the admin settings of Acme.");
    assert_eq!(none["steps"].as_array().unwrap().len(), 3, "{none}");
    // What it does not know is an error, as anywhere.
    for (line, said) in [
        ("revok = \"x\"", "revok"),
        ("github = \"everybody\"", "github"),
        ("usage_url = \"acme.example\"", "must begin with https://"),
        ("revoke = \"\"", "is empty"),
    ] {
        sandbox
            .write("skanner.toml", rule("acme-key", "acme_live_{A:32}", &format!("[rule.remedy]\n{line}")));
        let run = sandbox.skanner(&["scan"]);
        assert!(run.code == 2 && run.stderr.contains(said), "{line}: {}", run.stderr);
    }
}

#[test]
fn they_are_found_beside_the_built_in_ones() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", rule("acme-key", "acme_live_{A:32}", ""));
    let own = key("acme_live_{A:32}", 1);
    sandbox.write("a.env", format!("A={own}\nB={}\n", openai_key(1)));
    let report = sandbox.scan(&[]);
    assert_eq!(report.places(), ["a.env:1:3 acme-key", "a.env:2:3 openai-project-key"]);
    assert_eq!(report.json["findings"][0]["secret"], format!("acme_live_…{}", &own[own.len() - 4..]));
    let text = sandbox.skanner(&["scan"]).stdout;
    assert!(
        text.contains("high[acme-key]: Acme key") && text.contains("= rule: of skanner.toml:1"),
        "{text}"
    );
    assert_eq!(text.matches("= rule:").count(), 1);
    assert_eq!(sandbox.scan(&["--rule", "acme-key"]).places(), ["a.env:1:3 acme-key"]);
    assert_eq!(sandbox.scan(&["--isolated"]).places(), ["a.env:2:3 openai-project-key"]);
    let sarif = sandbox.skanner(&["scan", "--format", "sarif"]).stdout;
    assert!(sarif.contains("\"ruleId\": \"acme-key\""), "{sarif}");

    let list = sandbox.skanner(&["rules"]).stdout;
    assert!(
        list.lines().any(|line| line.starts_with("acme-key ") && line.ends_with("Acme key (skanner.toml:1)"))
    );
    let page = sandbox.skanner(&["explain", "acme-key"]).stdout;
    assert!(page.contains("rule of    skanner.toml:1\n") && page.contains("acme_live_{A:32}"), "{page}");
    assert_eq!(sandbox.skanner(&["explain", "acme-key", "--isolated"]).code, 2);
}

#[test]
fn they_are_found_in_the_index_and_in_history() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    sandbox.write("skanner.toml", rule("acme-key", "acme_live_{A:32}", ""));
    let own = key("acme_live_{A:32}", 1);
    sandbox.write("a.env", format!("A={own}\n"));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(sandbox.scan(&["--staged"]).places(), ["a.env:1:3 acme-key"]);
    sandbox.git(".", &["commit", "-m", "one"]);
    // What the last commit has is no news, by a rule of one's own, too.
    sandbox.write("a.env", format!("B=1\nA={own}\n"));
    sandbox.git(".", &["add", "--all"]);
    sandbox.scan(&["--staged"]).assert_clean();
    // What was staged and not committed is in the store without a name.
    assert_eq!(sandbox.scan(&["--history"]).places(), [":2:3 acme-key", "a.env:1:3 acme-key"]);
    assert_eq!(sandbox.scan(&["--range", "HEAD"]).places(), ["a.env:1:3 acme-key"]);
    let audit = sandbox.skanner(&["audit", "--format", "json"]).report();
    assert_eq!(audit.json["audit"]["keys"], 1);
}

#[test]
fn rules_test_runs_their_examples() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", rule("acme-key", "acme_live_{A:32}", ""));
    let run = sandbox.skanner(&["rules", "test"]);
    let count = RuleSet::builtin().iter().count() + 1;
    assert!(run.code == 0 && run.stdout.starts_with(&format!("{count} rules, ")), "{run:?}");

    let wrong_example = rule("acme-key", "acme_live_{A:32}", "");
    let wrong_example =
        wrong_example.replace("examples = [\"acme_live_{A:32}\"]", "examples = [\"acme_live_{A:31}\"]");
    sandbox.write("skanner.toml", wrong_example);
    let run = sandbox.skanner(&["rules", "test"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("acme-key: example \"acme_live_{A:31}\": found nothing"), "{}", run.stdout);

    let wrong_counter = rule("acme-key", "acme_live_{A:32}", "");
    let wrong_counter = wrong_counter.replace("= [\"acme\"]\n[[", "= [\"x acme_live_{A:32}\"]\n[[");
    sandbox.write("skanner.toml", wrong_counter);
    let run = sandbox.skanner(&["rules", "test"]);
    assert_eq!(run.code, 1);
    let expected = "acme-key: counter-example \"x acme_live_{A:32}\": found acme-key (likely)";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
}

#[test]
fn any_prefix_is_found_in_any_writing() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let shapes = [
        "acme_live_{A:32}",
        "acme-{A:32}",
        "AKIZ{A:24}",
        "pcs{A:40}",
        "sk-acme-{A:40}",
        "mysk_{A:40}",
        "x.y-{A:30}",
        "a-b-{A:30}",
        "tok:{A:30}",
        "k_l{A:40}",
    ];
    let text: String = (0..).zip(shapes).map(|(at, shape)| rule(&format!("own-{at}"), shape, "")).collect();
    let config = parse(&text).unwrap();
    for least in [Confidence::Certain, Confidence::Likely, Confidence::Possible] {
        let config = if least == Confidence::Certain {
            parse(&text.replace("confidence = \"likely\"", "confidence = \"certain\"")).unwrap()
        } else {
            config.clone()
        };
        let engine = engine(&config, least);
        for (at, shape) in (0..).zip(shapes) {
            let key = key(shape, at);
            let separator = key.find(['-', '_', '.', ':']).unwrap_or(3);
            let (before, mark, after) = (&key[..separator], key.as_bytes()[separator], &key[separator + 1..]);
            let mut writings = vec![
                ("plain", format!("key = \"{key}\"\n").into_bytes()),
                ("glued to a quote", format!("'{key}'").into_bytes()),
                (
                    "UTF-16",
                    format!("\u{feff}key = \"{key}\"").encode_utf16().flat_map(u16::to_le_bytes).collect(),
                ),
                (
                    "base64",
                    BASE64_STANDARD
                        .encode(format!("some text before key = \"{key}\" and after"))
                        .into_bytes(),
                ),
                (
                    "hex",
                    format!("key = {key} and")
                        .bytes()
                        .map(|byte| format!("{byte:02x}"))
                        .collect::<String>()
                        .into_bytes(),
                ),
                ("split", format!("key = \"{}\" + \"{}\"\n", &key[..12], &key[12..]).into_bytes()),
            ];
            if matches!(mark, b'-' | b'_') {
                writings.push(("percent", format!("key={before}%{mark:02X}{after}&x=1").into_bytes()));
                writings.push(("JSON", format!("\"{before}\\u{mark:04x}{after}\"").into_bytes()));
                writings
                    .push(("backslash", format!("key {before}\\{}{after} ", char::from(mark)).into_bytes()));
            }
            for (writing, text) in writings {
                let found = found(&engine, &text);
                assert!(
                    found.contains(&(format!("own-{at}"), key.clone())),
                    "{shape} in {writing} at {least}: {found:?}"
                );
            }
        }
        // The built-in ones are found as before.
        for rule in RuleSet::builtin().iter() {
            for form in rule.forms.iter().filter(|form| form.confidence >= least && !form.requires_context) {
                let key = form.shapes[0].generate(&mut fastrand::Rng::with_seed(7));
                let own = found(&engine, format!("\"{key}\"").as_bytes());
                let built_in = found(&Engine::new(least), format!("\"{key}\"").as_bytes());
                assert_eq!(own, built_in, "{key}");
            }
        }
    }
}

#[test]
fn short_ones_are_found_too() {
    let config = parse(&(rule("pin", "pin-{d:6}", "") + &rule("spoken", "key {l:9}", ""))).unwrap();
    let engine = engine(&config, Confidence::Likely);
    assert_eq!(found(&engine, b"the pin-402817\nis"), [("pin".to_owned(), "pin-402817".to_owned())]);
    assert_eq!(found(&engine, b"my key wqoxpmtfz."), [("spoken".to_owned(), "key wqoxpmtfz".to_owned())]);
    assert!(found(&engine, b"spin-402817 pin-4028171 key wqoxpmtfzz").is_empty());
}

/// As many rules as there may be, each with a literal of its own: more than the packed search takes.
#[test]
fn as_many_as_there_may_be_are_all_found() {
    let prefix =
        |at: usize| format!("{}{}q", char::from(b'a' + (at % 26) as u8), char::from(b'A' + (at / 26) as u8));
    let shape = |at: usize| format!("{}{{A:40}}", prefix(at));
    let text: String = (0..256).map(|at| rule(&format!("own-{at}"), &shape(at), "")).collect();
    let engine = engine(&parse(&text).unwrap(), Confidence::Likely);
    let keys: Vec<_> = (0..256).map(|at| key(&shape(at), at as u64)).collect();
    let lines: String = keys.iter().map(|key| format!("k = {key}\n")).collect();
    let expected: Vec<_> =
        keys.iter().enumerate().map(|(at, key)| (format!("own-{at}"), key.clone())).collect();
    assert_eq!(found(&engine, lines.as_bytes()), expected);
    let hex: String = lines.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found(&engine, hex.as_bytes()), expected);
    assert_eq!(found(&engine, format!("{}%2D{}", "sk", &openai_key(1)[3..]).as_bytes()).len(), 1);

    let error = parse(&(text + &rule("one-more", "one-more-{A:40}", ""))).unwrap_err();
    assert!(error.problems[0].message.contains("more than 256 shapes"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever prefixes there are, one inside the other or not, every key is found.
    #[test]
    fn prefixes_may_overlap_in_any_way(prefixes in prop::collection::btree_set("[ab_-]{3,9}", 1..9), seed: u64) {
        let shapes: Vec<_> = prefixes.iter().map(|prefix| format!("{prefix}{{d:20}}")).collect();
        let text: String =
            shapes.iter().enumerate().map(|(at, shape)| rule(&format!("own-{at}"), shape, "edges = \"open\"")).collect();
        let engine = engine(&parse(&text).unwrap(), Confidence::Likely);
        for shape in &shapes {
            let key = Shape::parse(shape).unwrap().generate(&mut fastrand::Rng::with_seed(seed));
            let all = found(&engine, format!("x {key} x").as_bytes());
            prop_assert!(all.len() == 1 && all[0].1.contains(&key[key.len() - 20..]), "{key}: {all:?}");
        }
    }
}
