//! A configuration: every mistake has a message, and none of them panics.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use skanner::testing::config::{Config, ConfigDocument, ConfigKind};

fuzz_target!(|text: &str| {
    for kind in [ConfigKind::Own, ConfigKind::PyProject, ConfigKind::Cargo] {
        let document =
            ConfigDocument { file: PathBuf::from("/r/f.toml"), base: PathBuf::from("/r"), kind, text: text.to_owned() };
        if let Err(invalid) = Config::parse(&document, "f.toml") {
            // A file of another tool is only parsed if it has a table for skanner.
            let told = invalid.render(&mut |text| text.to_owned());
            assert!(kind != ConfigKind::Own || !told.is_empty());
        }
    }
});
