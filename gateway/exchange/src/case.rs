//! Which statements of a type are let out with less than the others: the matrix and the overrides name such a case in
//! brackets behind the field, `postcode[elsewhere]` (views, sections 4 and 7).
//!
//! What a case hangs on is looked at before anything is taken away. A statement that does not say it is taken for every
//! case that it may be.

use schemas::{
    code::{AddressType, Disability, ImmunisationStatus, MeasurementKind, RelationshipRole},
    record::Statement,
    said::Said,
};

/// A case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// An address that is not the placement's: the family home, or another.
    Elsewhere,
    /// Somebody with whom the child may live because it is in care.
    Carer,
    /// A parent, a guardian, or whoever else belongs to the child.
    Family,
    /// A brother or sister.
    Sibling,
    /// A designated teacher.
    Teacher,
    /// A social worker.
    Worker,
    /// The answer that there is no disability.
    NoDisability,
    /// An immunisation that was not given.
    NotDone,
    /// The answer that no allergy is known.
    NoAllergy,
    /// What was measured at birth.
    Birth,
}

impl Case {
    /// The case that an entry of the matrix speaks of.
    pub(crate) fn of_entry(statement: &str, entry: &str) -> Option<Self> {
        let (_, word) = entry.strip_suffix(']')?.split_once('[')?;
        Some(match (statement, word) {
            ("Address", "elsewhere") => Self::Elsewhere,
            ("Relationship", "carer") => Self::Carer,
            ("Relationship", "family") => Self::Family,
            ("Relationship", "sibling") => Self::Sibling,
            ("Relationship", "teacher") => Self::Teacher,
            ("Relationship", "worker") => Self::Worker,
            ("Disability", "none") => Self::NoDisability,
            ("Immunisation", "not-done") => Self::NotDone,
            ("Allergy", "none-known") => Self::NoAllergy,
            ("Measurement", "birth") => Self::Birth,
            _ => return None,
        })
    }

    /// Whether a statement is, or may be, such a one.
    pub(crate) fn holds(self, statement: &Statement) -> bool {
        match (self, statement) {
            (Self::Elsewhere, Statement::Address(address)) => address.r#type != Said::Is(AddressType::Placement),
            (
                Self::Carer | Self::Family | Self::Sibling | Self::Teacher | Self::Worker,
                Statement::Relationship(relationship),
            ) => match relationship.role {
                Said::Is(role) => self.is_of(role),
                _ => true,
            },
            (Self::NoDisability, Statement::Disability(disability)) => {
                disability.code == Said::Is(Disability::NoDisability)
            }
            (Self::NotDone, Statement::Immunisation(given)) => given.status != Said::Is(ImmunisationStatus::Completed),
            (Self::NoAllergy, Statement::Allergy(allergy)) => allergy.is_negation(),
            (Self::Birth, Statement::Measurement(measurement)) => !matches!(
                measurement.kind,
                Said::Is(
                    MeasurementKind::Height
                        | MeasurementKind::Weight
                        | MeasurementKind::HeadCircumference
                        | MeasurementKind::BodyMassIndex
                )
            ),
            _ => false,
        }
    }

    fn is_of(self, role: RelationshipRole) -> bool {
        match role {
            RelationshipRole::FosterCarer => self == Self::Carer,
            // Whoever adopts has the child, and is of its family.
            RelationshipRole::Adopter => matches!(self, Self::Carer | Self::Family),
            RelationshipRole::Sibling => self == Self::Sibling,
            RelationshipRole::DesignatedTeacher => self == Self::Teacher,
            RelationshipRole::SocialWorker => self == Self::Worker,
            RelationshipRole::Mother
            | RelationshipRole::Father
            | RelationshipRole::Parent
            | RelationshipRole::Guardian
            | RelationshipRole::ResponsibilityHolder
            | RelationshipRole::EmergencyContact
            | RelationshipRole::Other => self == Self::Family,
        }
    }
}
