//! Which files count, and how `skanner config` shows them.

use super::{file, found, values};
use crate::support::{Run, Sandbox};

#[test]
fn options_go_before_variables_before_the_configuration() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", "values-from = [\"config/.env\", \"b.env\"]\n");
    let row = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let run = Run::of(command.envs(environment.iter().copied()).arg("config").args(arguments));
        assert_eq!(run.code, 0, "{run:?}");
        let row = run.stdout.lines().find(|line| line.starts_with("values-from ")).unwrap().to_owned();
        row.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    let variable = [("SKANNER_VALUES_FROM", "c.env, d.env")];
    assert_eq!(row(&[], &[]), "config/.env, b.env skanner.toml:1");
    assert_eq!(row(&variable, &[]), "c.env, d.env SKANNER_VALUES_FROM");
    assert_eq!(row(&variable, &["--values-from", "e.env"]), "e.env --values-from");
    assert_eq!(row(&[], &["--isolated"]), "none default");
}

#[test]
fn all_files_of_a_configuration_count_from_its_directory() {
    let all = &values(21)[1..3];
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "*.env\n");
    sandbox.write("skanner.toml", "values-from = [\"config/a.env\", \"b.env\", \"none.env\"]\n");
    sandbox.write("config/a.env", file(&all[..1]));
    sandbox.write("b.env", file(&all[1..]));
    sandbox.write("x.txt", format!("{} {}\n", all[0].1, all[1].1));
    let report = sandbox.scan(&["."]);
    assert_eq!(found(&report), [("PASSWORD".to_owned(), 1), ("TOKEN".to_owned(), 1)]);
    let sources = report.json["scope"]["values"].as_array().unwrap();
    let from: Vec<_> = sources.iter().map(|one| one["from"].as_str().unwrap()).collect();
    assert_eq!(from, ["config/a.env", "b.env", "none.env"]);
    assert_eq!(sources[2]["missing"], true);
}

#[test]
fn what_is_left_out_is_named_with_its_reason() {
    let sandbox = Sandbox::new();
    let secret = &values(22)[1].1;
    sandbox.write("../home/.env", format!("PORT=5432\nDB_PASSWORD={secret}\nAPI_KEY=your-key-here\nNODE_ENV=production\nURL=https://example.org/a\n"));
    sandbox.write("a.txt", "nothing\n");
    let run = sandbox.skanner(&["scan", ".", "--values-from", "../home/.env"]);
    let expected = "known values: 1 value of .env is looked for; 4 are left out: PORT (too short), API_KEY (a placeholder), \
                    NODE_ENV (a common value), URL (without a password)\n";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
    assert!(
        run.stdout.contains("looked for keys of the sk- family and of AI services, and for 1 value of .env")
    );
    assert_eq!(run.code, 0);
}

#[test]
fn a_json_file_names_values_by_their_path() {
    let all = values(23);
    let sandbox = Sandbox::new();
    let json = serde_json::json!({ "db": { "passwords": [all[1].1] }, "token": all[4].1, "port": 80 });
    sandbox.write("../home/secrets.json", serde_json::to_string_pretty(&json).unwrap());
    sandbox.write("a.txt", format!("{}\n{}\n", all[1].1, all[4].1));
    let report = sandbox.scan(&[".", "--values-from", "../home/secrets.json"]);
    assert_eq!(found(&report), [("db.passwords[0]".to_owned(), 1), ("token".to_owned(), 1)]);
}

#[test]
fn the_configuration_is_shown_without_them() {
    let (_, value) = &values(31)[1];
    let sandbox = Sandbox::new();
    sandbox.write(".env", file(&values(31)[1..2]));
    sandbox.write(
        "skanner.toml",
        format!("[[allow]]\npaths = [\"zzz/{value}\"]\nreason = \"because of {value}\"\n"),
    );
    let run = sandbox.skanner(&["config", "--values-from", ".env"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("zzz/") && !run.stdout.contains(value.as_str()), "{}", run.stdout);
}
