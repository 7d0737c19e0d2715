//! A dialect out of TOML text, with every fault located.

use std::ops::Range;

use schemas::{
    code::{self, CodeList},
    date::Date,
    diagnostic::Rule,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    CodeWords, Dialect, DialectFault, Hint, RestrictionFlag, TextEncoding, date_format::DateFormat, faults::nearest,
    is_standard_blank, ratings::RatingScheme, rules, same_word,
};
use crate::{
    csv::header::fold,
    table::{Column, Table},
    wire::WireType,
};

/// The keys of a dialect file.
const KEYS: &[&str] = &[
    "format",
    "table",
    "headers",
    "dates",
    "codes",
    "constants",
    "options",
    "restriction",
    "qa",
    "encoding",
    "bom",
    "blank",
    "child_id",
    "gender_is_sex",
    "percent",
    "excel_safe",
];

const TEXT: &str = "text in quotes";
const TEXTS: &str = "a list of texts";
const FLAG: &str = "true or false";
const TABLE: &str = "a table of its own";

type Value<'t> = Spanned<DeValue<'t>>;

impl Dialect {
    /// Reads a dialect for a format with these tables. What is faulty is left out of the dialect and told.
    ///
    /// Keys: `format`, `table`; `[headers]` (their heading = our column); `[dates]` with `formats`; `[codes.<list>]`
    /// (their word = our code); `[constants]` (our column = what stands in it); `[options]` of the format;
    /// `[restriction]` with `column`, `set`, `clear`; `[qa.<scheme>]` with `values` from worst to best, `aliases`,
    /// `good_from`, `sections`, `overall`, where a table has ratings; `encoding`, `bom`, `blank`, `child_id`, `gender_is_sex`,
    /// `percent`, `excel_safe`.
    #[must_use]
    pub fn read(toml: &str, tables: &[&'static Table]) -> (Self, Vec<DialectFault>) {
        let mut reader = Reader { text: toml, tables: tables.to_vec(), faults: Vec::new() };
        let dialect = match DeTable::parse(toml) {
            Ok(table) => reader.dialect(table.get_ref()),
            Err(error) => {
                reader.fault(&rules::NOT_TOML, error.span().unwrap_or(0..0), None);
                Self::default()
            }
        };
        reader.faults.sort_by_key(|fault| (fault.line, fault.column));
        (dialect, reader.faults)
    }

    /// Reads a file of rating schemes alone.
    pub(super) fn read_schemes(toml: &str) -> (Vec<RatingScheme>, Vec<DialectFault>) {
        let mut reader = Reader { text: toml, tables: Vec::new(), faults: Vec::new() };
        let schemes = match DeTable::parse(toml) {
            Ok(file) => file.get_ref().iter().flat_map(|(_, value)| reader.ratings(value)).collect(),
            Err(error) => {
                reader.fault(&rules::NOT_TOML, error.span().unwrap_or(0..0), None);
                Vec::new()
            }
        };
        (schemes, reader.faults)
    }

    /// The format that a dialect file names, before its tables are known; a fault where it is none of `known`. No
    /// format and no fault where the file names none, or is no TOML: reading it tells that.
    #[must_use]
    pub fn format_of(toml: &str, known: &[&'static str]) -> (Option<&'static str>, Option<DialectFault>) {
        let Ok(table) = DeTable::parse(toml) else { return (None, None) };
        let Some((_, value)) = table.get_ref().iter().find(|(key, _)| key.get_ref() == "format") else {
            return (None, None);
        };
        let DeValue::String(name) = value.get_ref() else { return (None, None) };
        match known.iter().find(|known| ***known == **name) {
            Some(known) => (Some(known), None),
            None => {
                let hint = nearest(name, known.iter().copied());
                (None, Some(DialectFault::at(&rules::NO_SUCH_FORMAT, toml, value.span(), hint)))
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    tables: Vec<&'static Table>,
    faults: Vec<DialectFault>,
}

impl Reader<'_> {
    fn dialect(&mut self, file: &DeTable<'_>) -> Dialect {
        let mut dialect = Dialect::default();
        let mut blank = None;
        // The table narrows which columns there are, wherever in the file it stands.
        if let Some((_, value)) = file.iter().find(|(key, _)| key.get_ref() == "table") {
            dialect.table = self.table_name(value);
        }
        for (key, value) in file {
            match key.get_ref().as_ref() {
                "format" => dialect.format = self.text_of(value, TEXT).map(Into::into),
                "table" => {}
                "headers" => self.headers(value, &mut dialect),
                "dates" => self.dates(value, &mut dialect),
                "codes" => self.codes(value, &mut dialect),
                "constants" => self.constants(value, &mut dialect),
                "options" => self.options(value, &mut dialect),
                "restriction" => self.restriction(key.span(), value, &mut dialect),
                "qa" if self.columns().any(|column| matches!(column.wire, WireType::Rating)) => {
                    dialect.ratings = self.ratings(value)
                }
                "encoding" => dialect.encoding = self.encoding(value),
                "bom" => dialect.bom = self.flag(value).unwrap_or_default(),
                "blank" => blank = Some(value),
                "child_id" => dialect.child_id_is_warehouse = self.is_word(value, "warehouse", "\"warehouse\""),
                "gender_is_sex" => dialect.gender_is_sex = self.flag(value),
                "percent" => dialect.percent_is_fraction = self.is_word(value, "fraction", "\"fraction\""),
                "excel_safe" => dialect.excel_safe = self.flag(value).unwrap_or_default(),
                unknown => self.fault(&rules::UNKNOWN_KEY, key.span(), nearest(unknown, KEYS.iter().copied())),
            }
        }
        // Last, because a word that the dialect itself maps to a protecting code cannot be blank either.
        if let Some(value) = blank {
            self.blank(value, &mut dialect);
        }
        dialect
    }

    fn table_name(&mut self, value: &Value<'_>) -> Option<&'static str> {
        let name = self.text_of(value, TEXT)?;
        let Some(table) = self.tables.iter().find(|table| table.name == name).copied() else {
            let hint = nearest(&name, self.tables.iter().map(|table| table.name));
            self.fault(&rules::NO_SUCH_TABLE, value.span(), hint);
            return None;
        };
        self.tables = vec![table];
        Some(table.name)
    }

    fn headers(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        let Some(table) = self.table(value) else { return };
        for (heading, value) in table {
            let Some(name) = self.text_of(value, TEXT) else { continue };
            if let Some(column) = self.column(&name, value.span()) {
                dialect.headers.push((fold(heading.get_ref().as_bytes()).into(), column.name));
            }
        }
        dialect.headers.sort();
        dialect.headers.dedup_by(|later, first| later.0 == first.0);
    }

    fn dates(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        const PATTERNS: &str = "patterns of %d, %m or %b or %B, and %Y, such as \"%d %b %Y\"; \
                                day/month/year and year-month-day are always read";
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            if key.get_ref() != "formats" {
                self.fault(&rules::UNKNOWN_KEY, key.span(), nearest(key.get_ref(), ["formats"]));
                continue;
            }
            for (pattern, span) in self.texts(value) {
                match DateFormat::parse(&pattern) {
                    Some(format) => dialect.date_formats.push(format),
                    None => self.fault(&rules::TYPE, span, Some(Hint::Takes(PATTERNS))),
                }
            }
        }
    }

    fn codes(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        let Some(lists) = self.table(value) else { return };
        for (name, words) in lists {
            let Some(list) = code::ALL.iter().find(|list| list.name == *name.get_ref()) else {
                let hint = nearest(name.get_ref(), code::ALL.iter().map(|list| list.name));
                self.fault(&rules::NO_SUCH_LIST, name.span(), hint);
                continue;
            };
            let Some(table) = self.table(words) else { continue };
            let mut words = Vec::new();
            for (word, value) in table {
                let Some(code) = self.text_of(value, TEXT) else { continue };
                match list.find(code.trim()).or_else(|| list.find_word(code.trim())) {
                    Some(index) => words.push((word.get_ref().trim().into(), index)),
                    None if is_blank_word(&code) && self.guards(list) => {
                        self.fault(&rules::GUARD_TO_BLANK, value.span(), None);
                    }
                    None => {
                        let hint = nearest(&code, list.entries.iter().map(|entry| entry.code));
                        self.fault(&rules::NO_SUCH_CODE, value.span(), hint);
                    }
                }
            }
            dialect.codes.push(CodeWords { list: list.name, words });
        }
    }

    fn constants(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        let Some(table) = self.table(value) else { return };
        for (name, value) in table {
            let column = self.column(name.get_ref(), name.span());
            let (Some(column), Some(constant)) = (column, self.text_of(value, TEXT)) else { continue };
            let constant = constant.trim();
            if is_blank_word(constant) {
                let rule = if column.guard { &rules::GUARD_TO_BLANK } else { &rules::TYPE };
                self.fault(rule, value.span(), Some(Hint::Takes("text that is not blank")));
                continue;
            }
            match column.wire {
                WireType::Code(list) | WireType::Word(list)
                    if list.find_decorated(constant.as_bytes()).or_else(|| list.find_word(constant)).is_none() =>
                {
                    let hint = nearest(constant, list.entries.iter().map(|entry| entry.code));
                    self.fault(&rules::NO_SUCH_CODE, value.span(), hint);
                }
                WireType::Date if usual_date(constant).is_none() => {
                    self.fault(&rules::TYPE, value.span(), Some(Hint::Takes("a date such as \"2026-03-31\"")));
                }
                _ => dialect.constants.push((column.name, constant.into())),
            }
        }
    }

    fn options(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        let Some(table) = self.table(value) else { return };
        for (name, value) in table {
            let option: Box<str> = match value.get_ref() {
                DeValue::String(text) => text.as_ref().into(),
                DeValue::Boolean(flag) => flag.to_string().into(),
                DeValue::Integer(number) => number.as_str().into(),
                _ => {
                    self.fault(&rules::TYPE, value.span(), Some(Hint::Takes("text, a whole number, true or false")));
                    continue;
                }
            };
            dialect.options.push((name.get_ref().as_ref().into(), option));
        }
    }

    fn restriction(&mut self, key: Range<usize>, value: &Value<'_>, dialect: &mut Dialect) {
        let Some(table) = self.table(value) else { return };
        let mut flag = RestrictionFlag::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "column" => {
                    flag.heading =
                        self.text_of(value, TEXT).map(|name| fold(name.as_bytes())).unwrap_or_default().into();
                }
                "set" => flag.set = self.texts(value).into_iter().map(|(word, _)| word.trim().into()).collect(),
                "clear" => flag.clear = self.texts(value).into_iter().map(|(word, _)| word.trim().into()).collect(),
                unknown => {
                    self.fault(&rules::UNKNOWN_KEY, key.span(), nearest(unknown, ["column", "set", "clear"]));
                }
            }
        }
        if flag.heading.is_empty() {
            self.fault(&rules::MISSING_KEY, key.clone(), Some(Hint::Takes("column: the heading of the flag")));
        }
        if flag.set.is_empty() {
            self.fault(&rules::MISSING_KEY, key, Some(Hint::Takes("set: the words that restrict")));
        }
        // A flag that is half declared still flags: what it says is unreadable, and holds the child.
        if !flag.heading.is_empty() {
            dialect.restriction = Some(flag);
        }
    }

    fn ratings(&mut self, value: &Value<'_>) -> Vec<RatingScheme> {
        const NAME: &str = "a name of small letters, digits and hyphens, such as \"gold-rag\"";
        let Some(table) = self.table(value) else { return Vec::new() };
        let mut schemes = Vec::new();
        for (name, value) in table {
            let is_named = !name.get_ref().is_empty()
                && name.get_ref().bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            if !is_named {
                self.fault(&rules::TYPE, name.span(), Some(Hint::Takes(NAME)));
                continue;
            }
            let Some(scheme) = self.rating_scheme(name.span(), value) else { continue };
            schemes.push(RatingScheme { name: name.get_ref().as_ref().into(), ..scheme });
        }
        schemes
    }

    /// A scheme but for its name; none where nothing can be rated on it.
    fn rating_scheme(&mut self, key: Range<usize>, value: &Value<'_>) -> Option<RatingScheme> {
        const KEYS: [&str; 5] = ["values", "aliases", "good_from", "sections", "overall"];
        let table = self.table(value)?;
        let mut scheme = RatingScheme::default();
        // The values first, wherever they stand: the other keys speak of them.
        if let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == "values") {
            scheme.values = self.different_texts(value);
        }
        if scheme.values.is_empty() {
            self.fault(&rules::MISSING_KEY, key, Some(Hint::Takes("values: the ratings from worst to best")));
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "values" => {}
                "aliases" => {
                    for (word, value) in self.table(value).into_iter().flatten() {
                        let Some(means) = self.rating(value, &scheme) else { continue };
                        let word = word.get_ref().trim();
                        let is_value = scheme.values.iter().any(|value| same_word(value, word.as_bytes()));
                        let is_known = scheme.aliases.iter().any(|(known, _)| same_word(known, word.as_bytes()));
                        if word.is_empty() || is_value || is_known {
                            self.fault(&rules::RATING_TWICE, value.span(), None);
                        } else {
                            scheme.aliases.push((word.into(), means));
                        }
                    }
                }
                "good_from" => scheme.good_from = self.rating(value, &scheme),
                "sections" => scheme.sections = self.different_texts(value),
                "overall" => {
                    self.is_word(value, "told", "\"told\": a rating of the whole is never computed");
                }
                unknown => self.fault(&rules::UNKNOWN_KEY, key.span(), nearest(unknown, KEYS)),
            }
        }
        (!scheme.values.is_empty()).then_some(scheme)
    }

