//! `homeward check`: read, run every rule, tell what is wrong and where.

use exchange::pipeline;
use kit::{
    render::{
        self, Places,
        people::{Colour, People},
    },
    report::Summary,
};

use crate::{
    arguments::{CheckArguments, ReportForm},
    failure::{Ended, Failure, Outcome},
    reading,
    terminal::{self, Terminal},
};

/// Bytes of a report gathered before they are printed.
const PRINT_BYTES: usize = 64 << 10;

pub(crate) fn run(arguments: &CheckArguments, terminal: &Terminal) -> Outcome {
    terminal::heed_interrupts();
    let reading = reading::open(&arguments.reading, None, None, terminal)?;
    let mut outcome = pipeline::check(
        &reading.document,
        reading.format,
        &reading.options,
        reading.workers,
        arguments.reading.diagnostics_max,
        &terminal.progress(),
    );
    if terminal::interrupted() {
        return Err(Failure::new("interrupted", "nothing was written"));
    }
    let summary = Summary {
        format: reading.format.name,
        rows: outcome.rows,
        records: outcome.records,
        figures: outcome.figures.clone(),
        ..Summary::default()
    };
    let errors = outcome.findings.errors();
    let mut places = Places::of(&reading.document, &outcome.labels);
    let mut out = Vec::with_capacity(PRINT_BYTES);
    if arguments.reading.json {
        for diagnostic in outcome.findings.diagnostics() {
            render::json::diagnostic(diagnostic, &mut places, &mut out);
            print_full(&mut out, terminal)?;
        }
        terminal.print(&out)?;
        let mut last = Vec::new();
        render::json::summary(&summary, &outcome.findings, &mut last);
        terminal.talk(String::from_utf8_lossy(&last).trim_end());
    } else if arguments.format == Some(ReportForm::Csv) {
        out.extend_from_slice(render::csv::HEADING.as_bytes());
        for diagnostic in outcome.findings.diagnostics() {
            render::csv::diagnostic(diagnostic, &mut places, &mut out);
            print_full(&mut out, terminal)?;
        }
        terminal.print(&out)?;
    } else {
        let colour = if terminal.colours_output() { Colour::On } else { Colour::Off };
        let mut people = People::new(&reading.document, &outcome.labels, colour);
        for diagnostic in outcome.findings.diagnostics() {
            out.extend_from_slice(people.diagnostic(diagnostic).as_bytes());
            print_full(&mut out, terminal)?;
        }
        out.extend_from_slice(people.counts(&outcome.findings).as_bytes());
        out.push(b'\n');
        out.extend_from_slice(people.closing(&summary, &outcome.findings).as_bytes());
        terminal.print(&out)?;
    }
    Ok(if errors > 0 { Ended::WithErrors } else { Ended::Well })
}

fn print_full(out: &mut Vec<u8>, terminal: &Terminal) -> Result<(), Failure> {
    if out.len() >= PRINT_BYTES {
        terminal.print(out)?;
        out.clear();
    }
    Ok(())
}
