//! What an interruption leaves, and what goes on from there.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    audit, names, parsed, places,
    support::{Run, Sandbox, openai_key},
};

const RUN: &[&str] = &["--repositories", "list.txt", "--output", "reports=all.jsonl"];

fn run(sandbox: &Sandbox, more: &[&str]) -> Run {
    audit(sandbox, &[RUN, more].concat())
}

fn resume(sandbox: &Sandbox) -> Run {
    run(sandbox, &["--resume"])
}

fn file(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("all.jsonl")
}

fn text(sandbox: &Sandbox) -> String {
    String::from_utf8(fs::read(file(sandbox)).unwrap_or_default()).unwrap()
}

#[test]
fn wherever_it_stopped_it_becomes_the_whole() {
    let (sandbox, list) = places();
    // Without a file, it begins.
    assert_eq!(resume(&sandbox).code, 2);
    let whole = fs::read(file(&sandbox)).unwrap();
    assert_eq!(parsed(&text(&sandbox)).0.len(), list.len());
    let ends: Vec<usize> = (1..=whole.len()).filter(|at| whole[at - 1] == b'\n').collect();
    let mut random = fastrand::Rng::with_seed(11);
    let mut cuts: Vec<usize> = ends.iter().flat_map(|end| [end - 1, *end, end + 1]).collect();
    cuts.extend((0..20).map(|_| random.usize(..whole.len())));
    cuts.extend([0, 1, 2, 5]);
    for cut in cuts {
        let kept = &whole[..cut.min(whole.len())];
        for zeros in [0, 4096] {
            // After a power failure, a file may be as long as it was, without what was in it.
            fs::write(file(&sandbox), [kept, &vec![0; zeros]].concat()).unwrap();
            let is_whole = kept.ends_with(b"}\n") || kept.is_empty();
            if zeros > 0 && (!is_whole || kept.len() == whole.len()) {
                continue;
            }
            let run = resume(&sandbox);
            assert_eq!(run.code, 2, "{cut} {run:?}");
            assert!(fs::read(file(&sandbox)).unwrap() == whole, "{cut} {zeros}: {}", text(&sandbox));
        }
    }
    let left = fs::read_dir(sandbox.tree())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".skanner-"));
    assert_eq!(left.count(), 0);
}

/// Repositories of which each takes a moment.
fn slow() -> (Sandbox, usize) {
    let sandbox = Sandbox::new();
    let count = 24;
    for number in 0..count {
        let files: Vec<(String, String)> = (0..3)
            .map(|file| (format!("{file}.txt"), format!("{number} {file} some text\n").repeat(200_000)))
            .collect();
        let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        sandbox.repository(&format!("r/{number}"), &files);
        sandbox.write(format!("r/{number}/k.py"), openai_key(number));
    }
    sandbox.write("list.txt", (0..count).map(|number| format!("r/{number}\n")).collect::<String>());
    (sandbox, usize::try_from(count).unwrap())
}

fn start(sandbox: &Sandbox, more: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let command = command.arg("audit").args(RUN).args(more);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_killed_run_goes_on() {
    let (sandbox, count) = slow();
    assert_eq!(run(&sandbox, &[]).code, 1);
    let whole = text(&sandbox);
    fs::remove_file(file(&sandbox)).unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    let mut interrupted = 0;
    for signal in [Signal::KILL, Signal::INT, Signal::TERM] {
        for threads in ["-j1", "-j3"] {
            let _ = fs::remove_file(file(&sandbox));
            // Killed again and again until it is through.
            for _ in 0..6 {
                let mut child = start(&sandbox, &["--resume", threads]);
                let lines = || fs::read_to_string(file(&sandbox)).unwrap_or_default().lines().count();
                let (enough, begun) = (lines() + random.usize(..5), Instant::now());
                while lines() < enough && begun.elapsed() < Duration::from_secs(20) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(Duration::from_micros(random.u64(..8000)));
                let _ = kill_process(Pid::from_child(&child), signal);
                let status = child.wait().unwrap();
                interrupted += usize::from(status.code().is_none());
                assert!(whole.starts_with(&text(&sandbox)), "{signal:?}: {}", text(&sandbox));
            }
            let run = run(&sandbox, &["--resume", threads]);
            assert_eq!(run.code, 1, "{run:?}");
            assert_eq!(text(&sandbox), whole, "{signal:?} {threads}");
        }
    }
    assert!(interrupted > 10, "{interrupted} of {count}");
}

#[test]
fn only_one_run_writes_to_a_file() {
    let (sandbox, _) = slow();
    let mut child = start(&sandbox, &["-j1"]);
    let begun = Instant::now();
    while fs::metadata(file(&sandbox)).map_or(0, |metadata| metadata.len()) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(2));
    }
    for more in [&[][..], &["--resume"]] {
        let run = run(&sandbox, more);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("cannot write all.jsonl: another run is writing to it"), "{run:?}");
    }
    let _ = kill_process(Pid::from_child(&child), Signal::KILL);
    child.wait().unwrap();
    assert_eq!(resume(&sandbox).code, 1);
}

