//! The picture in the README is a real run.

use std::fs;

use anstyle::{Color, RgbColor};
use anstyle_svg::{Palette, Term};

use crate::{
    support::{Sandbox, key, openai_key},
    terminal::OnTerminal,
};

/// Where the picture is, from the root.
const PICTURE: &str = "docs/images/scan.svg";

/// The colors of terminals, readable on a dark background: eight plain ones, then the bright ones.
const PALETTE: Palette = Palette([
    RgbColor(0x48, 0x4f, 0x58),
    RgbColor(0xe5, 0x53, 0x4b),
    RgbColor(0x3f, 0xb9, 0x50),
    RgbColor(0xd2, 0x99, 0x22),
    RgbColor(0x53, 0x9b, 0xf5),
    RgbColor(0xbc, 0x8c, 0xff),
    RgbColor(0x39, 0xc5, 0xcf),
    RgbColor(0xb1, 0xba, 0xc4),
    RgbColor(0x6e, 0x76, 0x81),
    RgbColor(0xff, 0x93, 0x8a),
    RgbColor(0x56, 0xd3, 0x64),
    RgbColor(0xe3, 0xb3, 0x41),
    RgbColor(0x79, 0xc0, 0xff),
    RgbColor(0xd2, 0xa8, 0xff),
    RgbColor(0x56, 0xd4, 0xdd),
    RgbColor(0xf0, 0xf6, 0xfc),
]);

/// A run on a terminal, as a picture. The key is made from a seed, so each run shows the same.
fn picture() -> String {
    let sandbox = Sandbox::new();
    sandbox.write(".env", format!("PORT=8080\nOPENAI_API_KEY={}\n", openai_key(3)));
    sandbox.write("src/chat.py", format!("import openai\n\nopenai.api_key = \"{}\"\n", openai_key(3)));
    let token = key(crate::support::rule("hugging-face-user-token").forms[0].shapes[0].source(), 5);
    sandbox.write("train.ipynb", format!("{{\"source\": \"login('{token}')\"}}\n"));
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["scan", "--color", "always"]);
    let (_, shown) = OnTerminal::start(&mut command, 80).finish();
    let (before, after) = shown.split_once(" read in ").unwrap();
    let (_, after) = after.split_once(" s").unwrap();
    let shown = format!("\x1b[1m$ skanner scan\x1b[0m\n{before} read in 0.00 s{after}");
    let light = Color::Rgb(RgbColor(0xd6, 0xde, 0xeb));
    let dark = Color::Rgb(RgbColor(0x16, 0x1b, 0x22));
    Term::new().palette(PALETTE).fg_color(light).bg_color(dark).min_width_px(690).render_svg(shown.trim_end())
}

#[test]
fn the_picture_is_what_the_program_prints() {
    let file = crate::root().join(PICTURE);
    let picture = picture();
    if std::env::var_os("SKANNER_WRITE_DOCUMENTS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &picture).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == picture,
        "{PICTURE} is out of date; SKANNER_WRITE_DOCUMENTS=1 cargo test --test documents writes it"
    );
    // It is shown on pages of others, which load nothing from elsewhere.
    assert!(!written.contains("href") && !written.contains("url("), "{PICTURE} loads something");
    assert!(fs::read_to_string(crate::root().join("README.md")).unwrap().contains(PICTURE));
}
