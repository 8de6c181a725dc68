//! A repository with keys wherever a report takes text from.

use std::{ffi::OsStr, fs, io::Write, os::unix::ffi::OsStrExt, path::Path};

use crate::{ALLOW, subjects::Planted, support::Sandbox};

pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
    /// The commit that is checked out.
    pub(crate) head: String,
}

fn zip(entries: &[(String, String)], comment: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in entries {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.set_comment(comment).unwrap();
    writer.finish().unwrap().into_inner()
}

/// An own rule that has keys in its texts.
fn own_rule(key: &str) -> String {
    format!(
        "[[rule]]\nid = \"acme-key\"\nissuer = \"Acme {key}\"\ntitle = \"Acme {key}\"\nimpact = \"Anyone has {key}.\"\n\
         severity = \"high\"\nwords = [\"acme\"]\nexamples = [\"acme_live_{{A:32}}\"]\ncounter_examples = [\"acme\"]\n\
         steps = [\"Tell {key}.\"]\n[[rule.form]]\nshapes = [\"acme_live_{{A:32}}\"]\nconfidence = \"likely\"\nwhy = \"{key}\"\n\
         [rule.remedy]\nrevoke = \"Ask {key}.\"\nusage_url = \"https://example.org/{key}\"\nusage = \"See {key}.\"\n\
         breaks = \"All of {key}.\"\nlimits = \"None but {key}.\"\nleaked = \"Not {key}.\"\nrotate = \"From {key}.\"\n"
    )
}

fn files(sandbox: &Sandbox, planted: &[Planted]) {
    let names: Vec<&Planted> = planted.iter().filter(|one| one.is_name()).collect();
    // All beside another one, one a line, with and without context.
    let pairs = planted.iter().zip(planted.iter().rev());
    let lines =
        pairs.clone().map(|(a, b)| format!("{} = '{}' # was {} {}\n", a.rule, a.key, b.key, b.body()));
    sandbox.write("lines.txt", lines.collect::<String>());
    let comments =
        pairs.map(|(a, b)| format!("x = '{}' # {ALLOW}: {} until 2020-01-01 {}\n", a.key, b.key, b.body()));
    sandbox.write("comments.txt", comments.collect::<String>());
    for one in names.iter().step_by(3) {
        sandbox.write(format!("dir-{}/a.txt", one.key), format!("k = {}\n", one.key));
        sandbox.write(format!("{}/x {}.txt", one.rule, one.key), "nothing\n");
        // An archive that is named after a key, with one inside, and a broken one.
        let inner = vec![(format!("in/{}.txt", one.key), format!("k {}\n", one.key))];
        let whole = zip(&inner, &one.key);
        sandbox.write(format!("z-{}.zip", one.rule), &whole);
        sandbox.write(format!("b {}.zip", one.key), &whole[..whole.len() - 30]);
    }
    let mut strange = b"n\xff-".to_vec();
    strange.extend(names[0].key.as_bytes());
    let strange = sandbox.tree().join(Path::new(OsStr::from_bytes(&strange)));
    fs::write(strange, format!("k = {}\n", names[0].key)).unwrap();
    let mut config = String::new();
    for one in names.iter().skip(1).step_by(5) {
        config.push_str(&format!(
            "[[allow]]\npaths = [\"{0}\", \"comments.txt\"]\nrules = [\"{1}\"]\nreason = \"{0}\"\n",
            one.key, one.rule
        ));
    }
    config.push_str(&own_rule(&names[2].key));
    sandbox.write("skanner.toml", config);
    sandbox.write("MESSAGE", names.iter().map(|one| format!("fix {}\n", one.key)).collect::<String>());
    sandbox.write(".gitignore", format!("ignored-{}\n", names[3].key));
    sandbox.write(format!("ignored-{}", names[3].key), "nothing\n");
}

/// Writes all of it.
pub(crate) fn write(planted: &[Planted]) -> Place {
    let sandbox = Sandbox::new();
    let names: Vec<&Planted> = planted.iter().filter(|one| one.is_name() && one.key.len() < 120).collect();
    sandbox.git("", &["init", "-q"]);
    files(&sandbox, planted);
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", &format!("first {}", names[4].key)]);
    for (at, one) in names.iter().enumerate().step_by(4) {
        let key = &one.key;
        sandbox.write("history.txt", format!("h = {key}\n"));
        sandbox.git("", &["add", "history.txt"]);
        let author = format!("--author={key} <{key}@example.org>");
        sandbox.git("", &["commit", "-qm", &format!("change {key}\n\nand {}", one.body()), &author]);
        sandbox.git("", &["branch", &format!("b-{at}/{key}")]);
        sandbox.git("", &["tag", "-a", "-m", key, &format!("t-{key}")]);
    }
    sandbox.write("lines.txt", "gone\n");
    sandbox.git("", &["stash", "push", "-q", "-m", &names[5].key]);
    sandbox.git("", &["remote", "add", "origin", &format!("https://u:{}@example.org/x.git", names[6].key)]);
    let head = sandbox.git("", &["rev-parse", "HEAD"]).trim().to_owned();
    sandbox.write(
        "staged.txt",
        planted.iter().map(|one| format!("{} {}\n", one.rule, one.key)).collect::<String>(),
    );
    sandbox.git("", &["add", "staged.txt"]);
    Place { sandbox, head }
}
