//! From a row to a return and back, and the returns of one provider, gathered.

use std::{collections::HashMap, sync::Arc};

use kit::{
    adapter::{Dossier, Options},
    csv::rules as table_rules,
    telling::Telling,
};
use schemas::{
    code::{CountedBy, Regulator},
    diagnostic::{Diagnostic, Place, Report},
    document::natural_key,
    identifier::{Identifier, ProviderUrn},
    record::{
        FrameworkReturn, FrameworkReturnMore, Record, ReturnCarers, ReturnConcerns, ReturnOffers, ReturnOutcomes,
        ReturnPlacements, ReturnPlaces, Source, Statement, Subject,
    },
    said::Said,
};

use crate::{
    lists::{Gathers, Speaks, Whom},
    returns::{checks, tables::ReturnRow},
    wire::{AsAt, Authority, Figure, OfstedNumber, Text},
};

impl Speaks for ReturnRow {
    type Said = Returns;

    fn whom(&self, _: &Options) -> Whom {
        let number = self.provider_urn.as_ref().is().map(|urn| ProviderUrn::read(Regulator::Ofsted, urn.0.as_bytes()));
        match number {
            Some(Ok(urn)) => Whom::Is(Subject::place(vec![Identifier::Provider(urn)])),
            // The column tells why.
            _ => Whom::Nobody(None),
        }
    }
}

/// Declares which figures of a row stand in which group of a return.
macro_rules! figures {
    ($($group:ident: $shape:ident { $($member:ident = $column:ident $(($figure:ident))?),+ $(,)? })+) => {
        fn figures_of(row: &ReturnRow) -> FrameworkReturnMore {
            FrameworkReturnMore {
                $($group: group($shape { $($member: row.$column.clone()$(.map(|$figure| $figure.0))?),+ }),)+
            }
        }

        fn with_figures(row: ReturnRow, more: FrameworkReturnMore) -> ReturnRow {
            $(let $group = more.$group.is().unwrap_or_default();)+
            ReturnRow { $($($column: $group.$member$(.map(|$figure| Figure($figure)))?,)+)+ ..row }
        }
    };
}

figures! {
    offers: ReturnOffers {
        referrals_received = referrals_received,
        offers_made = offers_made,
        offers_in_deadline = offers_in_deadline,
        no_offer_replies = no_offer_replies,
        median_hours_to_offer = median_hours_to_offer (figure),
    }
    placements: ReturnPlacements {
        started = placements_started,
        ended = placements_ended,
        planned_endings = planned_endings,
        unplanned_by_provider = unplanned_endings_provider,
        unplanned_by_authority = unplanned_endings_authority,
        unplanned_by_others = unplanned_endings_other,
        notices_given = notices_given,
        mean_notice_days = mean_notice_days (figure),
        children_at_end = children_placed_at_end,
        stable_twelve_months = stable_12_months,
    }
    places: ReturnPlaces {
        households = households,
        approved = places_approved,
        filled = places_filled,
        vacant = places_vacant,
        not_available = places_not_available,
    }
    carers: ReturnCarers { approved = carers_approved, left = carers_left }
    outcomes: ReturnOutcomes {
        reports_due = outcome_reports_due,
        reports_sent = outcome_reports_sent,
        objectives_met_percent = objectives_met_percent,
    }
    concerns: ReturnConcerns { complaints = complaints, complaints_upheld = complaints_upheld, allegations = allegations }
}

/// A group, where any of its members says something.
fn group<T: Default + PartialEq>(group: T) -> Said<T> {
    if group == T::default() { Said::NotAsked } else { Said::Is(group) }
}

impl ReturnRow {
    /// The return, as the agency counted it.
    #[must_use]
    pub fn says(self) -> FrameworkReturn {
        FrameworkReturn {
            more: Some(Box::new(figures_of(&self))),
            framework: self.framework.map(|text| text.0),
            lot: self.lot.map(|text| text.0),
            authority: self.la_code.map(|code| code.0),
            period_start: self.period_start,
            period_end: self.period_end,
            counted_by: Said::Is(CountedBy::Agency),
            as_at: self.as_at.map(|as_at| as_at.0),
        }
    }

    /// The row of a return.
    #[must_use]
    pub fn of(said: &FrameworkReturn, urn: Option<ProviderUrn>) -> Self {
        let row = Self {
            provider_urn: urn.map_or(Said::NotAsked, |urn| Said::Is(OfstedNumber(urn.as_str().into()))),
            framework: said.framework.clone().map(Text),
            lot: said.lot.clone().map(Text),
            la_code: said.authority.map(Authority),
            period_start: said.period_start,
            period_end: said.period_end,
            as_at: said.as_at.map(AsAt),
            ..Self::default()
        };
        with_figures(row, said.more.as_deref().cloned().unwrap_or_default())
    }
}

/// The returns of one provider.
#[derive(Default)]
pub struct Returns {
    said: Vec<(Statement, Place)>,
}

impl Gathers<ReturnRow> for Returns {
    fn begin(_: &Options) -> Self {
        Self::default()
    }

    fn take(&mut self, row: ReturnRow, telling: &mut Telling<'_>) {
        if checks::check(&row, telling) {
            self.said.push((row.says().into(), telling.place.clone()));
        }
    }

    /// Of two returns of one framework, lot, authority and period the later row stands.
    fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier, report: &mut dyn Report) {
        let mut standing: Vec<(Statement, Place)> = Vec::new();
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        for (said, place) in self.said {
            let Some((before, first)) = known.get(&natural_key(&said)).and_then(|n| standing.get_mut(*n)) else {
                known.insert(natural_key(&said), standing.len());
                standing.push((said, place));
                continue;
            };
            let rule = if *before == said { &table_rules::DUPLICATE } else { &table_rules::KEY_CLASH };
            report.raise(Diagnostic::new(rule, place.clone()).related_to([first.clone()]));
            if *before != said {
                (*before, *first) = (said, place);
            }
        }
        dossier.records.extend(standing.into_iter().map(|(statement, place)| Record {
            subject: Arc::clone(subject),
            statement,
            source: Source::at(place),
        }));
    }
}
