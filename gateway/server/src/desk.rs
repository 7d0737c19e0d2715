//! The work behind the routes, done: adapters of the roster and the pipeline of the exchange answer what is asked.
//!
//! Nothing is kept between calls. Words and reports hold rules, places and names of ours only.

use std::{
    io::{self, Write},
    num::NonZeroUsize,
    sync::Arc,
    thread,
};

use exchange::{
    ask::{self, Ask, AskFault, Fault, Parameter, Settled},
    pipeline::{self, Ended, Errors as PipelineErrors, Order, Watch},
    views::Views,
};
use jiff::{Timestamp, tz::TimeZone};
use kit::{
    adapter::{Format, Options, Organisation, Parts},
    describe,
    document::Document,
    ids::IdKey,
    limits::ReadingLimits,
    nearest::nearest,
    pep::PepSettings,
    render::{self, Places},
    report::Summary,
};
use schemas::{
    date::{CollectionYear, Date},
    json_schema,
};

use crate::{
    config::{self, Config, IdsKey},
    work::{Errors, Output, Question, Refusal, Report, ReportForm, Stop, Target, Template, Translation, Work},
};

/// Does the work with the adapters that are built in.
pub struct Desk {
    authority: Option<String>,
    ids_key: IdsKey,
    organisation: config::Organisation,
    pep: PepSettings,
    timezone: String,
    diagnostics_max: u64,
    reading_limits: ReadingLimits,
    views: Views,
}

impl Desk {
    /// A desk under a configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            authority: config.authority.clone(),
            ids_key: config.ids_key.clone(),
            organisation: config.organisation.clone(),
            pep: config.pep.clone(),
            timezone: config.timezone.clone(),
            diagnostics_max: config.limits.diagnostics_max,
            reading_limits: config.reading_limits,
            views: config.views.clone(),
        }
    }

    /// Today where the gateway's deadlines are.
    fn today(&self) -> Date {
        let zone = TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC);
        let today = Timestamp::now().to_zoned(zone).date();
        // A clock outside the centuries of the record is a fault of the machine; the last usable year stands in.
        Date::new(today.year(), today.month().unsigned_abs(), today.day().unsigned_abs())
            .unwrap_or_else(|| CollectionYear::LAST.ends())
    }

    fn settle(
        &self,
        question: &Question,
        from: &'static Format,
        to: Option<&'static Format>,
        view: Option<&str>,
    ) -> Result<Settled, Refusal> {
        if question.dialect.is_some() {
            return Err(Refusal::Parameter {
                name: "dialect",
                message: "names no dialect of the configuration".to_owned(),
                help: "leave it out: this version has dialects on the command line only",
            });
        }
        let ask = Ask {
            from,
            to,
            view,
            views: &self.views,
            year: question.year.as_deref(),
            authority: question.authority.as_deref().or(self.authority.as_deref()),
            as_at: question.as_at.as_deref(),
            today: self.today(),
        };
        ask::settle(&ask).map_err(|fault| refusal_of(&fault))
    }

    fn options(&self, settled: &Settled) -> Options {
        Options {
            year: settled.year,
            authority: settled.authority,
            as_at: Some(settled.as_at),
            id_key: IdKey::secret(self.ids_key.bytes()),
            recorded_at: Some(Timestamp::now().to_string().into_boxed_str()),
            organisation: Organisation {
                ods_code: self.organisation.ods_code.as_deref().map(Into::into),
                office_phone: self.organisation.office_phone.as_deref().map(Into::into),
                duty_phone: self.organisation.duty_phone.as_deref().map(Into::into),
            },
            pep: self.pep.clone(),
            limits: self.reading_limits,
            ..Options::plain()
        }
    }
}

impl Work for Desk {
    fn under(&self, config: &Config) -> Option<Arc<dyn Work>> {
        Some(Arc::new(Self::new(config)))
    }

    fn formats(&self) -> Vec<u8> {
        let formats: Vec<serde_json::Value> = roster::formats()
            .map(|(adapter, format)| {
                serde_json::json!({
                    "name": format.name, "adapter": adapter.name, "summary": format.summary,
                    "mediaTypes": format.media_types, "extensions": format.extensions,
                    "in": format.decode.is_some(), "out": format.encode.is_some(),
                })
            })
            .collect();
        serde_json::Value::Array(formats).to_string().into_bytes()
    }

    fn format(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        let (adapter, format) = roster::format(name).ok_or_else(|| unknown_format(name))?;
        Ok(describe::json(adapter, format, None).to_string().into_bytes())
    }

    fn schema(&self, name: &str, year: Option<&str>, part: Option<&str>) -> Result<Vec<u8>, Refusal> {
        let (_, format) = roster::format(name).ok_or_else(|| unknown_format(name))?;
        let year = self.year(year)?;
        if let (Some(schema), None) = (kit::nested::document_schema(format), part) {
            return Ok(schema.to_string().into_bytes());
        }
        let mut schemas: Vec<serde_json::Value> =
            tables(format, year, part)?.iter().map(|table| describe::table_schema(table, year)).collect();
        let schema = match (schemas.len(), part) {
            (1, _) => schemas.remove(0),
            _ => serde_json::json!({ "resources": schemas }),
        };
        Ok(schema.to_string().into_bytes())
    }

