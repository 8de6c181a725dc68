//! Rules of one's own with regular expressions: what they find, what they leave, and what they cost.
// skanner:allow-file unused-suppression: these are texts of tests

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use skanner::testing::{
    blob::{Content, WINDOW},
    config::Config,
    finding::Detection,
    foreign_rules,
    rule::{Confidence, RuleSet},
    scan::{Engine, Scratch, TextChange},
};

use crate::{
    pack, parse,
    support::{self, Sandbox, key, openai_key},
};

/// A rule with one form, which says `form` of itself beside its confidence.
fn rule(id: &str, form: &str) -> String {
    let confidence = if form.contains("confidence =") { "" } else { "confidence = \"likely\"\n" };
    format!(
        "[[rule]]\nid = \"{id}\"\nissuer = \"Acme\"\ntitle = \"Acme key\"\nimpact = \"Anyone can order anvils.\"\n\
         severity = \"high\"\nwords = [\"acme.example\"]\nexamples = [\"x\"]\ncounter_examples = [\"y\"]\n\
         [[rule.form]]\n{form}\n{confidence}why = \"what its maker says of it\"\n"
    )
}

fn engine(config: &Config, least: Confidence) -> Engine {
    let own = config.own_rules.iter().map(|rule| rule.value.clone());
    Engine::with_rules(Some(Arc::new(RuleSet::with(own, |_| None))), least, Some(Arc::default()))
}

fn engine_of(forms: &str) -> Engine {
    engine(
        &parse(forms).unwrap_or_else(|error| panic!("{}", error.render(&mut str::to_owned))),
        Confidence::Likely,
    )
}

fn scan(engine: &Engine, content: Content<'_>, scratch: &mut Scratch) -> Vec<Detection> {
    let mut all = Vec::new();
    engine.scan(content, scratch, &mut 0, |one| all.push(one)).unwrap();
    all
}

/// The keys that the rule `acme` finds in a text.
fn keys(form: &str, text: &str) -> Vec<String> {
    let engine = engine_of(&rule("acme", form));
    let all = scan(&engine, Content::Bytes(text.as_bytes()), &mut Scratch::default());
    let is_asked = |one: &Detection| one.rule.id == "acme" && one.confidence >= Confidence::Likely;
    all.into_iter().filter(is_asked).map(|one| one.secret.reveal()).collect()
}

fn body(seed: u64) -> String {
    key("{a:32}", seed)
}

