//! The way out for a repository with keys in its history: what to do in which order, and a script that takes them out and
//! proves it. Nothing is run, and keys are written nowhere else.

mod blob;
mod cover;
mod digits;
mod directory;
mod edited;
mod form;
mod guide;
mod planning;
mod script;

use anyhow::Result;

pub(crate) use directory::PlanDirectory;
pub(crate) use planning::PlanInput;

/// Writes a plan for all keys of a report.
///
/// # Errors
/// When an object cannot be read, or a file cannot be written.
pub(crate) fn write(directory: &PlanDirectory, input: &PlanInput<'_>) -> Result<()> {
    let plan = planning::plan(input)?;
    let guide = guide::guide(&plan, input);
    directory.create()?;
    directory.write("README.md", (input.mask)(&guide).as_bytes())?;
    directory.write("replace-text.txt", &plan.forms.replacements())?;
    directory.write("strip-blobs.txt", plan.stripped().as_bytes())?;
    directory.write("edits.json", &script::edits(&plan)?)?;
    directory.write("edits.py", script::EDITS)?;
    directory.write("cleanup.sh", &script::cleanup(input.program, input.options))
}
