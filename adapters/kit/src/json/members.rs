//! Members of an object by path, made from the cells that a table of CSV would have.

use crate::{
    json::write::string,
    table::Row,
    wire::{WireType, Writing, Written},
};

/// Members with what they hold, in JSON, by path.
#[derive(Default)]
pub struct Members(Vec<(&'static str, String)>);

impl Members {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the members of another.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds a text.
    pub fn text(&mut self, path: &'static str, text: &str) {
        let mut out = Vec::new();
        string(text, &mut out);
        self.0.push((path, String::from_utf8_lossy(&out).into_owned()));
    }

    /// Puts a text into each group that there is, before everything else in it: its name, the path of the text, the text.
    pub fn begin_groups(&mut self, begins: &[(&'static str, &'static str, &'static str)]) {
        for (name, path, text) in begins {
            let in_group = |(path, _): &(&str, String)| path.split_once('/').is_some_and(|(group, _)| group == *name);
            if let Some(first) = self.0.iter().position(in_group) {
                let mut begin = Self::default();
                begin.text(path, text);
                self.0.splice(first..first, begin.0);
            }
        }
    }

    /// Adds a list of objects, where there are any.
    pub fn list(&mut self, path: &'static str, items: Vec<Self>) {
        if !items.is_empty() {
            let items: Vec<String> = items.iter().map(Self::json).collect();
            self.0.push((path, format!("[{}]", items.join(","))));
        }
    }

    /// Adds members as a group under a name.
    pub fn group(&mut self, path: &'static str, members: &Self) {
        self.0.push((path, members.json()));
    }

    /// The members as one object: those whose paths begin alike stand in one group, where the first of them does.
    #[must_use]
    pub fn json(&self) -> String {
        let all: Vec<(&str, &str)> = self.0.iter().map(|(path, value)| (*path, value.as_str())).collect();
        object_of(&all)
    }
}

fn object_of(members: &[(&str, &str)]) -> String {
    let mut written: Vec<&str> = Vec::new();
    let mut out = String::from("{");
    for (path, value) in members {
        let (name, rest) = path.split_once('/').map_or((*path, None), |(name, rest)| (name, Some(rest)));
        if written.contains(&name) {
            continue;
        }
        if !written.is_empty() {
            out.push(',');
        }
        written.push(name);
        out.push_str(&format!("\"{name}\":"));
        if rest.is_none() {
            out.push_str(value);
            continue;
        }
        let group: Vec<(&str, &str)> = members
            .iter()
            .filter_map(|(path, value)| Some((path.strip_prefix(name)?.strip_prefix('/')?, *value)))
            .collect();
        out.push_str(&object_of(&group));
    }
    out.push('}');
    out
}

/// The columns of a row as members, each at its path. A column that has no word for its value is told, by its number.
pub fn members_of<R: Row>(
    row: &R,
    columns: &[(&'static str, &'static str)],
    writing: &Writing<'_>,
    mut cannot_say: impl FnMut(usize),
) -> Members {
    let writing = &Writing { spelling: R::TABLE.spelling, ..*writing };
    let mut members = Members::default();
    for (name, path) in columns {
        let Some(number) = R::TABLE.columns.iter().position(|column| column.name == *name) else { continue };
        let (lens, column) = (&R::LENSES[number], &R::TABLE.columns[number]);
        let mut cell = Vec::new();
        if (lens.write)(row, &mut cell, writing) == Written::CannotSay {
            cannot_say(number);
            continue;
        }
        if !cell.is_empty() {
            members.0.push((path, value_of(&String::from_utf8_lossy(&cell), column.wire)));
        }
    }
    members
}

/// A cell of a table as a value of JSON.
fn value_of(cell: &str, wire: WireType) -> String {
    let mut out = Vec::new();
    match wire {
        WireType::Flag => {
            return if matches!(cell.bytes().next(), Some(b'y' | b'Y')) { "true" } else { "false" }.to_owned();
        }
        WireType::Number { .. } | WireType::Percent => return cell.to_owned(),
        WireType::Money => return pence(cell),
        WireType::Numbers { .. } => return format!("[{}]", cell.replace(';', ",")),
        WireType::Words(_) | WireType::Codes(_) | WireType::List => {
            return array(cell, WireType::Text { characters_max: 0 });
        }
        WireType::Label(list) => string(list.concept(cell).unwrap_or(cell), &mut out),
        WireType::Labels(list) => return array(cell, WireType::Label(list)),
        _ => string(cell, &mut out),
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Several values as an array.
fn array(cell: &str, each: WireType) -> String {
    let items: Vec<String> = cell.split(';').map(|item| value_of(item, each)).collect();
    format!("[{}]", items.join(","))
}

/// Pounds as whole pence.
fn pence(pounds: &str) -> String {
    let digits: String = pounds.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
}
