//! Keys that are put together in the source: found whole, from the first piece to the last. A prefix that is joined
//! with something unknown is no key, and a whole key stays one beside another string.

use skanner::testing::rule::{Confidence, Shape};

use super::{
    harness::{self, Bench, Cell, Subject, place_after},
    known,
};

struct Split {
    name: &'static str,
    before: &'static str,
    /// Between two pieces; the second one is that after a third piece where it differs.
    seams: (&'static str, &'static str),
    after: &'static str,
}

const fn split(name: &'static str, before: &'static str, seam: &'static str, after: &'static str) -> Split {
    Split { name, before, seams: (seam, seam), after }
}

const SPLITS: &[Split] = &[
    split("+", "x = \"", "\" + \"", "\";\n"),
    split("+ without space", "x=\"", "\"+\"", "\";\n"),
    split("+, single quotes", "x = '", "' + '", "'\n"),
    split("+, backquotes", "x = `", "` + `", "`\n"),
    split("+, mixed quotes", "x = '", "' + \"", "\"\n"),
    split("+ at the end of the line", "x := \"", "\" +\n\t\"", "\"\n"),
    split("+ at the end of the line, CR LF", "x = \"", "\" +\r\n    \"", "\";\r\n"),
    split("+ at the start of the line", "x = \"", "\"\n    + \"", "\";\n"),
    split("adjacent", "x = \"", "\" \"", "\"\n"),
    split("adjacent, touching", "x=\"", "\"\"", "\"\n"),
    split("adjacent, single quotes touching", "x='", "''", "'\n"),
    split("adjacent, shell quotes of both kinds", "x='", "'\"", "\"\n"),
    split("adjacent, below each other", "x = (\n    \"", "\"\n    \"", "\"\n)\n"),
    split("adjacent, with a prefix", "x = f\"", "\" f\"", "\"\n"),
    split("adjacent, raw", "x = (r'", "'\n     r'", "')\n"),
    split("adjacent, line continued", "x = \"", "\" \\\n    \"", "\"\n"),
    split(".", "$x = '", "' . '", "';\n"),
    split(". without space", "$x='", "'.'", "';\n"),
    split("..", "local x = \"", "\" .. \"", "\"\n"),
    split("&", "x = \"", "\" & \"", "\"\r\n"),
    split("||", "SELECT '", "' || '", "';\n"),
    split("<>", "x = \"", "\" <> \"", "\"\n"),
    split("++", "x = \"", "\" ++ \"", "\"\n"),
    split("~", "{{ '", "' ~ '", "' }}\n"),
    split("^", "let x = \"", "\" ^ \"", "\"\n"),
    split("shell, line continued", "export X=", "\\\n", "\n"),
    split("shell, line continued in quotes", "export X=\"", "\\\n", "\"\n"),
    split("shell, line continued, CR LF", "export X=", "\\\r\n", "\r\n"),
    split("YAML, line continued", "x: \"", "\\\n  ", "\"\n"),
    split("in a notebook", "  \"x = \\\"", "\\\" + \\\"", "\\\"\\n\",\n"),
    split("*", "x = \"", "\" * \"", "\"\n"),
    split("<<", "std::cout << \"", "\" << \"", "\";\n"),
    split("concat method", "x = \"", "\".concat(\"", "\");\n"),
    split("StringBuilder", "b.append(\"", "\").append(\"", "\");\n"),
    split("PowerShell, line continued", "$x = \"", "\" `\n  + \"", "\"\n"),
    split("Basic, line continued", "x = \"", "\" & _\r\n    \"", "\"\r\n"),
    split("Python join", "x = \"\".join([\"", "\", \"", "\"])\n"),
    split("Python join of a tuple", "x = ''.join(('", "', '", "'))\n"),
    split("join over lines", "x = \"\".join([\n    \"", "\",\n    \"", "\",\n])\n"),
    split("paste0", "x <- paste0(\"", "\", \"", "\")\n"),
    split("concat!", "const X: &str = concat!(\"", "\", \"", "\");\n"),
    split("Fn::Join", "{\"Fn::Join\": [\"\", [\"", "\", \"", "\"]]}\n"),
    split("!Join", "x: !Join [\"\", [\"", "\", \"", "\"]]\n"),
    split("!Join, bare", "x: !Join [\"\", [", ", ", "]]\n"),
    split("!Join, block", "x: !Join\n  - \"\"\n  - - ", "\n    - ", "\n"),
    split("Terraform join", "x = join(\"\", [\"", "\", \"", "\"])\n"),
    split("Terraform format", "x = format(\"%s%s\", \"", "\", \"", "\")\n"),
    split("JavaScript join", "x = [\"", "\", \"", "\"].join(\"\");\n"),
    split("implode", "$x = implode('', ['", "', '", "']);\n"),
    split("Perl join", "my $x = join('', '", "', '", "');\n"),
    split("SQL CONCAT", "SELECT CONCAT('", "', '", "');\n"),
    split("String.Concat", "x = string.Concat(\"", "\", \"", "\");\n"),
    split("Kotlin", "val x = listOf(\"", "\", \"", "\").joinToString(\"\")\n"),
    split("Ruby", "x = ['", "', '", "'].join('')\n"),
    split("PowerShell -join", "$x = -join (\"", "\", \"", "\")\n"),
    Split { name: "template pieces", before: "x = `", seams: ("${\"", "\"}"), after: "`\n" },
    Split { name: "template pieces, single quotes", before: "x = `", seams: ("${'", "'}"), after: "`\n" },
];

