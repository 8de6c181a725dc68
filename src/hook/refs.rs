//! The references of a push, as git passes them to hooks on standard input; see githooks(5).

use anyhow::{Result, anyhow, bail, ensure};

use crate::blob::ObjectId;

/// A reference that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    /// Its name in the remote repository. Any bytes.
    pub name: Vec<u8>,
    /// The object that it names there now; `None` if it is new.
    pub old: Option<ObjectId>,
    /// The object that it will name; `None` if it is to be deleted.
    pub new: Option<ObjectId>,
}

/// Parses the lines that `pre-push` gets: `<local ref> <local object> <remote ref> <remote object>`.
///
/// # Errors
/// When a line has any other format.
pub(crate) fn of_push(input: &[u8]) -> Result<Vec<Update>> {
    parse(input, "<local ref> <local object> <remote ref> <remote object>", |fields| match fields {
        [_, new, name, old] => Some((name, old, new)),
        _ => None,
    })
}

/// Parses the lines that `pre-receive` gets: `<old object> <new object> <ref>`.
///
/// # Errors
/// When a line has any other format.
pub(crate) fn of_receive(input: &[u8]) -> Result<Vec<Update>> {
    parse(input, "<old object> <new object> <ref>", |fields| match fields {
        [old, new, name] => Some((name, old, new)),
        _ => None,
    })
}

/// Picks the name, the old object and the new object of a line that was split at its spaces.
type Arrange = for<'f, 'a> fn(&'f [&'a [u8]]) -> Option<(&'f &'a [u8], &'f &'a [u8], &'f &'a [u8])>;

fn parse(input: &[u8], form: &str, arrange: Arrange) -> Result<Vec<Update>> {
    let Some((last, lines)) = input.split_last() else { return Ok(Vec::new()) };
    ensure!(*last == b'\n', "standard input ends in the middle of a line; {}", hint(form));
    let lines = lines.split(|byte| *byte == b'\n').enumerate();
    lines
        .map(|(at, line)| {
            let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
            arrange(&fields)
                .and_then(|(name, old, new)| {
                    let is_name = name.starts_with(b"refs/") && name.iter().all(|byte| *byte > b' ');
                    let (old, new) = (object(old)?, object(new)?);
                    is_name.then(|| Update { name: name.to_vec(), old, new })
                })
                // The line itself is not quoted, since it may contain anything.
                .ok_or_else(|| {
                    anyhow!("line {} of standard input is not in git's format; {}", at + 1, hint(form))
                })
        })
        .collect()
}

fn hint(form: &str) -> String {
    format!("git passes lines of the form `{form}`; let git run this hook")
}

/// Parses an object id in hex; all zeros mean no object. `None` if it is neither.
fn object(digits: &[u8]) -> Option<Option<ObjectId>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    let bytes = bytes?;
    let id = ObjectId::new(&bytes)?;
    Some(bytes.iter().any(|byte| *byte != 0).then_some(id))
}

/// What a hook framework says about a push after it has consumed the lines itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    /// The revision that is pushed.
    pub to: Option<String>,
    /// The revision that the remote repository already has.
    pub from: Option<String>,
    /// The name of the reference in the remote repository.
    pub name: Option<String>,
    /// The name of the remote.
    pub remote: Option<String>,
    /// The URL of the remote.
    pub url: Option<String>,
}

