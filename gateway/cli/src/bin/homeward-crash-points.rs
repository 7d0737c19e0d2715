//! The `homeward` program with the points at which crash tests stop it.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
