//! The ways to spell a value, each with how much of the value it tells.

use base64::{Engine, prelude::BASE64_STANDARD};
use kit::ids::IdKey;
use schemas::{
    date::Date,
    identifier::{Identifier, LaCode, PermanenceAuthority},
    postcode::Postcode,
    reflect::Value,
    said::Said,
};
use sha1::Digest as _;

/// How much of a value is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing.
    Nothing,
    /// The year of a date, the outward code of a postcode.
    Rough,
    /// The month of a date, the sector of a postcode.
    Finer,
    /// All of it.
    Full,
}

/// One way to spell a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelt {
    pub(crate) bytes: Vec<u8>,
    pub(crate) level: Level,
    /// So short that it counts only as a word of its own, outside of ids.
    pub(crate) short: bool,
}

/// Spellings shorter than this count as words only.
const STRONG_BYTES_MIN: usize = 7;

/// Every spelling of a value. What a list of codes holds has none: codes cannot be unique.
pub(crate) fn spellings(value: &Value, spelt: &mut Vec<Spelt>) {
    let mut bytes = Vec::new();
    match value {
        Value::Date(date) => return of_date(*date, spelt),
        Value::Postcode(postcode) => return of_postcode(*postcode, spelt),
        Value::Text(text) => bytes.extend_from_slice(text.as_bytes()),
        Value::Decimal(decimal) => decimal.write(&mut bytes),
        Value::OfstedUrn(urn) => {
            urn.write(&mut bytes);
            of_text(&bytes[2..], Level::Full, spelt);
        }
        Value::Authority(authority) => authority.write(&mut bytes),
        Value::PermanenceAuthority(PermanenceAuthority::Authority(authority)) => authority.write(&mut bytes),
        Value::WorkerId(worker) => bytes.extend_from_slice(worker.as_str().as_bytes()),
        Value::ClockTime(time) => bytes.extend_from_slice(time.to_string().as_bytes()),
        Value::DateTime(moment) => {
            if let Some(date) = moment.date() {
                of_date(date, spelt);
            }
            moment.write(&mut bytes);
        }
        Value::AcademicYear(year) => {
            of_text(format!("{}-{:02}", year.begins_in(), (year.begins_in() + 1) % 100).as_bytes(), Level::Full, spelt);
            year.write(&mut bytes);
        }
        Value::Pence(pence) => {
            of_text(pence.number().to_string().as_bytes(), Level::Full, spelt);
            pence.write_pounds(&mut bytes);
        }
        Value::SchoolUrn(urn) => urn.write(&mut bytes),
        Value::Laestab(number) => {
            of_text(format!("{}/{:04}", number.authority(), number.establishment()).as_bytes(), Level::Full, spelt);
            number.write(&mut bytes);
        }
        Value::List(items) => return items.iter().for_each(|item| spellings(item, spelt)),
        Value::Item(members) => {
            for member in members {
                if let Said::Is(value) = member {
                    spellings(value, spelt);
                }
            }
            return;
        }
        Value::Flag(_) | Value::Number(_) | Value::Year(_) | Value::Code(_) | Value::PermanenceAuthority(_) => return,
    }
    of_text(&bytes, Level::Full, spelt);
}

/// Every spelling of an identifier, hashes and the ids that hang on it under the published key among them.
pub(crate) fn of_identifier(identifier: &Identifier, authority: Option<LaCode>) -> Vec<Spelt> {
    let (mut value, mut system, mut spelt) = (Vec::new(), Vec::new(), Vec::new());
    identifier.write_value(&mut value);
    identifier.system(authority, &mut system).unwrap();
    of_text(&value, Level::Full, &mut spelt);
    if value.len() == 10 {
        for mark in [" ", "-"] {
            let text = String::from_utf8(value.clone()).unwrap();
            let printed = [&text[..3], &text[3..6], &text[6..]].join(mark);
            of_text(printed.as_bytes(), Level::Full, &mut spelt);
        }
    }
    let ids = IdKey::published().of_subject(&system, &value);
    for (kind, role) in [("Patient", ""), ("CareTeam", ""), ("EpisodeOfCare", "care-episode")] {
        spelt.push(Spelt { bytes: ids.id(kind, role, &[]).text().to_vec(), level: Level::Full, short: false });
    }
    spelt
}