/// Each field with a text in which there is a key for it, and one in which there is none.
#[test]
fn each_field_is_asked_for() {
    let body = body(1);
    let digits = |count: usize| {
        let letters = key("{l:32}", 4);
        letters.chars().enumerate().map(|(at, one)| if at < count { '7' } else { one }).collect::<String>()
    };
    let plain = "regex = 'acme_[a-z0-9]{32}\\b'";
    let loose = "regex = '\\b[a-z0-9]{32}\\b'";
    let prefixed = format!("acme_{body}");
    let upper = format!("ACME_{}", body.to_ascii_uppercase());
    let cases: &[(&str, &str, &str, &str)] = &[
        // The form, a text with a key, the key, a text without one.
        (plain, &format!("k = {prefixed}"), &prefixed, &format!("k = acne_{body}")),
        (plain, &prefixed, &prefixed, &format!("{prefixed}x")),
        ("regex = '(?i)acme_[a-z0-9]{32}'", &upper, &upper, "ACME_"),
        ("regex = 'acme=\"([a-z0-9]{32})\"'", &format!("acme=\"{body}\""), &body, &format!("acme='{body}'")),
        (
            "regex = 'acme(-|_)(?P<secret>[a-z0-9]{32})'",
            &format!("acme-{body}"),
            &body,
            &format!("acme.{body}"),
        ),
        (
            "regex = 'acme (?:key ([a-z0-9]{32})|id ([0-9]{9}))'",
            "acme id 739152864",
            "739152864",
            "acme id 12",
        ),
        (
            &format!("{loose}\nkeywords = [\"Acme\", \"anvil\"]"),
            &format!("// ANVIL\nlet x = \"{body}\";"),
            &body,
            &format!("// envil\nlet x = \"{body}\";"),
        ),
        (
            &format!("{loose}\nkeywords = [\"acme\"]"),
            &format!("acme{}{body}", " ".repeat(250)),
            &body,
            &format!("acme{}{body}", " ".repeat(600)),
        ),
        (
            &format!("{loose}\nkeywords = [\"acme\"]"),
            &format!("{body}{}acme", " ".repeat(200)),
            &body,
            &format!("{body}{}acme", " ".repeat(600)),
        ),
        (&format!("{loose}\nslow = true"), &body, &body, &format!("{body}x")),
        (
            &format!("{plain}\nentropy = 3.0"),
            &prefixed,
            &prefixed,
            &format!("acme_{}", "ab1cab2cab1cba2cab1cab2ccb1aab2c"),
        ),
        (
            &format!("{plain}\nmin_digits = 4"),
            &format!("acme_{}", digits(4)),
            &format!("acme_{}", digits(4)),
            &format!("acme_{}", digits(3)),
        ),
        (
            &format!("{plain}\nnot = ['{}', '^x']", &body[4..9]),
            &format!("acme_{}", self::body(2)),
            &format!("acme_{}", self::body(2)),
            &prefixed,
        ),
        (
            &format!("{plain}\nconfidence = \"possible\""),
            &format!("acme.example {prefixed}"),
            &prefixed,
            &prefixed,
        ),
        (
            &format!("{plain}\nrequires_context = true"),
            &format!("acme.example {prefixed}"),
            &prefixed,
            &prefixed,
        ),
        (
            &format!("{plain}\nconfidence = \"possible\"\nnamed = true"),
            &format!("api_key = {prefixed}"),
            &prefixed,
            &format!("name = {prefixed}"),
        ),
        (plain, &prefixed, &prefixed, &format!("acme_{}", "abcdefghijklmnopqrstuvwxyz012345")),
        (plain, &prefixed, &prefixed, &format!("acme_{}", "x".repeat(32))),
        (
            "regex = '(?m)^acme ([a-z0-9]{32})$'",
            &format!("a\nacme {body}\nb"),
            &body,
            &format!("a acme {body}\n"),
        ),
        (
            "regex = 'BEGIN ACME\\n((?:[a-z0-9]{32}\\n){2,9})END ACME'",
            &format!("BEGIN ACME\n{body}\n{}\nEND ACME", self::body(2)),
            &format!("{body}\n{}\n", self::body(2)),
            &format!("BEGIN ACME\n{body}\nEND ACME"),
        ),
    ];
    for (form, with, found, without) in cases {
        assert_eq!(keys(form, with), [found.to_string()], "{form}\n{with}");
        assert!(keys(form, without).is_empty(), "{form}\n{without}");
    }
}

#[test]
fn a_confidence_may_depend_on_context_and_a_reason_is_told() {
    let engine = engine_of(&rule("acme", "regex = 'acme_[a-z0-9]{32}'\nwith_context = \"certain\""));
    let text = format!("acme_{}\n\n\n\n\n\n\n\n\n\n\nacme.example acme_{}", body(1), body(2));
    let all = scan(&engine, Content::Bytes(text.as_bytes()), &mut Scratch::default());
    let told: Vec<_> = all.iter().map(|one| (one.confidence, one.why.as_str())).collect();
    assert_eq!(
        told,
        [
            (Confidence::Likely, "what its maker says of it"),
            (Confidence::Certain, "what its maker says of it; `acme.example` on the same line")
        ]
    );
    assert_eq!(all[0].secret.masked(), format!("acme_…{}", &body(1)[28..]));
}

