//! From paths to URIs.

use serde_json::{Value, json};

use crate::report::{document::RunReport, place::RootPath};

/// The directory that relative URIs start from.
pub(super) const SOURCE_ROOT: &str = "%SRCROOT%";

pub(super) fn artifact(run: &RunReport, path: &str) -> Value {
    let path = RootPath::new(run, path);
    let mut artifact = json!({ "uri": path.uri() });
    if path.is_relative {
        artifact["uriBaseId"] = SOURCE_ROOT.into();
    }
    artifact
}
