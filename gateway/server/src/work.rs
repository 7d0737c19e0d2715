//! The work behind the routes: what the server asks of the pipeline, and how it is run.
//!
//! [`Work`] is the whole seam. The server parses the request, reads the body into a [`Document`], and calls it on a
//! thread that may block; the implementation never sees a request, a header or a socket, and answers with bytes,
//! counts and [`Refusal`]s. Everything that it says may be shown to the caller: no value of the document, the path or
//! the query, no unknown header text, no file name.
//!
//! Order of calls for a translation: [`Work::prepare`] before the body is read, then [`Work::translate`] once. For a
//! check: [`Work::sources`], then [`Work::check`]. All may be called from several threads at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::document::Document;

use crate::config::Config;

/// What can be asked. An implementation holds the list of adapters and the views; it keeps nothing between calls.
pub trait Work: Send + Sync + 'static {
    /// The same work under another configuration, when that makes a difference.
    fn under(&self, _: &Config) -> Option<Arc<dyn Work>> {
        None
    }

    /// Every format as a JSON array: name, summary, media types, extensions, in, out (`GET /v1/formats`).
    fn formats(&self) -> Vec<u8>;

    /// One format as a JSON object with its tables, columns, rules, options and losses.
    ///
    /// # Errors
    /// [`Refusal::UnknownFormat`].
    fn format(&self, name: &str) -> Result<Vec<u8>, Refusal>;

    /// The Table Schema, or JSON Schema, of a format as JSON.
    ///
    /// # Errors
    /// [`Refusal::UnknownFormat`], [`Refusal::Parameter`] for a year or part that there is not.
    fn schema(&self, name: &str, year: Option<&str>, part: Option<&str>) -> Result<Vec<u8>, Refusal>;

    /// A blank file to fill.
    ///
    /// # Errors
    /// As [`Work::schema`].
    fn template(&self, name: &str, year: Option<&str>, part: Option<&str>) -> Result<Template, Refusal>;

    /// The JSON Schema of the record.
    fn record_schema(&self) -> Vec<u8>;

    /// The media types in which a document may come, besides those that hold anything (`application/octet-stream`,
    /// `application/zip`, `multipart/form-data`): those of `from`, or of every format when it is left out.
    ///
    /// # Errors
    /// [`Refusal::Parameter`] for a question that cannot be answered whatever the document holds.
    fn sources(&self, question: &Question) -> Result<Vec<&'static str>, Refusal>;

    /// Looks at everything that can be judged without the document, and says what the output will be.
    ///
    /// # Errors
    /// [`Refusal::Parameter`], [`Refusal::ViewRequired`], [`Refusal::ViewWithholds`].
    fn prepare(&self, translation: &Translation) -> Result<Target, Refusal>;

    /// Reads the document and runs every rule. Looks at `stop` at least once a subject.
    ///
    /// # Errors
    /// Any [`Refusal`] but [`Refusal::DocumentHasErrors`]: errors of the document are what the report is for.
    fn check(&self, question: &Question, document: &Document, form: ReportForm, stop: &Stop)
    -> Result<Report, Refusal>;

    /// Translates the document. The report is in JSON. Looks at `stop` at least once a subject.
    ///
    /// # Errors
    /// Any [`Refusal`]. An [`io::Error`] of `output` is passed on as [`Refusal::Output`].
    fn translate(
        &self,
        translation: &Translation,
        document: &Document,
        output: &mut dyn Output,
        stop: &Stop,
    ) -> Result<Report, Refusal>;
}

/// What is asked about a document. Texts have the form that their parameter has, and may still name nothing that is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Question {
    /// The format read; found from type and content when absent.
    pub from: Option<String>,
    /// Collection year by its end (`2018` is 2017/18), or `current`.
    pub year: Option<String>,
    /// The as-at day, as `YYYY-MM-DD`.
    pub as_at: Option<String>,
    /// Three-digit code of the responsible authority.
    pub authority: Option<String>,
    /// Name of a dialect of the configuration.
    pub dialect: Option<String>,
    /// Media type of the body without parameters, when it tells a format.
    pub media_type: Option<String>,
    /// Places that a report tells at most (`limits.diagnostics_max`).
    pub diagnostics_max: u64,
}

/// What is asked of a translation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Translation {
    /// About the document.
    pub question: Question,
    /// The format written.
    pub to: String,
    /// The view through which everything passes.
    pub view: Option<String>,
    /// What an error of the document does.
    pub errors: Errors,
    /// Errors after which reading stops.
    pub errors_max: u64,
}

/// What an error of the document does to a translation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Errors {
    /// Any error: no output.
    Fail,
    /// Wrong rows are left out.
    Skip,
}

/// What a translation gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Media types in which the document may come, as [`Work::sources`] gives them.
    pub sources: Vec<&'static str>,
    /// Media type of one part of the output.
    pub media_type: &'static str,
    /// Name under which the output is saved, with its extension: `fhir.ndjson`. Without quotes and control characters.
    pub file_name: String,
    /// Whether the output is several parts, and so leaves as one zip archive.
    pub several_parts: bool,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReportForm {
    /// The report as JSON.
    Json,
    /// Its diagnostics as CSV: rule, severity, part, line, column, path, byte, message, help.
    Csv,
}

/// What was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// The format read.
    pub format: &'static str,
    /// How many errors.
    pub errors: u64,
    /// How many warnings.
    pub warnings: u64,
    /// How many losses.
    pub losses: u64,
    /// How often each rule was broken, for the counters.
    pub rules: Vec<(&'static str, u64)>,
    /// The report in the form that was asked for.
    pub body: Vec<u8>,
}

/// A blank file to fill.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    /// Its media type.
    pub media_type: &'static str,
    /// The name under which it is saved.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Where a translation writes: parts by name, each begun once and gone back to at will.
pub trait Output {
    /// The part of this name.
    ///
    /// # Errors
    /// When the output is above its limit or cannot be kept.
    fn part(&mut self, name: &str) -> io::Result<&mut dyn io::Write>;
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Refusal {
    /// No format has this name; the nearest that there is.
    UnknownFormat {
        /// A name of ours.
        nearest: Option<&'static str>,
    },
    /// A parameter names nothing that is, is missing, or does not go with another.
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// What is wrong, without its value.
        message: String,
        /// What to do.
        help: &'static str,
    },
    /// Output for another organisation needs a view.
    ViewRequired,
    /// The view is wider than what may be asked for.
    ViewWithholds,
    /// Neither type nor content tells the format of the document: the candidates.
    FormatUnclear {
        /// Names of ours.
        candidates: Vec<&'static str>,
    },
    /// `errors=fail` and the document has errors, or more than `errors_max`.
    DocumentHasErrors(Report),
    /// The output cannot be written: its limit, or no room.
    Output(io::Error),
    /// The document cannot be read back: the disk.
    Document(io::Error),
    /// The flag was raised.
    Stopped,
}

/// A flag that ends the work within one subject: the caller has gone, or the time is used up.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether to end now.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks the work to end.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Raises the flag when dropped: whoever waits for the work holds this.
    pub(crate) fn on_drop(&self) -> StopOnDrop {
        StopOnDrop(self.clone())
    }
}

/// Raises its flag when dropped.
pub(crate) struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.raise();
    }
}
