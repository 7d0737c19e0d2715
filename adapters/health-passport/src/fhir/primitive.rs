//! The primitive types of FHIR R4 and how each is spelt (R4, datatypes, section 2.24.0.1).

use schemas::diagnostic::Rule;

use crate::fhir::rules;

/// A primitive type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Primitive {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number from 0.
    UnsignedInt,
    /// A whole number from 1.
    PositiveInt,
    /// A number whose digits are kept.
    Decimal,
    /// Text.
    String,
    /// Text with marks.
    Markdown,
    /// Text without blanks around it or two in a row.
    Code,
    /// An id of a resource or element.
    Id,
    /// An address of any sort.
    Uri,
    /// `urn:oid:` and an object identifier.
    Oid,
    /// `urn:uuid:` and a UUID.
    Uuid,
    /// Bytes in base64.
    Base64,
    /// A year, month or day.
    Date,
    /// A year, month, day or instant.
    DateTime,
    /// A time of day.
    Time,
    /// An instant.
    Instant,
    /// A `div` of XHTML.
    Xhtml,
}

impl Primitive {
    /// Every primitive type under its name.
    pub(crate) const ALL: &[(&'static str, Self)] = &[
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("unsignedInt", Self::UnsignedInt),
        ("positiveInt", Self::PositiveInt),
        ("decimal", Self::Decimal),
        ("string", Self::String),
        ("markdown", Self::Markdown),
        ("code", Self::Code),
        ("id", Self::Id),
        ("uri", Self::Uri),
        ("url", Self::Uri),
        ("canonical", Self::Uri),
        ("oid", Self::Oid),
        ("uuid", Self::Uuid),
        ("base64Binary", Self::Base64),
        ("date", Self::Date),
        ("dateTime", Self::DateTime),
        ("time", Self::Time),
        ("instant", Self::Instant),
        ("xhtml", Self::Xhtml),
    ];

    /// How JSON writes it.
    pub(crate) fn json(self) -> JsonKind {
        match self {
            Self::Boolean => JsonKind::Boolean,
            Self::Integer | Self::UnsignedInt | Self::PositiveInt | Self::Decimal => JsonKind::Number,
            _ => JsonKind::Text,
        }
    }

    /// What a value of this type breaks, by its spelling alone.
    pub(crate) fn fault(self, text: &str) -> Option<&'static Rule> {
        let holds = match self {
            _ if text.is_empty() => return Some(&rules::EMPTY),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Integer => is_whole(text) && text.parse::<i32>().is_ok(),
            Self::UnsignedInt => is_whole(text) && text.parse::<i32>().is_ok_and(|number| number >= 0),
            Self::PositiveInt => is_whole(text) && text.parse::<i32>().is_ok_and(|number| number > 0),
            Self::Decimal => is_decimal(text),
            Self::String | Self::Markdown => {
                return text.bytes().any(is_control).then_some(&rules::CONTROL_CHARACTER);
            }
            Self::Code => is_code(text),
            Self::Id => is_id(text),
            Self::Uri => !text.chars().any(char::is_whitespace) && !text.bytes().any(is_control),
            Self::Oid => text.strip_prefix("urn:oid:").is_some_and(is_oid),
            Self::Uuid => text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
            Self::Base64 => is_base64(text),
            Self::Date => is_date(text),
            Self::DateTime => is_date_time(text),
            Self::Time => is_time(text),
            Self::Instant => is_instant(text),
            // Its markup is looked at where it is taken apart.
            Self::Xhtml => true,
        };
        (!holds).then(|| self.rule())
    }

    fn rule(self) -> &'static Rule {
        match self {
            Self::Boolean | Self::Integer | Self::UnsignedInt | Self::PositiveInt | Self::Decimal => &rules::NUMBER,
            Self::Date | Self::DateTime | Self::Time => &rules::DATE,
            Self::Instant => &rules::INSTANT,
            Self::Id => &rules::ID,
            Self::Code => &rules::CODE_SPELLING,
            Self::Base64 => &rules::BASE64,
            Self::Uri | Self::Oid | Self::Uuid => &rules::URI,
            Self::String | Self::Markdown => &rules::CONTROL_CHARACTER,
            Self::Xhtml => &rules::XHTML,
        }
    }
}

/// A sort of value of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonKind {
    /// `true` or `false`.
    Boolean,
    /// Digits.
    Number,
    /// Quoted.
    Text,
}

/// Whether a character may not stand in text (R4, string: below 32 only tab, line feed and carriage return).
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// `0`, or a number without a leading zero, with or without a minus; R4 allows no `+` that JSON could say.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0"
        || (!digits.starts_with('0') && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_whole(whole) && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

fn is_code(text: &str) -> bool {
    let mut before_blank = true;
    for character in text.chars() {
        let blank = character.is_whitespace();
        if blank && before_blank {
            return false;
        }
        before_blank = blank;
    }
    !before_blank && !text.bytes().any(|byte| byte < b' ')
}

/// Letters, digits, hyphens and dots, 1 to 64.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

pub(crate) fn is_oid(text: &str) -> bool {
    let mut arcs = text.split('.');
    let first = arcs.next().is_some_and(|first| matches!(first, "0" | "1" | "2"));
    let mut others = 0;
    let whole = arcs.all(|arc| {
        others += 1;
        !arc.starts_with('-') && is_whole(arc)
    });
    first && others > 0 && whole
}

pub(crate) fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let fits = |group: Option<&str>, length: usize| {
        group.is_some_and(|group| group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    [8, 4, 4, 4, 12].into_iter().all(|length| fits(groups.next(), length)) && groups.next().is_none()
}

/// Base64 with blanks between its letters as R4 allows them.
fn is_base64(text: &str) -> bool {
    let (mut letters, mut pads) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if pads == 0 => letters += 1,
            b'=' => pads += 1,
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => return false,
        }
    }
    letters > 0 && pads <= 2 && (letters + pads).is_multiple_of(4)
}

