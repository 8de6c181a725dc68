//! Every mistake with a file of values, with what is said of it in `mistakes.txt`. To write it anew, run the test with
//! `WRITE_EXPECTED=1`, and read it.

use std::{fmt::Write, fs, path::Path};

use super::{file, values};
use crate::support::{Run, Sandbox};

#[test]
fn every_mistake_is_told_and_fails() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "nothing\n");
    sandbox.write("good.env", file(&values(31)[1..2]));
    sandbox.write("directory/x", "");
    sandbox.write("binary.env", b"A=\0\x01\x02");
    sandbox.write("utf16.env", b"\xff\xfeA\0=\0");
    sandbox.write("large.env", vec![b'#'; (1 << 20) + 1]);
    sandbox.write("quote.env", "A=1\nB=\"2\n\nC=3\n");
    sandbox.write("line.env", "A=1\n\nnot a variable\n");
    sandbox.write("behind.env", "A='1' 2\n");
    sandbox.write("broken.json", "{\n  \"a\": \"b\",\n  c\n}\n");
    sandbox.write("empty.env", "# nothing\nA=\n");
    sandbox.write("useless.env", "PORT=80\nHOST=localhost\n");
    #[cfg(unix)]
    {
        rustix::fs::mknodat(
            rustix::fs::CWD,
            sandbox.path("fifo.env"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        std::os::unix::fs::symlink("good.env", sandbox.path("link.env")).unwrap();
    }
    let mut said = String::new();
    let mut run = |what: &str, environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let run = Run::of(command.envs(environment.iter().copied()).arg("scan").arg("a.txt").args(arguments));
        let _ = writeln!(said, "# {what}: exit code {}\n{}", run.code, run.stderr);
        run.code
    };
    for name in [
        "missing",
        "directory",
        "binary.env",
        "utf16.env",
        "large.env",
        "quote.env",
        "line.env",
        "behind.env",
        "broken.json",
        "empty.env",
        "useless.env",
        "fifo.env",
    ] {
        assert_eq!(run(name, &[], &["--values-from", name]), 2, "{name}");
    }
    // One of several is enough.
    assert_eq!(run("two", &[], &["--values-from", "good.env", "--values-from", "missing"]), 2);
    assert_eq!(run("variable", &[("SKANNER_VALUES_FROM", "good.env,missing")], &[]), 2);
    assert_eq!(run("environment", &[], &["--values-from-env", "NO_SUCH_VARIABLE"]), 2);
    assert_eq!(run("pattern", &[], &["--values-from-env", "*_NO_SUCH"]), 2);
    assert_eq!(run("useless variable", &[("APP_PORT", "80")], &["--values-from-env", "APP_*"]), 2);
    for (what, toml, code) in [
        ("above", "values-from = [\"../x.env\"]", 2),
        ("absolute", "values-from = [\"/x.env\"]", 2),
        ("of git", "values-from = [\".git/x.env\"]", 2),
        ("empty list", "values-from = []", 2),
        ("empty name", "values-from = [\"\"]", 2),
        ("type", "values-from = \".env\"", 2),
        ("element", "values-from = [1]", 2),
        ("link", "values-from = [\"link.env\"]", 2),
        ("broken", "values-from = [\"quote.env\"]", 2),
        // None of these is a mistake of those who run it.
        ("missing in a configuration", "values-from = [\"missing\"]", 0),
        ("useless in a configuration", "values-from = [\"useless.env\"]", 0),
    ] {
        sandbox.write("skanner.toml", format!("{toml}\n"));
        assert_eq!(run(what, &[], &[]), code, "{what}");
    }
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/values/mistakes.txt");
    if std::env::var_os("WRITE_EXPECTED").is_some() {
        fs::write(&expected, &said).unwrap();
    }
    assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), said);
}