fn of_date(date: Date, spelt: &mut Vec<Spelt>) {
    let (year, month, day) = (date.year(), date.month(), date.day());
    for text in [
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{year:04}{month:02}{day:02}"),
        format!("{day:02}/{month:02}/{year:04}"),
        format!("{day}/{month}/{year}"),
        format!("{day:02}-{month:02}-{year:04}"),
        format!("{day:02}.{month:02}.{year:04}"),
        format!("{day:02}{month:02}{year:04}"),
    ] {
        of_text(text.as_bytes(), Level::Full, spelt);
    }
    // Days since the last of 1899, as spreadsheets count.
    let serial = Date::new(1899, 12, 30).map(|zero| days_between(zero, date));
    if let Some(serial) = serial.filter(|serial| *serial > 0) {
        spelt.push(Spelt { bytes: serial.to_string().into_bytes(), level: Level::Full, short: true });
    }
    for text in [format!("{year:04}-{month:02}"), format!("{month:02}/{year:04}")] {
        spelt.push(Spelt { bytes: text.into_bytes(), level: Level::Finer, short: false });
    }
    spelt.push(Spelt { bytes: format!("{year:04}").into_bytes(), level: Level::Rough, short: true });
}

fn days_between(from: Date, to: Date) -> i64 {
    // Civil days from year, month and day (the usual count from March), by other means than the schemas'.
    let count = |date: Date| {
        let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year - era * 400;
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
    };
    count(to) - count(from)
}

fn of_postcode(postcode: Postcode, spelt: &mut Vec<Spelt>) {
    for (postcode, level) in
        [(postcode, Level::Full), (postcode.sector(), Level::Finer), (postcode.outward(), Level::Rough)]
    {
        let (mut spaced, mut compact) = (Vec::new(), Vec::new());
        postcode.write_spaced(&mut spaced);
        postcode.write_compact(&mut compact);
        for text in [spaced, compact] {
            if level == Level::Full {
                of_text(&text, level, spelt);
            } else {
                spelt.push(Spelt { bytes: text, level, short: true });
            }
        }
    }
}

/// A text in every disguise.
fn of_text(text: &[u8], level: Level, spelt: &mut Vec<Spelt>) {
    let mut add = |bytes: Vec<u8>, short: bool| {
        let new = Spelt { bytes, level, short };
        if !spelt.contains(&new) {
            spelt.push(new);
        }
    };
    let plain = String::from_utf8(text.to_vec()).unwrap();
    let compact: String = plain.chars().filter(|one| !one.is_whitespace()).collect();
    for form in [plain.clone(), plain.to_uppercase(), plain.to_lowercase(), compact] {
        let short = form.len() < STRONG_BYTES_MIN;
        for escaped in [
            form.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>(),
            form.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>(),
            form.bytes().map(|byte| format!("&#{byte};")).collect(),
            form.bytes().map(|byte| format!("&#x{byte:x};")).collect(),
            form.bytes().map(|byte| format!("&#x{byte:X};")).collect(),
            form.bytes().map(|byte| format!("\\u{byte:04x}")).collect(),
            form.bytes().map(|byte| format!("\\u{byte:04X}")).collect(),
            form.replace('/', "%2F").replace(' ', "%20"),
            form.replace('/', "%2f").replace(' ', "+"),
            form.replace('/', "&#x2F;").replace(' ', "&nbsp;"),
            form.replace('/', "\\/"),
            hex(form.as_bytes()),
        ] {
            let short = escaped.len() < STRONG_BYTES_MIN;
            add(escaped.into_bytes(), short);
        }
        add(form.encode_utf16().flat_map(u16::to_le_bytes).collect(), false);
        add(form.encode_utf16().flat_map(u16::to_be_bytes).collect(), false);
        if !short {
            // A text inside a longer one begins at any of three places of its Base64.
            for before in 0..3 {
                let padded = [vec![0; before], form.as_bytes().to_vec()].concat();
                let encoded = BASE64_STANDARD.encode(&padded);
                let first = [0, 2, 3][before];
                let whole = padded.len() / 3 * 4;
                add(encoded.as_bytes()[first..whole].to_vec(), whole - first < STRONG_BYTES_MIN);
            }
        }
        for digest in [sha2::Sha256::digest(form.as_bytes()).to_vec(), sha1::Sha1::digest(form.as_bytes()).to_vec()] {
            add(hex(&digest).into_bytes(), false);
            add(hex(&digest).to_uppercase().into_bytes(), false);
            add(BASE64_STANDARD.encode(&digest).into_bytes(), false);
        }
        add(form.into_bytes(), short);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
