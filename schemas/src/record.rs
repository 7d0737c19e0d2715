//! The record: what may be said about a child or a place to live, one statement at a time (record, sections 1, 5 and 6).
//!
//! Limits: a record is moved often, so it stays within 192 bytes; what returns rarely say sits behind one pointer.
//! Format: `Record { subject, statement, source }`; the subject is shared by all its records, a source is a place.
//! Operations: fields by name through [`StatementType::fields`]; equality never looks at the source.

mod care;
mod child;
mod declare;
mod education;
mod framework_return;
mod health;
mod place;
mod placement;
mod referral;

use std::sync::Arc;

use self::declare::closed_list;
pub use self::{care::*, child::*, education::*, framework_return::*, health::*, place::*, placement::*, referral::*};
use crate::{
    diagnostic::Place,
    identifier::{Identifier, LaCode},
    reflect::StatementType,
};

/// One thing said of one subject, read at one place.
#[derive(Clone, Debug)]
pub struct Record {
    /// Whom it is about.
    pub subject: Arc<Subject>,
    /// What is said.
    pub statement: Statement,
    /// Where it was read.
    pub source: Source,
}

/// The place never takes part in equality: the same thing said twice is the same thing.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject && self.statement == other.statement
    }
}

/// Whom records are about.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// A child, or something on the placement market.
    pub kind: SubjectKind,
    /// Every identifier the source gave, in the order of their rank.
    pub identifiers: Vec<Identifier>,
    /// The responsible authority, where anybody said it.
    pub authority: Option<LaCode>,
}

impl Subject {
    /// A child by the identifiers that were given, put in their order.
    #[must_use]
    pub fn child(mut identifiers: Vec<Identifier>, authority: Option<LaCode>) -> Self {
        identifiers.sort_by_key(Identifier::rank);
        Self { kind: SubjectKind::Child, identifiers, authority }
    }

    /// Something on the placement market, by the identifiers that were given: its provider's, say.
    #[must_use]
    pub fn place(identifiers: Vec<Identifier>) -> Self {
        Self { kind: SubjectKind::Place, ..Self::child(identifiers, None) }
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What sort of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A child or young person.
    Child,
    /// A provider or a place to live.
    Place,
}

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The place in the document.
    pub place: Place,
    /// The source takes this statement back.
    pub retracts: bool,
}

impl Source {
    /// Said at a place.
    #[must_use]
    pub fn at(place: Place) -> Self {
        Self { place, retracts: false }
    }
}

