//! In which spelling a column's dates come, where it is not one that every format reads.

use schemas::date::Date;

use crate::dialect::{Dialect, date_format::DateFormat};

/// Spellings of exports, day first before month first: where nothing tells them apart, the first is meant.
const PATTERNS: [&str; 22] = [
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %m %Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d/%b/%Y",
    "%d-%B-%Y",
    "%d %B %Y",
    "%d/%m/%Y 00:00",
    "%d/%m/%Y 00:00:00",
    "%d-%m-%Y 00:00",
    "%d-%m-%Y 00:00:00",
    "%d-%b-%Y 00:00:00",
    "%d %b %Y 00:00",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d%m%Y",
    "%b %d %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%m-%d-%Y",
];

/// How a column's dates are spelt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    pub(super) pattern: &'static str,
    /// Another spelling reads the same cells as other days.
    pub(super) doubtful: bool,
    /// How many cells only this reads.
    pub(super) cells: usize,
}

/// The spelling of a column that holds dates which are not read otherwise: of nearly all its cells.
pub(super) fn spelling(cells: &[Box<[u8]>]) -> Option<Spelling> {
    let others: Vec<&[u8]> = cells.iter().map(|cell| &**cell).filter(|cell| usual(cell).is_none()).collect();
    if others.is_empty() {
        return None;
    }
    let formats = PATTERNS.iter().filter_map(|pattern| Some((*pattern, DateFormat::parse(pattern)?)));
    let formats: Vec<_> = formats
        .map(|(pattern, format)| {
            let read = others.iter().filter(|cell| format.read(cell).is_some()).count();
            (pattern, format, read)
        })
        .filter(|(_, _, read)| *read > 0)
        .collect();
    let most = formats.iter().map(|(_, _, read)| *read).max()?;
    if (cells.len() - others.len() + most) * 10 < cells.len() * 8 {
        return None;
    }
    let (pattern, format, _) = formats.iter().find(|(_, _, read)| *read == most)?;
    let doubtful = formats.iter().any(|(_, other, read)| {
        *read == most
            && others
                .iter()
                .any(|cell| matches!((format.read(cell), other.read(cell)), (Some(one), Some(two)) if one != two))
    });
    Some(Spelling { pattern, doubtful, cells: most })
}

/// The spellings together, those of most cells first; of two that read the same cells as other days, the day comes first.
pub(super) fn patterns<'s>(spellings: impl Iterator<Item = &'s Spelling>) -> Vec<&'static str> {
    let mut counted: Vec<(&'static str, usize)> = Vec::new();
    for spelling in spellings {
        match counted.iter_mut().find(|(pattern, _)| *pattern == spelling.pattern) {
            Some((_, cells)) => *cells += spelling.cells,
            None => counted.push((spelling.pattern, spelling.cells)),
        }
    }
    counted.sort_by_key(|(_, cells)| std::cmp::Reverse(*cells));
    let mut patterns: Vec<&'static str> = counted.into_iter().map(|(pattern, _)| pattern).collect();
    if patterns.contains(&"%d-%m-%Y") {
        patterns.retain(|pattern| *pattern != "%m-%d-%Y");
    }
    patterns
}

/// A dialect that reads dates so spelt.
pub(super) fn dialect(patterns: &[&'static str]) -> Dialect {
    let date_formats = patterns.iter().filter_map(|pattern| DateFormat::parse(pattern)).collect();
    Dialect { date_formats, ..Dialect::default() }
}

/// What a column's dates look like where no dialect can read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// `03/31/2020`.
    MonthFirst,
    /// `31/03/20`.
    ShortYear,
    /// `43921`, a spreadsheet's own count of days.
    Serial,
}

/// Why most cells of a column of dates cannot be read.
pub(super) fn unread(cells: &[Box<[u8]>]) -> Option<Unread> {
    let most = |is: fn(&[u8]) -> bool| cells.iter().filter(|cell| is(cell)).count() * 2 > cells.len();
    if most(is_short_year) {
        Some(Unread::ShortYear)
    } else if most(is_serial) {
        Some(Unread::Serial)
    } else if cells.iter().any(|cell| is_month_first(cell))
        && most(|cell| is_month_first(cell) || usual(cell).is_some())
    {
        Some(Unread::MonthFirst)
    } else {
        None
    }
}