    fn template(&self, name: &str, year: Option<&str>, part: Option<&str>) -> Result<Template, Refusal> {
        let (_, format) = roster::format(name).ok_or_else(|| unknown_format(name))?;
        let year = self.year(year)?;
        if let (Some(blank), None) = (kit::nested::document_template(format), part) {
            let (media_type, file_name) = ("application/json", format!("{}.json", format.name));
            return Ok(Template { media_type, file_name, bytes: format!("{blank:#}\n").into_bytes() });
        }
        if let (Some(bytes), None) = (format.encode.and_then(|encode| encode.template()), part) {
            let file_name = format!("{}.{}", format.name, format.extensions.first().unwrap_or(&"bin"));
            let media_type = format.media_types.first().unwrap_or(&"application/octet-stream");
            return Ok(Template { media_type, file_name, bytes });
        }
        match tables(format, year, part)?.as_slice() {
            [] => Err(Refusal::UnknownFormat { nearest: None }),
            [table] => Ok(Template {
                media_type: "text/csv",
                file_name: format!("{}.csv", table.name),
                bytes: describe::csv_template(table, year).into_bytes(),
            }),
            tables => {
                let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
                let mut write = || -> io::Result<Vec<u8>> {
                    for table in tables {
                        let options = zip::write::SimpleFileOptions::default();
                        archive.start_file(format!("{}.csv", table.name), options).map_err(io::Error::other)?;
                        archive.write_all(describe::csv_template(table, year).as_bytes())?;
                    }
                    Ok(Vec::new())
                };
                write().map_err(Refusal::Output)?;
                let bytes = archive.finish().map_err(|error| Refusal::Output(io::Error::other(error)))?.into_inner();
                Ok(Template { media_type: "application/zip", file_name: format!("{}.zip", format.name), bytes })
            }
        }
    }

    fn record_schema(&self) -> Vec<u8> {
        json_schema::record_schema().into_bytes()
    }

    fn sources(&self, question: &Question) -> Result<Vec<&'static str>, Refusal> {
        match &question.from {
            Some(name) => {
                let from = readable(name)?;
                self.settle(question, from, None, None)?;
                Ok(from.media_types.to_vec())
            }
            None => Ok(roster::formats()
                .filter(|(_, format)| format.decode.is_some())
                .flat_map(|(_, format)| format.media_types)
                .copied()
                .collect()),
        }
    }

    fn prepare(&self, translation: &Translation) -> Result<Target, Refusal> {
        let to = writable(&translation.to)?;
        let sources = self.sources(&translation.question)?;
        if let Some(name) = &translation.question.from {
            let settled = self.settle(&translation.question, readable(name)?, Some(to), translation.view.as_deref())?;
            refuse_statistics(&settled)?;
        }
        Ok(Target {
            sources,
            media_type: to.media_types.first().copied().unwrap_or("application/octet-stream"),
            file_name: format!("{}.{}", to.name, to.extensions.first().copied().unwrap_or("bin")),
            several_parts: to.parts != Parts::One,
        })
    }

    fn check(
        &self,
        question: &Question,
        document: &Document,
        form: ReportForm,
        stop: &Stop,
    ) -> Result<Report, Refusal> {
        let from = format_of(question, document)?;
        let options = self.options(&self.settle(question, from, None, None)?);
        let diagnostics_max = usize::try_from(question.diagnostics_max).unwrap_or(usize::MAX);
        let outcome = pipeline::check(document, from, &options, workers(), diagnostics_max, &Watching(stop));
        if stop.is_raised() {
            return Err(Refusal::Stopped);
        }
        Ok(report((from, document), outcome, form))
    }

    fn translate(
        &self,
        translation: &Translation,
        document: &Document,
        output: &mut dyn Output,
        stop: &Stop,
    ) -> Result<Report, Refusal> {
        let to = writable(&translation.to)?;
        let from = format_of(&translation.question, document)?;
        let settled = self.settle(&translation.question, from, Some(to), translation.view.as_deref())?;
        refuse_statistics(&settled)?;
        let Some(view) = &settled.view else { return Err(Refusal::ViewRequired) };
        let options = self.options(&settled);
        let watching = Watching(stop);
        let order = Order {
            document,
            from,
            to,
            view,
            options: &options,
            id_key_is_secret: true,
            pseudonym_key: None,
            workers: workers(),
            errors: match translation.errors {
                Errors::Fail => PipelineErrors::Fail,
                Errors::Skip => PipelineErrors::Skip,
            },
            errors_max: Some(translation.errors_max),
            diagnostics_max: usize::try_from(self.diagnostics_max).unwrap_or(usize::MAX),
            watch: &watching,
        };
        let outcome = pipeline::translate(&order, &mut Forward(output)).map_err(Refusal::Output)?;
        match outcome.ended {
            Ended::Stopped => Err(Refusal::Stopped),
            Ended::Whole => Ok(report((from, document), outcome, ReportForm::Json)),
            Ended::ErrorsFail | Ended::TooManyErrors | Ended::ClosedToOthers => {
                Err(Refusal::DocumentHasErrors(report((from, document), outcome, ReportForm::Json)))
            }
        }
    }
}

