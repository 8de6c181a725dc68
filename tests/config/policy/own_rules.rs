//! Rules of a repository beside those of the policy and those that are built in.

use super::{sandbox, scan, under};
use crate::support::{key, rule};

const OWN_RULE: &str = "[[rule]]\nid = \"harmless\"\nissuer = \"Nobody\"\ntitle = \"Nothing\"\nimpact = \"Nothing.\"\n\
     severity = \"low\"\nexamples = [\"EXAMPLE\"]\ncounter_examples = [\"sk-\"]\n\
     [[rule.form]]\nFORM\nconfidence = \"certain\"\nedges = \"open\"\nwhy = \"it is fine\"\n";

#[test]
fn a_rule_of_the_repository_takes_no_key_from_another_one() {
    use base64::Engine as _;
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let mut taken = 0;
    let policy = "[policy]\nmax-severity = \"low\"\nrules = [\"hex-key\"]\n";
    for id in ["openai-project-key", "hugging-face-user-token", "stripe-test-key"] {
        let shape = rule(id).forms[0].shapes[0].source();
        let keys: Vec<String> = (1..9).map(|seed| key(shape, seed)).collect();
        let (start, end) = keys[7].split_at(keys[7].len() / 2);
        let contents = [
            ("plain", format!("k = '{}'\n", keys[0])),
            ("base64", base64(&format!("k = '{}'", keys[1]))),
            ("glued", format!("{}{}{}", keys[2], keys[3], keys[4])),
            ("binary", format!("\0\u{1}{}\0k = '{}\0\0", keys[5], keys[6])),
            ("wrapped", format!("k = \"{start}\" \\\n  \"{end}\"\n")),
        ];
        let with_contents = || {
            let sandbox = sandbox(policy);
            contents.iter().for_each(|(name, text)| drop(sandbox.write(format!("d/{name}"), text)));
            sandbox
        };
        let expected = scan(&with_contents(), true, &["d"], &[]).places();
        assert!(expected.len() >= 4, "{id}: {expected:?}");
        let prefix = &keys[0][..3];
        for form in [
            format!("shapes = [\"{shape}\"]"),
            format!("shapes = [\"k = '{shape}\"]"),
            format!("regex = '''{prefix}[A-Za-z0-9_-]{{8,200}}'''"),
            format!("regex = '''k = '({prefix}[A-Za-z0-9_-]{{8,40}})'''"),
        ] {
            let sandbox = with_contents();
            let own = OWN_RULE.replace("EXAMPLE", shape).replace("FORM", &form);
            let own = if form.starts_with("regex") { own.replace("edges = \"open\"\n", "") } else { own };
            let allow = "[[allow]]\nrule = \"harmless\"\npaths = [\"d/**\"]\nreason = \"x\"\n";
            sandbox.write("skanner.toml", format!("{own}{allow}"));
            // Without a policy, it may take a key that a built-in rule is less sure of.
            taken += scan(&sandbox, false, &["d"], &[]).json["suppressed"].as_u64().unwrap();
            let report = scan(&sandbox, true, &["d"], &[]);
            let places = report.places().into_iter();
            let built_in: Vec<_> = places.filter(|place| !place.ends_with(" harmless")).collect();
            assert_eq!(built_in, expected, "{id}, {form}: {:#}", report.json);
        }
    }
    assert!(taken >= 8, "{taken}");
    // What only it finds is found.
    let sandbox = sandbox("");
    let own = OWN_RULE.replace("EXAMPLE", "acme-{A:32}").replace("FORM", "shapes = [\"acme-{A:32}\"]");
    sandbox.write("skanner.toml", own);
    sandbox.write("d/acme.py", format!("k = '{}'\n", key("acme-{A:32}", 3)));
    let report = scan(&sandbox, true, &["d"], &[]);
    assert_eq!(report.places(), ["d/acme.py:1:6 harmless"]);
    assert_eq!(report.code, 1);
}

#[test]
fn a_rule_of_the_policy_can_be_named_and_not_replaced() {
    let own = OWN_RULE.replace("EXAMPLE", "acme-{A:32}").replace("FORM", "shapes = [\"acme-{A:32}\"]");
    let sandbox = sandbox(&own.replace("\"low\"", "\"critical\""));
    sandbox.write("d/acme.py", format!("k = '{}'\n", key("acme-{A:32}", 3)));
    sandbox
        .write("skanner.toml", "[[allow]]\nrule = \"harmless\"\npaths = [\"d/**\"]\nreason = \"made up\"\n");
    let report = scan(&sandbox, true, &["d"], &[]);
    assert_eq!((report.code, report.json["suppressed"].as_u64()), (0, Some(1)), "{:#}", report.json);
    sandbox.write("skanner.toml", format!("\n{own}"));
    let run = under(&sandbox, &["scan", "d"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("skanner.toml:2: `harmless` is a rule of the policy "), "{run:?}");
    let list = under(&self::sandbox(&own), &["rules", "list"]);
    assert!(list.stdout.contains("harmless"), "{list:?}");
}

#[test]
fn what_one_rule_says_of_a_place_does_not_hold_for_another_one() {
    let foreign = |id: &str, folder: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nregex = \"\"\"acme-[A-Za-z0-9]{{32}}\"\"\"\n\
             [[rules.allowlists]]\ndescription = \"made by the tests of acme\"\npaths = [\"^{folder}/\"]\n"
        )
    };
    let key = key("acme-{A:32}", 5);
    // The policy's rule passes keys in `p`, and that of the repository in `r`. A key passes where all do that find it.
    for (policy, own, expected) in [
        (Some("p"), Some("r"), &["p/k.py", "r/k.py", "x/k.py"][..]),
        (Some("p"), Some("p"), &["r/k.py", "x/k.py"]),
        (Some("p"), None, &["r/k.py", "x/k.py"]),
        (None, Some("r"), &["p/k.py", "x/k.py"]),
        (Some("[pr]"), Some("r"), &["p/k.py", "x/k.py"]),
    ] {
        let sandbox = sandbox(match policy {
            Some(_) => "rules-from = [\"acme.toml\"]\n",
            None => "",
        });
        for folder in ["p", "r", "x"] {
            sandbox.write(format!("{folder}/k.py"), format!("k = '{key}'\n"));
        }
        if let Some(folder) = policy {
            sandbox.write("../org/acme.toml", foreign("acme-of-policy", folder));
        }
        if let Some(folder) = own {
            sandbox.write("acme.toml", foreign("acme-own", folder));
            sandbox.write("skanner.toml", "rules-from = [\"acme.toml\"]\n");
        }
        let report = scan(&sandbox, true, &["p", "r", "x"], &[]);
        assert_eq!(report.paths(), expected, "{policy:?} {own:?}: {:#}", report.json);
    }
}