#[test]
fn a_rule_with_shapes_comes_first_unless_it_is_less_sure() {
    let found = |form: &str, text: &str| {
        let all =
            scan(&engine_of(&rule("acme", form)), Content::Bytes(text.as_bytes()), &mut Scratch::default());
        all.into_iter().map(|one| one.rule.id.clone()).collect::<Vec<_>>()
    };
    // The built-in rule is certain of such a key.
    let openai = format!("token = \"{}\"", openai_key(1));
    let certain = "regex = 'token = \"([A-Za-z0-9_-]{20,200})\"'\nconfidence = \"certain\"";
    assert_eq!(found(certain, &openai), ["openai-project-key"]);
    assert_eq!(found("regex = 'token = \"[A-Za-z0-9_-]{20,200}\"'", &openai), ["openai-project-key"]);
    let likely = format!("token = \"{}\"", key("coyote-{A:40}", 1));
    let both = |confidence: &str| {
        let shape = rule("shape", "shapes = [\"coyote-{A:40}\"]");
        let regex = rule("acme", &certain.replace("certain", confidence));
        let engine = engine_of(&(shape + &regex));
        let all = scan(&engine, Content::Bytes(likely.as_bytes()), &mut Scratch::default());
        all.into_iter().map(|one| one.rule.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(both("likely"), ["shape"]);
    assert_eq!(both("certain"), ["acme"]);
}

/// Ways to write a text, with the name of each.
fn writings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let hex = |upper: bool| -> Vec<u8> {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        if upper { digits.to_uppercase().into_bytes() } else { digits.into_bytes() }
    };
    let utf16 = |mark: &str, unit: fn(u16) -> [u8; 2]| {
        format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
    };
    let encoded = |before: &str| BASE64_STANDARD.encode(format!("{before}{text} and some more after it"));
    let wrapped: Vec<u8> = encoded("").as_bytes().chunks(76).collect::<Vec<_>>().join(&b'\n');
    let inside: Vec<u8> = [vec![1, 2, 3, 0xff], utf16("", u16::to_le_bytes), vec![0xff, 0xfe, 1]].concat();
    vec![
        ("plain", text.as_bytes().to_vec()),
        ("base64", encoded("").into_bytes()),
        ("base64, one byte off", encoded("x").into_bytes()),
        ("base64, two bytes off", encoded("xy").into_bytes()),
        ("base64 behind a slash", format!("data:/{}", encoded("")).into_bytes()),
        ("base64 behind a letter", format!("q{}", encoded("")).into_bytes()),
        ("wrapped base64", wrapped),
        ("base64 twice", BASE64_STANDARD.encode(encoded("")).into_bytes()),
        ("hex", hex(false)),
        ("HEX", hex(true)),
        ("UTF-16 with a mark", utf16("\u{feff}", u16::to_le_bytes)),
        ("big UTF-16", utf16("\u{feff}", u16::to_be_bytes)),
        ("UTF-16 in a binary", inside),
        ("base64 of UTF-16", BASE64_STANDARD.encode(utf16("", u16::to_le_bytes)).into_bytes()),
        ("CRLF", format!("a\r\n{text}\r\nb").into_bytes()),
        ("binary", [b"\x7fELF\0\0".as_slice(), text.as_bytes(), b"\0\0"].concat()),
    ]
}

#[test]
fn they_are_found_in_any_encoding() {
    let forms = [
        rule("acme", "regex = '(?i)\\bacme_(?:live|test)_([a-z0-9]{32})\\b'"),
        rule("other", "regex = '[a-z]{4}-([a-z0-9]{32})-anvil'"),
        rule("near", "regex = '\\b[a-z0-9]{36}\\b'\nkeywords = [\"Coyote\"]"),
    ];
    let engine = engine_of(&forms.concat());
    for seed in 0..8 {
        let long = key("{a:36}", seed);
        for (id, text, key) in [
            ("acme", format!("key = acme_live_{} ;", body(seed)), body(seed)),
            (
                "other",
                format!("roadrunner {} {} blah-{}-anvil ;", body(90), body(91), body(seed)),
                body(seed),
            ),
            ("near", format!("Wile E. Coyote: {long} "), long.clone()),
        ] {
            for (name, written) in writings(&text) {
                let all = scan(&engine, Content::Bytes(&written), &mut Scratch::default());
                let own: Vec<_> = all.iter().filter(|one| one.rule.id == id).collect();
                assert_eq!(own.len(), 1, "{id} in {name}: {all:?}");
                assert_eq!(own[0].secret.reveal(), key, "{id} in {name}");
                assert!(!own[0].excerpt.text.contains(&key), "{id} in {name}: {:?}", own[0].excerpt);
                let stream = scan(&engine, Content::Stream(&mut &written[..]), &mut Scratch::default());
                assert_eq!(format!("{stream:?}"), format!("{all:?}"), "{id} in {name}");
            }
        }
    }
}

/// Forms of every kind of region and length, for texts that are made of the pieces below.
fn all_kinds() -> Engine {
    engine_of(
        &[
            rule("acme", "regex = 'acme_[a-z0-9]{32}\\b'"),
            rule("inner", "regex = '[a-z]{2,90}=acme:([a-z0-9]{20,64})'"),
            rule("near", "regex = '\\b[a-z0-9]{32}\\b'\nkeywords = [\"anvil\"]"),
            rule("everywhere", "regex = '\\b[0-9]{30}\\b'\nslow = true"),
            rule("long", "regex = 'BEGIN ACME[a-z0-9\\n]{60,6000}END ACME'"),
            rule("overlapping", "regex = '(?:acme[a-z0-9_]{0,9}){2,40}'\nmin_digits = 2"),
            rule("tail", "regex = 'acme_[a-z0-9]{4,900}(?: tail)?'\nentropy = 3.9"),
        ]
        .concat(),
    )
}

/// The same as rules of gitleaks have them.
fn foreign_kinds() -> Engine {
    let rules = r#"
[[rules]]
id = "lead"
regex = '''[\w.-]{0,50}?(?:acme|anvil)[=_ ]{1,3}([a-z0-9]{32})\b'''
[[rules]]
id = "nearby"
regex = '''\b([a-z0-9]{32})\b'''
keywords = ["BEGIN"]
[[rules]]
id = "required"
regex = '''key = "([a-z0-9]+)"'''
keywords = ["tail"]
entropy = 3.5
[[rules]]
id = "long"
regex = '''acme(?s:.)*?END'''
[[rules]]
id = "everywhere"
regex = '''\b([0-9]{30})\b'''
[[rules.allowlists]]
regexTarget = "line"
regexes = ["END ACME"]
"#;
    let own = foreign_rules::rules("gitleaks.toml", rules);
    assert_eq!(own.len(), 5);
    Engine::with_rules(Some(Arc::new(RuleSet::with(own, |_| None))), Confidence::Likely, Some(Arc::default()))
}

const PIECES: &[&str] = &[
    "acme_{}",
    "x=acme:{} ",
    "anvil {} ",
    "\n",
    "BEGIN ACME{}\n",
    "END ACME",
    "acme",
    "{}",
    " ",
    " tail",
    "key = \"{}\"\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Nothing depends on where the seams of windows are.
    #[test]
    fn windows_and_whole_texts_agree(seed: u64, pieces in prop::collection::vec((0..PIECES.len(), 0..8_u32, 0..2500_usize), 300..500)) {
        let mut text = String::new();
        for (at, (piece, kind, filler)) in pieces.iter().enumerate() {
            let shape = if kind % 4 == 0 { "{d:30}" } else { "{a:32}" };
            text.push_str(&PIECES[*piece].replace("{}", &key(shape, seed.wrapping_add(at as u64))));
            // Half of the pieces follow each other closely.
            let count = if kind % 2 == 0 { filler % 4 } else { *filler };
            text.push_str(&"filler ".repeat(count / 7));
        }
        while text.len() <= WINDOW {
            text.push_str(&text.clone());
        }
        let engine = all_kinds();
        let whole = scan(&engine, Content::Bytes(text.as_bytes()), &mut Scratch::default());
        let stream = scan(&engine, Content::Stream(&mut text.as_bytes()), &mut Scratch::default());
        prop_assert!(!whole.is_empty());
        let lines = |all: &[Detection]| all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
        prop_assert_eq!(lines(&whole), lines(&stream));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(support::cases(200, 4_000) as u32))]

    /// A text that differs from one without keys is known to have none only if it has none.
    #[test]
    fn a_change_hides_no_key(
        seed: u64,
        pieces in prop::collection::vec((0..PIECES.len(), 0..8_u32, 0..900_usize), 1..60),
        more in prop::collection::vec((0..PIECES.len(), 0..4_u32, 0..300_usize), 1..4),
        at: prop::sample::Index,
        taken in 0..40_usize,
    ) {
        let write = |pieces: &[(usize, u32, usize)], seed: u64| {
            let mut text = String::new();
            for (at, (piece, kind, filler)) in pieces.iter().enumerate() {
                // Most are a little too short, or made up.
                let body = match kind {
                    0 => key("{a:32}", seed.wrapping_add(at as u64)),
                    1 => key("{d:30}", seed.wrapping_add(at as u64)),
                    2 => "a".repeat(32),
                    _ => key("{a:19}", seed.wrapping_add(at as u64)),
                };
                text.push_str(&PIECES[*piece].replace("{}", &body));
                text.push_str(&["filler ", "\n"][at % 2].repeat(filler / 7));
            }
            text
        };
        let engine = if seed % 2 == 0 { all_kinds() } else { foreign_kinds() };
        let base = write(&pieces, seed);
        let at = at.index(base.len() + 1);
        let (before, after) = (&base.as_bytes()[..at], &base.as_bytes()[base.len().min(at + taken)..]);
        let new = write(&more, seed.wrapping_add(1000));
        let text = [before, new.as_bytes(), after].concat();
        let mut scratch = Scratch::default();
        if let Some(anchor_kinds) = engine.prefilter(base.as_bytes(), None, &mut scratch) {
            let changed = at..at + new.len();
            let change = TextChange { changed_ranges: std::slice::from_ref(&changed), anchor_kinds };
            let is_clean = engine.prefilter(&text, Some(change), &mut scratch).is_some();
            let found = scan(&engine, Content::Bytes(&text), &mut Scratch::default());
            prop_assert!(!is_clean || found.is_empty(), "{found:?}");
        }
    }
}

