//! A spelling of dates by a pattern: `%d %b %Y`.

use std::borrow::Cow;

use schemas::date::Date;

/// Names of months in English, as `%B` reads them; `%b` reads their first three letters.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How one sender spells dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateFormat {
    pieces: Cow<'static, [Piece]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// `%d`, one or two digits.
    Day,
    /// `%m`, one or two digits.
    Month,
    /// `%b`, three letters.
    MonthShort,
    /// `%B`, the whole name.
    MonthName,
    /// `%Y`, four digits: a year of two is never guessed.
    Year,
    /// Itself.
    Literal(u8),
}

impl DateFormat {
    /// `03-Apr-2020`, as spreadsheets write days in English.
    pub(crate) const NAMED_MONTH: &Self = &Self {
        pieces: Cow::Borrowed(&[
            Piece::Day,
            Piece::Literal(b'-'),
            Piece::MonthShort,
            Piece::Literal(b'-'),
            Piece::Year,
        ]),
    };

    /// A pattern of `%d`, `%m`, `%b`, `%B`, `%Y`, `%%` and characters that stand for themselves. `None` when it does
    /// not name a day, a month and a year once each, or when a date so written would already be read otherwise.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut bytes = pattern.bytes();
        while let Some(byte) = bytes.next() {
            pieces.push(match byte {
                b'%' => match bytes.next()? {
                    b'd' => Piece::Day,
                    b'm' => Piece::Month,
                    b'b' => Piece::MonthShort,
                    b'B' => Piece::MonthName,
                    b'Y' => Piece::Year,
                    b'%' => Piece::Literal(b'%'),
                    _ => return None,
                },
                literal => Piece::Literal(literal),
            });
        }
        let count = |wanted: &[Piece]| pieces.iter().filter(|piece| wanted.contains(piece)).count();
        let whole = count(&[Piece::Day]) == 1
            && count(&[Piece::Year]) == 1
            && count(&[Piece::Month, Piece::MonthShort, Piece::MonthName]) == 1;
        let format = Self { pieces: pieces.into() };
        (whole && !format.is_read_otherwise()).then_some(format)
    }

    /// The day that a cell spells in this way, and nothing beside it.
    pub(crate) fn read(&self, cell: &[u8]) -> Option<Date> {
        let (mut rest, mut day, mut month, mut year) = (cell, None, None, None);
        for piece in self.pieces.iter() {
            match piece {
                Piece::Day => day = Some(number(&mut rest, 1, 2)?),
                Piece::Month => month = Some(number(&mut rest, 1, 2)?),
                Piece::Year => year = Some(number(&mut rest, 4, 4)?),
                Piece::MonthShort => month = Some(month_by_name(&mut rest, |name| &name[..3])?),
                Piece::MonthName => month = Some(month_by_name(&mut rest, |name| name)?),
                Piece::Literal(byte) => rest = rest.strip_prefix(&[*byte])?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        Date::new(i16::try_from(year?).ok()?, u8::try_from(month?).ok()?, u8::try_from(day?).ok()?)
    }

    /// Whether 2 March 2001, so written, is another day in the spellings that every format reads: `%m/%d/%Y` is.
    fn is_read_otherwise(&self) -> bool {
        let mut sample = Vec::new();
        for piece in self.pieces.iter() {
            match piece {
                Piece::Day => sample.extend_from_slice(b"02"),
                Piece::Month => sample.extend_from_slice(b"03"),
                Piece::MonthShort => sample.extend_from_slice(b"Mar"),
                Piece::MonthName => sample.extend_from_slice(b"March"),
                Piece::Year => sample.extend_from_slice(b"2001"),
                Piece::Literal(byte) => sample.push(*byte),
            }
        }
        let usual = Date::parse_british(&sample).or_else(|| Date::parse_iso(&sample));
        usual.is_some_and(|usual| Some(usual) != Date::new(2001, 3, 2))
    }
}

/// As many digits as there are, within bounds.
fn number(rest: &mut &[u8], least: usize, most: usize) -> Option<u16> {
    let digits = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    if digits < least {
        return None;
    }
    let (read, after) = rest.split_at(digits);
    *rest = after;
    Some(read.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0')))
}

fn month_by_name(rest: &mut &[u8], spelling: fn(&'static str) -> &'static str) -> Option<u16> {
    for (name, number) in MONTHS.into_iter().zip(1..) {
        let name = spelling(name).as_bytes();
        if let Some((read, after)) = rest.split_at_checked(name.len())
            && read.eq_ignore_ascii_case(name)
        {
            *rest = after;
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_what_it_spells_and_nothing_else() {
        for (pattern, cell, read) in [
            ("%d %b %Y", "3 Apr 2020", true),
            ("%d %b %Y", "03 APR 2020", true),
            ("%d %b %Y", "03 April 2020", false),
            ("%d %B %Y", "3 april 2020", true),
            ("%d%m%Y", "03042020", true),
            ("%d.%m.%Y", "3.4.2020", true),
            ("%Y%m%d", "20200403", true),
            ("%d-%m-%Y 00:00", "03-04-2020 00:00", true),
            ("%d-%m-%Y", "03-04-20", false),
            ("%d-%m-%Y", "03-04-2020 ", false),
            ("%d-%m-%Y", "31-02-2020", false),
            ("%d-%m-%Y", "", false),
        ] {
            let format = DateFormat::parse(pattern).unwrap();
            let expected = read.then(|| Date::new(2020, 4, 3).unwrap());
            assert!(format.read(cell.as_bytes()) == expected, "{pattern} {cell}");
        }
    }

    #[test]
    fn patterns_that_guess_repeat_lack_or_contradict_are_none() {
        for pattern in ["%d/%m/%y", "%d %m", "%d %d %m %Y", "%m %b %d %Y", "%d %m %Y %", "%H", "", "%m/%d/%Y"] {
            assert_eq!(DateFormat::parse(pattern), None, "{pattern}");
        }
        assert!(DateFormat::parse("%m-%d-%Y").is_some());
    }
}
