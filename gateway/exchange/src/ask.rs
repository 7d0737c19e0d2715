//! What somebody asks of a document, settled: format, view, year, authority and day, with a complaint for what lacks.
//!
//! The command line and HTTP ask the same questions in texts; here texts become types, once for both. Complaints name
//! the parameter and what it may be, never what was given.

use std::{fmt, sync::Arc};

use kit::{
    adapter::{Format, Unheard},
    csv::header::{Recognised, recognise},
    dialect::Dialect,
    document::{Document, Part},
    encoding::PartText,
    limits::ReadingLimits,
};
use schemas::{
    date::{CollectionYear, Date},
    diagnostic::PartId,
    identifier::LaCode,
};

use crate::{view::View, views::Views};

/// What is asked, as it came.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The format read.
    pub from: &'static Format,
    /// The format written, when one is.
    pub to: Option<&'static Format>,
    /// The view's name.
    pub view: Option<&'a str>,
    /// The views there are.
    pub views: &'a Views,
    /// Collection year by its end, or `current`.
    pub year: Option<&'a str>,
    /// Three digits.
    pub authority: Option<&'a str>,
    /// A day, YYYY-MM-DD.
    pub as_at: Option<&'a str>,
    /// Today in Europe/London.
    pub today: Date,
}

/// What is asked, settled.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The view; `None` when nothing is written.
    pub view: Option<Arc<View>>,
    /// The collection year, where one was given.
    pub year: Option<CollectionYear>,
    /// The responsible authority, where one was given.
    pub authority: Option<LaCode>,
    /// The day of "looked after" and of ages.
    pub as_at: Date,
}

/// A parameter of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// The view.
    View,
    /// The collection year.
    Year,
    /// The responsible authority.
    Authority,
    /// The as-at day.
    AsAt,
}

impl Parameter {
    /// Its name, as HTTP has it; the command line writes `--` before it and `-` for `_`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Year => "year",
            Self::Authority => "authority",
            Self::AsAt => "as_at",
        }
    }
}

/// Why a question cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskFault {
    /// Which parameter.
    pub parameter: Parameter,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is needed for this format.
    NeededFor(&'static str),
    /// It is not what the parameter may be.
    Malformed,
}

impl AskFault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.parameter {
            Parameter::View => {
                "name the recipient's view: health, virtual-school, carer, statistics, local-authority, \
                 or one of the configuration"
            }
            Parameter::Year => "the collection year by its end, from 2018 to 2027: 2018 is 2017/18; or current",
            Parameter::Authority => "the three-digit code of the responsible authority, as in 330",
            Parameter::AsAt => "a day as YYYY-MM-DD, as in 2018-03-31",
        }
    }
}

/// The words after the parameter's name.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeededFor(format) => write!(f, "is needed for {format}"),
            Self::Malformed => f.write_str("is not one that can be used here"),
        }
    }
}

/// Settles a question.
///
/// # Errors
/// The first parameter that lacks or cannot be used.
pub fn settle(ask: &Ask<'_>) -> Result<Settled, AskFault> {
    let fault = |parameter, fault| AskFault { parameter, fault };
    let formats = [Some(ask.from), ask.to].into_iter().flatten();

    let year = match ask.year {
        Some("current") => CollectionYear::of(ask.today),
        Some(text) => Some(CollectionYear::parse(text.as_bytes()).ok_or(fault(Parameter::Year, Fault::Malformed))?),
        None => None,
    };
    if let (None, Some(format)) = (year, formats.clone().find(|format| format.needs_year)) {
        return Err(fault(Parameter::Year, Fault::NeededFor(format.name)));
    }
    let authority = match ask.authority {
        Some(text) => Some(LaCode::read(text.as_bytes()).ok_or(fault(Parameter::Authority, Fault::Malformed))?),
        None => None,
    };
    if let (None, Some(to)) = (authority, ask.to)
        && to.needs_authority
    {
        return Err(fault(Parameter::Authority, Fault::NeededFor(to.name)));
    }
    let as_at = match ask.as_at {
        Some(text) => Date::parse_iso(text.as_bytes()).ok_or(fault(Parameter::AsAt, Fault::Malformed))?,
        None => year.map_or(ask.today, CollectionYear::ends),
    };
    let view = match (ask.to, ask.view) {
        (None, _) => None,
        (Some(_), Some(name)) => Some(ask.views.get(name).ok_or(fault(Parameter::View, Fault::Malformed))?),
        // Only an authority that gets back its own statements may leave the view out.
        (Some(to), None) if ask.from.case_management && to.case_management => ask.views.get("local-authority"),
        (Some(to), None) => return Err(fault(Parameter::View, Fault::NeededFor(to.name))),
    };
    Ok(Settled { view, year, authority, as_at })
}

/// Which format a document is in, by the heading rows of its parts: the one that knows most of them, and of several
/// the one with the fewest tables.
///
/// # Errors
/// The names of all formats that are read, when none knows a part.
pub fn recognise_format(
    document: &Document,
    formats: impl Iterator<Item = &'static Format>,
) -> Result<&'static Format, Vec<&'static str>> {
    let dialect = Dialect::default();
    let mut candidates = Vec::new();
    let mut best: Option<(usize, &'static Format)> = None;
    for format in formats.filter(|format| format.decode.is_some()) {
        candidates.push(format.name);
        let known = document.parts().filter(|(id, part)| is_table_of(format, *id, part, &dialect)).count();
        let better = best
            .is_none_or(|(most, other)| known > most || (known == most && format.tables.len() < other.tables.len()));
        if known > 0 && better {
            best = Some((known, format));
        }
    }
    best.map(|(_, format)| format).ok_or(candidates)
}

/// Whether a part is a whole table of the format, or a workbook of such, by its heading row.
#[must_use]
pub fn is_table_of(format: &Format, id: PartId, part: &Part, dialect: &Dialect) -> bool {
    if let Some(is_one) = format.decode.and_then(|decode| decode.recognises(id, part, dialect)) {
        return is_one;
    }
    PartText::open(id, part.bytes.as_ref()).is_ok_and(|text| {
        let found = recognise(text, format.tables, dialect, None, ReadingLimits::default(), &mut Unheard);
        matches!(found, Recognised::Table(_))
    })
}
