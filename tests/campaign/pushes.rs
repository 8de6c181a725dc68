//! Real pushes through the hooks. A twin of the server without hooks tells what a push would bring.

use std::{collections::BTreeSet, path::Path};

use super::{
    case::{Case, Fault, campaign},
    oracle,
    program::{End, run},
    repository::{Kind, Repository},
};

const SERVER: &str = "../server.git";
const TWIN: &str = "../twin.git";

/// The keys that a server has, in its objects and in the names of its references.
fn stored(case: &mut Case, server: &str) -> BTreeSet<String> {
    let planted = case.planted.clone();
    let (bytes, is_sound) = oracle::objects(case, server);
    assert!(is_sound, "{server} is damaged");
    let mut keys = oracle::keys_in(&planted, &bytes);
    let names = case.git_with(server, &["for-each-ref", "--format=%(refname)"], b"");
    keys.extend(oracle::keys_in(&planted, names.as_bytes()));
    keys
}

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-R").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

/// A server, and a client that has pushed some commits without keys.
fn prepare(case: &mut Case) -> Repository {
    let rarity = std::mem::take(&mut case.rarity);
    case.git(&["init", "-q", "--bare", SERVER]);
    let repository = Repository::random(case, Kind { commits: (2, 8), is_any: false });
    let server = case.sandbox.path(SERVER);
    case.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    case.git(&["push", "-q", "origin", "refs/heads/*"]);
    if case.rng.bool() {
        let commit = repository.any_commit(case);
        case.git(&[
            "push",
            "-q",
            "-f",
            "origin",
            &format!("{commit}:refs/heads/old"),
            &format!("{commit}:refs/odd/old"),
        ]);
    }
    if case.once_in(4) {
        case.git_with(SERVER, &["config", "receive.shallowUpdate", "true"], b"");
    }
    if case.once_in(4) {
        case.git_with(SERVER, &["config", "receive.unpackLimit", "1"], b"");
    }
    if case.once_in(5) {
        // The client knows the last commits only.
        let url = format!("file://{}", server.display());
        let depth = format!("--depth={}", case.rng.u32(1..3));
        std::fs::remove_dir_all(case.sandbox.tree()).unwrap();
        let tree = case.sandbox.tree();
        std::fs::create_dir_all(&tree).unwrap();
        case.git(&["clone", "-q", &depth, "--no-single-branch", &url, "."]);
        case.git(&["remote", "set-url", "origin", server.to_str().unwrap()]);
    }
    // A push is small, so that a key is in every second one.
    case.rarity = if rarity == 0 { 0 } else { rarity.min(12) };
    repository
}

/// One thing more in the client.
fn change(case: &mut Case) {
    let number = case.rng.u32(..5);
    let starts = case.git(&["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes"]);
    let starts: Vec<String> = starts.lines().map(str::to_owned).collect();
    let start = case.pick(&starts);
    let tree = tree(case, &start);
    let text = case.words("the message of a commit");
    let mut arguments = vec!["commit-tree", "-m", &text, &tree];
    let other = case.pick(&starts);
    match case.below(6) {
        0 => {}
        1 if other != start => arguments.extend(["-p", &start, "-p", &other]),
        _ => arguments.extend(["-p", &start]),
    }
    let commit = case.git(&arguments);
    let heads = case.git(&["for-each-ref", "--format=%(refname)", "refs/heads"]);
    let heads: Vec<String> = heads.lines().map(str::to_owned).collect();
    let name = match case.below(6) {
        0 => format!("refs/odd/{number}"),
        1 => "refs/notes/commits".to_owned(),
        2 => format!(
            "refs/heads/{}/{number}",
            case.chance("the name of a branch").unwrap_or_else(|| "y".to_owned())
        ),
        _ if heads.is_empty() => format!("refs/heads/n{number}"),
        _ => case.pick(&heads),
    };
    case.git(&["update-ref", &name, &commit]);
    if case.once_in(3) {
        let text = case.words("the message of a tag");
        let name = format!(
            "{}/{}",
            case.chance("the name of a tag").unwrap_or_else(|| "v".to_owned()),
            case.rng.u32(..)
        );
        case.git(&["tag", "-a", "-m", &text, &name, &commit]);
        if case.once_in(3) {
            let text = case.words("the message of a tag of a tag");
            let outer = format!("o/{number}{}", case.rng.u32(..));
            case.git(&["tag", "-a", "-m", &text, &outer, &name]);
        }
    }
    if case.once_in(5) {
        let content = case.content("a blob that a reference names");
        let blob = case.git_with("", &["hash-object", "-w", "--stdin"], &content);
        case.git(&["update-ref", &format!("refs/blobs/{number}"), &blob]);
    }
    if case.once_in(8) {
        case.git(&["update-ref", &format!("refs/trees/{number}"), &tree]);
    }
}

