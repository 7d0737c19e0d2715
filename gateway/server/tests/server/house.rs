//! A gateway to test, with work that is simple enough to know its answers.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kit::document::{Document, ReadAt};
use server::config::{AddressLimits, Config, IdsKey, Limits};
use server::work::{Errors, Output, Question, Refusal, Report, ReportForm, Stop, Target, Template, Translation, Work};
use server::{Gateway, Running};

/// How long a test waits for something that has to come, before it says that it does not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A configuration on free ports of loopback with a limit by address that does not matter.
pub(crate) fn config(limits: Limits) -> Config {
    Config {
        limits,
        address_limits: AddressLimits { requests_per_minute: 1_000_000, ..AddressLimits::default() },
        ..Config::on_loopback("test", IdsKey::new([7; 32]))
    }
}

pub(crate) fn start(limits: Limits) -> Running {
    Gateway::start(config(limits), Arc::new(Echo::default())).unwrap()
}

pub(crate) fn start_with(limits: Limits, work: &Arc<Echo>) -> Running {
    Gateway::start(config(limits), work.clone()).unwrap()
}

/// Looks until it is so.
pub(crate) fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Work whose output is its input. What a document begins with tells it what to do: `error` has errors, `panic`
/// panics, `wait` waits until it is released or stopped.
#[derive(Default)]
pub(crate) struct Echo {
    pub(crate) waiting: AtomicBool,
    pub(crate) released: AtomicBool,
    pub(crate) stopped: AtomicBool,
    pub(crate) asked: Mutex<Vec<Question>>,
}

impl Echo {
    fn read(&self, question: &Question, document: &Document, stop: &Stop) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        self.asked.lock().unwrap().push(question.clone());
        let parts: Vec<(String, Vec<u8>)> =
            document.parts().map(|(_, part)| (part.name.to_string(), bytes(part.bytes.as_ref()))).collect();
        let first = &parts[0].1;
        assert!(!first.starts_with(b"panic"), "asked to");
        if first.starts_with(b"wait") {
            self.waiting.store(true, Ordering::SeqCst);
            while !self.released.load(Ordering::SeqCst) {
                if stop.is_raised() {
                    self.stopped.store(true, Ordering::SeqCst);
                    return Err(Refusal::Stopped);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(parts)
    }
}

/// Reads in odd steps, as a row reader does.
pub(crate) fn bytes(source: &dyn ReadAt) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 10_007]);
    loop {
        match source.read_at(bytes.len() as u64, &mut buffer).unwrap() {
            0 => break,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    assert_eq!(bytes.len() as u64, source.len());
    bytes
}

fn report(errors: u64, body: String) -> Report {
    Report {
        format: "echo-csv",
        errors,
        warnings: 3,
        losses: 12,
        rules: vec![("echo/rule", errors)],
        body: body.into_bytes(),
    }
}

impl Work for Echo {
    fn formats(&self) -> Vec<u8> {
        br#"[{"name":"echo-csv"}]"#.to_vec()
    }

    fn format(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        match name {
            "echo-csv" => Ok(br#"{"name":"echo-csv"}"#.to_vec()),
            _ => Err(Refusal::UnknownFormat { nearest: Some("echo-csv") }),
        }
    }

    fn schema(&self, name: &str, year: Option<&str>, _: Option<&str>) -> Result<Vec<u8>, Refusal> {
        self.format(name)?;
        Ok(format!(r#"{{"year":"{}"}}"#, year.unwrap_or("none")).into_bytes())
    }

    fn template(&self, name: &str, _: Option<&str>, _: Option<&str>) -> Result<Template, Refusal> {
        self.format(name)?;
        Ok(Template { media_type: "text/csv", file_name: "echo.csv".to_owned(), bytes: b"CHILD,SEX\r\n".to_vec() })
    }

    fn record_schema(&self) -> Vec<u8> {
        br#"{"$id":"record"}"#.to_vec()
    }

    fn sources(&self, _: &Question) -> Result<Vec<&'static str>, Refusal> {
        Ok(vec!["text/csv"])
    }

    fn prepare(&self, translation: &Translation) -> Result<Target, Refusal> {
        let view = translation.view.as_deref().ok_or(Refusal::ViewRequired)?;
        if view == "everything" {
            return Err(Refusal::ViewWithholds);
        }
        let (file_name, several_parts) = match translation.to.as_str() {
            "echo-lines" => ("echo.txt", false),
            "echo-parts" => ("echo.zip", true),
            _ => {
                let message = "there is no such format".to_owned();
                return Err(Refusal::Parameter { name: "to", message, help: "see /v1/formats" });
            }
        };
        let sources = self.sources(&translation.question)?;
        Ok(Target { sources, media_type: "text/plain", file_name: file_name.to_owned(), several_parts })
    }

    fn check(
        &self,
        question: &Question,
        document: &Document,
        form: ReportForm,
        stop: &Stop,
    ) -> Result<Report, Refusal> {
        let parts = self.read(question, document, stop)?;
        let bytes: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
        let body = match form {
            ReportForm::Json => format!(r#"{{"parts":{},"bytes":{bytes}}}"#, parts.len()),
            ReportForm::Csv => "rule,severity\r\n".to_owned(),
        };
        Ok(report(0, body))
    }

    fn translate(
        &self,
        translation: &Translation,
        document: &Document,
        output: &mut dyn Output,
        stop: &Stop,
    ) -> Result<Report, Refusal> {
        let parts = self.read(&translation.question, document, stop)?;
        let wrong = parts.iter().filter(|(_, bytes)| bytes.starts_with(b"error")).count() as u64;
        let report = report(wrong, r#"{"rules":[]}"#.to_owned());
        if wrong > 0 && translation.errors == Errors::Fail {
            return Err(Refusal::DocumentHasErrors(report));
        }
        let mut write = |name: &str, bytes: &[u8]| -> io::Result<()> { output.part(name)?.write_all(bytes) };
        for (name, bytes) in &parts {
            let name = if translation.to == "echo-lines" { "all" } else { name };
            // In two rounds, so that parts are gone back to.
            write(name, &bytes[..bytes.len() / 2]).map_err(Refusal::Output)?;
        }
        for (name, bytes) in &parts {
            let name = if translation.to == "echo-lines" { "all" } else { name };
            write(name, &bytes[bytes.len() / 2..]).map_err(Refusal::Output)?;
        }
        Ok(report)
    }
}
