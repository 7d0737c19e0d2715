//! What is told of the notices of one child only when they are looked at together: ends whose beginning is not there, and
//! two placements at once.

use schemas::{
    code::{NoticeKind, VacancyPlacementType},
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    said::Said,
};

use crate::{notices::tables::NoticeRow, rules};

/// A notice that stands.
pub struct Placement<'n> {
    /// What it tells.
    pub kind: NoticeKind,
    /// What it says.
    pub row: &'n NoticeRow,
    /// Where it stands.
    pub place: &'n Place,
}

impl Placement<'_> {
    fn is(&self, kind: NoticeKind) -> bool {
        self.kind == kind
    }

    /// Whether both are of one placement: the same provider and first day, and no other home.
    fn is_of(&self, other: &Self) -> bool {
        let says_another = match (&self.row.carer_ref, &other.row.carer_ref) {
            (Said::Is(one), Said::Is(other)) => one != other,
            _ => false,
        };
        self.row.provider_urn == other.row.provider_urn && self.row.start_date == other.row.start_date && !says_another
    }
}

/// Tells what does not fit together.
pub fn tell_together(notices: &[Placement<'_>], report: &mut dyn Report) {
    let of_kind = |kind| notices.iter().filter(move |notice| notice.is(kind));
    for end in of_kind(NoticeKind::End) {
        if !of_kind(NoticeKind::Start).any(|start| start.is_of(end)) {
            let others = of_kind(NoticeKind::Start).filter(|start| start.row.provider_urn == end.row.provider_urn);
            let told = Diagnostic::new(&rules::NOTICE_END_WITHOUT_START, end.place.clone());
            report.raise(told.related_to(others.map(|start| start.place.clone())));
        }
    }
    let ends_of = |start: &Placement<'_>| {
        let told = of_kind(NoticeKind::End).filter(|end| end.is_of(start)).filter_map(|end| end.row.end_date.is());
        start.row.end_date.is().or_else(|| told.max())
    };
    let mut stays: Vec<(Date, Option<Date>, &Placement<'_>)> = of_kind(NoticeKind::Start)
        .filter(|start| !is_a_break(start.row))
        .filter_map(|start| Some((start.row.start_date.is()?, ends_of(start), start)))
        .collect();
    stays.sort_by_key(|(from, ..)| *from);
    // The placement that goes on longest of those before: an open one for ever.
    let mut longest: Option<(Option<Date>, &Placement<'_>)> = None;
    for (from, until, start) in stays {
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
