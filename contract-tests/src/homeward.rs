//! The program under test, and the files to run it against.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The `homeward` program, built from the sources as they are: once per test process, so that it is never stale.
///
/// # Panics
/// When cargo cannot build it; its complaint is on standard error.
pub fn homeward() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM
        .get_or_init(|| build(&workspace().join("Cargo.toml"), &["-p", "cli", "--bin", "homeward"], "homeward"))
        .clone()
}

/// The same program with the named points at which crash tests stop it, under a name of its own.
///
/// # Panics
/// As [`homeward`].
pub fn homeward_with_crash_points() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    const NAME: &str = "homeward-crash-points";
    const ARGUMENTS: [&str; 6] = ["-p", "cli", "--bin", NAME, "--features", "cli/crash-points"];
    PROGRAM.get_or_init(|| build(&workspace().join("Cargo.toml"), &ARGUMENTS, NAME)).clone()
}

/// The folder of public sample files: `HOMEWARD_SAMPLES`, else `../shared/samples` beside the workspace, where it exists.
/// A test that finds none says so and passes.
pub fn samples() -> Option<PathBuf> {
    let named = std::env::var_os("HOMEWARD_SAMPLES").filter(|named| !named.is_empty()).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| workspace().join("../shared/samples"));
    folder.is_dir().then_some(folder)
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
    root.unwrap_or_default()
}

/// Builds one program with the cargo that runs the tests and returns its path as cargo itself reports it.
///
/// # Panics
/// When the build fails or names no such program.
pub(crate) fn build(manifest: &Path, arguments: &[&str], program: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(manifest)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let built = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    let messages = built.unwrap_or_else(|| panic!("cargo could not build {program}"));
    messages
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap_or_else(|| panic!("cargo built no program {program}"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn the_program_is_built_and_runs() {
        let program = super::homeward();
        assert!(program.is_file());
        assert!(Command::new(program).arg("--version").output().is_ok());
    }

    #[test]
    fn the_workspace_is_the_one_with_this_crate() {
        assert!(super::workspace().join("contract-tests/Cargo.toml").is_file());
    }
}
