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
    for id in ["openai-project-key", "hugging-face-user-token", "stripe-test-key"] {
        let shape = rule(id).forms[0].shapes[0].source();
        let [one, two, three] = &[1, 2, 3].map(|seed| key(shape, seed));
        let (start, end) = one.split_at(one.len() / 2);
        let contents = [
            ("plain", format!("k = '{one}'\n")),
            ("base64", base64(&format!("k = '{one}'"))),
            ("glued", format!("{one}{two}{three}")),
            ("binary", format!("\0\u{1}{one}\0k = '{two}\0{}\0", three.len())),
            ("wrapped", format!("k = \"{start}\" \\\n  \"{end}\"\n")),
        ];
        let prefix = &one[..3];
        let forms = [
            format!("shapes = [\"{shape}\"]"),
            format!("shapes = [\"k = '{shape}\"]"),
            format!("regex = '''{prefix}[A-Za-z0-9_-]{{8,200}}'''"),
            format!("regex = '''k = '({prefix}[A-Za-z0-9_-]{{8,40}})'''"),
        ];
        for form in &forms {
            for (name, content) in &contents {
                let policy = "[policy]\nmax-severity = \"low\"\nrules = [\"hex-key\"]\n";
                let bare = sandbox(policy);
                bare.write("d/key.py", content);
                let expected = scan(&bare, true, &["d"], &[]).places();
                let sandbox = sandbox(policy);
                sandbox.write("d/key.py", content);
                let own = OWN_RULE.replace("EXAMPLE", shape).replace("FORM", form);
                let own = if form.starts_with("regex") { own.replace("edges = \"open\"\n", "") } else { own };
                let allow = "[[allow]]\nrule = \"harmless\"\npaths = [\"d/**\"]\nreason = \"x\"\n";
                sandbox.write("skanner.toml", format!("{own}{allow}"));
                // Without a policy, it may take a key that a built-in rule is less sure of.
                let before = scan(&sandbox, false, &["d"], &[]);
                taken += u64::from(!expected.is_empty() && before.code == 0);
                let report = scan(&sandbox, true, &["d"], &[]);
                let places = report.places().into_iter();
                let built_in: Vec<_> = places.filter(|place| !place.ends_with(" harmless")).collect();
                assert_eq!(built_in, expected, "{id}, {name}, {form}: {:#}", report.json);
            }
        }
    }
    assert!(taken >= 4, "{taken}");
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
