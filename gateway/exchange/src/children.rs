//! Which children: the filter of a view or of a route (views, section 6). Filters only narrow each other.

use std::{collections::BTreeSet, fmt::Write};

use kit::adapter::Dossier;
use schemas::{
    date::Date,
    identifier::LaCode,
    postcode::Postcode,
    record::{CareEpisode, Record, Statement},
};

use crate::carried::is_open;

/// Which children a view or a route carries; what it does not say, it does not ask.
///
/// Without a status a view of single children carries those who are looked after, and one of an authority's own or of
/// statistics everybody. Children on short breaks (V3, V4) are looked after only where that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// Authorities that are responsible.
    pub authorities: Option<BTreeSet<LaCode>>,
    /// From this age on, in whole years at the as-at date.
    pub age_min: Option<u8>,
    /// Up to this age, in whole years at the as-at date.
    pub age_max: Option<u8>,
    /// In which relation to care.
    pub statuses: Option<Statuses>,
    /// Authorities in whose area the child lives.
    pub placement_authorities: Option<BTreeSet<LaCode>>,
    /// Outward codes where the child lives.
    pub placement_areas: Option<BTreeSet<Postcode>>,
    /// Whether children on short breaks count as looked after.
    pub short_breaks: Option<bool>,
}

/// In which relation to care a child may stand to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// Looked after on the day.
    pub looked_after: bool,
    /// A care leaver on the day.
    pub care_leaver: bool,
}

impl Statuses {
    /// Those looked after, and nobody else.
    pub const LOOKED_AFTER: Self = Self { looked_after: true, care_leaver: false };
}

impl Children {
    /// Who passes both filters.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            authorities: both(self.authorities.as_ref(), other.authorities.as_ref(), |left, right| left & right),
            age_min: both(self.age_min.as_ref(), other.age_min.as_ref(), |left, right| *left.max(right)),
            age_max: both(self.age_max.as_ref(), other.age_max.as_ref(), |left, right| *left.min(right)),
            statuses: both(self.statuses.as_ref(), other.statuses.as_ref(), |left, right| Statuses {
                looked_after: left.looked_after && right.looked_after,
                care_leaver: left.care_leaver && right.care_leaver,
            }),
            placement_authorities: both(
                self.placement_authorities.as_ref(),
                other.placement_authorities.as_ref(),
                |left, right| left & right,
            ),
            placement_areas: both(self.placement_areas.as_ref(), other.placement_areas.as_ref(), |left, right| {
                left & right
            }),
            short_breaks: both(self.short_breaks.as_ref(), other.short_breaks.as_ref(), |left, right| *left && *right),
        }
    }

    /// Whether age, authority and place are such as are asked for; whoever does not say them is not.
    pub(crate) fn take_in(&self, dossier: &Dossier, as_at: Option<Date>) -> bool {
        self.take_in_authority(dossier) && self.take_in_age(dossier, as_at) && self.take_in_place(dossier, as_at)
    }

    fn take_in_authority(&self, dossier: &Dossier) -> bool {
        let Some(authorities) = &self.authorities else { return true };
        let authority = dossier.subject.as_ref().and_then(|subject| subject.authority);
        authority.is_some_and(|authority| authorities.contains(&authority))
    }

    /// Of several birth dates each must be of the age.
    fn take_in_age(&self, dossier: &Dossier, as_at: Option<Date>) -> bool {
        if self.age_min.is_none() && self.age_max.is_none() {
            return true;
        }
        let (least, most) = (self.age_min.unwrap_or(0), self.age_max.unwrap_or(u8::MAX));
        let mut ages = birth_dates(dossier).map(|born| as_at.and_then(|day| born.age_on(day))).peekable();
        ages.peek().is_some() && ages.all(|age| age.is_some_and(|age| (least..=most).contains(&age)))
    }

    /// Of several open episodes each must be in the place.
    fn take_in_place(&self, dossier: &Dossier, as_at: Option<Date>) -> bool {
        if self.placement_authorities.is_none() && self.placement_areas.is_none() {
            return true;
        }
        let mut episodes = open_episodes(dossier, as_at).peekable();
        episodes.peek().is_some()
            && episodes.all(|episode| {
                self.placement_authorities
                    .as_ref()
                    .is_none_or(|asked| episode.placement_la.is().is_some_and(|la| asked.contains(&la)))
                    && self.placement_areas.as_ref().is_none_or(|asked| {
                        let postcode = episode.placement_postcode.is();
                        postcode.is_some_and(|postcode| asked.contains(&postcode.outward()))
                    })
            })
    }

    /// The filter in words of one spelling, for digests.
    pub(crate) fn spell(&self, out: &mut String) {
        let authorities = |asked: &Option<BTreeSet<LaCode>>| {
            asked.as_ref().map(|asked| asked.iter().map(|authority| authority.number()).collect::<Vec<_>>())
        };
        let areas = self.placement_areas.as_ref().map(|areas| {
            let spelt = areas.iter().map(|area| {
                let mut text = Vec::new();
                area.write_compact(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            });
            spelt.collect::<Vec<_>>()
        });
        // Writing into a text does not fail.
        let _ = write!(
            out,
            "children authority={:?} age={:?}-{:?} status={:?} placement_authority={:?} placement_area={areas:?} \
             short_breaks={:?}",
            authorities(&self.authorities),
            self.age_min,
            self.age_max,
            self.statuses,
            authorities(&self.placement_authorities),
            self.short_breaks,
        );
    }
}

/// What both say where both say something, else what one says.
fn both<T: Clone>(left: Option<&T>, right: Option<&T>, meet: impl FnOnce(&T, &T) -> T) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(meet(left, right)),
        (said, None) | (None, said) => said.cloned(),
    }
}

/// Every birth date that is given.
pub(crate) fn birth_dates(dossier: &Dossier) -> impl Iterator<Item = Date> {
    dossier.statements().filter_map(|statement| match statement {
        Statement::Person(person) => person.birth_date.is(),
        _ => None,
    })
}

/// The episodes that stand, have begun by the day and have not ended.
pub(crate) fn open_episodes(dossier: &Dossier, as_at: Option<Date>) -> impl Iterator<Item = &CareEpisode> {
    dossier.records.iter().filter_map(move |Record { statement, source, .. }| {
        let Statement::CareEpisode(episode) = statement else { return None };
        let begun = episode.start_date.is().is_some_and(|start| as_at.is_some_and(|day| start <= day));
        (!source.retracts && begun && is_open(episode, as_at)).then_some(episode)
    })
}