#[test]
fn a_key_on_any_seam_is_found() {
    let engine = all_kinds();
    let text = format!("acme_{}", body(1));
    let long = format!("BEGIN ACME{}END ACME", key("{a:5000}", 1));
    for key in [text, long] {
        let mut content = vec![b'.'; 2 * WINDOW];
        let step = WINDOW - (16 << 10);
        for end in [WINDOW, WINDOW - (8 << 10), WINDOW - (16 << 10), step + WINDOW, step + WINDOW - (8 << 10)]
        {
            for at in (end - key.len() - 2..end + 2).step_by(1 + key.len() / 40) {
                content[at..at + key.len()].copy_from_slice(key.as_bytes());
                let found = scan(&engine, Content::Stream(&mut &content[..]), &mut Scratch::default());
                assert_eq!(found.len(), 1, "at {at}: {found:?}");
                assert_eq!(found[0].secret.reveal(), key);
                assert_eq!(found[0].span.column, at as u64 + 1);
                content[at..at + key.len()].fill(b'.');
            }
        }
    }
}

/// However many keywords there are, a text is tried a few times for each expression.
#[test]
fn what_is_tried_grows_with_the_text() {
    let forms = [
        ("regex = 'acme_[a-z0-9]{32}'", 4),
        ("regex = 'acme.{30,500}z'", 4),
        ("regex = '[a-z]{0,99}acme[a-z]{9,90}[0-9]'", 4),
        ("regex = '[a-z0-9]{32,64}[.]'\nkeywords = [\"acme\"]", 4),
        ("regex = '(?s)acme.{30,900}END'", 4),
        // Each match is short, and what may follow it is long.
        ("regex = 'acme[^z]{2}(?:.{900}z)?'", 200),
        ("regex = '(?:a?){99}(?:a{1,9}){9}acme'", 4),
        ("regex = '[a-z0-9 ]{31}[.]'\nslow = true", 5),
    ];
    let count = support::cases(4_000, 70_000) as usize;
    let texts = [
        "acme".repeat(count),
        "acme_".repeat(count),
        "acme \n".repeat(count),
        format!("acme{}", "a".repeat(4 * count)),
        "a".repeat(4 * count) + "acme",
        ["acme", &"a".repeat(60)].concat().repeat(count / 16),
        ["acme", &" ".repeat(600)].concat().repeat(count / 150),
        "ACMEacme".repeat(count / 2),
    ];
    for (form, most) in forms {
        let engine = engine_of(&rule("acme", form));
        for text in &texts {
            for stream in [false, true] {
                let before = engine.expression_counts().tried;
                let mut bytes = text.as_bytes();
                let content = if stream { Content::Stream(&mut bytes) } else { Content::Bytes(bytes) };
                scan(&engine, content, &mut Scratch::default());
                let tried = engine.expression_counts().tried - before;
                let most = most * text.len() as u64 + 20_000;
                assert!(
                    tried <= most,
                    "{form}: {tried} bytes tried, {most} are the most, of {} ({stream})",
                    &text[..20]
                );
            }
        }
    }
}