fn usual(cell: &[u8]) -> Option<Date> {
    Date::parse_british(cell).or_else(|| Date::parse_iso(cell))
}

/// Three numbers with one mark between them.
fn numbers(cell: &[u8]) -> Option<[(usize, u32); 3]> {
    let text = std::str::from_utf8(cell).ok()?;
    let mut pieces = text.split(['/', '-', '.']);
    let mut number = || {
        let piece = pieces.next()?;
        let digits = (1..=4).contains(&piece.len()) && piece.bytes().all(|byte| byte.is_ascii_digit());
        Some((piece.len(), digits.then(|| piece.parse().ok())??))
    };
    let numbers = [number()?, number()?, number()?];
    pieces.next().is_none().then_some(numbers)
}

fn is_short_year(cell: &[u8]) -> bool {
    numbers(cell).is_some_and(|[(first, _), (second, _), (third, _)]| first < 3 && second < 3 && third == 2)
}

fn is_month_first(cell: &[u8]) -> bool {
    numbers(cell)
        .is_some_and(|[(_, month), (_, day), (width, _)]| width == 4 && month <= 12 && (13..=31).contains(&day))
}

fn is_serial(cell: &[u8]) -> bool {
    const DAYS: std::ops::RangeInclusive<u32> = 20_000..=80_000;
    let text = std::str::from_utf8(cell.strip_suffix(b".0").unwrap_or(cell)).ok();
    text.filter(|text| text.len() == 5).and_then(|text| text.parse().ok()).is_some_and(|days| DAYS.contains(&days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<Box<[u8]>> {
        texts.iter().map(|text| text.as_bytes().into()).collect()
    }

    fn found(texts: &[&str]) -> Option<(&'static str, bool)> {
        spelling(&cells(texts)).map(|spelling| (spelling.pattern, spelling.doubtful))
    }

    #[test]
    fn a_spelling_is_found_by_what_it_reads() {
        assert_eq!(found(&["3 Apr 2020", "31 DEC 2020"]), Some(("%d %b %Y", false)));
        assert_eq!(found(&["31-12-2020", "01-02-2020"]), Some(("%d-%m-%Y", false)));
        assert_eq!(found(&["12-31-2020", "01-02-2020"]), Some(("%m-%d-%Y", false)));
        assert_eq!(found(&["20200403"]), Some(("%Y%m%d", false)));
        assert_eq!(found(&["March 4, 2020", "04/03/2020"]), Some(("%B %d, %Y", false)));
        assert_eq!(found(&["03/04/2020 00:00"]), Some(("%d/%m/%Y 00:00", false)));
    }

    #[test]
    fn where_no_day_is_above_twelve_the_spelling_is_doubtful() {
        assert_eq!(found(&["01-02-2020", "03-04-2020"]), Some(("%d-%m-%Y", true)));
    }

    #[test]
    fn usual_dates_few_dates_and_no_dates_have_no_spelling() {
        assert_eq!(found(&["01/02/2020", "2020-02-01"]), None);
        assert_eq!(found(&["3 Apr 2020", "x", "y", "z"]), None);
        assert_eq!(found(&["4017", "4018"]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn dates_that_cannot_be_read_are_told_apart() {
        assert_eq!(unread(&cells(&["03/31/2020", "01/02/2020"])), Some(Unread::MonthFirst));
        assert_eq!(unread(&cells(&["31/03/20", "1-2-20"])), Some(Unread::ShortYear));
        assert_eq!(unread(&cells(&["43921", "43922.0"])), Some(Unread::Serial));
        assert_eq!(unread(&cells(&["01/02/2020", "31/12/2020"])), None);
        assert_eq!(unread(&cells(&["soon"])), None);
    }
}
