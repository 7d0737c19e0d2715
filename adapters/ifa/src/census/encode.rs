//! Writes the census: a row a placement that began, under the name that the view gives the child.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::Sheaf,
};
use schemas::{
    code::NoticeKind,
    date::Date,
    diagnostic::{Diagnostic, Report},
    identifier::Identifier,
    record::{Person, PlacementCost, PlacementNotice, Record, Statement},
    said::{Reduction, Said},
};

use crate::{
    census::{
        tables::{CENSUS, CensusRow},
        words::{CensusProvision, EthnicGroup, Label, Years},
    },
    encode::{RowsOf, head, writing},
    rules,
    wire::{Authority, Text, TotalCost, UrnText, WeeklyCost},
};

/// Writes the census.
pub struct CensusEncode;

impl Encode for CensusEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(CensusEncoder { options })
    }
}

struct CensusEncoder<'o> {
    options: &'o Options,
}

impl Encoder for CensusEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        head(&CENSUS, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let child = self.child(disclosure);
        let records = disclosure.records.iter().filter(|record| !record.source.retracts);
        let costs: Vec<&PlacementCost> = records
            .filter_map(|record| match &record.statement {
                Statement::PlacementCost(cost) => Some(cost),
                _ => None,
            })
            .collect();
        let mut rows = RowsOf { writing: writing(self.options), sheaf, report };
        for record in disclosure.records {
            match &record.statement {
                Statement::Person(person) => tell_what_has_no_column(person, record, rows.report),
                Statement::PlacementNotice(notice)
                    if notice.kind == Said::Is(NoticeKind::Start) && !record.source.retracts =>
                {
                    let row = child.clone().placed(notice);
                    let cost = costs
                        .iter()
                        .rev()
                        .find(|cost| cost.start_date == notice.start_date && cost.provider_urn == notice.provider_urn);
                    rows.write(record, &cost.map_or_else(|| row.clone(), |cost| row.clone().costing(cost)));
                }
                // The last price of a placement that began stands in its row.
                Statement::PlacementCost(cost) if stands_in_a_row(cost, disclosure.records) => {}
                _ => rows.lose(record, &rules::NOT_EXPRESSIBLE),
            }
        }
    }
}

impl CensusEncoder<'_> {
    /// What every row of the child begins with.
    fn child(&self, disclosure: &Disclosure<'_>) -> CensusRow {
        let mut row = CensusRow {
            authority: disclosure.subject.authority.map_or(Said::NotAsked, |code| Said::Is(Authority(code))),
            ..CensusRow::default()
        };
        let name = disclosure.subject.identifiers.iter().find_map(|identifier| match identifier {
            Identifier::Pseudonym(pseudonym) => Some(pseudonym.short().as_str().to_owned()),
            Identifier::LaChild(id) => Some(id.as_str().to_owned()),
            Identifier::Referral(referral) => Some(referral.as_str().to_owned()),
            _ => None,
        });
        row.identifier = name.map_or(Said::NotAsked, |name| Said::Is(Text(name.into())));
        let people = disclosure.records.iter().filter_map(|record| match &record.statement {
            Statement::Person(person) => Some(person),
            _ => None,
        });
        for person in people {
            if let Some(age) = age_of(person, self.options.as_at_day()) {
                row.age = Said::Is(age);
            }
            row.gender = person.sex.map(Label);
            if let Said::Reduced(Reduction::Coarse(group)) = person.ethnicity {
                row.ethnic_group = Said::Is(EthnicGroup(group));
            }
        }
        row
    }
}

/// The age that a view lets out, or that of a birth date on the day.
fn age_of(person: &Person, as_at: Option<Date>) -> Option<Years> {
    let years = match person.birth_date {
        Said::Reduced(Reduction::Age(years)) => Some(years),
        Said::Is(born) => born.age_on(as_at?),
        _ => None,
    };
    Years::new(years?.into())
}

fn stands_in_a_row(cost: &PlacementCost, records: &[Record]) -> bool {
    records.iter().any(|record| {
        matches!(&record.statement, Statement::PlacementNotice(notice)
            if notice.kind == Said::Is(NoticeKind::Start) && notice.start_date == cost.start_date && notice.provider_urn == cost.provider_urn)
    })
}

fn tell_what_has_no_column(person: &Person, record: &Record, report: &mut dyn Report) {
    // The census has broad groups, and only a view makes them.
    if person.ethnicity.has_value() {
        let told = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
        report.raise(told.of_field("ethnicity"));
    }
}

impl CensusRow {
    fn placed(self, notice: &PlacementNotice) -> Self {
        let more = notice.more.as_deref().cloned().unwrap_or_default();
        let provision = more.provision.map(|provision| {
            let exact = CensusProvision { provision, placement_type: more.placement_type.is() };
            Label(exact.or_of_its_kind())
        });
        Self {
            provider_urn: notice.provider_urn.clone().map(UrnText),
            provision,
            start_date: notice.start_date,
            ..self
        }
    }

    fn costing(self, cost: &PlacementCost) -> Self {
        let contributions = cost.more.as_deref().and_then(|more| more.contributions.clone().is()).unwrap_or_default();
        Self {
            total_weekly: cost.total.map(TotalCost),
            contribution_health: contributions.health.map(WeeklyCost),
            contribution_education: contributions.education.map(WeeklyCost),
            ..self
        }
    }
}