#[test]
fn a_hundred_thousand_keywords_are_tried_at_once() {
    let engine = engine_of(&rule("acme", "regex = 'acme_[a-z0-9]{32}'"));
    for text in ["acme".repeat(100_000), "acme_".repeat(100_000), "acme_acne ".repeat(100_000)] {
        let before = engine.expression_counts().tried;
        scan(&engine, Content::Stream(&mut text.as_bytes()), &mut Scratch::default());
        let tried = engine.expression_counts().tried - before;
        assert!(tried <= 2 * text.len() as u64, "{tried} bytes of {} are tried", text.len());
    }
}

#[test]
fn as_many_as_there_may_be_are_all_found() {
    let name = |at: usize| format!("svc{at:04}_");
    let count = 1_000;
    let text: String = (0..count)
        .map(|at| rule(&format!("own-{at}"), &format!("regex = '(?i){}([a-z0-9]{{32}})'", name(at))))
        .collect();
    let engine = engine_of(&text);
    let lines: String =
        (0..count).map(|at| format!("k = {}{}\n", name(at).to_uppercase(), body(at as u64))).collect();
    let found = scan(&engine, Content::Bytes(lines.as_bytes()), &mut Scratch::default());
    let own = |one: &Detection| (one.rule.id.clone(), one.secret.reveal());
    let expected: Vec<_> = (0..count).map(|at| (format!("own-{at}"), body(at as u64))).collect();
    assert_eq!(found.iter().map(own).collect::<Vec<_>>(), expected);

    let many: String = (0..5_001).map(|at| rule(&format!("own-{at}"), "regex = 'acme_[a-z]{9}'")).collect();
    let error = parse(&many).unwrap_err();
    assert!(error.problems[0].message.contains("more than 5000 rules"), "{}", error.problems[0].message);
    let forms =
        "[[rule.form]]\nregex = 'acme_[a-z]{9}'\nconfidence = \"likely\"\nwhy = \"x\"\n".repeat(5_000);
    let error = parse(&(rule("acme", "regex = 'acme_[a-z]{9}'") + &forms)).unwrap_err();
    assert!(error.problems[0].message.contains("more than 5000 regular expressions"));
}