impl Split {
    /// The text with the key cut at these places; a third piece closes what the second one opened.
    fn write(&self, key: &str, cuts: &[usize]) -> Option<String> {
        let pairs = self.seams.0 != self.seams.1;
        if pairs && cuts.len() != 2 {
            return None;
        }
        let mut text = String::from(self.before);
        let mut from = 0;
        for (at, cut) in cuts.iter().enumerate() {
            text.push_str(&key[from..*cut]);
            text.push_str(if at == 0 { self.seams.0 } else { self.seams.1 });
            from = *cut;
        }
        text.push_str(&key[from..]);
        Some(text)
    }
}

/// Places to cut at: behind `sk-` and its like, behind the prefix, inside the body, before its last character.
fn cuts(subject: &Subject, key: &str) -> Vec<Vec<usize>> {
    let prefix = subject.shape.prefix();
    // Shorter pieces of the other prefixes say nothing.
    let first = if [&b"sk-"[..], b"sk_", b"rk_"].iter().any(|known| prefix.starts_with(known)) {
        3
    } else {
        prefix.len()
    };
    let prefix = prefix.len();
    let (middle, last) = (key.len() / 2, key.len() - 1);
    let all = [
        vec![first],
        vec![prefix],
        vec![middle],
        vec![last],
        vec![prefix, middle],
        vec![middle, last],
        vec![first, last],
    ];
    all.into_iter()
        .filter(|cuts| cuts.iter().all(|cut| 0 < *cut && *cut < key.len()) && cuts.is_sorted_by(|a, b| a < b))
        .collect()
}

fn cell(subject: &Subject, split: &Split, number: usize) -> Option<Cell> {
    let column = format!("split by {}, {number}", split.name);
    let seed = subject.seed(&column, 0);
    let key = subject.key(seed);
    let cuts = cuts(subject, &key).into_iter().nth(number)?;
    if known::cannot_be_split(subject, &key, &cuts) {
        return None;
    }
    let evidence =
        if subject.form.requires_context { format!("{}\n", subject.word()) } else { String::new() };
    let text = evidence.clone() + &split.write(&key, &cuts)?;
    let start = place_after(&format!("{evidence}{}", split.before));
    let end = place_after(&text);
    Some(Cell {
        column,
        seed,
        text_start: evidence.len() + split.before.len(),
        text: (text + split.after).into_bytes(),
        key,
        start,
        end: Some(end),
        encoding: vec!["split"],
        names_issuer: subject.form.requires_context,
    })
}

#[test]
fn split_keys_are_found_whole() {
    const CUTS: usize = 7;
    harness::run("splits", &Subject::all(), 37_000, |bench, subject| {
        let cells =
            SPLITS.iter().flat_map(|split| (0..CUTS).filter_map(|number| cell(subject, split, number)));
        let checked: Vec<_> = cells.map(|cell| bench.check(subject, &cell).err()).collect();
        (checked.len(), checked.into_iter().flatten().collect())
    });
}