#[test]
fn what_failed_is_audited_again() {
    let (sandbox, list) = places();
    run(&sandbox, &[]);
    let before = text(&sandbox);
    // Nothing has changed.
    let again = resume(&sandbox);
    assert!(
        again.stderr.contains("11 of 11 reports are kept, but for 5 that were not read whole"),
        "{again:?}"
    );
    assert_eq!(text(&sandbox), before);
    // Two of them can be read now: one in the middle, and one after that.
    sandbox.repository("missing", &[("a.py", &openai_key(20))]);
    sandbox.repository("plain", &[]);
    // The file stays what it is for others.
    fs::rename(file(&sandbox), sandbox.path("real.jsonl")).unwrap();
    std::os::unix::fs::symlink("real.jsonl", file(&sandbox)).unwrap();
    fs::set_permissions(sandbox.path("real.jsonl"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(resume(&sandbox).code, 2);
    let after = text(&sandbox);
    let (lines, summary) = parsed(&after);
    assert_eq!((names(&lines), &summary["errors"]), (list, &serde_json::json!(3)));
    assert!(fs::symlink_metadata(file(&sandbox)).unwrap().is_symlink());
    assert_eq!(fs::metadata(file(&sandbox)).unwrap().permissions().mode() & 0o777, 0o640);
    fs::remove_file(file(&sandbox)).unwrap();
    run(&sandbox, &[]);
    assert_eq!(after, text(&sandbox));
    // Cut after that, the failed ones before the cut are tried, and the rest is added.
    let cut = after.split_inclusive('\n').take(7).collect::<String>();
    fs::write(file(&sandbox), &cut[..cut.len() - 3]).unwrap();
    resume(&sandbox);
    assert_eq!(text(&sandbox), after);
}

#[test]
fn a_longer_list_goes_on_and_another_one_is_refused() {
    let (sandbox, _) = places();
    let list = |text: &str| drop(sandbox.write("list.txt", text));
    list("src/z\nsrc/clean\n");
    run(&sandbox, &[]);
    let short = text(&sandbox);
    list("src/z\nsrc/clean\nmirror.git\n");
    assert_eq!(resume(&sandbox).code, 1);
    let long = text(&sandbox);
    fs::remove_file(file(&sandbox)).unwrap();
    run(&sandbox, &[]);
    assert_eq!(text(&sandbox), long);
    for (lines, expected) in [
        ("src/clean\nsrc/z\n", "line 1: it is about src/z, and the list has src/clean there"),
        (
            "src/z\nmirror.git\nsrc/clean\n",
            "line 2: it is about src/clean, and the list has mirror.git there",
        ),
        ("src/z\n", "line 2: it is about src/clean, and the list has only 1 repositories"),
    ] {
        list(lines);
        fs::write(file(&sandbox), &short).unwrap();
        let run = resume(&sandbox);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(
            run.stderr.contains(expected) && run.stderr.contains("--resume cannot go on with all.jsonl"),
            "{}",
            run.stderr
        );
        assert_eq!(text(&sandbox), short, "nothing is lost");
    }
}

#[test]
fn other_options_are_refused() {
    let (sandbox, _) = places();
    sandbox.write("list.txt", "src/z\nsrc/clean\n");
    sandbox.write("conf/one.toml", "min-confidence = \"certain\"\n");
    sandbox.write("conf/two.toml", "min-confidence = \"likely\"\n");
    sandbox.write("conf/same.toml", "min-confidence = \"certain\"\n");
    sandbox.write("my.env", "A_TOKEN=some-value-of-mine-9482\n");
    let first = |more: &[&str]| {
        let _ = fs::remove_file(file(&sandbox));
        run(&sandbox, more);
    };
    let refused = |more: &[&str]| {
        let before = text(&sandbox);
        let run = run(&sandbox, &[&["--resume"], more].concat());
        let is_refused =
            run.code == 2 && run.stderr.contains("line 1: the report was made with other options");
        assert!(!is_refused || text(&sandbox) == before);
        assert!(is_refused || run.code < 2, "{run:?}");
        is_refused
    };
    first(&[]);
    assert!(!refused(&[]) && !refused(&["-j1"]) && !refused(&["--exit-zero"]) && !refused(&["-q"]));
    for options in [
        &["--min-confidence", "certain"][..],
        &["--min-severity", "high"],
        &["--family", "ai"],
        &["--rule", "anthropic-api-key"],
        &["--exclude-rule", "anthropic-api-key"],
        &["--isolated"],
        &["--untrusted"],
        &["--no-ignore"],
        &["--allow-shallow"],
        &["--accept-baseline"],
        &["--inside-only"],
        &["--show-secrets"],
        &["--show-suppressed"],
        &["--trust-foreign-markers"],
        &["--config", "conf/one.toml"],
        &["--policy", "conf/one.toml"],
    ] {
        assert!(refused(options), "{options:?}");
        first(options);
        assert!(!refused(options), "{options:?}");
        assert!(refused(&[]), "{options:?}");
        first(&[]);
    }
    // What is in a file counts, not where it is.
    first(&["--config", "conf/one.toml"]);
    assert!(refused(&["--config", "conf/two.toml"]) && !refused(&["--config", "conf/same.toml"]));
    let variable = |name: &str, value: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        Run::of(command.arg("audit").args(RUN).arg("--resume").env(name, value)).code
    };
    first(&[]);
    assert_eq!((variable("SKANNER_THREADS", "1"), variable("SKANNER_MIN_SEVERITY", "high")), (1, 2));
    let run = run(&sandbox, &["--resume", "--values-from", "my.env"]);
    assert!(run.code == 2 && run.stderr.contains("--resume cannot know whether the values"), "{run:?}");
    // Another version.
    let other = text(&sandbox).replacen(env!("CARGO_PKG_VERSION"), "0.0.7", 1).replacen(
        "\"call\":\"",
        "\"call\":\"0",
        1,
    );
    fs::write(file(&sandbox), other).unwrap();
    let run = resume(&sandbox);
    assert!(
        run.stderr.contains("line 1: the report was made by skanner 0.0.7, and this is skanner"),
        "{run:?}"
    );
}

#[test]
fn what_is_not_its_own_is_left_alone() {
    let (sandbox, _) = places();
    sandbox.write("list.txt", "src/z\nsrc/clean\n");
    run(&sandbox, &[]);
    let whole = text(&sandbox);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let document = audit(&sandbox, &["src/z", "--format", "json"]).stdout;
    for (content, expected) in [
        ("my notes".to_owned(), "line 1: it is not a report about a repository"),
        ("my notes\n".to_owned(), "line 1: it is not a report about a repository"),
        (document.clone(), "line 1: it is not a report about a repository"),
        (
            format!("{}\n{whole}", lines[0].trim_end().replace("\"call\"", "\"cool\"")),
            "line 1: it is not a line",
        ),
        (format!("{}my notes", lines[0]), "line 2: it is not a report about a repository"),
        (format!("{}\n{}", lines[0], lines[1]), "line 2: it is not a report about a repository"),
        (format!("{whole}{}", lines[0]), "there are lines after the summary"),
        (
            format!("{}{}{}", lines[0], lines[0], lines[1]),
            "line 2: it is about src/z, and the list has src/clean there",
        ),
        (lines[0].replace("\"schema\":1", "\"schema\":9"), "line 1: it has version 9 of the format"),
    ] {
        fs::write(file(&sandbox), &content).unwrap();
        let run = resume(&sandbox);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
        assert_eq!(text(&sandbox), content);
    }
    // Without --resume, the work of an interrupted run is not lost, and that of a whole one is replaced.
    for cut in [whole.len() - 2, lines[0].len(), lines[0].len() + 5, lines[0].len() - 5] {
        fs::write(file(&sandbox), &whole[..cut]).unwrap();
        let run = run(&sandbox, &[]);
        assert!(run.code == 2 && run.stderr.contains("go on with --resume, or delete the file"), "{run:?}");
        assert_eq!(text(&sandbox), whole[..cut]);
    }
    for content in [whole.clone(), "my notes\n".to_owned(), document, String::new()] {
        fs::write(file(&sandbox), content).unwrap();
        assert_eq!(run(&sandbox, &[]).code, 1);
        assert_eq!(text(&sandbox), whole);
    }
    let device =
        audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=/dev/null", "--resume"]);
    assert!(device.stderr.contains("/dev/null is not a regular file"), "{device:?}");
    assert_eq!(audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=/dev/null"]).code, 1);
}