#[test]
fn a_path_begins_at_the_configuration() {
    let sandbox = Sandbox::new();
    let form = "regex = 'acme_[a-z0-9]{32}'\npath = '^(conf/.*[.]env|top[.]env|[^/]*[.]zip!in/)'";
    sandbox.write("skanner.toml", rule("acme", form));
    let text = |seed: u64| format!("A=acme_{}\n", body(seed));
    for (seed, path) in
        ["conf/a.env", "conf/b/c.env", "conf/a.txt", "src/conf/a.env", "top.env"].iter().enumerate()
    {
        sandbox.write(path, text(seed as u64));
    }
    let zip = pack::zip(
        zip::CompressionMethod::Deflated,
        &[("in/a", text(7).as_bytes()), ("b", text(8).as_bytes())],
    );
    sandbox.write("x.zip", zip);
    let expected = ["conf/a.env", "conf/b/c.env", "top.env", "x.zip"];
    assert_eq!(sandbox.scan(&[]).paths(), expected);
    assert_eq!(
        sandbox.scan(&["./conf", "src/../top.env", "src"]).paths(),
        ["conf/a.env", "conf/b/c.env", "src/../top.env"]
    );
    let whole = sandbox.path("conf");
    assert_eq!(sandbox.scan(&[whole.to_str().unwrap()]).paths().len(), 2);
    sandbox.git(".", &["init"]);
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(sandbox.scan(&["--staged"]).paths(), expected);
    sandbox.git(".", &["commit", "-m", "one"]);
    assert_eq!(sandbox.scan(&["--history"]).paths(), expected);
}

