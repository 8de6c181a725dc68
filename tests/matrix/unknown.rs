//! Keys of forms that no rule knows: random bodies behind prefixes of the family, beside names for keys and alone, and
//! words of the same build.

use skanner::testing::rule::{Confidence, Shape};

use super::harness::{self, Bench};

/// Forms, many of which a service may use any day. What has a rule of its own by now counts as well.
#[rustfmt::skip]
const FORMS: &[&str] = &[
    "sk-{A:20}", "sk-{A:24}", "sk-{A:28}", "sk-{A:32}", "sk-{A:36}", "sk-{A:40}", "sk-{A:43}", "sk-{A:45}", "sk-{A:50}",
    "sk-{A:51}", "sk-{A:54}", "sk-{A:60}", "sk-{A:64}", "sk-{A:100}", "sk-{a:24}", "sk-{a:32}", "sk-{a:35}", "sk-{a:40}",
    "sk-{a:48}", "sk-{a:64}", "sk-{h:24}", "sk-{h:33}", "sk-{h:40}", "sk-{h:48}", "sk-{h:56}", "sk-{h:64}", "sk-{B:39}{A}",
    "sk-{B:42}{Z4}", "sk-{B:59}{A}", "sk-{B:79}{A}", "sk-zz-{A:48}", "sk-newco-v1-{A:80}", "sk-ak-{A:26}", "sk-qq-{x:18}",
    "sk-team-prod-{a:32}", "sk-node-{uuid4}", "sk-two-{A:42}", "sk-{A:10}-{A:32}", "sk_{A:28}", "sk_{A:40}", "sk_{a:36}",
    "sk_{h:48}", "sk_prod_{B:63}{A}", "sk_dev_{B:63}{A}", "sk_V9_new_k{A:10}_{A:32}", "sk_mx_{a:8}_{A:32}",
    "sk_sandbox_{A:32}", "rk_prod_{A:40}", "rk-{A:40}", "zz_sk_{A:42}", "jon_sk_{B:42}{A}", "bsk_{A:48}", "csk-{a:46}",
    "ctx8sk-{A:36}", "dfsk_ma_prod_{h:32}_{h:8}",
];

/// With a name for keys.
const NAMED: &[&str] = &[
    "OPENAI_API_KEY={}\n",
    "API_KEY={}\n",
    "export LLM_API_KEY=\"{}\"\n",
    "client = Client(api_key=\"{}\")\n",
    "llm:\n  api_key: {}\n",
    "{\"apiKey\": \"{}\"}\n",
    "curl -H 'Authorization: Bearer {}' https://api.example.com\n",
    "x-api-key: {}\n",
    "const apiKey = '{}';\n",
    "\"accessToken\": \"{}\",\n",
    "app --token {} --verbose\n",
    "<apiKey>{}</apiKey>\n",
    "secret = '{}'\n",
    "level=info msg=\"using key {} for call\"\n",
    "String API_SECRET = \"{}\";\n",
    "OPENAI_KEY => '{}',\n",
    "- name: SERVICE_TOKEN\n  value: {}\n",
    "base_url = \"https://api.openai.com/v1\"\nx = \"{}\"\n",
];

/// Without one.
const BARE: &[&str] = &["{}\n", "x = \"{}\"\n", "run({})\n"];

/// Words and numbers of the same build, which no generator drew.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "sk-learn-pipeline-2024-01-15-release", "sk_bpf_storage_diag_alloc_and_more", "sk-super-secret-key-number-12345",
    "sk_your_api_key_goes_here_1234", "sk-1234567890abcdef1234", "sk_hynix_{d:8}_{d:6}_report_final", "task-{A:40}",
    "sk_CMS_SignerInfo_get0_algs_deep_copy", "sk-abcdefghijklmnopqrstuvwxyz123456", "disk-{a:40}", "sk-{h:8}-{h:4}",
    "sk-this-should-never-appear-in-logs-1", "sk-CubeGridScaleDelay12AnimationName", "desk_{A:40}", "risk-{h:48}",
    "assets/sk-{h:32}.js", "locale/sk-{h:40}.json", "sk_SK-{h:32}.mo", "ask-{B:43}", "mask_{a:36}", "ssh_sk_{A:20}",
    "sk-{d:24}", "sk-{l:30}", "sk_{u:32}", "btn-sk-{A:32}", "sk-ssh-ed25519-cert-v01@openssh.com", "SK-{A:40}",
    "sk-2024-10-12-11-45-59-000000", "sk-container-id-{d:2}-estimator-{d:3}", "x.sk-{h:33}.min.js", "network-{A:40}",
];

/// Bodies of chance that look like no generator's: of 20 letters and digits, one in a hundred has no digit.
const MOST_LOST: f64 = 0.02;

const ROUNDS: u64 = 10;

fn count(bench: &mut Bench, least: Confidence, template: &str, form: &str) -> u64 {
    let shape = Shape::parse(form).unwrap();
    let found = |seed: &u64| {
        let key = shape.generate(&mut fastrand::Rng::with_seed(*seed));
        let found = bench.scan(least, template.replace("{}", &key).as_bytes());
        found.len() == 1 && found[0].secret.reveal() == key
    };
    (0..ROUNDS).filter(found).count() as u64
}

fn assert_found(title: &str, least: Confidence, templates: &[&str]) {
    let mut bench = Bench::new();
    let (mut all, mut found) = (0, 0);
    for form in FORMS {
        let of_form: u64 = templates.iter().map(|template| count(&mut bench, least, template, form)).sum();
        let tries = templates.len() as u64 * ROUNDS;
        assert!(of_form * 10 >= tries * 8, "{title}: of {form}, only {of_form} of {tries} are found");
        all += tries;
        found += of_form;
    }
    println!("{title}: {} forms, {found} of {all} found", FORMS.len());
    assert!(
        f64::from(all as u32 - found as u32) <= MOST_LOST * f64::from(all as u32),
        "{title}: {found} of {all}"
    );
}

#[test]
fn keys_of_unknown_form_are_likely_beside_a_name() {
    assert_found("unknown forms beside names", Confidence::Likely, NAMED);
}

#[test]
fn keys_of_unknown_form_are_possible_anywhere() {
    assert_found("unknown forms alone", Confidence::Possible, BARE);
}

#[test]
fn words_of_the_same_build_are_none() {
    harness::run("words beside names", WORDS, 6_000, |bench, form| {
        let shape = Shape::parse(form).unwrap();
        let mut failed = Vec::new();
        let templates: Vec<&&str> = NAMED.iter().chain(BARE).collect();
        for template in &templates {
            failed.extend((0..ROUNDS).find_map(|seed| {
                let text = template.replace("{}", &shape.generate(&mut fastrand::Rng::with_seed(seed)));
                let found = bench.scan(Confidence::Likely, text.as_bytes());
                found.first().map(|one| format!("{form} in {template:?} seed {seed}: {}", one.rule.id))
            }));
        }
        (templates.len() * ROUNDS as usize, failed)
    });
}
