//! From a row to what it says of a child placed, and of the provider of the place.

use std::sync::Arc;

use kit::{
    adapter::{Dossier, Options},
    telling::Telling,
};
use schemas::{
    code::{NoticeKind, Regulator},
    diagnostic::{Place, Report},
    identifier::{Identifier, ProviderUrn, Pseudonym},
    record::{
        CostContributions, Person, PlacementCost, PlacementCostMore, PlacementNotice, PlacementNoticeMore, Provider,
        ProviderMore, Statement, Subject, SubjectKind,
    },
    said::{Reduction, Said},
};

use crate::{
    census::tables::{CensusRow, LEFT_OUT},
    lists::{Gathers, LaterStands, Speaks, Whom},
    rules,
};

impl Speaks for CensusRow {
    type Said = Placed;

    const LEFT_OUT: &'static [&'static str] = LEFT_OUT;

    /// The child of that pseudonym of the sender's: under the installation's key it tells nobody the pseudonym.
    fn whom(&self, options: &Options) -> Whom {
        let authority = self.authority.is().map(|code| code.0).or(options.authority);
        let Said::Is(identifier) = &self.identifier else { return Whom::Nobody(None) };
        let system = format!("pnw|{}", authority.map_or(0, |authority| authority.number()));
        let ids = options.id_key.of_subject(system.as_bytes(), identifier.0.to_lowercase().as_bytes());
        let pseudonym = Pseudonym::read(&ids.id("Pseudonym", "", &[]).text());
        pseudonym.map_or(Whom::Nobody(None), |pseudonym| {
            Whom::Is(Subject::child(vec![Identifier::Pseudonym(pseudonym)], authority))
        })
    }

    fn beside(&self) -> Option<Subject> {
        self.provider_number().map(|urn| Subject::place(vec![Identifier::Provider(urn)]))
    }
}

impl CensusRow {
    fn regulator(&self) -> Option<Regulator> {
        match self.registration {
            Said::Is(registration) => Some(registration.0),
            Said::Unreadable => None,
            _ => Some(Regulator::Ofsted),
        }
    }

    /// The provider's number, if it is one of whoever registers it.
    fn provider_number(&self) -> Option<ProviderUrn> {
        let urn = self.provider_urn.as_ref().is()?;
        ProviderUrn::read(self.regulator()?, urn.0.as_bytes()).ok()
    }

    fn person(&self) -> Option<Person> {
        let person = Person {
            birth_date: self.age.is().map_or(Said::NotAsked, |age| {
                u8::try_from(age.get()).map_or(Said::NotAsked, |years| Said::Reduced(Reduction::Age(years)))
            }),
            sex: self.gender.map(|gender| gender.0),
            ethnicity: self.ethnic_group.is().map_or(Said::NotAsked, |group| Said::Reduced(Reduction::Coarse(group.0))),
            ..Person::default()
        };
        (person != Person::default()).then_some(person)
    }

    /// The home's own number before that of its provider.
    fn place_urn(&self) -> Said<Box<str>> {
        let urn = if self.establishment_urn.has_value() { &self.establishment_urn } else { &self.provider_urn };
        urn.clone().map(|urn| urn.0)
    }

    fn notice(&self) -> PlacementNotice {
        let provision = self.provision.map(|of| of.0.provision);
        let placement_type = self.provision.is().and_then(|of| of.0.placement_type);
        PlacementNotice {
            kind: Said::Is(NoticeKind::Start),
            provider_urn: self.place_urn(),
            start_date: self.start_date,
            more: Some(Box::new(PlacementNoticeMore {
                provision,
                placement_type: placement_type.map_or(Said::NotAsked, Said::Is),
                ..PlacementNoticeMore::default()
            })),
            ..PlacementNotice::default()
        }
    }

    fn cost(&self) -> Option<PlacementCost> {
        let contributions = CostContributions {
            health: self.contribution_health.map(|cost| cost.0),
            education: self.contribution_education.map(|cost| cost.0),
        };
        let contributes = contributions.health.has_value() || contributions.education.has_value();
        (contributes || self.total_weekly.has_value()).then(|| PlacementCost {
            provider_urn: self.place_urn(),
            start_date: self.start_date,
            cost_from: self.start_date,
            total: self.total_weekly.map(|cost| cost.0),
            more: contributes.then(|| {
                Box::new(PlacementCostMore { contributions: Said::Is(contributions), ..PlacementCostMore::default() })
            }),
            ..PlacementCost::default()
        })
    }

    fn provider(&self) -> Option<Provider> {
        let more =
            ProviderMore { company_number: self.company_number.clone().map(|text| text.0), ..ProviderMore::default() };
        let more = more.company_number.has_value().then(|| Box::new(more));
        let provider = Provider { name: self.organisation.clone().map(|text| text.0), more, ..Provider::default() };
        (provider.name.has_value() || provider.more.is_some()).then_some(provider)
    }
}

/// What rows say of one child, or of one provider.
pub struct Placed {
    rows: Vec<(CensusRow, Place)>,
}

impl Gathers<CensusRow> for Placed {
    fn begin(_: &Options) -> Self {
        Self { rows: Vec::new() }
    }

    fn take(&mut self, row: CensusRow, telling: &mut Telling<'_>) {
        match (row.provider_urn.has_value(), row.regulator(), row.provider_number()) {
            (true, Some(Regulator::Ofsted), None) => {
                telling.tell(&rules::CENSUS_URN, "Provider Ofsted (or equivalent) URN")
            }
            (true, Some(regulator), _) if regulator != Regulator::Ofsted => {
                telling.tell(&rules::URN_UNKNOWN_KIND, "Provider Ofsted (or equivalent) URN");
            }
            _ => {}
        }
        self.rows.push((row, telling.place.clone()));
    }

    /// Of two rows of one placement, or of one child or provider, the later stands.
    fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier, report: &mut dyn Report) {
        let mut standing = LaterStands::default();
        for (row, place) in self.rows {
            let statements: Vec<Statement> = match subject.kind {
                SubjectKind::Place => row.provider().map(Statement::from).into_iter().collect(),
                SubjectKind::Child => {
                    let person = row.person().map(Statement::from);
                    let cost = row.cost().map(Statement::from);
                    person.into_iter().chain([row.notice().into()]).chain(cost).collect()
                }
            };
            for statement in statements {
                // That a child has two placements, or a provider two children, is no mistake.
                let tells_the_same = matches!(statement, Statement::PlacementNotice(_));
                standing.take(statement, &place, tells_the_same, report);
            }
        }
        standing.finish(subject, dossier);
    }
}