/// A history is searched where blobs differ; that must find what reading each of them whole finds.
#[test]
fn a_history_has_them_wherever_a_change_makes_one() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init"]);
    let config = [
        rule("acme", "regex = 'acme_[a-z0-9]{32}\\b'"),
        rule("near", "regex = '\\b[a-z0-9]{36}\\b'\nkeywords = [\"anvil\"]"),
        rule("inner", "regex = 'name=[a-z ]{0,3000}acme:([a-z0-9]{32})'"),
    ]
    .concat();
    sandbox.write("skanner.toml", &config);
    let filler: String = (0..3_000).map(|at| format!("line {at} of many, with words\n")).collect();
    let (one, other, third) = (format!("acme_{}", body(1)), key("{a:36}", 2), body(3));
    let spread = format!("name={}acme:{third}", "word ".repeat(500));
    let commit = |text: &str| {
        sandbox.write("a.txt", text);
        sandbox.git(".", &["add", "--all"]);
        sandbox.git(".", &["commit", "--allow-empty", "-m", "x"]);
    };
    // Each version changes one byte or so, far from the keyword or inside of it.
    commit(&filler);
    commit(&format!("{filler}{}", one.replace("acme_", "acne_")));
    commit(&format!("{filler}{one}\n"));
    commit(&format!("{filler}anvil {}!{}\n", &other[..20], &other[20..]));
    commit(&format!("{filler}anvil {other}\n"));
    commit(&format!("{filler}{}\n", spread.replacen("name", "nome", 1)));
    commit(&format!("{filler}{spread}\n"));
    commit(&format!("{filler}{}\n", BASE64_STANDARD.encode(format!("xx {} {one} x", "word ".repeat(9)))));
    commit(&filler);
    for pack in [false, true] {
        if pack {
            sandbox.git(".", &["repack", "-adfq", "--depth=50", "--window=50"]);
        }
        let report = sandbox.scan(&["--history"]);
        let mut found: Vec<_> = report.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect();
        found.sort();
        assert_eq!(found, ["acme", "inner", "near"], "{pack}");
        let places = report.places().iter().filter(|place| place.ends_with(" acme")).count();
        assert_eq!(places, 2, "{:?}", report.places());
    }
}

#[test]
fn everything_that_holds_for_a_finding_holds_for_these() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", rule("acme", "regex = 'acme=([a-z0-9]{32})'"));
    let secret = body(1);
    sandbox.write("a.env", format!("acme={secret}\n"));
    sandbox.write("b.env", format!("acme={} # skanner:allow[acme]\n", body(2)));
    sandbox.write(format!("acme={secret}.txt"), "x");
    for format in ["text", "json", "jsonl", "sarif", "html", "github", "gitlab", "junit", "rdjson", "concise"]
    {
        for threads in ["-j1", "-j3"] {
            let run = sandbox.skanner(&["scan", "--format", format, threads, "--verbose"]);
            assert!(
                !run.stdout.contains(&secret) && !run.stderr.contains(&secret),
                "{format}: {}",
                run.stdout
            );
            assert!(!run.stdout.contains(&secret[..20]), "{format}: {}", run.stdout);
        }
    }
    let one = sandbox.skanner(&["scan", "--format", "json", "-j1"]).report();
    assert_eq!(one.json["findings"].as_array().unwrap().len(), 1);
    assert_eq!(one.json["findings"][0]["secret"], format!("…{}", &secret[28..]));
    sandbox.skanner(&["baseline", "create"]);
    assert_eq!(sandbox.scan(&[]).json["findings"].as_array().unwrap().len(), 0);
    std::fs::remove_file(sandbox.path(".skanner-baseline")).unwrap();
    assert_eq!(sandbox.scan(&["--isolated"]).json["findings"].as_array().unwrap().len(), 0);
    assert_eq!(sandbox.scan(&["--exclude-rule", "acme"]).json["findings"].as_array().unwrap().len(), 0);
    let page = sandbox.skanner(&["explain", "acme"]).stdout;
    assert!(page.contains("acme=([a-z0-9]{32})"), "{page}");
    let list = sandbox.skanner(&["rules", "list", "--format", "json"]).stdout;
    assert!(list.contains("\"regex\": \"acme=([a-z0-9]{32})\""), "{list}");
}

