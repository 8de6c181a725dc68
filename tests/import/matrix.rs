//! Each format, in each situation that a list may meet.

use super::harness::*;

const GONE: &str = "no longer there";
const OTHER_KIND: &str = "no key of a kind that skanner looks for";
const REPLACED: &str = "no longer there: another key stands on that line";

/// How far a format identifies a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    /// By file and line alone.
    Place,
    /// By the secret, and by file and line.
    Both,
    /// By the secret alone.
    Secret,
}

fn identity(format: Format) -> Identity {
    match format {
        Format::Ignore | Format::Redacted => Identity::Place,
        Format::Report | Format::TruffleHog | Format::DetectSecrets => Identity::Both,
        Format::Ggshield | Format::OldGgshield => Identity::Secret,
    }
}

/// A list about a key in `a.py:2` is imported into a tree that `change` has changed: how the key is recognized, or why
/// it is not.
#[track_caller]
fn check(
    format: Format,
    listed_one: &Listed,
    change: impl Fn(&Sandbox),
    expected: Result<&str, &str>,
    finds: &[&str],
) {
    let sandbox = repository();
    // Reports with secrets are no files of the tree that is scanned.
    sandbox.write(".gitignore", format!("{}\n", format.file()));
    change(&sandbox);
    format.write(&sandbox, std::slice::from_ref(listed_one));
    let check = import(&sandbox, &["--check"]);
    assert_eq!((config(&sandbox), listed(&sandbox)), (String::new(), vec![]), "--check writes nothing");
    let run = import(&sandbox, &[]);
    let text = format!("{format:?}: {}{}", run.stdout, run.stderr);
    match expected {
        Ok(by) => {
            assert!(run.stdout.contains(&format!("Recognized: 1 by {by}.")), "{text}");
            assert!(!run.stdout.contains("Not taken over"), "{text}");
            assert_eq!(check.code, 1, "{text}");
        }
        Err(why) => {
            let place = format!("Not taken over:\n  {}:", format.file());
            assert!(run.stdout.contains(&place) && run.stdout.contains(&format!(": {why}\n")), "{text}");
            assert_eq!(listed(&sandbox), Vec::<String>::new(), "{text}");
            assert_eq!(check.code, run.code, "{text}");
        }
    }
    assert_eq!(
        (run.code, still_found(&sandbox)),
        (i32::from(!finds.is_empty()), finds.iter().map(|one| (*one).to_owned()).collect()),
        "{text}"
    );
    // What was taken over is there the second time.
    let again = import(&sandbox, &["--check"]);
    assert_eq!(again.code, run.code, "{text}{}", again.stdout);
    assert!(again.stdout.contains("Would add 0 entries to skanner.toml and 0 entries"), "{}", again.stdout);
}

#[test]
fn the_key_is_where_the_list_says() {
    for format in FORMATS {
        let by = if identity(format) == Identity::Place { "line" } else { "secret" };
        check(format, &openai("a.py", 2, 1), |sandbox| plant(sandbox, "a.py", 2, 1), Ok(by), &[]);
    }
}

#[test]
fn the_key_is_on_another_line() {
    for format in FORMATS {
        let by = if identity(format) == Identity::Place { "file and issuer" } else { "secret" };
        check(format, &openai("a.py", 2, 1), |sandbox| plant(sandbox, "a.py", 7, 1), Ok(by), &[]);
    }
}

#[test]
fn the_file_was_renamed() {
    for format in FORMATS {
        let change = |sandbox: &Sandbox| plant(sandbox, "src/b.py", 2, 1);
        match identity(format) {
            Identity::Place => check(format, &openai("a.py", 2, 1), change, Err(GONE), &["src/b.py"]),
            _ => check(format, &openai("a.py", 2, 1), change, Ok("secret"), &[]),
        }
    }
}

#[test]
fn the_key_or_its_file_is_gone() {
    for format in FORMATS {
        let one = openai("a.py", 2, 1);
        check(format, &one, |sandbox| drop(sandbox.write("a.py", "x = 1\nk = None\n")), Err(GONE), &[]);
        check(format, &one, |sandbox| drop(sandbox.write("a.py", "x = 1\n")), Err(GONE), &[]);
        check(format, &one, |sandbox| drop(sandbox.write("b.py", "x = 1\n")), Err(GONE), &[]);
    }
}

#[test]
fn another_key_has_taken_its_place() {
    for format in FORMATS {
        let change = |sandbox: &Sandbox| plant(sandbox, "a.py", 2, 2);
        match identity(format) {
            // Nothing in the list tells them apart.
            Identity::Place => check(format, &openai("a.py", 2, 1), change, Ok("line"), &[]),
            Identity::Both => check(format, &openai("a.py", 2, 1), change, Err(REPLACED), &["a.py"]),
            Identity::Secret => check(format, &openai("a.py", 2, 1), change, Err(GONE), &["a.py"]),
        }
    }
}

#[test]
fn the_secret_is_of_another_kind() {
    for format in FORMATS {
        let secret = key("AKIA{A:16}", 1).to_uppercase();
        let line = format!("x = 1\naws = '{secret}'\n");
        let one = Listed { path: "a.py", line: 2, secret, names: ["aws-access-token", "AWS Access Key"] };
        check(format, &one, |sandbox| drop(sandbox.write("a.py", &line)), Err(OTHER_KIND), &[]);
        // A key of ours on the same line is not what the list means.
        let both = format!("{} k = '{}'\n", line.trim_end(), openai_key(1));
        check(format, &one, |sandbox| drop(sandbox.write("a.py", &both)), Err(OTHER_KIND), &["a.py"]);
    }
}

#[test]
fn the_secret_has_a_general_name() {
    for format in FORMATS.into_iter().filter(|format| identity(*format) != Identity::Secret) {
        let one = |secret: &str| Listed {
            path: "a.py",
            line: 2,
            secret: secret.to_owned(),
            names: ["generic-api-key", "Secret Keyword"],
        };
        let password = "correct-horse-battery-staple";
        let text = format!("x = 1\npassword = '{password}'\n");
        check(format, &one(password), |sandbox| drop(sandbox.write("a.py", &text)), Err(OTHER_KIND), &[]);
        let by = if identity(format) == Identity::Place { "line" } else { "secret" };
        check(format, &one(&openai_key(1)), |sandbox| plant(sandbox, "a.py", 2, 1), Ok(by), &[]);
    }
}

#[test]
fn only_a_part_of_the_key_is_listed() {
    // detect-secrets and others recognize only so much of longer keys.
    for format in [Format::Report, Format::TruffleHog, Format::DetectSecrets, Format::Ggshield] {
        let part = Listed { secret: openai_key(1)[..110].to_owned(), ..openai("a.py", 2, 1) };
        match format {
            Format::Ggshield => {
                check(format, &part, |sandbox| plant(sandbox, "a.py", 2, 1), Err(GONE), &["a.py"]);
            }
            _ => check(format, &part, |sandbox| plant(sandbox, "a.py", 2, 1), Ok("secret"), &[]),
        }
    }
    // More than the key, as words in quotes: what stands on the line proves it.
    let whole = format!("Bearer {}", openai_key(1));
    let text = format!("x = 1\nk = '{whole}'\n");
    for format in [Format::Report, Format::TruffleHog, Format::DetectSecrets] {
        let one = Listed { secret: whole.clone(), ..openai("a.py", 2, 1) };
        check(format, &one, |sandbox| drop(sandbox.write("a.py", &text)), Ok("line"), &[]);
    }
}
