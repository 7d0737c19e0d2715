//! One table of the configuration file while it is read: typed look-ups that note what was asked for, so that what was
//! not asked for is an unknown key.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use kit::nearest::nearest;
use schemas::date::Date;

use super::Environment;
use super::fault::{self, ConfigFault, ConfigRule};
use super::named_files::{self, NamedFile};

/// Names of keys that would hold a secret themselves.
const SECRET_NAMES: &[&str] = &["password", "passphrase", "secret", "token", "private_key"];

const A_DAY: &str = "a day without quotes, as in 2026-09-01";

/// The file being read, and what was found wrong with it so far.
pub(super) struct Reading<'a> {
    pub(super) file: &'a Path,
    pub(super) source: &'a str,
    pub(super) environment: &'a Environment,
    pub(super) faults: RefCell<Vec<(usize, ConfigFault)>>,
    /// Every file that was named so far.
    pub(super) files: RefCell<Vec<NamedFile>>,
}

impl Reading<'_> {
    pub(super) fn fault(&self, rule: &'static ConfigRule, byte: usize, detail: Option<String>) {
        let mut fault = ConfigFault::at(rule, self.file, self.source, byte);
        fault.detail = detail;
        self.faults.borrow_mut().push((byte, fault));
    }

    /// Looks through the whole file, known keys or not, for what must not be in it.
    pub(super) fn refuse_secrets(&self, table: &DeTable<'_>) {
        for (key, value) in table {
            let named_as_secret = SECRET_NAMES.contains(&key.get_ref().as_ref());
            let named = named_as_secret && !value.get_ref().is_table() && !value.get_ref().is_array();
            if named {
                self.fault(&fault::SECRET_IN_FILE, key.span().start, None);
            } else {
                self.refuse_secret_value(value);
            }
        }
    }

    fn refuse_secret_value(&self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") => {
                self.fault(&fault::SECRET_IN_FILE, value.span().start, None);
            }
            DeValue::Array(values) => values.iter().for_each(|value| self.refuse_secret_value(value)),
            DeValue::Table(table) => self.refuse_secrets(table),
            _ => {}
        }
    }
}

/// A value with its place in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) byte: usize,
}

