//! `homeward template`: a blank file to fill.

use exchange::pipeline::Output;
use kit::{adapter::Parts, describe};

use crate::{
    arguments::TemplateArguments,
    commands::describe::{known_table, year},
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading,
    terminal::Terminal,
};

pub(crate) fn run(arguments: &TemplateArguments, terminal: &Terminal) -> Outcome {
    let format = reading::known_format(&arguments.format)?;
    let year = year(arguments.year.as_deref())?;
    if let (Some(blank), None) = (kit::nested::document_template(format), &arguments.part) {
        let text = format!("{blank:#}\n");
        return match arguments.output.as_deref() {
            None => terminal.print(text.as_bytes()).map(|()| Ended::Well),
            Some(output) => {
                let mut target = Target::open(Some(output), Parts::One)?;
                target.write(&format!("{}.json", format.name), text.as_bytes()).map_err(cannot_write)?;
                target.finish()?;
                Ok(Ended::Well)
            }
        };
    }
    if let (Some(blank), None) = (format.encode.and_then(|encode| encode.template()), &arguments.part) {
        let mut target = match arguments.output.as_deref() {
            None if terminal.output_is_seen() => {
                return Err(Failure::new("this is a workbook, and no text for a screen", "give -o FILE.xlsx"));
            }
            output => Target::open_plain(output)?,
        };
        target.write("", &blank).map_err(cannot_write)?;
        target.finish()?;
        return Ok(Ended::Well);
    }
    let tables = match &arguments.part {
        Some(part) => vec![known_table(format, part)?],
        None => describe::tables_of(format, year).collect(),
    };
    match tables.as_slice() {
        [] => {
            Err(Failure::new(format!("{} has no tables to fill", format.name), "`homeward formats` lists the formats"))
        }
        [table] if arguments.output.is_none() => {
            terminal.print(describe::csv_template(table, year).as_bytes())?;
            Ok(Ended::Well)
        }
        tables => {
            let parts = if tables.len() == 1 { Parts::One } else { Parts::Named };
            let mut target = Target::open(arguments.output.as_deref(), parts)?;
            for table in tables {
                let text = describe::csv_template(table, year);
                target.write(&format!("{}.csv", table.name), text.as_bytes()).map_err(cannot_write)?;
            }
            target.finish()?;
            Ok(Ended::Well)
        }
    }
}