/// The tree of a commit with one more file.
fn tree(case: &mut Case, commit: &str) -> String {
    let content = case.content("a file");
    let blob = case.git_with("", &["hash-object", "-w", "--stdin"], &content);
    let name = case.chance("the name of a file").unwrap_or_else(|| format!("p{}", case.rng.u32(..4)));
    let listed = case.git(&["ls-tree", commit]);
    let mode = case.pick(&["100644", "100755", "120000"]);
    let listed: String =
        listed.lines().filter(|line| !line.ends_with(&name)).map(|line| format!("{line}\n")).collect();
    case.git_with("", &["mktree"], format!("{listed}{mode} blob {blob}\t{name}\n").as_bytes())
}

/// What to push, as git takes it.
fn arguments(case: &mut Case) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let names = case.git(&[
        "for-each-ref",
        "--format=%(refname)",
        "refs/heads",
        "refs/tags",
        "refs/odd",
        "refs/notes",
        "refs/blobs",
        "refs/trees",
    ]);
    let names: Vec<String> = names.lines().map(str::to_owned).collect();
    match case.below(10) {
        0 => return owned(&["origin", "--mirror"]),
        1 => return owned(&["--all", "--force", "origin"]),
        2 => return owned(&["--tags", "origin"]),
        3 => return owned(&["origin", "--force", "refs/*:refs/*"]),
        4 => return owned(&["--follow-tags", "--force", "origin", "refs/heads/*"]),
        _ => {}
    }
    let mut all = owned(&["origin"]);
    if case.once_in(5) {
        all.insert(0, "--atomic".to_owned());
    }
    for _ in 0..case.rng.u32(1..4) {
        let name = case.pick(&names);
        let spec = match case.below(8) {
            0 => ":refs/heads/old".to_owned(),
            1 => format!("+{name}:refs/odd/{}", case.rng.u32(..)),
            2 => format!("+{name}~0:refs/tags/z{}", case.rng.u32(..)),
            3 => name,
            _ => format!("+{name}"),
        };
        if !all.contains(&spec) {
            all.push(spec);
        }
    }
    all
}

fn push(case: &mut Case) {
    prepare(case);
    for _ in 0..case.rng.u32(1..5) {
        change(case);
    }
    let twin = case.sandbox.path(TWIN);
    copy(&case.sandbox.path(SERVER), &twin);
    let arguments = arguments(case);
    // The twin is pushed to under the server's name, so that the client believes the same of both.
    let url = case.sandbox.path(SERVER);
    let instead = format!("url.{}.pushInsteadOf={}", twin.display(), url.display());
    let mut command = case.git_command("");
    let on_twin = run(command.args(["-c", &instead, "push", "--quiet"]).args(&arguments));
    let brought = stored(case, TWIN);
    // A push to the twin has moved what the client remembers of the server. It has to forget it again.
    case.git(&["fetch", "-q", "--prune", "--no-tags", "origin", "+refs/heads/*:refs/remotes/origin/*"]);

    let hooks = case.pick(&[[true, false], [false, true], [true, true]]);
    for (is_wanted, folder, hook) in [(hooks[0], "", "pre-push"), (hooks[1], SERVER, "pre-receive")] {
        if is_wanted {
            let mut command = case.sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            let ran = run(command.current_dir(case.sandbox.path(folder)).args(["hook", "install", hook]));
            assert!(ran.is_success(), "{}", ran.stderr);
        }
    }
    let mut command = case.git_command("");
    let ran = run(command.args(["push", "--quiet"]).args(&arguments));
    let words =
        format!("git push {arguments:?}, pre-push and pre-receive: {hooks:?}: {:?}: {}", ran.end, ran.stderr);
    case.tell(&words);
    match ran.end {
        End::Hung => case.fault(Fault::Hang, words.clone()),
        End::Signal(_) => case.fault(Fault::Crash, words.clone()),
        End::Code(_) if ["panicked", "a bug"].iter().any(|one| ran.stderr.contains(one)) => {
            case.fault(Fault::Crash, words.clone());
        }
        End::Code(_) => {}
    }
    case.count("pushes", 1);
    let arrived = stored(case, SERVER);
    for key in &arrived {
        let place = case.planted.iter().find(|one| one.key == *key).unwrap().place.clone();
        case.fault(Fault::FalseClean, format!("{place}: {key} is on the server: {words}"));
    }
    if !brought.is_empty() {
        case.count("pushes with keys", 1);
        if ran.is_success() {
            case.fault(Fault::FalseClean, format!("a push with keys succeeded: {words}"));
        }
    } else if on_twin.is_success() {
        case.count("pushes without keys that git takes", 1);
        if !ran.is_success() {
            case.fault(Fault::FalseAlarm, format!("a push without keys is refused: {words}"));
        }
    }
}

#[test]
fn no_key_is_pushed_through_the_hooks() {
    campaign("pushes", 8, 200, push);
}