/// A table of the file, or a table that is not there and holds nothing.
pub(super) struct Section<'a> {
    reading: &'a Reading<'a>,
    table: Option<&'a DeTable<'a>>,
    /// Its name with those of the tables around it, as in `partner.2.oauth`; empty for the file itself.
    name: String,
    /// Where a missing key is reported: the head of the table, or of the nearest one around it.
    byte: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    pub(super) fn root(reading: &'a Reading<'a>, table: &'a DeTable<'a>) -> Self {
        Self { reading, table: Some(table), name: String::new(), byte: 0, asked: RefCell::default() }
    }

    /// Whether the file has this table at all.
    pub(super) fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// Where a fault of the table as a whole is reported.
    pub(super) fn byte(&self) -> usize {
        self.byte
    }

    pub(super) fn section(&self, key: &'static str) -> Section<'a> {
        let found = self.find(key);
        let table = found.as_ref().and_then(|(_, value)| match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong_type(value.span(), "a table");
                None
            }
        });
        let byte = found.map_or(self.byte, |(span, _)| span.start);
        Section { reading: self.reading, table, name: self.full_name(key), byte, asked: RefCell::default() }
    }

    /// The tables of an array of tables, in the order of the file; none when it is not there.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some((_, value)) = self.find(key) else { return Vec::new() };
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value.span(), "an array of tables");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (entry, number) in entries.iter().zip(1_u32..) {
            match entry.get_ref() {
                DeValue::Table(table) => {
                    let (table, byte) = (Some(table), entry.span().start);
                    let name = format!("{}.{number}", self.full_name(key));
                    sections.push(Section { reading: self.reading, table, name, byte, asked: RefCell::default() });
                }
                _ => self.wrong_type(entry.span(), "tables only"),
            }
        }
        sections
    }

    /// The `name`s of a list of tables that another reads: what is wrong with them is told there.
    pub(super) fn names(&self, key: &str) -> Vec<&'a str> {
        self.texts_in(key, "name")
    }

    /// The same of another key than `name`.
    pub(super) fn texts_in(&self, key: &str, text: &str) -> Vec<&'a str> {
        let items = self.table.and_then(|table| table.get(key)).and_then(|value| value.get_ref().as_array());
        let tables = items.into_iter().flat_map(|items| items.iter()).filter_map(|item| item.get_ref().as_table());
        tables.filter_map(|table| table.get(text)?.get_ref().as_str()).collect()
    }

    /// Where the value of a key begins, when it is there.
    pub(super) fn present(&self, key: &'static str) -> Option<usize> {
        self.find(key).map(|(_, value)| value.span().start)
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &'static str) -> Option<Vec<Placed<&'a str>>> {
        let (_, value) = self.find(key)?;
        self.texts_of(value, "a list of texts in quotes")
    }

    /// A list of lists of texts.
    pub(super) fn lists_of_texts(&self, key: &'static str) -> Option<Vec<Vec<Placed<&'a str>>>> {
        const KIND: &str = "a list of lists of texts in quotes";
        let (_, value) = self.find(key)?;
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value.span(), KIND);
            return None;
        };
        Some(entries.iter().filter_map(|entry| self.texts_of(entry, KIND)).collect())
    }

    fn texts_of(&self, value: &'a Spanned<DeValue<'a>>, kind: &'static str) -> Option<Vec<Placed<&'a str>>> {
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value.span(), kind);
            return None;
        };
        let mut texts = Vec::new();
        for entry in entries {
            match entry.get_ref().as_str() {
                Some(value) => texts.push(Placed { value, byte: entry.span().start }),
                None => self.wrong_type(entry.span(), "texts in quotes only"),
            }
        }
        Some(texts)
    }

    /// A table whose names are the writer's own and whose values are texts; empty when it is not there.
    pub(super) fn entries(&self, key: &'static str) -> Vec<(Placed<&'a str>, Placed<&'a str>)> {
        let Some((_, value)) = self.find(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(value.span(), "a table");
            return Vec::new();
        };
        let mut entries = Vec::new();
        for (name, value) in table {
            let name = Placed { value: name.get_ref().as_ref(), byte: name.span().start };
            match value.get_ref().as_str() {
                Some(text) => entries.push((name, Placed { value: text, byte: value.span().start })),
                None => self.wrong_type(value.span(), "texts in quotes only"),
            }
        }
        entries
    }

    /// A list of words of ours.
    pub(super) fn choices<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<Vec<T>> {
        let texts = self.texts(key)?;
        let mut choices = Vec::new();
        for text in texts {
            match words.iter().find(|(word, _)| *word == text.value) {
                Some((_, choice)) => choices.push(*choice),
                None => {
                    let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                    self.range(text.byte, format!("one of {}", words.join(", ")));
                }
            }
        }
        Some(choices)
    }

    /// A day (`2027-03-31`) or an instant (RFC 3339, with its offset), as TOML writes them: without quotes.
    pub(super) fn date_time(&self, key: &'static str) -> Option<Placed<&'a toml::value::Datetime>> {
        self.typed(key, "a day or an instant without quotes", DeValue::as_datetime)
    }

    /// A day, as TOML writes it: without quotes.
    pub(super) fn day(&self, key: &'static str) -> Option<Placed<Date>> {
        self.typed(key, A_DAY, as_day)
    }

    /// A list of days; what is no day is told and left out.
    pub(super) fn days(&self, key: &'static str) -> Vec<Date> {
        let Some((_, value)) = self.find(key) else { return Vec::new() };
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value.span(), "a list of days without quotes");
            return Vec::new();
        };
        let days = entries.iter().filter_map(|entry| {
            let day = as_day(entry.get_ref());
            if day.is_none() {
                self.wrong_type(entry.span(), A_DAY);
            }
            day
        });
        days.collect()
    }

    pub(super) fn text(&self, key: &'static str) -> Option<Placed<&'a str>> {
        self.typed(key, "a text in quotes", DeValue::as_str)
    }

    pub(super) fn boolean(&self, key: &'static str) -> Option<Placed<bool>> {
        self.typed(key, "true or false", DeValue::as_bool)
    }

    /// A whole number within a range; `None` when it is absent or wrong.
    pub(super) fn integer(&self, key: &'static str, range: RangeInclusive<u64>) -> Option<Placed<u64>> {
        let found = self.typed(key, "a whole number", |value| {
            let integer = value.as_integer()?;
            // A number that does not fit, or is negative, is a number all the same: it is out of range.
            Some(u64::from_str_radix(integer.as_str(), integer.radix()).ok())
        })?;
        match found.value.filter(|value| range.contains(value)) {
            Some(value) => Some(Placed { value, byte: found.byte }),
            None => {
                self.range(found.byte, format!("allowed {} to {}", range.start(), range.end()));
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<Placed<T>> {
        let found = self.text(key)?;
        let choice = words.iter().find(|(word, _)| *word == found.value);
        if choice.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.range(found.byte, format!("one of {}", words.join(", ")));
        }
        choice.map(|(_, value)| Placed { value: *value, byte: found.byte })
    }

    /// A path, relative ones below the folder of the configuration file; `credential:NAME` below the folder where
    /// systemd puts credentials.
    pub(super) fn path(&self, key: &'static str) -> Option<Placed<PathBuf>> {
        let path = self.resolve(self.text(key)?)?;
        if named_files::is_of_a_file(key) {
            self.names_file(key, &path);
        }
        Some(path)
    }

    /// Notes a file that is about to be read, with what it holds now: when it changes between this look and the
    /// reading, the next look tells.
    pub(super) fn names_file(&self, key: &str, file: &Placed<PathBuf>) {
        let named = NamedFile::look(self.full_name(key), &file.value, file.byte);
        self.reading.files.borrow_mut().push(named);
    }

    fn full_name(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// The path that a text names, as [`Section::path`] reads it.
    pub(super) fn resolve(&self, found: Placed<&'a str>) -> Option<Placed<PathBuf>> {
        let path = if let Some(name) = found.value.strip_prefix("credential:") {
            let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
            match (&self.reading.environment.credentials_directory, plain) {
                (Some(folder), true) => folder.join(name),
                _ => {
                    self.fault(&fault::FILE_MISSING, found.byte, None);
                    return None;
                }
            }
        } else {
            self.reading.file.parent().unwrap_or(Path::new("")).join(found.value)
        };
        Some(Placed { value: path, byte: found.byte })
    }

    /// Says that a key is needed, when it is not there at all.
    pub(super) fn require(&self, key: &'static str) {
        if self.find(key).is_none() {
            self.fault(&fault::MISSING_KEY, self.byte, Some(format!("`{key}`")));
        }
    }

    /// Notes a key as known without reading it, because something told already makes it void.
    pub(super) fn is_asked(&self, key: &'static str) {
        let _ = self.find(key);
    }

    /// Refuses keys that a later version reads.
    pub(super) fn not_yet(&self, keys: &[&'static str]) {
        for key in keys {
            if let Some((span, _)) = self.find(key) {
                self.fault(&fault::NOT_YET, span.start, Some(format!("`{key}`")));
            }
        }
    }

    /// Adds a fault of a file that this one names, told at its own place and sorted to the key that names it.
    pub(super) fn fault_in(&self, byte: usize, fault: ConfigFault) {
        self.reading.faults.borrow_mut().push((byte, fault));
    }

    pub(super) fn range(&self, byte: usize, allowed: String) {
        self.fault(&fault::RANGE, byte, Some(allowed));
    }

    pub(super) fn fault(&self, rule: &'static ConfigRule, byte: usize, detail: Option<String>) {
        self.reading.fault(rule, byte, detail);
    }

    /// Reports every key that nobody asked for, with the nearest one that exists here.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.into_iter().flatten() {
            let name = key.get_ref().as_ref();
            if asked.contains(&name) || SECRET_NAMES.contains(&name) {
                continue;
            }
            let byte = key.span().start;
            match asked.iter().find(|known| name == "key" && **known == "key_file") {
                Some(known) => self.fault(&fault::SECRET_IN_FILE, byte, Some(format!("use `{known}`"))),
                None => {
                    let nearest = nearest(name, asked.iter().copied());
                    self.fault(&fault::UNKNOWN_KEY, byte, nearest.map(|nearest| format!("nearest: `{nearest}`")));
                }
            }
        }
    }

    fn find(&self, key: &'static str) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        let (key, value) = self.table?.get_key_value(key)?;
        Some((key.span(), value))
    }

    fn typed<T>(
        &self,
        key: &'static str,
        kind: &'static str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Placed<T>> {
        let (_, value) = self.find(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            self.wrong_type(value.span(), kind);
        }
        found.map(|found| Placed { value: found, byte: value.span().start })
    }

    fn wrong_type(&self, span: Range<usize>, kind: &'static str) {
        self.fault(&fault::TYPE, span.start, Some(format!("it takes {kind}")));
    }
}

/// A day without a time.
fn as_day(value: &DeValue<'_>) -> Option<Date> {
    let found = value.as_datetime().filter(|found| found.time.is_none() && found.offset.is_none())?;
    let day = found.date?;
    Date::new(i16::try_from(day.year).ok()?, day.month, day.day)
}
