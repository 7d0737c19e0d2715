//! `homeward describe`: the reference page of a format, of the record, or of the rules that no format has, from their own
//! declarations.

use kit::{describe, nearest::nearest};
use schemas::{date::CollectionYear, json_schema, record::STATEMENTS};

use crate::{
    arguments::DescribeArguments,
    failure::{Ended, Failure, Outcome},
    reading,
    terminal::Terminal,
};

pub(crate) fn run(arguments: &DescribeArguments, terminal: &Terminal) -> Outcome {
    if arguments.format == "record" {
        let text = if arguments.json { json_schema::record_schema() } else { record_page() };
        terminal.print(text.as_bytes())?;
        return Ok(Ended::Well);
    }
    if arguments.format == "rules" {
        let rules = exchange::rules::ALL;
        let text =
            if arguments.json { format!("{}\n", describe::rules_json(rules)) } else { describe::rules_page(rules) };
        terminal.print(text.as_bytes())?;
        return Ok(Ended::Well);
    }
    let format = reading::known_format(&arguments.format)?;
    let (adapter, _) = roster::format(format.name)
        .ok_or_else(|| Failure::new("there is no format of that name", "`homeward formats` lists them"))?;
    let year = year(arguments.year.as_deref())?;
    if let Some(part) = &arguments.part {
        known_table(format, part)?;
    }
    let part = arguments.part.as_deref();
    let text = if arguments.json {
        let mut description = describe::json(adapter, format, year);
        if let (Some(part), Some(tables)) = (part, description["tables"].as_array_mut()) {
            tables.retain(|table| table["name"] == part);
        }
        format!("{description}\n")
    } else {
        describe::page(adapter, format, year, part)
    };
    terminal.print(text.as_bytes())?;
    Ok(Ended::Well)
}

/// A collection year as a flag gives it.
pub(crate) fn year(text: Option<&str>) -> Result<Option<CollectionYear>, Failure> {
    match text {
        None => Ok(None),
        Some("current") => Ok(CollectionYear::of(reading::today()?)),
        Some(text) => CollectionYear::parse(text.as_bytes()).map(Some).ok_or_else(|| {
            Failure::new("--year is not one that can be used here", "the collection year by its end, 2018 to 2027")
        }),
    }
}

/// A table of a format, or status 2 with the nearest.
pub(crate) fn known_table(
    format: &'static kit::adapter::Format,
    name: &str,
) -> Result<&'static kit::table::Table, Failure> {
    let tables = format.tables;
    tables.iter().copied().find(|table| table.name == name).ok_or_else(|| {
        let help = match nearest(name, tables.iter().map(|table| table.name)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("`homeward describe {}` lists its tables", format.name),
        };
        Failure::new("--part names no table of this format", help)
    })
}

fn record_page() -> String {
    let mut page = String::from("# record\n\nEvery statement that can be made, with its fields.\n");
    for statement in STATEMENTS {
        page.push_str(&format!("\n## {}\n\n{}\n\n", statement.name, statement.meaning.trim()));
        let key = statement.key.words();
        page.push_str(&format!("Key: {key}.\n\n| field | holds | marks | meaning |\n|---|---|---|---|\n"));
        for field in statement.fields {
            let marks = [(field.required, "required"), (field.guard, "guard")];
            let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
            page.push_str(&format!(
                "| `{}` | {} | {} | {} |\n",
                field.name,
                field.kind.words(),
                marks.join(", "),
                field.meaning.trim()
            ));
        }
    }
    page
}