closed_list! {
    Person, Address, Relationship, Disability, Immigration, CareEpisode, Review, Missing, CarePlan, SocialWorker, PreviousPermanence, Adoption, PlacedForAdoption, LibertyOrder, CareLeaver, HealthCheck, AnnualHealth, SdqScore, Immunisation, Allergy, Condition, Medication, Measurement, SubstanceMisuse, EducationPlan, Enrolment, AttendanceMark, AttendanceSummary, Suspension, Attainment, SenProvision, Voice, Consent, Delegation, Restriction, Provider, Vacancy, Referral, Offer, PlacementNotice, PlacementCost, FrameworkReturn,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{date::AcademicYear, identifier::SchoolUrn, reflect::Value, said::Said};

    #[test]
    fn a_record_is_small_enough_to_be_moved_often() {
        assert!(size_of::<Record>() <= 192, "a record takes {} bytes", size_of::<Record>());
    }

    #[test]
    fn every_field_of_a_key_exists() {
        for statement in STATEMENTS {
            for key in statement.key.fields() {
                assert!(statement.field(key).is_some(), "{}.{key}", statement.name);
            }
        }
    }

    #[test]
    fn a_reference_of_the_sender_is_the_whole_key_and_no_part_reads_like_it() {
        for statement in STATEMENTS.iter().filter(|statement| !statement.key.reference.is_empty()) {
            let key = &statement.key;
            assert_ne!(key.parts.len(), key.reference.len(), "{}: parts would read as a reference", statement.name);
        }
        assert_eq!(EducationPlan::TYPE.key.words(), "plan_ref; else academic_year, term, meeting_date");
        assert_eq!(Enrolment::TYPE.key.words(), "school_urn or school_laestab or school_name, entry_date");
        assert_eq!(Person::TYPE.key.words(), "one a subject");
        let plan = |reference: Option<&str>, year: u16| {
            Statement::from(EducationPlan {
                plan_ref: reference.map_or(Said::NotAsked, |text| Said::Is(text.into())),
                academic_year: Said::Is(AcademicYear::new(year).unwrap()),
                ..EducationPlan::default()
            })
        };
        assert!(plan(Some("A"), 2024).same_key(&plan(Some("A"), 2025)));
        assert!(!plan(Some("A"), 2025).same_key(&plan(Some("B"), 2025)));
        assert!(!plan(Some("A"), 2025).same_key(&plan(None, 2025)));
        assert!(plan(None, 2025).same_key(&plan(None, 2025)));
    }

    #[test]
    fn a_reference_is_one_providers_own() {
        let notice = |urn: Option<&str>, reference: Option<&str>, day: u8| {
            let text = |text: Option<&str>| text.map_or(Said::NotAsked, |text| Said::Is(text.into()));
            Statement::from(PlacementNotice {
                provider_urn: text(urn),
                notice_id: text(reference),
                start_date: crate::date::Date::new(2026, 1, day).map_or(Said::NotAsked, Said::Is),
                ..PlacementNotice::default()
            })
        };
        let one = notice(Some("SC999901"), Some("N-1"), 10);
        assert!(one.same_key(&notice(Some("SC999901"), Some("N-1"), 11)), "a corrected first day");
        for other in [
            notice(Some("SC999902"), Some("N-1"), 10),
            notice(Some("SC999901"), Some("N-2"), 10),
            notice(Some("SC999901"), None, 10),
            notice(None, Some("N-1"), 10),
        ] {
            assert!(!one.same_key(&other) && !other.same_key(&one));
            assert_ne!(crate::document::natural_key(&one), crate::document::natural_key(&other));
        }
        assert!(notice(None, Some("N-1"), 10).same_key(&notice(None, Some("N-2"), 10)), "half a reference is none");
        assert_eq!(PlacementNotice::TYPE.key.words(), "provider_urn, notice_id; else provider_urn, start_date, kind");
    }

    #[test]
    fn of_a_school_the_first_number_that_is_said_is_the_key() {
        let at = |urn: Option<&[u8]>, name: &str| {
            Statement::from(Enrolment {
                school_urn: urn.and_then(SchoolUrn::read).map_or(Said::Blank, Said::Is),
                school_name: Said::Is(name.into()),
                ..Enrolment::default()
            })
        };
        assert!(at(Some(b"999999"), "One name").same_key(&at(Some(b"999999"), "Another name")));
        assert!(!at(Some(b"999999"), "One name").same_key(&at(None, "One name")));
        assert!(at(None, "One name").same_key(&at(None, "One name")));
        assert!(!at(None, "One name").same_key(&at(None, "Another name")));
    }

    #[test]
    fn every_lens_gives_back_what_was_put_in() {
        for statement_type in STATEMENTS {
            for field in statement_type.fields {
                let mut statement = unsaid(statement_type.name).unwrap();
                assert!(field.get(&statement) == Said::NotAsked);
                for answer in
                    [Said::Blank, Said::Refused, Said::Unreadable, Said::Is(crate::reflect::some_value(field.kind))]
                {
                    assert!(field.set(&mut statement, answer.clone()), "{}.{}", statement_type.name, field.name);
                    assert!(field.get(&statement) == answer, "{}.{}", statement_type.name, field.name);
                    assert_eq!(field.is_unreadable(&statement), answer == Said::Unreadable);
                }
            }
        }
    }

    #[test]
    fn a_lens_refuses_a_value_of_another_kind() {
        let mut statement = Statement::from(CareEpisode::default());
        let field = CareEpisode::TYPE.field("legal_status").unwrap();
        assert!(!field.set(&mut statement, Said::Is(Value::Flag(true))));
        assert_eq!(statement, Statement::from(CareEpisode::default()));
    }
}