/// So many digits, and what follows them.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok().map(|number| (number, rest)))?
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD` at the front, and whether it goes to the day; the rest follows.
fn date(text: &str) -> Option<(bool, &str)> {
    let (year, rest) = digits(text, 4)?;
    if year == 0 {
        return None;
    }
    let Some(rest) = rest.strip_prefix('-') else { return Some((false, rest)) };
    let (month, rest) = digits(rest, 2)?;
    let Some(rest) = rest.strip_prefix('-') else {
        return (1..=12).contains(&month).then_some((false, rest));
    };
    let (day, rest) = digits(rest, 2)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((true, rest))
}

/// `HH:MM:SS` with or without a fraction; a leap second may be told.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix('.') else { return Some(rest) };
    let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
    (length > 0).then(|| &fraction[length..])
}

/// `Z`, or the hours and minutes from it, up to 14.
fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let told = text.strip_prefix(['+', '-']).and_then(|rest| {
        let (hours, rest) = digits(rest, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
        rest.is_empty().then_some(hours * 60 + minutes).filter(|_| minutes < 60)
    });
    told.is_some_and(|minutes| minutes <= 14 * 60)
}

fn is_date(text: &str) -> bool {
    date(text).is_some_and(|(_, rest)| rest.is_empty())
}

fn is_date_time(text: &str) -> bool {
    match date(text) {
        Some((_, "")) => true,
        Some((true, _)) => is_instant(text),
        _ => false,
    }
}

fn is_time(text: &str) -> bool {
    time(text).is_some_and(str::is_empty)
}

fn is_instant(text: &str) -> bool {
    let zone = date(text).filter(|(to_the_day, _)| *to_the_day).and_then(|(_, rest)| time(rest.strip_prefix('T')?));
    zone.is_some_and(is_zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn judged(kind: Primitive, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert!(kind.fault(text).is_none(), "{kind:?} {text}");
        }
        for text in wrong {
            assert!(kind.fault(text).is_some(), "{kind:?} {text}");
        }
    }

    #[test]
    fn numbers() {
        judged(Primitive::Boolean, &["true", "false"], &["", "True", "1"]);
        judged(Primitive::Integer, &["0", "-1", "2147483647"], &["", "-", "01", "1.0", "1e2", "2147483648", "+1"]);
        judged(Primitive::UnsignedInt, &["0", "1"], &["-1"]);
        judged(Primitive::PositiveInt, &["1"], &["0", "-1"]);
        let decimals = ["0", "-0.50", "19.10", "1e10", "1.0E-3", "0.00000000000000000001"];
        judged(Primitive::Decimal, &decimals, &["", ".5", "1.", "01", "1e", "NaN", "1,5", "--1"]);
    }

    #[test]
    fn days_and_instants() {
        let days = ["2020", "2020-02", "2020-02-29", "0001-01-01"];
        judged(
            Primitive::Date,
            &days,
            &["2020-02-30", "2019-02-29", "31/02/2020", "20-01-01", "2020-13", "0000", "2020-1"],
        );
        judged(Primitive::DateTime, &days, &["2020-02-30", "2020-02-28T10:00", "2020T10:00:00Z"]);
        let instants = ["2020-02-28T10:00:00Z", "2020-02-28T23:59:60.123+14:00", "2020-02-28T00:00:00-05:30"];
        judged(
            Primitive::DateTime,
            &instants,
            &["2020-02-28T24:00:00Z", "2020-02-28T10:00:00", "2020-02-28t10:00:00Z"],
        );
        judged(Primitive::Instant, &instants, &["2020-02-28", "2020-02-28T10:00:00", "2020-02-28T10:00:00+15:00"]);
        judged(Primitive::Time, &["10:00:00", "23:59:59.9"], &["10:00", "24:00:00", "10:00:00Z", "10:00:00."]);
    }

    #[test]
    fn words() {
        judged(Primitive::Code, &["a", "a b", "å"], &["", " a", "a ", "a  b", "a\tb"]);
        judged(Primitive::Id, &["a.B-9"], &["", "a_b", "ä", &"a".repeat(65)]);
        judged(Primitive::Uri, &["urn:a", "http://x/y?z", "relative"], &["a b", "a\u{a0}b", ""]);
        judged(Primitive::Oid, &["urn:oid:1.2.0"], &["1.2", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02"]);
        let uuid = "urn:uuid:60e0b220-8136-4ca5-ae46-1d97ef59d068";
        judged(Primitive::Uuid, &[uuid], &["60e0b220-8136-4ca5-ae46-1d97ef59d068", "urn:uuid:60e0b220"]);
        judged(Primitive::Base64, &["YWJj", "YWI=", "YW Jj"], &["YWJ", "YW=J", "====", "Y*Jj"]);
        judged(Primitive::String, &[" ", "a\nb"], &["", "a\u{1}b"]);
    }
}