/// A key whose end is certain does not grow, or vanish, because a string stands beside it.
#[test]
fn a_whole_key_beside_another_string_stays_whole() {
    const BESIDE: &[(&str, &str)] = &[
        ("\"", "\"\n\"other\"\n"),
        ("\"", "\" + \"other\"\n"),
        ("'", "' . 'other'\n"),
        ("\"", "\" \"other\"\n"),
        ("x=", "\\\nother\n"),
        ("x = `", "${\"other\"}`\n"),
        ("[\"", "\", \"other\"]\n"),
        ("{\"a\": \"", "\", \"b\": \"other\"}\n"),
        ("\"other\" + \"", "\"\n"),
        ("\"other\"\n\"", "\"\n"),
        ("x\\\n", "\n"),
    ];
    let subjects: Vec<Subject> =
        Subject::all().into_iter().filter(|subject| subject.form.confidence == Confidence::Certain).collect();
    harness::run("beside a string", &subjects, 600, |bench, subject| {
        let cells = BESIDE.iter().map(|(before, after)| {
            let column = format!("between {before:?} and {after:?}");
            let seed = subject.seed(&column, 0);
            let key = subject.key(seed);
            let start = place_after(before);
            Cell {
                column,
                seed,
                text: [before, &*key, after].concat().into_bytes(),
                text_start: before.len(),
                start,
                end: Some((start.0, start.1 + key.len() as u64)),
                encoding: Vec::new(),
                names_issuer: false,
                key,
            }
        });
        let checked: Vec<_> = cells.map(|cell| bench.check(subject, &cell).err()).collect();
        (checked.len(), checked.into_iter().flatten().collect())
    });
}

/// Joined with what only the running program knows, or not joined at all.
#[rustfmt::skip]
const NO_KEYS: &[&str] = &[
    "x = \"sk-\" + key", "x = \"sk-\" + variable", "x = \"sk-\" + variable + \"{A:45}\"", "x = 'sk-proj-' + key + '{B:150}'",
    "x = f\"sk-{{key}\"", "x = f\"sk-proj-{{key}{B:100}\"", "x = f'sk-' f'{{key}'", "x = `sk-${{key}`", "x = `sk-${{key}{A:48}`",
    "x = `sk-${{keys[\"{A:48}\"]}`", "x = `${{\"sk-\"}${{key}`", "x = \"sk-%s\" % \"{A:40}\"", "x = \"sk-{{}\".format(\"{A:48}\")",
    "x = [\"sk-\", \"{A:48}\"]", "x = {{\"sk-\": \"{A:48}\"}", "x = \"sk-\" == \"{A:48}\"", "x = \"sk-\" if y else \"{A:48}\"",
    "x = \"sk-\"; y = \"{A:48}\"", "x = \"sk-\", + \"{A:48}\"", "x = y ? \"sk-\" : \"{A:48}\"", "f(\"sk-\")(\"{A:48}\")",
    "x = \"sk-\" + f(\"{A:48}\")", "x = \"sk-\" + y[\"{A:48}\"]", "x = \"sk-\" # + \"{A:48}", "x = \"sk-\" + random(48)",
    "if s.startswith(\"sk-\") and t == \"{A:48}\":", "x = \"task-\" + \"{A:48}\"",
    "x = \"sk-\" + \"your-api-key-goes-here\"", "x = \"sk-\" + \"x\" * 48", "x = \"sk-\" . $key . \"{A:45}\"",
    "echo \"sk-\"\\\n; echo {A:48}", "assert key[:3] == \"sk-\"\n\n\ndef f():\n    \"{A:48}\"",
];

#[test]
fn pieces_of_no_key_are_silent() {
    harness::run("pieces of no key", NO_KEYS, 32, |bench: &mut Bench, source| {
        let shape = Shape::parse(source).unwrap();
        let failure = (0..20).find_map(|seed| {
            let text = shape.generate(&mut fastrand::Rng::with_seed(seed)) + "\n";
            let found = bench.scan(Confidence::Likely, text.as_bytes());
            let one = found.first()?;
            Some(format!("{source} seed {seed}: {} ({}), since {}", one.rule.id, one.confidence, one.why))
        });
        (1, failure.into_iter().collect())
    });
}
