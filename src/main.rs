//! The `skanner` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    skanner::main()
}
