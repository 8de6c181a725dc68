//! All that a repository holds besides commits and their files.

use std::fs;

use super::{case::Case, repository::Repository};

/// Adds some of it.
pub(crate) fn add(case: &mut Case, repository: &Repository) {
    for _ in 0..case.rng.u32(2..9) {
        match case.below(16) {
            0 | 1 => tag(case, repository),
            2 => note(case, repository),
            3 => stash(case, repository),
            4 => branch(case, repository),
            5 => dangling_blob(case),
            6 => dangling_tree(case),
            7 => replacement(case),
            8 => graft(case, repository),
            9 => detached(case, repository),
            10 => linked(case, repository),
            11 | 12 => own_file(case, repository),
            13 => nested(case, repository),
            _ if repository.is_bare => {}
            14 => work_tree(case),
            _ => index_alone(case),
        }
    }
}

fn tag(case: &mut Case, repository: &Repository) {
    let target = repository.any_commit(case);
    let name = case.chance("the name of a tag").unwrap_or_else(|| "t".to_owned());
    let name = format!("{name}/{}", case.rng.u32(..));
    if case.once_in(4) {
        case.git(&["tag", &name, &target]);
        return;
    }
    let text = case.words("the message of a tag");
    case.git(&["tag", "-a", "-m", &text, &name, &target]);
    if case.once_in(3) {
        let text = case.words("the message of a tag of a tag");
        case.git(&["tag", "-a", "-m", &text, &format!("outer/{name}"), &name]);
        if case.rng.bool() {
            case.git(&["tag", "-d", &name]);
        }
    }
}

fn note(case: &mut Case, repository: &Repository) {
    let (target, text) = (repository.any_commit(case), case.words("a note"));
    case.git(&["notes", "add", "-f", "-m", &text, &target]);
}

fn stash(case: &mut Case, repository: &Repository) {
    let (target, text) = (repository.any_commit(case), case.words("the message of a stash"));
    case.git(&["update-ref", "--create-reflog", "-m", &text, "refs/stash", &target]);
}

fn branch(case: &mut Case, repository: &Repository) {
    let target = repository.any_commit(case);
    let name = case.chance("the name of a branch").unwrap_or_else(|| "x".to_owned());
    let text = case.words("a reflog");
    let name = format!("refs/{}/{name}/{}", case.pick(&["heads", "remotes/origin", "odd"]), case.rng.u32(..));
    case.git(&["update-ref", "--create-reflog", "-m", &text, &name, &target]);
    if case.once_in(4) {
        case.git(&["update-ref", "-d", &name]);
    }
    if case.once_in(4) {
        case.git(&["pack-refs", "--all"]);
    }
}

fn dangling_blob(case: &mut Case) {
    let content = case.content("a blob that nothing names");
    case.git_with("", &["hash-object", "-w", "--stdin"], &content);
}

fn dangling_tree(case: &mut Case) {
    let blob = case.git_with("", &["hash-object", "-w", "--stdin"], b"x");
    let name = case.words("a name in a tree that nothing names");
    case.git_with("", &["mktree"], format!("100644 blob {blob}\t{name}\n").as_bytes());
}

fn replacement(case: &mut Case) {
    let (one, other) = (case.content("a blob that is replaced"), case.content("a blob that replaces"));
    let one = case.git_with("", &["hash-object", "-w", "--stdin"], &one);
    let other = case.git_with("", &["hash-object", "-w", "--stdin"], &other);
    if one != other {
        case.git(&["replace", "-f", &one, &other]);
    }
}

fn graft(case: &mut Case, repository: &Repository) {
    let (one, other) = (repository.any_commit(case), repository.any_commit(case));
    let line = if one == other { one } else { format!("{one} {other}") };
    let path = case.sandbox.path(repository.git).join("info/grafts");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("{line}\n")).unwrap();
    case.tell("wrote info/grafts");
}

fn detached(case: &mut Case, repository: &Repository) {
    let target = repository.any_commit(case);
    case.git(&["update-ref", "--no-deref", "HEAD", &target]);
}

fn linked(case: &mut Case, repository: &Repository) {
    let number = case.rng.u32(..);
    let target = repository.any_commit(case);
    let folder = format!("../linked{number}");
    case.git(&["worktree", "add", "-q", "--detach", &folder, &target]);
    let content = case.content("the index of a linked work tree");
    case.sandbox.write(format!("{folder}/only-here.txt"), content);
    case.git_with(&folder, &["add", "only-here.txt"], b"");
}

/// A file of the repository's directory that git or a program left there.
fn own_file(case: &mut Case, repository: &Repository) {
    let path = case.pick(&[
        "description",
        "COMMIT_EDITMSG",
        "MERGE_MSG",
        "hooks/pre-commit",
        "info/exclude",
        "info/attributes",
        "logs/refs/heads/gone",
        "config.old",
        "rebase-merge/message",
        "sequencer/todo",
        "lfs/objects/x",
        "objects/info/http-alternates",
        "objects/pack/x.keep",
        "objects/x.txt",
        "some/where/else.txt",
    ]);
    let place = format!(".git/{path}");
    let text = format!("# {}\n", case.words(&place));
    case.sandbox.write(format!("{}/{path}", repository.git), text);
    case.tell(format!("wrote {place}"));
    if case.once_in(4) {
        let value = case.words("the configuration");
        case.git(&["config", "remote.x.url", &format!("https://{}@example.org/x", value.replace(' ', "-"))]);
    }
}

/// The repository of a submodule.
fn nested(case: &mut Case, repository: &Repository) {
    let path = format!("{}/modules/m{}", repository.git, case.rng.u32(..));
    let absolute = case.sandbox.path(&path);
    case.git(&["init", "-q", "--bare", absolute.to_str().unwrap()]);
    let content = case.content("the repository of a submodule");
    case.git_with(&path, &["hash-object", "-w", "--stdin"], &content);
}

fn work_tree(case: &mut Case) {
    let number = case.rng.u32(..);
    match case.below(4) {
        0 => {
            case.sandbox.write(".gitignore", "ignored/\n*.log\n");
            let content = case.content("an ignored file");
            case.sandbox.write(format!("ignored/{number}.txt"), content);
        }
        1 => {
            let name = case.words("the name of an untracked file");
            case.sandbox.write(format!("untracked/{name}"), "x");
        }
        2 => {
            let target = case.words("the target of an untracked link").replace(' ', "-");
            let path = case.sandbox.write(format!("untracked/link{number}"), "");
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink(target, path).unwrap();
        }
        _ => {
            let content = case.content("an untracked file");
            case.sandbox.write(format!("untracked/{number}.txt"), content);
        }
    }
    case.tell("wrote into the work tree");
}

fn index_alone(case: &mut Case) {
    let content = case.content("a staged file");
    let blob = case.git_with("", &["hash-object", "-w", "--stdin"], &content);
    let path = format!("staged/{}.txt", case.rng.u32(..));
    case.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")]);
}