#[test]
fn rules_test_runs_their_examples() {
    let sandbox = Sandbox::new();
    let with = |examples: &str, counter: &str| {
        let text = rule("acme", "regex = '\"acme\": ?\"([a-z0-9]{32})\"'");
        let text = text.replace("[\"x\"]", examples).replace("[\"y\"]", counter);
        sandbox.write("skanner.toml", text);
        sandbox.skanner(&["rules", "test"])
    };
    let json = format!("['{{\"acme\": \"{}\"}}', '\"acme\":\"{{a:32}}\"']", body(1));
    let run = with(&json, "['{\"acme\": \"short\"}', '{\"acme\": 1}']");
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let run = with("['{\"acne\": \"{a:32}\"}']", "['{\"acme\": 1}', 'x']");
    assert!(run.code == 1 && run.stdout.contains("acme: example"), "{}{}", run.stdout, run.stderr);
    let run = with(&json, &format!("['x', '{{\"acme\": 1}} \"acme\":\"{}\"']", body(2)));
    assert!(run.code == 1 && run.stdout.contains("acme: counter-example"), "{}", run.stdout);
}

#[test]
fn a_new_rule_can_be_tried() {
    let sandbox = Sandbox::new();
    let secret = body(1);
    sandbox
        .write("src/a.txt", format!("words\nacme_{secret}\nacme_{}\n", "abcdefghijklmnopqrstuvwxyz012345"));
    sandbox.write("b.txt", format!("acme_{} acme_{}", key("{l:32}", 1), body(2)));
    let tried = |arguments: &[&str]| sandbox.skanner(&[&["rules", "try"], arguments].concat());
    let run = tried(&["acme_[a-z0-9]{32}", "src"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stdout.contains(&secret[..12]), "{}", run.stdout);
    for part in [
        "src/a.txt:2:1: acme_…",
        "found     1 keys in 1 places of 1 files",
        "50 % look like keys, 50 % like words",
        "MB/s",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let found = |arguments: &[&str]| {
        let run = tried(arguments);
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout.lines().filter(|line| line.contains(".txt:")).count()
    };
    let regex = "acme_[a-z0-9]{32}";
    assert_eq!(found(&[regex]), 3);
    assert_eq!(found(&[regex, "--min-digits", "1"]), 2);
    assert_eq!(found(&[regex, "--entropy", "5.9"]), 0);
    assert_eq!(found(&[regex, "--not", "^acme_"]), 0);
    assert_eq!(found(&[regex, "--path", "^src/"]), 1);
    assert_eq!(found(&["\\b[a-z0-9]{32}\\b", "--slow"]), 0);
    assert_eq!(found(&["(?:\\b|_)([a-z0-9]{32})\\b", "--keyword", "words"]), 1);
    let run = tried(&["acme_[a-z0-9]+"]);
    assert!(run.code == 2 && run.stderr.contains("write {1,200} for +"), "{run:?}");
    let run = tried(&["acme_[a-z0-9]{32}", "missing"]);
    assert!(run.code == 2 && run.stderr.contains("missing"), "{run:?}");
}
