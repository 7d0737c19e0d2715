//! `homeward convert`: a document in another notation of the same standard, whole or not at all.

use std::io::{self, Write};

use exchange::pipeline::Output;
use kit::{
    adapter::{Conversion, Format, PartLabel},
    document::Part,
    limits::ReadingLimits,
    render::{
        self, Places,
        people::{Colour, People},
    },
    report::{Findings, Summary},
};
use schemas::diagnostic::PartId;
use server::config::Limits;

use crate::{
    arguments::ConvertArguments,
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading,
    terminal::{self, Terminal},
};

pub(crate) fn run(arguments: &ConvertArguments, terminal: &Terminal) -> Outcome {
    terminal::heed_interrupts();
    let conversion = known(&arguments.from, &arguments.to)?;
    let config = arguments.config.as_deref().map(reading::load_config).transpose()?;
    let limits = config.as_ref().map_or_else(Limits::default, |config| config.limits.clone());
    let reading_limits = config.as_ref().map_or_else(ReadingLimits::default, |config| config.reading_limits);
    let document = reading::open_one(&arguments.input, &limits)?;
    let Some((part, Part { bytes, .. })) = document.parts().next() else {
        return Err(Failure::new("the input holds no file", "name a file"));
    };
    // Once to hear what is wrong, and once more to write: with an error nothing is written at all.
    let mut findings = Findings::new(arguments.diagnostics_max);
    let cannot_read =
        |error: io::Error| Failure::new("the input cannot be read", format!("the system says: {}", error.kind()));
    conversion
        .convert
        .convert((part, &**bytes), &reading_limits, &mut io::sink(), &mut findings)
        .map_err(cannot_read)?;
    if terminal::interrupted() {
        return Err(Failure::new("interrupted", "nothing was written"));
    }
    tell(arguments, conversion.from, &document, &mut findings, terminal);
    if findings.errors() > 0 {
        return Ok(Ended::WithErrors);
    }
    let mut target = Target::open_plain(arguments.output.as_deref())?;
    let mut writer = Writer(&mut target);
    match conversion.convert.convert((part, &**bytes), &reading_limits, &mut writer, &mut Findings::new(0)) {
        Ok(()) => target.finish().map(|()| Ended::Well),
        // Whoever read the output has gone; nothing is left to tell.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ended::Well),
        Err(error) => Err(cannot_write(error)),
    }
}

/// The conversion between two formats.
fn known(from: &str, to: &str) -> Result<&'static Conversion, Failure> {
    let (from, to): (&Format, &Format) = (reading::known_format(from)?, reading::known_format(to)?);
    let found = roster::conversions().find(|one| one.from.name == from.name && one.to.name == to.name);
    found.ok_or_else(|| {
        let pairs: Vec<String> =
            roster::conversions().map(|one| format!("{} to {}", one.from.name, one.to.name)).collect();
        Failure::new(
            format!("{} and {} are not two notations of one standard", from.name, to.name),
            format!("`homeward translate` goes by way of the record; notations are {}", pairs.join(", ")),
        )
    })
}

fn tell(
    arguments: &ConvertArguments,
    from: &'static Format,
    document: &kit::document::Document,
    findings: &mut Findings,
    terminal: &Terminal,
) {
    let labels = [PartLabel::unknown(PartId(0))];
    if arguments.json {
        let mut out = Vec::new();
        let mut places = Places::of(document, &labels);
        for diagnostic in findings.diagnostics() {
            render::json::diagnostic(diagnostic, &mut places, &mut out);
        }
        render::json::summary(&Summary { format: from.name, ..Summary::default() }, findings, &mut out);
        return terminal.talk(String::from_utf8_lossy(&out).trim_end());
    }
    let colour = if terminal.colours_talk() { Colour::On } else { Colour::Off };
    let mut people = People::new(document, &labels, colour);
    let mut drawn = String::new();
    for diagnostic in findings.diagnostics() {
        drawn.push_str(&people.diagnostic(diagnostic));
    }
    drawn.push_str(&people.counts(findings));
    if !drawn.is_empty() {
        terminal.talk(drawn.trim_end());
    }
}

/// A target as bytes are written to it.
struct Writer<'t>(&'t mut Target);

impl Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write("", bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