    /// The place of a value among those of its scheme.
    fn rating(&mut self, value: &Value<'_>, scheme: &RatingScheme) -> Option<usize> {
        let word = self.text_of(value, TEXT)?;
        let place = scheme.values.iter().position(|known| same_word(known, word.trim().as_bytes()));
        if place.is_none() {
            self.fault(&rules::NO_SUCH_RATING, value.span(), None);
        }
        place
    }

    /// Texts that are not blank, each once in whatever case.
    fn different_texts(&mut self, value: &Value<'_>) -> Vec<Box<str>> {
        let mut different: Vec<Box<str>> = Vec::new();
        for (text, span) in self.texts(value) {
            let text = text.trim();
            if is_blank_word(text) {
                self.fault(&rules::TYPE, span, Some(Hint::Takes("text that is not blank")));
            } else if different.iter().any(|known| same_word(known, text.as_bytes())) {
                self.fault(&rules::RATING_TWICE, span, None);
            } else {
                different.push(text.into());
            }
        }
        different
    }

    fn blank(&mut self, value: &Value<'_>, dialect: &mut Dialect) {
        for (word, span) in self.texts(value) {
            let word = word.trim();
            if self.protects(word, dialect) {
                self.fault(&rules::GUARD_TO_BLANK, span, None);
            } else {
                dialect.blank.push(word.into());
            }
        }
    }