impl Desk {
    fn year(&self, text: Option<&str>) -> Result<Option<CollectionYear>, Refusal> {
        match text {
            None => Ok(None),
            Some("current") => Ok(CollectionYear::of(self.today())),
            Some(text) => CollectionYear::parse(text.as_bytes())
                .map(Some)
                .ok_or_else(|| refusal_of(&AskFault { parameter: Parameter::Year, fault: Fault::Malformed })),
        }
    }
}

/// The caller's flag, as the pipeline looks at it.
struct Watching<'s>(&'s Stop);

impl Watch for Watching<'_> {
    fn stopped(&self) -> bool {
        self.0.is_raised()
    }
}

/// The server's parts, as the pipeline writes them.
struct Forward<'o>(&'o mut dyn Output);

impl pipeline::Output for Forward<'_> {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.part(part)?.write_all(bytes)
    }
}

/// Every core: how many documents are worked on at once is the server's limit.
fn workers() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// The report of a document that was read.
pub(crate) fn report(
    (from, document): (&'static Format, &Document),
    mut outcome: pipeline::Outcome,
    form: ReportForm,
) -> Report {
    let summary = Summary {
        format: from.name,
        rows: outcome.rows,
        records: outcome.records,
        left_out: std::mem::take(&mut outcome.left_out),
        written: std::mem::take(&mut outcome.written),
        figures: std::mem::take(&mut outcome.figures),
    };
    let mut places = Places::of(document, &outcome.labels);
    let mut body = Vec::new();
    match form {
        ReportForm::Json => render::json::report(&summary, &mut outcome.findings, &mut places, &mut body),
        ReportForm::Csv => {
            body.extend_from_slice(render::csv::HEADING.as_bytes());
            for diagnostic in outcome.findings.diagnostics() {
                render::csv::diagnostic(diagnostic, &mut places, &mut body);
            }
        }
    }
    Report {
        format: from.name,
        errors: outcome.findings.errors(),
        warnings: outcome.findings.warnings(),
        losses: outcome.findings.losses(),
        rules: outcome.findings.counts().map(|count| (count.rule.code, count.count)).collect(),
        body,
    }
}

fn format_of(question: &Question, document: &Document) -> Result<&'static Format, Refusal> {
    match &question.from {
        Some(name) => readable(name),
        None => ask::recognise_format(document, roster::formats().map(|(_, format)| format))
            .map_err(|candidates| Refusal::FormatUnclear { candidates }),
    }
}

fn readable(name: &str) -> Result<&'static Format, Refusal> {
    match roster::format(name) {
        Some((_, format)) if format.decode.is_some() => Ok(format),
        Some(_) => Err(Refusal::Parameter {
            name: "from",
            message: "names a format that is written here and not read".to_owned(),
            help: "see /v1/formats for the direction of each",
        }),
        None => {
            Err(Refusal::Parameter { name: "from", message: "names no format".to_owned(), help: "see /v1/formats" })
        }
    }
}

fn writable(name: &str) -> Result<&'static Format, Refusal> {
    match roster::format(name) {
        Some((_, format)) if format.encode.is_some() => Ok(format),
        Some(_) => Err(Refusal::Parameter {
            name: "to",
            message: "names a format that is read here and not written".to_owned(),
            help: "see /v1/formats for the direction of each",
        }),
        None => Err(Refusal::Parameter { name: "to", message: "names no format".to_owned(), help: "see /v1/formats" }),
    }
}

fn tables(
    format: &'static Format,
    year: Option<CollectionYear>,
    part: Option<&str>,
) -> Result<Vec<&'static kit::table::Table>, Refusal> {
    let all: Vec<_> = describe::tables_of(format, year).collect();
    match part {
        None => Ok(all),
        Some(part) => match all.into_iter().find(|table| table.name == part) {
            Some(table) => Ok(vec![table]),
            None => Err(Refusal::Parameter {
                name: "part",
                message: "names no table of this format and year".to_owned(),
                help: "see /v1/formats/{format} for its tables",
            }),
        },
    }
}

/// Pseudonyms need a key of the installation, which this version does not read.
fn refuse_statistics(settled: &Settled) -> Result<(), Refusal> {
    if settled.view.as_ref().is_some_and(|view| view.needs_pseudonyms()) {
        return Err(Refusal::Parameter {
            name: "view",
            message: "names a view that needs a pseudonym key, and this gateway has none".to_owned(),
            help: "make it on the command line, with --pseudonym-key-file",
        });
    }
    Ok(())
}

fn refusal_of(fault: &AskFault) -> Refusal {
    if fault.parameter == Parameter::View && matches!(fault.fault, Fault::NeededFor(_)) {
        return Refusal::ViewRequired;
    }
    Refusal::Parameter { name: fault.parameter.name(), message: fault.fault.to_string(), help: fault.help() }
}

fn unknown_format(name: &str) -> Refusal {
    Refusal::UnknownFormat { nearest: nearest(name, roster::formats().map(|(_, format)| format.name)) }
}
