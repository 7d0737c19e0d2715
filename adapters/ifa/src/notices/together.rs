//! What is told of the notices of one child only when they are looked at together: ends whose beginning is not there, and
//! two placements at once.

use std::collections::HashMap;

use schemas::{
    code::{NoticeKind, VacancyPlacementType},
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    said::Said,
};

use crate::{notices::tables::NoticeRow, rules, wire::ProviderNumber};

/// A notice that stands.
pub struct Placement<'n> {
    /// What it tells.
    pub kind: NoticeKind,
    /// What it says.
    pub row: &'n NoticeRow,
    /// Where it stands.
    pub place: &'n Place,
}

/// Which placement a notice is of, but for the home: the provider, and the first day.
type Stay<'n> = (&'n Said<ProviderNumber>, Said<Date>);

impl<'n> Placement<'n> {
    fn stay(&self) -> Stay<'n> {
        (&self.row.provider_urn, self.row.start_date)
    }

    fn home(&self) -> Option<&'n str> {
        self.row.carer_ref.as_ref().is().map(|home| &*home.0)
    }
}

/// What notices of one kind say of a placement, by its home; a notice that names none may be of any.
#[derive(Default)]
struct ByHome<'n>(HashMap<Option<&'n str>, Option<Date>>);

impl<'n> ByHome<'n> {
    fn add(&mut self, home: Option<&'n str>, day: Option<Date>) {
        let known = self.0.entry(home).or_default();
        *known = day.max(*known);
    }

    /// Whether anything is said of the home, and the last day that is said of it.
    fn of(&self, home: Option<&'n str>) -> Option<Option<Date>> {
        match home {
            Some(_) => self.0.get(&home).into_iter().chain(self.0.get(&None)).copied().max(),
            None => self.0.values().copied().max(),
        }
    }
}

/// Tells what does not fit together.
pub fn tell_together(notices: &[Placement<'_>], report: &mut dyn Report) {
    let mut starts: HashMap<Stay<'_>, ByHome<'_>> = HashMap::new();
    let mut ends: HashMap<Stay<'_>, ByHome<'_>> = HashMap::new();
    let mut first_start: HashMap<&Said<ProviderNumber>, &Place> = HashMap::new();
    for notice in notices {
        match notice.kind {
            NoticeKind::Start => {
                starts.entry(notice.stay()).or_default().add(notice.home(), None);
                first_start.entry(&notice.row.provider_urn).or_insert(notice.place);
            }
            NoticeKind::End => ends.entry(notice.stay()).or_default().add(notice.home(), notice.row.end_date.is()),
            NoticeKind::Change => {}
        }
    }
    for end in notices.iter().filter(|notice| notice.kind == NoticeKind::End) {
        if starts.get(&end.stay()).and_then(|starts| starts.of(end.home())).is_none() {
            let looks_like_it = first_start.get(&end.row.provider_urn).map(|place| (*place).clone());
            let told = Diagnostic::new(&rules::NOTICE_END_WITHOUT_START, end.place.clone());
            report.raise(told.related_to(looks_like_it));
        }
    }
    let last_day = |start: &Placement<'_>| {
        start.row.end_date.is().or_else(|| ends.get(&start.stay()).and_then(|ends| ends.of(start.home())).flatten())
    };
    let mut stays: Vec<(Date, Option<Date>, &Placement<'_>)> = notices
        .iter()
        .filter(|notice| notice.kind == NoticeKind::Start && !is_a_break(notice.row))
        .filter_map(|start| Some((start.row.start_date.is()?, last_day(start), start)))
        .collect();
    stays.sort_by_key(|(from, ..)| *from);
    tell_overlaps(&stays, report);
}

/// Tells of each placement the one before it that goes on longest, where that is not over: an open one goes on for ever.
fn tell_overlaps(stays: &[(Date, Option<Date>, &Placement<'_>)], report: &mut dyn Report) {
    let mut longest: Option<(Option<Date>, &Placement<'_>)> = None;
    for (from, until, start) in stays.iter().copied() {
        if let Some((goes_on, before)) = longest
            && goes_on.is_none_or(|goes_on| goes_on > from)
        {
            let told = Diagnostic::new(&rules::NOTICE_OVERLAP, start.place.clone());
            report.raise(told.related_to([before.place.clone()]));
        }
        let is_longer = match (longest, until) {
            (None, _) | (Some((Some(_), _)), None) => true,
            (Some((Some(longest), _)), Some(until)) => until > longest,
            (Some((None, _)), _) => false,
        };
        if is_longer {
            longest = Some((until, start));
        }
    }
}

/// Whether a child is there while its place elsewhere is kept.
fn is_a_break(row: &NoticeRow) -> bool {
    use VacancyPlacementType as T;
    matches!(row.placement_type, Said::Is(of) if matches!(of.0, T::Respite | T::ShortBreaks))
}