    fn encoding(&mut self, value: &Value<'_>) -> Option<TextEncoding> {
        const ENCODINGS: &str = "\"utf-8\", \"windows-1252\" or \"utf-16\"";
        let encoding = match self.text_of(value, ENCODINGS)?.to_lowercase().as_str() {
            "utf-8" => Some(TextEncoding::Utf8),
            "windows-1252" => Some(TextEncoding::Windows1252),
            "utf-16" => Some(TextEncoding::Utf16),
            _ => None,
        };
        if encoding.is_none() {
            self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(ENCODINGS)));
        }
        encoding
    }

    /// Whether a word means something in a column that protects a child: a code or its meaning, a word that the
    /// dialect maps to one, a date.
    fn protects(&self, word: &str, dialect: &Dialect) -> bool {
        self.guard_columns().any(|column| match column.wire {
            WireType::Code(list) => {
                list.find_decorated(word.as_bytes()).is_some()
                    || dialect
                        .codes
                        .iter()
                        .filter(|words| words.list == list.name)
                        .any(|words| words.words.iter().any(|(known, _)| same_word(known, word.as_bytes())))
            }
            WireType::Date => usual_date(word).is_some() || dialect.date(word.as_bytes()).is_some(),
            _ => false,
        })
    }

    fn guards(&self, list: &CodeList) -> bool {
        self.guard_columns().any(|column| matches!(column.wire, WireType::Code(known) if known.name == list.name))
    }

    fn guard_columns(&self) -> impl Iterator<Item = &'static Column> + '_ {
        self.columns().filter(|column| column.guard)
    }

    fn columns(&self) -> impl Iterator<Item = &'static Column> + '_ {
        self.tables.iter().flat_map(|table| table.columns)
    }

    fn column(&mut self, name: &str, span: Range<usize>) -> Option<&'static Column> {
        let column = self.columns().find(|column| column.name.eq_ignore_ascii_case(name));
        if column.is_none() {
            let hint = nearest(name, self.columns().map(|column| column.name));
            self.fault(&rules::NO_SUCH_COLUMN, span, hint);
        }
        column
    }

    fn table<'v, 't>(&mut self, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(TABLE)));
                None
            }
        }
    }

    fn text_of(&mut self, value: &Value<'_>, takes: &'static str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.as_ref().to_owned()),
            _ => {
                self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(takes)));
                None
            }
        }
    }

    fn texts(&mut self, value: &Value<'_>) -> Vec<(String, Range<usize>)> {
        let DeValue::Array(values) = value.get_ref() else {
            self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(TEXTS)));
            return Vec::new();
        };
        values.iter().filter_map(|value| Some((self.text_of(value, TEXTS)?, value.span()))).collect()
    }

    fn flag(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(FLAG)));
                None
            }
        }
    }

    /// Whether it is the one word that the key takes; anything else is a fault.
    fn is_word(&mut self, value: &Value<'_>, word: &str, takes: &'static str) -> bool {
        let is = self.text_of(value, takes);
        if is.as_deref().is_some_and(|is| is != word) {
            self.fault(&rules::TYPE, value.span(), Some(Hint::Takes(takes)));
        }
        is.as_deref() == Some(word)
    }

    fn fault(&mut self, rule: &'static Rule, span: Range<usize>, hint: Option<Hint>) {
        self.faults.push(DialectFault::at(rule, self.text, span, hint));
    }
}

fn is_blank_word(word: &str) -> bool {
    let word = word.trim().as_bytes();
    word.first().is_none_or(|first| is_standard_blank(*first, word))
}

fn usual_date(text: &str) -> Option<Date> {
    Date::parse_british(text.as_bytes()).or_else(|| Date::parse_iso(text.as_bytes()))
}
