//! `homeward translate`: a document in another format, through the recipient's view.

use std::io;

use exchange::{
    pipeline::{self, Ended as PipelineEnded, Errors, Order},
    view::View,
};
use kit::{
    adapter::{Format, Parts},
    ids::IdKey,
    render::{
        self, Places,
        people::{Colour, People},
    },
    report::Summary,
};

use crate::{
    arguments::{ErrorsDo, TranslateArguments},
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading::{self, Reading},
    terminal::{self, Terminal},
};

pub(crate) fn run(arguments: &TranslateArguments, terminal: &Terminal) -> Outcome {
    terminal::heed_interrupts();
    let to = reading::writable_format(&arguments.to)?;
    let mut reading = reading::open(&arguments.reading, Some(to), arguments.view.as_deref(), terminal)?;
    let Some(view) = reading.settled.view.clone() else {
        return Err(Failure::new("--view is needed", "name the recipient's view"));
    };
    reading.options.recorded_at = Some(arguments.recorded_at.clone().unwrap_or_else(reading::now).into_boxed_str());
    let pseudonym_key = pseudonym_key(arguments, &view)?;
    let id_key_is_secret = settle_id_key(arguments, &view, &mut reading, terminal)?;

    let mut target = Target::open(arguments.output.as_deref(), parts_of(to, &reading))?;
    let progress = terminal.progress();
    let translated = pipeline::translate(
        &Order {
            document: &reading.document,
            from: reading.format,
            to,
            view: &view,
            options: &reading.options,
            id_key_is_secret,
            pseudonym_key,
            workers: reading.workers,
            errors: match arguments.errors {
                ErrorsDo::Skip => Errors::Skip,
                ErrorsDo::Fail => Errors::Fail,
            },
            errors_max: arguments.errors_max,
            diagnostics_max: arguments.reading.diagnostics_max,
            watch: &progress,
        },
        &mut target,
    );
    drop(progress);
    let outcome = match translated {
        Ok(outcome) => outcome,
        // Whoever read the output has gone; nothing is left to tell.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Ended::Well),
        Err(error) => return Err(cannot_write(error)),
    };
    tell(arguments, &reading, to, &view, outcome, target, terminal)
}

/// How the output is laid out: a format of one stream may be split by type.
fn parts_of(to: &Format, reading: &Reading) -> Parts {
    let splits =
        to.settings.iter().any(|setting| setting.name == "split" && !reading.options.setting(setting).is_empty());
    if splits { Parts::Named } else { to.parts }
}

fn tell(
    arguments: &TranslateArguments,
    reading: &Reading,
    to: &'static Format,
    view: &View,
    mut outcome: pipeline::Outcome,
    target: Target,
    terminal: &Terminal,
) -> Outcome {
    let written = outcome.ended == PipelineEnded::Whole;
    if written {
        target.finish()?;
    }
    if outcome.ended == PipelineEnded::Stopped {
        return Err(Failure::new("interrupted", "nothing was written"));
    }
    let summary = Summary {
        format: reading.format.name,
        rows: outcome.rows,
        records: outcome.records,
        left_out: outcome.left_out.clone(),
        written: if written { outcome.written.clone() } else { Vec::new() },
        ..Summary::default()
    };
    if arguments.reading.json {
        let mut out = Vec::new();
        let mut places = Places::of(&reading.document, &outcome.labels);
        for diagnostic in outcome.findings.diagnostics() {
            render::json::diagnostic(diagnostic, &mut places, &mut out);
        }
        render::json::summary(&summary, &outcome.findings, &mut out);
        terminal.talk(String::from_utf8_lossy(&out).trim_end());
    } else {
        let colour = if terminal.colours_talk() { Colour::On } else { Colour::Off };
        let people = People::new(&reading.document, &outcome.labels, colour);
        terminal.talk(people.counts(&outcome.findings).trim_end());
        terminal.talk(people.closing(&summary, &outcome.findings).trim_end());
        if outcome.short_breaks > 0 {
            terminal.talk(&format!("Of those not looked after, {} have short breaks only.", outcome.short_breaks));
        }
        if outcome.findings.errors() > 0 {
            terminal.note("note: `homeward check` with the same flags shows each place");
        }
    }
    if !arguments.reading.json {
        tell_ending(outcome.ended, to, view, terminal);
    }
    Ok(if written && outcome.findings.errors() == 0 { Ended::Well } else { Ended::WithErrors })
}

/// How it ended, in words. The machine form ends with the report, whose `written` says the same.
fn tell_ending(ended: PipelineEnded, to: &Format, view: &View, terminal: &Terminal) {
    let nothing = |why: &str| terminal.talk(&format!("nothing was written: {why}"));
    match ended {
        PipelineEnded::Whole => {
            terminal.note(&format!("note: written as {} through the view {}", to.name, view.name()));
        }
        PipelineEnded::ErrorsFail => nothing("the document has errors, and --errors fail was given"),
        PipelineEnded::TooManyErrors => nothing("the document has more errors than --errors-max"),
        PipelineEnded::ClosedToOthers => {
            nothing(
                "restrictions, consents or another table that protects children cannot be read whole, so nothing may go to another organisation",
            );
        }
        PipelineEnded::Stopped => nothing("the work was interrupted"),
    }
}

/// The key of resource ids (record, section 1.8): as given; else the published constant where the view lets the anchor
/// out anyway; else a fresh one, which makes the ids of this run its own.
fn settle_id_key(
    arguments: &TranslateArguments,
    view: &View,
    reading: &mut Reading,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    if let Some(file) = &arguments.id_key_file {
        reading.options.id_key = IdKey::secret(&reading::read_key(file, "--id-key-file")?);
        return Ok(true);
    }
    if let Some(config) = &reading.config {
        reading.options.id_key = IdKey::secret(config.ids_key.bytes());
        return Ok(true);
    }
    if view.lets_out_anchor() {
        return Ok(false);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|_| Failure::new("this system gives no random numbers", "give --id-key-file"))?;
    reading.options.id_key = IdKey::secret(&key);
    terminal.talk("note: the ids of this output are its own, under a fresh key; give --id-key-file for lasting ones");
    Ok(true)
}

fn pseudonym_key(arguments: &TranslateArguments, view: &View) -> Result<Option<[u8; 32]>, Failure> {
    match (&arguments.pseudonym_key_file, view.needs_pseudonyms()) {
        (Some(file), true) => reading::read_key(file, "--pseudonym-key-file").map(Some),
        (None, true) => Err(Failure::new(
            "--pseudonym-key-file is needed for --view statistics",
            "a file with 32 bytes in base64, kept for as long as its pseudonyms are to be the same",
        )),
        (_, false) => Ok(None),
    }
}