impl Hints {
    /// Reads the environment variables of pre-commit, which prek sets as well.
    ///
    /// # Errors
    /// When git cannot have produced a value.
    pub(crate) fn of_pre_commit(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        if variable("PRE_COMMIT").is_none() {
            return Ok(None);
        }
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        // If the push contains the root commit, pre-commit only gives the branch.
        let to = get("PRE_COMMIT_TO_REF").or_else(|| get("PRE_COMMIT_LOCAL_BRANCH"));
        let from = get("PRE_COMMIT_FROM_REF");
        for revision in to.iter().chain(&from) {
            if revision.starts_with(['-', '^'])
                || revision.contains("..")
                || revision.contains(char::is_whitespace)
            {
                bail!(
                    "PRE_COMMIT_TO_REF, PRE_COMMIT_FROM_REF and PRE_COMMIT_LOCAL_BRANCH must each name one revision"
                );
            }
        }
        Ok(Some(Self {
            to,
            from,
            name: get("PRE_COMMIT_REMOTE_BRANCH"),
            remote: get("PRE_COMMIT_REMOTE_NAME"),
            url: get("PRE_COMMIT_REMOTE_URL"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const B: &str = "00000000000000000000000000000000000000ff";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn id(hex: &str) -> Option<ObjectId> {
        object(hex.as_bytes()).unwrap()
    }

    fn update(name: &str, old: &str, new: &str) -> Update {
        Update { name: name.into(), old: id(old), new: id(new) }
    }

    #[test]
    fn every_kind_of_push_is_read() {
        let long_a = "a".repeat(64);
        let long_zero = "0".repeat(64);
        for (line, expected) in [
            (format!("refs/heads/main {A} refs/heads/main {B}\n"), update("refs/heads/main", B, A)),
            (format!("refs/heads/new {A} refs/heads/new {ZERO}\n"), update("refs/heads/new", ZERO, A)),
            (format!("(delete) {ZERO} refs/heads/old {A}\n"), update("refs/heads/old", A, ZERO)),
            (format!("HEAD {A} refs/heads/main {B}\n"), update("refs/heads/main", B, A)),
            (format!("HEAD~1 {A} refs/tags/v1 {ZERO}\n"), update("refs/tags/v1", ZERO, A)),
            (format!("{A} {A} refs/for/main {ZERO}\n"), update("refs/for/main", ZERO, A)),
            (
                format!("HEAD {long_a} refs/heads/x {long_zero}\n"),
                update("refs/heads/x", &long_zero, &long_a),
            ),
        ] {
            assert_eq!(of_push(line.as_bytes()).unwrap(), [expected], "{line}");
        }
        let two = format!("a {A} refs/heads/a {B}\nb {B} refs/heads/b {A}\n");
        let expected = [update("refs/heads/a", B, A), update("refs/heads/b", A, B)];
        assert_eq!(of_push(two.as_bytes()).unwrap(), expected);
        let two = format!("{B} {A} refs/heads/a\n{A} {B} refs/heads/b\n");
        assert_eq!(of_receive(two.as_bytes()).unwrap(), expected);
        let bytes = [format!("{B} {A} ").as_bytes(), b"refs/heads/\xff\n"].concat();
        assert_eq!(of_receive(&bytes).unwrap()[0].name, b"refs/heads/\xff");
        assert_eq!((of_push(b"").unwrap(), of_receive(b"").unwrap()), (vec![], vec![]));
    }

    #[test]
    fn what_git_does_not_write_is_refused() {
        let push = [
            "rubbish\n".to_owned(),
            "\n".to_owned(),
            format!("refs/heads/a {A} refs/heads/a {B}"),
            format!("refs/heads/a {A} refs/heads/a\n"),
            format!("refs/heads/a {A} refs/heads/a {B} more\n"),
            format!("refs/heads/a {} refs/heads/a {B}\n", &A[1..]),
            format!("refs/heads/a {}g refs/heads/a {B}\n", &A[1..]),
            format!("refs/heads/a {A} refs/heads/a {}\n", B.to_uppercase()),
            format!("refs/heads/a {A} main {B}\n"),
            format!("refs/heads/a {A} refs/heads/a {B}\n\n"),
            format!("refs/heads/a {A} refs/heads/a {B}\r\n"),
            format!("{A} {B} refs/heads/a\n"),
        ];
        for input in push {
            let error = of_push(input.as_bytes()).unwrap_err().to_string();
            assert!(
                error.contains("standard input") && error.contains("<remote object>"),
                "{input:?}: {error}"
            );
        }
        assert!(of_receive(format!("a {A} refs/heads/a {B}\n").as_bytes()).is_err());
        assert!(of_receive(format!("{A} {B} refs/a\tb\n").as_bytes()).is_err());
        let second = format!("a {A} refs/heads/a {B}\nno\n");
        assert!(of_push(second.as_bytes()).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn pre_commit_says_what_it_has_read() {
        let hints = |variables: &[(&str, &str)]| {
            let get = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            Hints::of_pre_commit(&get)
        };
        assert_eq!(hints(&[("PRE_COMMIT_TO_REF", A)]).unwrap(), None);
        let root =
            hints(&[("PRE_COMMIT", "1"), ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")]).unwrap().unwrap();
        assert_eq!((root.to.as_deref(), root.from), (Some("refs/heads/main"), None));
        let usual = hints(&[
            ("PRE_COMMIT", "1"),
            ("PRE_COMMIT_LOCAL_BRANCH", "HEAD"),
            ("PRE_COMMIT_TO_REF", A),
            ("PRE_COMMIT_FROM_REF", B),
            ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ]);
        let usual = usual.unwrap().unwrap();
        assert_eq!((usual.to.as_deref(), usual.from.as_deref()), (Some(A), Some(B)));
        assert_eq!(usual.remote.as_deref(), Some("origin"));
        assert!(hints(&[("PRE_COMMIT", "1"), ("PRE_COMMIT_TO_REF", "--all")]).is_err());
    }
}
